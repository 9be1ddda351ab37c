//! What was asked for by a form and waits to be confirmed.
//!
//! Its subscriber is known by address alone and has no interests, so that an
//! address nobody confirmed is in no audience, whatever asks for one; and so that
//! the confirmation is a row of the outbox like any other, claimed, sent and
//! withdrawn by what claims, sends and withdraws all mail. What was asked for
//! stands beside it, and touches what is known of a subscriber only by confirming.

use super::alone::Alone;
use super::frequencies::set_frequency;
use super::suppressions::{self, BY_RECIPIENT, Cause};
use super::{PublicationId, Result, Store, StoreError, Write, instant, micros};
use crate::notice::{
    ApiId, Carrier, Digest, Edition, EmailAddress, EnvironmentId, Interest, Kind, Locale,
    OccasionKind, ProgramId, Wishes,
};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// Somebody who filled in a form, or in whose name somebody else did.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub address: &'a EmailAddress,
    /// Keyed hash of the address.
    pub mailbox: &'a [u8],
    pub wishes: &'a Wishes,
}

/// What waits to be confirmed, or was confirmed a while ago.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub id: i64,
    pub subscriber: i64,
    pub wishes: Wishes,
    pub expires_at: DateTime<Utc>,
    pub is_confirmed: bool,
    /// The mailbox bounces or complained: it is never written to.
    pub is_blocked: bool,
}

/// A confirmation, rendered and ready for the outbox.
pub struct Confirmation<'a> {
    pub pending: &'a Pending,
    pub program: &'a ProgramId,
    pub publication: PublicationId,
    /// Of the publication; a confirmation has no revision of its own.
    pub revision: &'a Digest,
    pub edition: &'a Edition,
    pub carrier: Carrier,
    /// Without angle brackets.
    pub message_id: &'a str,
}

type Row = (i64, i64, String, i64, Option<i64>, i64);

const COLUMNS: &str = "select p.id, p.subscriber, p.wishes, p.expires_at, p.confirmed_at,
    case when exists (select 1 from suppressions x
        where x.mailbox = p.mailbox and x.scope = '*') then 1 else 0 end
    from pending p";

