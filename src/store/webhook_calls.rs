//! Which webhook is called next, and what came of calling it.
//!
//! Their messages wait in a line of their own, so that neither a mail server that
//! fails nor a webhook that hangs keeps the other from being served.

use super::claims::{Candidate, Claimed, Claims, settle, take};
use super::holds::NOT_HELD;
use super::nodes::NodeId;
use super::outcomes::Report;
use super::queues::Line;
use super::tellings::numbered;
use super::webhooks::{Asked, COLUMNS, REMOVED, Row, WELL, Webhook, read, settle_waiting};
use super::{Result, Store, Write};
use crate::notice::{Outcome, WebhookState, WebhookTrouble};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use std::time::Duration;

/// A message that is this node's to hand over, and to which webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub claimed: Claimed,
    pub webhook: Webhook,
}

/// What a claim brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calls {
    pub calls: Vec<Call>,
    /// Messages that turned out not to be for sending, by outcome.
    pub settled: Vec<(i64, Outcome)>,
}

/// A challenge or a test that is this node's to send.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfTurn {
    pub asked: Asked,
    pub webhook: Webhook,
    /// Challenges before this one.
    pub before: i64,
}

/// Where calls may go.
#[derive(Debug, Clone)]
pub struct Room<'a> {
    /// One round alone.
    pub round: Option<i64>,
    pub calls: usize,
    /// Calls under way by host, and how many may be.
    pub busy: &'a HashMap<String, usize>,
    pub per_host: usize,
}

/// What an attempt says of a webhook as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Works,
    Fails,
    /// It wants to be called no more.
    Gone,
}

/// Looked at together; those of a host that is busy are passed over.
const LOOK_AHEAD: i64 = 200;
/// Looks within one claim, which keeps all other writers waiting.
const MAX_STEPS: usize = 4;
/// How long what stands in the way is put off, once nothing else is in sight.
const PUT_OFF_US: i64 = 1_000_000;
/// Between two calls out of turn: whoever sets addresses again and again cannot
/// have us knock at somebody's door all day.
const BETWEEN_ASKED_US: i64 = 60_000_000;
/// A challenge is sent so often before its webhook is given up.
const MAX_CHALLENGES: i64 = 3;

impl Store {
    /// Whether there is anything to do for webhooks, now or later. It takes no lock.
    pub async fn has_calls(&self) -> Result<bool> {
        let sql = "select count(*) from (
            select 1 from webhooks where asked <> '' union all
            select 1 from outbox where state = 'waiting' and parked = 2 limit 1) some_calls";
        Ok(sqlx::query_scalar::<_, i64>(sql).fetch_one(&self.pool).await? > 0)
    }

    /// Claims messages that are due and that nobody holds, as far as there is
    /// room. What a silent node had claimed becomes free first.
    pub async fn claim_calls(&self, node: NodeId, room: &Room<'_>) -> Result<Calls> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        self.look_after_nodes(&mut transaction, now, node).await?;
        let rounds = due_rounds(&mut transaction, room.round, now).await?;
        let mut claiming = Claiming {
            store: self,
            transaction: &mut transaction,
            node,
            now,
            busy: room.busy.clone(),
            room,
            found: Calls::default(),
        };
        for round in rounds {
            claiming.claim(round).await?;
        }
        let found = claiming.found;
        transaction.commit().await?;
        Ok(found)
    }

    /// Challenges and tests that are due, as far as there is room, each for one node.
    pub async fn claim_asked(&self, room: &Room<'_>) -> Result<Vec<OutOfTurn>> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let due: Vec<(i64, i64, String, i64, String)> = sqlx::query_as(
            "select subscriber, call_at, asked, challenges, host from webhooks
             where asked <> '' and call_at <= $1 order by call_at limit $2",
        )
        .bind(now)
        .bind(LOOK_AHEAD)
        .fetch_all(&mut *transaction)
        .await?;
        let mut found = Vec::new();
        let mut busy = room.busy.clone();
        for (subscriber, call_at, asked, before, host) in due {
            let under_way = busy.entry(host).or_default();
            if *under_way >= room.per_host || found.len() >= room.calls {
                continue;
            }
            *under_way += 1;
            let is_test = asked == Asked::Test.as_str();
            let asked = if is_test { Asked::Test } else { Asked::Challenge };
            let done = sqlx::query(
                "update webhooks set call_at = $3, challenges = challenges + $4,
                    asked = case when $4 = 0 then '' else asked end
                 where subscriber = $1 and call_at = $2 and asked <> ''",
            )
            .bind(subscriber)
            .bind(call_at)
            .bind(now + BETWEEN_ASKED_US)
            .bind(i64::from(!is_test))
            .execute(&mut *transaction)
            .await?;
            // Another node was first.
            if done.rows_affected() == 0 {
                continue;
            }
            let sql = format!("{COLUMNS} where w.subscriber = $1");
            let row: Row = sqlx::query_as(AssertSqlSafe(sql))
                .bind(subscriber)
                .fetch_one(&mut *transaction)
                .await?;
            found.push(OutOfTurn { asked, webhook: read(row)?, before });
        }
        transaction.commit().await?;
        Ok(found)
    }

    /// What came of a challenge or a test, unless the webhook leads elsewhere by
    /// now. Each further challenge is waited for ten times as long.
    pub async fn record_asked(
        &self,
        call: &OutOfTurn,
        answered: std::result::Result<(), WebhookTrouble>,
    ) -> Result<()> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let is_last = call.before + 1 >= MAX_CHALLENGES;
        let wait = BETWEEN_ASKED_US.saturating_mul(10_i64.pow(call.before.clamp(0, 3) as u32));
        let sql = match (call.asked, answered.is_ok()) {
            (Asked::Test, _) => {
                "update webhooks set tested = $3, changed_at = $4
                 where subscriber = $1 and url = $2 and $5 >= 0"
            }
            (Asked::Challenge, true) => {
                "update webhooks set state = 'active', trouble = null, asked = '', challenges = 0,
                    failing_since = null, failures = 0, tested = $3, changed_at = $4
                 where subscriber = $1 and url = $2 and state = 'pending' and $5 >= 0"
            }
            (Asked::Challenge, false) if is_last => {
                "update webhooks set state = 'disabled', trouble = $3, asked = '',
                    changed_at = $4
                 where subscriber = $1 and url = $2 and state = 'pending' and $5 >= 0"
            }
            (Asked::Challenge, false) => {
                "update webhooks set trouble = $3, changed_at = $4, call_at = $5
                 where subscriber = $1 and url = $2 and state = 'pending'"
            }
        };
        sqlx::query(sql)
            .bind(call.webhook.subscriber)
            .bind(call.webhook.url.as_str())
            .bind(answered.map_or_else(WebhookTrouble::as_str, |()| WELL))
            .bind(now)
            .bind(now + wait)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Records a report, and with it how the webhook does. One that failed for
    /// longer than `give_up`, or is gone, is disabled, and what waits for it is
    /// given up; whether this did.
    pub async fn record_call(
        &self,
        node: NodeId,
        report: &Report,
        (webhook, health): (&Webhook, Option<Health>),
        give_up: Duration,
    ) -> Result<Option<WebhookTrouble>> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        self.put(&mut transaction, node, now, &[report]).await?;
        let trouble = match health {
            None => None,
            Some(health) => judge(&mut transaction, webhook, health, now, give_up).await?,
        };
        if let Some(trouble) = trouble {
            disable(&mut transaction, webhook, trouble, now).await?;
        }
        transaction.commit().await?;
        Ok(trouble)
    }
}

