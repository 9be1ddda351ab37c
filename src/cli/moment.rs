//! Moments as people type them: a day, or an instant of the clocks that the
//! program's zone names.

use crate::notice::{Point, Span};
use crate::schedule::{Instant, bounds};
use chrono_tz::Tz;
use std::fmt;
use std::str::FromStr;

/// `2020-09-27`, which begins at 00:00, or `2020-09-27T14:00`, or with an
/// offset `2020-09-27T14:00Z`. Where it lies is only known with a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(Point);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Span>() {
            Ok(Span::At(point @ (Point::Day(_) | Point::Instant { .. }))) => Ok(Self(point)),
            _ => Err(format!(
                "`{text}` names no moment: write a day, such as 2020-09-27, or an instant, such as \
                 2020-09-27T14:00Z"
            )),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Moment {
    /// By the clocks of `zone`, where it has no offset of its own.
    pub fn in_zone(self, zone: Tz) -> Instant {
        let found = bounds(&Span::At(self.0).into(), zone).earliest;
        found.expect("days and instants have a beginning")
    }
}