impl Store {
    /// Keeps what was asked for until it is confirmed or has expired. It does the
    /// same work whether the address is known, suppressed or new. While something
    /// waits for a mailbox, what is asked for it joins that, and no further mail
    /// comes of it.
    pub async fn ask(
        &self,
        asking: Asking<'_>,
        at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        let Asking { address, mailbox, wishes } = asking;
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into subscribers (address, key, mailbox, state, created_at, updated_at)
             values ($1, $2, $3, 'pending', $4, $4) on conflict (key) do nothing",
        )
        .bind(address.as_str())
        .bind(address.key())
        .bind(mailbox)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "delete from pending
             where mailbox = $1 and (expires_at <= $2 or confirmed_at is not null)",
        )
        .bind(mailbox)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        let waiting: Option<String> =
            sqlx::query_scalar("select wishes from pending where mailbox = $1")
                .bind(mailbox)
                .fetch_optional(&mut *transaction)
                .await?;
        let joined = match waiting {
            Some(waiting) => read_wishes(&waiting)?.joined(wishes.clone()),
            None => wishes.clone(),
        };
        let joined = serde_json::to_string(&joined)
            .map_err(|bad| StoreError::unreadable("a wish")(bad.to_string()))?;
        sqlx::query(
            "insert into pending (mailbox, subscriber, wishes, asked_at, expires_at)
             select $1, s.id, $2, $3, $4 from subscribers s where s.key = $5
             on conflict (mailbox) do update set wishes = excluded.wishes",
        )
        .bind(mailbox)
        .bind(joined)
        .bind(micros(at))
        .bind(micros(expires_at))
        .bind(address.key())
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    pub async fn pending(&self, id: i64, at: DateTime<Utc>) -> Result<Option<Pending>> {
        let sql = format!("{COLUMNS} where p.id = $1 and p.expires_at > $2");
        let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(id)
            .bind(micros(at))
            .fetch_optional(&self.pool)
            .await?;
        row.map(read).transpose()
    }

    /// What waits for a mailbox, however long it has waited.
    pub async fn pending_of(&self, mailbox: &[u8]) -> Result<Option<Pending>> {
        let sql = format!("{COLUMNS} where p.mailbox = $1");
        let row: Option<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(mailbox).fetch_optional(&self.pool).await?;
        row.map(read).transpose()
    }

    /// What nobody was written to about yet, oldest first.
    pub async fn unmailed(&self, at: DateTime<Utc>, limit: i64) -> Result<Vec<Pending>> {
        let sql = format!(
            "{COLUMNS} where p.mailed_at is null and p.expires_at > $1 order by p.id limit $2"
        );
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(micros(at))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Puts a confirmation into the outbox, all of it or nothing. Whether it did:
    /// another process may have been first.
    pub async fn mail_confirmation(
        &self,
        new: &Confirmation<'_>,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        if !mark_mailed(&mut transaction, new.pending.id, at).await? {
            return Ok(false);
        }
        let alone = Alone {
            kind: OccasionKind::Confirmation,
            // The number that its link carries.
            key: &new.pending.id.to_string(),
            program: new.program,
            publication: new.publication,
            revision: new.revision,
            edition: new.edition,
            apis: "",
            carrier: new.carrier,
            message_id: new.message_id,
            recipient: new.pending.subscriber,
            not_after: Some(new.pending.expires_at),
        };
        alone.put(&mut transaction, at).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// No mail comes of it. It stays until it expires, as any other would.
    pub async fn pass_over(&self, pending: i64, at: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.write().await?;
        mark_mailed(&mut transaction, pending, at).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes what was asked for into what is known of the subscriber, once. The
    /// answer is what it was, or `None` where there is nothing to confirm.
    ///
    /// Of a program, what was asked for is added to what was heard before. Whoever
    /// had left it comes back.
    pub async fn confirm(&self, id: i64, at: DateTime<Utc>) -> Result<Option<Pending>> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "update pending set confirmed_at = $2
             where id = $1 and confirmed_at is null and expires_at > $2",
        )
        .bind(id)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        let is_first = done.rows_affected() > 0;
        let sql = format!("{COLUMNS} where p.id = $1 and p.expires_at > $2");
        let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(id)
            .bind(micros(at))
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(pending) = row.map(read).transpose()? else { return Ok(None) };
        if is_first {
            take_in(&mut transaction, &pending, at).await?;
        }
        transaction.commit().await?;
        Ok(Some(pending))
    }

    /// Forgets what was asked for, because whoever reads the mailbox did not. It
    /// cannot take back what was confirmed.
    pub async fn refuse(&self, id: i64) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query("delete from pending where id = $1 and confirmed_at is null")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        forget_the_unconfirmed(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets what was not confirmed in time, and whoever is known by nothing else.
    pub async fn forget_expired(&self, at: DateTime<Utc>) -> Result<()> {
        let is_any: Option<i64> =
            sqlx::query_scalar("select id from pending where expires_at <= $1 limit 1")
                .bind(micros(at))
                .fetch_optional(&self.pool)
                .await?;
        if is_any.is_none() {
            return Ok(());
        }
        let mut transaction = self.write().await?;
        sqlx::query("delete from pending where expires_at <= $1")
            .bind(micros(at))
            .execute(&mut *transaction)
            .await?;
        forget_the_unconfirmed(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn forget_the_unconfirmed(transaction: &mut Write) -> Result<()> {
    sqlx::query(
        "delete from subscribers where state = 'pending'
         and not exists (select 1 from pending p where p.subscriber = subscribers.id)",
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn mark_mailed(transaction: &mut Write, id: i64, at: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query("update pending set mailed_at = $2 where id = $1 and mailed_at is null")
        .bind(id)
        .bind(micros(at))
        .execute(&mut **transaction)
        .await?;
    Ok(done.rows_affected() > 0)
}

async fn take_in(transaction: &mut Write, pending: &Pending, at: DateTime<Utc>) -> Result<()> {
    let Pending { subscriber, wishes, .. } = pending;
    sqlx::query(
        "update subscribers set state = 'confirmed', name = coalesce($2, name),
            locale = coalesce($3, locale), zone = coalesce($4, zone), updated_at = $5
         where id = $1",
    )
    .bind(subscriber)
    .bind(wishes.name.as_deref())
    .bind(wishes.locale.as_ref().map(Locale::as_str))
    .bind(wishes.zone.map(|zone| zone.name()))
    .bind(micros(at))
    .execute(&mut **transaction)
    .await?;
    if let Some(frequency) = wishes.frequency {
        set_frequency(transaction, *subscriber, frequency, at).await?;
    }
    let mailbox: Vec<u8> = sqlx::query_scalar("select mailbox from subscribers where id = $1")
        .bind(subscriber)
        .fetch_one(&mut **transaction)
        .await?;
    for wish in &wishes.of {
        if wish.is_whole() {
            forget_interests(transaction, *subscriber, &wish.program).await?;
        }
        add_interests(transaction, *subscriber, &wish.interests()).await?;
        let cause = Cause { reason: "subscribed again and confirmed", author: BY_RECIPIENT };
        suppressions::lift(transaction, &mailbox, wish.program.as_str(), cause, at).await?;
    }
    Ok(())
}

pub(super) async fn forget_interests(
    transaction: &mut Write,
    subscriber: i64,
    program: &ProgramId,
) -> Result<()> {
    sqlx::query("delete from interests where subscriber = $1 and program = $2")
        .bind(subscriber)
        .bind(program.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

pub(super) async fn add_interests(
    transaction: &mut Write,
    subscriber: i64,
    interests: &[Interest],
) -> Result<()> {
    /// Five values each.
    const ROWS_PER_STATEMENT: usize = 200;
    for some in interests.chunks(ROWS_PER_STATEMENT) {
        let sql = format!(
            "insert into interests (program, subscriber, api, environment, kind) values {}
             on conflict (program, subscriber, api, environment, kind) do nothing",
            super::value_rows(some.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for interest in some {
            query = query
                .bind(interest.program.as_str())
                .bind(subscriber)
                .bind(interest.api.as_ref().map_or("", ApiId::as_str))
                .bind(interest.environment.as_ref().map_or("", EnvironmentId::as_str))
                .bind(interest.kind.map_or("", Kind::as_str));
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

fn read(row: Row) -> Result<Pending> {
    let (id, subscriber, wishes, expires_at, confirmed_at, is_blocked) = row;
    Ok(Pending {
        id,
        subscriber,
        wishes: read_wishes(&wishes)?,
        expires_at: instant(expires_at)?,
        is_confirmed: confirmed_at.is_some(),
        is_blocked: is_blocked != 0,
    })
}

fn read_wishes(json: &str) -> Result<Wishes> {
    serde_json::from_str(json).map_err(|bad| StoreError::unreadable("a wish")(bad.to_string()))
}
