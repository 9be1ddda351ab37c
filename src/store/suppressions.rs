//! Who must not be written to, and why; and when that was said and taken back.
//! Known by hash, so that it outlives the person's data.

use super::{Result, Store, Write, instant, micros};
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

/// Why something was suppressed or lifted, and who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause<'a> {
    pub reason: &'a str,
    pub author: &'a str,
}

/// Whoever holds a link that was mailed to them.
pub const BY_RECIPIENT: &str = "recipient";
const BY_SERVICE: &str = "service";

/// A suppression or its lifting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionEvent {
    pub at: DateTime<Utc>,
    /// A program, or `*` for all.
    pub scope: String,
    /// `suppressed` or `lifted`
    pub action: String,
    pub reason: String,
    pub author: String,
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
        self.suppress_by(mailbox, scope, Cause { reason, author: BY_SERVICE }, at).await
    }

    pub async fn suppress_by(
        &self,
        mailbox: &[u8],
        scope: &Scope,
        cause: Cause<'_>,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let is_new = suppress(&mut transaction, mailbox, scope.as_str(), cause, at).await?;
        transaction.commit().await?;
        Ok(is_new)
    }

    /// Whether there was anything to lift.
    pub async fn lift(
        &self,
        mailbox: &[u8],
        scope: &Scope,
        cause: Cause<'_>,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let is_lifted = lift(&mut transaction, mailbox, scope.as_str(), cause, at).await?;
        transaction.commit().await?;
        Ok(is_lifted)
    }

    /// All that was ever suppressed and lifted for a mailbox, oldest first.
    pub async fn suppression_events(&self, mailbox: &[u8]) -> Result<Vec<SuppressionEvent>> {
        let rows: Vec<(i64, String, String, String, String)> = sqlx::query_as(
            "select at, scope, action, reason, author from suppression_events
             where mailbox = $1 order by id",
        )
        .bind(mailbox)
        .fetch_all(&self.pool)
        .await?;
        let event = |(at, scope, action, reason, author)| {
            Ok(SuppressionEvent { at: instant(at)?, scope, action, reason, author })
        };
        rows.into_iter().map(event).collect()
    }

    /// What this mailbox must not be written to about, with the reasons.
    pub async fn suppressions_of(&self, mailbox: &[u8]) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query_as(
            "select scope, reason from suppressions where mailbox = $1 order by scope",
        )
        .bind(mailbox)
        .fetch_all(&self.pool)
        .await?)
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

pub(super) async fn suppress(
    transaction: &mut Write,
    mailbox: &[u8],
    scope: &str,
    cause: Cause<'_>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into suppressions (mailbox, scope, reason, at) values ($1, $2, $3, $4)
         on conflict (mailbox, scope) do nothing",
    )
    .bind(mailbox)
    .bind(scope)
    .bind(cause.reason)
    .bind(micros(at))
    .execute(&mut **transaction)
    .await?;
    let is_new = done.rows_affected() > 0;
    if is_new {
        record(transaction, mailbox, (scope, "suppressed"), cause, at).await?;
    }
    Ok(is_new)
}

pub(super) async fn lift(
    transaction: &mut Write,
    mailbox: &[u8],
    scope: &str,
    cause: Cause<'_>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query("delete from suppressions where mailbox = $1 and scope = $2")
        .bind(mailbox)
        .bind(scope)
        .execute(&mut **transaction)
        .await?;
    let is_lifted = done.rows_affected() > 0;
    if is_lifted {
        record(transaction, mailbox, (scope, "lifted"), cause, at).await?;
    }
    Ok(is_lifted)
}

async fn record(
    transaction: &mut Write,
    mailbox: &[u8],
    (scope, action): (&str, &str),
    cause: Cause<'_>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into suppression_events (mailbox, scope, action, reason, author, at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(mailbox)
    .bind(scope)
    .bind(action)
    .bind(cause.reason)
    .bind(cause.author)
    .bind(micros(at))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
