//! The reader of first bytes: whatever comes is told apart, in pieces of any size as in one,
//! and nothing makes it panic or hold more than its bound.

use fairwarning::notice::{AttemptOutcome, Framing, TlsVersion};
use fairwarning::tls::client_hello::{ClientHello, FirstBytes, MAX_BYTES, Said};
use fairwarning::tls::gate::{Versions, judge};
use proptest::collection::vec;
use proptest::prelude::*;

/// What precedes a list its length is said in.
fn long(content: &[u8]) -> Vec<u8> {
    [&(content.len() as u16).to_be_bytes()[..], content].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &long(content)].concat()
}

fn named(name: &str) -> Vec<u8> {
    extension(0, &long(&[&[0][..], &long(name.as_bytes())].concat()))
}

fn versions(numbers: &[u16]) -> Vec<u8> {
    let list: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    extension(43, &[&[list.len() as u8][..], &list].concat())
}

/// A message of the handshake.
fn message(legacy: u16, extensions: &[u8]) -> Vec<u8> {
    let fixed = [&legacy.to_be_bytes()[..], &[5; 32], &[0], &[0, 2, 0x13, 0x01], &[1, 0]].concat();
    let body = [fixed, long(extensions)].concat();
    [&[1, 0][..], &long(&body)].concat()
}

fn records(message: &[u8], size: usize) -> Vec<u8> {
    let record = |piece: &[u8]| [&[22, 3, 1][..], &long(piece)].concat();
    message.chunks(size).flat_map(record).collect()
}

fn read(bytes: &[u8]) -> Option<Said> {
    FirstBytes::default().push(bytes)
}

fn in_pieces(bytes: &[u8], sizes: &[usize]) -> Option<Said> {
    let mut first = FirstBytes::default();
    let (mut rest, mut sizes) = (bytes, sizes.iter().cycle());
    while !rest.is_empty() {
        let size = (*sizes.next().unwrap()).clamp(1, rest.len());
        if let Some(said) = first.push(&rest[..size]) {
            return Some(said);
        }
        rest = &rest[size..];
    }
    None
}

fn hello(said: Option<Said>) -> ClientHello {
    match said {
        Some(Said::Hello(hello)) => hello,
        other => panic!("no hello: {other:?}"),
    }
}

#[test]
fn names_are_lower_case_and_such_as_a_host_may_have() {
    let name = |name: &str| hello(read(&records(&message(0x0303, &named(name)), 999))).server_name;
    assert_eq!(name("Rehearse.Parcel.EXAMPLE."), Some("rehearse.parcel.example".to_owned()));
    let unlawful = ["", ".", "a..b", "a b", "ä.example", "a\0b", "*.example", "[::1]"];
    let long = "x".repeat(64);
    let longer = "abcdefg.".repeat(40);
    for unlawful in unlawful.into_iter().chain([&long[..], &longer]) {
        assert_eq!(name(unlawful), None, "{unlawful:?}");
    }
}

#[test]
fn what_an_extension_says_wrongly_is_as_good_as_not_said() {
    let of = |extensions: &[u8]| hello(read(&records(&message(0x0303, extensions), 999)));
    let odd = extension(43, &[3, 3, 4, 3]);
    assert_eq!(of(&odd).supported_versions, None);
    assert_eq!(of(&[odd, versions(&[0x0304])].concat()).offered(), [0x0304]);
    assert_eq!(of(&extension(0, &[0, 9, 0])).server_name, None);
    let greased = [versions(&[0x5a5a, 0x0304, 0x0303]), extension(0x1a1a, &[])].concat();
    assert_eq!(of(&greased).offered(), [0x5a5a, 0x0304, 0x0303]);
    assert_eq!(of(&[]).offered(), [0x0303], "the highest alone");
}

#[test]
fn a_hello_of_the_form_of_ssl_2_may_offer_tls_1_2() {
    let framed = |version: [u8; 2]| {
        [&[0x80, 28, 1, version[0], version[1], 0, 3, 0, 0, 0, 16][..], &[0, 0, 0x2f], &[9; 16]]
            .concat()
    };
    let hello = hello(in_pieces(&framed([3, 3]), &[1]));
    assert_eq!((hello.framing, hello.offered()), (Framing::Ssl2Hello, vec![0x0303]));
    let twelve = Versions { minimum: TlsVersion::Tls12, maximum: TlsVersion::Tls13 };
    assert_eq!(judge(&hello, twelve), Ok(()));
    assert_eq!(read(&[0x80, 28, 1, 3, 3, 0, 3, 0, 1, 0, 16, 1, 1, 1]), None, "it is not all there");
    assert_eq!(read(&[0x80, 3, 1, 3, 3]), Some(Said::NotTls));
    assert_eq!(read(&[0x80, 46, 4, 3, 3]), Some(Said::NotTls), "no hello");
}

