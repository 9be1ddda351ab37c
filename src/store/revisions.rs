//! Revisions of notices: in which publications a notice changed, and what was
//! worked out of each.

use super::{PublicationId, Result, Store, StoreError, instant};
use crate::notice::{Digest, NoticePath};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// A publication in which a notice changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The store's number of it.
    pub id: i64,
    pub digest: Digest,
    pub publication: PublicationId,
    /// Of the publication.
    pub published_as: Digest,
    pub published_at: DateTime<Utc>,
    /// What changed since the revision before it, where that was kept in the format
    /// asked for.
    pub changes: Option<String>,
}

type Row = (i64, String, i64, String, i64, Option<String>);

impl Store {
    /// The revisions of a notice up to a publication, newest first, with their changes
    /// in `format`.
    pub async fn revisions_of(
        &self,
        notice: &NoticePath,
        until: PublicationId,
        format: i64,
    ) -> Result<Vec<Revision>> {
        let rows: Vec<Row> = sqlx::query_as(
            "select r.id, r.digest, p.id, p.digest, p.created_at, c.changes
             from revisions r join publications p on p.id = r.publication
             left join revision_changes c on c.revision = r.id and c.format = $4
             where r.program = $1 and r.notice = $2 and r.publication <= $3
             order by r.publication desc",
        )
        .bind(notice.program.as_str())
        .bind(notice.notice.as_str())
        .bind(until.get())
        .bind(format)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(read).collect()
    }

    /// Keeps what changed in a revision, for whoever asks next.
    pub async fn keep_changes(&self, revision: i64, format: i64, changes: &str) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into revision_changes (revision, format, changes) values ($1, $2, $3)
             on conflict (revision) do update set format = $2, changes = $3",
        )
        .bind(revision)
        .bind(format)
        .bind(changes)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// The notices with a revision in the publications after one and up to another.
    pub async fn revised(
        &self,
        after: Option<PublicationId>,
        until: PublicationId,
    ) -> Result<BTreeSet<NoticePath>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select distinct program, notice from revisions
             where publication > $1 and publication <= $2",
        )
        .bind(after.map_or(0, PublicationId::get))
        .bind(until.get())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(path).collect()
    }
}

fn read((id, digest, publication, published_as, at, changes): Row) -> Result<Revision> {
    Ok(Revision {
        id,
        digest: Digest::from_stored(digest),
        publication: PublicationId::numbered(publication),
        published_as: Digest::from_stored(published_as),
        published_at: instant(at)?,
        changes,
    })
}

fn path((program, notice): (String, String)) -> Result<NoticePath> {
    let unreadable = || StoreError::unreadable("a revision")(format!("{program}/{notice}"));
    match (program.parse(), notice.parse()) {
        (Ok(program), Ok(notice)) => Ok(NoticePath { program, notice }),
        _ => Err(unreadable()),
    }
}
