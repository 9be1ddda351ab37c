//! Publications: what was declared, fixed, one after the other.

use super::guards::Guard;
use super::{Result, Store, StoreError, Topic, Turn, Write, instant, micros, value_rows};
use crate::notice::{
    Digest, Notice, NoticePath, PUBLICATION_FORMAT, Program, Publication, Workspace,
};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The store's number of a publication. They grow in the order of publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationId(i64);

impl PublicationId {
    pub fn get(self) -> i64 {
        self.0
    }

    /// As somebody typed it; there may be none of that number.
    pub fn numbered(id: i64) -> Self {
        Self(id)
    }

    pub(super) fn stored(id: i64) -> Self {
        Self(id)
    }
}

#[derive(Debug, Clone)]
pub struct StoredPublication {
    pub id: PublicationId,
    pub parent: Option<PublicationId>,
    pub digest: Digest,
    pub created_at: DateTime<Utc>,
    pub publication: Publication,
}

/// What came of publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    Published(PublicationId),
    /// The same content is current already.
    Unchanged(PublicationId),
    /// Another publication came in between.
    Conflict {
        current: Option<PublicationId>,
    },
}

/// Stands before the first publication, so that the unique parent also keeps
/// two first publications apart.
const NO_PARENT: i64 = 0;

type Row = (i64, i64, String, i64, String, i64);

impl Store {
    /// Publishes, if `expected_parent` is still current.
    pub async fn publish(
        &self,
        publication: &Publication,
        expected_parent: Option<PublicationId>,
        at: DateTime<Utc>,
    ) -> Result<Publishing> {
        let digest = Digest::of(publication);
        let body = serde_json::to_string(publication)
            .map_err(|bad| StoreError::unreadable("a publication")(bad.to_string()))?;
        // Before anybody waits for the transaction.
        let revisions = revisions_of(publication);
        let mut transaction = self.write_alone(Turn::Publishing).await?;
        super::guards::pass(&mut transaction, Guard::Publication).await?;
        let current: Option<(i64, String)> =
            sqlx::query_as("select id, digest from publications order by id desc limit 1")
                .fetch_optional(&mut *transaction)
                .await?;
        let current_id = current.as_ref().map(|(id, _)| PublicationId(*id));
        if let Some((id, _)) = current.filter(|(_, stored)| stored == digest.as_str()) {
            return Ok(Publishing::Unchanged(PublicationId(id)));
        }
        if current_id != expected_parent {
            return Ok(Publishing::Conflict { current: current_id });
        }
        let id: i64 = sqlx::query_scalar(
            "insert into publications (parent, digest, format, body, created_at)
             values ($1, $2, $3, $4, $5) returning id",
        )
        .bind(current_id.map_or(NO_PARENT, |id| id.0))
        .bind(digest.as_str())
        .bind(i64::from(publication.format))
        .bind(body)
        .bind(micros(at))
        .fetch_one(&mut *transaction)
        .await?;
        record_revisions(&mut transaction, id, &revisions).await?;
        self.tell(&mut transaction, Topic::Publications).await?;
        transaction.commit().await?;
        Ok(Publishing::Published(PublicationId(id)))
    }

    pub async fn current_publication(&self) -> Result<Option<StoredPublication>> {
        let id = self.current_publication_id().await?;
        if let Some(known) = id.and_then(|id| self.recent.find(id)) {
            return Ok(Some(known));
        }
        let row: Option<Row> = sqlx::query_as(
            "select id, parent, digest, format, body, created_at
             from publications order by id desc limit 1",
        )
        .fetch_optional(&self.pool)
        .await?;
        let read = read_apart(row).await?;
        if let Some(read) = &read {
            self.recent.keep(read);
        }
        Ok(read)
    }

    /// Enough to see whether anything was published since, at little cost.
    pub async fn current_publication_id(&self) -> Result<Option<PublicationId>> {
        let id: Option<i64> =
            sqlx::query_scalar("select max(id) from publications").fetch_one(&self.pool).await?;
        Ok(id.map(PublicationId))
    }

    /// The publication that was current at a moment.
    pub async fn publication_id_at(&self, at: DateTime<Utc>) -> Result<Option<PublicationId>> {
        let id: Option<i64> =
            sqlx::query_scalar("select max(id) from publications where created_at <= $1")
                .bind(micros(at))
                .fetch_one(&self.pool)
                .await?;
        Ok(id.map(PublicationId))
    }

    pub async fn publication(&self, id: PublicationId) -> Result<Option<StoredPublication>> {
        let row: Option<Row> = sqlx::query_as(
            "select id, parent, digest, format, body, created_at from publications where id = $1",
        )
        .bind(id.0)
        .fetch_optional(&self.pool)
        .await?;
        read_apart(row).await
    }

