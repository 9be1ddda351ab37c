//! What environments were asked, when each is asked again, and every change of what they are
//! found to do. One process asks a target at a time.

use super::{PublicationId, Result, Store, StoreError, instant, micros};
use crate::notice::{Finding, Judgement, ProgramId, Verdict, WatchStanding, WatchTarget};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// A target that is this process's to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedWatch {
    pub id: i64,
    pub program: ProgramId,
    pub target: WatchTarget,
    /// None where it was never asked.
    pub standing: Option<WatchStanding>,
    until: i64,
}

/// What one look came to.
#[derive(Debug, Clone, Copy)]
pub struct NewLook<'a> {
    pub standing: &'a WatchStanding,
    pub judgement: &'a Judgement,
    pub findings: &'a [Finding],
    /// Whether the state is another one than before.
    pub is_change: bool,
    /// Whether somebody is to be told.
    pub is_news: bool,
    /// When it is asked again.
    pub due_at: DateTime<Utc>,
}

/// A target, as the office sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredWatch {
    pub id: i64,
    pub program: ProgramId,
    pub target: WatchTarget,
    pub due_at: DateTime<Utc>,
    /// None where it was never asked.
    pub looked_at: Option<DateTime<Utc>>,
    pub standing: Option<WatchStanding>,
    pub judgement: Option<Judgement>,
    pub findings: Vec<Finding>,
}

/// A change of a target's state.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredChange {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub judgement: Judgement,
}

/// Targets of a program in a state; None where they were never asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchCount {
    pub program: ProgramId,
    pub verdict: Option<Verdict>,
    pub targets: i64,
    /// The oldest of their last looks.
    pub looked_at: Option<DateTime<Utc>>,
}

const WHAT: &str = "a watched target";

const COLUMNS: &str = "id, program, environment, url_id, operation, url,
    verdict, signature, since, in_vain, told";

impl Store {
    /// Takes what is to be watched from a publication, once, whoever comes first; of a later one
    /// nothing is undone. Says whether it did. Everything is asked again: what is demanded of it
    /// may be something else.
    pub async fn watch(
        &self,
        publication: PublicationId,
        targets: &[(ProgramId, WatchTarget, DateTime<Utc>)],
    ) -> Result<bool> {
        let known: Option<i64> = sqlx::query_scalar("select publication from watch_source")
            .fetch_optional(&self.pool)
            .await?;
        if known.is_some_and(|known| known >= publication.get()) {
            return Ok(false);
        }
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "insert into watch_source (id, publication) values (1, $1)
             on conflict (id) do update set publication = $1 where watch_source.publication < $1",
        )
        .bind(publication.get())
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("update watch_targets set is_watched = 0 where is_watched = 1")
            .execute(&mut *transaction)
            .await?;
        for (program, target, due_at) in targets {
            sqlx::query(
                "insert into watch_targets
                    (program, environment, url_id, operation, url, is_watched, due_at)
                 values ($1, $2, $3, $4, $5, 1, $6)
                 on conflict (program, environment, url_id, operation)
                 do update set url = $5, is_watched = 1, due_at = $6",
            )
            .bind(program.as_str())
            .bind(target.environment.as_str())
            .bind(target.url_id.as_str())
            .bind(operation(target))
            .bind(target.url.as_str())
            .bind(micros(*due_at))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Targets that are due at `at` and that nobody is asking, to be asked within `lease`; the
    /// longest due first.
    pub async fn lease_watched(
        &self,
        at: DateTime<Utc>,
        lease: Duration,
        most: i64,
    ) -> Result<Vec<LeasedWatch>> {
        let due: Option<i64> = sqlx::query_scalar(
            "select id from watch_targets where is_watched = 1 and due_at <= $1 limit 1",
        )
        .bind(micros(at))
        .fetch_optional(&self.pool)
        .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let until = now.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX));
        // Of two who take one at once, the second finds it leased.
        let sql = format!(
            "update watch_targets set leased_until = $3
             where is_watched = 1 and due_at <= $1 and leased_until <= $2
                and id in (select t.id from watch_targets t
                    where t.is_watched = 1 and t.due_at <= $1 and t.leased_until <= $2
                    order by t.due_at, t.id limit $4)
             returning {COLUMNS}"
        );
        let rows: Vec<LeasedRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(micros(at))
            .bind(now)
            .bind(until)
            .bind(most)
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        rows.into_iter()
            .map(|row| {
                let (program, target) = row.target()?;
                Ok(LeasedWatch { id: row.id, program, target, standing: row.standing()?, until })
            })
            .collect()
    }

    /// Keeps what a look came to. Whether it did: whoever took longer than its lease may find
    /// that somebody else has asked meanwhile.
    pub async fn keep_look(
        &self,
        leased: &LeasedWatch,
        look: &NewLook<'_>,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let judgement = written(look.judgement)?;
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "update watch_targets set leased_until = 0, looked_at = $3, due_at = $4, verdict = $5,
                signature = $6, since = $7, in_vain = $8, told = $9, judgement = $10,
                findings = $11
             where id = $1 and leased_until = $2",
        )
        .bind(leased.id)
        .bind(leased.until)
        .bind(micros(at))
        .bind(micros(look.due_at))
        .bind(look.standing.verdict.as_str())
        .bind(look.standing.signature.as_str())
        .bind(micros(look.standing.since))
        .bind(i64::from(look.standing.in_vain))
        .bind(look.standing.told.as_str())
        .bind(judgement.as_str())
        .bind(written(look.findings)?)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if look.is_change {
            let told_before = leased.standing.as_ref().map_or("", |known| known.told.as_str());
            sqlx::query(
                "insert into watch_changes
                    (target, at, verdict, signature, judgement, told_before, untold)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(leased.id)
            .bind(micros(at))
            .bind(look.standing.verdict.as_str())
            .bind(look.standing.signature.as_str())
            .bind(judgement.as_str())
            .bind(told_before)
            .bind(i64::from(look.is_news))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// When the next target falls due; None where none is watched.
    pub async fn next_watch(&self) -> Result<Option<DateTime<Utc>>> {
        let due: Option<i64> =
            sqlx::query_scalar("select min(due_at) from watch_targets where is_watched = 1")
                .fetch_one(&self.pool)
                .await?;
        due.map(instant).transpose()
    }

    /// Everything that is watched, of one program or of all: what drifts first, then what is not
    /// known.
    pub async fn watched(&self, program: Option<&ProgramId>) -> Result<Vec<StoredWatch>> {
        self.stored_watches(
            "is_watched = 1 and (program = $1 or $1 = '')",
            program.map_or("", ProgramId::as_str).to_owned(),
        )
        .await
    }

    /// One target, by its number, whether it is watched at present or not.
    pub async fn watched_target(&self, id: i64) -> Result<Option<StoredWatch>> {
        let found = self.stored_watches("cast(id as text) = $1", id.to_string()).await?;
        Ok(found.into_iter().next())
    }

    async fn stored_watches(&self, condition: &str, value: String) -> Result<Vec<StoredWatch>> {
        let sql = format!(
            "select {COLUMNS}, due_at, looked_at, judgement, findings
             from watch_targets where {condition}
             order by case verdict when 'drifting' then 0 when 'undetermined' then 1
                when 'conforming' then 3 else 2 end, program, id"
        );
        let rows: Vec<WatchRow> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(value).fetch_all(&self.pool).await?;
        rows.into_iter().map(read).collect()
    }

    /// The changes of a target's state, the latest first; `most` of them.
    pub async fn watch_changes(&self, target: i64, most: i64) -> Result<Vec<StoredChange>> {
        let rows: Vec<(i64, i64, String)> = sqlx::query_as(
            "select id, at, judgement from watch_changes where target = $1
             order by id desc limit $2",
        )
        .bind(target)
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(id, at, judgement)| {
                Ok(StoredChange { id, at: instant(at)?, judgement: parsed(&judgement)? })
            })
            .collect()
    }

    /// How many targets of each program stand how.
    pub async fn watch_counts(&self) -> Result<Vec<WatchCount>> {
        let rows: Vec<(String, Option<String>, i64, Option<i64>)> = sqlx::query_as(
            "select program, verdict, count(*), min(looked_at) from watch_targets
             where is_watched = 1 group by program, verdict order by program, verdict",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(program, verdict, targets, looked_at)| {
                let program = super::subscribers::parsed(WHAT, &program)?;
                let verdict = verdict.map(|text| text.parse()).transpose();
                let verdict = verdict.map_err(StoreError::unreadable(WHAT))?;
                let looked_at = looked_at.map(instant).transpose()?;
                Ok(WatchCount { program, verdict, targets, looked_at })
            })
            .collect()
    }
}

