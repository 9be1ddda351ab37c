//! The days over which a notice happens, counted on the office's calendar.

use super::bounds::{Instant, bounds, instant_of};
use super::brownouts::Occurrences;
use super::milestones::milestones;
use crate::notice::Notice;
use chrono::{Days as Count, NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// How long it goes on after the last milestone: long enough to see what
/// everything comes to.
const AFTERWARDS: u64 = 30;

/// Longer than any schedule; a slip of the year must not make a slider of
/// a million days.
const MAX_DAYS: u64 = 36_525;

/// From the announcement to a while after the last milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: NaiveDate,
    pub last: NaiveDate,
    zone: Tz,
}

impl Days {
    /// `zone` is the program's. Where no date is known at all, the days begin
    /// with `today`.
    pub fn of(notice: &Notice, zone: Tz, today: Instant) -> Self {
        let milestones = milestones(notice, zone);
        let dated = milestones.iter().flat_map(|m| [m.bounds.earliest, m.bounds.latest]).flatten();
        let struck = notice.schedule.brownouts.values().filter_map(|brownout| {
            let row = brownout.rows.first().and_then(|id| notice.schedule.rows.get(id));
            Some(Occurrences::new(brownout, row.map_or(zone, |row| row.zone)).last()?.1)
        });
        let amended = notice.amendments.iter().filter_map(|a| bounds(&a.date, zone).earliest);
        // What is in effect already has no day on which it began.
        let known = |at: &Instant| *at > Instant::MIN_UTC;
        let mut all: Vec<_> = dated.chain(struck).chain(amended).filter(known).collect();
        all.sort_unstable();
        let day = |at: Option<&Instant>| at.unwrap_or(&today).with_timezone(&zone).date_naive();
        let (first, last) = (day(all.first()), day(all.last()));
        let end = last.checked_add_days(Count::new(AFTERWARDS)).unwrap_or(last);
        let limit = first.checked_add_days(Count::new(MAX_DAYS)).unwrap_or(end);
        Self { first, last: end.min(limit), zone }
    }

    /// How many days the last one comes after the first.
    pub fn count(&self) -> i64 {
        self.number(self.last)
    }

    /// How many days after the first.
    pub fn number(&self, day: NaiveDate) -> i64 {
        (day - self.first).num_days()
    }

    /// The nearest day of these.
    pub fn within(&self, day: NaiveDate) -> NaiveDate {
        day.clamp(self.first, self.last)
    }

    /// When the office's clocks show it.
    pub fn moment(&self, day: NaiveDate, time: NaiveTime) -> Instant {
        instant_of(day.and_time(time), self.zone)
    }

    /// What the office's clocks show.
    pub fn wall(&self, at: Instant) -> (NaiveDate, NaiveTime) {
        let wall = at.with_timezone(&self.zone).naive_local();
        (wall.date(), wall.time())
    }
}
