//! Webhooks: whose they are, where they lead, and whether they work.

use super::subscribers::parsed;
use super::{Channel, Result, Store, StoreError, Topic, Write, instant, micros};
use crate::notice::{EmailAddress, HttpUrl, WebhookSeed, WebhookState, WebhookTrouble, shown_host};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// A subscriber's webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    pub subscriber: i64,
    pub url: HttpUrl,
    /// Of the URL, with its port where that says something.
    pub host: String,
    pub state: WebhookState,
    /// Why it is disabled, or has not become active yet.
    pub trouble: Option<WebhookTrouble>,
    pub seed: WebhookSeed,
    /// What signs beside it, and until when.
    pub old_seed: Option<(WebhookSeed, DateTime<Utc>)>,
    /// What came of the last test: `Ok` or what was wrong.
    pub tested: Option<std::result::Result<(), WebhookTrouble>>,
    /// Since when every attempt failed.
    pub failing_since: Option<DateTime<Utc>>,
    pub failures: i64,
    pub changed_at: DateTime<Utc>,
}

impl Webhook {
    /// What signs at `now`: the present seed first.
    pub fn seeds(&self, now: DateTime<Utc>) -> impl Iterator<Item = &WebhookSeed> {
        let old = self.old_seed.as_ref().filter(move |(_, until)| now < *until);
        std::iter::once(&self.seed).chain(old.map(|(seed, _)| seed))
    }
}

/// Asked for out of turn, stored by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To prove that its owner answers there.
    Challenge,
    Test,
}

impl Asked {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::Test => "test",
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub subscriber: i64,
    url: String,
    host: String,
    state: String,
    trouble: Option<String>,
    salt: Vec<u8>,
    key: i64,
    old_salt: Option<Vec<u8>>,
    old_key: Option<i64>,
    old_until: Option<i64>,
    tested: Option<String>,
    failing_since: Option<i64>,
    failures: i64,
    changed_at: i64,
}

pub(super) const COLUMNS: &str = "select w.subscriber, w.url, w.host, w.state, w.trouble, w.salt, \
     w.key, w.old_salt, w.old_key, w.old_until, w.tested, w.failing_since, w.failures, \
     w.changed_at from webhooks w";

/// What is stored where the last test went well.
pub(super) const WELL: &str = "ok";

