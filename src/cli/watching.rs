//! The watch of a service over the environments that programs have it watch.

use super::serve::until;
use crate::announce::drift_news;
use crate::clock::Clock;
use crate::config::WatchSettings;
use crate::links::Keys;
use crate::notice::Carrier;
use crate::store::{Store, Topic};
use crate::tls::{ProbeSettings, Prober};
use crate::watching::{Watching, may_ask};
use anyhow::bail;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

/// Often enough that the end of a brownout is not slept through. It costs two small questions.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often to look for changes that the office is to be told of.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// What a watch works on.
pub struct Watched {
    pub store: Store,
    pub keys: Keys,
    pub carrier: Carrier,
    pub clock: Clock,
}

/// Asks what falls due, and writes of what changes. A failure is logged, and tried again.
pub async fn watch(
    watched: Watched,
    settings: WatchSettings,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    tokio::select! {
        () = look(&watched, settings) => bail!("the watch over environments ended by itself"),
        () = tell(&watched) => bail!("telling of drift ended by itself"),
        () = until(stopped) => Ok(()),
    }
}

async fn look(watched: &Watched, settings: WatchSettings) {
    let WatchSettings { allowed, at_once, rate, timeout } = settings;
    let prober = Prober::new(ProbeSettings { timeout, at_once, rate }, may_ask(allowed));
    let (store, clock) = (watched.store.clone(), watched.clock.clone());
    let mut wakeups = store.wakeups(Topic::Publications);
    let mut watching = Watching::new(store, prober, clock, at_once);
    let mut ticks = every(LOOK_EVERY);
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
}

async fn tell(Watched { store, keys, carrier, clock }: &Watched) {
    let mut ticks = every(TELL_EVERY);
    loop {
        ticks.tick().await;
        match drift_news(store, keys, *carrier, clock.now()).await {
            Ok(0) => {}
            Ok(written) => tracing::info!(written, "an office is told of drift"),
            Err(failure) => tracing::warn!(%failure, "an office cannot be told of drift"),
        }
    }
}

fn every(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
