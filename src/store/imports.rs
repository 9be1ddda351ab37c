//! Bringing many subscribers in: all of them or none.
//!
//! A list is first laid out in temporary tables, which no other connection
//! sees or waits for, and then moved in by a few statements: while a long list
//! is read, people can leave and messages be recorded.

use super::dialect::Dialect;
use super::listeners::as_json;
use super::subscribers::NewSubscriber;
use super::{Result, Store, Turn, frequencies, micros};
use crate::notice::{ApiId, EnvironmentId, Frequency, Interest, Kind, ProgramId};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::Serialize;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AssertSqlSafe, Connection as _, Transaction};

/// People, or interests, handed over in one parameter.
const ROWS_PER_STATEMENT: usize = 2_000;

/// As many change what PostgreSQL must know to read them well.
const MANY_PEOPLE: i64 = 1_000;

const CLEAR_AWAY: [&str; 3] =
    ["drop table listed_people", "drop table listed_programs", "drop table listed_interests"];

/// A list on its way in. Nothing of it is kept until `commit`.
pub struct Import {
    connection: PoolConnection<Any>,
    dialect: Dialect,
    at: i64,
    /// Whether it says who the second contacts are.
    names_seconds: bool,
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
            names_seconds: false,
            people: Vec::new(),
            programs: Vec::new(),
            interests: Vec::new(),
            says_how_often: false,
        })
    }
}

impl Import {
    /// The list says who the second contacts are; another leaves them as they are.
    pub fn naming_seconds(self, names_seconds: bool) -> Self {
        Self { names_seconds, ..self }
    }

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
        self.says_how_often |= self.people.iter().any(|person| person.frequency.is_some());
        let people: Vec<_> = self.people.drain(..).map(values_of_person).collect();
        let programs: Vec<_> = self.programs.drain(..).collect();
        let interests: Vec<_> = self.interests.drain(..).map(values_of_interest).collect();
        let bytes = self.dialect.bytes_of_hex("e.value ->> 2");
        let second = self.dialect.bytes_of_hex("e.value ->> 9");
        let rows = self.dialect.elements("$1");
        let listed = [
            (
                "insert into listed_people (key, address, mailbox, name, locale, zone, frequency,
                    second_key, second_address, second_mailbox)",
                format!(
                    "e.value ->> 0, e.value ->> 1, {bytes}, e.value ->> 3, e.value ->> 4,
                    e.value ->> 5, e.value ->> 6, e.value ->> 7, e.value ->> 8, {second}"
                ),
                as_json(&people)?,
            ),
            (
                "insert into listed_programs (key, program)",
                "e.value ->> 0, e.value ->> 1".to_owned(),
                as_json(&programs)?,
            ),
            (
                "insert into listed_interests (key, program, api, environment, kind)",
                "e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4"
                    .to_owned(),
                as_json(&interests)?,
            ),
        ];
        for (insert, values, list) in listed {
            let sql = format!("{insert} select {values} from {rows} e");
            sqlx::query(AssertSqlSafe(sql)).bind(list).execute(&mut *self.connection).await?;
        }
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
        if self.names_seconds {
            name_seconds(&mut transaction, self.at).await?;
        }
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
        if people >= MANY_PEOPLE {
            for statement in self.dialect.count_moved_in() {
                sqlx::query(*statement).execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(Kept { added: count(people - known), updated: count(known) })
    }
}

fn values_of_person(person: NewSubscriber) -> impl Serialize {
    let second = person.second_contact;
    (
        person.address.key(),
        String::from(person.address),
        HEXLOWER.encode(&person.mailbox),
        person.name,
        person.locale,
        person.zone.map(|zone| zone.name()),
        person.frequency.map(Frequency::as_str),
        second.as_ref().map(|named| named.address.key()),
        second.as_ref().map(|named| named.address.as_str().to_owned()),
        second.map(|named| HEXLOWER.encode(&named.mailbox)),
    )
}

fn values_of_interest((key, interest): (String, Interest)) -> impl Serialize {
    let Interest { program, api, environment, kind } = interest;
    (
        key,
        program,
        api.map_or_else(String::new, ApiId::into),
        environment.map_or_else(String::new, EnvironmentId::into),
        kind.map_or("", Kind::as_str),
    )
}

/// For each person of the list the last line that is about them.
const LAST_LINES: &str = "select p.key, t.id as second from listed_people p
    join (select max(n) as last from listed_people group by key) k on k.last = p.n
    left join subscribers t on t.key = p.second_key";

/// Makes the second contacts of the list known, and those of its people. Whoever is
/// one no more is forgotten, unless they were written to: what they were told may
/// change.
async fn name_seconds(transaction: &mut Transaction<'_, Any>, at: i64) -> Result<()> {
    sqlx::query(
        "insert into subscribers (address, key, mailbox, state, created_at, updated_at)
         select p.second_address, p.second_key, p.second_mailbox, 'named', $1, $1
         from listed_people p join (
            select min(n) as first from listed_people where second_key is not null
            group by second_key) k
         on k.first = p.n where true order by p.n
         on conflict (key) do update set state = 'named' where subscribers.state = 'pending'",
    )
    .bind(at)
    .execute(&mut **transaction)
    .await?;
    let sql = format!(
        "select distinct s.second_contact from subscribers s join ({LAST_LINES}) l on l.key = s.key
         where s.second_contact is not null and s.second_contact is distinct from l.second"
    );
    let former: Vec<i64> =
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut **transaction).await?;
    let sql = format!(
        "update subscribers set second_contact = l.second from ({LAST_LINES}) l
         where l.key = subscribers.key and subscribers.second_contact is distinct from l.second"
    );
    sqlx::query(AssertSqlSafe(sql)).execute(&mut **transaction).await?;
    for person in former {
        sqlx::query(
            "delete from subscribers where id = $1 and state = 'named'
             and not exists (select 1 from subscribers o where o.second_contact = $1)
             and not exists (select 1 from pending p where p.subscriber = $1)
             and not exists (select 1 from outbox o where o.addressee = $1)",
        )
        .bind(person)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