/// Why the webhook is to be disabled, if it is.
async fn judge(
    transaction: &mut Write,
    webhook: &Webhook,
    health: Health,
    now: i64,
    give_up: Duration,
) -> Result<Option<WebhookTrouble>> {
    let (subscriber, url) = (webhook.subscriber, webhook.url.as_str());
    match health {
        Health::Gone => Ok(Some(WebhookTrouble::Gone)),
        Health::Works => {
            sqlx::query(
                "update webhooks set failing_since = null, failures = 0
                 where subscriber = $1 and url = $2 and failures > 0",
            )
            .bind(subscriber)
            .bind(url)
            .execute(&mut **transaction)
            .await?;
            Ok(None)
        }
        Health::Fails => {
            let since: Option<i64> = sqlx::query_scalar(
                "update webhooks set failing_since = coalesce(failing_since, $3),
                    failures = failures + 1
                 where subscriber = $1 and url = $2 and state = 'active' returning failing_since",
            )
            .bind(subscriber)
            .bind(url)
            .bind(now)
            .fetch_optional(&mut **transaction)
            .await?;
            let patience = i64::try_from(give_up.as_micros()).unwrap_or(i64::MAX);
            let is_over = since.is_some_and(|since| now.saturating_sub(since) >= patience);
            Ok(is_over.then_some(WebhookTrouble::Failing))
        }
    }
}

async fn disable(
    transaction: &mut Write,
    webhook: &Webhook,
    trouble: WebhookTrouble,
    now: i64,
) -> Result<()> {
    let done = sqlx::query(
        "update webhooks set state = 'disabled', trouble = $3, asked = '', untold = 1,
            changed_at = $4
         where subscriber = $1 and url = $2 and state <> 'disabled'",
    )
    .bind(webhook.subscriber)
    .bind(webhook.url.as_str())
    .bind(trouble.as_str())
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let reply = format!("the webhook was disabled: {trouble}");
    settle_waiting(transaction, webhook.subscriber, Outcome::Dead.as_str(), &reply, now).await
}

