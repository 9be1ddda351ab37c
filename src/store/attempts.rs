//! Who tried a test endpoint, and how far it came.
//!
//! Anybody may send a test endpoint anything, as often as they like. So what is alike
//! within a stretch of minutes is one row that counts, and a stretch takes so many rows of
//! one subscriber, and of all strangers together; what exceeds them is counted without its
//! particulars.

use super::subscribers::parsed;
use super::tried::{read_framing, read_outcome};
use super::{Result, Store, Write, micros};
use crate::notice::{Alert, AlertSender, AttemptOutcome, NewAttempt, PeerDetail, ProgramId};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};

/// Attempts within one stretch may count as one.
const STRETCH_US: i64 = 10 * 60 * 1_000_000;
/// Rows with particulars that a stretch takes of all strangers together.
const OF_STRANGERS: usize = 200;
/// The same of one subscriber.
const OF_SUBSCRIBER: usize = 50;
/// RFC 1035 §2.3.4; a hello may hold more.
const MAX_NAME_CHARS: usize = 253;
/// A first label that is longer is taken for a token.
const LONGEST_OWN_LABEL: usize = 32;
/// A hello may offer some 127; nobody has so many.
const MAX_OFFERED: usize = 32;

/// What must be equal for two attempts to count as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    stretch: i64,
    subscriber: i64,
    program: String,
    notice: String,
    endpoint: String,
    peer: String,
    server_name: String,
    framing: &'static str,
    offered: String,
    outcome: AttemptOutcome,
}

/// What is counted of those that are alike, and what the last one had beside it.
#[derive(Debug, Clone)]
struct Counted {
    first_at: i64,
    last_at: i64,
    times: i64,
    negotiated: Option<&'static str>,
    cipher: Option<String>,
    alert: Option<Alert>,
}

type Batch = BTreeMap<Likeness, Counted>;

impl Likeness {
    fn of(new: &NewAttempt, known: &BTreeSet<i64>) -> Self {
        let attempt = &new.attempt;
        let subscriber = new.subscriber.filter(|id| known.contains(id)).unwrap_or(0);
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let path = attempt.endpoint.as_ref();
        let detail = if path.is_some() { new.peers } else { PeerDetail::Truncated };
        let offered = &attempt.offered[..attempt.offered.len().min(MAX_OFFERED)];
        Self {
            stretch: micros(attempt.at).div_euclid(STRETCH_US),
            subscriber,
            program: text(path.map(|path| path.notice.program.as_str())),
            notice: text(path.map(|path| path.notice.notice.as_str())),
            endpoint: text(path.map(|path| path.endpoint.as_str())),
            peer: detail.kept(attempt.peer).unwrap_or_default(),
            server_name: name_to_keep(new),
            framing: attempt.framing.as_str(),
            offered: serde_json::json!(offered).to_string(),
            outcome: attempt.outcome,
        }
    }

    /// Without what a stranger can vary at will.
    fn without_particulars(&self) -> Self {
        let none = String::new;
        let offered = "[]".to_owned();
        Self { peer: none(), server_name: none(), offered, ..self.clone() }
    }

    /// Whose room it takes.
    fn group(&self) -> (i64, i64) {
        (self.stretch, self.subscriber)
    }
}

/// The name asked for, with `*` for what stands before the endpoint's own: whoever could
/// read it here could try in somebody else's name, and strangers invent as many as they like.
fn name_to_keep(new: &NewAttempt) -> String {
    let name = new.attempt.server_name.as_deref().unwrap_or_default();
    let host = match &new.attempt.token {
        Some(token) => name.strip_prefix(token.as_str()).unwrap_or(name),
        // At an endpoint that is declared no more, it may be somebody's token still.
        None => {
            name.find('.').filter(|end| *end > LONGEST_OWN_LABEL).map_or(name, |end| &name[end..])
        }
    };
    let host = if host.len() < name.len() { format!("*{host}") } else { host.to_owned() };
    // PostgreSQL holds no such character, and a record must never be refused.
    host.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect()
}

impl Counted {
    fn of(new: &NewAttempt) -> Self {
        let attempt = &new.attempt;
        let at = micros(attempt.at);
        Self {
            first_at: at,
            last_at: at,
            times: 1,
            negotiated: attempt.negotiated.map(|version| version.as_str()),
            cipher: attempt.cipher.clone(),
            alert: attempt.alert,
        }
    }

    fn add(&mut self, other: Self) {
        let (first_at, times) = (self.first_at.min(other.first_at), self.times + other.times);
        let last = if other.last_at >= self.last_at { other } else { self.clone() };
        *self = Self { first_at, times, ..last };
    }
}

