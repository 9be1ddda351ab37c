//! What each recipient was told of a notice, message by message, and what is
//! withdrawn once it is no longer true.

use super::claims::SUPERSEDED;
use super::outbox::{Channel, Chunk, Filling, NewRow, named};
use super::publications::is_current;
use super::{Result, Store, digests, instant, micros};
use crate::notice::Outcome;
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// A message of a notice, as far as it matters for what comes next.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling {
    pub row: i64,
    pub occasion: i64,
    pub recipient: i64,
    pub edition: i64,
    /// Of what the recipient gets: the digest's, where it is in one.
    pub message_id: String,
    pub thread: Option<String>,
    pub made_at: DateTime<Utc>,
    pub channel: Channel,
    pub stands: Stands,
    /// It waits for a digest that is not made yet, and leaves under no Message-ID
    /// that is known.
    pub is_gathered: bool,
    /// It was withdrawn, or caught in flight, because its facts were superseded.
    pub is_superseded: bool,
}

impl Telling {
    /// As it would stand once it was taken back.
    pub fn withdrawn(self) -> Self {
        let outcome = match self.stands {
            Stands::Waiting(Some(Outcome::Unknown)) | Stands::InFlight => Outcome::Unknown,
            _ => Outcome::Withdrawn,
        };
        Self { stands: Stands::Settled(outcome), is_superseded: true, ..self }
    }
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It waits, for the first time or to be tried again; the last outcome.
    Waiting(Option<Outcome>),
    InFlight,
    Settled(Outcome),
}

impl Stands {
    /// Whether the reader has it, or may have it.
    pub fn is_told(self) -> bool {
        matches!(self, Self::Settled(Outcome::Accepted | Outcome::Unknown))
    }

