//! Sending hours: when mail may leave, by somebody's clocks.

use super::bounds::{Instant, WallTime, instant_of, wall_time};
use crate::notice::SendingHours;
use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// A stretch in which mail may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    pub opens: Instant,
    /// Open where there are no hours.
    pub closes: Option<Instant>,
}

/// Samoa skipped a day once, and clocks may jump over short hours for some days
/// in a row nowhere.
const MAX_DAYS_AHEAD: u64 = 4;

/// The sending hours in which `at` lies, from `at` on; or else the next ones.
pub fn opening(hours: &SendingHours, zone: Tz, at: Instant) -> Opening {
    if hours.from >= hours.until {
        // `check` refuses such hours; nothing would ever leave.
        return Opening { opens: at, closes: None };
    }
    let today = at.with_timezone(&zone).date_naive();
    let days = (0..=MAX_DAYS_AHEAD).filter_map(|n| today.checked_add_days(Days::new(n)));
    let days: Vec<_> = days.collect();
    let every = |time: NaiveTime| days.iter().flat_map(move |day| moments(*day, time, zone));
    let is_within = |moment: &Instant| {
        let wall = moment.with_timezone(&zone).time();
        hours.from <= wall && wall < hours.until
    };
    let opens = if is_within(&at) {
        at
    } else {
        let next = every(hours.from).filter(|moment| *moment > at && is_within(moment)).min();
        let Some(next) = next else { return Opening { opens: at, closes: None } };
        next
    };
    Opening { opens, closes: every(hours.until).filter(|moment| *moment > opens).min() }
}

/// When clocks show `time` on `day`: twice where they are set back over it.
fn moments(day: NaiveDate, time: NaiveTime, zone: Tz) -> Vec<Instant> {
    let wall = day.and_time(time);
    match wall_time(wall, zone) {
        WallTime::Twice { first, second } => {
            vec![(wall - first).and_utc(), (wall - second).and_utc()]
        }
        WallTime::Once(_) | WallTime::Never => vec![instant_of(wall, zone)],
    }
}
