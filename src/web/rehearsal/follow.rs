//! Keeps the endpoints at the present publication and the present certificate.

use super::RehearsalSite;
use super::board::Board;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Two small files and a number are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks until the program ends.
pub async fn follow_rehearsals(site: Arc<RehearsalSite>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // Files may be on a disk that does not answer.
        let looking = site.clone();
        if let Err(broken) = tokio::task::spawn_blocking(move || looking.refresh()).await {
            tracing::error!(%broken, "looking after test endpoints broke");
        }
    }
}

impl RehearsalSite {
    /// Takes up what was published and which certificate was put there since. A certificate
    /// that cannot be used is logged once, and the one before stays.
    pub fn refresh(&self) {
        let looked = self.files.lock().unwrap_or_else(PoisonError::into_inner).look();
        let is_renewed = match looked {
            None => false,
            Some(Ok(credentials)) => {
                self.credentials.store(Arc::new(credentials));
                tracing::info!("test endpoints have a new certificate");
                true
            }
            Some(Err(failure)) => {
                tracing::error!(%failure, "test endpoints keep the certificate they had");
                false
            }
        };
        let Ok(snapshot) = self.service.snapshot() else { return };
        if !is_renewed && self.board.load().publication == Some(snapshot.id) {
            return;
        }
        let board = Board::build(&snapshot, &self.credentials.load());
        tracing::info!(endpoints = board.len(), "test endpoints are open to whoever tries them");
        self.board.store(Arc::new(board));
    }
}
