//! One person: what was sent to them, changing what they hear, and erasing them.

use super::attempts::forget_attempts;
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
    /// Nobody else is written to for them.
    NoSecondContact,
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
            Change::NoSecondContact => {
                let former = second_contact(&mut transaction, subscriber).await?;
                sqlx::query("update subscribers set second_contact = null where id = $1")
                    .bind(subscriber)
                    .execute(&mut *transaction)
                    .await?;
                self.forget_named(&mut transaction, former).await?;
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
             where (o.recipient = $1 and o.addressee is null) or o.addressee = $1
             order by o.id",
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
        let second = second_contact(&mut transaction, subscriber).await?;
        let is_known = self.forget(&mut transaction, subscriber, address).await?;
        self.forget_named(&mut transaction, second).await?;
        transaction.commit().await?;
        match self.empty_log().await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                "the database's log is being read, and may hold an erased address for a while"
            ),
            Err(failure) => {
                tracing::warn!(%failure, "an erased address may stay in the database's log for a while");
            }
        }
        Ok(is_known)
    }

    /// Whether nothing that was erased is left in the log. Nobody is kept waiting
    /// for long by readers who hold it.
    async fn empty_log(&self) -> Result<bool> {
        let Some(empty) = self.dialect.empty_log() else { return Ok(true) };
        let mut connection = self.pool.acquire().await?;
        // It waits less than the others, and so is not given back to them.
        connection.close_on_drop();
        sqlx::query("pragma busy_timeout = 1000").execute(&mut *connection).await?;
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as(empty).fetch_one(&mut *connection).await?;
        Ok(busy == 0)
    }

    /// Erases whoever was known as a second contact alone, once nobody names them.
    async fn forget_named(&self, transaction: &mut Write, person: Option<i64>) -> Result<()> {
        let Some(person) = person else { return Ok(()) };
        let known: Option<String> = sqlx::query_scalar(
            "select address from subscribers where id = $1 and state = 'named'
             and not exists (select 1 from subscribers o where o.second_contact = $1)
             and not exists (select 1 from pending p where p.subscriber = $1)",
        )
        .bind(person)
        .fetch_optional(&mut **transaction)
        .await?;
        let Some(address) = known else { return Ok(()) };
        self.forget(transaction, person, &parsed("an address", &address)?).await?;
        Ok(())
    }

    /// Whether anybody was known by this number.
    async fn forget(
        &self,
        transaction: &mut Write,
        subscriber: i64,
        address: &EmailAddress,
    ) -> Result<bool> {
        // Without its salt, the digest under the seals tells nobody anything.
        sqlx::query("update persons set salt = null where recipient = $1")
            .bind(subscriber)
            .execute(&mut **transaction)
            .await?;
        let done = sqlx::query("delete from subscribers where id = $1")
            .bind(subscriber)
            .execute(&mut **transaction)
            .await?;
        forget_attempts(transaction, subscriber).await?;
        let now = self.now(transaction).await?;
        sqlx::query(
            "insert into attempts (outbox, at, outcome, reply, node)
             select id, $2, 'withdrawn', 'the recipient was removed', 0 from outbox
             where (recipient = $1 or addressee = $1) and (state in ('waiting', 'gathered') or (state = 'bundled'
                and exists (select 1 from outbox d where d.id = outbox.digest
                    and d.state <> 'claimed')))",
        )
        .bind(subscriber)
        .bind(now)
        .execute(&mut **transaction)
        .await?;
        sqlx::query(
            "update outbox set state = 'settled', outcome = 'withdrawn',
                reply = 'the recipient was removed', settled_at = $2
             where (recipient = $1 or addressee = $1) and (state in ('waiting', 'gathered') or (state = 'bundled'
                and exists (select 1 from outbox d where d.id = outbox.digest
                    and d.state <> 'claimed')))",
        )
        .bind(subscriber)
        .bind(now)
        .execute(&mut **transaction)
        .await?;
        mask_replies(transaction, subscriber, address).await?;
        Ok(done.rows_affected() > 0)
    }
}

async fn second_contact(transaction: &mut Write, subscriber: i64) -> Result<Option<i64>> {
    let found: Option<Option<i64>> =
        sqlx::query_scalar("select second_contact from subscribers where id = $1")
            .bind(subscriber)
            .fetch_optional(&mut **transaction)
            .await?;
    Ok(found.flatten())
}

/// Servers like to repeat the address they refuse.
async fn mask_replies(
    transaction: &mut Write,
    subscriber: i64,
    address: &EmailAddress,
) -> Result<()> {
    let replies: Vec<(i64, String)> = sqlx::query_as(
        "select id, reply from outbox
             where (recipient = $1 or addressee = $1) and reply is not null",
    )
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
         where o.recipient = $1 or o.addressee = $1",
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
