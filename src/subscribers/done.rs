//! Somebody says that what a reminder was about is done. It ends the reminders
//! of these rows for them, and nothing else: of changes they hear all the same.

use super::SubscriberError;
use crate::links::Keys;
use crate::notice::{EmailAddress, NoticePath, RowId};
use crate::store::{Store, Way};
use chrono::{DateTime, Utc};

/// What a link in a reminder is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminded {
    pub notice: NoticePath,
    pub rows: Vec<RowId>,
    /// It was said before.
    pub is_done: bool,
}

/// What the link is for; it changes nothing.
pub async fn describe_reminded(
    store: &Store,
    keys: &Keys,
    token: &str,
) -> Result<Reminded, SubscriberError> {
    Ok(read(store, keys, token).await?.1)
}

/// Any number of times, with the same result.
pub async fn say_done(
    store: &Store,
    keys: &Keys,
    token: &str,
    at: DateTime<Utc>,
) -> Result<Reminded, SubscriberError> {
    let (subscriber, reminded) = read(store, keys, token).await?;
    store.acknowledge(subscriber, &reminded.notice, &reminded.rows, Way::Link, at).await?;
    Ok(reminded)
}

/// The office says it for a recipient; nothing where the address is not known.
pub async fn say_done_for(
    store: &Store,
    address: &EmailAddress,
    notice: &NoticePath,
    rows: &[RowId],
    at: DateTime<Utc>,
) -> Result<Option<u64>, SubscriberError> {
    let Some(subscriber) = store.subscriber_at(address).await? else { return Ok(None) };
    let acknowledged = store.acknowledge(subscriber, notice, rows, Way::Office, at).await?;
    Ok(Some(acknowledged.added))
}

async fn read(store: &Store, keys: &Keys, token: &str) -> Result<(i64, Reminded), SubscriberError> {
    let row = keys.verify_acknowledge(token)?;
    let found = store.addressee(row).await?;
    let Some((subscriber, notice, rows)) = found else {
        return Err(SubscriberError::Token(crate::links::BadToken::Malformed));
    };
    let said = store.acknowledged(&notice, &[subscriber]).await?;
    let is_done =
        said.get(&subscriber).is_some_and(|said| rows.iter().all(|row| said.contains(row)));
    Ok((subscriber, Reminded { notice, rows, is_done }))
}
