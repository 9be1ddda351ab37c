//! Editions: what was rendered, kept as it was sent.

use super::{Result, Store, StoreError, micros};
use crate::notice::{Digest, Edition, Locale, RowId};
use chrono::{DateTime, Utc};

/// An edition's number, and what it was rendered for.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEdition {
    pub id: i64,
    pub locale: Locale,
    pub rows: Vec<RowId>,
}

impl Store {
    /// Keeps an edition, and gives the number of the one that is kept for
    /// these rows in this language: the first, if two nodes rendered it.
    pub async fn put_edition(
        &self,
        occasion: i64,
        edition: &Edition,
        at: DateTime<Utc>,
    ) -> Result<i64> {
        let rows = serde_json::to_string(&edition.rows)
            .map_err(|bad| StoreError::unreadable("an edition")(bad.to_string()))?;
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into editions
                (occasion, digest, locale, rows, subject, text, html, calendar, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict do nothing",
        )
        .bind(occasion)
        .bind(Digest::of(edition).as_str())
        .bind(edition.locale.as_str())
        .bind(rows.as_str())
        .bind(edition.subject.as_str())
        .bind(edition.text.as_str())
        .bind(edition.html.as_str())
        .bind(edition.calendar.as_deref())
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        let id: i64 = sqlx::query_scalar(
            "select id from editions where occasion = $1 and locale = $2 and rows = $3",
        )
        .bind(occasion)
        .bind(edition.locale.as_str())
        .bind(rows.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// What was rendered for an occasion so far.
    pub async fn editions_of(&self, occasion: i64) -> Result<Vec<StoredEdition>> {
        let stored: Vec<(i64, String, String)> =
            sqlx::query_as("select id, locale, rows from editions where occasion = $1 order by id")
                .bind(occasion)
                .fetch_all(&self.pool)
                .await?;
        stored
            .into_iter()
            .map(|(id, locale, rows)| {
                let locale = super::subscribers::parsed("an edition", &locale)?;
                Ok(StoredEdition { id, locale, rows: read_rows(&rows)? })
            })
            .collect()
    }

    pub async fn edition(&self, id: i64) -> Result<Option<Edition>> {
        type Row = (String, String, String, String, String, Option<String>);
        let row: Option<Row> = sqlx::query_as(
            "select locale, rows, subject, text, html, calendar from editions where id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(locale, rows, subject, text, html, calendar)| {
            Ok(Edition {
                locale: super::subscribers::parsed("an edition", &locale)?,
                rows: read_rows(&rows)?,
                subject,
                text,
                html,
                calendar,
            })
        })
        .transpose()
    }
}

fn read_rows(json: &str) -> Result<Vec<RowId>> {
    serde_json::from_str(json).map_err(|bad| StoreError::unreadable("an edition")(bad.to_string()))
}
