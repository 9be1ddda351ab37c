//! A message as it would leave, for looking at: to a sample recipient, with
//! links that lead nowhere, unsigned and never sent.

use super::compose::{ComposeError, Stationery};
use super::form::Form;
use super::letterhead::Letterhead;
use crate::config::PublicUrl;
use crate::links::Keys;
use crate::notice::{Edition, NoticePath, OccasionKind, Program};
use crate::store::Claimed;
use chrono::{DateTime, Utc};
use secrecy::SecretSlice;

/// The bytes of the message, as a mail program opens them (RFC 5322). `.example`
/// never resolves (RFC 2606).
pub fn draft(
    program: &Program,
    notice: &NoticePath,
    edition: &Edition,
    apis: &str,
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
        edition: 0,
        apis: apis.to_owned(),
        message_id: format!("draft@{}", letterhead.domain),
        thread: None,
        attempts: 0,
        made_at: now,
        address: "you@recipient.example".parse().expect("it is an address"),
        name: None,
    };
    let form = &Form::new(&letterhead, edition);
    let stationery =
        Stationery { letterhead: &letterhead, form, members: &[], keys: &keys, signer: None, now };
    Ok(stationery.compose(&claimed)?.bytes)
}
