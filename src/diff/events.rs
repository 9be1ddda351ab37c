//! Changes of what happens beside the rows' own dates: brownouts and test
//! endpoints.

use super::amended::{DATED, EVENTFUL};
use super::notice::{Comparison, shown};
use super::{Change, Word, fields};
use crate::notice::{
    AmendmentKind, Brownout, BrownoutId, BrownoutLength, RowId, Subset, Timetable,
};
use chrono_tz::Tz;

impl Comparison<'_> {
    pub fn brownouts(&mut self) {
        let (old, new) = (&self.old.schedule, &self.new.schedule);
        for (id, brownout) in &new.brownouts {
            match old.brownouts.get(id) {
                Some(before) => self.brownout(id, before, brownout),
                None => {
                    let change = Change::new(Word::New, format!("brownout {id}"));
                    let change = change.values(None, shown(&brownout.start));
                    self.event(Change { rows: brownout.rows.clone(), ..change }, &EVENTFUL);
                }
            }
        }
        for (id, brownout) in
            old.brownouts.iter().filter(|(id, _)| !new.brownouts.contains_key(*id))
        {
            let change = Change::new(Word::Gone, format!("brownout {id}"));
            let change = change.values(shown(&brownout.start), None);
            let kinds = [&EVENTFUL[..], &[AmendmentKind::Cancelled]].concat();
            self.event(Change { rows: brownout.rows.clone(), ..change }, &kinds);
        }
    }

    fn brownout(&mut self, id: &BrownoutId, old: &Brownout, new: &Brownout) {
        let (old_table, new_table) = (&self.old.schedule, &self.new.schedule);
        let zones = (
            zone(old_table, old, self.old_program.settings.zone),
            zone(new_table, new, self.new_program.settings.zone),
        );
        let rows = &new.rows;
        let start = format!("brownout {id} start");
        self.other_date(&start, rows, (Some(&old.start), zones.0), (Some(&new.start), zones.1));
        let rescheduled = Word::Amended(AmendmentKind::Rescheduled);
        if old.length != new.length {
            let change = Change::new(rescheduled, format!("brownout {id} length"));
            let change = change.values(length(&old.length), length(&new.length));
            self.event(Change { rows: rows.clone(), ..change }, &DATED);
        }
        if old.repeat != new.repeat {
            let rhythm = |brownout: &Brownout| {
                let repeat = brownout.repeat.as_ref()?;
                Some(format!("every {} until {}", repeat.every, repeat.until.span))
            };
            let change = Change::new(rescheduled, format!("brownout {id} rhythm"));
            let change = change.values(rhythm(old), rhythm(new));
            self.event(Change { rows: rows.clone(), ..change }, &DATED);
        }
        if !is_same_set(&old.rows, &new.rows) {
            let what = format!("brownout {id} rows");
            let change = Change::new(Word::Amended(AmendmentKind::Rescoped), what);
            self.event(change.values(joined(&old.rows), joined(&new.rows)), &EVENTFUL);
        }
        self.subset(id, old, new);
        if old.note != new.note {
            self.changes.push(Change::new(Word::Changed, format!("brownout {id} note")));
        }
    }

    /// To name what was to be named later is what was announced.
    fn subset(&mut self, id: &BrownoutId, old: &Brownout, new: &Brownout) {
        if old.subset == new.subset {
            return;
        }
        let what = format!("brownout {id} APIs");
        let rows = new.rows.clone();
        let values = |change: Change| change.values(apis(&old.subset), apis(&new.subset));
        if matches!((&old.subset, &new.subset), (Subset::Later { .. }, Subset::Targets(_))) {
            let change = Change::new(Word::Amended(AmendmentKind::Refined), what);
            self.changes.push(values(Change { rows, ..change }));
        } else {
            let change = Change::new(Word::Amended(AmendmentKind::Rescoped), what);
            self.event(values(Change { rows, ..change }), &EVENTFUL);
        }
    }

    pub fn endpoints(&mut self) {
        let (old, new) = (&self.old.test_endpoints, &self.new.test_endpoints);
        let zones = (self.old_program.settings.zone, self.new_program.settings.zone);
        for (id, endpoint) in new {
            let what = format!("test endpoint {id}");
            let Some(before) = old.get(id) else {
                self.changes.push(Change::new(Word::New, what));
                continue;
            };
            let dates = [
                ("opens", &before.opens, &endpoint.opens),
                ("closes", &before.closes, &endpoint.closes),
            ];
            for (name, was, is) in dates {
                let name = format!("{what} {name}");
                self.other_date(&name, &[], (was.as_ref(), zones.0), (is.as_ref(), zones.1));
            }
            let prefix = format!("{what}: ");
            let rest = fields::changes(&prefix, before, endpoint, &["opens", "closes"]);
            self.changes.extend(rest);
        }
        for id in old.keys().filter(|id| !new.contains_key(*id)) {
            self.event(Change::new(Word::Gone, format!("test endpoint {id}")), &EVENTFUL);
        }
    }
}

fn zone(table: &Timetable, brownout: &Brownout, program: Tz) -> Tz {
    let row = brownout.rows.first().and_then(|id| table.rows.get(id));
    row.map_or(program, |row| row.zone)
}

fn length(length: &BrownoutLength) -> Option<String> {
    match length {
        BrownoutLength::End(end) => Some(format!("until {}", end.span)),
        BrownoutLength::Lasts(length) => Some(length.to_string()),
    }
}

fn is_same_set(one: &[RowId], other: &[RowId]) -> bool {
    let holds = |all: &[RowId], some: &[RowId]| some.iter().all(|row| all.contains(row));
    holds(one, other) && holds(other, one)
}

fn joined(rows: &[RowId]) -> Option<String> {
    Some(rows.iter().map(RowId::as_str).collect::<Vec<_>>().join(", "))
}

fn apis(subset: &Subset) -> Option<String> {
    Some(match subset {
        Subset::All => "all".to_owned(),
        Subset::Later { by: None } => "to be named".to_owned(),
        Subset::Later { by: Some(by) } => format!("to be named by {}", by.span),
        Subset::Targets(targets) => {
            targets.iter().map(|target| target.api.as_str()).collect::<Vec<_>>().join(", ")
        }
    })
}
