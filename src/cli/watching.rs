//! The watch of a service over the environments that programs have it watch.

use super::serve::until;
use crate::clock::Clock;
use crate::config::WatchSettings;
use crate::store::{Store, Topic};
use crate::tls::{ProbeSettings, Prober};
use crate::watching::{Watching, may_ask};
use anyhow::bail;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// Often enough that the end of a brownout is not slept through. It costs two small questions.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Asks what falls due. A failure is logged, and tried again.
pub async fn watch(
    store: Store,
    settings: WatchSettings,
    clock: Clock,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let WatchSettings { allowed, at_once, rate, timeout } = settings;
    let prober = Prober::new(ProbeSettings { timeout, at_once, rate }, may_ask(allowed));
    let mut wakeups = store.wakeups(Topic::Publications);
    let mut watching = Watching::new(store, prober, clock, at_once);
    let looking = async {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = wakeups.next() => {}
            }
            match watching.tick().await {
                Ok(0) => {}
                Ok(asked) => tracing::info!(asked, "environments were asked"),
                Err(failure) => tracing::warn!(%failure, "environments cannot be watched"),
            }
        }
    };
    tokio::select! {
        () = looking => bail!("the watch over environments ended by itself"),
        () = until(stopped) => Ok(()),
    }
}
