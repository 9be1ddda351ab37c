//! The outbox: filling it in chunks, counting it, and listing what became of
//! each message. Claiming and recording stand in files of their own.

use super::frequencies::gather_for_the_weekly_alone;
use super::listeners::as_json;
use super::publications::{PublicationId, is_current};
use super::{Result, Store, StoreError, Write, instant, micros, webhook_twins};
use crate::notice::Outcome;
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// By which way a message goes. The number is part of a row's unique key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Mail = 1,
    /// By mail, to somebody else on the recipient's behalf.
    SecondContact = 2,
    Webhook = 3,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::SecondContact => "second contact",
            Self::Webhook => "webhook",
        }
    }

    /// By which other way the same reader is told the same: what a webhook was told
    /// its owner was told.
    pub(super) fn beside(self) -> Self {
        match self {
            Self::Mail => Self::Webhook,
            other => other,
        }
    }

    /// By the number in a row's key.
    pub fn numbered(number: i64) -> Option<Self> {
        [Self::Mail, Self::SecondContact, Self::Webhook]
            .into_iter()
            .find(|known| *known as i64 == number)
    }

    pub(super) fn stored(number: i64) -> Result<Self> {
        let unreadable = StoreError::unreadable("a channel");
        Self::numbered(number).ok_or_else(|| unreadable(number.to_string()))
    }
}

/// When a message may leave, and until when it is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub not_before: DateTime<Utc>,
    /// After it the message is overtaken.
    pub not_after: Option<DateTime<Utc>>,
    /// When the sending hours end in which it may leave first.
    pub closes_at: Option<DateTime<Utc>>,
    /// Whether it waits for the recipient's weekly digest, which leaves at
    /// `not_before`.
    pub is_gathered: bool,
}

impl Period {
    pub fn from(not_before: DateTime<Utc>) -> Self {
        Self { not_before, not_after: None, closes_at: None, is_gathered: false }
    }
}

/// A message to be, before it has a number.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRow {
    pub recipient: i64,
    pub edition: i64,
    pub apis: String,
    /// Without angle brackets. It belongs to the row and never changes.
    pub message_id: String,
    /// The Message-ID of the recipient's first message on the subject.
    pub thread: Option<String>,
    pub period: Period,
    /// It goes to their second contact.
    pub behalf: Option<Behalf>,
}

/// Somebody else to whom a message goes, on its recipient's behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behalf {
    pub addressee: i64,
    /// When the recipient was told, as the message says it.
    pub told_on: String,
}

impl NewRow {
    fn channel(&self) -> Channel {
        self.behalf.as_ref().map_or(Channel::Mail, |_| Channel::SecondContact)
    }
}

/// A part of an occasion, looked at under one publication.
#[derive(Debug, Clone, Copy)]
pub struct Chunk {
    pub occasion: i64,
    /// Where the cursor stood, and where it goes.
    pub cursor: (i64, i64),
    pub publication: PublicationId,
    pub at: DateTime<Utc>,
}

/// What came of filling a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    Added(u64),
    /// Another process moved the cursor meanwhile; nothing was added.
    Elsewhere,
    /// Something else was published meanwhile; nothing was added.
    Outdated,
}

/// How a round stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoundCounts {
    /// Never tried.
    pub waiting: i64,
    /// Waiting for their readers' weekly digests.
    pub gathered: i64,
    pub claimed: i64,
    /// By the last outcome, whether settled or to be tried again.
    pub outcomes: BTreeMap<&'static str, i64>,
    /// Of the unknown ones, those that are not tried again: what they say is no
    /// longer true.
    pub left_unknown: i64,
    /// When the next of the rows that wait falls due.
    pub next_attempt: Option<DateTime<Utc>>,
}

impl RoundCounts {
    pub fn of(&self, outcome: Outcome) -> i64 {
        self.outcomes.get(outcome.as_str()).copied().unwrap_or(0)
    }

    pub fn total(&self) -> i64 {
        self.waiting + self.gathered + self.claimed + self.outcomes.values().sum::<i64>()
    }
}

/// Which messages to list.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    pub occasion: Option<i64>,
    pub outcome: Option<Outcome>,
    /// Those without an outcome yet.
    pub open: Option<OpenState>,
}

/// What a message without an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenState {
    Waiting,
    Gathered,
    Claimed,
}

impl OpenState {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Gathered, Self::Claimed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Gathered => "gathered",
            Self::Claimed => "claimed",
        }
    }
}

