//! Those who came to be concerned after a notice was announced: they get the
//! announcement, and no pass over all subscribers is needed to find them.

use super::pace::Pace;
use super::reconcile::subject;
use super::round::Filler;
use super::{AnnounceError, Audience};
use crate::notice::OccasionKind;
use crate::store::{Chunk, Filling, StoredOccasion};

/// Announces the notice to those of `joined` whom it concerns and who were
/// written nothing about it.
pub(super) async fn welcome(
    filler: &Filler<'_>,
    announcement: &StoredOccasion,
    joined: &[i64],
) -> Result<u64, AnnounceError> {
    let Filler { store, declared, at, .. } = *filler;
    debug_assert_eq!(subject(announcement).as_ref(), Some(&declared.path));
    let audience = Audience::of(declared.program, declared.notice);
    let mut listeners = store.listeners(&declared.path.program, joined).await?;
    listeners.retain(|listener| {
        !listener.is_suppressed && filler.concern(&audience, listener, Pace::InHours).is_some()
    });
    if listeners.is_empty() {
        return Ok(0);
    }
    let all = store.occasions_about(&declared.path).await?;
    let tells =
        |o: &&StoredOccasion| matches!(o.kind, OccasionKind::Announcement | OccasionKind::Change);
    let telling: Vec<i64> = all.iter().filter(tells).map(|occasion| occasion.id).collect();
    let ids: Vec<i64> = listeners.iter().map(|listener| listener.id).collect();
    let known = store.already_written_to(&telling, &ids).await?;
    let mut editions = filler.editions(announcement.id).await?;
    let mut rows = Vec::new();
    for listener in listeners.iter().filter(|listener| !known.contains(&listener.id)) {
        let Some(concern) = filler.concern(&audience, listener, Pace::InHours) else { continue };
        rows.push(filler.announce_to(&mut editions, listener, concern, Pace::InHours).await?);
    }
    let (occasion, publication) = (announcement.id, declared.publication);
    let chunk = Chunk { occasion, cursor: (0, 0), publication, at };
    match store.decide(chunk, &rows, &[]).await? {
        Filling::Added(added) => Ok(added),
        Filling::Elsewhere => Ok(0),
        Filling::Outdated => Err(AnnounceError::PublishedMeanwhile),
    }
}
