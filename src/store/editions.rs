//! Editions: what was rendered, kept as it was sent.

use super::{Result, Store, StoreError, micros};
use crate::notice::{Digest, Edition, Facts, Locale, RowId};
use chrono::{DateTime, Utc};

/// An edition about to be kept, and what it tells of.
#[derive(Debug, Clone, Copy)]
pub struct NewEdition<'a> {
    pub occasion: i64,
    pub edition: &'a Edition,
    pub revision: &'a Digest,
    /// The revision its readers were told before; none for most.
    pub since: Option<&'a Digest>,
    pub facts: &'a Facts,
}

/// An edition's number, and what it was rendered for.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEdition {
    pub id: i64,
    pub locale: Locale,
    pub rows: Vec<RowId>,
    pub revision: Digest,
    pub since: Option<Digest>,
    /// What it says of its rows. Nothing for one from before this was kept.
    pub facts: Facts,
}

type Row = (i64, String, String, String, String, String);

impl Store {
    /// Keeps an edition, and gives the number of the one that is kept for
    /// these rows in this language: the first, if two nodes rendered it.
    pub async fn put_edition(&self, new: NewEdition<'_>, at: DateTime<Utc>) -> Result<i64> {
        let NewEdition { occasion, edition, revision, .. } = new;
        let unwritable = |bad: serde_json::Error| unreadable(&bad);
        let rows = serde_json::to_string(&edition.rows).map_err(unwritable)?;
        let facts = serde_json::to_string(new.facts).map_err(unwritable)?;
        let since = new.since.map_or("", Digest::as_str);
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into editions (occasion, digest, locale, rows, revision, since, facts,
                subject, text, html, calendar, created_at, event)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             on conflict do nothing",
        )
        .bind(occasion)
        .bind(Digest::of(edition).as_str())
        .bind(edition.locale.as_str())
        .bind(rows.as_str())
        .bind(revision.as_str())
        .bind(since)
        .bind(facts)
        .bind(edition.subject.as_str())
        .bind(edition.text.as_str())
        .bind(edition.html.as_str())
        .bind(edition.calendar.as_deref())
        .bind(micros(at))
        .bind(edition.event.as_deref())
        .execute(&mut *transaction)
        .await?;
        let id: i64 = sqlx::query_scalar(
            "select id from editions where occasion = $1 and locale = $2 and rows = $3
             and since = $4 and revision = $5",
        )
        .bind(occasion)
        .bind(edition.locale.as_str())
        .bind(rows.as_str())
        .bind(since)
        .bind(revision.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// What was rendered for an occasion so far.
    pub async fn editions_of(&self, occasion: i64) -> Result<Vec<StoredEdition>> {
        let stored: Vec<Row> = sqlx::query_as(
            "select id, locale, rows, revision, since, facts from editions
             where occasion = $1 order by id",
        )
        .bind(occasion)
        .fetch_all(&self.pool)
        .await?;
        stored.into_iter().map(read).collect()
    }

    pub async fn edition(&self, id: i64) -> Result<Option<Edition>> {
        type Whole = (String, String, String, String, String, Option<String>, Option<String>);
        let row: Option<Whole> = sqlx::query_as(
            "select locale, rows, subject, text, html, calendar, event from editions where id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(locale, rows, subject, text, html, calendar, event)| {
            Ok(Edition {
                locale: super::subscribers::parsed("an edition", &locale)?,
                rows: read_rows(&rows)?,
                subject,
                text,
                html,
                calendar,
                event,
            })
        })
        .transpose()
    }
}

fn read((id, locale, rows, revision, since, facts): Row) -> Result<StoredEdition> {
    Ok(StoredEdition {
        id,
        locale: super::subscribers::parsed("an edition", &locale)?,
        rows: read_rows(&rows)?,
        revision: Digest::from_stored(revision),
        since: (!since.is_empty()).then(|| Digest::from_stored(since)),
        facts: serde_json::from_str(&facts).map_err(|bad| unreadable(&bad))?,
    })
}

fn unreadable(bad: &serde_json::Error) -> StoreError {
    StoreError::unreadable("an edition")(bad.to_string())
}

fn read_rows(json: &str) -> Result<Vec<RowId>> {
    serde_json::from_str(json).map_err(|bad| unreadable(&bad))
}
