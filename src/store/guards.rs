//! Rows that two kinds of writers both write to, so that neither looks past the
//! other.
//!
//! On PostgreSQL a transaction sees what others had committed when each of its
//! statements began: whoever fills the outbox might find a publication current
//! that is not by the time it commits. Writing to the same row first makes one
//! wait for the other. SQLite has one writer at a time anyway.

use super::{Result, Store};
use sqlx::{Any, Transaction};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Publishing, and filling under a publication.
    Publication,
    /// Whatever decides which announcements rounds follow up.
    Occasions,
}

impl Guard {
    fn as_str(self) -> &'static str {
        match self {
            Self::Publication => "publication",
            Self::Occasions => "occasions",
        }
    }
}

/// Waits for others that passed, and keeps later ones waiting until the
/// transaction ends.
pub(super) async fn pass(transaction: &mut Transaction<'_, Any>, guard: Guard) -> Result<()> {
    sqlx::query(
        "insert into guards (name, number) values ($1, 1)
         on conflict (name) do update set number = guards.number + 1",
    )
    .bind(guard.as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl Store {
    /// A number that grows whenever an announcement is begun, filled or
    /// entrusted.
    pub async fn occasions_number(&self) -> Result<i64> {
        let number: Option<i64> = sqlx::query_scalar("select number from guards where name = $1")
            .bind(Guard::Occasions.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(number.unwrap_or(0))
    }
}
