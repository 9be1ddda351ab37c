//! A notice as it stood in earlier revisions.

use crate::notice::{Digest, Facts, Notice, NoticePath, Program};
use crate::schedule::facts;
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::Arc;

/// One earlier revision.
pub(super) struct Former {
    pub revision: Digest,
    pub program: Program,
    pub notice: Notice,
    pub facts: Facts,
}

/// Earlier revisions of one notice, each read when first asked for.
pub(super) struct Past<'a> {
    store: &'a Store,
    path: &'a NoticePath,
    read: HashMap<Digest, Option<Arc<Former>>>,
}

impl<'a> Past<'a> {
    pub fn of(store: &'a Store, path: &'a NoticePath) -> Self {
        Self { store, path, read: HashMap::new() }
    }

    /// Nothing for a revision that was never published.
    pub async fn at(&mut self, revision: &Digest) -> Result<Option<Arc<Former>>, StoreError> {
        if let Some(known) = self.read.get(revision) {
            return Ok(known.clone());
        }
        let found = self.find(revision).await?.map(Arc::new);
        self.read.insert(revision.clone(), found.clone());
        Ok(found)
    }

    async fn find(&self, revision: &Digest) -> Result<Option<Former>, StoreError> {
        let revisions = self.store.revisions(self.path).await?;
        let Some((_, id)) = revisions.into_iter().find(|(known, _)| known == revision) else {
            return Ok(None);
        };
        let Some(stored) = self.store.publication(id).await? else { return Ok(None) };
        let program = stored.publication.workspace.programs.get(&self.path.program).cloned();
        Ok(program.and_then(|program| {
            let notice = program.notices.get(&self.path.notice)?.clone();
            let facts = facts(&program, &notice);
            Some(Former { revision: revision.clone(), program, notice, facts })
        }))
    }
}
