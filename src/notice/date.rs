//! Dates as an office gives them: always an interval, from an exact instant to
//! "to be announced", with the office's own wording beside it.
//!
//! This module knows how a date is written and nothing of zones or of now;
//! `schedule` turns a date into instants.

use super::meant_date;
use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// One point of the calendar, as precisely as the office named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// Wall time in the row's zone; an offset, where written, must agree with it.
    Instant {
        at: NaiveDateTime,
        offset: Option<FixedOffset>,
    },
    Day(NaiveDate),
    Month {
        year: i32,
        month: u32,
    },
    Quarter {
        year: i32,
        quarter: u32,
    },
    Year(i32),
}

/// The interval a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    At(Point),
    /// Somewhere from the first point to the end of the second.
    Range {
        from: Point,
        to: Point,
    },
    /// No earlier than this; nothing is said about how late.
    NotBefore(Point),
    ToBeAnnounced {
        by: Option<NaiveDate>,
    },
    InEffect,
}

/// A declared date: what it means, and the office's own name for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Date {
    pub span: Span,
    pub label: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDate {
    #[error("`{0}` is not a date: {way_out}", way_out = way_out(.0))]
    Form(String),
    #[error("`{0}` does not exist in the calendar")]
    Impossible(String),
    #[error("`{0}` ends before it begins")]
    Backwards(String),
}

/// What a declaration may write, for error messages and documentation.
pub const FORMS: &str = "write 2020-09-27, 2020-09-27T14:00, 2020-09, 2020-Q3, 2020, \
     2020-09-27..2020-10-04, `not before 2020-09-27`, `to be announced`, \
     `to be announced by 2020-06-01` or `already in effect`; your own words stand beside it: \
     {date: to be announced, label: …}";

/// The form that was meant, where it can be told; else all there are.
fn way_out(written: &str) -> String {
    if NaiveTime::parse_from_str(written.trim(), "%H:%M").is_ok() {
        return format!("write the day too, such as `2020-09-27T{}`", written.trim());
    }
    match meant_date(written) {
        Some(meant) => format!("write `{meant}`"),
        None => FORMS.to_owned(),
    }
}

impl Date {
    pub fn day(day: NaiveDate) -> Self {
        Self::from(Span::At(Point::Day(day)))
    }

    /// A date with a beginning: everything but "to be announced".
    pub fn is_announced(&self) -> bool {
        !matches!(self.span, Span::ToBeAnnounced { .. })
    }
}

impl From<Span> for Date {
    fn from(span: Span) -> Self {
        Self { span, label: None }
    }
}

impl FromStr for Point {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Self, BadDate> {
        let form = || BadDate::Form(text.to_owned());
        let impossible = || BadDate::Impossible(text.to_owned());
        if text.contains('T') {
            return instant(text);
        }
        let mut parts = text.split('-');
        let year: i32 = digits(parts.next(), 4).ok_or_else(form)?;
        let Some(second) = parts.next() else {
            return year_in_range(year).map(Point::Year).ok_or_else(impossible);
        };
        if let Some(quarter) = second.strip_prefix('Q') {
            let quarter = digits(Some(quarter), 1).ok_or_else(form)?;
            let known = (1..=4).contains(&quarter) && parts.next().is_none();
            return known.then_some(Point::Quarter { year, quarter }).ok_or_else(impossible);
        }
        let month = digits(Some(second), 2).ok_or_else(form)?;
        let Some(third) = parts.next() else {
            let known = (1..=12).contains(&month);
            return known.then_some(Point::Month { year, month }).ok_or_else(impossible);
        };
        let day = digits(Some(third), 2).ok_or_else(form)?;
        if parts.next().is_some() {
            return Err(form());
        }
        NaiveDate::from_ymd_opt(year, month, day)
            .filter(|day| year_in_range(day.year()).is_some())
            .map(Point::Day)
            .ok_or_else(impossible)
    }
}