impl Store {
    pub async fn webhook(&self, subscriber: i64) -> Result<Option<Webhook>> {
        let sql = format!("{COLUMNS} where w.subscriber = $1");
        let row: Option<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).fetch_optional(&self.pool).await?;
        row.map(read).transpose()
    }

    /// Webhooks of subscribers after `after`, at most `limit`.
    pub async fn webhooks(&self, after: i64, limit: i64) -> Result<Vec<(EmailAddress, Webhook)>> {
        let sql = format!("{COLUMNS} where w.subscriber > $1 order by w.subscriber limit $2");
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            // Whoever was removed meanwhile has no webhook either.
            if let Some(address) = self.address_of(row.subscriber).await? {
                found.push((address, read(row)?));
            }
        }
        Ok(found)
    }

    /// Sets where a subscriber's webhook leads. It is pending until it answers its
    /// challenge, which is not sent sooner after another than its rate allows.
    pub async fn put_webhook(
        &self,
        subscriber: i64,
        url: &HttpUrl,
        seed: &WebhookSeed,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        sqlx::query(
            "insert into webhooks (subscriber, url, host, state, salt, key, asked, call_at,
                created_at, changed_at)
             values ($1, $2, $3, 'pending', $4, $5, 'challenge', $6, $7, $7)
             on conflict (subscriber) do update set url = excluded.url, host = excluded.host,
                state = 'pending', trouble = null, salt = excluded.salt, key = excluded.key,
                old_salt = null, old_key = null, old_until = null, asked = 'challenge',
                call_at = case when webhooks.call_at > excluded.call_at then webhooks.call_at
                    else excluded.call_at end,
                challenges = 0, tested = null, failing_since = null, failures = 0, untold = 0,
                changed_at = excluded.changed_at",
        )
        .bind(subscriber)
        .bind(url.as_str())
        .bind(shown_host(url))
        .bind(seed.salt.as_slice())
        .bind(i64::from(seed.key))
        .bind(now)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        // What waits for the old address is for the new one, once it is proven.
        sqlx::query(
            "update outbox set domain = $2 where recipient = $1 and channel = $3
             and state = 'waiting'",
        )
        .bind(subscriber)
        .bind(shown_host(url))
        .bind(Channel::Webhook as i64)
        .execute(&mut *transaction)
        .await?;
        self.tell(&mut transaction, Topic::Outbox).await?;
        Ok(transaction.commit().await?)
    }

    /// Gives it another secret; until `old_until` the present one signs as well.
    /// Whether there is a webhook.
    pub async fn rotate_webhook(
        &self,
        subscriber: i64,
        seed: &WebhookSeed,
        old_until: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "update webhooks set old_salt = salt, old_key = key, old_until = $4, salt = $2,
                key = $3, changed_at = $5
             where subscriber = $1",
        )
        .bind(subscriber)
        .bind(seed.salt.as_slice())
        .bind(i64::from(seed.key))
        .bind(micros(old_until))
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Has a challenge or a test sent to it as soon as its rate allows. One that
    /// is not active is only challenged. Whether anything is to be sent now.
    pub async fn ask_webhook(
        &self,
        subscriber: i64,
        asked: Asked,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let sql = match asked {
            Asked::Challenge => {
                "update webhooks set asked = 'challenge', state = 'pending', trouble = null,
                    challenges = 0, failing_since = null, failures = 0, untold = 0,
                    changed_at = $2
                 where subscriber = $1 and state <> 'active'"
            }
            Asked::Test => {
                "update webhooks set asked = 'test', tested = null, changed_at = $2
                 where subscriber = $1 and state = 'active'"
            }
        };
        let mut transaction = self.write().await?;
        let done =
            sqlx::query(sql).bind(subscriber).bind(micros(at)).execute(&mut *transaction).await?;
        self.tell(&mut transaction, Topic::Outbox).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets a webhook; what waits for it is withdrawn. Whether there was one.
    pub async fn remove_webhook(&self, subscriber: i64) -> Result<bool> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let done = sqlx::query("delete from webhooks where subscriber = $1")
            .bind(subscriber)
            .execute(&mut *transaction)
            .await?;
        settle_waiting(&mut transaction, subscriber, "withdrawn", REMOVED, now).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

/// What is said of messages whose webhook is no longer there.
pub(super) const REMOVED: &str = "the webhook was removed";

/// Ends everything that waits for a webhook, and puts that on record.
pub(super) async fn settle_waiting(
    transaction: &mut Write,
    subscriber: i64,
    outcome: &'static str,
    reply: &str,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "insert into attempts (outbox, at, outcome, reply, node)
         select id, $2, $3, $4, 0 from outbox
         where recipient = $1 and channel = $5 and state = 'waiting'",
    )
    .bind(subscriber)
    .bind(now)
    .bind(outcome)
    .bind(reply)
    .bind(Channel::Webhook as i64)
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "update outbox set state = 'settled', outcome = $3, reply = $4, settled_at = $2
         where recipient = $1 and channel = $5 and state = 'waiting'",
    )
    .bind(subscriber)
    .bind(now)
    .bind(outcome)
    .bind(reply)
    .bind(Channel::Webhook as i64)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) fn read(row: Row) -> Result<Webhook> {
    let key = |id: i64| {
        u32::try_from(id).map_err(|bad| StoreError::unreadable("a webhook's key")(bad.to_string()))
    };
    let state = WebhookState::ALL.into_iter().find(|state| state.as_str() == row.state);
    let state = state.ok_or_else(|| StoreError::unreadable("a webhook's state")(row.state))?;
    let old_seed = match (row.old_salt, row.old_key, row.old_until) {
        (Some(salt), Some(id), Some(until)) => {
            Some((WebhookSeed { key: key(id)?, salt }, instant(until)?))
        }
        _ => None,
    };
    let tested = row.tested.map(|told| match told.as_str() {
        WELL => Ok(Ok(())),
        trouble => named(trouble).map(Err),
    });
    Ok(Webhook {
        subscriber: row.subscriber,
        url: parsed("a webhook's address", &row.url)?,
        host: row.host,
        state,
        trouble: row.trouble.as_deref().map(named).transpose()?,
        seed: WebhookSeed { key: key(row.key)?, salt: row.salt },
        old_seed,
        tested: tested.transpose()?,
        failing_since: row.failing_since.map(instant).transpose()?,
        failures: row.failures,
        changed_at: instant(row.changed_at)?,
    })
}

fn named(trouble: &str) -> Result<WebhookTrouble> {
    WebhookTrouble::ALL
        .into_iter()
        .find(|known| known.as_str() == trouble)
        .ok_or_else(|| StoreError::unreadable("a webhook's trouble")(trouble.to_owned()))
}
