//! Whose attempt at a test endpoint it was, which the name a client asks for tells, and what
//! somebody may say once theirs passed.

use super::SubscriberError;
use crate::links::Keys;
use crate::notice::{Attempt, NewAttempt, NoticePath, PeerDetail, ProgramId, Readiness, RowId};
use crate::store::{Store, StoreError, Way};
use chrono::{DateTime, Utc};

/// Keeps attempts as the programs declare it. A token that is not one of ours, or whose
/// subscriber is known no more, is a stranger's.
pub async fn keep_attempts(
    store: &Store,
    keys: &Keys,
    attempts: impl IntoIterator<Item = Attempt>,
    peers: impl Fn(&ProgramId) -> PeerDetail,
) -> Result<(), StoreError> {
    let new = |attempt: Attempt| {
        let owner = attempt.token.as_deref().and_then(|token| keys.verify_rehearse(token).ok());
        let program = attempt.endpoint.as_ref().map(|path| &path.notice.program);
        let peers = program.map_or(PeerDetail::Truncated, &peers);
        NewAttempt { subscriber: owner, peers, attempt }
    };
    store.keep_attempts(&attempts.into_iter().map(new).collect::<Vec<_>>()).await
}

/// Where somebody stands with what a notice asks for, as their attempts say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    pub notice: NoticePath,
    /// None where nothing was tried.
    pub state: Option<Readiness>,
    /// The rows they were told of.
    pub rows: Vec<RowId>,
    /// They said that all of these are done.
    pub is_done: bool,
}

impl Rehearsed {
    /// Whether there is something that they may say is done.
    pub fn may_say_done(&self) -> bool {
        self.state == Some(Readiness::Passes) && !self.rows.is_empty() && !self.is_done
    }
}

/// Where a subscriber stands with a notice.
pub async fn rehearsed(
    store: &Store,
    subscriber: i64,
    notice: &NoticePath,
) -> Result<Rehearsed, StoreError> {
    let state = store.readiness(subscriber, notice).await?;
    let rows: Vec<RowId> = store.rows_told(subscriber, notice).await?.into_iter().collect();
    let said = store.acknowledged(notice, &[subscriber]).await?;
    let said = said.get(&subscriber);
    let is_done = !rows.is_empty() && said.is_some_and(|s| rows.iter().all(|row| s.contains(row)));
    Ok(Rehearsed { notice: notice.clone(), state, rows, is_done })
}

/// The same for whoever's name of a test endpoint it is; it changes nothing.
pub async fn describe_rehearsed(
    store: &Store,
    keys: &Keys,
    token: &str,
    notice: &NoticePath,
) -> Result<Rehearsed, SubscriberError> {
    Ok(rehearsed(store, keys.verify_rehearse(token)?, notice).await?)
}

/// Says that what they were told of is done, where their last attempt passed. Any number of
/// times, with the same result. Whoever passed may have passed with one client of many, and
/// mail scanners follow links: so an attempt says nothing of the kind by itself.
pub async fn say_rehearsed(
    store: &Store,
    keys: &Keys,
    token: &str,
    notice: &NoticePath,
    at: DateTime<Utc>,
) -> Result<Rehearsed, SubscriberError> {
    let subscriber = keys.verify_rehearse(token)?;
    let found = rehearsed(store, subscriber, notice).await?;
    if !found.may_say_done() {
        return Ok(found);
    }
    store.acknowledge(subscriber, notice, &found.rows, Way::Link, at).await?;
    Ok(Rehearsed { is_done: true, ..found })
}
