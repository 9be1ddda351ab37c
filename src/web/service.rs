//! What every handler shares: the present snapshot, the store, the clock.

use super::problem::ApiError;
use super::snapshot::Snapshot;
use crate::clock::Clock;
use crate::schedule::Instant;
use crate::store::Store;
use arc_swap::ArcSwapOption;
use std::sync::Arc;
use std::time::Duration;

/// A store that takes longer than this to answer is as good as gone.
const STORE_PATIENCE: Duration = Duration::from_secs(2);

pub struct Service {
    snapshot: ArcSwapOption<Snapshot>,
    store: Store,
    clock: Clock,
    /// Whether readers reach us by https; a proxy in front ends TLS.
    is_https: bool,
}

impl Service {
    pub fn new(store: Store, clock: Clock, is_https: bool) -> Self {
        Self { snapshot: ArcSwapOption::empty(), store, clock, is_https }
    }

    /// Puts a new snapshot in place. Requests under way keep the one they have.
    pub fn swap(&self, snapshot: Arc<Snapshot>) {
        self.snapshot.store(Some(snapshot));
    }

    pub fn snapshot(&self) -> Result<Arc<Snapshot>, ApiError> {
        self.snapshot.load_full().ok_or(ApiError::NotReady("nothing has been published yet"))
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// To the microsecond, as far as the store and a cursor carry it.
    pub fn now(&self) -> Instant {
        let now = self.clock.now();
        chrono::DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Whether the store answers.
    pub async fn reach_store(&self) -> Result<(), ApiError> {
        const GONE: ApiError = ApiError::NotReady("the database does not answer");
        match tokio::time::timeout(STORE_PATIENCE, self.store.current_publication_id()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(failure)) => {
                tracing::warn!(%failure, "the database failed");
                Err(GONE)
            }
            Err(_) => Err(GONE),
        }
    }
}
