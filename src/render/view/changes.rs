//! What changed for a reader since they were last told: was and is, row by row.
//!
//! Rows that changed alike are told of once. What an amendment says of it, the
//! office's word for it and its reason, stands with it.

use super::Scope;
use crate::diff;
use crate::notice::{
    Amendment, AmendmentKind, Brownout, BrownoutLength, Date, Notice, Program, Row, RowId, Subset,
};
use crate::schedule::{bounds, standing_halt, word};
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Debug, Serialize)]
pub struct ChangedView {
    pub groups: Vec<ChangedGroup>,
    /// Whether nothing is left of what the reader was told is coming.
    pub is_cancelled: bool,
    /// The changes in a sentence, for inboxes that show one.
    pub preheader: String,
}

/// Rows that changed alike.
#[derive(Debug, PartialEq, Serialize)]
pub struct ChangedGroup {
    /// `Extended`, or several words.
    pub title: String,
    pub places: Vec<String>,
    pub items: Vec<ChangedItem>,
    pub reasons: Vec<String>,
    /// What follows from it, where no date says so.
    pub meaning: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedItem {
    pub title: String,
    pub was: Option<String>,
    pub now: Option<String>,
    /// What was said before is no longer true.
    pub is_struck: bool,
    /// Of lists, what came to them and what left them.
    pub added: Option<String>,
    pub removed: Option<String>,
}

/// The same notice, before and now, in the reader's language.
pub struct Before<'a> {
    pub program: &'a Program,
    pub notice: &'a Notice,
}

