//! Bringing many subscribers in: all of them or none.
//!
//! A list is first laid out in temporary tables, which no other connection
//! sees or waits for, and then moved in by a few statements: while a long list
//! is read, people can leave and messages be recorded.

use super::dialect::Dialect;
use super::subscribers::NewSubscriber;
use super::{Result, Store, Turn, frequencies, micros, value_rows};
use crate::notice::{ApiId, EnvironmentId, Frequency, Interest, Kind, Locale, ProgramId};
use chrono::{DateTime, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AssertSqlSafe, Connection as _};

/// Seven values a row at the most. SQLite looks a numbered value up among all those
/// of its statement, so that many rows in one cost more than several statements.
const ROWS_PER_STATEMENT: usize = 64;

const CLEAR_AWAY: [&str; 3] =
    ["drop table listed_people", "drop table listed_programs", "drop table listed_interests"];

/// A list on its way in. Nothing of it is kept until `commit`.
pub struct Import {
    connection: PoolConnection<Any>,
    dialect: Dialect,
    at: i64,
    people: Vec<NewSubscriber>,
    programs: Vec<(String, ProgramId)>,
    interests: Vec<(String, Interest)>,
    /// Whether it does of anybody.
    says_how_often: bool,
}

/// How many people an import brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub added: u64,
    pub updated: u64,
}

impl Store {
    pub async fn begin_import(&self, at: DateTime<Utc>) -> Result<Import> {
        let mut connection = self.pool.acquire().await?;
        for statement in self.dialect.lay_out() {
            sqlx::query(*statement).execute(&mut *connection).await?;
        }
        Ok(Import {
            connection,
            dialect: self.dialect,
            at: micros(at),
            people: Vec::new(),
            programs: Vec::new(),
            interests: Vec::new(),
            says_how_often: false,
        })
    }
}

impl Import {
    /// Lists a subscriber. Of several entries for one person the last says
    /// their name, and their interests add up.
    ///
    /// The interests that were known in `programs` will be forgotten, so that
    /// a list speaks for the programs it names and for no others.
    pub async fn put(&mut self, subscriber: NewSubscriber, programs: &[ProgramId]) -> Result<()> {
        let key = subscriber.address.key();
        self.programs.extend(programs.iter().map(|program| (key.clone(), program.clone())));
        let interests = subscriber.interests.iter();
        self.interests.extend(interests.map(|interest| (key.clone(), interest.clone())));
        self.people.push(subscriber);
        if self.people.len().max(self.interests.len()) >= ROWS_PER_STATEMENT {
            self.lay_out().await?;
        }
        Ok(())
    }

    async fn lay_out(&mut self) -> Result<()> {
        for some in self.people.chunks(ROWS_PER_STATEMENT) {
            let columns = "address, key, mailbox, name, locale, zone, frequency";
            let rows = value_rows(some.len(), 7);
            let sql = format!("insert into listed_people ({columns}) values {rows}");
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for person in some {
                query = query
                    .bind(person.address.as_str())
                    .bind(person.address.key())
                    .bind(person.mailbox.as_slice())
                    .bind(person.name.as_deref())
                    .bind(person.locale.as_ref().map(Locale::as_str))
                    .bind(person.zone.map(|zone| zone.name()))
                    .bind(person.frequency.map(Frequency::as_str));
                self.says_how_often |= person.frequency.is_some();
            }
            query.execute(&mut *self.connection).await?;
        }
        for some in self.programs.chunks(ROWS_PER_STATEMENT) {
            let rows = value_rows(some.len(), 2);
            let sql = format!("insert into listed_programs (key, program) values {rows}");
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (key, program) in some {
                query = query.bind(key.as_str()).bind(program.as_str());
            }
            query.execute(&mut *self.connection).await?;
        }
        for some in self.interests.chunks(ROWS_PER_STATEMENT) {
            let columns = "key, program, api, environment, kind";
            let rows = value_rows(some.len(), 5);
            let sql = format!("insert into listed_interests ({columns}) values {rows}");
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (key, interest) in some {
                query = query
                    .bind(key.as_str())
                    .bind(interest.program.as_str())
                    .bind(interest.api.as_ref().map_or("", ApiId::as_str))
                    .bind(interest.environment.as_ref().map_or("", EnvironmentId::as_str))
                    .bind(interest.kind.map_or("", Kind::as_str));
            }
            query.execute(&mut *self.connection).await?;
        }
        self.people.clear();
        self.programs.clear();
        self.interests.clear();
        Ok(())
    }

    /// Moves the whole list in.
    pub async fn commit(mut self) -> Result<Kept> {
        self.lay_out().await?;
        for statement in self.dialect.count_laid_out() {
            sqlx::query(*statement).execute(&mut *self.connection).await?;
        }
        let mut transaction = self.connection.begin_with(self.dialect.begin_write()).await?;
        if let Some(wait) = self.dialect.wait_for(Turn::Importing) {
            sqlx::query(wait).execute(&mut *transaction).await?;
        }
        let (people, known): (i64, i64) = sqlx::query_as(
            "select (select count(distinct key) from listed_people),
                    (select count(*) from subscribers
                     where state = 'confirmed' and key in (select key from listed_people))",
        )
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query(
            "insert into subscribers
                (address, key, mailbox, name, locale, zone, created_at, updated_at)
             select p.address, p.key, p.mailbox, p.name, p.locale, p.zone, $1, $1
             from listed_people p join (
                select min(n) as first, max(n) as last from listed_people group by key) k
             on k.last = p.n where true order by k.first
             on conflict (key) do update set address = excluded.address, name = excluded.name,
                locale = excluded.locale, zone = excluded.zone, updated_at = excluded.updated_at,
                state = 'confirmed'",
        )
        .bind(self.at)
        .execute(&mut *transaction)
        .await?;
        if self.says_how_often {
            frequencies::set_frequencies(&mut transaction, self.at).await?;
        }
        for statement in [
            "delete from interests where (program, subscriber) in (
                select l.program, s.id from listed_programs l join subscribers s on s.key = l.key)",
            "insert into interests (program, subscriber, api, environment, kind)
             select l.program, s.id, l.api, l.environment, l.kind
             from listed_interests l join subscribers s on s.key = l.key where true
             on conflict (program, subscriber, api, environment, kind) do nothing",
        ]
        .into_iter()
        .chain(CLEAR_AWAY)
        {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(Kept { added: count(people - known), updated: count(known) })
    }
}
