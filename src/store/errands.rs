//! Errands: what somebody of the office asked for in a browser, kept until whoever
//! announces has done it. What comes of one is recorded once, whoever does it.

use super::alone::Alone;
use super::{PublicationId, Result, Store, StoreError, Topic, Write, instant, micros};
use crate::notice::{
    Carrier, Digest, Edition, NoticePath, OccasionKind, OfficeErrand, Outcome, ProgramId,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// Tests that the whole office may send within an hour: enough to look at every
/// language and reader of a notice, too few to write to strangers with.
pub const TESTS_AN_HOUR: i64 = 20;

/// An errand that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewErrand<'a> {
    /// Of the form: one that is sent twice is one errand.
    pub key: &'a str,
    pub notice: &'a NoticePath,
    pub what: &'a OfficeErrand,
    pub by: &'a str,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrandAsked {
    Kept,
    /// The same was asked for already.
    Known,
    /// Something else was asked for under this key.
    OtherUnderKey,
    /// Another announcement of the notice is not done yet.
    OtherWaits,
    /// The tests of this hour are used up.
    TooMany,
}

/// An errand that is this process's to do.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedErrand {
    pub id: i64,
    pub notice: NoticePath,
    pub what: OfficeErrand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrandState {
    Waiting,
    Done,
    Refused,
}

impl ErrandState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Done, Self::Refused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// An errand, as the office sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredErrand {
    pub id: i64,
    pub kind: String,
    pub subject: String,
    pub by: String,
    pub asked_at: DateTime<Utc>,
    pub state: ErrandState,
    pub done_at: Option<DateTime<Utc>>,
    /// What came of it, in words.
    pub outcome: String,
}

/// A test, rendered and ready for the outbox.
pub struct TestMail<'a> {
    pub errand: i64,
    pub notice: &'a NoticePath,
    pub publication: PublicationId,
    /// Of the publication.
    pub revision: &'a Digest,
    pub edition: &'a Edition,
    pub apis: &'a str,
    pub carrier: Carrier,
    /// Without angle brackets.
    pub message_id: &'a str,
    pub recipient: i64,
    pub not_after: DateTime<Utc>,
    /// What is said of the errand.
    pub said: &'a str,
}

type Row = (i64, String, String, String, i64, String, Option<i64>, String);

const COLUMNS: &str =
    "select id, kind, subject, asked_by, asked_at, state, done_at, outcome from errands";

impl Store {
    pub async fn ask_errand(&self, new: &NewErrand<'_>, at: DateTime<Utc>) -> Result<ErrandAsked> {
        let payload = serde_json::to_string(new.what)
            .map_err(|bad| StoreError::unreadable("an errand")(bad.to_string()))?;
        let mut transaction = self.write().await?;
        let (kind, subject) = (new.what.kind(), new.notice.to_string());
        let known: Option<(String, String, String, String)> =
            sqlx::query_as("select kind, subject, payload, state from errands where key = $1")
                .bind(new.key)
                .fetch_optional(&mut *transaction)
                .await?;
        if let Some((of_kind, of_subject, asked, state)) = known {
            // What was asked is forgotten once it is done.
            let is_same = (of_kind.as_str(), of_subject.as_str()) == (kind, subject.as_str())
                && (state != ErrandState::Waiting.as_str() || asked == payload);
            return Ok(if is_same { ErrandAsked::Known } else { ErrandAsked::OtherUnderKey });
        }
        if matches!(new.what, OfficeErrand::Test(_)) {
            let sent: i64 = sqlx::query_scalar(
                "select count(*) from errands where kind = 'test' and asked_at > $1",
            )
            .bind(micros(at - TimeDelta::hours(1)))
            .fetch_one(&mut *transaction)
            .await?;
            if sent >= TESTS_AN_HOUR {
                return Ok(ErrandAsked::TooMany);
            }
        }
        let done = sqlx::query(
            "insert into errands (key, kind, subject, asked_by, asked_at, payload)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        )
        .bind(new.key)
        .bind(kind)
        .bind(subject.as_str())
        .bind(new.by)
        .bind(micros(at))
        .bind(payload.as_str())
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            // An announcement of the notice waits, or the same was asked at this moment.
            let waiting: Option<(String, String)> = sqlx::query_as(
                "select key, payload from errands
                 where subject = $1 and kind = $2 and state = 'waiting' order by id desc limit 1",
            )
            .bind(subject.as_str())
            .bind(kind)
            .fetch_optional(&mut *transaction)
            .await?;
            let is_same = waiting.is_some_and(|(key, asked)| key == new.key || asked == payload);
            return Ok(if is_same { ErrandAsked::Known } else { ErrandAsked::OtherWaits });
        }
        self.tell(&mut transaction, Topic::Errands).await?;
        transaction.commit().await?;
        Ok(ErrandAsked::Kept)
    }