    /// The publications in which the notice changed, oldest first.
    pub async fn revisions(&self, notice: &NoticePath) -> Result<Vec<(Digest, PublicationId)>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select digest, publication from revisions
             where program = $1 and notice = $2 order by publication",
        )
        .bind(notice.program.as_str())
        .bind(notice.notice.as_str())
        .fetch_all(&self.pool)
        .await?;
        let read = |(digest, id)| (Digest::from_stored(digest), PublicationId(id));
        Ok(rows.into_iter().map(read).collect())
    }
}

/// Whether `publication` is current, and stays so until the transaction ends.
pub(super) async fn is_current(
    transaction: &mut Write,
    publication: PublicationId,
) -> Result<bool> {
    super::guards::pass(transaction, Guard::Publication).await?;
    let current: Option<i64> = sqlx::query_scalar("select max(id) from publications")
        .fetch_one(&mut **transaction)
        .await?;
    Ok(current == Some(publication.0))
}

/// Notices put in by one statement.
const AT_ONCE: usize = 200;

/// The digest of each notice as it is resolved.
fn revisions_of(publication: &Publication) -> Vec<(NoticePath, Digest)> {
    let notices = publication.workspace.notices();
    let revision = |(program, notice): (&Program, &Notice)| {
        let path = NoticePath { program: program.id.clone(), notice: notice.id.clone() };
        (path, program.revision(notice))
    };
    notices.map(revision).collect()
}

/// Records those that are not as they were in the publication in which they changed last.
async fn record_revisions(
    transaction: &mut Write,
    id: i64,
    revisions: &[(NoticePath, Digest)],
) -> Result<()> {
    let latest: Vec<(String, String, String)> = sqlx::query_as(
        "select r.program, r.notice, r.digest from revisions r
         where not exists (select 1 from revisions n where n.program = r.program
            and n.notice = r.notice and n.publication > r.publication)",
    )
    .fetch_all(&mut **transaction)
    .await?;
    let latest: HashMap<(&str, &str), &str> = latest
        .iter()
        .map(|(program, notice, digest)| ((program.as_str(), notice.as_str()), digest.as_str()))
        .collect();
    let changed: Vec<_> = revisions
        .iter()
        .filter(|(NoticePath { program, notice }, digest)| {
            latest.get(&(program.as_str(), notice.as_str())) != Some(&digest.as_str())
        })
        .collect();
    for some in changed.chunks(AT_ONCE) {
        let sql = format!(
            "insert into revisions (program, notice, digest, publication) values {}",
            value_rows(some.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (NoticePath { program, notice }, digest) in some {
            query = query.bind(program.as_str()).bind(notice.as_str());
            query = query.bind(digest.as_str()).bind(id);
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// The publication that was read last, while anybody holds it: the web side and the
/// following up of rounds look at the same one.
#[derive(Clone, Default)]
pub(super) struct Recent(Arc<Mutex<Option<Kept>>>);

struct Kept {
    /// Without the workspace, which is the larger part by far.
    frame: StoredPublication,
    workspace: Weak<Workspace>,
}

impl Recent {
    fn keep(&self, read: &StoredPublication) {
        let workspace = Arc::downgrade(&read.publication.workspace);
        let StoredPublication { id, parent, created_at, .. } = *read;
        let Publication { format, templates, zone_data, .. } = &read.publication;
        let (templates, zone_data) = (templates.clone(), zone_data.clone());
        let empty = Arc::default();
        let publication = Publication { format: *format, workspace: empty, templates, zone_data };
        let digest = read.digest.clone();
        let frame = StoredPublication { id, parent, digest, created_at, publication };
        // Nothing in here can leave it half changed.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Kept { frame, workspace });
    }

    fn find(&self, id: PublicationId) -> Option<StoredPublication> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| kept.frame.id == id)?;
        let mut found = kept.frame.clone();
        found.publication.workspace = kept.workspace.upgrade()?;
        Some(found)
    }
}

/// Reading a large publication keeps a thread busy for a while, which is none of
/// those that answer.
async fn read_apart(row: Option<Row>) -> Result<Option<StoredPublication>> {
    let Some(row) = row else { return Ok(None) };
    let reading = tokio::task::spawn_blocking(move || read(row)).await;
    let broken = |failure: tokio::task::JoinError| {
        StoreError::unreadable("a publication")(failure.to_string())
    };
    reading.map_err(broken)?.map(Some)
}

fn read((id, parent, digest, format, body, created_at): Row) -> Result<StoredPublication> {
    if format > i64::from(PUBLICATION_FORMAT) {
        return Err(StoreError::Newer { id, format });
    }
    let publication = serde_json::from_str(&body)
        .map_err(|bad| StoreError::unreadable("a publication")(bad.to_string()))?;
    Ok(StoredPublication {
        id: PublicationId(id),
        parent: (parent != NO_PARENT).then_some(PublicationId(parent)),
        digest: Digest::from_stored(digest),
        created_at: instant(created_at)?,
        publication,
    })
}
