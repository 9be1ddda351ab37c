//! The test endpoints of a service, and the books kept of whoever tries them.

use super::serve::{listen, serve, until};
use crate::config::RehearsalSettings;
use crate::notice::Attempt;
use crate::subscribers::keep_attempts;
use crate::web::{self, RehearsalSite, Service};
use anyhow::bail;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Attempts that wait to be kept, some 2 MB; further ones are lost and counted.
const WAITING: usize = 8_192;
/// How many are kept at once.
const BATCH: usize = 512;
/// How long the first waits for further ones; nobody looks that closely.
const GATHER: Duration = Duration::from_millis(100);
const AFTER_FAILURE: Duration = Duration::from_secs(1);

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
    tasks.spawn(keep(service.clone(), noted, stopped.clone()));
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
    service: Arc<Service>,
    mut noted: mpsc::Receiver<Attempt>,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut stopping = std::pin::pin!(until(stopped.clone()));
    let mut is_over = false;
    loop {
        let taken = tokio::select! {
            biased;
            () = &mut stopping, if !is_over => {
                is_over = true;
                noted.close();
                continue;
            }
            taken = noted.recv_many(&mut batch, BATCH) => taken,
        };
        if taken == 0 {
            return Ok(());
        }
        keep_batch(&service, std::mem::take(&mut batch), &stopped).await;
        // What comes meanwhile is kept together: one transaction for each would be work.
        if !is_over && taken < BATCH {
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// Tries until they are kept, or it is over and they are lost.
async fn keep_batch(service: &Service, batch: Vec<Attempt>, stopped: &watch::Receiver<bool>) {
    loop {
        let keys = service.keys();
        let attempts = batch.iter().cloned();
        let kept = keep_attempts(service.store(), &keys, attempts, |id| service.kept_of_peers(id));
        let Err(failure) = kept.await else { return };
        if *stopped.borrow() {
            service.metrics().attempts_lost(batch.len() as u64);
            tracing::error!(%failure, lost = batch.len(), "attempts at test endpoints are lost");
            return;
        }
        tracing::warn!(%failure, "attempts at test endpoints cannot be kept yet");
        tokio::time::sleep(AFTER_FAILURE).await;
    }
}
