//! Consent: who asked to hear what, and who asked to hear no more.
//!
//! This module knows lists, links and the store. It decides nothing about what
//! is sent, and never sends.

mod cells;
mod done;
mod export;
mod import;
mod preferences;
mod request;
mod trying;
mod webhooks;

pub use cells::{bare, guarded};
pub use done::{Reminded, describe_reminded, say_done, say_done_for};
pub use export::{Known, Person, csv_header, described, known_of, write_csv};
pub use import::{BadRow, ImportError, Imported, MAX_IMPORT_BYTES, MAX_ROWS, import_csv};
pub use preferences::{Heard, Preferences, change, erase, leave, preferences, return_to};
pub use request::{BadField, Field, Mistake, Request};
pub use trying::{Rehearsed, describe_rehearsed, keep_attempts, rehearsed, say_rehearsed};
pub use webhooks::{
    OLD_SECRET_SIGNS, WebhookError, enable_webhook, renew_webhook_secret, set_webhook, test_webhook,
};

use crate::links::{BadToken, Keys};
use crate::notice::{EmailAddress, ProgramId, Wishes};
use crate::store::{Asking, BY_RECIPIENT, Cause, Pending, Scope, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

/// The reason recorded for whoever left by the link in a mail.
pub const UNSUBSCRIBED: &str = "unsubscribed";

#[derive(Debug, thiserror::Error)]
pub enum SubscriberError {
    #[error(transparent)]
    Token(#[from] BadToken),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a one-click link led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribed {
    pub program: ProgramId,
    /// They had left before, or are no longer known at all.
    pub already: bool,
    /// They are no longer known: nothing was noted.
    pub is_erased: bool,
}

/// What a one-click link would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub program: ProgramId,
    pub is_unsubscribed: bool,
    /// Nobody is known under it any more.
    pub is_erased: bool,
}

/// How long a confirmation may be waited for. Until then no other is sent to the
/// same mailbox.
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(24);

/// Keeps what was asked for until whoever reads the mailbox confirms it. That
/// somebody is known, new or never to be written to makes no difference here.
pub async fn ask(
    store: &Store,
    keys: &Keys,
    address: &EmailAddress,
    wishes: &Wishes,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mailbox = keys.mailbox(address);
    store.ask(Asking { address, mailbox: &mailbox, wishes }, at, at + CONFIRM_WITHIN).await
}

/// What a confirmation's link is for; `None` once it has expired. It changes
/// nothing.
pub async fn describe_pending(
    store: &Store,
    keys: &Keys,
    token: &str,
    at: DateTime<Utc>,
) -> Result<Option<Pending>, SubscriberError> {
    Ok(store.pending(keys.verify_confirm(token)?, at).await?)
}

/// Confirms by the link, any number of times with the same result; `None` once it
/// has expired.
pub async fn confirm(
    store: &Store,
    keys: &Keys,
    token: &str,
    at: DateTime<Utc>,
) -> Result<Option<Pending>, SubscriberError> {
    Ok(store.confirm(keys.verify_confirm(token)?, at).await?)
}

/// Forgets what was asked for in somebody else's name.
pub async fn refuse(store: &Store, keys: &Keys, token: &str) -> Result<(), SubscriberError> {
    Ok(store.refuse(keys.verify_confirm(token)?).await?)
}

/// The keys of links and mailboxes, made on first use.
pub async fn load_keys(store: &Store, at: DateTime<Utc>) -> Result<Keys, StoreError> {
    let links = store.link_secrets(at).await?;
    let links = links.into_iter().map(|key| (key.id, key.secret)).collect();
    let mailboxes = store.mailbox_secret(at).await?;
    Ok(Keys::new(links, mailboxes).expect("the store makes a key where it has none"))
}

/// Ends a subscription by its link; any number of times, with the same result.
pub async fn unsubscribe(
    store: &Store,
    keys: &Keys,
    token: &str,
    at: DateTime<Utc>,
) -> Result<Unsubscribed, SubscriberError> {
    let (subscriber, program) = keys.verify_unsubscribe(token)?;
    // Whoever was removed is not written to either; the link has done its work.
    let Some(mailbox) = store.mailbox(subscriber).await? else {
        return Ok(Unsubscribed { program, already: true, is_erased: true });
    };
    let scope = Scope::Program(program.clone());
    let cause = Cause { reason: UNSUBSCRIBED, author: BY_RECIPIENT };
    let is_new = store.suppress_by(&mailbox, &scope, cause, at).await?;
    Ok(Unsubscribed { program, already: !is_new, is_erased: false })
}

/// What the link is for. It changes nothing, however often it is fetched:
/// mail scanners follow every link they see.
pub async fn describe_token(
    store: &Store,
    keys: &Keys,
    token: &str,
) -> Result<Described, SubscriberError> {
    let (subscriber, program) = keys.verify_unsubscribe(token)?;
    let Some(mailbox) = store.mailbox(subscriber).await? else {
        return Ok(Described { program, is_unsubscribed: true, is_erased: true });
    };
    let is_unsubscribed = store.suppression(&mailbox, &program).await?.is_some();
    Ok(Described { program, is_unsubscribed, is_erased: false })
}
