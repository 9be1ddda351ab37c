//! How sending stands as a whole: for `status` and for metrics. Every question
//! is answered by an index, however long the history.

use super::nodes::NodeId;
use super::{Result, Store, instant};
use crate::notice::{Outcome, ProgramId};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// A node that fell silent longer ago is history.
const REMEMBERED_US: i64 = 3_600_000_000;

/// The queue and who works on it, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// In the database's time.
    pub at: DateTime<Utc>,
    /// Waiting, whether due or not, without those put aside.
    pub waiting: i64,
    /// Put aside because their domain is out of tokens.
    pub throttled: i64,
    /// Waiting for webhooks.
    pub calls: i64,
    pub claimed: i64,
    pub gathered: Vec<Gathering>,
    /// Since when the longest waiting message is due that nobody holds.
    pub oldest_due: Option<DateTime<Utc>>,
    pub dead: i64,
    pub rejected: i64,
    /// Reports that came back, by kind.
    pub feedback: Vec<(String, i64)>,
    pub nodes_alive: i64,
    /// Fell silent within the last hour without taking leave.
    pub nodes_stale: i64,
    pub pauses: Vec<NodePause>,
}

/// What waits for weekly digests of one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    pub program: ProgramId,
    pub messages: i64,
    /// When the next of the digests leave.
    pub next: DateTime<Utc>,
}

/// A node that waits for its mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePause {
    pub node: String,
    pub reason: String,
    pub until: DateTime<Utc>,
}

impl Store {
    pub async fn overview(&self) -> Result<Overview> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        // Only the time was wanted; nothing keeps others waiting from here on.
        transaction.commit().await?;
        let counted = async |sql: &'static str| -> Result<i64> {
            Ok(sqlx::query_scalar(sql).fetch_one(&self.pool).await?)
        };
        let since = now - REMEMBERED_US;
        let nodes: (i64, i64) = sqlx::query_as(
            "select count(case when heartbeat >= $1 - lifetime then 1 end),
                    count(case when heartbeat < $1 - lifetime then 1 end)
             from nodes where heartbeat > $2",
        )
        .bind(now)
        .bind(since)
        .fetch_one(&self.pool)
        .await?;
        Ok(Overview {
            at: instant(now)?,
            waiting: counted("select count(*) from outbox where state = 'waiting' and parked = 0")
                .await?,
            throttled: counted(
                "select count(*) from outbox where state = 'waiting' and parked = 1",
            )
            .await?,
            calls: counted("select count(*) from outbox where state = 'waiting' and parked = 2")
                .await?,
            gathered: self.gatherings().await?,
            claimed: counted("select count(*) from outbox where state = 'claimed'").await?,
            oldest_due: self.oldest_due(now).await?,
            dead: self.given_up(Outcome::Dead).await?,
            rejected: self.given_up(Outcome::Rejected).await?,
            feedback: sqlx::query_as(
                "select kind, count(*) from feedback group by kind order by kind",
            )
            .fetch_all(&self.pool)
            .await?,
            nodes_alive: nodes.0,
            nodes_stale: nodes.1,
            pauses: self.pauses(now).await?,
        })
    }

    /// By program, what waits for weekly digests.
    pub async fn gatherings(&self) -> Result<Vec<Gathering>> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "select c.program, cast(sum(g.messages) as bigint), min(g.next)
             from (select occasion, count(*) as messages, min(next_attempt) as next
                from outbox where state = 'gathered' group by occasion) g
             join occasions c on c.id = g.occasion group by c.program order by c.program",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(program, messages, next)| {
                let program = super::subscribers::parsed("an occasion", &program)?;
                Ok(Gathering { program, messages, next: instant(next)? })
            })
            .collect()
    }

    async fn oldest_due(&self, now: i64) -> Result<Option<DateTime<Utc>>> {
        // Round by round, because each has its own end of the index.
        let sql = format!(
            "with recursive open (occasion) as (
                select min(occasion) from outbox where state = 'waiting' and parked = 0
                union all
                select (select min(o.occasion) from outbox o
                    where o.state = 'waiting' and o.parked = 0 and o.occasion > open.occasion)
                from open where open.occasion is not null)
             select min((select min(o.next_attempt) from outbox o where o.occasion = c.id
                and o.state = 'waiting' and o.parked = 0))
             from open join occasions c on c.id = open.occasion where {}",
            super::holds::NOT_HELD
        );
        let oldest: Option<i64> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.pool).await?;
        oldest.filter(|at| *at <= now).map(instant).transpose()
    }

    async fn given_up(&self, outcome: Outcome) -> Result<i64> {
        Ok(sqlx::query_scalar(
            "select count(*) from outbox
             where state = 'settled' and outcome in ('dead', 'rejected') and outcome = $1",
        )
        .bind(outcome.as_str())
        .fetch_one(&self.pool)
        .await?)
    }

    async fn pauses(&self, now: i64) -> Result<Vec<NodePause>> {
        let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(
            "select name, pause, paused_until from nodes
             where heartbeat >= $1 - lifetime and paused_until > $1 order by id",
        )
        .bind(now)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(node, reason, until)| {
                let reason = reason.unwrap_or_default();
                Ok(NodePause { node, reason, until: instant(until)? })
            })
            .collect()
    }

    /// Lets others see that a node waits for its mail server.
    pub async fn note_pause(&self, node: NodeId, reason: &str, wait: Duration) -> Result<()> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let until = now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
        sqlx::query("update nodes set pause = $2, paused_until = $3 where id = $1")
            .bind(node.0)
            .bind(reason)
            .bind(until)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}
