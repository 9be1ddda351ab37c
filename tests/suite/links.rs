//! Tokens: good for one purpose and one subject, and for nobody to make.

use fairwarning::links::{BadToken, Keys, Token};
use proptest::prelude::*;
use secrecy::SecretSlice;

fn secret(byte: u8) -> SecretSlice<u8> {
    SecretSlice::from(vec![byte; 32])
}

fn keys(ids: &[u32]) -> Keys {
    let links = ids.iter().map(|id| (*id, secret(*id as u8))).collect();
    Keys::new(links, secret(200)).unwrap()
}

fn unsubscribe() -> Token {
    Token::Unsubscribe { subscriber: 7, program: "usps-web-tools".parse().unwrap() }
}

#[test]
fn a_token_says_what_it_was_made_for() {
    let keys = keys(&[1]);
    for token in [unsubscribe(), Token::Bounce { row: i64::MAX }, Token::Rehearse { subscriber: 7 }]
    {
        assert_eq!(keys.verify(&keys.sign(&token)), Ok(token));
    }
}

#[test]
fn a_token_of_one_purpose_is_refused_for_another() {
    let keys = keys(&[1]);
    let bounce = keys.sign(&Token::Bounce { row: 7 });
    assert_eq!(keys.verify_unsubscribe(&bounce), Err(BadToken::OtherPurpose));
    assert_eq!(keys.verify_bounce(&keys.sign(&unsubscribe())), Err(BadToken::OtherPurpose));
}

#[test]
fn after_a_rotation_old_tokens_stay_good_and_new_ones_use_the_newest_key() {
    let old = keys(&[1]).sign(&unsubscribe());
    let both = keys(&[2, 1]);
    assert_eq!(both.verify(&old), Ok(unsubscribe()));
    assert_eq!(keys(&[1]).verify(&both.sign(&unsubscribe())), Err(BadToken::UnknownKey));
    let label = keys(&[1]).sign(&Token::Rehearse { subscriber: 7 });
    assert_eq!(both.verify_rehearse(&label), Ok(7));
}

#[test]
fn a_bounce_address_fits_before_the_at_sign_in_lower_case() {
    let token = keys(&[u32::MAX]).sign(&Token::Bounce { row: i64::MAX });
    assert!("bounce+".len() + token.len() <= 64, "{token}");
    assert!(token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{token}");
}

#[test]
fn upper_case_is_read_too() {
    let keys = keys(&[1]);
    let shouted = keys.sign(&unsubscribe()).to_ascii_uppercase();
    assert_eq!(keys.verify(&shouted), Ok(unsubscribe()));
}

#[test]
fn the_same_mailbox_hashes_the_same_in_any_case_and_differs_by_key() {
    let address = |text: &str| text.parse().unwrap();
    let ours = keys(&[1]);
    assert_eq!(ours.mailbox(&address("Jo@Example.org")), ours.mailbox(&address("jo@example.org")));
    let theirs = Keys::new(vec![(1, secret(1))], secret(201)).unwrap();
    assert_ne!(
        ours.mailbox(&address("jo@example.org")),
        theirs.mailbox(&address("jo@example.org"))
    );
}

#[test]
fn keys_do_not_show_in_debug_output() {
    let shown = format!("{:?}", keys(&[1]));
    assert!(!shown.contains("1, 1, 1"), "{shown}");
}

proptest! {
    #[test]
    fn a_token_of_a_test_endpoint_is_a_label_of_a_host(subscriber: i64, key: u32) {
        let (keys, token) = (keys(&[key]), Token::Rehearse { subscriber });
        let label = keys.sign(&token);
        prop_assert!(label.len() <= 63, "{label}");
        prop_assert!(label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        prop_assert_eq!(keys.verify_rehearse(&label), Ok(subscriber));
        prop_assert_eq!(keys.verify_preferences(&label), Err(BadToken::OtherPurpose));
    }

    #[test]
    fn a_token_altered_anywhere_is_refused(at in 0usize..60, to in "[a-z2-7]") {
        let keys = keys(&[1]);
        let good = keys.sign(&unsubscribe());
        let at = at % good.len();
        let altered = format!("{}{to}{}", &good[..at], &good[at + 1..]);
        // The unused bits of the last character are checked by the decoder.
        prop_assume!(altered != good);
        prop_assert!(keys.verify(&altered).is_err());
    }

    #[test]
    fn no_text_makes_the_verifier_panic(text in "\\PC{0,300}") {
        prop_assert!(keys(&[1]).verify(&text).is_err());
    }
}
