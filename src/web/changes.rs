//! What changed since: notices that were published otherwise, and what a revision
//! says otherwise than another one.
//!
//! Telling revisions apart reads whole publications. It is done once for each
//! revision ever, by whoever asks first, and kept in the store.

use super::problem::ApiError;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::diff::{Change, diff};
use crate::notice::{NoticePath, Program, Workspace};
use crate::schedule::Instant;
use crate::store::{PublicationId, Revision, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::Mutex;
use utoipa::ToSchema;

/// Of what is kept. Another number, and all of it is worked out anew.
const FORMAT: i64 = 1;

/// One difference between two revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownChange {
    /// `notice`, or `program` for its settings and its catalogue.
    #[schema(example = "notice")]
    pub of: String,
    /// `new`, `gone`, `changed`, or the kind of amendment it comes to: `extended`,
    /// `advanced`, `postponed`, `refined`, `rescheduled`, `rescoped`, `paused`,
    /// `resumed`, `cancelled` or `corrected`.
    #[schema(example = "extended")]
    pub word: String,
    /// What changed: `cutoff`, `scope`, `row`, `summary`, …
    #[schema(example = "cutoff")]
    pub what: String,
    /// The rows of the schedule it touches; all or none when empty.
    #[schema(example = json!(["prod-secure"]))]
    pub rows: Vec<String>,
    /// Absent where there was nothing, or where it is too long to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-08-15")]
    pub before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-09-27")]
    pub after: Option<String>,
    /// The amendments that tell of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<ShownAmendment>,
    /// The same as a phrase.
    #[schema(example = "cutoff of prod-secure: 2020-08-15 → 2020-09-27")]
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownAmendment {
    #[schema(example = "2020-05-20")]
    pub date: String,
    #[schema(example = "extended")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ShownChange {
    fn of_notice(change: &Change) -> Self {
        let amendments = change.amendments.iter().map(|told| ShownAmendment {
            date: told.date.clone(),
            kind: told.kind.as_str().to_owned(),
            reason: told.reason.clone(),
        });
        Self {
            of: "notice".to_owned(),
            word: change.word.as_str().to_owned(),
            what: change.what.clone(),
            rows: change.rows.iter().map(ToString::to_string).collect(),
            before: change.before.clone(),
            after: change.after.clone(),
            amendments: amendments.collect(),
            text: change.sentence(str::to_owned),
        }
    }

    /// How an office works is its own: of a setting, only that it changed is told.
    fn of_program(change: &Change) -> Self {
        const PUBLIC: [&str; 4] = ["API ", "environment ", "group ", "cohort "];
        let is_public = PUBLIC.iter().any(|what| change.what.starts_with(what));
        let bare = Change { before: None, after: None, ..change.clone() };
        let shown = Self::of_notice(if is_public { change } else { &bare });
        Self { of: "program".to_owned(), ..shown }
    }
}

/// What changed from one revision to another; the whole notice is new where there was
/// none. Both are programs with that notice alone.
pub fn between(old: Option<Program>, new: Program) -> Vec<ShownChange> {
    let is_first = old.is_none();
    let alone = |program: Program| Workspace { programs: [(program.id.clone(), program)].into() };
    let (old, new) = (old.map(alone).unwrap_or_default(), alone(new));
    let mut shown = Vec::new();
    for program in diff(&old, &new).programs {
        let notices = program.notices.iter().flat_map(|notice| &notice.changes);
        shown.extend(notices.map(ShownChange::of_notice));
        // That the program is new, too, says nothing about the notice.
        let around = program.changes.iter().filter(|_| !is_first);
        shown.extend(around.map(ShownChange::of_program));
    }
    shown
}

/// The notice as that publication has it, with what it refers to.
async fn resolved(
    store: &Store,
    publication: PublicationId,
    path: &NoticePath,
) -> Result<Option<Program>, StoreError> {
    let stored = store.publication(publication).await?;
    let found = stored.as_ref().and_then(|s| s.publication.workspace.notice(path));
    Ok(found.map(|(program, notice)| program.resolved(notice)))
}

/// Works out what changed in revisions, one request at a time: those who ask at once
/// wait for each other, and find it done.
#[derive(Default)]
pub struct Comparing(Mutex<()>);

impl Comparing {
    /// The changes of these revisions, which are some of all the notice has, newest
    /// first.
    pub async fn changes(
        &self,
        store: &Store,
        path: &NoticePath,
        all: &[Revision],
        wanted: Range<usize>,
    ) -> Result<Vec<Vec<ShownChange>>, ApiError> {
        let mut told = Vec::with_capacity(wanted.len());
        // The one before, where it was read already.
        let mut former: Option<(PublicationId, Program)> = None;
        for place in wanted.rev() {
            let revision = &all[place];
            let kept = revision.changes.as_deref().and_then(|c| serde_json::from_str(c).ok());
            if let Some(kept) = kept {
                told.push(kept);
                continue;
            }
            let _turn = self.0.lock().await;
            let before = all.get(place + 1).map(|revision| revision.publication);
            let old = match (before, former.take()) {
                (None, _) => None,
                (Some(before), Some((read, program))) if read == before => Some(program),
                (Some(before), _) => {
                    resolved(store, before, path).await.map_err(ApiError::internal)?
                }
            };
            let new = resolved(store, revision.publication, path).await;
            let gone = || ApiError::internal("a revision's publication has no such notice");
            let new = new.map_err(ApiError::internal)?.ok_or_else(gone)?;
            former = Some((revision.publication, new.clone()));
            let changes = between(old, new);
            let json = serde_json::to_string(&changes).map_err(ApiError::internal)?;
            let kept = store.keep_changes(revision.id, FORMAT, &json).await;
            kept.map_err(ApiError::internal)?;
            told.push(changes);
        }
        told.reverse();
        Ok(told)
    }
}

/// The revisions of a notice up to the publication that is asked, newest first.
pub async fn revisions(
    service: &Service,
    snapshot: &Snapshot,
    path: &NoticePath,
) -> Result<Vec<Revision>, ApiError> {
    let found = service.store().revisions_of(path, snapshot.id, FORMAT).await;
    let found = found.map_err(ApiError::internal)?;
    let never = || ApiError::NotFound(format!("there never was a notice {path}"));
    if found.is_empty() { Err(never()) } else { Ok(found) }
}

/// What was published otherwise since a moment.
pub struct Since {
    notices: BTreeSet<NoticePath>,
    /// What was published then, if anything was.
    before: Option<Arc<Snapshot>>,
}

impl Since {
    pub async fn moment(
        service: &Service,
        snapshot: &Snapshot,
        at: Instant,
    ) -> Result<Self, ApiError> {
        let store = service.store();
        let then = store.publication_id_at(at).await.map_err(ApiError::internal)?;
        if then.is_some_and(|then| then >= snapshot.id) {
            return Ok(Self { notices: BTreeSet::new(), before: None });
        }
        let notices = store.revised(then, snapshot.id).await.map_err(ApiError::internal)?;
        let before = match then {
            Some(then) if !notices.is_empty() => service.snapshot_of(then).await?,
            _ => None,
        };
        Ok(Self { notices, before })
    }

    pub fn has_notice(&self, path: &NoticePath) -> bool {
        self.notices.contains(path)
    }

    /// Whether the line is new, or says something else at `on`.
    pub fn has_line(&self, snapshot: &Snapshot, line: u32, on: Instant) -> bool {
        let is_as_then = |before: &Arc<Snapshot>| snapshot.index.is_as_in(line, &before.index, on);
        self.has_notice(&snapshot.index.line(line).path())
            && !self.before.as_ref().is_some_and(is_as_then)
    }
}
