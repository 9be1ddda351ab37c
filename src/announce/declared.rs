//! A published notice, as one round works with it.

use crate::notice::{
    AmendmentKind, Digest, Facts, Notice, NoticePath, Occasion, OccasionKind, Program, RowId,
};
use crate::schedule::{Instant, Pressing, State, facts, pressing, standing_halt, state};
use crate::store::PublicationId;
use std::sync::OnceLock;

/// A notice is announced once; what changes later is a change.
const ANNOUNCEMENT: &str = "announcement";

pub(super) struct Declared<'a> {
    pub path: NoticePath,
    pub program: &'a Program,
    pub notice: &'a Notice,
    pub revision: Digest,
    pub facts: Facts,
    pub publication: PublicationId,
    /// Worked out where anybody reads a weekly digest.
    presses: OnceLock<(Instant, Pressing)>,
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
            presses: OnceLock::new(),
        }
    }

    pub fn occasion(&self, kind: OccasionKind, key: &str) -> Occasion {
        Occasion { notice: self.path.clone(), kind, key: key.to_owned() }
    }

    /// Whether the office gave the row up.
    pub fn is_cancelled(&self, row: &RowId) -> bool {
        standing_halt(self.notice, row) == Some(AmendmentKind::Cancelled)
    }

    /// Whether readers of `rows` may be told of them as late as `digest`. One round
    /// asks about one `now`.
    pub fn may_wait(&self, rows: &[RowId], now: Instant, digest: Instant) -> bool {
        let settings = &self.program.settings;
        let (known, presses) =
            self.presses.get_or_init(|| (now, pressing(self.notice, settings, now)));
        debug_assert_eq!(*known, now);
        presses.allows(rows, digest)
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
