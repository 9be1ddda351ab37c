//! How fast messages may go out: rates as they are written, and the arithmetic
//! of a token bucket.
//!
//! A bucket is one number: the moment at which it is full again. So it can be
//! kept in a table and needs no task that fills it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

const SECOND_US: i64 = 1_000_000;

/// Faster than this is as good as no limit.
const MAX_PER_SECOND: i64 = 100_000;

/// Messages a second, a minute or an hour, evenly spread: `10/m` is one every
/// six seconds, not ten at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: i64,
    period: Period,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Second,
    Minute,
    Hour,
}

impl Period {
    fn us(self) -> i64 {
        match self {
            Self::Second => SECOND_US,
            Self::Minute => 60 * SECOND_US,
            Self::Hour => 3_600 * SECOND_US,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Minute => 'm',
            Self::Hour => 'h',
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate: write a whole number and /s, /m or /h, such as 20/s or 10/m")]
pub struct BadRate(String);

impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Self, BadRate> {
        let bad = || BadRate(text.chars().take(40).collect());
        let (count, period) = text.trim().split_once('/').ok_or_else(bad)?;
        let period = match period {
            "s" => Period::Second,
            "m" => Period::Minute,
            "h" => Period::Hour,
            _ => return Err(bad()),
        };
        let count: i64 = count.parse().map_err(|_| bad())?;
        let most = MAX_PER_SECOND * (period.us() / SECOND_US);
        if !(1..=most).contains(&count) || text.trim().starts_with('+') {
            return Err(bad());
        }
        Ok(Self { count, period })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.count, self.period.letter())
    }
}

impl Rate {
    /// Between two messages, in microseconds; rounded up, so that the rate is
    /// never exceeded.
    pub fn interval_us(self) -> i64 {
        (self.period.us() + self.count - 1) / self.count
    }

    /// How many may go at once after a quiet time: what one second brings, and
    /// one where a second brings less.
    pub fn burst(self) -> i64 {
        (SECOND_US / self.interval_us()).max(1)
    }
}

/// The limits of one process. Those who share a database should have the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateLimits {
    pub overall: Option<Rate>,
    /// By recipient domain, in lower case.
    pub domains: BTreeMap<String, Rate>,
    /// Each domain that is not named.
    pub each_domain: Option<Rate>,
}

impl RateLimits {
    pub fn is_none(&self) -> bool {
        self.overall.is_none() && self.each_domain.is_none() && self.domains.is_empty()
    }

    pub fn of_domain(&self, domain: &str) -> Option<Rate> {
        self.domains.get(domain).copied().or(self.each_domain)
    }
}

/// A token bucket: the moment it is full again, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    full_at: i64,
}

impl Bucket {
    /// As it was kept. One that claims to be emptier than empty is from before
    /// the clock was set back or the rate was raised.
    pub fn kept(full_at: i64, rate: Rate, now: i64) -> Self {
        Self { full_at: full_at.min(now + rate.burst() * rate.interval_us()) }
    }

    pub fn full_at(self) -> i64 {
        self.full_at
    }

    pub fn tokens(self, rate: Rate, now: i64) -> i64 {
        let interval = rate.interval_us();
        (rate.burst() * interval - (self.full_at - now).max(0)) / interval
    }

    /// Takes a token, if there is one.
    pub fn take(&mut self, rate: Rate, now: i64) -> bool {
        let has_one = self.tokens(rate, now) > 0;
        if has_one {
            self.full_at = self.full_at.max(now) + rate.interval_us();
        }
        has_one
    }

    /// From when on there is a token.
    pub fn opens_at(self, rate: Rate) -> i64 {
        self.full_at - (rate.burst() - 1) * rate.interval_us()
    }
}
