//! Occasions: one row for each reason to write, and how far it was filled.

use super::guards::Guard;
use super::publications::PublicationId;
use super::{Result, Store, StoreError, Topic, micros};
use crate::notice::{Carrier, Digest, NoticePath, Occasion, OccasionKind, ProgramId};
use chrono::{DateTime, Utc};

/// What makes an occasion, before anything was written for it.
#[derive(Debug, Clone)]
pub struct NewOccasion {
    pub occasion: Occasion,
    pub revision: Digest,
    pub publication: PublicationId,
    /// Who sends it, where that is known from the beginning.
    pub carrier: Option<Carrier>,
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
    /// Who sends it, once it is entrusted to somebody.
    pub carrier: Option<Carrier>,
    /// The last subscriber looked at.
    pub cursor: i64,
    pub filled: i64,
    pub canary: Option<i64>,
    /// Whether the last subscriber was looked at.
    pub is_filled: bool,
    pub created_at: DateTime<Utc>,
}

impl StoredOccasion {
    /// Whether what follows an announcement comes by itself. A canary that did not
    /// reach everybody is not an announcement yet.
    pub fn is_followed(&self) -> bool {
        self.carrier.is_some() && (self.is_filled || self.canary.is_none())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    program: String,
    subject: String,
    kind: String,
    key: String,
    revision: String,
    publication: i64,
    carrier: String,
    cursor: i64,
    filled: i64,
    canary: Option<i64>,
    filled_at: Option<i64>,
    created_at: i64,
}

const COLUMNS: &str = "select id, program, subject, kind, key, revision, publication, carrier, \
     cursor, filled, canary, filled_at, created_at from occasions";

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
            "insert into occasions
                (program, subject, kind, key, revision, publication, created_at, carrier)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (subject, kind, key) do nothing",
        )
        .bind(notice.program.as_str())
        .bind(notice.to_string())
        .bind(kind.as_str())
        .bind(key.as_str())
        .bind(new.revision.as_str())
        .bind(new.publication.get())
        .bind(micros(at))
        .bind(new.carrier.map_or("", Carrier::as_str))
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

    /// Everything that was ever written about, by name.
    pub async fn subjects(&self) -> Result<Vec<String>> {
        let subjects =
            sqlx::query_scalar("select distinct subject from occasions order by subject");
        Ok(subjects.fetch_all(&self.pool).await?)
    }

    /// All occasions, oldest first, but those of one recipient alone: confirmations,
    /// tests, and what is said about webhooks.
    pub async fn occasions(&self) -> Result<Vec<StoredOccasion>> {
        let sql = format!(
            "{COLUMNS} where kind not in ('confirmation', 'webhook', 'test', 'drift')
             order by id"
        );
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await?;
        rows.into_iter().map(read).collect()
    }

    /// What was written about a notice so far, oldest first.
    pub async fn occasions_about(&self, notice: &NoticePath) -> Result<Vec<StoredOccasion>> {
        let sql = format!("{COLUMNS} where subject = $1 order by id");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(notice.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Every announcement that was begun.
    pub async fn announcements(&self) -> Result<Vec<StoredOccasion>> {
        let sql = format!("{COLUMNS} where kind = $1 order by id");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(OccasionKind::Announcement.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Whether an announcement is being filled by somebody who began after
    /// `since`.
    pub async fn is_announcing(&self, since: DateTime<Utc>) -> Result<bool> {
        let filling: i64 = sqlx::query_scalar(
            "select count(*) from occasions
             where kind = $1 and filled_at is null and canary is null and begun_at > $2",
        )
        .bind(OccasionKind::Announcement.as_str())
        .bind(micros(since))
        .fetch_one(&self.pool)
        .await?;
        Ok(filling > 0)
    }

    /// Has everyone without a row looked at again, and leaves the occasion with
    /// its carrier.
    pub async fn look_again(&self, occasion: i64, at: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "update occasions set cursor = 0, filled_at = null, begun_at = $2 where id = $1",
        )
        .bind(occasion)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        super::guards::pass(&mut transaction, Guard::Occasions).await?;
        Ok(transaction.commit().await?)
    }

    /// Sets how far filling may go, and has everyone without a row looked at
    /// again: whoever was passed over may have come to be affected since. Until
    /// the round is entrusted to a carrier, only who asks for it by name sends it.
    pub async fn resume_filling(
        &self,
        occasion: i64,
        canary: Option<i64>,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "update occasions set canary = $2, cursor = 0, filled_at = null, carrier = '',
                begun_at = $3
             where id = $1",
        )
        .bind(occasion)
        .bind(canary)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        super::guards::pass(&mut transaction, Guard::Occasions).await?;
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
        super::guards::pass(&mut transaction, Guard::Occasions).await?;
        self.tell(&mut transaction, Topic::Outbox).await?;
        Ok(transaction.commit().await?)
    }

    /// Nobody is left after `cursor`. Nothing happens where it was moved
    /// meanwhile: somebody has everyone looked at again.
    pub async fn finish_filling(
        &self,
        occasion: i64,
        cursor: i64,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query("update occasions set filled_at = $3 where id = $1 and cursor = $2")
            .bind(occasion)
            .bind(cursor)
            .bind(micros(at))
            .execute(&mut *transaction)
            .await?;
        super::guards::pass(&mut transaction, Guard::Occasions).await?;
        Ok(transaction.commit().await?)
    }
}

pub(super) fn kind(stored: &str) -> Result<OccasionKind> {
    let unreadable = StoreError::unreadable("an occasion");
    let mut known = OccasionKind::ALL.into_iter();
    known
        .find(|known| known.as_str() == stored)
        .ok_or_else(|| unreadable(format!("its kind is `{stored}`")))
}

/// Nothing for an occasion that was entrusted to nobody.
pub(super) fn carrier(stored: &str) -> Option<Carrier> {
    [Carrier::Smtp, Carrier::Files].into_iter().find(|known| known.as_str() == stored)
}

fn read(row: Row) -> Result<StoredOccasion> {
    Ok(StoredOccasion {
        id: row.id,
        program: super::subscribers::parsed("an occasion", &row.program)?,
        subject: row.subject,
        kind: kind(&row.kind)?,
        key: row.key,
        revision: Digest::from_stored(row.revision),
        publication: PublicationId::stored(row.publication),
        carrier: carrier(&row.carrier),
        cursor: row.cursor,
        filled: row.filled,
        canary: row.canary,
        is_filled: row.filled_at.is_some(),
        created_at: super::instant(row.created_at)?,
    })
}
