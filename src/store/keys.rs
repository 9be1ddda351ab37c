//! Secrets that are made once and kept: the keys of links, and the key by
//! which suppressed mailboxes are hashed.

use super::{Result, Store, StoreError, Turn, Write, instant, micros};
use chrono::{DateTime, Utc};
use secrecy::SecretSlice;

/// A key of links, with the number that tokens name it by.
pub struct LinkSecret {
    pub id: u32,
    pub secret: SecretSlice<u8>,
}

/// A key of links as a list shows it: never the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedKey {
    pub id: i64,
    pub created_at: DateTime<Utc>,
}

/// 256 bits, as wide as the hash they are used with.
const SECRET_BYTES: usize = 32;
const LINKS: &str = "links";
const MAILBOXES: &str = "mailboxes";

impl Store {
    /// All keys of links, oldest first; the first is made when there is none.
    pub async fn link_secrets(&self, at: DateTime<Utc>) -> Result<Vec<LinkSecret>> {
        self.secrets(LINKS, at).await
    }

    /// A new key of links. Tokens signed with the older ones stay good.
    pub async fn rotate_link_secret(&self, at: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.write().await?;
        make(&mut transaction, LINKS, at).await?;
        Ok(transaction.commit().await?)
    }

    /// The keys of links, oldest first; the last one signs.
    pub async fn listed_keys(&self) -> Result<Vec<ListedKey>> {
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("select id, created_at from keys where purpose = $1 order by id")
                .bind(LINKS)
                .fetch_all(&self.pool)
                .await?;
        let listed = |(id, at)| Ok(ListedKey { id, created_at: instant(at)? });
        rows.into_iter().map(listed).collect()
    }

    /// The key that mailboxes are hashed with. It is never rotated: the hashes
    /// could not be made again, for the addresses may be gone.
    pub async fn mailbox_secret(&self, at: DateTime<Utc>) -> Result<SecretSlice<u8>> {
        let mut secrets = self.secrets(MAILBOXES, at).await?;
        Ok(secrets.swap_remove(0).secret)
    }

    /// Never empty.
    async fn secrets(&self, purpose: &str, at: DateTime<Utc>) -> Result<Vec<LinkSecret>> {
        let stored = "select id, secret from keys where purpose = $1 order by id";
        let mut transaction = self.write_alone(Turn::MakingKeys).await?;
        let mut rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as(stored).bind(purpose).fetch_all(&mut *transaction).await?;
        if rows.is_empty() {
            make(&mut transaction, purpose, at).await?;
            rows = sqlx::query_as(stored).bind(purpose).fetch_all(&mut *transaction).await?;
        }
        transaction.commit().await?;
        rows.into_iter()
            .map(|(id, secret)| {
                let id = u32::try_from(id)
                    .map_err(|bad| StoreError::unreadable("a key")(bad.to_string()))?;
                Ok(LinkSecret { id, secret: SecretSlice::from(secret) })
            })
            .collect()
    }
}

async fn make(transaction: &mut Write, purpose: &str, at: DateTime<Utc>) -> Result<()> {
    let mut secret = vec![0; SECRET_BYTES];
    getrandom::fill(&mut secret)
        .map_err(|bad| StoreError::unreadable("the machine's randomness")(bad.to_string()))?;
    sqlx::query("insert into keys (purpose, secret, created_at) values ($1, $2, $3)")
        .bind(purpose)
        .bind(secret)
        .bind(micros(at))
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
