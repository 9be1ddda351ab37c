//! Occasions: one row for each reason to write, and how far it was filled.

use super::publications::PublicationId;
use super::{Result, Store, StoreError, micros};
use crate::notice::{Carrier, Digest, Occasion, OccasionKind, ProgramId};
use chrono::{DateTime, Utc};

/// What makes an occasion, before anything was written for it.
#[derive(Debug, Clone)]
pub struct NewOccasion {
    pub occasion: Occasion,
    pub revision: Digest,
    pub publication: PublicationId,
}

#[derive(Debug, Clone)]
pub struct StoredOccasion {
    pub id: i64,
    pub program: ProgramId,
    /// What it is about: a notice's path.
    pub subject: String,
    pub kind: OccasionKind,
    /// The rung or revision that makes it this occasion and no other.
    pub key: String,
    pub revision: Digest,
    pub publication: PublicationId,
    /// The last subscriber looked at.
    pub cursor: i64,
    pub filled: i64,
    pub canary: Option<i64>,
    /// Whether the last subscriber was looked at.
    pub is_filled: bool,
}

type Row = (i64, String, String, String, String, String, i64, i64, i64, Option<i64>, Option<i64>);

const COLUMNS: &str = "select id, program, subject, kind, key, revision, publication, cursor, filled, \
     canary, filled_at from occasions";

impl Store {
    /// The stored occasion, made now if this is the first time it is named.
    pub async fn open_occasion(
        &self,
        new: &NewOccasion,
        at: DateTime<Utc>,
    ) -> Result<StoredOccasion> {
        let Occasion { notice, kind, key } = &new.occasion;
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into occasions (program, subject, kind, key, revision, publication, created_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (subject, kind, key) do nothing",
        )
        .bind(notice.program.as_str())
        .bind(notice.to_string())
        .bind(kind.as_str())
        .bind(key.as_str())
        .bind(new.revision.as_str())
        .bind(new.publication.get())
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let opened = self.occasion(&new.occasion).await?;
        opened.ok_or_else(|| StoreError::unreadable("an occasion")("it vanished".to_owned()))
    }

    pub async fn occasion(&self, occasion: &Occasion) -> Result<Option<StoredOccasion>> {
        let sql = format!("{COLUMNS} where subject = $1 and kind = $2 and key = $3");
        let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(occasion.notice.to_string())
            .bind(occasion.kind.as_str())
            .bind(occasion.key.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(read).transpose()
    }

    pub async fn occasion_by_id(&self, id: i64) -> Result<Option<StoredOccasion>> {
        let sql = format!("{COLUMNS} where id = $1");
        let row: Option<Row> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&self.pool).await?;
        row.map(read).transpose()
    }

    /// All occasions, oldest first, but confirmations: those are one for each
    /// recipient.
    pub async fn occasions(&self) -> Result<Vec<StoredOccasion>> {
        let sql = format!("{COLUMNS} where kind <> 'confirmation' order by id");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await?;
        rows.into_iter().map(read).collect()
    }

    /// Sets how far filling may go, and has everyone without a row looked at
    /// again: whoever was passed over may have come to be affected since. Until
    /// the round is entrusted to a carrier, only who asks for it by name sends it.
    pub async fn resume_filling(&self, occasion: i64, canary: Option<i64>) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "update occasions set canary = $2, cursor = 0, filled_at = null, carrier = ''
             where id = $1",
        )
        .bind(occasion)
        .bind(canary)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// From now on every process that sends in this way may send the round.
    pub async fn entrust(&self, occasion: i64, carrier: Carrier) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query("update occasions set carrier = $2 where id = $1")
            .bind(occasion)
            .bind(carrier.as_str())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    pub async fn finish_filling(&self, occasion: i64, at: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query("update occasions set filled_at = $2 where id = $1")
            .bind(occasion)
            .bind(micros(at))
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

fn read(row: Row) -> Result<StoredOccasion> {
    let (id, program, subject, kind, key, revision, publication, cursor, filled, canary, filled_at) =
        row;
    let kind = OccasionKind::ALL
        .into_iter()
        .find(|known| known.as_str() == kind)
        .ok_or_else(|| StoreError::unreadable("an occasion")(format!("its kind is `{kind}`")))?;
    Ok(StoredOccasion {
        id,
        program: super::subscribers::parsed("an occasion", &program)?,
        subject,
        kind,
        key,
        revision: Digest::from_stored(revision),
        publication: PublicationId::stored(publication),
        cursor,
        filled,
        canary,
        is_filled: filled_at.is_some(),
    })
}
