//! A message as it would leave, for looking at: to a sample recipient, with
//! links that lead nowhere, unsigned and never sent.

use super::compose::{ComposeError, Stationery};
use super::form::Form;
use super::letterhead::Letterhead;
use crate::config::PublicUrl;
use crate::links::Keys;
use crate::notice::{Edition, NoticePath, OccasionKind, Program};
use crate::store::{Claimed, FirstContact, Member};
use chrono::{DateTime, Utc};
use secrecy::SecretSlice;

/// What stands in place of what differs by recipient.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    pub apis: &'a str,
    pub first_contact: &'a str,
    pub told_on: &'a str,
    /// How many messages about the notice it bundles, where it is a digest.
    pub parts: usize,
}

/// The bytes of the message, as a mail program opens them (RFC 5322). `.example`
/// never resolves (RFC 2606).
pub fn draft(
    program: &Program,
    notice: &NoticePath,
    edition: &Edition,
    samples: Samples<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, ComposeError> {
    let base = PublicUrl::parse("https://notices.example").expect("it is a web address");
    let (kind, locale) = (OccasionKind::Announcement, &edition.locale);
    let letterhead = Letterhead::new(program, notice, kind, locale, &base)?;
    let secret = || SecretSlice::from(vec![0; 32]);
    let keys = Keys::new(vec![(0, secret())], secret()).expect("it has a key");
    let claimed = Claimed {
        row: 0,
        occasion: 0,
        subject: notice.to_string(),
        recipient: 0,
        addressee: 0,
        first_contact: Some(FirstContact {
            shown: samples.first_contact.to_owned(),
            told_on: samples.told_on.to_owned(),
        }),
        edition: 0,
        apis: samples.apis.to_owned(),
        message_id: format!("draft@{}", letterhead.domain),
        thread: None,
        attempts: 0,
        made_at: now,
        address: "you@recipient.example".parse().expect("it is an address"),
        name: None,
    };
    let form = &Form::new(&letterhead, edition);
    let member = Member { row: 0, apis: samples.apis.to_owned(), notice: notice.clone() };
    let stationery = Stationery {
        letterhead: &letterhead,
        form,
        members: &vec![member; samples.parts],
        keys: &keys,
        now,
    };
    Ok(stationery.compose(&claimed)?.bytes)
}
