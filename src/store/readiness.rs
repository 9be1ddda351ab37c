//! Who of those a notice touches passes its test endpoints, as their last attempt that
//! says anything of versions said.

use super::subscribers::parsed;
use super::{Result, Store, StoreError, Write, instant, micros};
use crate::notice::{NewAttempt, NoticePath, Readiness};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// What somebody's attempts at the test endpoints of a notice came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    pub notice: NoticePath,
    pub state: Readiness,
    /// When it was made out.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Keeps what these attempts say of those who made them, within their transaction. Who
    /// made them is known.
    pub(super) async fn keep_readiness(
        &self,
        transaction: &mut Write,
        own: impl Iterator<Item = &NewAttempt>,
    ) -> Result<()> {
        let mut last: BTreeMap<(i64, &str, &str), (bool, i64, Readiness)> = BTreeMap::new();
        for new in own {
            let (Some(subscriber), Some(path)) = (new.subscriber, &new.attempt.endpoint) else {
                continue;
            };
            let notice = &path.notice;
            let key = (subscriber, notice.program.as_str(), notice.notice.as_str());
            let state = new.attempt.outcome.readiness();
            // What says something counts before what says nothing, and then the later one.
            let said = (state != Readiness::Unclear, micros(new.attempt.at), state);
            let known = last.entry(key).or_insert(said);
            *known = (*known).max(said);
        }
        if last.is_empty() {
            return Ok(());
        }
        let rows: serde_json::Value = last
            .iter()
            .map(|((subscriber, program, notice), (_, at, state))| {
                serde_json::json!([subscriber, program, notice, state.as_str(), at])
            })
            .collect();
        for sql in [SAY, NOTE_DAY] {
            let sql = sql.replace("{rows}", &self.dialect.elements("$1"));
            sqlx::query(AssertSqlSafe(sql))
                .bind(rows.to_string())
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }

    /// What somebody's attempts about a notice came to, where there were any.
    pub async fn readiness(
        &self,
        subscriber: i64,
        notice: &NoticePath,
    ) -> Result<Option<Readiness>> {
        let found: Option<String> = sqlx::query_scalar(
            "select state from readiness where subscriber = $1 and program = $2 and notice = $3",
        )
        .bind(subscriber)
        .bind(notice.program.as_str())
        .bind(notice.notice.as_str())
        .fetch_optional(&self.pool)
        .await?;
        found.map(|state| named(&state)).transpose()
    }

    /// What somebody's attempts came to, notice by notice.
    pub async fn readiness_of(&self, subscriber: i64) -> Result<Vec<Ready>> {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
            "select program, notice, state, at from readiness where subscriber = $1
             order by program, notice",
        )
        .bind(subscriber)
        .fetch_all(&self.pool)
        .await?;
        let read = |(program, notice, state, at): (String, String, String, i64)| {
            let notice =
                NoticePath { program: parsed(WHAT, &program)?, notice: parsed(WHAT, &notice)? };
            Ok(Ready { notice, state: named(&state)?, at: instant(at)? })
        };
        rows.into_iter().map(read).collect()
    }
}

/// What says nothing of versions takes nothing back that another attempt said.
const SAY: &str = "insert into readiness (subscriber, program, notice, state, at)
     select cast(r.value ->> 0 as bigint), r.value ->> 1, r.value ->> 2, r.value ->> 3,
        cast(r.value ->> 4 as bigint) from {rows} r where true
     on conflict (subscriber, program, notice) do update
     set state = excluded.state, at = excluded.at
     where (excluded.state <> 'unclear' and readiness.state = 'unclear')
        or (excluded.at >= readiness.at
            and (excluded.state <> 'unclear' or readiness.state = 'unclear'))";

/// What stands now, where it was said just now.
const NOTE_DAY: &str = "insert into readiness_days (subscriber, program, notice, day, state)
     select s.subscriber, s.program, s.notice, s.at / 86400000000, s.state
     from {rows} r join readiness s on s.subscriber = cast(r.value ->> 0 as bigint)
        and s.program = r.value ->> 1 and s.notice = r.value ->> 2
        and s.at = cast(r.value ->> 4 as bigint)
     where true
     on conflict (subscriber, program, notice, day) do update set state = excluded.state";

const WHAT: &str = "what somebody's attempts came to";

pub(super) fn named(text: &str) -> Result<Readiness> {
    Readiness::named(text).ok_or_else(|| StoreError::unreadable(WHAT)(text.to_owned()))
}