fn add(batch: &mut Batch, likeness: Likeness, counted: Counted) {
    match batch.get_mut(&likeness) {
        Some(known) => known.add(counted),
        None => drop(batch.insert(likeness, counted)),
    }
}

impl Store {
    /// Keeps what was tried, all of it or nothing. Of somebody who is not known, or not any
    /// more, it is kept as of a stranger.
    pub async fn keep_attempts(&self, attempts: &[NewAttempt]) -> Result<()> {
        if attempts.is_empty() {
            return Ok(());
        }
        let mut transaction = self.write().await?;
        let known = self.who_of(&mut transaction, attempts).await?;
        let mut batch = Batch::new();
        for new in attempts {
            add(&mut batch, Likeness::of(new, &known), Counted::of(new));
        }
        let batch = self.as_there_is_room(&mut transaction, batch).await?;
        self.count(&mut transaction, &batch).await?;
        let own =
            attempts.iter().filter(|new| new.subscriber.is_some_and(|id| known.contains(&id)));
        self.keep_readiness(&mut transaction, own).await?;
        Ok(transaction.commit().await?)
    }

    /// Which of the subscribers named there are.
    async fn who_of(
        &self,
        transaction: &mut Write,
        attempts: &[NewAttempt],
    ) -> Result<BTreeSet<i64>> {
        let named: BTreeSet<i64> = attempts.iter().filter_map(|new| new.subscriber).collect();
        if named.is_empty() {
            return Ok(named);
        }
        let sql = format!(
            "select s.id from {} l join subscribers s on s.id = cast(l.value ->> 0 as bigint)
             where s.state = 'confirmed'",
            self.dialect.elements("$1")
        );
        let list = named.iter().map(|id| [*id]).collect::<Vec<_>>();
        let found: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(serde_json::json!(list).to_string())
            .fetch_all(&mut **transaction)
            .await?;
        Ok(found.into_iter().collect())
    }

    /// The batch, without particulars where a stretch is full.
    async fn as_there_is_room(&self, transaction: &mut Write, batch: Batch) -> Result<Batch> {
        let mut coming: BTreeMap<(i64, i64), usize> = BTreeMap::new();
        for likeness in batch.keys() {
            *coming.entry(likeness.group()).or_default() += 1;
        }
        let kept = self.rows_kept(transaction, &coming).await?;
        let mut room = BTreeMap::new();
        let mut present = BTreeSet::new();
        for (group, count) in coming {
            let most = if group.1 == 0 { OF_STRANGERS } else { OF_SUBSCRIBER };
            let kept = kept.get(&group).copied().unwrap_or(0);
            if kept + count > most {
                room.insert(group, most.saturating_sub(kept));
                present.extend(alike_in(transaction, group).await?);
            }
        }
        let mut fitting = Batch::new();
        for (likeness, counted) in batch {
            let likeness = match room.get_mut(&likeness.group()) {
                None => likeness,
                Some(_) if present.contains(&likeness) => likeness,
                Some(0) => likeness.without_particulars(),
                Some(room) => {
                    *room -= 1;
                    likeness
                }
            };
            add(&mut fitting, likeness, counted);
        }
        Ok(fitting)
    }

    async fn rows_kept(
        &self,
        transaction: &mut Write,
        groups: &BTreeMap<(i64, i64), usize>,
    ) -> Result<BTreeMap<(i64, i64), usize>> {
        let sql = format!(
            "select t.stretch, t.subscriber, count(*) from {} l join tries t
                on t.stretch = cast(l.value ->> 0 as bigint)
                and t.subscriber = cast(l.value ->> 1 as bigint)
             group by t.stretch, t.subscriber",
            self.dialect.elements("$1")
        );
        let list: Vec<_> = groups.keys().collect();
        let found: Vec<(i64, i64, i64)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(serde_json::json!(list).to_string())
            .fetch_all(&mut **transaction)
            .await?;
        let read = |(stretch, subscriber, count)| {
            ((stretch, subscriber), usize::try_from(count).unwrap_or(usize::MAX / 2))
        };
        Ok(found.into_iter().map(read).collect())
    }

