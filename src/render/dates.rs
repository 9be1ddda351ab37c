//! Dates in words, as a reader needs them: in full, with the zone named, and
//! never only relative to today.
//!
//! It formats for English readers. It works out no instants; `schedule` does.

use crate::notice::{Date, Point, Span};
use crate::schedule::instant_of;
use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use serde::Serialize;

/// A declared date, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// In full, with the weekday and the office's own name where there is one:
    /// `Sunday 27 September 2020`.
    pub full: String,
    /// For running text: `27 September 2020`.
    pub text: String,
    /// For `<time datetime>`, where HTML has a form for the date.
    pub machine: Option<String>,
}

impl When {
    /// `shown` are further zones in which an exact time is repeated.
    pub fn new(date: &Date, zone: Tz, shown: &[Tz]) -> Self {
        let plain = span(&date.span, zone, shown, false);
        let weekday = span(&date.span, zone, shown, true);
        Self {
            full: labelled(date, &weekday),
            text: labelled(date, &plain),
            machine: machine(&date.span, zone),
        }
    }
}

/// The office's own name, followed by the date unless the name already says it.
fn labelled(date: &Date, text: &str) -> String {
    match &date.label {
        None => text.to_owned(),
        Some(label) if says_it_all(label, &date.span) => label.clone(),
        // Brackets inside brackets read badly.
        Some(label) if text.contains('(') => format!("{label}: {text}"),
        Some(label) => format!("{label} ({text})"),
    }
}

/// Whether `label` names the same day, month and year in words.
fn says_it_all(label: &str, span: &Span) -> bool {
    let Span::At(Point::Day(day)) = span else { return false };
    let numbers: Vec<_> =
        label.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
    let words = label.to_lowercase();
    numbers == [day.day().to_string(), day.year().to_string()]
        && words.contains(&day.format("%B").to_string().to_lowercase())
}

fn span(span: &Span, zone: Tz, shown: &[Tz], weekday: bool) -> String {
    let one = |p: &Point, weekday| point(p, zone, shown, weekday);
    match span {
        Span::At(point) => one(point, weekday),
        // Weekdays tell nothing of a stretch.
        Span::Range { from, to } => format!("{} to {}", one(from, false), one(to, false)),
        Span::NotBefore(point) => format!("not before {}", one(point, weekday)),
        Span::ToBeAnnounced { by: None } => "to be announced".to_owned(),
        Span::ToBeAnnounced { by: Some(by) } => {
            format!("to be announced by {}", day(*by, weekday))
        }
        Span::InEffect => "already in effect".to_owned(),
    }
}

fn point(point: &Point, zone: Tz, shown: &[Tz], weekday: bool) -> String {
    match *point {
        Point::Instant { at, offset } => instant(at, offset, zone, shown, weekday),
        Point::Day(date) => day(date, weekday),
        Point::Month { .. } => point.first_day().format("%B %Y").to_string(),
        Point::Quarter { year, quarter } => {
            let (first, last) = (point.first_day().format("%B"), point.last_day().format("%B"));
            format!("Q{quarter} {year} ({first} to {last})")
        }
        Point::Year(year) => year.to_string(),
    }
}

pub fn day(date: NaiveDate, weekday: bool) -> String {
    date.format(if weekday { "%A %-d %B %Y" } else { "%-d %B %Y" }).to_string()
}

fn instant(
    at: NaiveDateTime,
    offset: Option<FixedOffset>,
    zone: Tz,
    shown: &[Tz],
    weekday: bool,
) -> String {
    let utc = match offset {
        Some(offset) => (at - offset).and_utc(),
        None => instant_of(at, zone),
    };
    let mut text = format!("{}, {}", day(at.date(), weekday), time_in(utc, zone));
    let others: Vec<_> = shown.iter().filter(|other| **other != zone).collect();
    for other in others {
        let there = utc.with_timezone(other);
        text += " / ";
        if there.date_naive() != at.date() {
            text += &format!("{} ", there.format("%-d %B"));
        }
        text += &time_in(utc, *other);
    }
    text
}

/// `14:00 EDT (UTC-04:00)`. Abbreviations are ambiguous (there are three IST),
/// so the offset always stands beside them.
pub fn time_in(utc: crate::schedule::Instant, zone: Tz) -> String {
    let local = utc.with_timezone(&zone);
    let seconds = local.offset().fix().local_minus_utc();
    let abbreviation = local.format("%Z").to_string();
    let time = local.format(if local.time().format("%S").to_string() == "00" {
        "%H:%M"
    } else {
        "%H:%M:%S"
    });
    match abbreviation.as_str() {
        _ if seconds == 0 && matches!(abbreviation.as_str(), "UTC" | "GMT") => {
            format!("{time} {abbreviation}")
        }
        named if named.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            format!("{time} {named} (UTC{})", local.format("%:z"))
        }
        _ => format!("{time} (UTC{})", local.format("%:z")),
    }
}

fn machine(span: &Span, zone: Tz) -> Option<String> {
    let Span::At(point) = span else { return None };
    match *point {
        Point::Instant { at, offset: Some(offset) } => {
            offset.from_local_datetime(&at).single().map(|at| at.to_rfc3339())
        }
        Point::Instant { at, offset: None } => {
            Some(instant_of(at, zone).with_timezone(&zone).to_rfc3339())
        }
        Point::Quarter { .. } => None,
        Point::Day(_) | Point::Month { .. } | Point::Year(_) => Some(point.to_string()),
    }
}
