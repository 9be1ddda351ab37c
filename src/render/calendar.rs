//! The dated milestones of a notice as an iCalendar object (RFC 5545).
//!
//! An event's UID never changes, so that a calendar which already holds it moves
//! it; its SEQUENCE counts the amendments that touched its date.

use super::Renderer;
use super::digest::DigestPart;
use super::language::Language;
use super::prose::to_plain;
use super::view::{Texts, names, place, place_among, row_apis};
use crate::notice::{
    Amendment, AmendmentKind, Brownout, BrownoutId, Date, Former, Locale, Notice, Point, Program,
    Row, RowId, Span, Subset,
};
use crate::schedule::{Bounds, Instant, MilestoneKind, Occurrences, milestones, standing_halt};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use indexmap::{IndexMap, IndexSet};

/// Occurrences of a brownout that follow no rule are written one by one, and no
/// calendar is served by more of them; the notice says the rhythm in words.
const MAX_SINGLE_OCCURRENCES: usize = 200;

impl Renderer {
    /// The milestones that concern `rows` (all of them when empty); nothing where
    /// none has a date yet. `at` is when the calendar was made.
    pub fn calendar(
        &self,
        program: &Program,
        notice: &Notice,
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Option<String> {
        let (program, notice) = program.in_locale(notice, locale);
        let (program, notice) = (program.as_ref(), notice.as_ref());
        let language = &self.language(locale);
        let events = Source { program, notice, language, at }.events(rows);
        (!events.is_empty()).then(|| written(&notice.title, locale, events))
    }

    /// The events of all these as one calendar; nothing where there are none.
    pub(super) fn calendar_of_parts(
        &self,
        name: &str,
        parts: &[DigestPart<'_>],
        locale: &Locale,
        at: DateTime<Utc>,
    ) -> Option<String> {
        let events = self.events_of_parts(parts, locale, at);
        (!events.is_empty()).then(|| written(name, locale, events))
    }

    /// The events of all these, each once: what is said of it last counts.
    pub(super) fn events_of_parts(
        &self,
        parts: &[DigestPart<'_>],
        locale: &Locale,
        at: DateTime<Utc>,
    ) -> Vec<Event> {
        let language = &self.language(locale);
        let mut events: IndexMap<String, Vec<Event>> = IndexMap::new();
        for part in parts {
            let (program, notice) = part.program.in_locale(part.notice, locale);
            let (program, notice) = (program.as_ref(), notice.as_ref());
            let mut of_part: IndexMap<String, Vec<Event>> = IndexMap::new();
            for event in (Source { program, notice, language, at }).events(part.rows) {
                of_part
                    .entry(event.get_uid().unwrap_or_default().to_owned())
                    .or_default()
                    .push(event);
            }
            events.extend(of_part);
        }
        events.into_values().flatten().collect()
    }

    /// The same events, called off (RFC 5546 §3.2.5): calendars that hold them
    /// drop them.
    pub(super) fn cancelling_calendar(
        &self,
        program: &Program,
        notice: &Notice,
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Option<String> {
        let (program, notice) = program.in_locale(notice, locale);
        let (program, notice) = (program.as_ref(), notice.as_ref());
        let language = &self.language(locale);
        let source = Source { program, notice, language, at };
        let mut events = source.events(rows);
        // What happens to other readers' rows too is not called off for them.
        events.retain(|event| event.get_status() == Some(EventStatus::Cancelled));
        let calendar = (!events.is_empty()).then(|| written(&notice.title, locale, events))?;
        Some(calendar.replacen("METHOD:PUBLISH", "METHOD:CANCEL", 1))
    }
}

/// A calendar of these events in the words of a language, as it is served.
pub(super) fn written(name: &str, locale: &Locale, events: Vec<Event>) -> String {
    written_with(name, locale, Vec::new(), events)
}

/// The same with more said of the calendar itself.
pub(super) fn written_with(
    name: &str,
    locale: &Locale,
    about: Vec<Property>,
    events: Vec<Event>,
) -> String {
    let mut calendar = Calendar::empty();
    let spoken = locale.language().to_uppercase();
    let product = format!("-//fairwarning//deprecation notices//{spoken}");
    let head = [
        ("VERSION", "2.0"),
        ("PRODID", product.as_str()),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ];
    for (key, value) in head {
        calendar.append_property(Property::new(key, value));
    }
    let name = clean(name).replace('\n', " ");
    // The crate escapes X-WR-CALNAME and leaves NAME as it is (RFC 5545 §3.3.11).
    calendar.append_property(Property::new("NAME", escaped(&name)));
    calendar.append_property(Property::new("X-WR-CALNAME", name));
    for property in about {
        calendar.append_property(property);
    }
    calendar.extend(events);
    folded(&calendar.to_string())
}

/// An event that takes up nobody's time. `at` is when the calendar was made.
pub(super) fn event(uid: &str, at: Instant, time: &Time) -> Event {
    let mut event = Event::with_uid(uid);
    event.timestamp(at);
    match time {
        // One day needs no end; DTEND is the day after the last (§3.6.1).
        Time::Days { from, to } if from == to => {
            event.starts(*from);
        }
        Time::Days { from, to } => {
            event.starts(*from);
            event.ends(to.checked_add_days(Days::new(1)).unwrap_or(*to));
        }
        Time::Exact { from, to } => {
            event.starts(*from);
            if from < to {
                event.ends(*to);
            }
        }
    }
    event.append_property(Property::new("TRANSP", "TRANSPARENT"));
    event
}

/// The crate writes a line feed as `\n` and lets every other control character
/// through, a carriage return among them, which would begin another line.
pub(super) fn clean(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let unix = text.replace("\r\n", "\n");
    unix.chars().map(|c| if c != '\n' && is_break(c) { ' ' } else { c }).collect()
}

/// The crate's folding leaves a last line of 76 octets where 75 remain and a
/// blank comes before them; such a line is folded once more (§3.1).
fn folded(calendar: &str) -> String {
    const LIMIT: usize = 75;
    let mut out = String::with_capacity(calendar.len() + 16);
    for line in calendar.split_terminator("\r\n") {
        let is_boundary = |end: &usize| line.is_char_boundary(*end);
        let end = if line.len() > LIMIT { (1..=LIMIT).rev().find(is_boundary) } else { None };
        let (first, rest) = line.split_at(end.unwrap_or(line.len()));
        out += first;
        if !rest.is_empty() {
            out += "\r\n ";
            out += rest;
        }
        out += "\r\n";
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace(',', r"\,").replace(';', r"\;")
}

struct Source<'a> {
    program: &'a Program,
    notice: &'a Notice,
    language: &'a Language<'a>,
    at: Instant,
}

/// When an event takes place.
pub(super) enum Time {
    /// Whole days, the last one included.
    Days {
        from: NaiveDate,
        to: NaiveDate,
    },
    Exact {
        from: Instant,
        to: Instant,
    },
}

impl Source<'_> {
    fn events(&self, rows: &[RowId]) -> Vec<Event> {
        let concerns = |row: &RowId| rows.is_empty() || rows.contains(row);
        let mut events = Vec::new();
        for milestone in milestones(self.notice, self.program.settings.zone) {
            if milestone.row.is_some_and(|row| !concerns(row)) {
                continue;
            }
            let subject = match (milestone.row, milestone.endpoint) {
                (Some(row), _) => row.as_str(),
                (_, Some(endpoint)) => endpoint.as_str(),
                _ => continue,
            };
            let Some(time) = time(milestone.date, milestone.bounds) else { continue };
            let mut event = self.event(subject, milestone.kind, None, &time);
            if let Some((id, row)) = milestone.row.and_then(|id| self.row(id)) {
                self.describe_row(&mut event, id, row, milestone.kind);
            } else if let Some(endpoint) =
                milestone.endpoint.and_then(|id| self.notice.test_endpoints.get(id))
            {
                let (what, colon) = (self.what(milestone.kind), self.language.say("colon"));
                event.summary(&clean(&format!("{what}{colon} {}", endpoint.url)));
                event.description(&clean(&format!("{}\n{}", self.notice.title, endpoint.url)));
                event.append_property(Property::new("URL", endpoint.url.as_str()));
            }
            events.push(event);
        }
        for (id, brownout) in &self.notice.schedule.brownouts {
            let rows: Vec<_> = brownout.rows.iter().filter(|row| concerns(row)).collect();
            if !rows.is_empty() {
                events.extend(self.brownout(id, brownout, &rows));
            }
        }
        events
    }

    fn row<'r>(&self, id: &'r RowId) -> Option<(&'r RowId, &Row)> {
        Some((id, self.notice.schedule.rows.get(id)?))
    }

    fn event(&self, subject: &str, kind: MilestoneKind, nth: Option<usize>, time: &Time) -> Event {
        let nth = nth.map_or(String::new(), |nth| format!("/{nth}"));
        let uid = format!(
            "{}/{}/{subject}/{kind}{nth}@{}",
            self.program.id,
            self.notice.id,
            self.program.settings.sender.address.domain()
        );
        event(&uid, self.at, time)
    }

    fn place(&self, row: &Row) -> String {
        place_among(self.program, self.notice, row, self.language)
    }

    fn describe_row(&self, event: &mut Event, id: &RowId, row: &Row, kind: MilestoneKind) {
        event.summary(&self.summary(kind, &self.place(row)));
        let environment = self.program.catalogue.environments.get(&row.environment);
        let urls = row.urls.iter().filter_map(|id| environment?.urls.get(id));
        let urls: Vec<_> = urls.map(|url| url.as_str()).collect();
        let texts = Texts::new(self.program, self.notice, self.language);
        let apis = row_apis(self.program, row, self.language);
        let place = place(self.program, row);
        let mut lines = vec![format!("{place}{} {apis}", self.language.say("colon"))];
        lines.extend(urls.iter().map(|url| (*url).to_owned()));
        lines.extend(date_of(row, kind).map(|date| texts.when(date, row.zone).full));
        lines.extend(self.halted(id));
        event.description(&clean(&lines.join("\n")));
        let changes = self.notice.amendments.iter().filter(|a| moves(a, id, kind)).count();
        event.append_property(Property::new("SEQUENCE", changes.to_string()));
        if let Some(status) = self.status(&[id]) {
            event.status(status);
        }
    }

    fn what(&self, kind: MilestoneKind) -> String {
        self.language.say(&format!("event-{kind}"))
    }

    fn summary(&self, kind: MilestoneKind, place: &str) -> String {
        let what = self.what(kind);
        let title = self.notice.title.as_str();
        let parts = [("what", (&what).into()), ("place", place.into()), ("title", title.into())];
        clean(&self.language.say_with("event", &parts))
    }

    /// What halts a row, in words.
    fn halted(&self, id: &RowId) -> Option<String> {
        let kind = standing_halt(self.notice, id)?;
        Some(self.language.say(&format!("state-{}", kind.as_str())))
    }

    /// What is paused may still come; nothing comes of what is cancelled. A part
    /// that goes on keeps the whole.
    fn status(&self, rows: &[&RowId]) -> Option<EventStatus> {
        let halts: Vec<_> = rows.iter().map(|id| standing_halt(self.notice, id)).collect();
        match () {
            () if halts.is_empty() || halts.contains(&None) => None,
            () if halts.contains(&Some(AmendmentKind::Paused)) => Some(EventStatus::Tentative),
            () => Some(EventStatus::Cancelled),
        }
    }

    /// `rows` are those it strikes that concern the reader.
    fn brownout(&self, id: &BrownoutId, brownout: &Brownout, rows: &[&RowId]) -> Vec<Event> {
        let struck: Vec<_> = rows.iter().filter_map(|id| self.row(id)).collect();
        let zone = struck.first().map_or(self.program.settings.zone, |(_, row)| row.zone);
        let strikes: Vec<_> = Occurrences::new(brownout, zone).iter().collect();
        let rule = rule(&strikes);
        let number = if rule.is_some() { 1 } else { strikes.len().min(MAX_SINGLE_OCCURRENCES) };
        let places: IndexSet<_> = struck.iter().map(|(_, row)| self.place(row)).collect();
        let places = places.into_iter().collect::<Vec<_>>().join(", ");
        let description = clean(&self.describe_brownout(brownout, &struck).join("\n"));
        let one = |(nth, (from, to)): (usize, &(Instant, Instant))| {
            let time = Time::Exact { from: *from, to: *to };
            let nth = (rule.is_none() && strikes.len() > 1).then_some(nth);
            let mut event = self.event(id.as_str(), MilestoneKind::Brownout, nth, &time);
            event.summary(&self.summary(MilestoneKind::Brownout, &places));
            event.description(&description);
            if let Some(rule) = &rule {
                event.append_property(Property::new("RRULE", rule));
            }
            let touched = |a: &&Amendment| brownout.rows.iter().any(|row| a.touches(row));
            let changes = self.notice.amendments.iter().filter(touched).count();
            event.append_property(Property::new("SEQUENCE", changes.to_string()));
            if let Some(status) = self.status(rows) {
                event.status(status);
            }
            event
        };
        strikes.iter().take(number).enumerate().map(one).collect()
    }

    /// Which APIs are struck, as far as that is known, and what else is said.
    fn describe_brownout(&self, brownout: &Brownout, struck: &[(&RowId, &Row)]) -> Vec<String> {
        let texts = Texts::new(self.program, self.notice, self.language);
        let zone = struck.first().map_or(self.program.settings.zone, |(_, row)| row.zone);
        let colon = self.language.say("colon");
        let mut lines: Vec<_> = match &brownout.subset {
            Subset::Later { by: None } => vec![self.language.say("named-later")],
            Subset::Later { by: Some(by) } => {
                let by = texts.when(by, zone).full;
                vec![self.language.say_with("named-later-by", &[("date", (&by).into())])]
            }
            Subset::Targets(targets) => {
                let names = names(self.program, targets, self.language);
                vec![format!("{}{colon} {names}", self.language.say("struck"))]
            }
            Subset::All => {
                let row = |(_, row): &(&RowId, &Row)| {
                    let apis = row_apis(self.program, row, self.language);
                    format!("{}{colon} {apis}", place(self.program, row))
                };
                struck.iter().map(row).collect()
            }
        };
        let halted = struck.iter().filter_map(|(id, row)| {
            let halted = self.halted(id)?;
            Some(format!("{}{colon} {halted}", self.place(row)))
        });
        lines.extend(halted);
        lines.extend(brownout.note.as_ref().map(|note| to_plain(&texts.fill(note), 0)));
        lines
    }
}

/// A rule for occurrences that are equally long and equally far apart by the
/// clock. A rhythm in wall time that crosses a change of clocks is not, and
/// would need the zone's own rules in the calendar.
fn rule(strikes: &[(Instant, Instant)]) -> Option<String> {
    let [(first, end), (second, _), ..] = strikes else { return None };
    let (step, length) = (*second - *first, *end - *first);
    let is_regular = strikes
        .windows(2)
        .all(|pair| pair[1].0 - pair[0].0 == step && pair[1].1 - pair[1].0 == length);
    let (frequency, interval) = match step {
        step if step == TimeDelta::days(step.num_days()) => ("DAILY", step.num_days()),
        step if step == TimeDelta::hours(step.num_hours()) => ("HOURLY", step.num_hours()),
        step => ("MINUTELY", step.num_minutes()),
    };
    (is_regular && interval > 0)
        .then(|| format!("FREQ={frequency};INTERVAL={interval};COUNT={}", strikes.len()))
}

/// Whether `amendment` moved the date of that kind, or stopped or restarted it.
fn moves(amendment: &Amendment, row: &RowId, kind: MilestoneKind) -> bool {
    use AmendmentKind::{Cancelled, Paused, Resumed};
    let is_moved = match &amendment.former {
        Former::NotRecorded => true,
        Former::Unchanged => false,
        Former::Values(former) => match kind {
            MilestoneKind::Deprecation => former.deprecation.is_some(),
            MilestoneKind::Cutoff => former.cutoff.is_some(),
            MilestoneKind::Complete => former.complete.is_some(),
            _ => false,
        },
    };
    amendment.touches(row) && (is_moved || matches!(amendment.kind, Cancelled | Paused | Resumed))
}

fn date_of(row: &Row, kind: MilestoneKind) -> Option<&Date> {
    let dates = &row.dates;
    match kind {
        MilestoneKind::Deprecation => dates.deprecation.as_ref(),
        MilestoneKind::Cutoff => dates.cutoff.as_ref(),
        MilestoneKind::Complete => dates.complete.as_ref(),
        MilestoneKind::Enforced => dates.enforced.as_ref(),
        _ => None,
    }
}

/// What happens, in the words of the office's own calendar.
pub(super) fn what(kind: MilestoneKind) -> &'static str {
    match kind {
        MilestoneKind::Announced => "Announced",
        MilestoneKind::Deprecation => "Deprecated",
        MilestoneKind::EndpointOpens => "Test endpoint opens",
        MilestoneKind::Brownout => "Brownout",
        MilestoneKind::Cutoff => "Cutoff",
        MilestoneKind::Complete => "Cutoff complete",
        MilestoneKind::Enforced => "Enforced",
        MilestoneKind::EndpointCloses => "Test endpoint closes",
    }
}

/// A vague date lasts as long as it may take place. What has no known beginning
/// is in no calendar.
pub(super) fn time(date: &Date, bounds: Bounds) -> Option<Time> {
    let days = |from: &Point, to: &Point| Time::Days { from: from.first_day(), to: to.last_day() };
    match &date.span {
        Span::At(Point::Instant { .. }) => {
            Some(Time::Exact { from: bounds.earliest?, to: bounds.latest? })
        }
        Span::At(point) => Some(days(point, point)),
        // Nothing is said of how late.
        Span::NotBefore(point) => {
            Some(Time::Days { from: point.first_day(), to: point.first_day() })
        }
        Span::Range { from, to } => Some(days(from, to)),
        Span::ToBeAnnounced { .. } | Span::InEffect => None,
    }
}
