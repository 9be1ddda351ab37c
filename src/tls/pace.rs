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
        while let Some(wait) = self.wait_for(host) {
            sleep(wait).await;
        }
    }

    /// Takes a token, or tells how long there will be none.
    fn wait_for(&self, host: &str) -> Option<Duration> {
        let now = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
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

    #[tokio::test(start_paused = true)]
    async fn a_host_is_asked_no_faster_than_its_rate_and_hinders_no_other() {
        let pace = Pace::new("10/s".parse().unwrap());
        let began = Instant::now();
        for _ in 0..30 {
            pace.turn("a.example.org").await;
        }
        let taken = began.elapsed();
        assert!(taken >= Duration::from_secs(2), "{taken:?}");
        assert!(taken < Duration::from_millis(2_200), "{taken:?}");
        pace.turn("b.example.org").await;
        assert_eq!(began.elapsed(), taken);
    }
}