/// One message and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub row: i64,
    pub subject: String,
    pub recipient: i64,
    /// Absent once the recipient was removed.
    pub address: Option<String>,
    pub message_id: String,
    pub channel: Channel,
    /// `waiting`, `claimed` or the last outcome.
    pub state: String,
    pub attempts: i64,
    pub reply: Option<String>,
    pub settled_at: Option<DateTime<Utc>>,
    pub next_attempt: Option<DateTime<Utc>>,
    /// What came back about it last, such as `bounce 5.1.1`.
    pub feedback: Option<String>,
}

/// Adding fewer takes no longer than whoever waits for it sleeps between two looks.
const MANY_ROWS: usize = 1_000;

pub(super) const DELIVERIES: &str =
    "select o.id, c.subject, o.recipient, s.address, o.message_id, o.state, o.outcome,
        o.attempts, o.reply, o.settled_at, o.next_attempt,
        (select f.kind || ' ' || f.status from feedback f
         where f.outbox = coalesce(o.digest, o.id) order by f.id desc limit 1),
        o.channel
     from outbox o join occasions c on c.id = o.occasion
     left join subscribers s on s.id = coalesce(o.addressee, o.recipient)";

pub(super) type DeliveryRow = (
    i64,
    String,
    i64,
    Option<String>,
    String,
    String,
    Option<String>,
    i64,
    Option<String>,
    Option<i64>,
    i64,
    Option<String>,
    i64,
);

impl Store {
    /// Adds rows and moves the occasion's cursor on, both or neither: and only
    /// while the cursor is where it was, and the publication is the current one.
    pub async fn fill_chunk(&self, chunk: Chunk, rows: &[NewRow]) -> Result<Filling> {
        let mut transaction = self.write().await?;
        let filling = self.fill(&mut transaction, chunk, rows).await?;
        if let Filling::Added(_) = filling {
            transaction.commit().await?;
        }
        if let Some(pause) = self.dialect.way_for_others().filter(|_| rows.len() >= MANY_ROWS) {
            tokio::time::sleep(pause).await;
        }
        Ok(filling)
    }

    /// How the mail of a round stands.
    pub async fn round_counts(&self, occasion: i64) -> Result<RoundCounts> {
        self.counts(occasion, false).await
    }

    /// The same of what webhooks are told.
    pub async fn call_counts(&self, occasion: i64) -> Result<RoundCounts> {
        self.counts(occasion, true).await
    }

    async fn counts(&self, occasion: i64, by_webhook: bool) -> Result<RoundCounts> {
        let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(
            "select state, outcome, count(*) from outbox
             where occasion = $1 and (channel = $2) = ($3 = 1)
             group by state, outcome",
        )
        .bind(occasion)
        .bind(Channel::Webhook as i64)
        .bind(i64::from(by_webhook))
        .fetch_all(&self.pool)
        .await?;
        let mut counts = RoundCounts::default();
        for (state, outcome, count) in rows {
            match (state.as_str(), outcome) {
                ("claimed", _) => counts.claimed += count,
                ("gathered", None) => counts.gathered += count,
                (_, None) => counts.waiting += count,
                (state, Some(outcome)) => {
                    if (state, outcome.as_str()) == ("settled", Outcome::Unknown.as_str()) {
                        counts.left_unknown += count;
                    }
                    *counts.outcomes.entry(named(&outcome)?.as_str()).or_default() += count;
                }
            }
        }
        let next: Option<i64> = sqlx::query_scalar(
            "select min(next_attempt) from outbox
             where occasion = $1 and state = 'waiting' and (channel = $2) = ($3 = 1)",
        )
        .bind(occasion)
        .bind(Channel::Webhook as i64)
        .bind(i64::from(by_webhook))
        .fetch_one(&self.pool)
        .await?;
        counts.next_attempt = next.map(instant).transpose()?;
        Ok(counts)
    }

    /// Messages after row `after`, at most `limit`, in the order they were made.
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        let sql = format!(
            "{DELIVERIES}
             where o.id > $1 and (o.occasion = $2 or $2 = 0) and (o.outcome = $3 or $3 = '')
                and (o.state = $5 or $5 = '') and (o.outcome is null or $5 <> 'waiting')
             order by o.id limit $4"
        );
        let rows: Vec<DeliveryRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(after)
            .bind(filter.occasion.unwrap_or(0))
            .bind(filter.outcome.map_or("", Outcome::as_str))
            .bind(limit)
            .bind(filter.open.map_or("", OpenState::as_str))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(delivery).collect()
    }
}

