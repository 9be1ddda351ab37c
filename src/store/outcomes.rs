//! Recording what became of attempts, many in one commit.

use super::feedback::suppress_recipient;
use super::nodes::NodeId;
use super::{Result, Store, Write, digests};
use crate::notice::Outcome;
use std::collections::BTreeSet;
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
        let rows: Vec<i64> = reports.iter().map(|report| report.row()).collect();
        let digests = digests::among(&mut transaction, &rows).await?;
        for report in reports {
            put(&mut transaction, (node, &digests), now, report).await?;
        }
        Ok(transaction.commit().await?)
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

/// Puts one report on record. Of the rows, `digests` are those that bundle others.
pub(super) async fn put(
    transaction: &mut Write,
    (node, digests): (NodeId, &BTreeSet<i64>),
    now: i64,
    report: &Report,
) -> Result<()> {
    match report {
        Report::Returned { row } => give_back(transaction, node, *row).await,
        Report::Gone { row, reply, reason } => {
            let outcome = Outcome::Rejected;
            let attempt = Attempt { row: *row, outcome, reply, next_attempt: None };
            attempt.record(transaction, node, now, digests).await?;
            suppress_recipient(transaction, *row, reason, now).await
        }
        Report::Attempted { row, outcome, reply, retry_in } => {
            let next_attempt = retry_in.map(|wait| {
                now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX))
            });
            let attempt = Attempt { row: *row, outcome: *outcome, reply, next_attempt };
            attempt.record(transaction, node, now, digests).await
        }
    }
}

struct Attempt<'a> {
    row: i64,
    outcome: Outcome,
    reply: &'a str,
    next_attempt: Option<i64>,
}

impl Attempt<'_> {
    /// An acceptance counts whoever holds the row by now, for the message is
    /// with the reader. Anything else counts only while the row is this node's.
    async fn record(
        &self,
        transaction: &mut Write,
        node: NodeId,
        now: i64,
        digests: &BTreeSet<i64>,
    ) -> Result<()> {
        let is_final = self.next_attempt.is_none();
        sqlx::query(
            "update outbox set state = $2, outcome = $3, reply = $4, attempts = attempts + 1,
                next_attempt = $5, settled_at = $6, node = null, claimed_at = null
             where id = $1 and ($3 = 'accepted' or (state = 'claimed' and node = $7))",
        )
        .bind(self.row)
        .bind(if is_final { "settled" } else { "waiting" })
        .bind(self.outcome.as_str())
        .bind(self.reply)
        .bind(self.next_attempt.unwrap_or(now))
        .bind(is_final.then_some(now))
        .bind(node.0)
        .execute(&mut **transaction)
        .await?;
        note(transaction, (self.row, node), now, self.outcome, self.reply).await?;
        if digests.contains(&self.row) {
            digests::follow(transaction, (self.row, node), now, self.outcome, self.reply).await?;
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
