//! Rounds whose filling broke off: they are filled on, whoever began them.
//!
//! Nothing is sent by this. A round that no process was entrusted with is sent
//! by whoever announces it by name.

use super::{AnnounceError, Round};
use crate::notice::NoticePath;
use crate::store::{Store, StoreError, StoredOccasion};
use chrono::{DateTime, Utc};

/// A round that could not be filled on, and why.
pub type Stuck = (String, AnnounceError);

/// Fills every interrupted round to its end, or to its canary. Gives how many
/// messages were added, and which rounds are stuck.
pub async fn fill_interrupted(
    store: &Store,
    at: DateTime<Utc>,
) -> Result<(u64, Vec<Stuck>), StoreError> {
    let (mut added, mut stuck) = (0, Vec::new());
    for begun in store.announcements().await?.into_iter().filter(is_interrupted) {
        match fill_on(store, &begun, at).await {
            Ok(more) => added += more,
            Err(AnnounceError::Store(failure)) => return Err(failure),
            Err(reason) => stuck.push((begun.subject, reason)),
        }
    }
    Ok((added, stuck))
}

/// A canary that is full was not interrupted: the rest waits for somebody's word.
/// What was entrusted to a carrier is followed up by `Rounds`, in its own time.
fn is_interrupted(begun: &StoredOccasion) -> bool {
    !begun.is_filled
        && begun.carrier.is_none()
        && begun.canary.is_none_or(|canary| begun.filled < canary)
}

async fn fill_on(
    store: &Store,
    begun: &StoredOccasion,
    at: DateTime<Utc>,
) -> Result<u64, AnnounceError> {
    let path: NoticePath = begun.subject.parse().map_err(|_| AnnounceError::UnreadableSubject {
        occasion: begun.id,
        subject: begun.subject.clone(),
    })?;
    let round = Round::load(store, &path).await?;
    round.refuse_unless_approved(store).await?;
    Ok(round.fill_on(store, begun.id, at).await?.added)
}
