//! When a message may leave.

use crate::notice::{Program, SendingHours, SendingZone};
use crate::schedule::{Instant, Opening, opening};
use crate::store::{Closing, Period};
use chrono_tz::Tz;

/// How soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Somebody is there and says so.
    AtOnce,
    /// Within the program's sending hours.
    InHours,
}

impl Pace {
    /// From `at` on, for a recipient in `zone`.
    pub fn period(
        self,
        program: &Program,
        zone: Option<Tz>,
        at: Instant,
        not_after: Option<Instant>,
    ) -> Period {
        match self {
            Self::AtOnce => Period { not_after, ..Period::from(at) },
            Self::InHours => {
                let Opening { opens, closes } = hours(program, zone, at);
                Period { not_after, closes_at: closes, ..Period::from(opens) }
            }
        }
    }
}

/// When messages whose hours have ended may leave next.
pub(super) fn next_hours(program: &Program, closing: &Closing, now: Instant) -> Opening {
    hours(program, closing.zone, now)
}

/// The clocks that a recipient in `zone` is written to by.
pub(super) fn recipients_clocks(program: &Program, zone: Option<Tz>) -> Tz {
    let hours = program.settings.sending_hours.as_ref();
    hours.map_or(program.settings.zone, |hours| clocks(program, hours, zone))
}

fn hours(program: &Program, zone: Option<Tz>, at: Instant) -> Opening {
    let Some(hours) = &program.settings.sending_hours else {
        return Opening { opens: at, closes: None };
    };
    opening(hours, clocks(program, hours, zone), at)
}

fn clocks(program: &Program, hours: &SendingHours, zone: Option<Tz>) -> Tz {
    let own = zone.filter(|_| hours.zone == SendingZone::Recipient);
    own.unwrap_or(program.settings.zone)
}
