//! How long to wait before trying again. Pure.

use std::time::Duration;

/// A message is given up after this many attempts: with the first wait of five
/// minutes that is about a day and a half.
pub const MAX_ATTEMPTS: i64 = 15;

/// A server that was down for a day should not wait a week to be tried again.
pub const LONGEST_WAIT: Duration = Duration::from_secs(4 * 3_600);

/// The first wait, doubled for each failure before, up to `longest`.
pub fn wait(first: Duration, failures_before: u32, longest: Duration) -> Duration {
    let factor = 1u32.checked_shl(failures_before.min(31)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(longest)
}
