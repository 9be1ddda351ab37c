//! What is served: one publication, indexed, never changed, swapped whole.
//!
//! It knows nothing of HTTP.

use crate::impact::Index;
use crate::notice::Digest;
use crate::render::{RenderError, Renderer};
use crate::schedule::Instant;
use crate::store::{PublicationId, StoredPublication};
use arc_swap::ArcSwapOption;
use std::sync::Arc;

/// One publication, ready to answer from.
pub struct Snapshot {
    pub id: PublicationId,
    pub digest: Digest,
    pub index: Index,
    pub renderer: Renderer,
    edges: ArcSwapOption<Edges>,
}

/// The moments between which every answer about now stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edges {
    pub last: Option<Instant>,
    pub next: Option<Instant>,
}

impl Edges {
    fn hold_at(&self, at: Instant) -> bool {
        self.last.is_none_or(|last| last <= at) && self.next.is_none_or(|next| at < next)
    }
}

impl Snapshot {
    /// Fails where a template of the publication does.
    pub fn build(stored: StoredPublication) -> Result<Self, RenderError> {
        let StoredPublication { id, digest, publication, .. } = stored;
        let renderer = Renderer::new(&publication.templates)?;
        let index = Index::build(Arc::new(publication.workspace));
        Ok(Self { id, digest, index, renderer, edges: ArcSwapOption::empty() })
    }

    /// The edges around `now`. Working them out looks at every row, so they are
    /// kept until the next one passes.
    pub fn edges(&self, now: Instant) -> Edges {
        if let Some(kept) = self.edges.load().as_deref().filter(|kept| kept.hold_at(now)) {
            return *kept;
        }
        let (last, next) = self.index.edges(now);
        let edges = Edges { last, next };
        self.edges.store(Some(Arc::new(edges)));
        edges
    }
}
