//! Tokens of the office: who may act for it, how far, and until when. Their
//! secrets are not here, nor how they are hashed.

use super::{Result, Store, StoreError, instant, micros};
use crate::notice::OfficeScope;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    pub name: &'a str,
    pub scope: OfficeScope,
    pub secret_hash: &'a [u8],
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    pub id: i64,
    pub name: String,
    pub scope: OfficeScope,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

pub(super) type TokenRow = (i64, String, String, i64, Option<i64>, Option<i64>);

const COLUMNS: &str = "id, name, scope, created_at, expires_at, revoked_at";

impl Store {
    /// The number of a new token, or nothing where the name is taken.
    pub async fn put_token(&self, token: &NewToken<'_>, at: DateTime<Utc>) -> Result<Option<i64>> {
        let mut transaction = self.write().await?;
        let id: Option<i64> = sqlx::query_scalar(
            "insert into tokens (name, scope, secret_hash, created_at, expires_at)
             values ($1, $2, $3, $4, $5) on conflict (name) do nothing returning id",
        )
        .bind(token.name)
        .bind(token.scope.as_str())
        .bind(token.secret_hash)
        .bind(micros(at))
        .bind(token.expires_at.map(micros))
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// A token with the hash of its secret.
    pub async fn token(&self, id: i64) -> Result<Option<(StoredToken, Vec<u8>)>> {
        let sql = format!("select {COLUMNS} from tokens where id = $1");
        let row: Option<TokenRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(None) };
        let hash = sqlx::query_scalar("select secret_hash from tokens where id = $1")
            .bind(id)
            .fetch_one(&self.pool)
            .await?;
        Ok(Some((read_token(row)?, hash)))
    }

    /// All tokens there ever were, oldest first.
    pub async fn tokens(&self) -> Result<Vec<StoredToken>> {
        let sql = format!("select {COLUMNS} from tokens order by id");
        let rows: Vec<TokenRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await?;
        rows.into_iter().map(read_token).collect()
    }

    /// Whether there was such a token that was still good.
    pub async fn revoke_token(&self, name: &str, at: DateTime<Utc>) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done =
            sqlx::query("update tokens set revoked_at = $2 where name = $1 and revoked_at is null")
                .bind(name)
                .bind(micros(at))
                .execute(&mut *transaction)
                .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

pub(super) fn read_token(
    (id, name, scope, created_at, expires_at, revoked_at): TokenRow,
) -> Result<StoredToken> {
    Ok(StoredToken {
        id,
        name,
        scope: scope.parse().map_err(|_| StoreError::unreadable("a token")(scope))?,
        created_at: instant(created_at)?,
        expires_at: expires_at.map(instant).transpose()?,
        revoked_at: revoked_at.map(instant).transpose()?,
    })
}
