//! Changes of a notice's rows: their dates, their scope, and whether they are
//! there at all.

use super::amended::{DATED, SCOPED, Telling};
use super::notice::{Comparison, change_of_date, shown};
use super::{Change, Word, fields};
use crate::notice::{AmendmentKind, Date, FormerValues, Program, Row, RowId, Target};
use std::collections::BTreeSet;

type Field = (&'static str, fn(&Row) -> Option<&Date>, fn(&FormerValues) -> Option<&Date>);

/// The dates of the plan, which amendments keep the former values of.
const FIELDS: [Field; 3] = [
    ("deprecation", |row| row.dates.deprecation.as_ref(), |former| former.deprecation.as_ref()),
    ("cutoff", |row| row.dates.cutoff.as_ref(), |former| former.cutoff.as_ref()),
    ("complete", |row| row.dates.complete.as_ref(), |former| former.complete.as_ref()),
];

/// Parts of a row that are looked at one by one.
const LOOKED_AT: [&str; 6] = ["environment", "urls", "targets", "cohort", "dates", "opt_out"];

impl Comparison<'_> {
    pub fn rows(&mut self) {
        let (old, new) = (&self.old.schedule.rows, &self.new.schedule.rows);
        for (id, row) in new {
            match old.get(id) {
                Some(before) => self.row(id, before, row),
                None => self.new_row(id),
            }
        }
        for (id, row) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
            let twin = new.iter().find(|(other, same)| !old.contains_key(*other) && *same == row);
            let change = Change::new(Word::Gone, "row").row(id);
            self.changes.push(match twin {
                Some((twin, _)) => change.warn(format!(
                    "`{twin}` says the same now, and a row's id never changes: call it `{id}` again"
                )),
                None => change
                    .needs(AmendmentKind::Cancelled, None)
                    .warn("a row is cancelled and not deleted; bring it back"),
            });
        }
        self.general();
    }

    fn new_row(&mut self, id: &RowId) {
        let change = Change::new(Word::New, "row").row(id);
        let told = self.amended.telling_new(id);
        self.changes.push(if told.is_empty() {
            change.needs(AmendmentKind::Rescoped, Some("not recorded".to_owned()))
        } else {
            Change { amendments: told, ..change }
        });
    }

    fn row(&mut self, id: &RowId, old: &Row, new: &Row) {
        for (name, of_row, of_former) in FIELDS {
            self.date(id, name, (old, of_row(old)), (new, of_row(new)), of_former);
        }
        self.enforcement(id, old, new);
        let (was, is) = (scope(self.old_program, old), scope(self.new_program, new));
        if was != is {
            let only = |of: &BTreeSet<String>, other| {
                let items: Vec<_> = of.difference(other).cloned().collect();
                (!items.is_empty()).then(|| items.join(", "))
            };
            let change = Change::new(Word::Amended(AmendmentKind::Rescoped), "scope")
                .row(id)
                .values(only(&was, &is), only(&is, &was));
            let told = self.amended.telling(&SCOPED, std::slice::from_ref(id));
            self.changes.push(if told.is_empty() {
                change.needs(AmendmentKind::Rescoped, Some("{apis: […], urls: […]}".to_owned()))
            } else {
                Change { amendments: told, ..change }
            });
        } else if old.targets != new.targets {
            // The same APIs, named through another group.
            self.changes.push(Change::new(Word::Changed, "groups").row(id));
        }
        let by = |row: &Row| row.opt_out.as_ref().and_then(|way| way.by.clone());
        let (until, now) = (by(old), by(new));
        let one = std::slice::from_ref(id);
        self.other_date("opt-out until", one, (until.as_ref(), old.zone), (now.as_ref(), new.zone));
        let plain = |row: &Row| row.opt_out.as_ref().map(|way| (way.text.clone(), way.url.clone()));
        if plain(old) != plain(new) {
            self.changes.push(Change::new(Word::Changed, "opt-out").row(id));
        }
        let rest = fields::changes("", old, new, &LOOKED_AT);
        self.changes.extend(rest.into_iter().map(|change| change.row(id)));
    }

    /// One planned date of a row. Undoing the new amendments must lead back to
    /// what the older declaration said.
    fn date(
        &mut self,
        id: &RowId,
        name: &str,
        (old_row, old): (&Row, Option<&Date>),
        (new_row, new): (&Row, Option<&Date>),
        of_former: fn(&FormerValues) -> Option<&Date>,
    ) {
        let change = match (old, new) {
            (None, None) => return,
            (None, Some(new)) => Change::new(Word::New, name).values(None, shown(new)),
            (Some(old), None) => Change::new(Word::Gone, name).values(shown(old), None),
            (Some(old), Some(new)) => {
                match change_of_date(name, (old, old_row.zone), (new, new_row.zone)) {
                    Some(change) => change,
                    None => return,
                }
            }
        }
        .row(id);
        if change.word == Word::Changed {
            self.changes.push(change);
            return;
        }
        let keeps_spelling = old.zip(new).is_some_and(|(old, new)| old.span == new.span);
        // An amendment has no way to say that there was none before, or that
        // the same words now mean another zone's clocks.
        let Some(old) = old.filter(|_| !keeps_spelling) else {
            self.event(change, &DATED);
            return;
        };
        let kind = match change.word {
            Word::Amended(kind) => kind,
            _ => AmendmentKind::Rescheduled,
        };
        let change = match self.amended.telling_date(id, old, of_former) {
            Telling::Told(told) => {
                // One step is called what the office calls it.
                let word = match &told[..] {
                    [one] => Word::Amended(one.kind),
                    _ => change.word,
                };
                Change { word, amendments: told, ..change }
            }
            Telling::Untold => {
                let former = format!("{{{name}: {}}}", old.span);
                change.needs(kind, Some(former))
            }
            Telling::Wrongly { date, former } => {
                let said = old.span;
                change.warn(format!(
                    "the amendment of {date} says that it was {former}, and it was {said}"
                ))
            }
        };
        self.changes.push(change);
    }

    /// What happened is recorded, and needs no amendment; to record it
    /// otherwise afterwards does.
    fn enforcement(&mut self, id: &RowId, old: &Row, new: &Row) {
        let (was, is) = (&old.dates.enforced, &new.dates.enforced);
        let change = match (was, is) {
            (None, Some(is)) => {
                let recorded = Change::new(Word::New, "enforced").values(None, shown(is));
                self.changes.push(recorded.row(id));
                return;
            }
            (None, None) => return,
            (Some(was), None) => Change::new(Word::Gone, "enforced").values(shown(was), None),
            (Some(was), Some(is)) => {
                match change_of_date("enforced", (was, old.zone), (is, new.zone)) {
                    Some(change) => change,
                    None => return,
                }
            }
        };
        let change = change.row(id);
        if change.word == Word::Changed {
            self.changes.push(change);
        } else {
            self.event(change, &[AmendmentKind::Corrected]);
        }
    }

    /// General dates live on in texts; where a row followed, it was told there.
    fn general(&mut self) {
        let (old, new) = (&self.old.schedule.general, &self.new.schedule.general);
        for ((name, was), (_, is)) in old.named().into_iter().zip(new.named()) {
            let (before, after) = (was.and_then(shown), is.and_then(shown));
            let is_told = self.changes.iter().any(|change| change.what == name);
            if was != is && !is_told {
                let change = Change::new(Word::Changed, format!("general {name}"));
                self.changes.push(change.values(before, after));
            }
        }
    }
}

/// What a row covers, in words that compare: where, and which APIs.
fn scope(program: &Program, row: &Row) -> BTreeSet<String> {
    let environment = program.catalogue.environments.get(&row.environment);
    let urls = row.urls.iter().map(|id| match environment.and_then(|e| e.urls.get(id)) {
        Some(url) => url.normalised().to_owned(),
        None => id.to_string(),
    });
    let mut scope: BTreeSet<_> = urls.chain(row.targets.iter().map(target)).collect();
    scope.insert(format!("environment {}", row.environment));
    scope.extend(row.cohort.as_ref().map(|cohort| format!("cohort {cohort}")));
    scope
}

fn target(target: &Target) -> String {
    let mut text = target.api.to_string();
    if !target.versions.is_empty() {
        text = format!("{text}@{}", target.versions.join("+"));
    }
    match &target.operation {
        Some(operation) => format!("{text} {operation}"),
        None => text,
    }
}
