//! What comes back about messages: reports of mail servers, and complaints.

use super::{Result, Store, Write, micros};
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackKind {
    Bounce,
    Delayed,
    Delivered,
    Complaint,
}

impl FeedbackKind {
    pub const ALL: [Self; 4] = [Self::Bounce, Self::Delayed, Self::Delivered, Self::Complaint];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Complaint => "complaint",
        }
    }
}

/// A report about one message of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    pub row: i64,
    pub kind: FeedbackKind,
    /// Such as `5.1.1`, or a complaint's type.
    pub status: String,
    /// The other server's own words.
    pub diagnostic: String,
    pub at: DateTime<Utc>,
    /// The same for every copy of the same report.
    pub digest: Vec<u8>,
    /// The reason for which the recipient is not written to any more.
    pub suppress: Option<String>,
}

/// What recording came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    New,
    /// The same report was recorded before.
    Again,
    /// This database has no such message.
    NoSuchRow,
}

impl Store {
    /// Records a report and suppresses its recipient, both or neither.
    pub async fn record_feedback(&self, feedback: &Feedback) -> Result<Recorded> {
        let mut transaction = self.write().await?;
        let known: i64 = sqlx::query_scalar("select count(*) from outbox where id = $1")
            .bind(feedback.row)
            .fetch_one(&mut *transaction)
            .await?;
        if known == 0 {
            return Ok(Recorded::NoSuchRow);
        }
        let done = sqlx::query(
            "insert into feedback (outbox, kind, status, diagnostic, at, digest)
             values ($1, $2, $3, $4, $5, $6) on conflict (digest) do nothing",
        )
        .bind(feedback.row)
        .bind(feedback.kind.as_str())
        .bind(feedback.status.as_str())
        .bind(feedback.diagnostic.as_str())
        .bind(micros(feedback.at))
        .bind(feedback.digest.as_slice())
        .execute(&mut *transaction)
        .await?;
        if let Some(reason) = &feedback.suppress {
            suppress_recipient(&mut transaction, feedback.row, reason, micros(feedback.at)).await?;
        }
        transaction.commit().await?;
        Ok(if done.rows_affected() > 0 { Recorded::New } else { Recorded::Again })
    }

    /// The row of a message to this recipient. It is asked rarely, and only about
    /// a recipient whom a signed token names, so it may look through all rows.
    pub async fn row_of_message(&self, recipient: i64, message_id: &str) -> Result<Option<i64>> {
        let row = sqlx::query_scalar(
            "select id from outbox
             where message_id = $1 and coalesce(addressee, recipient) = $2",
        );
        Ok(row.bind(message_id).bind(recipient).fetch_optional(&self.pool).await?)
    }

    /// Every report about a row, oldest first: the kind and the status.
    pub async fn feedback(&self, row: i64) -> Result<Vec<(String, String)>> {
        let rows =
            sqlx::query_as("select kind, status from feedback where outbox = $1 order by id");
        Ok(rows.bind(row).fetch_all(&self.pool).await?)
    }

    /// Adds one to what is only counted.
    pub async fn tally(&self, name: &str) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into tallies (name, count) values ($1, 1)
             on conflict (name) do update set count = tallies.count + 1",
        )
        .bind(name)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// What was counted, by name.
    pub async fn tallies(&self) -> Result<Vec<(String, i64)>> {
        let rows = sqlx::query_as("select name, count from tallies order by name");
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

/// Whoever a message went to is written to no more, by any program. Who was
/// removed meanwhile needs no suppression.
pub(super) async fn suppress_recipient(
    transaction: &mut Write,
    row: i64,
    reason: &str,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "insert into suppressions (mailbox, scope, reason, at)
         select s.mailbox, '*', $2, $3 from outbox o join subscribers s on s.id = coalesce(o.addressee, o.recipient)
         where o.id = $1
         on conflict (mailbox, scope) do nothing",
    )
    .bind(row)
    .bind(reason)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