    /// Whether the reader has it or will get it, as far as anybody knows.
    pub fn is_on_its_way(self) -> bool {
        self.is_told() || matches!(self, Self::Waiting(_) | Self::InFlight)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    occasion: i64,
    recipient: i64,
    edition: i64,
    message_id: String,
    thread: Option<String>,
    made_at: i64,
    channel: i64,
    state: String,
    outcome: Option<String>,
    superseded: i64,
}

/// Ids in one statement, far below any database's limit on values.
const IDS_PER_STATEMENT: usize = 500;

impl Store {
    /// Who has a message of any of these occasions, after `after` and in order,
    /// at most `limit` of them.
    pub async fn recipients_of(
        &self,
        occasions: &[i64],
        after: i64,
        limit: i64,
    ) -> Result<Vec<i64>> {
        let mut found = Vec::new();
        for occasion in occasions {
            let page: Vec<i64> = sqlx::query_scalar(
                "select recipient from outbox
                 where occasion = $1 and recipient > $2 and channel = $3
                 order by recipient limit $4",
            )
            .bind(occasion)
            .bind(after)
            .bind(Channel::Mail as i64)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
            found.extend(page);
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    /// The messages of these occasions to recipients after the first and up to
    /// the second number, by recipient and in the order they were made. What a
    /// webhook was told its owner was told, whatever became of the mail.
    pub async fn tellings(
        &self,
        occasions: &[i64],
        (after, to): (i64, i64),
    ) -> Result<Vec<Telling>> {
        let mut found = Vec::new();
        for occasion in occasions {
            let page: Vec<Row> = sqlx::query_as(
                "select o.id, o.occasion, o.recipient, o.edition, o.thread, o.made_at, o.outcome,
                        o.superseded, o.channel,
                        coalesce(d.message_id, o.message_id) as message_id,
                        case when o.state = 'bundled' then d.state else o.state end as state
                 from outbox o left join outbox d on d.id = o.digest
                 where o.occasion = $1 and o.recipient > $2 and o.recipient <= $3
                    and o.channel in ($4, $5)",
            )
            .bind(occasion)
            .bind(after)
            .bind(to)
            .bind(Channel::Mail as i64)
            .bind(Channel::Webhook as i64)
            .fetch_all(&self.pool)
            .await?;
            found.extend(page);
        }
        found.sort_by_key(|row| (row.recipient, row.id));
        found.into_iter().map(read).collect()
    }

    /// Takes back messages whose facts are no longer true: those that wait are
    /// settled, those in flight are marked, and what had gone is left.
    pub async fn supersede(&self, rows: &[i64], at: DateTime<Utc>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = self.write().await?;
        for some in rows.chunks(IDS_PER_STATEMENT) {
            digests::take_back(&mut transaction, some, micros(at)).await?;
            let ids = numbered(some.len(), 3);
            // That it was taken back is on record before it is.
            let note = format!(
                "insert into attempts (outbox, at, outcome, reply, node)
                 select id, $2, case when outcome = 'unknown' then 'unknown' else 'withdrawn' end,
                    $1, 0
                 from outbox where state in ('waiting', 'gathered') and id in ({ids})"
            );
            let query = sqlx::query(AssertSqlSafe(note)).bind(SUPERSEDED).bind(micros(at));
            some.iter().fold(query, |query, id| query.bind(id)).execute(&mut *transaction).await?;
            let settle = format!(
                "update outbox set state = 'settled', superseded = 2, reply = $1, settled_at = $2,
                    outcome = case when outcome = 'unknown' then 'unknown' else 'withdrawn' end
                 where state in ('waiting', 'gathered') and id in ({ids})"
            );
            let query = sqlx::query(AssertSqlSafe(settle)).bind(SUPERSEDED).bind(micros(at));
            some.iter().fold(query, |query, id| query.bind(id)).execute(&mut *transaction).await?;
            let ids = numbered(some.len(), 1);
            let mark = format!(
                "update outbox set superseded = 1 where state = 'claimed' and id in ({ids})"
            );
            let query = sqlx::query(AssertSqlSafe(mark));
            some.iter().fold(query, |query, id| query.bind(id)).execute(&mut *transaction).await?;
            digests::mark(&mut transaction, some).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Recipients of these occasions whose message was in flight when its facts
    /// were superseded, and for whom nothing was decided yet.
    pub async fn undecided(&self, occasions: &[i64], limit: i64) -> Result<Vec<i64>> {
        let mut found = Vec::new();
        for occasion in occasions {
            let some: Vec<i64> = sqlx::query_scalar(
                "select recipient from outbox where superseded = 1 and occasion = $1
                 order by recipient limit $2",
            )
            .bind(occasion)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
            found.extend(some);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Adds rows for recipients who were undecided, and has these messages no
    /// longer looked at, both or neither.
    pub async fn decide(&self, chunk: Chunk, rows: &[NewRow], decided: &[i64]) -> Result<Filling> {
        let mut transaction = self.write().await?;
        if !is_current(&mut transaction, chunk.publication).await? {
            return Ok(Filling::Outdated);
        }
        for some in decided.chunks(IDS_PER_STATEMENT) {
            let ids = numbered(some.len(), 1);
            let sql = format!("update outbox set superseded = 2 where id in ({ids})");
            let query = sqlx::query(AssertSqlSafe(sql));
            some.iter().fold(query, |query, id| query.bind(id)).execute(&mut *transaction).await?;
        }
        let added = self.add_rows(&mut transaction, chunk.occasion, rows, chunk.at).await?;
        transaction.commit().await?;
        Ok(Filling::Added(added))
    }
}

/// `$3, $4, $5`
pub(super) fn numbered(count: usize, first: usize) -> String {
    let numbers: Vec<_> = (first..first + count).map(|n| format!("${n}")).collect();
    numbers.join(", ")
}

fn read(row: Row) -> Result<Telling> {
    let outcome = row.outcome.as_deref().map(named).transpose()?;
    let stands = match (row.state.as_str(), outcome) {
        ("claimed", _) => Stands::InFlight,
        ("settled", Some(outcome)) => Stands::Settled(outcome),
        (_, outcome) => Stands::Waiting(outcome),
    };
    Ok(Telling {
        row: row.id,
        occasion: row.occasion,
        recipient: row.recipient,
        edition: row.edition,
        message_id: row.message_id,
        thread: row.thread,
        made_at: instant(row.made_at)?,
        channel: Channel::stored(row.channel)?,
        stands,
        is_gathered: row.state == "gathered",
        is_superseded: row.superseded > 0,
    })
}
