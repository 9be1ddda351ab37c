//! Owners of webhooks who are to be told by mail that theirs was disabled.

use super::alone::Alone;
use super::webhooks::{COLUMNS, Row, read};
use super::{PublicationId, Result, Store, Webhook};
use crate::notice::{Carrier, Digest, Edition, OccasionKind, ProgramId};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// A mail about a webhook, rendered and ready for the outbox.
pub struct WebhookNews<'a> {
    pub webhook: &'a Webhook,
    pub program: &'a ProgramId,
    pub publication: PublicationId,
    /// Of the publication.
    pub revision: &'a Digest,
    pub edition: &'a Edition,
    pub carrier: Carrier,
    /// Without angle brackets.
    pub message_id: &'a str,
}

impl Store {
    /// Webhooks that were disabled without their owners being told yet.
    pub async fn untold_webhooks(&self, limit: i64) -> Result<Vec<Webhook>> {
        let sql = format!("{COLUMNS} where w.untold = 1 order by w.subscriber limit $1");
        let rows: Vec<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(limit).fetch_all(&self.pool).await?;
        rows.into_iter().map(read).collect()
    }

    /// Puts the news into the outbox, once. Whether it did: another process may have
    /// been first, or the owner has set the webhook right meanwhile.
    pub async fn mail_webhook_news(
        &self,
        news: &WebhookNews<'_>,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let subscriber = news.webhook.subscriber;
        if !told(&mut transaction, subscriber).await? {
            return Ok(false);
        }
        // A number of its own, however often the same webhook is disabled.
        let key = format!("{subscriber}/{}", news.webhook.changed_at.timestamp_micros());
        let alone = Alone {
            kind: OccasionKind::Webhook,
            key: &key,
            program: news.program,
            publication: news.publication,
            revision: news.revision,
            edition: news.edition,
            apis: "",
            carrier: news.carrier,
            message_id: news.message_id,
            recipient: subscriber,
            not_after: None,
        };
        alone.put(&mut transaction, at).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// No mail comes of it.
    pub async fn pass_over_webhook(&self, subscriber: i64) -> Result<()> {
        let mut transaction = self.write().await?;
        told(&mut transaction, subscriber).await?;
        Ok(transaction.commit().await?)
    }
}

async fn told(transaction: &mut super::Write, subscriber: i64) -> Result<bool> {
    let sql = "update webhooks set untold = 0 where subscriber = $1 and untold = 1";
    let done = sqlx::query(sql).bind(subscriber).execute(&mut **transaction).await?;
    Ok(done.rows_affected() > 0)
}
