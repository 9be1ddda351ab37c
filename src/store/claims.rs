//! Claiming: which node sends which message next, looked at once more before
//! it goes.

use super::buckets::Tokens;
use super::dialect::Dialect;
use super::nodes::NodeId;
use super::queues::Claiming;
use super::{
    BETWEEN_LOOKS, Channel, Result, Store, Time, Write, digests, instant, outcomes, subscribers,
};
use crate::notice::{Carrier, EmailAddress, Outcome, RateLimits};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// A message that is this node's to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub row: i64,
    pub occasion: i64,
    /// What it is about: a notice's path.
    pub subject: String,
    pub recipient: i64,
    /// Whose mailbox it goes to: the recipient's, but on somebody's behalf.
    pub addressee: i64,
    /// On whose behalf.
    pub first_contact: Option<FirstContact>,
    pub edition: i64,
    pub apis: String,
    pub message_id: String,
    /// The Message-ID that it answers to.
    pub thread: Option<String>,
    /// Attempts before this one.
    pub attempts: i64,
    pub made_at: DateTime<Utc>,
    pub address: EmailAddress,
    pub name: Option<String>,
}

/// Somebody for whom their second contact is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstContact {
    /// Their name, or their address as far as somebody else may see it.
    pub shown: String,
    pub told_on: String,
}

/// What a claim brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claims {
    pub rows: Vec<Claimed>,
    /// Messages that turned out not to be for sending, by outcome.
    pub settled: Vec<(i64, Outcome)>,
}

/// A message that may come next, with what decides whether it does.
#[derive(sqlx::FromRow)]
pub(super) struct Candidate {
    pub id: i64,
    occasion: i64,
    pub recipient: i64,
    edition: i64,
    apis: String,
    message_id: String,
    thread: Option<String>,
    attempts: i64,
    made_at: i64,
    outcome: Option<String>,
    not_after: Option<i64>,
    superseded: i64,
    pub domain: String,
    subject: String,
    address: Option<String>,
    name: Option<String>,
    suppressed: Option<String>,
    /// Whose mailbox, where it is not the recipient's.
    addressee: Option<i64>,
    told_on: Option<String>,
    first: Option<i64>,
    first_name: Option<String>,
    first_address: Option<String>,
    /// Why it is not wanted any more.
    needless: Option<String>,
}

/// What is said of messages whose facts were superseded.
pub(super) const SUPERSEDED: &str = "its facts were superseded";

impl Candidate {
    fn first_contact(&mut self) -> Result<Option<FirstContact>> {
        let Some(address) = self.first_address.take() else { return Ok(None) };
        let address: EmailAddress = subscribers::parsed("an address", &address)?;
        let name = self.first_name.take().filter(|name| !leads_somewhere(name));
        let shown = name.unwrap_or_else(|| address.masked());
        Ok(Some(FirstContact { shown, told_on: self.told_on.take().unwrap_or_default() }))
    }

    /// What becomes of it without being sent, and why.
    pub fn settled(&self, now: i64) -> Option<(Outcome, String)> {
        if self.address.is_none() || (self.addressee.is_some() && self.first.is_none()) {
            return Some((Outcome::Withdrawn, "the recipient was removed".to_owned()));
        }
        if let Some(reason) = &self.suppressed {
            return Some((Outcome::Suppressed, reason.clone()));
        }
        if let Some(reason) = &self.needless {
            return Some((Outcome::Withdrawn, reason.clone()));
        }
        if self.superseded > 0 {
            // A message that may have arrived counts as told, and is not sent again.
            let is_unknown = self.outcome.as_deref() == Some(Outcome::Unknown.as_str());
            let outcome = if is_unknown { Outcome::Unknown } else { Outcome::Withdrawn };
            return Some((outcome, SUPERSEDED.to_owned()));
        }
        let is_late = self.not_after.is_some_and(|late| late < now);
        is_late.then(|| (Outcome::Overtaken, "its time had passed".to_owned()))
    }
}

/// Whether a name is an address, of mail or of a page. Somebody wrote it of
/// themselves, and it would stand in a mail to somebody else.
fn leads_somewhere(name: &str) -> bool {
    let name = name.to_lowercase();
    ["@", "\u{ff20}", "\u{fe6b}", "://", "www."].iter().any(|mark| name.contains(mark))
}

/// What a node claims for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// One round, in whatever way.
    Round(i64),
    /// Every round that was entrusted to this carrier.
    All(Carrier),
}

impl Store {
    /// Claims up to `limit` messages of `errand` that are due, at any rate.
    pub async fn claim(&self, node: NodeId, errand: Errand, limit: usize) -> Result<Claims> {
        self.claim_within(node, errand, limit, &RateLimits::default()).await
    }

