//! What was published earlier, ready to answer from: the last few snapshots
//! that somebody asked for.
//!
//! It knows nothing of HTTP, nor of what is asked of a snapshot.

use super::follow::{FollowError, retire};
use super::snapshot::Snapshot;
use crate::store::{PublicationId, Store};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Mutex;

/// An indexed publication may take many megabytes, and questions about the past
/// seldom leave the neighbourhood of one moment.
const KEPT: usize = 4;

/// Snapshots of earlier publications, the one asked for last in front.
#[derive(Default)]
pub struct History {
    kept: Mutex<VecDeque<Arc<Snapshot>>>,
}

impl History {
    pub async fn len(&self) -> usize {
        self.kept.lock().await.len()
    }

    /// The snapshot of a publication. One is built at a time: strangers who ask
    /// about many moments at once wait for each other, not for the memory.
    pub async fn snapshot(
        &self,
        store: &Store,
        id: PublicationId,
    ) -> Result<Arc<Snapshot>, FollowError> {
        let mut kept = self.kept.lock().await;
        if let Some(place) = kept.iter().position(|snapshot| snapshot.id == id)
            && let Some(found) = kept.remove(place)
        {
            kept.push_front(found.clone());
            return Ok(found);
        }
        let stored = store.publication(id).await?.ok_or(FollowError::Gone(id.get()))?;
        let built = tokio::task::spawn_blocking(move || Snapshot::build(stored)).await??;
        let built = Arc::new(built);
        kept.push_front(built.clone());
        let too_many = kept.len().min(KEPT);
        for gone in kept.drain(too_many..) {
            tokio::spawn(retire(gone));
        }
        Ok(built)
    }
}
