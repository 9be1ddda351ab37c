//! When a brownout strikes, worked out as far as asked and no further.

use super::bounds::{Instant, bounds, is_within, plus};
use crate::notice::{Brownout, BrownoutLength};
use chrono_tz::Tz;
use std::ops::Range;

/// A year of hourly brownouts has 8,784 occurrences; what repeats more often
/// than this is an error of declaration.
pub const MAX_OCCURRENCES: u32 = 10_000;

/// The occurrences of one brownout for clocks in one zone.
#[derive(Clone, Copy)]
pub struct Occurrences<'b> {
    brownout: &'b Brownout,
    zone: Tz,
}

impl<'b> Occurrences<'b> {
    pub fn new(brownout: &'b Brownout, zone: Tz) -> Self {
        Self { brownout, zone }
    }

    /// Start and end of the `n`th occurrence, counted from 0.
    pub fn nth(&self, n: u32) -> Option<(Instant, Instant)> {
        let first = bounds(&self.brownout.start, self.zone).earliest?;
        let start = match &self.brownout.repeat {
            None if n == 0 => first,
            None => return None,
            Some(_) if n >= MAX_OCCURRENCES => return None,
            Some(repeat) => {
                let start = plus(first, repeat.every, n, self.zone)?;
                let begins = is_within(start, &repeat.until, self.zone);
                (begins && !(n > 0 && repeat.every.is_zero())).then_some(start)?
            }
        };
        let end = match &self.brownout.length {
            BrownoutLength::Lasts(length) => plus(start, *length, 1, self.zone)?,
            BrownoutLength::End(end) => {
                // Every occurrence lasts as long as the first.
                start + (bounds(end, self.zone).latest? - first)
            }
        };
        (start < end).then_some((start, end))
    }

    pub fn iter(self) -> impl Iterator<Item = (Instant, Instant)> + use<'b> {
        (0..).map_while(move |n| self.nth(n))
    }

    /// The number of the last occurrence that has begun at `at`. Starts only
    /// grow, so it is found by halving.
    fn begun(&self, at: Instant) -> Option<u32> {
        count_while(|n| self.nth(n).is_some_and(|(start, _)| start <= at)).checked_sub(1)
    }

    /// The numbers of the occurrences that last into the stretch from `from` to
    /// just before `until`; only its two ends are worked out.
    pub fn within(&self, from: Instant, until: Instant) -> Range<u32> {
        let is_over = |n| self.nth(n).is_some_and(|(_, end)| end <= from);
        let has_begun = |n| self.nth(n).is_some_and(|(start, _)| start < until);
        let (first, end) = (count_while(is_over), count_while(has_begun));
        first..end.max(first)
    }

    /// Start and end of the last occurrence.
    pub fn last(&self) -> Option<(Instant, Instant)> {
        self.begun(Instant::MAX_UTC).and_then(|n| self.nth(n))
    }

    pub fn strikes_at(&self, at: Instant) -> bool {
        self.begun(at).and_then(|n| self.nth(n)).is_some_and(|(_, end)| at < end)
    }

    /// The next start or end after `at`.
    pub fn next_edge(&self, at: Instant) -> Option<Instant> {
        let begun = self.begun(at);
        let current_end = begun.and_then(|n| self.nth(n)).map(|(_, end)| end);
        let next_start = self.nth(begun.map_or(0, |n| n + 1)).map(|(start, _)| start);
        [current_end, next_start].into_iter().flatten().filter(|edge| *edge > at).min()
    }

    /// The latest start or end that is not after `at`.
    pub fn last_edge(&self, at: Instant) -> Option<Instant> {
        let n = self.begun(at)?;
        let current = self.nth(n).map(|(start, end)| [start, end]);
        let previous = n.checked_sub(1).and_then(|n| self.nth(n)).map(|(_, end)| [end, end]);
        [current, previous].into_iter().flatten().flatten().filter(|edge| *edge <= at).max()
    }
}

/// How many occurrences, from the first, `holds` is true for: found by halving,
/// because what has begun or is over stays so for all before it.
fn count_while(holds: impl Fn(u32) -> bool) -> u32 {
    let (mut yes, mut no) = (0, MAX_OCCURRENCES + 1);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if holds(middle - 1) { yes = middle } else { no = middle }
    }
    yes
}
