//! A published notice, as one round works with it.

use crate::notice::{
    AmendmentKind, Digest, Facts, Notice, NoticePath, Occasion, OccasionKind, Program, RowId,
};
use crate::schedule::{Instant, State, facts, standing_halt, state};
use crate::store::PublicationId;

/// A notice is announced once; what changes later is a change.
const ANNOUNCEMENT: &str = "announcement";

pub(super) struct Declared<'a> {
    pub path: NoticePath,
    pub program: &'a Program,
    pub notice: &'a Notice,
    pub revision: Digest,
    pub facts: Facts,
    pub publication: PublicationId,
}

impl<'a> Declared<'a> {
    pub fn new(program: &'a Program, notice: &'a Notice, publication: PublicationId) -> Self {
        Self {
            path: NoticePath { program: program.id.clone(), notice: notice.id.clone() },
            program,
            notice,
            revision: program.revision(notice),
            facts: facts(program, notice),
            publication,
        }
    }

    pub fn occasion(&self, kind: OccasionKind, key: &str) -> Occasion {
        Occasion { notice: self.path.clone(), kind, key: key.to_owned() }
    }

    /// Whether the office gave the row up.
    pub fn is_cancelled(&self, row: &RowId) -> bool {
        standing_halt(self.notice, row) == Some(AmendmentKind::Cancelled)
    }

    /// Whether a row has something to come at `at`.
    pub fn lies_ahead(&self, row: &RowId, at: Instant) -> bool {
        self.notice.schedule.rows.get_key_value(row).is_some_and(|(id, row)| {
            !matches!(state(self.notice, id, row, None, at), State::Cancelled | State::CutOff)
        })
    }
}

/// The occasion on which `notice` is announced.
pub(super) fn announcement(notice: &NoticePath) -> Occasion {
    Occasion {
        notice: notice.clone(),
        kind: OccasionKind::Announcement,
        key: ANNOUNCEMENT.to_owned(),
    }
}
