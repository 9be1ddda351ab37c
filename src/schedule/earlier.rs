//! Cutoffs that a newer declaration brings nearer than readers were told.

use super::bounds::bounds;
use crate::notice::{Date, Notice, RowId};

/// A cutoff that comes sooner than it was declared to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier<'n> {
    pub row: &'n RowId,
    pub was: &'n Date,
    pub now: &'n Date,
}

/// The rows of `new` whose cutoff may come before the first moment at which it
/// could come in `old`. A date for what had none is news, and no date is earlier
/// than none.
pub fn earlier_cutoffs<'n>(old: &'n Notice, new: &'n Notice) -> Vec<Earlier<'n>> {
    let rows = new.schedule.rows.iter();
    rows.filter_map(|(id, row)| {
        let before = old.schedule.rows.get(id)?;
        let (was, now) = (before.dates.cutoff.as_ref()?, row.dates.cutoff.as_ref()?);
        let was_first = bounds(was, before.zone).earliest?;
        let is_first = bounds(now, row.zone).earliest?;
        (is_first < was_first).then_some(Earlier { row: id, was, now })
    })
    .collect()
}
