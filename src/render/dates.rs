//! Dates in words, as a reader needs them: in full, with the zone named, and
//! never only relative to today.
//!
//! It knows what a date says and nothing of how a language says it. It works out
//! no instants; `schedule` does.

use super::language::{Clocks, Language, Named};
use crate::notice::{Date, Point, Span};
use crate::schedule::instant_of;
use chrono::{
    DateTime, FixedOffset, NaiveDateTime, NaiveTime, Offset, SecondsFormat, TimeZone, Utc,
};
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
    /// The same on the reader's clocks, where these differ.
    pub there: Option<String>,
    /// What a script needs to work that out.
    pub moment: Option<Moment>,
}

/// The moment at which a date begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339, UTC.
    pub at: String,
    /// How many minutes the office's clocks are ahead of UTC then.
    pub ahead: i32,
    /// Whether it is the beginning of a day that is declared, not a time.
    pub is_day: bool,
}

impl When {
    /// `shown` are further zones in which an exact time is repeated.
    pub fn new(date: &Date, zone: Tz, shown: &[Tz], language: &Language<'_>) -> Self {
        let words = Wording { zone, shown, language };
        let plain = words.span(&date.span, false);
        let weekday = words.span(&date.span, true);
        Self {
            full: words.labelled(date, &weekday),
            text: words.labelled(date, &plain),
            machine: machine(&date.span, zone),
            there: words.there(&date.span),
            moment: words.moment(&date.span),
        }
    }
}

#[derive(Clone, Copy)]
struct Wording<'a> {
    zone: Tz,
    shown: &'a [Tz],
    language: &'a Language<'a>,
}

impl Wording<'_> {
    /// The office's own name, followed by the date unless the name already says
    /// it. A name that says only the date, in another language, is of no use.
    fn labelled(&self, date: &Date, text: &str) -> String {
        let Some(label) = &date.label else { return text.to_owned() };
        let named = match &date.span {
            Span::At(Point::Day(day)) => self.language.names_day(label, *day),
            _ => None,
        };
        match named {
            Some(Named::Here) => label.clone(),
            Some(Named::Elsewhere) => text.to_owned(),
            // Brackets inside brackets read badly.
            None if text.contains('(') => format!("{label}{} {text}", self.language.say("colon")),
            None => format!("{label} ({text})"),
        }
    }

    fn span(&self, span: &Span, weekday: bool) -> String {
        let say = |word: &str, parts: &[_]| self.language.say_with(word, parts);
        match span {
            Span::At(point) => self.point(point, weekday),
            // Weekdays tell nothing of a stretch.
            Span::Range { from, to } => {
                let (from, to) = (self.point(from, false), self.point(to, false));
                say("range", &[("from", (&from).into()), ("to", (&to).into())])
            }
            Span::NotBefore(point) => {
                say("not-before", &[("date", (&self.point(point, weekday)).into())])
            }
            Span::ToBeAnnounced { by: None } => say("to-be-announced", &[]),
            Span::ToBeAnnounced { by: Some(by) } => {
                let by = self.language.day(*by, weekday);
                say("to-be-announced-by", &[("date", (&by).into())])
            }
            Span::InEffect => say("in-effect", &[]),
        }
    }

    /// When a day or a time begins, and whether it is a day.
    fn beginning(&self, span: &Span) -> Option<(DateTime<Utc>, bool)> {
        match *span {
            Span::At(Point::Instant { at, offset: Some(offset) }) => {
                Some(((at - offset).and_utc(), false))
            }
            Span::At(Point::Instant { at, offset: None }) => {
                Some((instant_of(at, self.zone), false))
            }
            Span::At(Point::Day(day)) => {
                Some((instant_of(day.and_time(NaiveTime::MIN), self.zone), true))
            }
            _ => None,
        }
    }

    fn there(&self, span: &Span) -> Option<String> {
        let Clocks::Zone(there) = self.language.clocks() else { return None };
        let (at, is_day) = self.beginning(span)?;
        let (here, own) = (at.with_timezone(&self.zone), at.with_timezone(&there));
        if here.naive_local() == own.naive_local() {
            return None;
        }
        let time = time_in(at, there);
        let moment = match own.date_naive() == here.date_naive() {
            true => time,
            false => format!("{}, {time}", self.language.day_of_year(own.date_naive())),
        };
        // `UTC in UTC` says too much.
        let moment = moment.strip_suffix(" UTC").unwrap_or(&moment).to_owned();
        let zone = there.name().replace('_', " ");
        let parts = [("moment", (&moment).into()), ("zone", (&zone).into())];
        let word = if is_day { "there-from" } else { "there-at" };
        Some(self.language.say_with(word, &parts))
    }

    fn moment(&self, span: &Span) -> Option<Moment> {
        if self.language.clocks() != Clocks::Unknown {
            return None;
        }
        let (at, is_day) = self.beginning(span)?;
        let ahead = at.with_timezone(&self.zone).offset().fix().local_minus_utc() / 60;
        Some(Moment { at: at.to_rfc3339_opts(SecondsFormat::Secs, true), ahead, is_day })
    }

    fn point(&self, point: &Point, weekday: bool) -> String {
        match *point {
            Point::Instant { at, offset } => self.instant(at, offset, weekday),
            Point::Day(date) => self.language.day(date, weekday),
            Point::Month { .. } => self.language.month_of(point.first_day()),
            Point::Quarter { year, quarter } => {
                let first = self.language.month(point.first_day());
                let last = self.language.month(point.last_day());
                let year = year.to_string();
                let parts = [
                    ("quarter", (quarter as usize).into()),
                    ("year", (&year).into()),
                    ("first", (&first).into()),
                    ("last", (&last).into()),
                ];
                self.language.say_with("quarter", &parts)
            }
            Point::Year(year) => year.to_string(),
        }
    }

    fn instant(&self, at: NaiveDateTime, offset: Option<FixedOffset>, weekday: bool) -> String {
        let utc = match offset {
            Some(offset) => (at - offset).and_utc(),
            None => instant_of(at, self.zone),
        };
        let day = self.language.day(at.date(), weekday);
        let mut text = format!("{day}, {}", time_in(utc, self.zone));
        for other in self.shown.iter().filter(|other| **other != self.zone) {
            let there = utc.with_timezone(other);
            text += " / ";
            if there.date_naive() != at.date() {
                text += &format!("{} ", self.language.day_of_year(there.date_naive()));
            }
            text += &time_in(utc, *other);
        }
        text
    }
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
