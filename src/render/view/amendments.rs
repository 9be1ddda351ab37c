//! What was changed since the announcement, newest first.
//!
//! An amendment holds what stood before it; what it changed that to stands in
//! the next amendment, or in the schedule.

use super::Scope;
use crate::notice::{Amendment, AmendmentKind, Date, Former, FormerValues, Notice, RowId};
use crate::render::dates::When;
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct AmendmentView {
    pub date: When,
    /// `extended`.
    pub kind: &'static str,
    /// `Extended`.
    pub title: String,
    pub reason: Option<String>,
    /// The environments it concerns; all of them when empty.
    pub places: Vec<String>,
    pub changes: Vec<ChangeView>,
    pub is_unrecorded: bool,
}

#[derive(Debug, Serialize)]
pub struct ChangeView {
    /// `Cutoff`.
    pub title: String,
    pub was: String,
    /// Absent where rows differ, or where the schedule alone tells.
    pub now: Option<String>,
    /// A refinement lies inside what was said before: nothing is struck.
    pub is_struck: bool,
}

impl<'a> Scope<'a, '_> {
    pub(super) fn amendments(&self) -> Vec<AmendmentView> {
        let all = self.notice.amendments.iter().enumerate();
        let concerning =
            all.filter(|(_, a)| a.rows.is_empty() || a.rows.iter().any(|r| self.concerns(r)));
        concerning.map(|(at, amendment)| self.amendment(at, amendment)).rev().collect()
    }

    fn amendment(&self, at: usize, amendment: &'a Amendment) -> AmendmentView {
        let rows = &self.notice.schedule.rows;
        let places: IndexSet<_> = amendment
            .rows
            .iter()
            .filter_map(|id| rows.get(id))
            .map(|r| self.place_among(r))
            .collect();
        let changes = match &amendment.former {
            Former::Values(values) => self.changes(at, amendment, values),
            Former::Unchanged | Former::NotRecorded => Vec::new(),
        };
        let kind = amendment.kind.as_str();
        AmendmentView {
            date: self.when(&amendment.date, self.program.settings.zone),
            kind,
            title: self.language.say(&format!("amendment-{kind}")),
            reason: amendment.reason.as_ref().map(|reason| self.texts().fill(reason)),
            places: places.into_iter().collect(),
            changes,
            is_unrecorded: amendment.former == Former::NotRecorded,
        }
    }

    fn changes(&self, at: usize, amendment: &Amendment, values: &FormerValues) -> Vec<ChangeView> {
        let zone = self.program.settings.zone;
        let is_struck = amendment.kind != AmendmentKind::Refined;
        let date = |(name, was): (&'static str, Option<&Date>)| {
            was.map(|was| ChangeView {
                title: self.date_title(name),
                was: self.when(was, zone).text,
                now: self.value_after(at, amendment, name).map(|d| self.when(d, zone).text),
                is_struck,
            })
        };
        let mut changes: Vec<_> = dates_of(values).into_iter().filter_map(date).collect();
        let in_words = [
            ("apis", values.apis.as_ref().map(|apis| apis.join(", "))),
            ("urls", values.urls.as_ref().map(|urls| urls.join(", "))),
            ("text", values.text.clone()),
        ];
        changes.extend(in_words.into_iter().filter_map(|(word, was)| {
            let title = self.language.say(word);
            was.map(|was| ChangeView { title, was, now: None, is_struck })
        }));
        changes
    }

    /// The date called `name` after the amendment at `at`, if its rows agree.
    fn value_after(&self, at: usize, amendment: &Amendment, name: &str) -> Option<&'a Date> {
        let rows = self.notice.schedule.rows.iter();
        let touched = rows.filter(|(id, _)| amendment.touches(id) && self.concerns(id));
        let after = |id: &RowId| {
            let later = self.notice.amendments[at + 1..].iter().filter(|later| later.touches(id));
            later.filter_map(|later| former(later, name)).next()
        };
        let present = |row: &'a crate::notice::Row| {
            row.dates.named().into_iter().find(|(known, _)| *known == name)?.1
        };
        let mut dates = touched.map(|(id, row)| after(id).or_else(|| present(row)));
        let first = dates.next()??;
        dates.all(|date| date == Some(first)).then_some(first)
    }
}

fn dates_of(values: &FormerValues) -> [(&'static str, Option<&Date>); 3] {
    [
        ("deprecation", values.deprecation.as_ref()),
        ("cutoff", values.cutoff.as_ref()),
        ("complete", values.complete.as_ref()),
    ]
}

fn former<'n>(amendment: &'n Amendment, name: &str) -> Option<&'n Date> {
    match &amendment.former {
        Former::Values(values) => dates_of(values).into_iter().find(|(known, _)| *known == name)?.1,
        Former::Unchanged | Former::NotRecorded => None,
    }
}

/// By name, what the newest amendment that moved each of a row's dates moved it
/// from. A refined date was not wrong, so it is not shown as moved.
pub(super) fn former_dates<'n>(
    notice: &'n Notice,
    row: &RowId,
) -> IndexMap<&'static str, &'n Date> {
    let mut dates = IndexMap::new();
    for amendment in notice.amendments.iter().filter(|amendment| amendment.touches(row)) {
        for name in ["deprecation", "cutoff", "complete"] {
            if let Some(was) = former(amendment, name) {
                if amendment.kind == AmendmentKind::Refined {
                    dates.shift_remove(name);
                } else {
                    dates.insert(name, was);
                }
            }
        }
    }
    dates
}
