//! Subscribers and their interests: listing them, and reading an audience in
//! pages. Importing stands in a file of its own.

use super::tellings::numbered;
use super::{Result, Store, StoreError, Write};
use crate::notice::{EmailAddress, Frequency, Interest, Locale, ProgramId, Wanted};
use chrono_tz::Tz;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use std::str::FromStr;

/// A subscriber as an import or a form gives them.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSubscriber {
    pub address: EmailAddress,
    /// Keyed hash of the address.
    pub mailbox: Vec<u8>,
    pub name: Option<String>,
    pub locale: Option<Locale>,
    pub zone: Option<Tz>,
    /// As it is known, where it is absent.
    pub frequency: Option<Frequency>,
    pub interests: Vec<Interest>,
}

/// A subscriber of one program, as an audience is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    pub id: i64,
    pub locale: Option<Locale>,
    pub zone: Option<Tz>,
    pub frequency: Frequency,
    pub is_suppressed: bool,
    pub interests: Vec<Wanted>,
}

/// A subscriber as a list shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub id: i64,
    pub address: EmailAddress,
    pub name: Option<String>,
    pub locale: Option<Locale>,
    pub zone: Option<Tz>,
    pub frequency: Frequency,
    pub interests: Vec<Interest>,
    /// Programs, or `*`, that must not write to them.
    pub suppressed: Vec<String>,
}

type ListenerRow = (
    i64,
    Option<String>,
    Option<String>,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
);

/// Far below any database's limit on values.
const IDS_PER_STATEMENT: usize = 500;

/// Occasions are numbered from 1.
const NO_OCCASION: i64 = 0;

const PERSON: &str = "select id, address, name, locale, zone, frequency, mailbox from subscribers";

type PersonRow = (i64, String, Option<String>, Option<String>, Option<String>, String, Vec<u8>);

impl Store {
    /// Subscribers of `program` after `after`, with all their interests in it;
    /// at most `limit` of them, and without those for whom `occasion` has a
    /// row. An empty page is the end.
    pub async fn audience(
        &self,
        program: &ProgramId,
        occasion: Option<i64>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Listener>> {
        let rows: Vec<ListenerRow> = sqlx::query_as(
            "select i.subscriber, s.locale, s.zone, s.frequency, i.api, i.environment, i.kind,
                    case when exists (select 1 from suppressions x
                        where x.mailbox = s.mailbox and x.scope in ($1, '*'))
                    then 1 else 0 end
             from interests i join subscribers s on s.id = i.subscriber
             where i.program = $1 and i.subscriber > $2 and i.subscriber <= (
                select max(subscriber) from (
                    select distinct subscriber from interests n
                    where program = $1 and subscriber > $2 and not exists (
                        select 1 from outbox o
                        where o.occasion = $4 and o.recipient = n.subscriber)
                    order by subscriber limit $3) page)
                and not exists (select 1 from outbox o
                    where o.occasion = $4 and o.recipient = i.subscriber)
             order by i.subscriber",
        )
        .bind(program.as_str())
        .bind(after)
        .bind(limit)
        .bind(occasion.unwrap_or(NO_OCCASION))
        .fetch_all(&self.pool)
        .await?;
        let mut page = Vec::new();
        gather(&mut page, rows)?;
        Ok(page)
    }

    /// These subscribers with their interests in `program`, which may be none:
    /// whoever was written to once may have lost them since.
    pub async fn listeners(&self, program: &ProgramId, ids: &[i64]) -> Result<Vec<Listener>> {
        let mut page: Vec<Listener> = Vec::with_capacity(ids.len());
        for some in ids.chunks(IDS_PER_STATEMENT) {
            let sql = format!(
                "select s.id, s.locale, s.zone, s.frequency, i.api, i.environment, i.kind,
                    case when exists (select 1 from suppressions x
                        where x.mailbox = s.mailbox and x.scope in ($1, '*'))
                    then 1 else 0 end
                 from subscribers s
                 left join interests i on i.subscriber = s.id and i.program = $1
                 where s.id in ({}) order by s.id",
                numbered(some.len(), 2)
            );
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(program.as_str());
            let query = some.iter().fold(query, |query, id| query.bind(id));
            let rows: Vec<ListenerRow> = query.fetch_all(&self.pool).await?;
            gather(&mut page, rows)?;
        }
        Ok(page)
    }

    /// The mailbox hash of a subscriber who is still known.
    pub async fn mailbox(&self, subscriber: i64) -> Result<Option<Vec<u8>>> {
        Ok(sqlx::query_scalar("select mailbox from subscribers where id = $1")
            .bind(subscriber)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Subscribers after `after`, at most `limit`, without those who have not
    /// confirmed anything yet.
    pub async fn subscribers(&self, after: i64, limit: i64) -> Result<Vec<Listed>> {
        let sql = format!("{PERSON} where id > $1 and state = 'confirmed' order by id limit $2");
        let rows: Vec<PersonRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let mut page = Vec::with_capacity(rows.len());
        for row in rows {
            page.push(self.listed(row).await?);
        }
        Ok(page)
    }

    /// One subscriber, unless they have not confirmed anything yet.
    pub async fn subscriber(&self, id: i64) -> Result<Option<Listed>> {
        let sql = format!("{PERSON} where id = $1 and state = 'confirmed'");
        let row: Option<PersonRow> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.pool).await?;
        match row {
            Some(row) => Ok(Some(self.listed(row).await?)),
            None => Ok(None),
        }
    }

    /// The number of whoever has this address, confirmed or not.
    pub async fn subscriber_number(&self, address: &EmailAddress) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar("select id from subscribers where key = $1")
            .bind(address.key())
            .fetch_optional(&self.pool)
            .await?)
    }

