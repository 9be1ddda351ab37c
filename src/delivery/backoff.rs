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

/// Up to a fifth less than `wait`, differently for each message and attempt: what
/// was refused together does not come back together, and no cap is exceeded.
pub fn spread(wait: Duration, row: i64, attempt: i64) -> Duration {
    // A good mixture of bits (splitmix64) needs no other randomness.
    let mut bits = (row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (attempt as u64);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let thousandth = u32::try_from((bits ^ (bits >> 31)) % 201).unwrap_or(0);
    wait - wait * thousandth / 1_000
}
