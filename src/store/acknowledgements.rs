//! Who said that rows of a notice are dealt with.

use super::tellings::numbered;
use super::{Channel, Result, Store, StoreError, micros};
use crate::notice::{EmailAddress, NoticeId, NoticePath, ProgramId, RowId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// By which way it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The link in a message.
    Link,
    /// The office, on somebody's word.
    Office,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Office => "office",
        }
    }
}

/// What recording it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// Rows that had not been said to be done before.
    pub added: u64,
}

/// Of those who got an edition, how many were told on a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldOnDay {
    pub edition: i64,
    pub day: NaiveDate,
    pub people: i64,
}

/// Of those who got an edition, how many said by a day (UTC), and not before, that so
/// many of certain rows are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoneOnDay {
    pub edition: i64,
    pub rows: usize,
    pub day: NaiveDate,
    pub people: i64,
}

const DAY_US: i64 = 86_400_000_000;

fn date(day: i64) -> Result<NaiveDate> {
    Ok(super::instant(day.saturating_mul(DAY_US))?.date_naive())
}

/// Ids in one statement, far below any database's limit on values.
const IDS_PER_STATEMENT: usize = 500;

impl Store {
    /// The first word counts; saying it again changes nothing.
    pub async fn acknowledge(
        &self,
        subscriber: i64,
        notice: &NoticePath,
        rows: &[RowId],
        way: Way,
        at: DateTime<Utc>,
    ) -> Result<Acknowledged> {
        let mut transaction = self.write().await?;
        let mut added = 0;
        for row in rows {
            let done = sqlx::query(
                "insert into acknowledgements (subscriber, subject, row_id, at, way)
                 values ($1, $2, $3, $4, $5) on conflict (subscriber, subject, row_id) do nothing",
            )
            .bind(subscriber)
            .bind(notice.to_string())
            .bind(row.as_str())
            .bind(micros(at))
            .bind(way.as_str())
            .execute(&mut *transaction)
            .await?;
            added += done.rows_affected();
        }
        transaction.commit().await?;
        Ok(Acknowledged { added })
    }

