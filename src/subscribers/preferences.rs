//! What somebody hears and how, seen and changed by the link in their mails.

use super::{SubscriberError, UNSUBSCRIBED};
use crate::links::Keys;
use crate::notice::{Interest, ProgramId, Wish};
use crate::store::{BY_RECIPIENT, Cause, Change, Listed, Scope, Store};
use chrono::{DateTime, Utc};

/// What is known of somebody, by program.
#[derive(Debug, Clone, PartialEq)]
pub struct Preferences {
    pub person: Listed,
    pub programs: Vec<Heard>,
}

/// What they hear of one program.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    pub wish: Wish,
    /// Present interests, where the wish says more than they do.
    pub finer: Vec<Interest>,
    pub has_left: bool,
}

impl Preferences {
    fn of(person: Listed) -> Self {
        let mut programs: Vec<ProgramId> = Vec::new();
        for interest in &person.interests {
            if programs.last() != Some(&interest.program) {
                programs.push(interest.program.clone());
            }
        }
        let heard = |program: &ProgramId| {
            let (wish, is_exact) = Wish::around(program, &person.interests);
            let own = person.interests.iter().filter(|interest| interest.program == *program);
            let finer = if is_exact { Vec::new() } else { own.cloned().collect() };
            let has_left = person.suppressed.iter().any(|scope| scope == program.as_str());
            Heard { wish, finer, has_left }
        };
        let programs = programs.iter().map(heard).collect();
        Self { person, programs }
    }
}

/// What the link shows; `None` once the person was erased. It changes nothing.
pub async fn preferences(
    store: &Store,
    keys: &Keys,
    token: &str,
) -> Result<Option<Preferences>, SubscriberError> {
    let person = store.subscriber(keys.verify_preferences(token)?).await?;
    Ok(person.map(Preferences::of))
}

/// Whether there still is somebody to change.
pub async fn change(
    store: &Store,
    keys: &Keys,
    token: &str,
    change: &Change,
    at: DateTime<Utc>,
) -> Result<bool, SubscriberError> {
    Ok(store.change(keys.verify_preferences(token)?, change, at).await?)
}

/// Ends the mail about these programs.
pub async fn leave(
    store: &Store,
    keys: &Keys,
    token: &str,
    programs: &[ProgramId],
    at: DateTime<Utc>,
) -> Result<(), SubscriberError> {
    let subscriber = keys.verify_preferences(token)?;
    let Some(mailbox) = store.mailbox(subscriber).await? else { return Ok(()) };
    let cause = Cause { reason: UNSUBSCRIBED, author: BY_RECIPIENT };
    for program in programs {
        store.suppress_by(&mailbox, &Scope::Program(program.clone()), cause, at).await?;
    }
    Ok(())
}

/// Takes a leaving back. Whoever holds the link reads the mailbox, so nobody is
/// asked once more.
pub async fn return_to(
    store: &Store,
    keys: &Keys,
    token: &str,
    program: &ProgramId,
    at: DateTime<Utc>,
) -> Result<(), SubscriberError> {
    let subscriber = keys.verify_preferences(token)?;
    let Some(mailbox) = store.mailbox(subscriber).await? else { return Ok(()) };
    let cause = Cause { reason: "came back", author: BY_RECIPIENT };
    store.lift(&mailbox, &Scope::Program(program.clone()), cause, at).await?;
    Ok(())
}

/// Erases whoever the link is about, for good. Whether there was anybody.
pub async fn erase(store: &Store, keys: &Keys, token: &str) -> Result<bool, SubscriberError> {
    let subscriber = keys.verify_preferences(token)?;
    match store.address_of(subscriber).await? {
        Some(address) => Ok(store.remove_subscriber(&address).await?),
        None => Ok(false),
    }
}
