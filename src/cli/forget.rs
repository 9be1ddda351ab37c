//! Forgetting, beside everything else that a service does, who tried a test endpoint.

use super::serve::until;
use crate::announce::forget_attempts;
use crate::clock::Clock;
use crate::store::Store;
use anyhow::bail;
use std::time::Duration;
use tokio::sync::watch;

/// How often to look for attempts at test endpoints that were kept long enough. Lengths are
/// declared in days.
const FORGET_EVERY: Duration = Duration::from_secs(15 * 60);

/// Forgets who tried a test endpoint as the programs declare it. A failure is logged, and
/// tried again.
pub async fn forget(
    store: Store,
    clock: Clock,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let looking = async {
        let mut ticks = tokio::time::interval(FORGET_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match forget_attempts(&store, clock.now()).await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "attempts at test endpoints were forgotten"),
                Err(failure) => tracing::warn!(%failure, "attempts cannot be forgotten"),
            }
        }
    };
    tokio::select! {
        () = looking => bail!("the look for what to forget ended by itself"),
        () = until(stopped) => Ok(()),
    }
}
