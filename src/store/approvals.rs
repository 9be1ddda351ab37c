//! Approvals: what somebody of the office approved, and when. What the digests
//! cover is decided elsewhere.

use super::publications::PublicationId;
use super::{Result, Store, instant, micros};
use crate::notice::{Actor, Digest, NoticePath};
use chrono::{DateTime, Utc};

#[derive(Debug, Clone)]
pub struct NewApproval<'a> {
    pub notice: &'a NoticePath,
    pub digest: &'a Digest,
    /// JSON: the digest of each part.
    pub parts: &'a str,
    /// JSON: the forecast that the approver was shown.
    pub forecast: &'a str,
    pub at_most: u64,
    pub publication: PublicationId,
    pub by: &'a Actor,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredApproval {
    pub digest: Digest,
    pub parts: String,
    pub forecast: String,
    pub at_most: u64,
    /// Who approved, by name.
    pub by: String,
    pub at: DateTime<Utc>,
}

type Row = (String, String, String, i64, String, i64);

impl Store {
    pub async fn approve(&self, approval: &NewApproval<'_>, at: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into approvals
                (subject, digest, parts, forecast, at_most, publication, token, approver, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(approval.notice.to_string())
        .bind(approval.digest.as_str())
        .bind(approval.parts)
        .bind(approval.forecast)
        .bind(i64::try_from(approval.at_most).unwrap_or(i64::MAX))
        .bind(approval.publication.get())
        .bind(approval.by.token)
        .bind(approval.by.name.as_str())
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Grows with every approval.
    pub async fn approvals_number(&self) -> Result<i64> {
        let last: Option<i64> =
            sqlx::query_scalar("select max(id) from approvals").fetch_one(&self.pool).await?;
        Ok(last.unwrap_or(0))
    }

    /// Every approval of a notice, the latest first.
    pub async fn approvals(&self, notice: &NoticePath) -> Result<Vec<StoredApproval>> {
        let rows: Vec<Row> = sqlx::query_as(
            "select digest, parts, forecast, at_most, approver, at from approvals
             where subject = $1 order by id desc",
        )
        .bind(notice.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(read).collect()
    }
}

fn read((digest, parts, forecast, at_most, by, at): Row) -> Result<StoredApproval> {
    Ok(StoredApproval {
        digest: Digest::from_stored(digest),
        parts,
        forecast,
        at_most: u64::try_from(at_most).unwrap_or(0),
        by,
        at: instant(at)?,
    })
}
