//! The test endpoints of a service, and the books kept of whoever tries them.

use super::serve::{listen, serve, until};
use crate::config::RehearsalSettings;
use crate::notice::Attempt;
use crate::web::{self, RehearsalSite, Service};
use anyhow::{Context, bail};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Attempts that wait to be kept, some 2 MB; further ones are lost and counted.
const WAITING: usize = 8_192;
/// How many are kept at once.
const BATCH: usize = 512;

/// Listens from now on, and follows what is published and which certificate is there.
pub fn start(
    service: &Arc<Service>,
    settings: RehearsalSettings,
    workers: usize,
    tasks: &mut JoinSet<anyhow::Result<()>>,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let (note, noted) = mpsc::channel(WAITING);
    let addresses = settings.listen.clone();
    let site = Arc::new(RehearsalSite::open(service.clone(), settings, note)?);
    let listeners = addresses.into_iter().map(listen).collect::<anyhow::Result<Vec<_>>>()?;
    for listener in &listeners {
        say!("Rehearsing on https://{}", listener.local_addr()?);
    }
    let server = web::start_rehearsals(site.clone(), listeners, workers)?;
    tasks.spawn(serve(server, stopped.clone()));
    tasks.spawn(follow(site, stopped.clone()));
    tasks.spawn(keep(noted, stopped.clone()));
    Ok(())
}

async fn follow(site: Arc<RehearsalSite>, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    tokio::select! {
        () = web::follow_rehearsals(site) => bail!("the watch for test endpoints ended by itself"),
        () = until(stopped) => Ok(()),
    }
}

/// Keeps attempts as they come, many at once where many come, and when it is told to stop
/// those that came before.
async fn keep(
    mut noted: mpsc::Receiver<Attempt>,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut stopping = std::pin::pin!(until(stopped));
    let mut is_closed = false;
    loop {
        tokio::select! {
            biased;
            taken = noted.recv_many(&mut batch, BATCH) => {
                if taken == 0 {
                    return Ok(());
                }
                keep_batch(&batch).await.context("attempts cannot be kept")?;
                batch.clear();
            }
            () = &mut stopping, if !is_closed => {
                noted.close();
                is_closed = true;
            }
        }
    }
}

/// Nowhere yet but in the log.
async fn keep_batch(batch: &[Attempt]) -> anyhow::Result<()> {
    for attempt in batch {
        let outcome = attempt.outcome.as_str();
        tracing::debug!(outcome, alert = attempt.alert.map(|alert| alert.name()), "an attempt");
    }
    Ok(())
}
