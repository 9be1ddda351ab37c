//! Recording what became of attempts, many in one commit.

use super::dialect::Dialect;
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
        // In one order everywhere, so that no two transactions wait for each other.
        let mut reports: Vec<&Report> = reports.iter().collect();
        reports.sort_by_key(|report| report.row());
        if self.dialect.writes_several_at_once() && self.record_at_once(node, &reports).await? {
            return Ok(());
        }
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        self.put(&mut transaction, node, now, &reports).await?;
        Ok(transaction.commit().await?)
    }

    /// The same by one statement, which is a transaction of its own: nothing is
    /// asked and answered six times over. `false`, and nothing done, where more
    /// has to follow from a report than its own record.
    async fn record_at_once(&self, node: NodeId, reports: &[&Report]) -> Result<bool> {
        if !reports.iter().all(|report| matches!(report, Report::Attempted { .. })) {
            return Ok(false);
        }
        let attempts: Vec<Attempt<'_>> =
            reports.iter().filter_map(|report| Attempt::of(report)).collect();
        let listed = reported(self.dialect, &self.now_within());
        let sql = format!(
            "{listed}, digests as materialized (select id from reported where {}),
             changed as ({SETTLE} and not exists (select 1 from digests)),
             noted as ({NOTE} where not exists (select 1 from digests))
             select count(*) from digests",
            digests::carries("reported.id")
        );
        // Read to the end: a row comes before the commit, and what is told as safe
        // must be.
        let digests: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(as_list(&attempts))
            .bind(node.0)
            .fetch_all(&self.pool)
            .await?;
        Ok(digests == [0])
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
            reports.iter().filter_map(|report| Attempt::of(report)).collect();
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
    /// Where it is tried again.
    retry_in: Option<Duration>,
}

/// The longest that a message waits for its next attempt, whatever it was told:
/// a sum of times must stay one.
const FARTHEST_RETRY: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl<'a> Attempt<'a> {
    /// `None` where nothing was attempted.
    fn of(report: &'a Report) -> Option<Self> {
        let (row, outcome, reply, retry_in) = match report {
            Report::Returned { .. } => return None,
            Report::Gone { row, reply, .. } => (*row, Outcome::Rejected, reply, &None),
            Report::Attempted { row, outcome, reply, retry_in } => {
                (*row, *outcome, reply, retry_in)
            }
        };
        Some(Self { row, outcome, reply, retry_in: *retry_in })
    }

    /// As a statement reads it from a list.
    fn listed(&self) -> serde_json::Value {
        let wait = self.retry_in.map(|wait| wait.min(FARTHEST_RETRY).as_micros());
        let wait = wait.and_then(|wait| i64::try_from(wait).ok());
        let state = if wait.is_none() { "settled" } else { "waiting" };
        // PostgreSQL holds no such character, and a record must never be refused.
        let reply = self.reply.replace('\0', " ");
        serde_json::json!([self.row, state, self.outcome.as_str(), reply, wait])
    }
}

fn as_list(attempts: &[Attempt<'_>]) -> String {
    attempts.iter().map(Attempt::listed).collect::<serde_json::Value>().to_string()
}

/// What was reported, from the first parameter, and when.
fn reported(dialect: Dialect, now: &str) -> String {
    format!(
        "with reported as materialized (
            select cast(value ->> 0 as bigint) as id, value ->> 1 as state, value ->> 2 as outcome,
                value ->> 3 as reply, cast(value ->> 4 as bigint) as wait from {}),
         clock as materialized (select {now} as now)",
        dialect.elements("$1")
    )
}

/// An acceptance counts whoever holds the row by now, for the message is with the
/// reader. Anything else counts only while the row is this node's.
const SETTLE: &str = "update outbox set state = r.state, outcome = r.outcome, reply = r.reply,
        attempts = attempts + 1, next_attempt = c.now + coalesce(r.wait, 0),
        settled_at = case when r.wait is null then c.now end, node = null, claimed_at = null
     from reported r, clock c
     where outbox.id = r.id and (r.outcome = 'accepted'
        or (outbox.state = 'claimed' and outbox.node = $2))";

const NOTE: &str = "insert into attempts (outbox, at, outcome, reply, node)
     select r.id, c.now, r.outcome, r.reply, $2 from reported r, clock c";

impl Store {
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
        let rows = as_list(attempts);
        let listed = reported(self.dialect, "cast($3 as bigint)");
        for writing in [SETTLE, NOTE] {
            sqlx::query(AssertSqlSafe(format!("{listed} {writing}")))
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
