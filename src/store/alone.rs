//! Occasions of one recipient alone: with one edition and one mail, made together
//! or not at all.

use super::{Channel, PublicationId, Result, Write, micros};
use crate::notice::{Carrier, Digest, Edition, OccasionKind, ProgramId};
use chrono::{DateTime, Utc};

/// A mail to one recipient, rendered and ready for the outbox.
pub(super) struct Alone<'a> {
    pub kind: OccasionKind,
    /// What makes it this occasion and no other.
    pub key: &'a str,
    pub program: &'a ProgramId,
    pub publication: PublicationId,
    /// Of the publication; such an occasion has no revision of its own.
    pub revision: &'a Digest,
    pub edition: &'a Edition,
    /// The recipient's affected APIs, as a phrase; empty where it is about none.
    pub apis: &'a str,
    pub carrier: Carrier,
    /// Without angle brackets.
    pub message_id: &'a str,
    pub recipient: i64,
    pub not_after: Option<DateTime<Utc>>,
}

impl Alone<'_> {
    pub async fn put(&self, transaction: &mut Write, at: DateTime<Utc>) -> Result<()> {
        let (occasion, edition) = self.open(transaction, at).await?;
        sqlx::query(
            "insert into outbox (occasion, recipient, channel, edition, apis, message_id,
                made_at, not_before, next_attempt, not_after, state)
             values ($1, $2, $3, $4, $8, $5, $6, $6, $6, $7, 'waiting')",
        )
        .bind(occasion)
        .bind(self.recipient)
        .bind(Channel::Mail as i64)
        .bind(edition)
        .bind(self.message_id)
        .bind(micros(at))
        .bind(self.not_after.map(micros))
        .bind(self.apis)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    /// Its occasion, and the one edition.
    async fn open(&self, transaction: &mut Write, at: DateTime<Utc>) -> Result<(i64, i64)> {
        let (kind, key) = (self.kind.as_str(), self.key);
        sqlx::query(
            "insert into occasions (program, subject, kind, key, revision, publication, filled,
                created_at, filled_at, carrier)
             values ($1, $1, $2, $3, $4, $5, 1, $6, $6, $7)",
        )
        .bind(self.program.as_str())
        .bind(kind)
        .bind(key)
        .bind(self.revision.as_str())
        .bind(self.publication.get())
        .bind(micros(at))
        .bind(self.carrier.as_str())
        .execute(&mut **transaction)
        .await?;
        let occasion: i64 = sqlx::query_scalar(
            "select id from occasions where subject = $1 and kind = $2 and key = $3",
        )
        .bind(self.program.as_str())
        .bind(kind)
        .bind(key)
        .fetch_one(&mut **transaction)
        .await?;
        sqlx::query(
            "insert into editions
                (occasion, digest, locale, rows, revision, subject, text, html, created_at,
                 calendar)
             values ($1, $2, $3, '[]', $8, $4, $5, $6, $7, $9)",
        )
        .bind(occasion)
        .bind(Digest::of(self.edition).as_str())
        .bind(self.edition.locale.as_str())
        .bind(self.edition.subject.as_str())
        .bind(self.edition.text.as_str())
        .bind(self.edition.html.as_str())
        .bind(micros(at))
        .bind(self.revision.as_str())
        .bind(self.edition.calendar.as_deref())
        .execute(&mut **transaction)
        .await?;
        let edition: i64 = sqlx::query_scalar("select id from editions where occasion = $1")
            .bind(occasion)
            .fetch_one(&mut **transaction)
            .await?;
        Ok((occasion, edition))
    }
}
