//! Changes of what environments are found to do that an office is to be told of by mail.

use super::alone::Alone;
use super::drift::{LeasedRow, parsed};
use super::{PublicationId, Result, Store, Write, instant};
use crate::notice::{Carrier, Digest, Edition, Judgement, OccasionKind, ProgramId, WatchTarget};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// A change that nobody was told of yet.
#[derive(Debug, Clone, PartialEq)]
pub struct UntoldChange {
    pub id: i64,
    /// The number of the target.
    pub watch: i64,
    pub program: ProgramId,
    pub target: WatchTarget,
    pub at: DateTime<Utc>,
    pub judgement: Judgement,
    /// What had been told before it: see [`crate::notice::WatchStanding`].
    pub told_before: String,
}

/// A mail about drift, rendered and ready for the outbox.
pub struct DriftMail<'a> {
    /// What it tells of; never empty.
    pub changes: &'a [i64],
    pub program: &'a ProgramId,
    pub publication: PublicationId,
    /// Of the publication.
    pub revision: &'a Digest,
    pub edition: &'a Edition,
    pub carrier: Carrier,
    /// Without angle brackets.
    pub message_id: &'a str,
    pub recipient: i64,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    change_id: i64,
    at: i64,
    judgement: String,
    told_before: String,
    #[sqlx(flatten)]
    watched: LeasedRow,
}

impl Store {
    /// What nobody was told of yet, the oldest first.
    pub async fn untold_changes(&self, limit: i64) -> Result<Vec<UntoldChange>> {
        let sql = "select c.id as change_id, c.at, c.judgement, c.told_before, t.id, t.program,
                t.environment, t.url_id, t.operation, t.url, t.verdict, t.signature, t.since,
                t.in_vain, t.told
             from watch_changes c join watch_targets t on t.id = c.target
             where c.untold = 1 order by c.id limit $1";
        let rows: Vec<ChangeRow> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(limit).fetch_all(&self.pool).await?;
        rows.into_iter()
            .map(|row| {
                let (program, target) = row.watched.target()?;
                Ok(UntoldChange {
                    id: row.change_id,
                    watch: row.watched.id,
                    program,
                    target,
                    at: instant(row.at)?,
                    judgement: parsed(&row.judgement)?,
                    told_before: row.told_before,
                })
            })
            .collect()
    }

    /// Puts the mail into the outbox, once. Whether it did: another process may have told of
    /// some of it meanwhile.
    pub async fn mail_drift(&self, mail: &DriftMail<'_>, at: DateTime<Utc>) -> Result<bool> {
        let mut transaction = self.write().await?;
        if !told(&mut transaction, mail.changes).await? {
            return Ok(false);
        }
        let first = mail.changes.iter().min().copied().unwrap_or_default();
        let alone = Alone {
            kind: OccasionKind::Drift,
            key: &first.to_string(),
            program: mail.program,
            publication: mail.publication,
            revision: mail.revision,
            edition: mail.edition,
            apis: "",
            carrier: mail.carrier,
            message_id: mail.message_id,
            recipient: mail.recipient,
            not_after: None,
        };
        alone.put(&mut transaction, at).await?;
        self.tell(&mut transaction, super::Topic::Outbox).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// No mail comes of them.
    pub async fn pass_over_changes(&self, changes: &[i64]) -> Result<()> {
        let mut transaction = self.write().await?;
        if told(&mut transaction, changes).await? {
            transaction.commit().await?;
        }
        Ok(())
    }
}

/// All of them, or none: what was not committed is as it was.
async fn told(transaction: &mut Write, changes: &[i64]) -> Result<bool> {
    for change in changes {
        let sql = "update watch_changes set untold = 0 where id = $1 and untold = 1";
        let done = sqlx::query(sql).bind(*change).execute(&mut **transaction).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
    }
    Ok(!changes.is_empty())
}
