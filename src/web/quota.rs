//! How much a household may ask for in a minute, whatever it asks, and how an
//! answer tells what is left (draft-ietf-httpapi-ratelimit-headers-10).
//!
//! It keeps addresses in memory alone, and only of households that asked in the
//! last minute.

use super::strangers::household;
use crate::schedule::Instant;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

const WINDOW_SECONDS: u32 = 60;
const WINDOW_US: i64 = WINDOW_SECONDS as i64 * 1_000_000;
/// Locks that those who ask at the same time share.
const SHARDS: usize = 16;
/// Households held at once by each, some 12 MB in all.
const MAX_HELD: usize = 8_000;

pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
pub const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// What a household has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub requests: u32,
    /// Until it has everything again, in seconds.
    pub full_in: u32,
}

/// A household that has nothing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    pub left: Left,
    /// Seconds until it may ask again.
    pub again_in: u64,
}

/// When each household's bucket will be full again, in microseconds: all that is
/// to be known of a bucket that fills at a steady rate.
type Held = HashMap<IpAddr, i64>;

/// A bucket for each household, which holds what it may ask in a minute and fills
/// at that rate.
pub struct Quota {
    requests: NonZeroU32,
    policy: HeaderValue,
    held: [Mutex<Held>; SHARDS],
}

impl Quota {
    /// So many requests a minute.
    pub fn new(requests: NonZeroU32) -> Self {
        let policy = format!("\"default\";q={requests};w={WINDOW_SECONDS}");
        let policy = HeaderValue::try_from(policy).expect("it is ASCII");
        Self { requests, policy, held: Default::default() }
    }

    /// Takes one.
    pub fn take(&self, ip: IpAddr, now: Instant) -> Result<Left, Exhausted> {
        let (key, now_us) = (household(ip), now.timestamp_micros());
        let each_us = WINDOW_US / i64::from(self.requests.get());
        // Nothing in here can leave the buckets half changed.
        let mut held = self.shard(&key).lock().unwrap_or_else(PoisonError::into_inner);
        // A bucket that takes longer to fill than any is one of before the clock was
        // set back, which must not lock anybody out.
        let is_possible = |at: &i64| (now_us..=now_us + WINDOW_US).contains(at);
        let full_at = held.get(&key).copied().filter(is_possible).unwrap_or(now_us);
        let next = full_at + each_us;
        let spare = WINDOW_US - (next - now_us);
        if spare < 0 {
            let again_in = spare.unsigned_abs().div_ceil(1_000_000).max(1);
            let left = Left { requests: 0, full_in: seconds(full_at - now_us) };
            return Err(Exhausted { left, again_in });
        }
        if held.len() >= MAX_HELD && !held.contains_key(&key) {
            make_room(&mut held, now_us);
        }
        held.insert(key, next);
        let requests = u32::try_from(spare / each_us).unwrap_or(0);
        Ok(Left { requests, full_in: seconds(next - now_us) })
    }

    /// Says on an answer what the policy is, and what is left.
    pub fn tell(&self, headers: &mut HeaderMap, left: Left) {
        headers.insert(POLICY, self.policy.clone());
        let told = format!("\"default\";r={};t={}", left.requests, left.full_in);
        if let Ok(told) = HeaderValue::try_from(told) {
            headers.insert(LEFT, told);
        }
    }

    /// How many households are held.
    pub fn held(&self) -> usize {
        let held = |shard: &Mutex<Held>| shard.lock().unwrap_or_else(PoisonError::into_inner).len();
        self.held.iter().map(held).sum()
    }

    fn shard(&self, key: &IpAddr) -> &Mutex<Held> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        &self.held[hasher.finish() as usize % SHARDS]
    }
}

fn seconds(micros: i64) -> u32 {
    u32::try_from(micros.max(0).unsigned_abs().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

/// A full bucket is as good as none; if there are none, the fuller half goes.
fn make_room(held: &mut Held, now_us: i64) {
    held.retain(|_, full_at| *full_at > now_us);
    if held.len() < MAX_HELD {
        return;
    }
    let mut times: Vec<i64> = held.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    let mut to_drop = held.len() / 2;
    held.retain(|_, full_at| {
        let goes = *full_at <= median && to_drop > 0;
        to_drop -= usize::from(goes);
        !goes
    });
}
