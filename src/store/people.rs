//! One person: what was sent to them, changing what they hear, and erasing them.

use super::frequencies::set_frequency;
use super::pending::{add_interests, forget_interests};
use super::subscribers::parsed;
use super::{Result, Store, Write, instant, micros};
use crate::notice::{EmailAddress, Frequency, Locale, Wish};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// A message that was made for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// What it was about: a notice's path, or a program.
    pub subject: String,
    pub kind: String,
    /// As it stood in the mail.
    pub title: String,
    pub made_at: DateTime<Utc>,
    /// `waiting`, `claimed` or the last outcome.
    pub state: String,
    pub settled_at: Option<DateTime<Utc>>,
    pub message_id: String,
}

/// What a person changes of what is known of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Details {
        name: Option<String>,
        locale: Option<Locale>,
        zone: Option<Tz>,
        /// As it is known, where it is absent.
        frequency: Option<Frequency>,
    },
    /// What is heard of one program, in place of what was.
    Interests(Wish),
}

impl Store {
    /// Whether there is such a person.
    pub async fn change(
        &self,
        subscriber: i64,
        change: &Change,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "update subscribers set updated_at = $2 where id = $1 and state = 'confirmed'",
        )
        .bind(subscriber)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        match change {
            Change::Interests(wish) => {
                forget_interests(&mut transaction, subscriber, &wish.program).await?;
                add_interests(&mut transaction, subscriber, &wish.interests()).await?;
            }
            Change::Details { name, locale, zone, frequency } => {
                sqlx::query(
                    "update subscribers set name = $2, locale = $3, zone = $4 where id = $1",
                )
                .bind(subscriber)
                .bind(name.as_deref())
                .bind(locale.as_ref().map(Locale::as_str))
                .bind(zone.map(|zone| zone.name()))
                .execute(&mut *transaction)
                .await?;
                if let Some(frequency) = frequency {
                    set_frequency(&mut transaction, subscriber, *frequency, at).await?;
                }
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Every message that was made for a person, oldest first.
    pub async fn sent_to(&self, subscriber: i64) -> Result<Vec<Sent>> {
        type Row = (String, String, String, i64, String, Option<String>, Option<i64>, String);
        let rows: Vec<Row> = sqlx::query_as(
            "select c.subject, c.kind, e.subject, o.made_at, o.state, o.outcome,
                    o.settled_at, o.message_id
             from outbox o join occasions c on c.id = o.occasion
             join editions e on e.id = o.edition
             where o.recipient = $1 order by o.id",
        )
        .bind(subscriber)
        .fetch_all(&self.pool)
        .await?;
        let sent = |(subject, kind, title, made, state, outcome, settled, message_id): Row| {
            Ok(Sent {
                subject,
                kind,
                title,
                made_at: instant(made)?,
                state: outcome.filter(|_| state != "claimed").unwrap_or(state),
                settled_at: settled.map(instant).transpose()?,
                message_id,
            })
        };
        rows.into_iter().map(sent).collect()
    }

    pub async fn address_of(&self, subscriber: i64) -> Result<Option<EmailAddress>> {
        let found: Option<String> =
            sqlx::query_scalar("select address from subscribers where id = $1")
                .bind(subscriber)
                .fetch_optional(&self.pool)
                .await?;
        found.map(|address| parsed("an address", &address)).transpose()
    }

    /// Whether there was such a subscriber. What was sent to them stays on
    /// record without the address; what was not sent yet never will be.
    pub async fn remove_subscriber(&self, address: &EmailAddress) -> Result<bool> {
        match self.subscriber_number(address).await? {
            Some(subscriber) => self.erase(subscriber, address).await,
            None => Ok(false),
        }
    }

    async fn erase(&self, subscriber: i64, address: &EmailAddress) -> Result<bool> {
        let mut transaction = self.write().await?;
        // Without its salt, the digest under the seals tells nobody anything.
        sqlx::query("update persons set salt = null where recipient = $1")
            .bind(subscriber)
            .execute(&mut *transaction)
            .await?;
        let done = sqlx::query("delete from subscribers where id = $1")
            .bind(subscriber)
            .execute(&mut *transaction)
            .await?;
        let now = self.now(&mut transaction).await?;
        sqlx::query(
            "insert into attempts (outbox, at, outcome, reply, node)
             select id, $2, 'withdrawn', 'the recipient was removed', 0 from outbox
             where recipient = $1 and (state in ('waiting', 'gathered') or (state = 'bundled'
                and exists (select 1 from outbox d where d.id = outbox.digest
                    and d.state <> 'claimed')))",
        )
        .bind(subscriber)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "update outbox set state = 'settled', outcome = 'withdrawn',
                reply = 'the recipient was removed', settled_at = $2
             where recipient = $1 and (state in ('waiting', 'gathered') or (state = 'bundled'
                and exists (select 1 from outbox d where d.id = outbox.digest
                    and d.state <> 'claimed')))",
        )
        .bind(subscriber)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        mask_replies(&mut transaction, subscriber, address).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Servers like to repeat the address they refuse.
async fn mask_replies(
    transaction: &mut Write,
    subscriber: i64,
    address: &EmailAddress,
) -> Result<()> {
    let replies: Vec<(i64, String)> =
        sqlx::query_as("select id, reply from outbox where recipient = $1 and reply is not null")
            .bind(subscriber)
            .fetch_all(&mut **transaction)
            .await?;
    for (id, reply) in replies {
        if let Some(masked) = masked(&reply, address) {
            sqlx::query("update outbox set reply = $2 where id = $1")
                .bind(id)
                .bind(masked)
                .execute(&mut **transaction)
                .await?;
        }
    }
    let attempts: Vec<(i64, String)> = sqlx::query_as(
        "select a.id, a.reply from attempts a join outbox o on o.id = a.outbox
         where o.recipient = $1",
    )
    .bind(subscriber)
    .fetch_all(&mut **transaction)
    .await?;
    for (id, reply) in attempts {
        if let Some(masked) = masked(&reply, address) {
            sqlx::query("update attempts set reply = $2 where id = $1")
                .bind(id)
                .bind(masked)
                .execute(&mut **transaction)
                .await?;
        }
    }
    Ok(())
}

/// The reply without the address in it, where it is in it.
pub(super) fn masked(reply: &str, address: &EmailAddress) -> Option<String> {
    let (lower, key) = (reply.to_ascii_lowercase(), address.as_str().to_ascii_lowercase());
    let mut masked = String::new();
    let mut from = 0;
    while let Some(at) = lower[from..].find(&key) {
        masked.push_str(&reply[from..from + at]);
        masked.push('…');
        from += at + key.len();
    }
    (from > 0).then(|| masked + &reply[from..])
}
