//! The amendments that the newer notice has and the older had not: which of
//! them tell of a change, and which are left over.

use super::{Change, Told, Word};
use crate::notice::{
    Amendment, AmendmentKind, Date, Former, FormerValues, Notice, Placeholder, RowId, Timetable,
    placeholders,
};

/// The newer amendments, and whether each was matched with a change.
pub struct Amended<'n> {
    /// What the dates named in reasons stand for.
    schedule: &'n Timetable,
    added: Vec<(&'n Amendment, bool)>,
    /// Those of the older notice that are missing from the newer.
    removed: Vec<&'n Amendment>,
    /// Those whose reason alone differs.
    reworded: Vec<&'n Amendment>,
}

/// Whether amendments tell of a change of a date.
pub enum Telling {
    Told(Vec<Told>),
    Untold,
    /// One tells of it, and of another value than stood there.
    Wrongly {
        date: String,
        former: String,
    },
}

impl<'n> Amended<'n> {
    pub fn between(old: &'n Notice, new: &'n Notice) -> Self {
        let mut left: Vec<_> = old.amendments.iter().collect();
        let (mut added, mut reworded) = (Vec::new(), Vec::new());
        for amendment in &new.amendments {
            match left.iter().position(|known| is_same(known, amendment)) {
                None => added.push((amendment, false)),
                Some(at) => {
                    let known = left.remove(at);
                    reworded.extend((known.reason != amendment.reason).then_some(amendment));
                }
            }
        }
        Self { schedule: &new.schedule, added, removed: left, reworded }
    }

    /// Those of `kinds` that touch any of `rows`, or all when `rows` is empty.
    pub fn telling(&mut self, kinds: &[AmendmentKind], rows: &[RowId]) -> Vec<Told> {
        let touches = |amendment: &Amendment| {
            rows.is_empty() || rows.iter().any(|row| amendment.touches(row))
        };
        self.take(|amendment| kinds.contains(&amendment.kind) && touches(amendment))
    }

    /// Those that tell of a row that was not there. One that was split off says in its
    /// own amendment what held for it before.
    pub fn telling_new(&mut self, row: &RowId) -> Vec<Told> {
        self.take(|amendment| {
            let is_named = amendment.rows.contains(row);
            let is_rescoped = amendment.kind == AmendmentKind::Rescoped && amendment.touches(row);
            is_rescoped || is_named && DATED.contains(&amendment.kind)
        })
    }

    /// Whether the row's date that was `old` is told to have changed. `of` finds
    /// its former value.
    pub fn telling_date(
        &mut self,
        row: &RowId,
        old: &Date,
        of: fn(&FormerValues) -> Option<&Date>,
    ) -> Telling {
        let touching = || self.added.iter().map(|(a, _)| *a).filter(|a| a.touches(row));
        let first = touching().find_map(|amendment| match &amendment.former {
            Former::Values(values) => Some((amendment, of(values)?)),
            _ => None,
        });
        match first {
            Some((amendment, former)) if former.span != old.span => Telling::Wrongly {
                date: amendment.date.span.to_string(),
                former: former.span.to_string(),
            },
            Some(_) => Telling::Told(self.take(|amendment| {
                let is_of = |values: &FormerValues| of(values).is_some();
                amendment.touches(row)
                    && matches!(&amendment.former, Former::Values(values) if is_of(values))
            })),
            None => {
                let told = self.take(|amendment| {
                    let is_vague = amendment.former == Former::NotRecorded;
                    amendment.touches(row) && is_vague && DATED.contains(&amendment.kind)
                });
                if told.is_empty() { Telling::Untold } else { Telling::Told(told) }
            }
        }
    }

    fn take(&mut self, is_meant: impl Fn(&Amendment) -> bool) -> Vec<Told> {
        let schedule = self.schedule;
        let meant = self.added.iter_mut().filter(|(amendment, _)| is_meant(amendment));
        meant
            .map(|(amendment, is_used)| {
                *is_used = true;
                told(amendment, schedule)
            })
            .collect()
    }