    /// The oldest errand that nobody answers for, to be done within `lease` or kept
    /// for longer.
    pub async fn lease_errand(&self, lease: Duration) -> Result<Option<LeasedErrand>> {
        let waiting: Option<i64> =
            sqlx::query_scalar("select id from errands where state = 'waiting' limit 1")
                .fetch_optional(&self.pool)
                .await?;
        if waiting.is_none() {
            return Ok(None);
        }
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        // Of two who take it at once, the second finds it leased.
        let row: Option<(i64, String, String)> = sqlx::query_as(
            "update errands set leased_until = $2 where state = 'waiting' and leased_until <= $1
                and id = (select min(e.id) from errands e
                    where e.state = 'waiting' and e.leased_until <= $1)
             returning id, subject, payload",
        )
        .bind(now)
        .bind(now.saturating_add(lease_us(lease)))
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        row.map(|(id, subject, payload)| {
            let what = serde_json::from_str(&payload)
                .map_err(|bad| StoreError::unreadable("an errand")(bad.to_string()))?;
            let notice = super::subscribers::parsed("an errand", &subject)?;
            Ok(LeasedErrand { id, notice, what })
        })
        .transpose()
    }

    /// Whoever does an errand answers for it for this much longer.
    pub async fn keep_errand(&self, id: i64, lease: Duration) -> Result<()> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        sqlx::query("update errands set leased_until = $2 where id = $1 and state = 'waiting'")
            .bind(id)
            .bind(now.saturating_add(lease_us(lease)))
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// What came of an errand. Whoever says so first is right.
    pub async fn end_errand(
        &self,
        id: i64,
        state: ErrandState,
        outcome: &str,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let is_first = end(&mut transaction, id, state, outcome, at).await?;
        transaction.commit().await?;
        Ok(is_first)
    }

    /// Puts a test into the outbox and ends its errand, both or neither. Whether it
    /// did: another process may have been first.
    pub async fn mail_test(&self, test: &TestMail<'_>, at: DateTime<Utc>) -> Result<bool> {
        let mut transaction = self.write().await?;
        if !end(&mut transaction, test.errand, ErrandState::Done, test.said, at).await? {
            return Ok(false);
        }
        let alone = Alone {
            kind: OccasionKind::Test,
            key: &test_key(test.errand, test.notice),
            program: &test.notice.program,
            publication: test.publication,
            revision: test.revision,
            edition: test.edition,
            apis: test.apis,
            carrier: test.carrier,
            message_id: test.message_id,
            recipient: test.recipient,
            not_after: Some(test.not_after),
        };
        alone.put(&mut transaction, at).await?;
        self.tell(&mut transaction, Topic::Outbox).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// What was asked for of a notice, the latest first; `most` of it.
    pub async fn errands_about(&self, notice: &NoticePath, most: i64) -> Result<Vec<StoredErrand>> {
        let sql = format!("{COLUMNS} where subject = $1 order by id desc limit $2");
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(notice.to_string())
            .bind(most)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// What waits to be done, the oldest first; `most` of it.
    pub async fn errands_waiting(&self, most: i64) -> Result<Vec<StoredErrand>> {
        let sql = format!("{COLUMNS} where state = 'waiting' order by id limit $1");
        let rows: Vec<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(most).fetch_all(&self.pool).await?;
        rows.into_iter().map(read).collect()
    }

    /// What became of the mail of a test, once it was tried.
    pub async fn fate_of_test(
        &self,
        errand: i64,
        notice: &NoticePath,
    ) -> Result<Option<(Outcome, String)>> {
        let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
            "select o.outcome, o.reply from occasions c join outbox o on o.occasion = c.id
             where c.subject = $1 and c.kind = 'test' and c.key = $2",
        )
        .bind(notice.program.as_str())
        .bind(test_key(errand, notice))
        .fetch_optional(&self.pool)
        .await?;
        let Some((Some(outcome), reply)) = row else { return Ok(None) };
        Ok(Some((super::outbox::named(&outcome)?, reply.unwrap_or_default())))
    }
}

/// Of the occasion of a test, which is its program's: nothing that is looked up by
/// the notice meets it. It begins with the errand and ends with the notice.
fn test_key(errand: i64, notice: &NoticePath) -> String {
    format!("{errand}/{}", notice.notice)
}

/// The notice that a test's occasion is about.
pub fn notice_of_test(program: &ProgramId, key: &str) -> Option<NoticePath> {
    let (_, notice) = key.split_once('/')?;
    Some(NoticePath { program: program.clone(), notice: notice.parse().ok()? })
}

fn lease_us(lease: Duration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)
}

async fn end(
    transaction: &mut Write,
    id: i64,
    state: ErrandState,
    outcome: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update errands set state = $2, outcome = $3, done_at = $4, payload = ''
         where id = $1 and state = 'waiting'",
    )
    .bind(id)
    .bind(state.as_str())
    .bind(outcome)
    .bind(micros(at))
    .execute(&mut **transaction)
    .await?;
    Ok(done.rows_affected() > 0)
}

fn read((id, kind, subject, by, asked_at, state, done_at, outcome): Row) -> Result<StoredErrand> {
    let known = ErrandState::ALL.into_iter().find(|known| known.as_str() == state);
    let state = known.ok_or_else(|| StoreError::unreadable("an errand")(state))?;
    let done_at = done_at.map(instant).transpose()?;
    let asked_at = instant(asked_at)?;
    Ok(StoredErrand { id, kind, subject, by, asked_at, state, done_at, outcome })
}
