//! An entry of the plan as every format tells it.

use super::NoticePlan;
use crate::notice::{Date, Point, Span};
use crate::schedule::{Coming, Instant, MilestoneKind, Planned, Rung, What};
use chrono::SecondsFormat;
use serde::Serialize;

/// One entry with what it belongs to.
pub struct Entry<'p> {
    pub of: &'p NoticePlan<'p>,
    pub planned: &'p Planned<'p>,
}

/// The entry for programs and spreadsheets.
#[derive(Serialize)]
pub struct Line {
    /// RFC 3339, UTC.
    pub at: String,
    /// When it ends, may come at the latest, or is no longer due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    pub zone: String,
    pub kind: &'static str,
    /// As declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Of a reminder: how long before what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<&'static str>,
    /// Of a reminder: what tells it apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brownout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_endpoint: Option<String>,
    pub program: String,
    pub notice: String,
    pub title: String,
    pub rows: Vec<String>,
    pub environments: Vec<String>,
    /// `paused` or `cancelled`: as things stand it will not come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub halted: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<u64>,
}

/// The entries of all notices, by the moment they begin.
pub fn entries<'p>(plans: &'p [NoticePlan<'p>]) -> Vec<Entry<'p>> {
    let of_one =
        |of: &'p NoticePlan<'p>| of.plan.entries.iter().map(move |planned| Entry { of, planned });
    let mut all: Vec<_> = plans.iter().flat_map(of_one).collect();
    all.sort_by_key(|entry| entry.planned.at);
    all
}

impl Entry<'_> {
    /// How many would hear of it: of an announcement all whom the notice goes
    /// to, of anything else those whom its rows concern; of a reminder or an
    /// escalation without those who said that they are done.
    pub fn recipients(&self) -> Option<u64> {
        let hearers = self.of.hearers.as_ref()?;
        Some(match self.planned.what {
            What::Milestone { kind: MilestoneKind::Announced, .. } => hearers.total(),
            _ if self.planned.rows.is_empty() => hearers.total(),
            What::Reminder(_) | What::Escalation(_) => hearers.reminded_of(&self.planned.rows),
            _ => hearers.of(&self.planned.rows),
        })
    }

    pub fn line(&self) -> Line {
        let Planned { at, until, zone, what, rows, halted } = self.planned;
        let NoticePlan { program, notice, .. } = self.of;
        let table = &notice.schedule.rows;
        let mut environments: Vec<_> =
            rows.iter().filter_map(|id| Some(table.get(*id)?.environment.to_string())).collect();
        environments.dedup();
        let line = Line {
            at: instant(*at),
            until: until.map(instant),
            zone: zone.name().to_owned(),
            kind: "reminder",
            date: None,
            label: None,
            lead: None,
            before: None,
            key: None,
            brownout: None,
            test_endpoint: None,
            program: program.id.to_string(),
            notice: notice.id.to_string(),
            title: notice.title.clone(),
            rows: rows.iter().map(ToString::to_string).collect(),
            environments,
            halted: halted.map(|state| state.as_str()),
            recipients: self.recipients(),
        };
        match what {
            What::Milestone { kind, date, endpoint } => Line {
                kind: kind.as_str(),
                date: Some(date.span.to_string()),
                label: date.label.clone(),
                test_endpoint: endpoint.map(ToString::to_string),
                ..line
            },
            What::Brownout { id, .. } => {
                Line { kind: "brownout", brownout: Some(id.to_string()), ..line }
            }
            What::Reminder(rung) => {
                let first = rung.reminders.first();
                Line {
                    lead: first.map(|reminder| reminder.lead.to_string()),
                    before: first.map(|reminder| reminder.coming.as_str()),
                    key: Some(rung.key.clone()),
                    brownout: brownouts(rung),
                    ..line
                }
            }
            What::Escalation(rung) => {
                let first = rung.reminders.first();
                Line {
                    kind: "escalation",
                    lead: first.map(|reminder| reminder.lead.to_string()),
                    before: first.map(|reminder| reminder.coming.as_str()),
                    key: Some(rung.key.clone()),
                    ..line
                }
            }
        }
    }

    /// In words: `Reminder, 7 days before the cutoff`.
    pub fn title(&self) -> String {
        let words = match &self.planned.what {
            What::Milestone { kind, .. } => kind.to_string().replace('-', " "),
            What::Brownout { id, .. } => format!("brownout {id}"),
            What::Reminder(rung) => match rung.reminders.first() {
                Some(first) => {
                    let which = brownouts(rung).map(|ids| format!(" {ids}")).unwrap_or_default();
                    format!("reminder, {} before the {}{which}", first.lead, first.coming.as_str())
                }
                None => "reminder".to_owned(),
            },
            What::Escalation(rung) => {
                let lead = rung.reminders.first().map(|first| format!(", {} before", first.lead));
                format!("escalation{} the cutoff", lead.unwrap_or_default())
            }
        };
        match self.planned.halted {
            Some(state) => format!("{words} ({state})"),
            None => words,
        }
    }

    /// As the clocks of its zone show it, as far as it is known.
    pub fn when(&self) -> String {
        let local = |at: Instant| at.with_timezone(&self.planned.zone);
        let start = local(self.planned.at);
        match &self.planned.what {
            What::Milestone { date, .. } => match (&date.span, &date.label) {
                (Span::At(Point::Instant { .. }), None) => start.format("%F %H:%M").to_string(),
                _ => declared(date),
            },
            What::Brownout { .. } => {
                let end = self.planned.until.map(local).unwrap_or(start);
                let is_one_day = start.date_naive() == end.date_naive();
                let end = end.format(if is_one_day { "%H:%M" } else { "%F %H:%M" });
                format!("{} to {end}", start.format("%F %H:%M"))
            }
            What::Reminder(_) | What::Escalation(_) => start.format("%F %H:%M").to_string(),
        }
    }
}

/// The brownouts that a reminder foretells, where it foretells any: a day may have
/// several.
fn brownouts(rung: &Rung<'_>) -> Option<String> {
    let mut ids: Vec<_> = rung
        .reminders
        .iter()
        .filter_map(|reminder| match reminder.coming {
            Coming::Brownout(id) => Some(id.as_str()),
            Coming::Cutoff => None,
        })
        .collect();
    ids.dedup();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The declared form: exact, and the same on every machine.
pub fn declared(date: &Date) -> String {
    match &date.label {
        Some(label) => format!("{label} ({})", date.span),
        None => date.span.to_string(),
    }
}

pub fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