/// Rounds that have anything due for webhooks, found by stepping through an index.
async fn due_rounds(transaction: &mut Write, round: Option<i64>, now: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "with recursive due (occasion) as (
            select min(occasion) from outbox where state = 'waiting' and parked = 2
            union all
            select (select min(o.occasion) from outbox o
                where o.state = 'waiting' and o.parked = 2 and o.occasion > due.occasion)
            from due where due.occasion is not null)
         select id from (
            select c.id, (select min(o.next_attempt) from outbox o
                where o.occasion = c.id and o.state = 'waiting' and o.parked = 2
                    and (o.closes_at is null or o.closes_at > $1)) as due_at
            from occasions c where c.id in (select occasion from due)
                and (c.id = $2 or ($2 = 0 and c.carrier <> '')) and {NOT_HELD}) waiting
         where due_at <= $1 order by due_at, id"
    );
    let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(now).bind(round.unwrap_or(0));
    Ok(query.fetch_all(&mut **transaction).await?)
}

/// One claim at work.
struct Claiming<'a> {
    store: &'a Store,
    transaction: &'a mut Write,
    node: NodeId,
    now: i64,
    room: &'a Room<'a>,
    busy: HashMap<String, usize>,
    found: Calls,
}

impl Claiming<'_> {
    fn is_full(&self) -> bool {
        self.found.calls.len() >= self.room.calls
    }

    async fn claim(&mut self, round: i64) -> Result<()> {
        for _ in 0..MAX_STEPS {
            if self.is_full() {
                return Ok(());
            }
            let line = (round, Line::Webhooks);
            let candidates =
                self.store.candidates(self.transaction, line, self.now, LOOK_AHEAD).await?;
            let is_all = (candidates.len() as i64) < LOOK_AHEAD;
            let recipients: Vec<i64> = candidates.iter().map(|c| c.recipient).collect();
            let mut webhooks = self.webhooks(&recipients).await?;
            let mut in_the_way = Vec::new();
            for candidate in candidates {
                let webhook = webhooks.remove(&candidate.recipient);
                let settled = candidate.settled(self.now).or_else(|| lost(webhook.as_ref()));
                let id = candidate.id;
                if let Some((outcome, reply)) = settled {
                    let row = (id, self.node);
                    settle(self.transaction, row, self.now, outcome, &reply).await?;
                    self.found.settled.push((id, outcome));
                } else if let Some(webhook) = webhook {
                    if self.is_full() {
                        return Ok(());
                    }
                    let under_way = self.busy.entry(webhook.host.clone()).or_default();
                    let is_pending = webhook.state != WebhookState::Active;
                    if is_pending || *under_way >= self.room.per_host {
                        in_the_way.push((id, is_pending));
                        continue;
                    }
                    *under_way += 1;
                    self.take(candidate, webhook).await?;
                }
            }
            // Whoever is merely busy has room again in a moment, and keeps its place
            // unless it hides others.
            in_the_way.retain(|(_, is_pending)| *is_pending || !is_all);
            self.put_off(&in_the_way).await?;
            if is_all {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn take(&mut self, candidate: Candidate, webhook: Webhook) -> Result<()> {
        let (node, now) = (self.node, self.now);
        let mut claims = Claims::default();
        let writing = (&mut *self.transaction, self.store.dialect);
        take(writing, node, now, vec![candidate], &mut claims).await?;
        let of = |claimed| Call { claimed, webhook: webhook.clone() };
        self.found.calls.extend(claims.rows.into_iter().map(of));
        Ok(())
    }

    async fn webhooks(&mut self, subscribers: &[i64]) -> Result<HashMap<i64, Webhook>> {
        if subscribers.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!("{COLUMNS} where w.subscriber in ({})", numbered(subscribers.len(), 1));
        let query = sqlx::query_as(AssertSqlSafe(sql));
        let query = subscribers.iter().fold(query, |query, id| query.bind(id));
        let rows: Vec<Row> = query.fetch_all(&mut **self.transaction).await?;
        rows.into_iter().map(|row| Ok((row.subscriber, read(row)?))).collect()
    }

    /// A pending webhook is waited for as long as until its next challenge.
    async fn put_off(&mut self, rows: &[(i64, bool)]) -> Result<()> {
        for (wait, is_pending) in [(PUT_OFF_US, false), (BETWEEN_ASKED_US, true)] {
            let some: Vec<i64> =
                rows.iter().filter(|(_, pending)| *pending == is_pending).map(|r| r.0).collect();
            if some.is_empty() {
                continue;
            }
            let sql = format!(
                "update outbox set next_attempt = $1 where id in ({})",
                numbered(some.len(), 2)
            );
            let query = sqlx::query(AssertSqlSafe(sql)).bind(self.now + wait);
            let query = some.iter().fold(query, |query, id| query.bind(id));
            query.execute(&mut **self.transaction).await?;
        }
        Ok(())
    }
}

/// What becomes of a message whose webhook is not to be called any more.
fn lost(webhook: Option<&Webhook>) -> Option<(Outcome, String)> {
    match webhook {
        None => Some((Outcome::Withdrawn, REMOVED.to_owned())),
        Some(Webhook { state: WebhookState::Disabled, .. }) => {
            Some((Outcome::Dead, "the webhook is disabled".to_owned()))
        }
        Some(_) => None,
    }
}
