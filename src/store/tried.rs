//! What was kept of those who tried a test endpoint, as they and the office look at it.

use super::subscribers::parsed;
use super::{Result, Store, StoreError, instant, micros};
use crate::notice::{
    Alert, AlertSender, AttemptOutcome, EndpointPath, Framing, NoticePath, TlsVersion,
};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// Attempts that are alike, as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAttempt {
    pub id: i64,
    /// None where nothing told which endpoint was meant.
    pub endpoint: Option<EndpointPath>,
    /// As much of the address as the program keeps: `192.0.2.0/24`.
    pub peer: Option<String>,
    /// Without the token of a subscriber.
    pub server_name: Option<String>,
    pub framing: Framing,
    pub offered: Vec<u16>,
    pub negotiated: Option<TlsVersion>,
    pub cipher: Option<String>,
    pub outcome: AttemptOutcome,
    pub alert: Option<Alert>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub times: i64,
}

/// Where a list of somebody's own attempts goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterAttempt {
    pub failed: bool,
    pub last_at: DateTime<Utc>,
    pub id: i64,
}

/// Strangers who came from one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedFrom {
    /// None where the program keeps no address.
    pub peer: Option<String>,
    /// Attempts that passed, that failed, and that say nothing of versions.
    pub passed: i64,
    pub failed: i64,
    pub unclear: i64,
    pub last_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    program: String,
    notice: String,
    endpoint: String,
    peer: String,
    server_name: String,
    framing: String,
    offered: String,
    outcome: String,
    negotiated: Option<String>,
    cipher: Option<String>,
    alert_by: Option<String>,
    alert: Option<i64>,
    first_at: i64,
    last_at: i64,
    times: i64,
}

const COLUMNS: &str = "select id, program, notice, endpoint, peer, server_name, framing, offered,
    outcome, negotiated, cipher, alert_by, alert, first_at, last_at, times from tries";

/// Rows of strangers that are looked at for one page.
const LOOKED_AT: i64 = 10_000;

impl KeptAttempt {
    pub fn after(&self) -> AfterAttempt {
        AfterAttempt { failed: self.outcome.is_failure(), last_at: self.last_at, id: self.id }
    }
}

impl Store {
    /// A subscriber's own attempts, the failed ones first, and of each kind the latest.
    pub async fn attempts_of(
        &self,
        subscriber: i64,
        after: Option<AfterAttempt>,
        limit: i64,
    ) -> Result<Vec<KeptAttempt>> {
        let sql = format!(
            "{COLUMNS} where subscriber = $1 and subscriber > 0 and (failed, last_at, id) < ($2, $3, $4)
             order by failed desc, last_at desc, id desc limit $5"
        );
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(subscriber)
            .bind(after.map_or(i64::MAX, |after| i64::from(after.failed)))
            .bind(after.map_or(i64::MAX, |after| micros(after.last_at)))
            .bind(after.map_or(i64::MAX, |after| after.id))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Strangers by network, of the last 10,000 rows about a notice: those with the most
    /// failures first.
    pub async fn strangers_by_network(
        &self,
        notice: &NoticePath,
        limit: i64,
    ) -> Result<Vec<TriedFrom>> {
        let rows: Vec<(String, i64, i64, i64, i64)> = sqlx::query_as(
            "select peer, cast(sum(case when outcome = $4 then times else 0 end) as bigint),
                cast(sum(case when failed = 1 then times else 0 end) as bigint),
                cast(sum(times) as bigint), max(last_at)
             from (select peer, outcome, failed, times, last_at from tries
                where program = $1 and notice = $2 and subscriber = 0
                order by last_at desc limit $3) latest
             group by peer order by 3 desc, 4 desc, peer limit $5",
        )
        .bind(notice.program.as_str())
        .bind(notice.notice.as_str())
        .bind(LOOKED_AT)
        .bind(AttemptOutcome::Passed.as_str())
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let read = |(peer, passed, failed, all, last_at): (String, i64, i64, i64, i64)| {
            let unclear = all - passed - failed;
            let (peer, last_at) = (written(peer), instant(last_at)?);
            Ok(TriedFrom { peer, passed, failed, unclear, last_at })
        };
        rows.into_iter().map(read).collect()
    }
}

fn read(row: Row) -> Result<KeptAttempt> {
    let endpoint = match row.program.as_str() {
        "" => None,
        _ => Some(EndpointPath {
            notice: NoticePath {
                program: parsed(WHAT, &row.program)?,
                notice: parsed(WHAT, &row.notice)?,
            },
            endpoint: parsed(WHAT, &row.endpoint)?,
        }),
    };
    let offered = serde_json::from_str(&row.offered).map_err(|bad| unreadable(&bad.to_string()))?;
    let alert = match (row.alert_by.as_deref(), row.alert) {
        (Some(by), Some(code)) => Some(Alert {
            sent_by: if by == "client" { AlertSender::Client } else { AlertSender::Server },
            code: u8::try_from(code).map_err(|_| unreadable("an alert"))?,
        }),
        _ => None,
    };
    Ok(KeptAttempt {
        id: row.id,
        endpoint,
        peer: written(row.peer),
        server_name: written(row.server_name),
        framing: read_framing(&row.framing)?,
        offered,
        negotiated: row.negotiated.map(|version| parsed(WHAT, &version)).transpose()?,
        cipher: row.cipher,
        outcome: read_outcome(&row.outcome)?,
        alert,
        first_at: instant(row.first_at)?,
        last_at: instant(row.last_at)?,
        times: row.times,
    })
}

const WHAT: &str = "an attempt";

fn written(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

pub(super) fn read_framing(text: &str) -> Result<Framing> {
    Framing::named(text).ok_or_else(|| unreadable(text))
}

pub(super) fn read_outcome(text: &str) -> Result<AttemptOutcome> {
    AttemptOutcome::named(text).ok_or_else(|| unreadable(text))
}

fn unreadable(text: &str) -> StoreError {
    StoreError::unreadable(WHAT)(text.to_owned())
}
