//! Who must not be written to, and why. Known by hash, so that it outlives
//! the person's data.

use super::{Result, Store, micros};
use crate::notice::ProgramId;
use chrono::{DateTime, Utc};

/// How far a suppression reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// An unsubscribing: this program and no other.
    Program(ProgramId),
    /// A mailbox that bounces or complains.
    Everywhere,
}

/// No program can be called so.
const EVERYWHERE: &str = "*";

impl Scope {
    fn as_str(&self) -> &str {
        match self {
            Self::Program(program) => program.as_str(),
            Self::Everywhere => EVERYWHERE,
        }
    }
}

impl Store {
    /// Whether this made a difference: the first reason and time are kept.
    pub async fn suppress(
        &self,
        mailbox: &[u8],
        scope: &Scope,
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "insert into suppressions (mailbox, scope, reason, at) values ($1, $2, $3, $4)
             on conflict (mailbox, scope) do nothing",
        )
        .bind(mailbox)
        .bind(scope.as_str())
        .bind(reason)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// The reason for which this mailbox hears nothing of `program`.
    pub async fn suppression(&self, mailbox: &[u8], program: &ProgramId) -> Result<Option<String>> {
        Ok(sqlx::query_scalar(
            "select reason from suppressions
             where mailbox = $1 and scope in ($2, $3) order by scope limit 1",
        )
        .bind(mailbox)
        .bind(program.as_str())
        .bind(EVERYWHERE)
        .fetch_optional(&self.pool)
        .await?)
    }
}
