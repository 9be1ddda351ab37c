//! How far the readers of each notice were told its present revision, and who
//! joined since the last look.

use super::publications::PublicationId;
use super::tellings::numbered;
use super::{Result, Store, micros};
use crate::notice::{Digest, NoticePath};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// How far telling a revision got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldNotice {
    pub subject: String,
    pub revision: Digest,
    pub publication: PublicationId,
    /// Whether nothing is open any more.
    pub is_settled: bool,
}

type Row = (String, String, i64, i64);

impl Store {
    pub async fn told_notice(&self, notice: &NoticePath) -> Result<Option<ToldNotice>> {
        let row: Option<Row> = sqlx::query_as(
            "select subject, revision, publication, is_settled
             from told_notices where subject = $1",
        )
        .bind(notice.to_string())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(read))
    }

    pub async fn put_told_notice(&self, told: &ToldNotice, at: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into told_notices
                (subject, revision, publication, is_settled, updated_at)
             values ($1, $2, $3, $4, $5)
             on conflict (subject) do update set revision = excluded.revision,
                publication = excluded.publication, is_settled = excluded.is_settled,
                updated_at = excluded.updated_at",
        )
        .bind(told.subject.as_str())
        .bind(told.revision.as_str())
        .bind(told.publication.get())
        .bind(i64::from(told.is_settled))
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Subscribers whose interests were added to since they were last looked at,
    /// and how often; at most `limit`.
    pub async fn joined(&self, limit: i64) -> Result<Vec<(i64, i64)>> {
        Ok(sqlx::query_as("select subscriber, times from joined order by subscriber limit $1")
            .bind(limit)
            .fetch_all(&self.pool)
            .await?)
    }

    /// They were looked at, but for those who joined again meanwhile.
    pub async fn looked_at(&self, joined: &[(i64, i64)]) -> Result<()> {
        let mut transaction = self.write().await?;
        for some in joined.chunks(JOINED_PER_STATEMENT) {
            let mut clauses = Vec::with_capacity(some.len());
            for n in 0..some.len() {
                clauses.push(format!("(${}, ${})", 2 * n + 1, 2 * n + 2));
            }
            let sql = format!(
                "delete from joined where (subscriber, times) in (values {})",
                clauses.join(", ")
            );
            let query = sqlx::query(AssertSqlSafe(sql));
            let bound = some.iter().fold(query, |query, (id, times)| query.bind(id).bind(times));
            bound.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Which of these recipients have a message of any of the occasions.
    pub async fn already_written_to(
        &self,
        occasions: &[i64],
        recipients: &[i64],
    ) -> Result<Vec<i64>> {
        let mut found = Vec::new();
        for occasion in occasions {
            for some in recipients.chunks(JOINED_PER_STATEMENT) {
                let sql = format!(
                    "select recipient from outbox where occasion = $1 and recipient in ({})",
                    numbered(some.len(), 2)
                );
                let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(occasion);
                let query = some.iter().fold(query, |query, id| query.bind(id));
                found.extend(query.fetch_all(&self.pool).await?);
            }
        }
        Ok(found)
    }
}

/// Two values each, far below any database's limit on values.
const JOINED_PER_STATEMENT: usize = 500;

fn read((subject, revision, publication, is_settled): Row) -> ToldNotice {
    ToldNotice {
        subject,
        revision: Digest::from_stored(revision),
        publication: PublicationId::stored(publication),
        is_settled: is_settled != 0,
    }
}
