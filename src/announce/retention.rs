//! Forgetting who tried a test endpoint, once it was kept as long as the program declares.

use super::AnnounceError;
use crate::notice::{Length, ProgramId, Retention};
use crate::store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Rows forgotten between two commits, so that no other write waits long.
const AT_ONCE: i64 = 500;

/// Forgets what every program keeps no longer, and says how many rows that were. Of a
/// program that is no longer published, and of attempts at no known endpoint, it is what a
/// program declares by saying nothing.
pub async fn forget_attempts(store: &Store, at: DateTime<Utc>) -> Result<u64, AnnounceError> {
    let tried = store.programs_tried().await?;
    let declared: BTreeMap<ProgramId, Retention> = match store.current_publication().await? {
        Some(current) => {
            let programs = &current.publication.workspace.programs;
            let kept = |id| Some((ProgramId::clone(id), programs.get(id)?.settings.rehearsals));
            tried.iter().filter_map(kept).collect()
        }
        None => BTreeMap::new(),
    };
    let mut forgotten = 0;
    for program in tried.iter().map(Some).chain([None]) {
        let retention = program.and_then(|id| declared.get(id)).copied().unwrap_or_default();
        let Some(before) = begin_of(&retention.keep, at) else { continue };
        loop {
            let some = store.purge_attempts(program, before, AT_ONCE).await?;
            forgotten += some;
            if some == 0 {
                break;
            }
        }
    }
    Ok(forgotten)
}

/// What was there before is kept no longer; nothing where a calendar has no such day.
fn begin_of(keep: &Length, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Some(length) = keep.as_clock() {
        return at.checked_sub_signed(length);
    }
    let day = keep.before(at.date_naive())?;
    let midnight = at.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let within: TimeDelta = at - midnight;
    day.and_time(chrono::NaiveTime::MIN).and_utc().checked_add_signed(within)
}
