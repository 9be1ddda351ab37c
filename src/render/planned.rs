//! The office's own calendar: what is planned of all notices, as an iCalendar
//! object (RFC 5545). Unlike a notice's calendar it also has the reminders.

use super::calendar::{Time, clean, event, time, what, written};
use crate::notice::{Locale, Notice, Program};
use crate::schedule::{Instant, Planned, State, What, bounds};
use icalendar::{Component, Event, EventStatus};

/// An entry of the plan with what it belongs to.
pub struct PlannedEvent<'p> {
    pub program: &'p Program,
    pub notice: &'p Notice,
    pub planned: &'p Planned<'p>,
    /// Said below the title: rows, recipients.
    pub description: String,
}

/// All entries as one calendar; `at` is when it was made.
pub fn planned_calendar(entries: &[PlannedEvent<'_>], at: Instant) -> String {
    let events = entries.iter().filter_map(|entry| entry.event(at));
    written("Deprecation notices: the plan", &Locale::default(), events.collect())
}

impl PlannedEvent<'_> {
    fn event(&self, at: Instant) -> Option<Event> {
        let Self { program, notice, planned, description } = self;
        let until = planned.until.unwrap_or(planned.at);
        let rows: Vec<_> = planned.rows.iter().map(|row| row.as_str()).collect();
        let rows = rows.join("+");
        let (subject, title, time) = match &planned.what {
            What::Milestone { kind, date, endpoint } => {
                let rows = if rows.is_empty() { "notice" } else { &rows };
                let about = endpoint.map_or(rows, |endpoint| endpoint.as_str());
                let time = time(date, bounds(date, planned.zone))?;
                (format!("{about}/{kind}"), what(*kind).to_owned(), time)
            }
            What::Brownout { id, nth } => {
                let time = Time::Exact { from: planned.at, to: until };
                (format!("{id}/{rows}/{nth}"), "Brownout".to_owned(), time)
            }
            What::Reminder(rung) => {
                let time = Time::Exact { from: planned.at, to: planned.at };
                let first = rung.reminders.first()?;
                let coming = first.coming.as_str();
                let title = format!("Reminder {} before the {coming}", first.lead);
                (format!("reminder/{}", rung.key), title, time)
            }
            What::Escalation(rung) => {
                let time = Time::Exact { from: planned.at, to: planned.at };
                let first = rung.reminders.first()?;
                let title = format!("Escalation {} before the cutoff", first.lead);
                (format!("escalation/{}", rung.key), title, time)
            }
        };
        let domain = program.settings.sender.address.domain();
        let uid = format!("plan/{}/{}/{subject}@{domain}", program.id, notice.id);
        let mut event = event(&uid, at, &time);
        event.summary(&clean(&format!("{title}: {}", notice.title)));
        event.description(&clean(description));
        if planned.halted == Some(State::Cancelled) {
            event.status(EventStatus::Cancelled);
        }
        Some(event)
    }
}