    /// The number of whoever has this address.
    pub async fn subscriber_at(&self, address: &EmailAddress) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar("select id from subscribers where key = $1")
            .bind(address.key())
            .fetch_optional(&self.pool)
            .await?)
    }

    /// By subscriber, the rows of the notice they said are done.
    pub async fn acknowledged(
        &self,
        notice: &NoticePath,
        subscribers: &[i64],
    ) -> Result<BTreeMap<i64, BTreeSet<RowId>>> {
        let mut found: BTreeMap<i64, BTreeSet<RowId>> = BTreeMap::new();
        for some in subscribers.chunks(IDS_PER_STATEMENT) {
            let sql = format!(
                "select subscriber, row_id from acknowledgements
                 where subject = $1 and subscriber in ({})",
                numbered(some.len(), 2)
            );
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(notice.to_string());
            let query = some.iter().fold(query, |query, id| query.bind(id));
            let rows: Vec<(i64, String)> = query.fetch_all(&self.pool).await?;
            for (subscriber, row) in rows {
                let row = row.parse().map_err(|bad| {
                    StoreError::unreadable("an acknowledgement")(format!("{bad}"))
                })?;
                found.entry(subscriber).or_default().insert(row);
            }
        }
        Ok(found)
    }

    /// What subscribers after `after`, up to `last`, said is done of all notices of
    /// a program.
    pub async fn acknowledged_between(
        &self,
        program: &ProgramId,
        after: i64,
        last: i64,
    ) -> Result<HashSet<(i64, NoticeId, RowId)>> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "select subscriber, subject, row_id from acknowledgements
             where subscriber > $1 and subscriber <= $2",
        )
        .bind(after)
        .bind(last)
        .fetch_all(&self.pool)
        .await?;
        let mut found = HashSet::new();
        for (subscriber, subject, row) in rows {
            let path: NoticePath = super::subscribers::parsed("an acknowledgement", &subject)?;
            if path.program == *program {
                let row = super::subscribers::parsed("an acknowledgement", &row)?;
                found.insert((subscriber, path.notice, row));
            }
        }
        Ok(found)
    }

    /// How many were told by the messages of an occasion, by edition and day: those
    /// that were accepted, or may have been. It goes through all of these messages.
    pub async fn told_by_day(&self, occasion: i64) -> Result<Vec<ToldOnDay>> {
        let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
            "select edition, settled_at / $2, count(*) from outbox
             where occasion = $1 and channel = $3 and state = 'settled'
                and outcome in ('accepted', 'unknown') and settled_at is not null
             group by edition, settled_at / $2",
        )
        .bind(occasion)
        .bind(DAY_US)
        .bind(Channel::Mail as i64)
        .fetch_all(&self.pool)
        .await?;
        let told = |(edition, day, people)| Ok(ToldOnDay { edition, day: date(day)?, people });
        rows.into_iter().map(told).collect()
    }

    /// Of those who were told by an occasion about `notice`, how many said that how many
    /// of `rows` are done, by edition and the day of their last word. It goes through
    /// what was said of these rows.
    pub async fn done_by_day(
        &self,
        notice: &NoticePath,
        rows: &[RowId],
        occasion: i64,
    ) -> Result<Vec<DoneOnDay>> {
        let sql = format!(
            "select w.edition, w.said, w.last_at / $3, count(*) from (
                select a.subscriber, o.edition, count(*) as said, max(a.at) as last_at
                from acknowledgements a join outbox o
                    on o.occasion = $2 and o.recipient = a.subscriber and o.channel = $4
                where a.subject = $1 and a.row_id in ({}) and o.state = 'settled'
                    and o.outcome in ('accepted', 'unknown')
                group by a.subscriber, o.edition) w
             group by w.edition, w.said, w.last_at / $3",
            numbered(rows.len(), 5)
        );
        let query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(notice.to_string())
            .bind(occasion)
            .bind(DAY_US)
            .bind(Channel::Mail as i64);
        let query = rows.iter().fold(query, |query, row| query.bind(row.as_str()));
        let found: Vec<(i64, i64, i64, i64)> = query.fetch_all(&self.pool).await?;
        let done = |(edition, rows, day, people)| {
            let rows = usize::try_from(rows).unwrap_or(0);
            Ok(DoneOnDay { edition, rows, day: date(day)?, people })
        };
        found.into_iter().map(done).collect()
    }

    /// To whom this row's message went, about which notice and which rows. Of a test
    /// nothing is done.
    pub async fn addressee(&self, row: i64) -> Result<Option<(i64, NoticePath, Vec<RowId>)>> {
        let found: Option<(i64, String, String)> = sqlx::query_as(
            "select o.recipient, c.subject, e.rows from outbox o
             join occasions c on c.id = o.occasion join editions e on e.id = o.edition
             where o.id = $1 and c.kind <> 'test'",
        )
        .bind(row)
        .fetch_optional(&self.pool)
        .await?;
        let read = |(recipient, subject, rows): (i64, String, String)| {
            let rows = serde_json::from_str(&rows)
                .map_err(|bad| StoreError::unreadable("an edition")(bad.to_string()))?;
            Ok((recipient, super::subscribers::parsed("an occasion", &subject)?, rows))
        };
        found.map(read).transpose()
    }
    /// The rows of a notice that a subscriber was told of.
    pub async fn rows_told(&self, subscriber: i64, notice: &NoticePath) -> Result<BTreeSet<RowId>> {
        let found: Vec<String> = sqlx::query_scalar(
            "select distinct e.rows from outbox o
             join occasions c on c.id = o.occasion join editions e on e.id = o.edition
             where o.recipient = $1 and o.addressee is null and c.subject = $2
                and c.kind <> 'test' and o.state = 'settled'
                and o.outcome in ('accepted', 'unknown')",
        )
        .bind(subscriber)
        .bind(notice.to_string())
        .fetch_all(&self.pool)
        .await?;
        let mut told = BTreeSet::new();
        for rows in found {
            let rows: Vec<RowId> = serde_json::from_str(&rows)
                .map_err(|bad| StoreError::unreadable("an edition")(bad.to_string()))?;
            told.extend(rows);
        }
        Ok(told)
    }
}