impl<'a> Scope<'a, '_> {
    pub(super) fn changed(&self, before: &Before<'a>) -> ChangedView {
        let told = &before.notice.schedule.rows;
        let now = &self.notice.schedule.rows;
        let new = diff::added_amendments(before.notice, self.notice);
        let gone = told.keys().filter(|id| !now.contains_key(*id));
        let mut groups: Vec<ChangedGroup> = Vec::new();
        for id in now.keys().chain(gone).filter(|id| self.concerns(id)) {
            let Some(group) = self.changed_row(before, id, &new) else { continue };
            let is_alike = |known: &&mut ChangedGroup| {
                (&known.title, &known.items, &known.reasons)
                    == (&group.title, &group.items, &group.reasons)
            };
            match groups.iter_mut().find(is_alike) {
                Some(known) => known.places.extend(
                    group
                        .places
                        .into_iter()
                        .filter(|place| !known.places.contains(place))
                        .collect::<Vec<_>>(),
                ),
                None => groups.push(group),
            }
        }
        let colon = self.language.say("colon");
        let sentence = |group: &ChangedGroup| {
            let facts =
                group.items.iter().filter_map(|item| item.now.as_ref().map(|now| (item, now)));
            let facts: Vec<_> =
                facts.map(|(item, now)| format!("{}{colon} {now}.", item.title)).collect();
            format!("{}. {}", group.title, facts.join(" "))
        };
        let preheader = groups.iter().map(sentence).collect::<Vec<_>>().join(" ");
        let is_over = |id: &RowId| {
            !now.contains_key(id)
                || standing_halt(self.notice, id) == Some(AmendmentKind::Cancelled)
        };
        let mut theirs = now.keys().chain(told.keys()).filter(|id| self.concerns(id));
        ChangedView {
            is_cancelled: theirs.all(is_over),
            preheader: preheader.trim().to_owned(),
            groups,
        }
    }

    fn changed_row(
        &self,
        before: &Before<'a>,
        id: &RowId,
        new: &[&'a Amendment],
    ) -> Option<ChangedGroup> {
        let was = before.notice.schedule.rows.get(id);
        let now = self.notice.schedule.rows.get(id);
        let row = now.or(was)?;
        let touching: Vec<_> = new.iter().copied().filter(|a| a.touches(id)).collect();
        let mut kinds: Vec<AmendmentKind> = Vec::new();
        let mut items = Vec::new();
        let halted = [standing_halt(before.notice, id), standing_halt(self.notice, id)];
        match (was, now) {
            (Some(was), Some(now)) => {
                self.dates_changed(
                    (was, now),
                    halted[1],
                    halted[0] != halted[1],
                    &mut items,
                    &mut kinds,
                );
                self.scope_changed(before, (was, now), &mut items, &mut kinds);
                self.brownouts_changed(before, id, (was, now), &mut items, &mut kinds);
                self.ends_changed(before.notice, &mut items, &mut kinds);
            }
            (Some(was), None) => items.extend(self.planned_dates(was, true)),
            (None, Some(now)) => items.extend(self.planned_dates(now, false)),
            (None, None) => {}
        }
        let halt = match halted {
            [before, now] if before == now => None,
            [_, Some(kind)] => Some(kind),
            [Some(_), None] => Some(AmendmentKind::Resumed),
            [None, None] => None,
        };
        if items.is_empty() && halt.is_none() {
            return None;
        }
        let title = match (halt, was, now) {
            (Some(kind), ..) => self.amendment_title(kind),
            (None, _, None) => self.language.say("row-gone"),
            (None, None, _) => self.language.say("row-new"),
            _ => self.kinds_title(&touching, &kinds),
        };
        let meaning = halt.map(|kind| self.language.say(&format!("means-{}", kind.as_str())));
        let reasons = touching.iter().filter_map(|a| a.reason.as_ref());
        Some(ChangedGroup {
            title,
            places: vec![self.place_among(row)],
            items,
            reasons: reasons.map(|reason| self.texts().fill(reason)).collect(),
            meaning,
        })
    }

    /// The office's words, or what the dates themselves say.
    fn kinds_title(&self, touching: &[&Amendment], kinds: &[AmendmentKind]) -> String {
        let mut words: Vec<AmendmentKind> = touching.iter().map(|a| a.kind).collect();
        if words.is_empty() {
            words = kinds.to_vec();
        }
        let mut titles: Vec<String> = Vec::new();
        for title in words.into_iter().map(|kind| self.amendment_title(kind)) {
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
        titles.join(", ")
    }

    fn amendment_title(&self, kind: AmendmentKind) -> String {
        self.language.say(&format!("amendment-{}", kind.as_str()))
    }

    /// Dates that moved; of a row that was cancelled now, all of them.
    fn dates_changed(
        &self,
        (was, now): (&Row, &Row),
        halt: Option<AmendmentKind>,
        is_halted_now: bool,
        items: &mut Vec<ChangedItem>,
        kinds: &mut Vec<AmendmentKind>,
    ) {
        if is_halted_now && halt == Some(AmendmentKind::Cancelled) {
            items.extend(self.planned_dates(was, true));
            return;
        }
        for ((name, old), (_, new)) in was.dates.named().into_iter().zip(now.dates.named()) {
            if name == "enforced" || is_same((old, was.zone), (new, now.zone)) {
                continue;
            }
            let kind = match (old, new) {
                (Some(old), Some(new)) => word((old, was.zone), (new, now.zone)),
                _ => AmendmentKind::Rescheduled,
            };
            kinds.push(kind);
            let shown = |date: Option<&Date>, zone| date.map(|date| self.when(date, zone).full);
            items.push(ChangedItem {
                was: shown(old, was.zone),
                now: shown(new, now.zone),
                is_struck: kind != AmendmentKind::Refined,
                ..self.item(&format!("date-{name}"))
            });
        }
        if is_halted_now && items.is_empty() {
            // Paused or resumed: the dates are the same, and what they mean is not.
            let is_struck = halt.is_some();
            items.extend(self.planned_dates(now, is_struck));
        }
    }

    fn item(&self, title: &str) -> ChangedItem {
        ChangedItem {
            title: self.language.say(title),
            was: None,
            now: None,
            is_struck: false,
            added: None,
            removed: None,
        }
    }

    fn planned_dates(&self, row: &Row, is_struck: bool) -> Vec<ChangedItem> {
        let planned = row.dates.named().into_iter().filter(|(name, _)| *name != "enforced");
        let dated =
            planned.filter_map(|(name, date)| Some((name, self.when(date?, row.zone).full)));
        let item = |(name, date): (&str, String)| {
            let (was, now) = if is_struck { (Some(date), None) } else { (None, Some(date)) };
            ChangedItem { was, now, is_struck, ..self.item(&format!("date-{name}")) }
        };
        dated.map(item).collect()
    }

    fn scope_changed(
        &self,
        before: &Before<'_>,
        (was, now): (&Row, &Row),
        items: &mut Vec<ChangedItem>,
        kinds: &mut Vec<AmendmentKind>,
    ) {
        let old_place = super::place(before.program, was);
        let places = [old_place.to_owned(), super::place(self.program, now).to_owned()];
        if was.environment != now.environment {
            let [was, now] = places;
            items.push(ChangedItem {
                was: Some(was),
                now: Some(now),
                is_struck: true,
                ..self.item("where")
            });
        }
        let lists = [
            ("apis", [apis(before.program, was, self), apis(self.program, now, self)]),
            ("urls", [urls(before.program, was), urls(self.program, now)]),
        ];
        for (title, [old, new]) in lists {
            let only = |of: &BTreeSet<String>, other| {
                let items: Vec<_> = of.difference(other).cloned().collect();
                (!items.is_empty()).then(|| items.join(", "))
            };
            let (added, removed) = (only(&new, &old), only(&old, &new));
            if added.is_some() || removed.is_some() {
                items.push(ChangedItem { added, removed, ..self.item(title) });
            }
        }
        let cohort = |row: &Row| row.cohort.as_ref().map(ToString::to_string);
        if cohort(was) != cohort(now) {
            let (was, now) = (cohort(was), cohort(now));
            items.push(ChangedItem { was, now, is_struck: true, ..self.item("only") });
        }
        if !items.is_empty() && kinds.is_empty() {
            kinds.push(AmendmentKind::Rescoped);
        }
        let by = |row: &Row| {
            let way = row.opt_out.as_ref()?;
            let by = way.by.as_ref().map(|by| self.when(by, row.zone).full);
            by.or_else(|| way.url.as_ref().map(|url| url.as_str().to_owned()))
                .or(Some("–".to_owned()))
        };
        if by(was) != by(now) {
            let (was, now) = (by(was), by(now));
            items.push(ChangedItem { was, now, is_struck: true, ..self.item("opting-out") });
            kinds.push(AmendmentKind::Rescheduled);
        }
    }

    fn brownouts_changed(
        &self,
        before: &Before<'_>,
        id: &RowId,
        (was, now): (&Row, &Row),
        items: &mut Vec<ChangedItem>,
        kinds: &mut Vec<AmendmentKind>,
    ) {
        let strikes = |notice: &Notice, zone: Tz| -> Vec<String> {
            let all = notice.schedule.brownouts.values().filter(|b| b.rows.contains(id));
            all.map(|brownout| self.strike(brownout, zone)).collect()
        };
        let (old, new) = (strikes(before.notice, was.zone), strikes(self.notice, now.zone));
        if old == new {
            return;
        }
        let only = |of: &[String], other: &[String]| {
            let some: Vec<_> = of.iter().filter(|one| !other.contains(one)).cloned().collect();
            (!some.is_empty()).then(|| some.join("; "))
        };
        let (was, now) = (only(&old, &new), only(&new, &old));
        if was.is_some() || now.is_some() {
            items.push(ChangedItem { was, now, is_struck: true, ..self.item("event-brownout") });
            kinds.push(AmendmentKind::Rescheduled);
        }
    }

    /// A brownout in a phrase, with all that its readers act on.
    fn strike(&self, brownout: &Brownout, zone: Tz) -> String {
        let when = |date: &Date| self.when(date, zone).full;
        let mut parts = vec![match &brownout.repeat {
            None => when(&brownout.start),
            Some(repeat) => {
                let (every, start) = (self.language.every(&repeat.every), when(&brownout.start));
                let until = when(&repeat.until);
                let count = crate::schedule::Occurrences::new(brownout, zone).iter().count();
                let said = [
                    ("every", (&every).into()),
                    ("start", (&start).into()),
                    ("until", (&until).into()),
                    ("count", count.into()),
                ];
                self.language.say_with("rhythm", &said)
            }
        }];
        parts.push(match &brownout.length {
            BrownoutLength::Lasts(length) => {
                let length = self.language.length(length);
                self.language.say_with("for-length", &[("length", (&length).into())])
            }
            BrownoutLength::End(end) => {
                let end = when(end);
                self.language.say_with("ending", &[("date", (&end).into())])
            }
        });
        match &brownout.subset {
            Subset::All => {}
            Subset::Targets(targets) => {
                parts.extend(targets.iter().map(|target| target.api.to_string()));
            }
            Subset::Later { .. } => parts.push(self.language.say("named-later")),
        }
        parts.join(", ")
    }

    fn ends_changed(
        &self,
        before: &Notice,
        items: &mut Vec<ChangedItem>,
        kinds: &mut Vec<AmendmentKind>,
    ) {
        let sides = [
            ("what-ends", &before.ends, &self.notice.ends),
            ("what-is-needed", &before.needs, &self.notice.needs),
        ];
        for (title, was, now) in sides.into_iter().filter(|(_, was, now)| was != now) {
            let shown = |list: &[String]| (!list.is_empty()).then(|| list.join(", "));
            let (was, now) = (shown(was), shown(now));
            items.push(ChangedItem { was, now, is_struck: true, ..self.item(title) });
            kinds.push(AmendmentKind::Corrected);
        }
    }
}

fn is_same((old, old_zone): (Option<&Date>, Tz), (new, new_zone): (Option<&Date>, Tz)) -> bool {
    match (old, new) {
        (None, None) => true,
        (Some(old), Some(new)) => {
            old.span == new.span && bounds(old, old_zone) == bounds(new, new_zone)
        }
        _ => false,
    }
}

fn apis(program: &Program, row: &Row, scope: &Scope<'_, '_>) -> BTreeSet<String> {
    let phrase = |target| super::apis::name(program, target, scope.language).phrase;
    row.targets.iter().map(phrase).collect()
}

fn urls(program: &Program, row: &Row) -> BTreeSet<String> {
    let environment = program.catalogue.environments.get(&row.environment);
    let urls = row.urls.iter().filter_map(|id| environment?.urls.get(id));
    urls.map(|url| url.normalised().to_owned()).collect()
}
