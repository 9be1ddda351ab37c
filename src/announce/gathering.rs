//! What waits for the weekly digest of whoever asked for one, and what cannot.

use super::pace::{Pace, recipients_clocks};
use super::round::Filler;
use crate::notice::{Frequency, Notice, RowId};
use crate::schedule::{Instant, is_advanced, next_digest};
use crate::store::{Listener, Period};

/// A message about to be made.
#[derive(Clone, Copy)]
pub(super) struct Telling<'a> {
    pub rows: &'a [RowId],
    pub not_after: Option<Instant>,
    /// The notice as its reader was told it before, where this says what changed.
    pub before: Option<&'a Notice>,
}

impl<'a> Telling<'a> {
    pub fn of(rows: &'a [RowId]) -> Self {
        Self { rows, not_after: None, before: None }
    }
}

impl Filler<'_> {
    /// When a message leaves for this reader: by itself, or in their next digest
    /// where nothing in it comes true before that, and no date came nearer.
    pub fn period(&self, listener: &Listener, telling: Telling<'_>, pace: Pace) -> Period {
        let (program, at) = (self.declared.program, self.at);
        let Telling { rows, not_after, before } = telling;
        let by_itself = || pace.period(program, listener.zone, at, not_after);
        if listener.frequency != Frequency::Weekly {
            return by_itself();
        }
        let digest = next_digest(&program.settings, recipients_clocks(program, listener.zone), at);
        let may_wait = self.declared.may_wait(rows, at, digest)
            && not_after.is_none_or(|end| digest < end)
            && before.is_none_or(|told| !is_advanced(told, self.declared.notice, rows));
        if !may_wait {
            return by_itself();
        }
        Period { not_after, is_gathered: true, ..Period::from(digest) }
    }
}
