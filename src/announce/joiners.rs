//! Those who came to be concerned after a notice was announced: they get the
//! announcement, and no pass over all subscribers is needed to find them.

use super::gathering::Telling;
use super::pace::Pace;
use super::reconcile::subject;
use super::round::Filler;
use super::{AnnounceError, Audience};
use crate::notice::OccasionKind;
use crate::store::{Chunk, Filling, StoredOccasion};
use std::collections::BTreeSet;

/// Announces the notice to those of `joined` whom it concerns and who were
/// written nothing about it.
pub(super) async fn welcome(
    filler: &Filler<'_>,
    announcement: &StoredOccasion,
    joined: &[i64],
) -> Result<u64, AnnounceError> {
    let Filler { store, declared, at, .. } = *filler;
    debug_assert_eq!(subject(announcement).as_ref(), Some(&declared.path));
    let all = store.occasions_about(&declared.path).await?;
    let tells =
        |o: &&StoredOccasion| matches!(o.kind, OccasionKind::Announcement | OccasionKind::Change);
    let telling: Vec<i64> = all.iter().filter(tells).map(|occasion| occasion.id).collect();
    // First, because a list that is brought in again names mostly these.
    let known: BTreeSet<i64> =
        store.already_written_to(&telling, joined).await?.into_iter().collect();
    let new: Vec<i64> = joined.iter().copied().filter(|id| !known.contains(id)).collect();
    let audience = Audience::of(declared.program, declared.notice);
    let mut listeners = store.listeners(&declared.path.program, &new).await?;
    listeners.retain(|listener| !listener.is_suppressed);
    let concern = |listener| filler.concern(&audience, listener, Pace::InHours);
    if !listeners.iter().any(|listener| concern(listener).is_some()) {
        return Ok(0);
    }
    let mut editions = filler.editions(announcement.id).await?;
    let mut rows = Vec::new();
    for listener in &listeners {
        let Some(concern) = concern(listener) else { continue };
        let period = filler.period(listener, Telling::of(&concern.rows), Pace::InHours);
        rows.push(filler.announce_to(&mut editions, listener, concern, period).await?);
    }
    let (occasion, publication) = (announcement.id, declared.publication);
    let chunk = Chunk { occasion, cursor: (0, 0), publication, at };
    match store.decide(chunk, &rows, &[]).await? {
        Filling::Added(added) => Ok(added),
        Filling::Elsewhere => Ok(0),
        Filling::Outdated => Err(AnnounceError::PublishedMeanwhile),
    }
}
