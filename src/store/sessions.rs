//! Sessions of the office's browsers. Their secrets are not here.

use super::tokens::{TokenRow, read_token};
use super::{Result, Store, StoredToken, micros};
use chrono::{DateTime, Utc};

impl Store {
    /// Also forgets sessions that are over.
    pub async fn put_session(
        &self,
        secret_hash: &[u8],
        token: i64,
        at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query("delete from sessions where ends_at <= $1")
            .bind(micros(at))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "insert into sessions (secret_hash, token, begun_at, ends_at) values ($1, $2, $3, $4)",
        )
        .bind(secret_hash)
        .bind(token)
        .bind(micros(at))
        .bind(micros(ends_at))
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// The token that the session was begun with, while the session lasts.
    pub async fn session(
        &self,
        secret_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<StoredToken>> {
        let row: Option<TokenRow> = sqlx::query_as(
            "select t.id, t.name, t.scope, t.created_at, t.expires_at, t.revoked_at
             from sessions s join tokens t on t.id = s.token
             where s.secret_hash = $1 and s.ends_at > $2",
        )
        .bind(secret_hash)
        .bind(micros(now))
        .fetch_optional(&self.pool)
        .await?;
        row.map(read_token).transpose()
    }

    pub async fn end_session(&self, secret_hash: &[u8]) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query("delete from sessions where secret_hash = $1")
            .bind(secret_hash)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}
