//! What is served: one publication, indexed, never changed, swapped whole.
//!
//! It knows nothing of HTTP.

use super::answers::Answers;
use super::searching::Searches;
use super::shelf::Shelf;
use crate::impact::{Edges, Index};
use crate::notice::Digest;
use crate::render::{RenderError, Renderer};
use crate::schedule::Instant;
use crate::store::{PublicationId, StoredPublication};
use arc_swap::ArcSwapOption;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One publication, ready to answer from.
pub struct Snapshot {
    pub id: PublicationId,
    pub digest: Digest,
    /// When it was published.
    pub created_at: Instant,
    pub index: Index,
    pub renderer: Arc<Renderer>,
    /// The workspace's own templates, by path.
    pub templates: BTreeMap<String, String>,
    /// What was laid out of it.
    pub shelf: Shelf,
    /// What was answered from it.
    pub answers: Answers,
    pub searches: Searches,
    edges: ArcSwapOption<Edges>,
}

impl Snapshot {
    /// Fails where a template of the publication does.
    pub fn build(stored: StoredPublication) -> Result<Self, RenderError> {
        let StoredPublication { id, digest, publication, created_at, .. } = stored;
        let renderer = Arc::new(Renderer::new(&publication.templates)?);
        let templates = publication.templates;
        let index = Index::build(publication.workspace);
        let (shelf, answers) = (Shelf::default(), Answers::default());
        let (searches, edges) = (Searches::default(), ArcSwapOption::empty());
        Ok(Self {
            id,
            digest,
            created_at,
            index,
            renderer,
            templates,
            shelf,
            answers,
            searches,
            edges,
        })
    }

    /// The edges around `now`. Working them out looks at every row, so they are
    /// kept until the next one passes.
    pub fn edges(&self, now: Instant) -> Edges {
        let hold = |kept: &&Edges| {
            kept.last.is_none_or(|last| last <= now) && kept.next.is_none_or(|next| now < next)
        };
        if let Some(kept) = self.edges.load().as_deref().filter(hold) {
            return *kept;
        }
        let edges = self.index.edges(now);
        self.edges.store(Some(Arc::new(edges)));
        edges
    }
}