    async fn listed(&self, row: PersonRow) -> Result<Listed> {
        let (id, address, name, locale, zone, frequency, mailbox) = row;
        Ok(Listed {
            id,
            address: parsed("an address", &address)?,
            name,
            locale: read(locale)?,
            zone: read(zone)?,
            frequency: parsed("a frequency", &frequency)?,
            interests: self.interests(id).await?,
            suppressed: sqlx::query_scalar(
                "select scope from suppressions where mailbox = $1 order by scope",
            )
            .bind(mailbox)
            .fetch_all(&self.pool)
            .await?,
        })
    }

    async fn interests(&self, subscriber: i64) -> Result<Vec<Interest>> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "select program, api, environment, kind from interests where subscriber = $1
             order by program, api, environment, kind",
        )
        .bind(subscriber)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(program, api, environment, kind)| {
                Ok(Interest {
                    program: parsed("a program", &program)?,
                    api: part(api)?,
                    environment: part(environment)?,
                    kind: part(kind)?,
                })
            })
            .collect()
    }
}

/// Rows of one subscriber stand together.
fn gather(page: &mut Vec<Listener>, rows: Vec<ListenerRow>) -> Result<()> {
    for (id, locale, zone, frequency, api, environment, kind, suppressed) in rows {
        let interest = match (api, environment, kind) {
            (Some(api), Some(environment), Some(kind)) => {
                Some(Wanted { api: part(api)?, environment: part(environment)?, kind: part(kind)? })
            }
            _ => None,
        };
        match page.last_mut().filter(|last| last.id == id) {
            Some(last) => last.interests.extend(interest),
            None => page.push(Listener {
                id,
                locale: read(locale)?,
                zone: read(zone)?,
                frequency: parsed("a frequency", &frequency)?,
                is_suppressed: suppressed != 0,
                interests: interest.into_iter().collect(),
            }),
        }
    }
    Ok(())
}

/// The domains of these subscribers' addresses; who was removed has none.
pub(super) async fn domains(
    transaction: &mut Write,
    subscribers: &[i64],
) -> Result<HashMap<i64, String>> {
    let numbers: Vec<String> = subscribers.iter().map(i64::to_string).collect();
    let sql = format!("select id, address from subscribers where id in ({})", numbers.join(", "));
    let rows: Vec<(i64, String)> =
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut **transaction).await?;
    rows.into_iter()
        .map(|(id, address)| {
            let address: EmailAddress = parsed("an address", &address)?;
            Ok((id, address.domain().to_owned()))
        })
        .collect()
}

pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(
    what: &'static str,
    text: &str,
) -> Result<T> {
    text.parse().map_err(|bad: T::Err| StoreError::unreadable(what)(bad.to_string()))
}

fn read<T: FromStr<Err: std::fmt::Display>>(text: Option<String>) -> Result<Option<T>> {
    text.map(|text| parsed("a subscriber", &text)).transpose()
}

/// An empty part of an interest stands for all.
fn part<T: FromStr<Err: std::fmt::Display>>(text: String) -> Result<Option<T>> {
    read(Some(text).filter(|text| !text.is_empty()))
}
