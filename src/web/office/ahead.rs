//! What lies ahead of everything that was announced: the next reminders and cutoffs.
//! It is worked out from the schedule, without a look at any recipient.

use super::kept::{CHARTS_LAST, Figures};
use crate::notice::{Notice, NoticePath, OccasionKind, Program, RowId};
use crate::schedule::{Instant, State, bounds, reminders, rungs, state};
use crate::store::{StoreError, StoredOccasion};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More than this nobody reads on one page.
const MOST: usize = 8;

#[derive(Debug, Default)]
pub struct Ahead {
    /// The soonest first.
    pub reminders: Vec<NextReminder>,
    pub cutoffs: Vec<Cutoff>,
}

#[derive(Debug, Clone)]
pub struct NextReminder {
    pub at: Instant,
    pub path: NoticePath,
    pub title: String,
    /// cutoff or brownout.
    pub of: &'static str,
    pub lead: String,
    /// Who was written to of the notice: no more hear of it.
    pub at_most: i64,
}

/// Rows of a notice that are cut off at once.
#[derive(Debug, Clone)]
pub struct Cutoff {
    pub at: Instant,
    /// Whose clocks it goes by.
    pub zone: Tz,
    pub path: NoticePath,
    pub rows: Vec<RowId>,
    /// The announcement that told of them.
    pub occasion: i64,
}

/// What lies ahead, worked out anew once a minute or when something was announced.
pub async fn ahead(
    service: &Service,
    snapshot: &Snapshot,
    now: Instant,
) -> Result<Arc<Ahead>, ApiError> {
    let Figures { ahead, .. } = service.figures();
    let store = service.store();
    let number = store.occasions_number().await.map_err(ApiError::internal)?;
    let key = (snapshot.id.get(), number);
    let made = ahead.get(key, (now, CHARTS_LAST), async {
        let announced = store.announcements().await?;
        Ok::<_, StoreError>(Arc::new(Ahead::of(snapshot, &announced, now)))
    });
    made.await.map_err(ApiError::internal)
}

impl Ahead {
    fn of(snapshot: &Snapshot, announced: &[StoredOccasion], now: Instant) -> Self {
        let mut ahead = Self::default();
        let workspace = snapshot.index.workspace();
        for occasion in announced.iter().filter(|occasion| occasion.is_followed()) {
            let Ok(path) = occasion.subject.parse::<NoticePath>() else { continue };
            let Some((program, notice)) = workspace.notice(&path) else { continue };
            ahead.reminders.extend(next_reminder(occasion, (program, notice), &path, now));
            ahead.cutoffs.extend(cutoffs(occasion, notice, &path, now));
        }
        ahead.reminders.sort_by_key(|reminder| reminder.at);
        ahead.reminders.truncate(MOST);
        ahead.cutoffs.sort_by_key(|cutoff| cutoff.at);
        ahead
    }
}

/// The first that is to come.
pub fn next_reminder(
    occasion: &StoredOccasion,
    (program, notice): (&Program, &Notice),
    path: &NoticePath,
    now: Instant,
) -> Option<NextReminder> {
    let all = reminders(notice, &program.settings);
    let next = rungs(all.into_iter().filter(|reminder| reminder.at > now)).into_iter().next()?;
    let first = next.reminders.first()?;
    Some(NextReminder {
        at: next.at,
        path: path.clone(),
        title: notice.title.clone(),
        of: first.coming.as_str(),
        lead: first.lead.to_string(),
        at_most: occasion.filled,
    })
}

/// The cutoffs of a notice that are to come, the soonest first.
pub fn cutoffs(
    occasion: &StoredOccasion,
    notice: &Notice,
    path: &NoticePath,
    now: Instant,
) -> Vec<Cutoff> {
    debug_assert_eq!(occasion.kind, OccasionKind::Announcement);
    let mut by_moment: BTreeMap<Instant, (Tz, Vec<RowId>)> = BTreeMap::new();
    for (id, row) in &notice.schedule.rows {
        let cutoff = row.dates.cutoff.as_ref();
        let at = cutoff.and_then(|date| bounds(date, row.zone).earliest);
        let is_off = state(notice, id, row, None, now) == State::Cancelled;
        if let Some(at) = at.filter(|at| *at > now && !is_off) {
            let new = || (row.zone, Vec::new());
            by_moment.entry(at).or_insert_with(new).1.push(id.clone());
        }
    }
    let cutoff = |(at, (zone, rows))| {
        let path = path.clone();
        Cutoff { at, zone, path, rows, occasion: occasion.id }
    };
    by_moment.into_iter().map(cutoff).collect()
}
