//! Changes of one notice.

use super::amended::{Amended, DATED};
use super::{Change, NoticeDiff, Word, fields, translations};
use crate::notice::{AmendmentKind, Date, Notice, Program};
use crate::schedule::word;
use chrono_tz::Tz;

/// Fields that are more than text, and are looked at one by one.
const LOOKED_AT: [&str; 6] =
    ["id", "announced", "schedule", "amendments", "test_endpoints", "translations"];

/// Both sides of a notice, and what was found so far.
pub struct Comparison<'n> {
    pub old: &'n Notice,
    pub new: &'n Notice,
    pub old_program: &'n Program,
    pub new_program: &'n Program,
    pub amended: Amended<'n>,
    pub changes: Vec<Change>,
}

/// What changed in `notice`, or that it is new; nothing where it is the same.
pub fn compare(before: Option<&Program>, program: &Program, notice: &Notice) -> Option<NoticeDiff> {
    let old = before.and_then(|before| Some((before, before.notices.get(&notice.id)?)));
    let changes = match old {
        None => vec![Change::new(Word::New, "notice")],
        Some((old_program, old)) => Comparison {
            old,
            new: notice,
            old_program,
            new_program: program,
            amended: Amended::between(old, notice),
            changes: Vec::new(),
        }
        .changes(),
    };
    let found = NoticeDiff { notice: notice.id.clone(), title: notice.title.clone(), changes };
    (!found.changes.is_empty()).then_some(found)
}

/// The notices of `before` that `after` has no more.
pub fn gone<'p>(
    before: &'p Program,
    after: &'p Program,
) -> impl Iterator<Item = NoticeDiff> + use<'p> {
    let is_gone = |notice: &&Notice| !after.notices.contains_key(&notice.id);
    before.notices.values().filter(is_gone).map(vanished)
}

pub fn vanished(notice: &Notice) -> NoticeDiff {
    let is_cancelled = |row| {
        let mut halts = notice.amendments.iter().rev().filter(|a| a.touches(row));
        halts.any(|a| a.kind == AmendmentKind::Cancelled)
    };
    let change = Change::new(Word::Gone, "notice");
    let change = if notice.schedule.rows.keys().all(is_cancelled) {
        change
    } else {
        change.warn(
            "whoever was told of it is told nothing more; keep the file, and cancel its rows with \
             an amendment",
        )
    };
    NoticeDiff { notice: notice.id.clone(), title: notice.title.clone(), changes: vec![change] }
}

impl Comparison<'_> {
    fn changes(mut self) -> Vec<Change> {
        self.announcement();
        self.rows();
        self.brownouts();
        self.endpoints();
        self.texts();
        let Self { amended, mut changes, .. } = self;
        changes.extend(amended.rest());
        merged(changes)
    }

    fn texts(&mut self) {
        let (old, new) = (self.old, self.new);
        self.changes.extend(fields::changes("", old, new, &LOOKED_AT));
        if old.schedule.text != new.schedule.text {
            self.changes.push(Change::new(Word::Changed, "schedule text"));
        }
        self.changes.extend(translations::changes(&old.translations, &new.translations));
    }

    /// A first date for it is news; another one rewrites what was said.
    fn announcement(&mut self) {
        let (old, new) = (&self.old.announced, &self.new.announced);
        let zones = (self.old_program.settings.zone, self.new_program.settings.zone);
        let Some(change) = change_of_date("announced", (old, zones.0), (new, zones.1)) else {
            return;
        };
        let is_news = matches!(change.word, Word::Changed | Word::Amended(AmendmentKind::Refined));
        let told = self.amended.telling(&[AmendmentKind::Corrected], &[]);
        let change = Change { amendments: told, ..change };
        let is_told = is_news || !change.amendments.is_empty();
        self.changes.push(if is_told {
            change
        } else {
            let former = format!("{{text: announced {}}}", old.span);
            change.needs(AmendmentKind::Corrected, Some(former))
        });
    }

    /// A date that stands beside the rows, such as a brownout's start: any
    /// amendment of its rows that speaks of dates may tell of it.
    pub fn other_date(
        &mut self,
        what: &str,
        rows: &[crate::notice::RowId],
        (old, old_zone): (Option<&Date>, Tz),
        (new, new_zone): (Option<&Date>, Tz),
    ) {
        let change = match (old, new) {
            (Some(old), Some(new)) => change_of_date(what, (old, old_zone), (new, new_zone)),
            (None, Some(new)) => Some(Change::new(Word::New, what).values(None, shown(new))),
            (Some(old), None) => Some(Change::new(Word::Gone, what).values(shown(old), None)),
            (None, None) => None,
        };
        let Some(change) = change else { return };
        let change = Change { rows: rows.to_vec(), ..change };
        if change.word == Word::Changed {
            self.changes.push(change);
            return;
        }
        self.event(change, &DATED);
    }

    /// Adds a change that one of the newer amendments, of any of `kinds`, must
    /// tell of.
    pub fn event(&mut self, change: Change, kinds: &[AmendmentKind]) {
        let told = self.amended.telling(kinds, &change.rows);
        let change = if told.is_empty() {
            let fallback = kinds.iter().find(|kind| **kind == AmendmentKind::Rescheduled);
            let kind = match change.word {
                Word::Amended(kind) if kinds.contains(&kind) => kind,
                _ => *fallback.unwrap_or(&AmendmentKind::Corrected),
            };
            change.needs(kind, Some("not recorded".to_owned()))
        } else {
            Change { amendments: told, ..change }
        };
        self.changes.push(change);
    }
}

/// A change from one date to another, if it is one. What a reader sees differ
/// in the office's own words alone is text.
pub fn change_of_date(
    what: &str,
    (old, old_zone): (&Date, Tz),
    (new, new_zone): (&Date, Tz),
) -> Option<Change> {
    use crate::schedule::bounds;
    let moves = old.span != new.span || bounds(old, old_zone) != bounds(new, new_zone);
    let word = match (moves, old.label == new.label) {
        (false, true) => return None,
        (false, false) => Word::Changed,
        (true, _) => Word::Amended(word((old, old_zone), (new, new_zone))),
    };
    let shown = |date: &Date, zone: Tz| match old_zone == new_zone {
        true => shown(date),
        false => Some(format!("{} ({zone})", date.span)),
    };
    Some(Change::new(word, what).values(shown(old, old_zone), shown(new, new_zone)))
}

/// As declared, with the office's name for it.
pub fn shown(date: &Date) -> Option<String> {
    Some(match &date.label {
        Some(label) => format!("{} ({label})", date.span),
        None => date.span.to_string(),
    })
}

/// Rows that changed alike are told once.
fn merged(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        match merged.iter_mut().find(|known| known.is_same_elsewhere(&change)) {
            Some(known) => known.rows.extend(change.rows),
            None => merged.push(change),
        }
    }
    merged
}
