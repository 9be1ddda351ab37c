//! Consent: who asked to hear what, and who asked to hear no more.
//!
//! This module knows lists, links and the store. It decides nothing about what
//! is sent, and never sends.

mod done;
mod import;

pub use done::{Reminded, describe_reminded, say_done, say_done_for};
pub use import::{BadRow, ImportError, Imported, MAX_IMPORT_BYTES, MAX_ROWS, import_csv};

use crate::links::{BadToken, Keys};
use crate::notice::ProgramId;
use crate::store::{Scope, Store, StoreError};
use chrono::{DateTime, Utc};

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
}

/// What a one-click link would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub program: ProgramId,
    pub is_unsubscribed: bool,
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
        return Ok(Unsubscribed { program, already: true });
    };
    let scope = Scope::Program(program.clone());
    let is_new = store.suppress(&mailbox, &scope, UNSUBSCRIBED, at).await?;
    Ok(Unsubscribed { program, already: !is_new })
}

/// What the link is for. It changes nothing, however often it is fetched:
/// mail scanners follow every link they see.
pub async fn describe_token(
    store: &Store,
    keys: &Keys,
    token: &str,
) -> Result<Described, SubscriberError> {
    let (subscriber, program) = keys.verify_unsubscribe(token)?;
    let is_unsubscribed = match store.mailbox(subscriber).await? {
        Some(mailbox) => store.suppression(&mailbox, &program).await?.is_some(),
        None => true,
    };
    Ok(Described { program, is_unsubscribed })
}