    /// Claims up to `limit` messages of `errand` that are due and within the
    /// rates, and that nobody holds.
    ///
    /// What a silent node had claimed becomes free first. Suppression, removal
    /// and lateness are looked at here, at the last moment that is cheap. Whoever
    /// left a program and now asks to come back is asked whether they mean it.
    pub async fn claim_within(
        &self,
        node: NodeId,
        errand: Errand,
        limit: usize,
        rates: &RateLimits,
    ) -> Result<Claims> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        self.look_after_nodes(&mut transaction, now, node).await?;
        let tokens = Tokens::open(&mut transaction, rates, now).await?;
        let (claims, writing) = (Claims::default(), &mut transaction);
        let claiming =
            Claiming { store: self, transaction: writing, tokens, node, now, limit, claims };
        let claims = claiming.run(errand).await?;
        transaction.commit().await?;
        Ok(claims)
    }

    /// Whether any mail of a round is due now, or in another node's hands.
    pub async fn is_round_due(&self, occasion: i64) -> Result<bool> {
        self.is_due(occasion, false).await
    }

    /// The same of what webhooks are told.
    pub async fn are_calls_due(&self, occasion: i64) -> Result<bool> {
        self.is_due(occasion, true).await
    }

    async fn is_due(&self, occasion: i64, by_webhook: bool) -> Result<bool> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let due: i64 = sqlx::query_scalar(
            "select count(*) from (
                select 1 from outbox where occasion = $1 and (channel = $3) = ($4 = 1)
                and (state = 'claimed' or (state = 'waiting' and next_attempt <= $2
                    and (closes_at is null or closes_at > $2))) limit 1) due",
        )
        .bind(occasion)
        .bind(now)
        .bind(Channel::Webhook as i64)
        .bind(i64::from(by_webhook))
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(due > 0)
    }

    /// Frees what silent nodes had claimed, every now and then; each time where the
    /// time is told, because it may have leapt.
    pub(super) async fn look_after_nodes(
        &self,
        transaction: &mut Write,
        now: i64,
        alive: NodeId,
    ) -> Result<()> {
        if let Time::Database = self.time {
            let mut next_look = self.next_look.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            if next_look.is_some_and(|next| now < next) {
                return Ok(());
            }
            *next_look = Some(now + BETWEEN_LOOKS);
        }
        self.distrust_the_future(transaction).await?;
        self.free_stale(transaction, now, alive).await
    }

    /// The database failed: whoever else works on it was as silent as this process, and
    /// has what it sent to put on record first. Nothing is taken from it for so long.
    pub fn forbear(&self, time: Duration) {
        let mut next_look = self.next_look.lock().unwrap_or_else(PoisonError::into_inner);
        *next_look = Some(Instant::now() + time);
    }

    /// A heartbeat from far later than now is from before the clock was set
    /// back. It counts as of now: whoever is alive beats again, and whoever is
    /// not grows stale. The time is taken within the statement: a claimer that
    /// was halted and goes on would otherwise set back everybody's heartbeat.
    async fn distrust_the_future(&self, transaction: &mut Write) -> Result<()> {
        let now = self.now_within();
        let sql = format!("update nodes set heartbeat = {now} where heartbeat - lifetime > {now}");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut **transaction).await?;
        Ok(())
    }

    /// Whoever claims is alive, however late its heartbeat is on a busy machine: what
    /// it holds may be in flight, and would be sent twice if it freed it for itself.
    ///
    /// What was in flight when its facts were superseded may have arrived.
    async fn free_stale(&self, transaction: &mut Write, now: i64, alive: NodeId) -> Result<()> {
        let sql = format!(
            "update outbox set state = 'waiting', node = null, claimed_at = null,
                outcome = case when superseded > 0 then 'unknown' else outcome end
             where id in (
                select o.id from outbox o where o.state = 'claimed' and o.node in
                    (select id from nodes where heartbeat < $1 - lifetime and id <> $2) {})",
            self.dialect.lock_rows()
        );
        sqlx::query(AssertSqlSafe(sql)).bind(now).bind(alive.0).execute(&mut **transaction).await?;
        Ok(())
    }
}

impl Candidate {
    fn claimed(mut self) -> Result<Claimed> {
        Ok(Claimed {
            first_contact: self.first_contact()?,
            addressee: self.addressee.unwrap_or(self.recipient),
            row: self.id,
            occasion: self.occasion,
            subject: self.subject,
            recipient: self.recipient,
            edition: self.edition,
            apis: self.apis,
            message_id: self.message_id,
            thread: self.thread,
            attempts: self.attempts,
            made_at: instant(self.made_at)?,
            address: subscribers::parsed("an address", &self.address.unwrap_or_default())?,
            name: self.name,
        })
    }
}

/// Makes these messages the node's own.
pub(super) async fn take(
    (transaction, dialect): (&mut Write, Dialect),
    node: NodeId,
    now: i64,
    taken: Vec<Candidate>,
    claims: &mut Claims,
) -> Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let rows: Vec<i64> = taken.iter().map(|candidate| candidate.id).collect();
    let sql = format!(
        "update outbox set state = 'claimed', node = $2, claimed_at = $3,
            parked = case when parked = 1 then 0 else parked end
         where id in (select cast(cast(value as text) as bigint) from {})",
        dialect.elements("$1")
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(serde_json::Value::from(rows).to_string())
        .bind(node.0)
        .bind(now)
        .execute(&mut **transaction)
        .await?;
    for candidate in taken {
        claims.rows.push(candidate.claimed()?);
    }
    Ok(())
}

/// That nothing was attempted is as much a record as an attempt.
pub(super) async fn settle(
    transaction: &mut Write,
    (row, node): (i64, NodeId),
    now: i64,
    outcome: Outcome,
    reply: &str,
) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'settled', outcome = $2, reply = $3, settled_at = $4
         where id = $1",
    )
    .bind(row)
    .bind(outcome.as_str())
    .bind(reply)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    outcomes::note(transaction, (row, node), now, outcome, reply).await?;
    digests::settled(transaction, (row, node), now, outcome, reply).await
}
