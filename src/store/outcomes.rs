//! Recording what became of attempts, many in one commit.

use super::feedback::suppress_recipient;
use super::nodes::NodeId;
use super::{Result, Store, Write, digests};
use crate::notice::Outcome;
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    Attempted {
        row: i64,
        outcome: Outcome,
        reply: String,
        /// For outcomes that are tried again.
        retry_in: Option<Duration>,
    },
    /// Rejected because nobody can be reached there: the recipient is written to
    /// no more, for the reason given.
    Gone { row: i64, reply: String, reason: String },
    /// Nothing was attempted: the message goes back as it was.
    Returned { row: i64 },
}

impl Report {
    fn row(&self) -> i64 {
        match self {
            Self::Attempted { row, .. } | Self::Gone { row, .. } | Self::Returned { row } => *row,
        }
    }
}

impl Store {
    /// Records all reports in one transaction: they are safe when this returns.
    pub async fn record(&self, node: NodeId, reports: &[Report]) -> Result<()> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        // In one order everywhere, so that no two transactions wait for each other.
        let mut reports: Vec<&Report> = reports.iter().collect();
        reports.sort_by_key(|report| report.row());
        self.put(&mut transaction, node, now, &reports).await?;
        Ok(transaction.commit().await?)
    }

    /// The same, within a transaction of somebody else's.
    pub(super) async fn put(
        &self,
        transaction: &mut Write,
        node: NodeId,
        now: i64,
        reports: &[&Report],
    ) -> Result<()> {
        let attempts: Vec<Attempt<'_>> =
            reports.iter().filter_map(|report| Attempt::of(report, now)).collect();
        self.record_attempts(transaction, node, now, &attempts).await?;
        self.follow_digests(transaction, node, now, &attempts).await?;
        for report in reports {
            match report {
                Report::Returned { row } => give_back(transaction, node, *row).await?,
                Report::Gone { row, reason, .. } => {
                    suppress_recipient(transaction, *row, reason, now).await?;
                }
                Report::Attempted { .. } => {}
            }
        }
        Ok(())
    }

    /// Every attempt made for a row, oldest first: the outcome and the reply.
    pub async fn attempts(&self, row: i64) -> Result<Vec<(Outcome, String)>> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select outcome, reply from attempts where outbox = $1 order by id")
                .bind(row)
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter()
            .map(|(outcome, reply)| Ok((super::outbox::named(&outcome)?, reply)))
            .collect()
    }
}

struct Attempt<'a> {
    row: i64,
    outcome: Outcome,
    reply: &'a str,
    next_attempt: Option<i64>,
}

impl<'a> Attempt<'a> {
    /// `None` where nothing was attempted.
    fn of(report: &'a Report, now: i64) -> Option<Self> {
        let (row, outcome, reply, retry_in) = match report {
            Report::Returned { .. } => return None,
            Report::Gone { row, reply, .. } => (*row, Outcome::Rejected, reply, &None),
            Report::Attempted { row, outcome, reply, retry_in } => {
                (*row, *outcome, reply, retry_in)
            }
        };
        let next_attempt = retry_in
            .map(|wait| now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)));
        Some(Self { row, outcome, reply, next_attempt })
    }

    /// As a statement reads it from a list.
    fn listed(&self) -> serde_json::Value {
        let state = if self.next_attempt.is_none() { "settled" } else { "waiting" };
        // PostgreSQL holds no such character, and a record must never be refused.
        let reply = self.reply.replace('\0', " ");
        serde_json::json!([self.row, state, self.outcome.as_str(), reply, self.next_attempt])
    }
}

impl Store {
    /// An acceptance counts whoever holds the row by now, for the message is
    /// with the reader. Anything else counts only while the row is this node's.
    async fn record_attempts(
        &self,
        transaction: &mut Write,
        node: NodeId,
        now: i64,
        attempts: &[Attempt<'_>],
    ) -> Result<()> {
        if attempts.is_empty() {
            return Ok(());
        }
        let rows: serde_json::Value = attempts.iter().map(Attempt::listed).collect();
        let (rows, listed) = (rows.to_string(), self.dialect.elements("$1"));
        let update = format!(
            "update outbox set state = r.state, outcome = r.outcome, reply = r.reply,
                attempts = attempts + 1, next_attempt = coalesce(r.next_attempt, $3),
                settled_at = case when r.next_attempt is null then $3 end,
                node = null, claimed_at = null
             from (select cast(value ->> 0 as bigint) as id, value ->> 1 as state,
                    value ->> 2 as outcome, value ->> 3 as reply,
                    cast(value ->> 4 as bigint) as next_attempt from {listed}) r
             where outbox.id = r.id and (r.outcome = 'accepted'
                or (outbox.state = 'claimed' and outbox.node = $2))"
        );
        let insert = format!(
            "insert into attempts (outbox, at, outcome, reply, node)
             select cast(value ->> 0 as bigint), $3, value ->> 2, value ->> 3, $2 from {listed}"
        );
        for sql in [update, insert] {
            sqlx::query(AssertSqlSafe(sql))
                .bind(rows.as_str())
                .bind(node.0)
                .bind(now)
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }

    /// What is recorded of a digest is recorded of the messages in it.
    async fn follow_digests(
        &self,
        transaction: &mut Write,
        node: NodeId,
        now: i64,
        attempts: &[Attempt<'_>],
    ) -> Result<()> {
        let rows: Vec<i64> = attempts.iter().map(|attempt| attempt.row).collect();
        let digests = digests::among((&mut *transaction, self.dialect), rows).await?;
        for attempt in attempts.iter().filter(|attempt| digests.contains(&attempt.row)) {
            let digest = (attempt.row, node);
            digests::follow(transaction, digest, now, attempt.outcome, attempt.reply).await?;
        }
        Ok(())
    }
}

/// Puts what happened to a row on record, for good.
pub(super) async fn note(
    transaction: &mut Write,
    (row, node): (i64, NodeId),
    now: i64,
    outcome: Outcome,
    reply: &str,
) -> Result<()> {
    sqlx::query(
        "insert into attempts (outbox, at, outcome, reply, node) values ($1, $2, $3, $4, $5)",
    )
    .bind(row)
    .bind(now)
    .bind(outcome.as_str())
    .bind(reply)
    .bind(node.0)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn give_back(transaction: &mut Write, node: NodeId, row: i64) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'waiting', node = null, claimed_at = null
         where id = $1 and state = 'claimed' and node = $2",
    )
    .bind(row)
    .bind(node.0)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
