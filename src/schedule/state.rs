//! The state of a row at a moment, and the moments at which it changes.

use super::bounds::{Bounds, Instant, bounds};
use super::brownouts::Occurrences;
use crate::notice::{AmendmentKind, ApiId, Brownout, Date, Notice, Row, RowId, Subset};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The first that holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Cancelled,
    Paused,
    CutOff,
    /// Inside a vague or rolling cutoff: it may have happened.
    Due,
    Brownout,
    Deprecated,
    Announced,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Cancelled,
        Self::Paused,
        Self::CutOff,
        Self::Due,
        Self::Brownout,
        Self::Deprecated,
        Self::Announced,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Paused => "paused",
            Self::CutOff => "cut-off",
            Self::Due => "due",
            Self::Brownout => "brownout",
            Self::Deprecated => "deprecated",
            Self::Announced => "announced",
        }
    }

    /// As a reader sees it.
    pub fn title(self) -> &'static str {
        match self {
            Self::CutOff => "cut off",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|state| state.as_str()).collect();
            format!("`{text}` is not a state: write one of {}", all.join(", "))
        })
    }
}

/// The state of `row` at `at`; with an API, of that API in the row, which a
/// brownout of others does not touch.
pub fn state(notice: &Notice, id: &RowId, row: &Row, api: Option<&ApiId>, at: Instant) -> State {
    match standing(notice, id, row, at) {
        Some(AmendmentKind::Cancelled) => return State::Cancelled,
        Some(AmendmentKind::Paused) => return State::Paused,
        _ => {}
    }
    let (happened, may_have) = cutoff(row, at);
    if happened {
        State::CutOff
    } else if may_have {
        State::Due
    } else if brownouts_of(notice, id, api).any(|b| Occurrences::new(b, row.zone).strikes_at(at)) {
        State::Brownout
    } else if row.dates.deprecation.as_ref().is_some_and(|d| bounds(d, row.zone).has_come(at)) {
        State::Deprecated
    } else {
        State::Announced
    }
}

/// Whether the cutoff has certainly happened, and whether it may have.
///
/// A recorded enforcement is a fact and outweighs the plan; between a planned
/// cutoff and its later enforcement the row is due.
fn cutoff(row: &Row, at: Instant) -> (bool, bool) {
    let of = |date: &Option<Date>| date.as_ref().map(|d| bounds(d, row.zone));
    let Some(plan) = of(&row.dates.cutoff) else {
        let enforced = of(&row.dates.enforced);
        return enforced.map_or((false, false), |e| (e.has_come(at), e.may_have_come(at)));
    };
    let end = of(&row.dates.enforced).or_else(|| of(&row.dates.complete)).unwrap_or(plan);
    (end.has_come(at), plan.may_have_come(at) || end.may_have_come(at))
}

/// The latest of pause, resumption and cancellation that had come at `at`.
fn standing(notice: &Notice, id: &RowId, row: &Row, at: Instant) -> Option<AmendmentKind> {
    use AmendmentKind::{Cancelled, Paused, Resumed};
    notice
        .amendments
        .iter()
        .filter(|a| matches!(a.kind, Cancelled | Paused | Resumed) && a.touches(id))
        .filter_map(|a| bounds(&a.date, row.zone).earliest.map(|from| (from, a.kind)))
        .filter(|(from, _)| *from <= at)
        // The later entry wins among equals: amendments are listed in order.
        .max_by_key(|(from, _)| *from)
        .map(|(_, kind)| kind)
}

/// Whether the row stands paused or cancelled at `at`, so that nothing it
/// announced will come.
pub fn is_halted(notice: &Notice, id: &RowId, row: &Row, at: Instant) -> bool {
    use AmendmentKind::{Cancelled, Paused};
    matches!(standing(notice, id, row, at), Some(Cancelled | Paused))
}

/// The brownouts that strike the row; with an API, those that strike it there.
pub fn brownouts_of<'n>(
    notice: &'n Notice,
    id: &'n RowId,
    api: Option<&'n ApiId>,
) -> impl Iterator<Item = &'n Brownout> {
    let strikes_api = move |brownout: &&Brownout| match (&brownout.subset, api) {
        (Subset::All, _) | (Subset::Targets(_), None) => true,
        (Subset::Targets(targets), Some(api)) => targets.iter().any(|t| t.api == *api),
        // Nobody can say yet whom it strikes.
        (Subset::Later { .. }, api) => api.is_none(),
    };
    notice.schedule.brownouts.values().filter(|b| b.rows.contains(id)).filter(strikes_api)
}

/// The moments at which a row's state may change, but for its brownouts.
pub(super) fn fixed_edges<'n>(
    notice: &'n Notice,
    id: &'n RowId,
    row: &'n Row,
) -> impl Iterator<Item = Instant> + use<'n> {
    let zone = row.zone;
    let both = |b: Bounds| [b.earliest, b.latest];
    let dates = row.dates.named().into_iter().filter_map(|(_, date)| date);
    let amendments = notice.amendments.iter().filter(|a| a.touches(id)).map(|a| &a.date);
    dates.chain(amendments).flat_map(move |date| both(bounds(date, zone))).flatten()
}

/// The first moment after `at` at which the row's state may change.
pub fn next_edge(notice: &Notice, id: &RowId, row: &Row, at: Instant) -> Option<Instant> {
    let fixed = fixed_edges(notice, id, row).filter(|edge| *edge > at);
    let struck =
        brownouts_of(notice, id, None).filter_map(|b| Occurrences::new(b, row.zone).next_edge(at));
    fixed.chain(struck).min()
}

/// The last moment, not after `at`, at which the row's state may have changed.
pub fn last_edge(notice: &Notice, id: &RowId, row: &Row, at: Instant) -> Option<Instant> {
    let fixed = fixed_edges(notice, id, row).filter(|edge| *edge <= at);
    let struck =
        brownouts_of(notice, id, None).filter_map(|b| Occurrences::new(b, row.zone).last_edge(at));
    fixed.chain(struck).max()
}