/// A target, and the state that it is in.
#[derive(sqlx::FromRow)]
pub(super) struct LeasedRow {
    pub(super) id: i64,
    program: String,
    environment: String,
    url_id: String,
    operation: String,
    url: String,
    verdict: Option<String>,
    signature: String,
    since: Option<i64>,
    in_vain: i64,
    told: String,
}

impl LeasedRow {
    pub(super) fn target(&self) -> Result<(ProgramId, WatchTarget)> {
        fn part<T: std::str::FromStr>(text: &str) -> Result<T>
        where
            T::Err: std::fmt::Display,
        {
            super::subscribers::parsed(WHAT, text)
        }
        let operation = Some(self.operation.as_str()).filter(|text| !text.is_empty());
        let target = WatchTarget {
            environment: part(&self.environment)?,
            url_id: part(&self.url_id)?,
            url: part(&self.url)?,
            operation: operation.map(part).transpose()?,
        };
        Ok((part(&self.program)?, target))
    }

    /// None where it was never asked.
    fn standing(&self) -> Result<Option<WatchStanding>> {
        let (Some(verdict), Some(since)) = (&self.verdict, self.since) else { return Ok(None) };
        Ok(Some(WatchStanding {
            verdict: verdict.parse().map_err(StoreError::unreadable(WHAT))?,
            signature: self.signature.clone(),
            since: instant(since)?,
            in_vain: u32::try_from(self.in_vain).unwrap_or(u32::MAX),
            told: self.told.clone(),
        }))
    }
}

/// As it is kept: empty for the URL itself.
fn operation(target: &WatchTarget) -> String {
    target.operation.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn written<T: Serialize + ?Sized>(what: &T) -> Result<String> {
    serde_json::to_string(what).map_err(|bad| StoreError::unreadable(WHAT)(bad.to_string()))
}

pub(super) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|bad| StoreError::unreadable(WHAT)(bad.to_string()))
}

#[derive(sqlx::FromRow)]
struct WatchRow {
    #[sqlx(flatten)]
    leased: LeasedRow,
    due_at: i64,
    looked_at: Option<i64>,
    judgement: Option<String>,
    findings: String,
}

fn read(row: WatchRow) -> Result<StoredWatch> {
    let (program, target) = row.leased.target()?;
    Ok(StoredWatch {
        id: row.leased.id,
        program,
        target,
        due_at: instant(row.due_at)?,
        looked_at: row.looked_at.map(instant).transpose()?,
        standing: row.leased.standing()?,
        judgement: row.judgement.as_deref().map(parsed).transpose()?,
        findings: parsed(&row.findings)?,
    })
}