#[test]
fn the_gate_lets_through_whoever_offers_a_version_that_is_taken() {
    let of = |legacy: u16, offered: Option<&[u16]>| {
        let extensions = offered.map_or(Vec::new(), versions);
        hello(read(&records(&message(legacy, &extensions), 999)))
    };
    type Case<'a> = (u16, Option<&'a [u16]>, bool, bool, bool);
    let cases: [Case<'_>; 8] = [
        // the hello, and whether 1.2 to 1.3, 1.0 to 1.2 and 1.3 alone take it
        (0x0301, None, false, true, false),
        (0x0303, None, true, true, false),
        (0x0303, Some(&[0x0304, 0x0303]), true, true, true),
        (0x0303, Some(&[0x0304]), true, false, true),
        (0x0303, Some(&[0x0302, 0x0301]), false, true, false),
        (0x0303, Some(&[0x0a0a]), false, false, false),
        // Who names something newer than there is speaks TLS 1.2 at most.
        (0x03ff, None, true, true, false),
        (0x0300, None, false, false, false),
    ];
    use TlsVersion::{Tls10, Tls12, Tls13};
    for (legacy, offered, new, old, newest) in cases {
        let hello = of(legacy, offered);
        let expected = [(Tls12, Tls13, new), (Tls10, Tls12, old), (Tls13, Tls13, newest)];
        for (minimum, maximum, is_taken) in expected {
            let judged = judge(&hello, Versions { minimum, maximum });
            assert_eq!(judged.is_ok(), is_taken, "{legacy:04x} {offered:?} at {minimum}");
            if let Err(refusal) = judged {
                let is_new = offered == Some(&[0x0304][..]) && maximum == Tls12;
                let outcome = if is_new { AttemptOutcome::TooNew } else { AttemptOutcome::TooOld };
                assert_eq!((refusal.outcome, refusal.alert), (outcome, 70));
                let [kind, major, minor, ..] = refusal.bytes;
                assert!(kind == 21 && major == 3 && minor <= 3);
            }
        }
    }
}

#[test]
fn nothing_is_held_beyond_the_bound() {
    let endless = message(0x0303, &extension(21, &vec![0; 40_000]));
    assert_eq!(in_pieces(&records(&endless, 16_000), &[1_400]), Some(Said::NotTls));
    let mut first = FirstBytes::default();
    // A hello that is promised and never comes, byte by byte in records of its own.
    let begun = records(&message(0x0303, &extension(21, &vec![0; 20_000])), 1);
    let mut pushed = 0;
    let told = begun.chunks(1_000).find_map(|piece| {
        pushed += piece.len();
        first.push(piece)
    });
    assert_eq!(told, Some(Said::NotTls));
    assert!(pushed <= MAX_BYTES + 1_000, "{pushed}");
    let mut http = FirstBytes::default();
    assert_eq!(http.push(b"OPTION"), None);
    assert_eq!(http.framing(), Framing::PlainHttp);
    assert_eq!(http.push(b"S * HTTP/1.1"), Some(Said::PlainHttp));
    assert_eq!(read(b"GETTING"), Some(Said::NotTls));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_and_records_make_no_difference(
        name in "[a-z][a-z0-9-]{0,20}(\\.[a-z]{1,9}){0,3}",
        numbers in vec(any::<u16>(), 1..20),
        size in 1usize..600,
        sizes in vec(1usize..50, 1..8),
        filler in vec(any::<u8>(), 0..300),
    ) {
        let filler = extension(21, &filler);
        let message = message(0x0303, &[named(&name), filler, versions(&numbers)].concat());
        let expected = ClientHello {
            framing: Framing::Tls,
            legacy_version: 0x0303,
            supported_versions: Some(numbers),
            server_name: Some(name),
        };
        let bytes = records(&message, size);
        prop_assert_eq!(in_pieces(&bytes, &sizes), Some(Said::Hello(expected.clone())));
        prop_assert_eq!(read(&bytes), Some(Said::Hello(expected)));
    }

    #[test]
    fn any_bytes_are_told_apart_alike_in_any_pieces(
        bytes in vec(any::<u8>(), 0..400),
        sizes in vec(1usize..9, 1..5),
    ) {
        prop_assert_eq!(in_pieces(&bytes, &sizes), read(&bytes));
    }

    #[test]
    fn a_damaged_hello_is_told_apart_alike_in_any_pieces(
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        size in 1usize..200,
        sizes in vec(1usize..9, 1..5),
    ) {
        let extensions = [named("rehearse.example"), versions(&[0x0304, 0x0303])].concat();
        let mut bytes = records(&message(0x0303, &extensions), size);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert_eq!(in_pieces(&bytes, &sizes), read(&bytes));
    }
}
