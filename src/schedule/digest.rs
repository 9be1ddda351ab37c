//! The weekly digest: when the next one leaves, and what cannot wait for it.

use super::bounds::{Instant, bounds, instant_of};
use super::brownouts::Occurrences;
use super::earlier::earlier_cutoffs;
use super::reminders::{reminders, sending_hour};
use super::state::{State, is_halted, state};
use crate::notice::{Notice, ProgramSettings, Row, RowId};
use chrono::{Days, TimeDelta, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// A reader has this long to act at the least after a digest, and is otherwise
/// written to at once.
const LEAST_AHEAD: TimeDelta = TimeDelta::days(1);

/// Samoa skipped a day once, which may have been the digest's.
const MAX_DAYS_AHEAD: u64 = 14;

/// When the first digest after `after` leaves, by the clocks of `zone`.
pub fn next_digest(settings: &ProgramSettings, zone: Tz, after: Instant) -> Instant {
    let day = Weekday::from(settings.digest.day);
    let today = after.with_timezone(&zone).date_naive();
    (0..=MAX_DAYS_AHEAD)
        .filter_map(|n| today.checked_add_days(Days::new(n)))
        .filter(|date| chrono::Datelike::weekday(date) == day)
        .map(|date| instant_of(date.and_time(sending_hour(settings)), zone))
        .find(|at| *at > after)
        .unwrap_or(after)
}

/// Of each row, the first moment from `now` on at which something comes that its
/// readers are told of before: a reminder, the cutoff, the first strike of a
/// brownout, the last day to opt out. It is `now` where the cutoff may come at
/// any moment. Rows with nothing to come are not in it.
pub fn pressing(notice: &Notice, settings: &ProgramSettings, now: Instant) -> Pressing {
    let mut first = BTreeMap::new();
    let mut press = |id: &RowId, at: Instant| {
        let known = first.entry(id.clone()).or_insert(at);
        *known = at.min(*known);
    };
    for reminder in reminders(notice, settings).iter().filter(|reminder| reminder.at > now) {
        press(reminder.row, reminder.at);
    }
    for (id, row) in &notice.schedule.rows {
        match state(notice, id, row, None, now) {
            State::CutOff => {}
            State::Due => press(id, now),
            _ => edges(notice, id, row)
                .filter(|at| *at >= now && !is_halted(notice, id, row, *at))
                .for_each(|at| press(id, at)),
        }
    }
    Pressing(first)
}

/// What presses, by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressing(BTreeMap<RowId, Instant>);

impl Pressing {
    /// Whether those whom `rows` concern may be told of them as late as `digest`.
    pub fn allows(&self, rows: &[RowId], digest: Instant) -> bool {
        let presses = rows.iter().filter_map(|row| self.0.get(row)).min();
        presses.is_none_or(|at| {
            digest.checked_add_signed(LEAST_AHEAD).is_some_and(|enough| enough <= *at)
        })
    }
}

/// Whether readers of `rows` have less time than they were told before.
pub fn is_advanced(old: &Notice, new: &Notice, rows: &[RowId]) -> bool {
    earlier_cutoffs(old, new).iter().any(|earlier| rows.contains(earlier.row))
}

fn edges<'n>(
    notice: &'n Notice,
    id: &'n RowId,
    row: &'n Row,
) -> impl Iterator<Item = Instant> + use<'n> {
    let opt_out = row.opt_out.as_ref().and_then(|way| way.by.as_ref());
    let dates = [row.dates.cutoff.as_ref(), row.dates.enforced.as_ref(), opt_out];
    let dated = dates.into_iter().flatten().filter_map(|date| bounds(date, row.zone).earliest);
    let brownouts = notice.schedule.brownouts.values().filter(|b| b.rows.contains(id));
    dated.chain(brownouts.filter_map(|b| Occurrences::new(b, row.zone).nth(0).map(|(at, _)| at)))
}
