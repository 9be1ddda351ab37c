//! The instants between which a declared date lies.

use crate::notice::{Date, Length, Point, Span};
use chrono::offset::LocalResult;
use chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

pub type Instant = DateTime<Utc>;

/// An absent `earliest` is "nobody knows yet"; an absent `latest` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub earliest: Option<Instant>,
    pub latest: Option<Instant>,
}

impl Bounds {
    fn exactly(at: Instant) -> Self {
        Self { earliest: Some(at), latest: Some(at) }
    }

    /// Whether it has certainly come at `at`.
    pub fn has_come(&self, at: Instant) -> bool {
        self.latest.is_some_and(|latest| latest <= at)
    }

    /// Whether it may have come at `at`.
    pub fn may_have_come(&self, at: Instant) -> bool {
        self.earliest.is_some_and(|earliest| earliest <= at)
    }

    pub fn is_exact(&self) -> bool {
        self.earliest.is_some() && self.earliest == self.latest
    }
}

/// The bounds of `date` for clocks in `zone`.
///
/// A day begins, and what is dated to it happens, at 00:00. A month, quarter,
/// year or range happens somewhere from its first day's 00:00 to the 00:00
/// after its last day.
pub fn bounds(date: &Date, zone: Tz) -> Bounds {
    match date.span {
        Span::At(point) => point_bounds(point, zone),
        Span::Range { from, to } => {
            let earliest = point_bounds(from, zone).earliest;
            let latest = match to {
                Point::Instant { .. } => point_bounds(to, zone).latest,
                _ => Some(end_of(to.last_day(), zone)),
            };
            // Only an offset that is not the zone's can turn a range around;
            // `check` refuses it, and no answer is built on an empty interval.
            Bounds { earliest, latest: latest.max(earliest) }
        }
        Span::NotBefore(point) => {
            Bounds { earliest: point_bounds(point, zone).earliest, latest: None }
        }
        Span::ToBeAnnounced { .. } => Bounds { earliest: None, latest: None },
        Span::InEffect => Bounds::exactly(Instant::MIN_UTC),
    }
}

/// Whether `at` comes no later than `date`: to the second where it is an instant,
/// else by its last day, which is included. What has no end is never reached.
pub fn is_within(at: Instant, date: &Date, zone: Tz) -> bool {
    match date.span {
        Span::At(point) | Span::Range { to: point, .. } => match point {
            Point::Instant { .. } => {
                point_bounds(point, zone).latest.is_some_and(|latest| at <= latest)
            }
            _ => at < end_of(point.last_day(), zone),
        },
        Span::NotBefore(_) | Span::ToBeAnnounced { .. } | Span::InEffect => false,
    }
}

fn point_bounds(point: Point, zone: Tz) -> Bounds {
    match point {
        Point::Instant { at, offset: Some(offset) } => {
            Bounds::exactly((at - offset.fix()).and_utc())
        }
        Point::Instant { at, offset: None } => Bounds::exactly(instant_of(at, zone)),
        Point::Day(day) => Bounds::exactly(start_of(day, zone)),
        Point::Month { .. } | Point::Quarter { .. } | Point::Year(_) => Bounds {
            earliest: Some(start_of(point.first_day(), zone)),
            latest: Some(end_of(point.last_day(), zone)),
        },
    }
}

fn start_of(day: NaiveDate, zone: Tz) -> Instant {
    instant_of(day.and_time(NaiveTime::MIN), zone)
}

fn end_of(last_day: NaiveDate, zone: Tz) -> Instant {
    start_of(last_day.succ_opt().unwrap_or(last_day), zone)
}

/// The instant at which clocks in `zone` show `wall`.
///
/// Where clocks show it twice, the first time; where they skip it, the instant
/// that the offset before the gap gives (RFC 5545 §3.3.5).
pub fn instant_of(wall: NaiveDateTime, zone: Tz) -> Instant {
    if let Some(found) = zone.from_local_datetime(&wall).earliest() {
        return found.to_utc();
    }
    // No gap is longer than the day that Samoa skipped in 2011.
    let before_gap = wall - TimeDelta::days(1);
    let offset = match zone.offset_from_local_datetime(&before_gap).earliest() {
        Some(offset) => offset.fix(),
        None => zone.offset_from_utc_datetime(&wall).fix(),
    };
    (wall - offset).and_utc()
}

/// `at` moved on by `length`, `times` over: clock units by the clock, calendar
/// units by the calendar of `zone`.
pub fn plus(at: Instant, length: Length, times: u32, zone: Tz) -> Option<Instant> {
    if let Some(clock) = length.as_clock() {
        return at.checked_add_signed(clock.checked_mul(times.try_into().ok()?)?);
    }
    let wall = at.with_timezone(&zone).naive_local();
    Some(instant_of(length.after(wall.date(), times)?.and_time(wall.time()), zone))
}

/// How often clocks show a wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallTime {
    Once(FixedOffset),
    Twice { first: FixedOffset, second: FixedOffset },
    Never,
}

pub fn wall_time(wall: NaiveDateTime, zone: Tz) -> WallTime {
    match zone.offset_from_local_datetime(&wall) {
        LocalResult::Single(offset) => WallTime::Once(offset.fix()),
        LocalResult::Ambiguous(first, second) => {
            WallTime::Twice { first: first.fix(), second: second.fix() }
        }
        LocalResult::None => WallTime::Never,
    }
}
