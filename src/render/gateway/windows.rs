//! When a row's calls are refused: from its end on, and while a brownout lasts.

use crate::notice::{ApiId, Date, Notice, Row, RowId};
use crate::schedule::{Instant, Occurrences, bounds, brownouts_of, is_halted};

/// A stretch of time, in seconds since 1970; without an end where it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    pub from: i64,
    pub until: Option<i64>,
}

/// Brownouts that are listed of one row; a configuration is to be renewed before the last of
/// them is over.
pub const MAX_LISTED: usize = 200;

/// What a row demands of a gateway, as it stands at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    /// From this moment on; absent where it is not known, or lies in a stretch.
    pub end: Option<Instant>,
    pub brownouts: Vec<Window>,
    /// Where more brownouts follow than are listed, the end of the last one that is.
    pub listed_until: Option<Instant>,
}

/// A paused or cancelled row refuses nothing. A vague end is enforced once it has certainly
/// come; an enforcement on record outweighs the plan.
pub fn refused(
    notice: &Notice,
    id: &RowId,
    row: &Row,
    api: Option<&ApiId>,
    at: Instant,
) -> Refused {
    if is_halted(notice, id, row, at) {
        return Refused::default();
    }
    let latest = |date: &Option<Date>| bounds(date.as_ref()?, row.zone).latest;
    let dates = &row.dates;
    let end = match (&dates.enforced, &dates.complete) {
        (Some(_), _) => latest(&dates.enforced),
        (None, Some(_)) => latest(&dates.complete),
        (None, None) => latest(&dates.cutoff),
    };
    let (mut brownouts, mut listed_until) = (Vec::new(), None);
    for brownout in brownouts_of(notice, id, api) {
        let occurrences = Occurrences::new(brownout, row.zone);
        let coming = occurrences.within(at, Instant::MAX_UTC);
        let listed = coming.clone().take(MAX_LISTED).filter_map(|n| occurrences.nth(n));
        let before = brownouts.len();
        brownouts.extend(listed.map(|(start, until)| Window {
            from: start.timestamp(),
            until: Some(until.timestamp()),
        }));
        if coming.len() > MAX_LISTED && brownouts.len() > before {
            let last = brownouts.last().and_then(|last: &Window| last.until);
            let last = last.and_then(|last| Instant::from_timestamp(last, 0));
            listed_until = [listed_until, last].into_iter().flatten().min();
        }
    }
    brownouts.sort_unstable();
    Refused { end, brownouts, listed_until }
}

impl Refused {
    /// The window that begins with the end and lasts.
    pub fn after(&self) -> Vec<Window> {
        self.end.map(|end| Window { from: end.timestamp(), until: None }).into_iter().collect()
    }
}
