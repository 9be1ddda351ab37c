//! Keeps what is served at the newest publication.

use super::service::Service;
use super::snapshot::Snapshot;
use crate::render::RenderError;
use crate::store::{Store, StoreError, Topic};
use std::sync::Arc;
use std::time::Duration;

/// How often to look for a newer publication, where the database does not tell.
/// One small query each time; a reader of the page does not notice two seconds.
const POLL_EVERY: Duration = Duration::from_secs(2);

/// How often to look whether the last request is done with what was served before.
const LOOK_FOR_READERS: Duration = Duration::from_millis(100);

/// A failure is seldom over in two seconds, and building again is work.
const WAIT_AFTER_FAILURE: Duration = Duration::from_secs(15);

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a template of the publication fails: {0}")]
    Render(#[from] RenderError),
    #[error("publication {0} is not in the database any more")]
    Gone(i64),
    #[error("building what is served failed: {0}")]
    Build(#[from] tokio::task::JoinError),
}

/// Looks for newer publications until the program ends. A failure is logged
/// and what is served stays.
pub async fn follow(service: Arc<Service>) {
    let mut ticks = tokio::time::interval(POLL_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut wakeups = service.store().wakeups(Topic::Publications);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = wakeups.next() => {}
        }
        if let Err(failure) = refresh(&service).await {
            tracing::warn!(%failure, "cannot follow the store; the last publication is served on");
            tokio::time::sleep(WAIT_AFTER_FAILURE).await;
        }
    }
}

/// Puts the store's current publication in place, if another one is served, and
/// takes up new keys of links.
/// Tells whether it did.
pub async fn refresh(service: &Service) -> Result<bool, FollowError> {
    service.refresh_keys().await?;
    let store: &Store = service.store();
    let served = service.snapshot().ok().map(|snapshot| snapshot.id);
    let current = store.current_publication_id().await?;
    if current.is_none() || current == served {
        return Ok(false);
    }
    let Some(stored) = store.current_publication().await? else { return Ok(false) };
    // Indexing a large publication takes long enough to keep answers waiting.
    let built = tokio::task::spawn_blocking(move || Snapshot::build(stored)).await??;
    tracing::info!(publication = built.digest.short(), lines = built.index.len(), "serving");
    if let Some(before) = service.swap(Arc::new(built)) {
        tokio::spawn(retire(before));
    }
    Ok(true)
}

/// Lets go of what was served before. Taking a large one apart keeps a thread busy
/// for a while, and must not be left to whichever request used it last.
pub async fn retire(before: Arc<Snapshot>) {
    while Arc::strong_count(&before) > 1 {
        tokio::time::sleep(LOOK_FOR_READERS).await;
    }
    // Nobody waits for it, and a process that ends has no need of it.
    drop(tokio::task::spawn_blocking(move || drop(before)));
}
