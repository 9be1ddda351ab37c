//! Subscribers and their interests, one by one or as a list. Importing, and reading
//! an audience, stand in files of their own.

use super::listeners::part;
use super::{Result, Store, StoreError};
use crate::notice::{EmailAddress, Frequency, Interest, Locale};
use chrono_tz::Tz;
use sqlx::AssertSqlSafe;
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

const PERSON: &str = "select id, address, name, locale, zone, frequency, mailbox from subscribers";

type PersonRow = (i64, String, Option<String>, Option<String>, Option<String>, String, Vec<u8>);

impl Store {
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
                    api: part(&api)?,
                    environment: part(&environment)?,
                    kind: part(&kind)?,
                })
            })
            .collect()
    }
}

pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(
    what: &'static str,
    text: &str,
) -> Result<T> {
    text.parse().map_err(|bad: T::Err| StoreError::unreadable(what)(bad.to_string()))
}

pub(super) fn read<T: FromStr<Err: std::fmt::Display>>(text: Option<String>) -> Result<Option<T>> {
    text.map(|text| parsed("a subscriber", &text)).transpose()
}