    /// What is new in the list of amendments and explains nothing else: pauses,
    /// cancellations, corrections in words, history brought in later.
    pub fn rest(self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (amendment, _) in self.added.iter().filter(|(_, is_used)| !is_used) {
            let before = match &amendment.former {
                Former::Values(values) => values.text.clone(),
                _ => None,
            };
            changes.push(Change {
                rows: amendment.rows.clone(),
                before,
                amendments: vec![told(amendment, self.schedule)],
                ..Change::new(Word::Amended(amendment.kind), subject(amendment))
            });
        }
        for amendment in self.reworded {
            let what = format!("reason of the amendment of {}", amendment.date.span);
            changes.push(Change::new(Word::Changed, what));
        }
        for amendment in self.removed {
            let what =
                format!("amendment of {} ({})", amendment.date.span, amendment.kind.as_str());
            let change = Change { rows: amendment.rows.clone(), ..Change::new(Word::Gone, what) };
            changes.push(change.warn(
                "history is added to and never edited; bring it back, and correct it with another \
                 amendment",
            ));
        }
        changes
    }
}

/// The amendments that `new` has and `old` had not, in their order.
pub fn added_amendments<'n>(old: &Notice, new: &'n Notice) -> Vec<&'n Amendment> {
    let mut left: Vec<_> = old.amendments.iter().collect();
    let mut added = Vec::new();
    for amendment in &new.amendments {
        match left.iter().position(|known| is_same(known, amendment)) {
            Some(at) => {
                left.remove(at);
            }
            None => added.push(amendment),
        }
    }
    added
}

/// Kinds that can tell of a changed date.
pub const DATED: [AmendmentKind; 6] = [
    AmendmentKind::Extended,
    AmendmentKind::Advanced,
    AmendmentKind::Postponed,
    AmendmentKind::Refined,
    AmendmentKind::Rescheduled,
    AmendmentKind::Corrected,
];

/// Kinds that can tell of a changed scope.
pub const SCOPED: [AmendmentKind; 2] = [AmendmentKind::Rescoped, AmendmentKind::Corrected];

/// Kinds that can tell of brownouts and other events beside the rows' dates.
pub const EVENTFUL: [AmendmentKind; 7] = [
    AmendmentKind::Extended,
    AmendmentKind::Advanced,
    AmendmentKind::Postponed,
    AmendmentKind::Refined,
    AmendmentKind::Rescheduled,
    AmendmentKind::Corrected,
    AmendmentKind::Rescoped,
];

fn subject(amendment: &Amendment) -> &'static str {
    match (amendment.kind, amendment.rows.len()) {
        (AmendmentKind::Corrected, _) => "text",
        (_, 1) => "row",
        _ => "rows",
    }
}

fn is_same(one: &Amendment, other: &Amendment) -> bool {
    let parts = |a: &Amendment| (a.date.clone(), a.kind, a.rows.clone(), a.former.clone());
    parts(one) == parts(other)
}

fn told(amendment: &Amendment, schedule: &Timetable) -> Told {
    Told {
        date: amendment.date.span.to_string(),
        kind: amendment.kind,
        reason: amendment.reason.as_ref().map(|text| filled(text.0.trim(), schedule)),
    }
}

/// With the dates that it names, as they are declared.
fn filled(text: &str, schedule: &Timetable) -> String {
    let mut out = String::new();
    let mut from = 0;
    for Placeholder { range, row, name } in placeholders(text) {
        let dates = match row {
            None => Some(&schedule.general),
            Some(row) => schedule.rows.get(row).map(|row| &row.dates),
        };
        let date = dates.and_then(|dates| dates.named().into_iter().find(|(n, _)| *n == name)?.1);
        let Some(date) = date else { continue };
        out.push_str(&text[from..range.start]);
        out.push_str(&date.span.to_string());
        from = range.end;
    }
    out + &text[from..]
}