    async fn count(&self, transaction: &mut Write, batch: &Batch) -> Result<()> {
        let sql = format!(
            "insert into tries (stretch, subscriber, program, notice, endpoint, peer, server_name,
                framing, offered, outcome, failed, first_at, last_at, times, negotiated, cipher,
                alert_by, alert)
             select cast(r.value ->> 0 as bigint), cast(r.value ->> 1 as bigint), r.value ->> 2,
                r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6, r.value ->> 7,
                r.value ->> 8, r.value ->> 9, cast(r.value ->> 10 as bigint),
                cast(r.value ->> 11 as bigint), cast(r.value ->> 12 as bigint),
                cast(r.value ->> 13 as bigint), r.value ->> 14, r.value ->> 15, r.value ->> 16,
                cast(r.value ->> 17 as bigint)
             from {} r where true
             on conflict (stretch, subscriber, program, notice, endpoint, peer, server_name,
                framing, offered, outcome) do update
             set times = tries.times + excluded.times, negotiated = excluded.negotiated,
                cipher = excluded.cipher, alert_by = excluded.alert_by, alert = excluded.alert,
                first_at = case when excluded.first_at < tries.first_at
                    then excluded.first_at else tries.first_at end,
                last_at = case when excluded.last_at > tries.last_at
                    then excluded.last_at else tries.last_at end",
            self.dialect.elements("$1")
        );
        let rows: serde_json::Value = batch.iter().map(|(l, c)| listed(l, c)).collect();
        sqlx::query(AssertSqlSafe(sql)).bind(rows.to_string()).execute(&mut **transaction).await?;
        Ok(())
    }

    /// Forgets up to `limit` of a program's attempts that were made before `before`, and
    /// says how many. Without a program, those at no known endpoint.
    pub async fn purge_attempts(
        &self,
        program: Option<&ProgramId>,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<u64> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "delete from tries where id in (select id from tries
                where program = $1 and last_at < $2 order by last_at limit $3)",
        )
        .bind(program.map_or("", ProgramId::as_str))
        .bind(micros(before))
        .bind(limit)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let forgotten = done.rows_affected();
        if let Some(pause) = self.dialect.way_for_others().filter(|_| forgotten > 0) {
            tokio::time::sleep(pause).await;
        }
        Ok(forgotten)
    }

    /// The programs of which there are attempts, published or not.
    pub async fn programs_tried(&self) -> Result<Vec<ProgramId>> {
        let mut found: Vec<ProgramId> = Vec::new();
        loop {
            // One look each into an index, however many attempts there are.
            let after = found.last().map_or("", ProgramId::as_str);
            let next: Option<String> =
                sqlx::query_scalar("select min(program) from tries where program > $1")
                    .bind(after)
                    .fetch_one(&self.pool)
                    .await?;
            match next {
                Some(next) => found.push(parsed("an attempt", &next)?),
                None => return Ok(found),
            }
        }
    }
}

/// Forgets what somebody tried.
pub(super) async fn forget_attempts(transaction: &mut Write, subscriber: i64) -> Result<()> {
    for sql in [
        "delete from tries where subscriber = $1 and subscriber > 0",
        "delete from readiness where subscriber = $1",
        "delete from readiness_days where subscriber = $1",
    ] {
        sqlx::query(sql).bind(subscriber).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// As a statement reads it from a list.
fn listed(likeness: &Likeness, counted: &Counted) -> serde_json::Value {
    let Likeness { stretch, subscriber, program, notice, endpoint, peer, .. } = likeness;
    let Counted { first_at, last_at, times, negotiated, cipher, alert } = counted;
    let failed = i64::from(likeness.outcome.is_failure());
    let alert_by = alert.map(|alert| match alert.sent_by {
        AlertSender::Client => "client",
        AlertSender::Server => "server",
    });
    serde_json::json!([
        stretch,
        subscriber,
        program,
        notice,
        endpoint,
        peer,
        likeness.server_name,
        likeness.framing,
        likeness.offered,
        likeness.outcome.as_str(),
        failed,
        first_at,
        last_at,
        times,
        negotiated,
        cipher,
        alert_by,
        alert.map(|alert| alert.code),
    ])
}

/// What a stretch already counts of a subscriber, or of strangers.
async fn alike_in(transaction: &mut Write, group: (i64, i64)) -> Result<Vec<Likeness>> {
    type Row = (String, String, String, String, String, String, String, String);
    let rows: Vec<Row> = sqlx::query_as(
        "select program, notice, endpoint, peer, server_name, framing, offered, outcome
         from tries where stretch = $1 and subscriber = $2",
    )
    .bind(group.0)
    .bind(group.1)
    .fetch_all(&mut **transaction)
    .await?;
    let read = |(program, notice, endpoint, peer, server_name, framing, offered, outcome): Row| {
        let (stretch, subscriber) = group;
        let framing = read_framing(&framing)?.as_str();
        let outcome = read_outcome(&outcome)?;
        Ok(Likeness {
            stretch,
            subscriber,
            program,
            notice,
            endpoint,
            peer,
            server_name,
            framing,
            offered,
            outcome,
        })
    };
    rows.into_iter().map(read).collect()
}
