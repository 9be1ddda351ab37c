//! Who of those that were told of a notice passes its test endpoints, who fails and who
//! never tried, as the office looks at it.

use super::readiness::named;
use super::subscribers::parsed;
use super::{Channel, Result, Store, instant};
use crate::notice::{EmailAddress, NoticePath, Readiness};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Of those who were told, how many came on a day (UTC) from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyOnDay {
    pub day: NaiveDate,
    /// None for the first attempt.
    pub before: Option<Readiness>,
    pub state: Readiness,
    pub people: i64,
}

/// Somebody who was told, and what their attempts came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearser {
    pub subscriber: i64,
    pub address: EmailAddress,
    /// None for whoever never tried.
    pub state: Option<Readiness>,
    pub at: Option<DateTime<Utc>>,
}

/// A page of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsers {
    pub people: Vec<Rehearser>,
    /// After whom to go on; a page before the end may be short, or empty.
    pub next: Option<i64>,
}

const DAY_US: i64 = 86_400_000_000;

/// Recipients looked at for one page of those who never tried.
const LOOKED_AT: i64 = 5_000;

/// Whose message of an occasion was accepted, or may have been: `o`, of `$1` by `$2`.
const TOLD: &str = "o.occasion = $1 and o.channel = $2 and o.state = 'settled'
    and o.outcome in ('accepted', 'unknown')";

impl Store {
    /// How many of those who were told by an occasion stand where. It goes through those
    /// who tried.
    pub async fn ready_counts(
        &self,
        occasion: i64,
        notice: &NoticePath,
    ) -> Result<BTreeMap<Readiness, i64>> {
        let sql = format!(
            "select r.state, count(*) from readiness r join outbox o on o.recipient = r.subscriber
             where r.program = $3 and r.notice = $4 and {TOLD} group by r.state"
        );
        let rows: Vec<(String, i64)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(occasion)
            .bind(Channel::Mail as i64)
            .bind(notice.program.as_str())
            .bind(notice.notice.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(|(state, people)| Ok((named(&state)?, people))).collect()
    }

    /// How those who were told by an occasion came from state to state, day by day. It goes
    /// through the days on which somebody tried.
    pub async fn ready_by_day(
        &self,
        occasion: i64,
        notice: &NoticePath,
    ) -> Result<Vec<ReadyOnDay>> {
        let sql = format!(
            "select w.day, w.prior, w.state, count(*) from (
                select d.day, d.state, lag(d.state) over (
                    partition by d.subscriber order by d.day) as prior
                from readiness_days d join outbox o on o.recipient = d.subscriber
                where d.program = $3 and d.notice = $4 and {TOLD}) w
             group by w.day, w.prior, w.state order by w.day"
        );
        let rows: Vec<(i64, Option<String>, String, i64)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(occasion)
            .bind(Channel::Mail as i64)
            .bind(notice.program.as_str())
            .bind(notice.notice.as_str())
            .fetch_all(&self.pool)
            .await?;
        let read = |(day, before, state, people): (i64, Option<String>, String, i64)| {
            Ok(ReadyOnDay {
                day: instant(day.saturating_mul(DAY_US))?.date_naive(),
                before: before.as_deref().map(named).transpose()?,
                state: named(&state)?,
                people,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// A page of those who were told by an occasion and stand so, after the subscriber
    /// `after` and in order; None are those who never tried.
    pub async fn rehearsers(
        &self,
        (occasion, notice): (i64, &NoticePath),
        state: Option<Readiness>,
        (after, limit): (i64, i64),
    ) -> Result<Rehearsers> {
        match state {
            Some(state) => self.who_tried((occasion, notice), state, (after, limit)).await,
            None => self.who_never_tried((occasion, notice), (after, limit)).await,
        }
    }

    async fn who_tried(
        &self,
        (occasion, notice): (i64, &NoticePath),
        state: Readiness,
        (after, limit): (i64, i64),
    ) -> Result<Rehearsers> {
        let sql = format!(
            "select r.subscriber, s.address, r.at from readiness r
             join subscribers s on s.id = r.subscriber join outbox o on o.recipient = r.subscriber
             where r.program = $3 and r.notice = $4 and r.state = $5 and r.subscriber > $6
                and {TOLD}
             order by r.subscriber limit $7"
        );
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(occasion)
            .bind(Channel::Mail as i64)
            .bind(notice.program.as_str())
            .bind(notice.notice.as_str())
            .bind(state.as_str())
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
        let next = rows.last().filter(|_| is_full).map(|(subscriber, ..)| *subscriber);
        let read = |(subscriber, address, at): (i64, String, i64)| {
            let (address, at) = (parsed("an address", &address)?, Some(instant(at)?));
            Ok(Rehearser { subscriber, address, state: Some(state), at })
        };
        Ok(Rehearsers { people: rows.into_iter().map(read).collect::<Result<_>>()?, next })
    }

    /// However many tried, one page looks at so many who were told and no more.
    async fn who_never_tried(
        &self,
        (occasion, notice): (i64, &NoticePath),
        (after, limit): (i64, i64),
    ) -> Result<Rehearsers> {
        let looked: Option<i64> = sqlx::query_scalar(
            "select max(recipient) from (select recipient from outbox
                where occasion = $1 and recipient > $2 and channel = $3
                order by recipient limit $4) some_told",
        )
        .bind(occasion)
        .bind(after)
        .bind(Channel::Mail as i64)
        .bind(LOOKED_AT)
        .fetch_one(&self.pool)
        .await?;
        let Some(last) = looked else { return Ok(Rehearsers::default()) };
        let sql = format!(
            "select o.recipient, s.address from outbox o join subscribers s on s.id = o.recipient
             where {TOLD} and o.recipient > $5 and o.recipient <= $6
                and not exists (select 1 from readiness r where r.subscriber = o.recipient
                    and r.program = $3 and r.notice = $4)
             order by o.recipient limit $7"
        );
        let rows: Vec<(i64, String)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(occasion)
            .bind(Channel::Mail as i64)
            .bind(notice.program.as_str())
            .bind(notice.notice.as_str())
            .bind(after)
            .bind(last)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
        let next = match rows.last() {
            Some((subscriber, _)) if is_full => *subscriber,
            _ => last,
        };
        let read = |(subscriber, address): (i64, String)| {
            let address = parsed("an address", &address)?;
            Ok(Rehearser { subscriber, address, state: None, at: None })
        };
        let people = rows.into_iter().map(read).collect::<Result<_>>()?;
        Ok(Rehearsers { people, next: Some(next) })
    }
}