impl Store {
    /// As `fill_chunk`, within a transaction that is to be committed where anything
    /// was filled.
    pub(super) async fn fill(
        &self,
        transaction: &mut Write,
        chunk: Chunk,
        rows: &[NewRow],
    ) -> Result<Filling> {
        if !is_current(transaction, chunk.publication).await? {
            return Ok(Filling::Outdated);
        }
        let moved = sqlx::query("update occasions set cursor = $3 where id = $1 and cursor = $2")
            .bind(chunk.occasion)
            .bind(chunk.cursor.0)
            .bind(chunk.cursor.1)
            .execute(&mut **transaction)
            .await?;
        if moved.rows_affected() == 0 {
            return Ok(Filling::Elsewhere);
        }
        let added = self.add_rows(transaction, chunk.occasion, rows, chunk.at).await?;
        Ok(Filling::Added(added))
    }

    /// Adds the rows that are not there yet, by as few statements as they have
    /// channels and periods.
    pub(super) async fn add_rows(
        &self,
        transaction: &mut Write,
        occasion: i64,
        rows: &[NewRow],
        at: DateTime<Utc>,
    ) -> Result<u64> {
        // Each is looked up by number: what a list of values is joined to, some
        // plan might read as a whole.
        let sql = format!(
            "insert into outbox (occasion, recipient, channel, edition, apis, message_id, thread,
                made_at, not_before, next_attempt, not_after, closes_at, state, addressee, told_on,
                domain)
             select $1, cast(r.value ->> 0 as bigint), $2, cast(r.value ->> 1 as bigint),
                r.value ->> 2, r.value ->> 3, r.value ->> 4, $3, $4, $4, $5, $6, $7,
                cast(r.value ->> 5 as bigint), r.value ->> 6,
                coalesce((select {} from subscribers s
                          where s.id = cast(coalesce(r.value ->> 5, r.value ->> 0) as bigint)), '')
             from {} r where true
             on conflict (occasion, recipient, channel) do nothing",
            self.dialect.domain_of("s.address"),
            self.dialect.elements("$8")
        );
        let mut added = 0;
        for ((channel, period), some) in by_way(rows) {
            let query = sqlx::query(AssertSqlSafe(sql.as_str()))
                .bind(occasion)
                .bind(channel as i64)
                .bind(micros(at))
                .bind(micros(period.not_before))
                .bind(period.not_after.map(micros))
                .bind(period.closes_at.map(micros))
                .bind(if period.is_gathered { "gathered" } else { "waiting" })
                .bind(as_json(&some)?);
            added += query.execute(&mut **transaction).await?.rows_affected();
        }
        let writing = (&mut *transaction, self.dialect);
        webhook_twins::add(writing, occasion, rows, at).await?;
        gather_for_the_weekly_alone(transaction, occasion, rows, at).await?;
        sqlx::query("update occasions set filled = filled + $2 where id = $1")
            .bind(occasion)
            .bind(i64::try_from(added).unwrap_or(i64::MAX))
            .execute(&mut **transaction)
            .await?;
        Ok(added)
    }
}

type Values<'r> = (i64, i64, &'r str, &'r str, Option<&'r str>, Option<i64>, Option<&'r str>);

/// What differs between rows of one channel and period, in the order they came.
/// There are few periods: one for each zone at the most, and for each end.
fn by_way(rows: &[NewRow]) -> Vec<((Channel, Period), Vec<Values<'_>>)> {
    let mut groups: Vec<((Channel, Period), Vec<Values<'_>>)> = Vec::new();
    for row in rows {
        let NewRow { recipient, edition, apis, message_id, thread, period, behalf } = row;
        let behalf = behalf.as_ref();
        let values = (
            *recipient,
            *edition,
            apis.as_str(),
            message_id.as_str(),
            thread.as_deref(),
            behalf.map(|behalf| behalf.addressee),
            behalf.map(|behalf| behalf.told_on.as_str()),
        );
        let way = (row.channel(), *period);
        match groups.iter_mut().rfind(|(known, _)| *known == way) {
            Some((_, group)) => group.push(values),
            None => groups.push((way, vec![values])),
        }
    }
    groups
}

pub(super) fn delivery(row: DeliveryRow) -> Result<Delivery> {
    let (
        row,
        subject,
        recipient,
        address,
        message_id,
        state,
        outcome,
        attempts,
        reply,
        settled,
        next,
        feedback,
        channel,
    ) = row;
    let next_attempt = (state == "waiting").then(|| instant(next)).transpose()?;
    Ok(Delivery {
        row,
        subject,
        recipient,
        address,
        message_id,
        channel: Channel::stored(channel)?,
        state: outcome.filter(|_| state != "claimed").unwrap_or(state),
        attempts,
        reply,
        settled_at: settled.map(instant).transpose()?,
        next_attempt,
        feedback,
    })
}

pub(super) fn named(outcome: &str) -> Result<Outcome> {
    Outcome::ALL
        .into_iter()
        .find(|known| known.as_str() == outcome)
        .ok_or_else(|| StoreError::unreadable("an outcome")(outcome.to_owned()))
}
