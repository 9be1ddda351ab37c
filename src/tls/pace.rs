//! How often one host is connected to: a token bucket for each, which whoever connects waits for.

use crate::notice::{Bucket, Rate};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Hosts that were left alone for long are forgotten when there are more than this.
const MAX_REMEMBERED: usize = 10_000;

#[derive(Debug)]
pub(super) struct Pace {
    rate: Rate,
    began: Instant,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Pace {
    pub fn new(rate: Rate) -> Self {
        Self { rate, began: Instant::now(), buckets: Mutex::default() }
    }

    /// Returns when `host` may be connected to once.
    pub async fn turn(&self, host: &str) {
        let now = || i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        while let Some(wait) = self.wait_for(host, now()) {
            sleep(wait).await;
        }
    }

    /// Takes a token `now`, in microseconds since we began, or tells how long there is none.
    fn wait_for(&self, host: &str, now: i64) -> Option<Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > MAX_REMEMBERED {
            buckets.retain(|_, bucket| bucket.full_at() > now);
        }
        let bucket =
            buckets.entry(host.to_owned()).or_insert_with(|| Bucket::kept(now, self.rate, now));
        if bucket.take(self.rate, now) {
            return None;
        }
        let missing = bucket.opens_at(self.rate).saturating_sub(now).max(1);
        Some(Duration::from_micros(missing.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moment at which the last of so many connections is made.
    fn after(pace: &Pace, host: &str, connections: usize, mut now: i64) -> i64 {
        for _ in 0..connections {
            while let Some(wait) = pace.wait_for(host, now) {
                now += i64::try_from(wait.as_micros()).unwrap();
            }
        }
        now
    }

    #[test]
    fn a_host_is_asked_no_faster_than_its_rate_and_hinders_no_other() {
        let pace = Pace::new("10/s".parse().unwrap());
        let taken = after(&pace, "a.example.org", 30, 0);
        assert!((2_000_000..2_200_000).contains(&taken), "{taken}");
        assert_eq!(after(&pace, "b.example.org", 1, taken), taken);
    }
}
