//! Which messages come next: round by round, past what is held, and past the
//! domains that are out of tokens.
//!
//! Neither a held round nor a throttled domain is ever scanned to get at what
//! stands behind it: a held round is left out as a whole, and what a throttled
//! domain may not have yet is put aside in large steps, each message once.

use super::buckets::Tokens;
use super::claims::{Candidate, Claims, Errand, settle, take};
use super::escalations::NEEDLESS;
use super::holds::NOT_HELD;
use super::nodes::NodeId;
use super::{Result, Store, Write};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

/// How far ahead of the queue's front is looked for what must be put aside:
/// enough that a million throttled messages are out of the way in 200 steps,
/// little enough that one step takes some hundredths of a second.
const PUT_ASIDE: i64 = 5_000;

/// Steps within one claim, which keeps all other writers waiting.
const MAX_STEPS: usize = 4;

/// One claim at work.
pub(super) struct Claiming<'a> {
    pub store: &'a Store,
    pub transaction: &'a mut Write,
    pub tokens: Tokens<'a>,
    pub node: NodeId,
    pub now: i64,
    pub limit: usize,
    pub claims: Claims,
}

impl Claiming<'_> {
    pub async fn run(mut self, errand: Errand) -> Result<Claims> {
        for occasion in self.rounds(errand).await? {
            if self.room() == 0 {
                break;
            }
            self.claim_parked(occasion).await?;
            self.claim_fresh(occasion).await?;
        }
        self.tokens.close(self.transaction).await?;
        Ok(self.claims)
    }

    fn room(&self) -> usize {
        self.tokens.room(self.limit - self.claims.rows.len())
    }

    /// Rounds that have anything due and are not held: confirmations, which
    /// somebody waits for, before all others, then what has waited longest. The
    /// rounds are found by stepping through an index, not by reading the queue.
    async fn rounds(&mut self, errand: Errand) -> Result<Vec<i64>> {
        let carrier = match errand {
            Errand::Round(occasion) => {
                let sql = format!("select c.id from occasions c where c.id = $1 and {NOT_HELD}");
                let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(occasion);
                return Ok(query.fetch_all(&mut **self.transaction).await?);
            }
            Errand::All(carrier) => carrier.as_str(),
        };
        let sql = format!(
            "with recursive due (occasion) as (
                select min(occasion) from outbox where state = 'waiting' and parked = 0
                union all
                select (select min(o.occasion) from outbox o
                    where o.state = 'waiting' and o.parked = 0 and o.occasion > due.occasion)
                from due where due.occasion is not null),
             aside (occasion) as (
                select min(occasion) from parked
                union all
                select (select min(p.occasion) from parked p where p.occasion > aside.occasion)
                from aside where aside.occasion is not null)
             select id from (
                select c.id, c.kind,
                    (select min(o.next_attempt) from outbox o
                     where o.occasion = c.id and o.state = 'waiting' and o.parked = 0
                        and (o.closes_at is null or o.closes_at > $2)) as due_at,
                    (select min(p.opens_at) from parked p where p.occasion = c.id) as opens_at
                from occasions c
                where c.id in (select occasion from due union select occasion from aside)
                    and c.carrier = $1 and {NOT_HELD}) waiting
             where due_at <= $2 or opens_at <= $2
             order by case kind when 'confirmation' then 0 else 1 end, due_at, id"
        );
        let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(carrier).bind(self.now);
        Ok(query.fetch_all(&mut **self.transaction).await?)
    }

    /// What was put aside for a domain that has tokens again.
    async fn claim_parked(&mut self, occasion: i64) -> Result<()> {
        let domains: Vec<String> = sqlx::query_scalar(
            "select domain from parked where occasion = $1 and opens_at <= $2
             order by opens_at, domain limit $3",
        )
        .bind(occasion)
        .bind(self.now)
        .bind(as_i64(self.limit))
        .fetch_all(&mut **self.transaction)
        .await?;
        for domain in domains {
            let wanted = self.limit - self.claims.rows.len();
            let room = self.tokens.room_at(self.transaction, &domain, wanted).await?;
            if room == 0 {
                continue;
            }
            let candidates = self.candidates(occasion, Some(&domain), room).await?;
            self.deal_with(candidates).await?;
            sqlx::query(
                "delete from parked where occasion = $1 and domain = $2 and not exists
                    (select 1 from outbox o where o.occasion = $1 and o.domain = $2
                     and o.state = 'waiting' and o.parked = 1)",
            )
            .bind(occasion)
            .bind(domain)
            .execute(&mut **self.transaction)
            .await?;
        }
        Ok(())
    }

    /// What was not looked at before, or is to be tried again.
    async fn claim_fresh(&mut self, occasion: i64) -> Result<()> {
        for _ in 0..MAX_STEPS {
            let room = self.room();
            if room == 0 {
                break;
            }
            let candidates = self.candidates(occasion, None, room).await?;
            let is_last = candidates.len() < room;
            let closed = self.deal_with(candidates).await?;
            self.put_aside(occasion, &closed).await?;
            if is_last && closed.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Claims or settles messages; gives the domains that are out of tokens.
    async fn deal_with(&mut self, candidates: Vec<Candidate>) -> Result<BTreeSet<String>> {
        let (mut taken, mut closed) = (Vec::with_capacity(candidates.len()), BTreeSet::new());
        for candidate in candidates {
            if let Some((outcome, reply)) = candidate.settled(self.now) {
                let row = candidate.id;
                self.claims.settled.push((row, outcome));
                settle(self.transaction, (row, self.node), self.now, outcome, &reply).await?;
            } else if self.tokens.take(self.transaction, &candidate.domain).await? {
                taken.push(candidate);
            } else {
                closed.insert(candidate.domain);
            }
        }
        let writing = (&mut *self.transaction, self.store.dialect);
        take(writing, self.node, self.now, taken, &mut self.claims).await?;
        Ok(closed)
    }

    async fn put_aside(&mut self, occasion: i64, domains: &BTreeSet<String>) -> Result<()> {
        for domain in domains {
            let sql = format!(
                "update outbox set parked = 1 where id in (
                    select id from (
                        select o.id, o.domain from outbox o
                        where o.occasion = $1 and o.state = 'waiting' and o.parked = 0
                            and o.next_attempt <= $2
                            and (o.closes_at is null or o.closes_at > $2)
                        order by o.next_attempt, o.id limit $3 {}) front
                    where front.domain = $4)",
                self.store.dialect.lock_rows()
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(occasion)
                .bind(self.now)
                .bind(PUT_ASIDE)
                .bind(domain.as_str())
                .execute(&mut **self.transaction)
                .await?;
            let opens_at = self.tokens.opens_at(self.transaction, domain).await?;
            sqlx::query(
                "insert into parked (occasion, domain, opens_at) values ($1, $2, $3)
                 on conflict (occasion, domain) do update set opens_at = excluded.opens_at",
            )
            .bind(occasion)
            .bind(domain.as_str())
            .bind(opens_at)
            .execute(&mut **self.transaction)
            .await?;
        }
        Ok(())
    }

    async fn candidates(
        &mut self,
        occasion: i64,
        domain: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Candidate>> {
        let line = domain.map_or(Line::Mail, Line::Aside);
        self.store.candidates(self.transaction, (occasion, line), self.now, as_i64(limit)).await
    }
}

/// In which queue of a round a message waits, by its number in `parked`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line<'a> {
    Mail,
    /// Mail that was put aside for this domain.
    Aside(&'a str),
    Webhooks,
}

/// Why a message of the occasion `c` does not go to the mailbox of `s`. Whoever left a
/// program and now asks to come back is asked whether they mean it.
const SUPPRESSED: &str = "(select min(x.reason) from suppressions x
    where x.mailbox = s.mailbox and (x.scope = '*'
        or (x.scope = c.program and c.kind not in ('confirmation', 'escalated'))))";

impl Store {
    /// Whether a message that was claimed a while ago is still for sending. Where it is
    /// not, it is given back, and settled by whoever claims it next.
    pub async fn is_still_wanted(&self, row: i64) -> Result<bool> {
        let sql = format!(
            "select count(*) from outbox o join occasions c on c.id = o.occasion
             join subscribers s on s.id = coalesce(o.addressee, o.recipient)
             left join subscribers f on f.id = o.recipient and o.addressee is not null
             where o.id = $1 and o.superseded = 0 and {SUPPRESSED} is null and {NEEDLESS} is null"
        );
        let wanted: i64 =
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(row).fetch_one(&self.pool).await?;
        Ok(wanted > 0)
    }

    /// The next messages that wait in a line.
    pub(super) async fn candidates(
        &self,
        transaction: &mut Write,
        (occasion, line): (i64, Line<'_>),
        now: i64,
        limit: i64,
    ) -> Result<Vec<Candidate>> {
        let (which, domain) = match line {
            Line::Mail => ("o.parked = 0 and $4 = ''", ""),
            Line::Aside(domain) => ("o.parked = 1 and o.domain = $4", domain),
            Line::Webhooks => ("o.parked = 2 and $4 = ''", ""),
        };
        let sql = format!(
            "select o.id, o.occasion, o.recipient, o.edition, o.apis, o.message_id, o.attempts, o.made_at,
                    o.not_after, o.thread, o.outcome, o.superseded, o.domain, c.subject, s.address, s.name,
                    o.addressee, o.told_on, f.id as first, f.name as first_name,
                    f.address as first_address, {NEEDLESS} as needless, {SUPPRESSED} as suppressed
             from outbox o join occasions c on c.id = o.occasion
             left join subscribers s on s.id = coalesce(o.addressee, o.recipient)
             left join subscribers f on f.id = o.recipient and o.addressee is not null
             where o.occasion = $1 and o.state = 'waiting' and o.next_attempt <= $2
                and (o.closes_at is null or o.closes_at > $2) and {which}
             order by o.next_attempt, o.id limit $3 {}",
            self.dialect.lock_rows()
        );
        Ok(sqlx::query_as(AssertSqlSafe(sql))
            .bind(occasion)
            .bind(now)
            .bind(limit)
            .bind(domain)
            .fetch_all(&mut **transaction)
            .await?)
    }
}

fn as_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
