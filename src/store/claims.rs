//! Claiming: which node sends which message next, looked at once more before
//! it goes.

use super::nodes::NodeId;
use super::{Result, Store, Time, Write, micros, subscribers};
use crate::notice::{Carrier, EmailAddress, Outcome};
use sqlx::AssertSqlSafe;

/// A message that is this node's to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub row: i64,
    pub occasion: i64,
    pub recipient: i64,
    pub edition: i64,
    pub apis: String,
    pub message_id: String,
    /// The Message-ID that it answers to.
    pub thread: Option<String>,
    /// Attempts before this one.
    pub attempts: i64,
    pub address: EmailAddress,
    pub name: Option<String>,
}

/// What a claim brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claims {
    pub rows: Vec<Claimed>,
    /// Messages that turned out not to be for sending, by outcome.
    pub settled: Vec<(i64, Outcome)>,
}

#[derive(sqlx::FromRow)]
struct Candidate {
    id: i64,
    occasion: i64,
    recipient: i64,
    edition: i64,
    apis: String,
    message_id: String,
    thread: Option<String>,
    attempts: i64,
    outcome: Option<String>,
    not_after: Option<i64>,
    superseded: i64,
    address: Option<String>,
    name: Option<String>,
    /// Why the address must not be written to.
    reason: Option<String>,
}

/// What is said of messages whose facts were superseded.
pub(super) const SUPERSEDED: &str = "its facts were superseded";

/// What a node claims for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// One round, in whatever way.
    Round(i64),
    /// Every round that was entrusted to this carrier.
    All(Carrier),
}

impl Store {
    /// Claims up to `limit` messages of `errand` that are due.
    ///
    /// What a silent node had claimed becomes free first. Suppression, removal
    /// and lateness are looked at here, at the last moment that is cheap. Whoever
    /// left a program and now asks to come back is asked whether they mean it.
    pub async fn claim(&self, node: NodeId, errand: Errand, limit: usize) -> Result<Claims> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        self.distrust_the_future(&mut transaction).await?;
        self.free_stale(&mut transaction, now, node).await?;
        let mut claims = Claims::default();
        for candidate in self.candidates(&mut transaction, now, errand, limit).await? {
            take(&mut transaction, node, now, candidate, &mut claims).await?;
        }
        transaction.commit().await?;
        Ok(claims)
    }

    /// Whether anything of a round is due now, or in another node's hands.
    pub async fn is_round_due(&self, occasion: i64) -> Result<bool> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let due: i64 = sqlx::query_scalar(
            "select count(*) from (
                select 1 from outbox where occasion = $1
                and (state = 'claimed' or (state = 'waiting' and next_attempt <= $2
                    and (closes_at is null or closes_at > $2))) limit 1) due",
        )
        .bind(occasion)
        .bind(now)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(due > 0)
    }

    async fn candidates(
        &self,
        transaction: &mut Write,
        now: i64,
        errand: Errand,
        limit: usize,
    ) -> Result<Vec<Candidate>> {
        let (occasion, carrier) = match errand {
            Errand::Round(occasion) => (occasion, ""),
            Errand::All(carrier) => (0, carrier.as_str()),
        };
        let sql = format!(
            "select o.id, o.occasion, o.recipient, o.edition, o.apis, o.message_id, o.thread,
                    o.attempts, o.outcome, o.not_after, o.superseded, s.address, s.name,
                    (select min(x.reason) from suppressions x
                     where x.mailbox = s.mailbox and (x.scope = '*'
                        or (x.scope = c.program and c.kind <> 'confirmation'))) as reason
             from outbox o join occasions c on c.id = o.occasion
             left join subscribers s on s.id = o.recipient
             where o.state = 'waiting' and o.next_attempt <= $1
                and (o.closes_at is null or o.closes_at > $1) and (o.occasion = $2 or ($2 = 0 and c.carrier = $4))
             order by o.next_attempt, o.id limit $3 {}",
            self.dialect.lock_rows()
        );
        Ok(sqlx::query_as(AssertSqlSafe(sql))
            .bind(now)
            .bind(occasion)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(carrier)
            .fetch_all(&mut **transaction)
            .await?)
    }

    /// A heartbeat from far later than now is from before the clock was set
    /// back. It counts as of now: whoever is alive beats again, and whoever is
    /// not grows stale. The time is taken within the statement: a claimer that
    /// was halted and goes on would otherwise set back everybody's heartbeat.
    async fn distrust_the_future(&self, transaction: &mut Write) -> Result<()> {
        let now = match &self.time {
            Time::Told(clock) => micros(clock.now()).to_string(),
            Time::Database => self.dialect.now().to_owned(),
        };
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

async fn take(
    transaction: &mut Write,
    node: NodeId,
    now: i64,
    candidate: Candidate,
    claims: &mut Claims,
) -> Result<()> {
    if let Some((outcome, reply)) = verdict(&candidate, now) {
        claims.settled.push((candidate.id, outcome));
        return settle(transaction, candidate.id, now, outcome, &reply).await;
    }
    sqlx::query("update outbox set state = 'claimed', node = $2, claimed_at = $3 where id = $1")
        .bind(candidate.id)
        .bind(node.0)
        .bind(now)
        .execute(&mut **transaction)
        .await?;
    claims.rows.push(Claimed {
        row: candidate.id,
        occasion: candidate.occasion,
        recipient: candidate.recipient,
        edition: candidate.edition,
        apis: candidate.apis,
        message_id: candidate.message_id,
        thread: candidate.thread,
        attempts: candidate.attempts,
        address: subscribers::parsed("an address", &candidate.address.unwrap_or_default())?,
        name: candidate.name,
    });
    Ok(())
}

/// Why a message is not for sending, if it is not.
fn verdict(candidate: &Candidate, now: i64) -> Option<(Outcome, String)> {
    let Candidate { outcome, not_after, superseded, address, reason, .. } = candidate;
    if address.is_none() {
        return Some((Outcome::Withdrawn, "the recipient was removed".to_owned()));
    }
    if let Some(reason) = reason {
        return Some((Outcome::Suppressed, reason.clone()));
    }
    if *superseded > 0 {
        // A message that may have arrived counts as told, and is not sent again.
        let is_unknown = outcome.as_deref() == Some(Outcome::Unknown.as_str());
        let outcome = if is_unknown { Outcome::Unknown } else { Outcome::Withdrawn };
        return Some((outcome, SUPERSEDED.to_owned()));
    }
    let is_late = not_after.is_some_and(|late| late < now);
    is_late.then(|| (Outcome::Overtaken, "its time had passed".to_owned()))
}

async fn settle(
    transaction: &mut Write,
    row: i64,
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
    Ok(())
}