/// Exactly `len` ASCII digits. `parse` alone would accept `+1` and `007`.
fn digits<T: FromStr>(text: Option<&str>, len: usize) -> Option<T> {
    text.filter(|t| t.len() == len && t.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

/// Years in which zone data means something; it also keeps arithmetic far from
/// the ends of the calendar.
fn year_in_range(year: i32) -> Option<i32> {
    (1970..=2999).contains(&year).then_some(year)
}

fn instant(text: &str) -> Result<Point, BadDate> {
    let form = || BadDate::Form(text.to_owned());
    let (day, time) = text.split_once('T').ok_or_else(form)?;
    let Point::Day(day) = day.parse().map_err(|bad| match bad {
        BadDate::Impossible(_) => BadDate::Impossible(text.to_owned()),
        _ => form(),
    })?
    else {
        return Err(form());
    };
    let split = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (wall, offset) = time.split_at(split);
    let mut parts = wall.split(':');
    let hour = digits(parts.next(), 2).ok_or_else(form)?;
    let minute = digits(parts.next(), 2).ok_or_else(form)?;
    let second = match parts.next() {
        None => 0,
        some => digits(some, 2).ok_or_else(form)?,
    };
    if parts.next().is_some() {
        return Err(form());
    }
    let offset = match offset {
        "" => None,
        "Z" => FixedOffset::east_opt(0),
        other => Some(other.parse().map_err(|_| form())?),
    };
    let at = day
        .and_hms_opt(hour, minute, second)
        .ok_or_else(|| BadDate::Impossible(text.to_owned()))?;
    Ok(Point::Instant { at, offset })
}

impl FromStr for Span {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Self, BadDate> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("already in effect") {
            return Ok(Self::InEffect);
        }
        if text.eq_ignore_ascii_case("to be announced") {
            return Ok(Self::ToBeAnnounced { by: None });
        }
        if let Some(by) = text.strip_prefix("to be announced by ") {
            let Point::Day(by) = by.trim().parse()? else {
                return Err(BadDate::Form(text.to_owned()));
            };
            return Ok(Self::ToBeAnnounced { by: Some(by) });
        }
        if let Some(point) = text.strip_prefix("not before ") {
            return Ok(Self::NotBefore(point.trim().parse()?));
        }
        let Some((from, to)) = text.split_once("..") else {
            return Ok(Self::At(text.parse()?));
        };
        let (from, to): (Point, Point) = (from.trim().parse()?, to.trim().parse()?);
        if is_backwards(from, to) {
            return Err(BadDate::Backwards(text.to_owned()));
        }
        Ok(Self::Range { from, to })
    }
}

/// Two instants are compared to the second where both have an offset or neither
/// has; anything else by its days.
fn is_backwards(from: Point, to: Point) -> bool {
    match (from, to) {
        (Point::Instant { at: a, offset: None }, Point::Instant { at: b, offset: None }) => b < a,
        (Point::Instant { at: a, offset: Some(x) }, Point::Instant { at: b, offset: Some(y) }) => {
            b - y < a - x
        }
        _ => to.last_day() < from.first_day(),
    }
}

impl Point {
    /// The first calendar day of the point.
    pub fn first_day(&self) -> NaiveDate {
        let ymd = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("parsed points exist");
        match *self {
            Self::Instant { at, .. } => at.date(),
            Self::Day(day) => day,
            Self::Month { year, month } => ymd(year, month, 1),
            Self::Quarter { year, quarter } => ymd(year, quarter * 3 - 2, 1),
            Self::Year(year) => ymd(year, 1, 1),
        }
    }

    /// The last calendar day of the point, inclusive.
    pub fn last_day(&self) -> NaiveDate {
        let first = self.first_day();
        let months = match self {
            Self::Instant { .. } | Self::Day(_) => return first,
            Self::Month { .. } => 1,
            Self::Quarter { .. } => 3,
            Self::Year(_) => 12,
        };
        (first + chrono::Months::new(months)).pred_opt().expect("years stay inside the calendar")
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant { at, offset } => {
                write!(f, "{}", at.format("%Y-%m-%dT%H:%M:%S"))?;
                match offset {
                    None => Ok(()),
                    Some(o) if o.local_minus_utc() == 0 => f.write_str("Z"),
                    Some(o) => write!(f, "{o}"),
                }
            }
            Self::Day(day) => write!(f, "{day}"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Quarter { year, quarter } => write!(f, "{year:04}-Q{quarter}"),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}

/// The form a declaration writes; parsing it gives the same span again.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(point) => write!(f, "{point}"),
            Self::Range { from, to } => write!(f, "{from}..{to}"),
            Self::NotBefore(point) => write!(f, "not before {point}"),
            Self::ToBeAnnounced { by: None } => f.write_str("to be announced"),
            Self::ToBeAnnounced { by: Some(by) } => write!(f, "to be announced by {by}"),
            Self::InEffect => f.write_str("already in effect"),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(label) = &self.label else {
            return serializer.collect_str(&self.span);
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("date", &self.span.to_string())?;
        map.serialize_entry("label", label)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DateVisitor)
    }
}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date, or `{date: …, label: …}`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
        text.parse::<Span>().map(Date::from).map_err(E::custom)
    }

    /// A bare year: YAML reads `2020` as a number.
    fn visit_u64<E: de::Error>(self, year: u64) -> Result<Date, E> {
        self.visit_str(&year.to_string())
    }

    fn visit_i64<E: de::Error>(self, year: i64) -> Result<Date, E> {
        self.visit_str(&year.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Date, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Labelled {
            date: Date,
            label: String,
        }
        let labelled = Labelled::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Date { label: Some(labelled.label), ..labelled.date })
    }
}
