//! Notes who tried. Nobody who tries waits for it.

use crate::metrics::Metrics;
use crate::notice::Attempt;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What is lost is logged so often: at once, and then every so many.
const LOG_EVERY: u64 = 1_000;

pub struct Register {
    attempts: mpsc::Sender<Attempt>,
    metrics: Arc<Metrics>,
}

impl Register {
    pub fn new(attempts: mpsc::Sender<Attempt>, metrics: Arc<Metrics>) -> Self {
        Self { attempts, metrics }
    }

    pub fn note(&self, attempt: Attempt) {
        self.metrics.tried(attempt.outcome);
        if self.attempts.try_send(attempt).is_err() {
            let lost = self.metrics.attempts_lost(1);
            if lost % LOG_EVERY == 1 {
                tracing::warn!(lost, "attempts at test endpoints come faster than they are kept");
            }
        }
    }

    pub fn turned_away(&self) {
        self.metrics.turned_away();
    }
}
