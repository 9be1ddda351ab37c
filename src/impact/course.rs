//! The course of a row: its states in order, each from the moment at which it
//! begins. Worked out once, so that what a row's state is at a moment is looked up
//! in a few steps, and looking at many rows stays cheap.
//!
//! It knows no line and no question.

use crate::notice::{ApiId, Notice, Row, RowId};
use crate::schedule::{Instant, State, bounds, next_edge, state};

/// A row with more edges than this, such as one of hourly brownouts, is asked
/// anew each time: its course would take more memory than all others.
const MOST_STEPS: usize = 64;

/// When a cutoff may come at the earliest and at the latest, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Cutoff {
    pub(super) earliest: Option<i64>,
    pub(super) latest: Option<i64>,
}

/// What becomes of a row, as far as one API of it is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Course {
    /// Absent where there is no cutoff at all.
    pub(super) cutoff: Option<Cutoff>,
    /// From when, in microseconds, and in which state; the first has always been.
    /// None where there are too many.
    steps: Option<Box<[(i64, State)]>>,
}

impl Course {
    pub(super) fn of(notice: &Notice, id: &RowId, row: &Row, api: Option<&ApiId>) -> Self {
        let cutoff = row.dates.cutoff.as_ref().map(|date| {
            let bounds = bounds(date, row.zone);
            let micros = |at: Option<Instant>| at.map(|at| at.timestamp_micros());
            Cutoff { earliest: micros(bounds.earliest), latest: micros(bounds.latest) }
        });
        let mut at = Instant::MIN_UTC;
        let mut steps = vec![(at.timestamp_micros(), state(notice, id, row, api, at))];
        while let Some(edge) = next_edge(notice, id, row, at) {
            steps.push((edge.timestamp_micros(), state(notice, id, row, api, edge)));
            at = edge;
            if steps.len() > MOST_STEPS {
                return Self { cutoff, steps: None };
            }
        }
        Self { cutoff, steps: Some(steps.into()) }
    }

    /// The state at a moment in microseconds, if the course is known.
    pub(super) fn state(&self, at_us: i64) -> Option<State> {
        let steps = self.steps.as_ref()?;
        let begun = steps.partition_point(|(from, _)| *from <= at_us);
        steps.get(begun.saturating_sub(1)).map(|(_, state)| *state)
    }

    /// The moments at which the state may change.
    pub(super) fn edges(&self) -> Option<impl Iterator<Item = i64> + '_> {
        Some(self.steps.as_ref()?.iter().skip(1).map(|(from, _)| *from))
    }
}
