//! Planned temporary outages in words: rhythm, first, last, length, and whom
//! they strike.

use super::Scope;
use super::apis::ApiName;
use crate::notice::{Brownout, BrownoutId, BrownoutLength, Subset};
use crate::render::dates::When;
use crate::schedule::Occurrences;
use indexmap::IndexSet;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct BrownoutView<'a> {
    pub id: &'a str,
    /// Where its rows apply, each place once.
    pub places: Vec<String>,
    pub start: When,
    /// `2 hours`, where a length was declared.
    pub length: Option<String>,
    pub end: Option<When>,
    /// `every 7 days` or `every week`, where it repeats.
    pub every: Option<String>,
    pub until: Option<When>,
    pub occurrences: usize,
    /// Empty: all APIs of its rows, unless they are to be named later.
    pub apis: Vec<ApiName<'a>>,
    pub is_named_later: bool,
    pub named_by: Option<When>,
    pub note: Option<String>,
}

impl<'a> Scope<'a, '_> {
    pub(super) fn brownouts(&self) -> Vec<BrownoutView<'a>> {
        let brownouts = self.notice.schedule.brownouts.iter();
        let concerning = brownouts.filter(|(_, b)| b.rows.iter().any(|row| self.concerns(row)));
        concerning.map(|(id, brownout)| self.brownout(id, brownout)).collect()
    }

    fn brownout(&self, id: &'a BrownoutId, brownout: &'a Brownout) -> BrownoutView<'a> {
        let rows = &self.notice.schedule.rows;
        let struck: Vec<_> = brownout.rows.iter().filter_map(|id| rows.get(id)).collect();
        let zone = struck.first().map_or(self.program.settings.zone, |row| row.zone);
        let places: IndexSet<_> = struck.iter().map(|row| self.place_among(row)).collect();
        let (length, end) = match &brownout.length {
            BrownoutLength::Lasts(length) => (Some(self.language.length(length)), None),
            BrownoutLength::End(end) => (None, Some(self.when(end, zone))),
        };
        let (apis, later) = match &brownout.subset {
            Subset::All => (Vec::new(), None),
            Subset::Targets(targets) => (self.distinct_names(targets), None),
            Subset::Later { by } => (Vec::new(), Some(by.as_ref())),
        };
        let repeat = brownout.repeat.as_ref();
        BrownoutView {
            id: id.as_str(),
            places: places.into_iter().collect(),
            start: self.when(&brownout.start, zone),
            length,
            end,
            every: repeat.map(|repeat| self.language.every(&repeat.every)),
            until: repeat.map(|repeat| self.when(&repeat.until, zone)),
            occurrences: Occurrences::new(brownout, zone).iter().count(),
            apis,
            is_named_later: later.is_some(),
            named_by: later.flatten().map(|by| self.when(by, zone)),
            note: brownout.note.as_ref().map(|note| self.texts().fill(note)),
        }
    }
}
