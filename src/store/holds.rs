//! Holds: who stopped the sending of what, when, and why.

use super::{Result, Store, Topic, digests, instant, micros};
use crate::notice::{NoticePath, ProgramId};
use chrono::{DateTime, Utc};
use std::fmt;
use std::str::FromStr;

/// What is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldScope {
    Everything,
    Program(ProgramId),
    Notice(NoticePath),
}

/// No program can be called so.
const EVERYTHING: &str = "*";

impl HoldScope {
    fn stored(&self) -> String {
        match self {
            Self::Everything => EVERYTHING.to_owned(),
            Self::Program(program) => program.to_string(),
            Self::Notice(path) => path.to_string(),
        }
    }
}

/// As it is said: `everything`, a program, or a notice.
impl fmt::Display for HoldScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            other => f.write_str(&other.stored()),
        }
    }
}

/// A program, or a notice as PROGRAM/NOTICE.
impl FromStr for HoldScope {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text.contains('/') {
            return text.parse().map(Self::Notice).map_err(|bad| format!("{bad}"));
        }
        text.parse().map(Self::Program).map_err(|bad| format!("{bad}"))
    }
}

/// A hold in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub scope: HoldScope,
    pub reason: String,
    pub by: String,
    pub at: DateTime<Utc>,
}

impl Hold {
    /// Whether it stops what is written about `subject`, a notice's path.
    pub fn covers(&self, subject: &str) -> bool {
        match &self.scope {
            HoldScope::Everything => true,
            HoldScope::Notice(path) => path.to_string() == subject,
            HoldScope::Program(program) => {
                subject.split('/').next().is_some_and(|of| of == program.as_str())
            }
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scope, reason, by, at } = self;
        write!(f, "{scope} is held by {by} since {}: {reason}", at.format("%Y-%m-%d %H:%M UTC"))
    }
}

/// Added to a question about occasions `c`: those that nobody holds.
pub(super) const NOT_HELD: &str = "not exists (select 1 from holds h where h.released_at is null \
     and h.scope in ('*', c.program, c.subject))";

impl Store {
    /// Stops sending within `scope`. Whether it was not held already; the first
    /// reason is kept.
    pub async fn hold(&self, hold: &Hold) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "insert into holds (scope, reason, held_by, held_at) values ($1, $2, $3, $4)
             on conflict (scope) where released_at is null do nothing",
        )
        .bind(hold.scope.stored())
        .bind(hold.reason.as_str())
        .bind(hold.by.as_str())
        .bind(micros(hold.at))
        .execute(&mut *transaction)
        .await?;
        if let HoldScope::Notice(path) = &hold.scope {
            digests::without(&mut transaction, &path.to_string(), micros(hold.at)).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends the hold of exactly this scope. Whether there was one.
    pub async fn release_hold(
        &self,
        scope: &HoldScope,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "update holds set released_by = $2, released_at = $3
             where scope = $1 and released_at is null",
        )
        .bind(scope.stored())
        .bind(by)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        self.tell(&mut transaction, Topic::Outbox).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// The holds in force, oldest first.
    pub async fn holds(&self) -> Result<Vec<Hold>> {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
            "select scope, reason, held_by, held_at from holds where released_at is null order by id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(scope, reason, by, at)| {
                Ok(Hold { scope: read(&scope)?, reason, by, at: instant(at)? })
            })
            .collect()
    }
}

fn read(scope: &str) -> Result<HoldScope> {
    Ok(match scope {
        EVERYTHING => HoldScope::Everything,
        notice if notice.contains('/') => {
            HoldScope::Notice(super::subscribers::parsed("a hold", notice)?)
        }
        program => HoldScope::Program(super::subscribers::parsed("a hold", program)?),
    })
}
