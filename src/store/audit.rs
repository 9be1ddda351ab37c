//! The record of what the office did. Nothing in it is changed or deleted.

use super::{Result, Store, instant, micros};
use chrono::{DateTime, Utc};

/// Something that somebody of the office did.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    pub actor: &'a str,
    /// A verb, such as `approved`.
    pub action: &'a str,
    /// A notice's path, a program, a token's name: what it was done to.
    pub subject: &'a str,
    /// What else somebody would want to know of it; no address in full.
    pub detail: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDeed {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
}

impl Store {
    pub async fn record_deed(&self, deed: &Deed<'_>, at: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into audit (at, actor, action, subject, detail) values ($1, $2, $3, $4, $5)",
        )
        .bind(micros(at))
        .bind(deed.actor)
        .bind(deed.action)
        .bind(deed.subject)
        .bind(deed.detail)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Deeds before the number `before`, the latest first; `most` of them.
    pub async fn deeds(&self, before: Option<i64>, most: i64) -> Result<Vec<StoredDeed>> {
        let rows: Vec<(i64, i64, String, String, String, String)> = sqlx::query_as(
            "select id, at, actor, action, subject, detail from audit
             where id < $1 order by id desc limit $2",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(id, at, actor, action, subject, detail)| {
                Ok(StoredDeed { id, at: instant(at)?, actor, action, subject, detail })
            })
            .collect()
    }
}
