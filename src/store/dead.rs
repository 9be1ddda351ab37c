//! Dead letters: messages that were given up or refused, and trying them anew.

use super::outbox::{DELIVERIES, Delivery, DeliveryRow, delivery};
use super::{Result, Store, Topic, digests};
use crate::notice::{NoticePath, Outcome};
use sqlx::AssertSqlSafe;
use std::fmt;

/// Which of them to try anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letters {
    Row(i64),
    OfNotice(NoticePath),
}

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(row) => write!(f, "message {row}"),
            Self::OfNotice(path) => write!(f, "{path}"),
        }
    }
}

impl Store {
    /// Messages with this outcome, given up or refused, before the row `before`; the
    /// latest first, `limit` of them.
    pub async fn given_up_letters(
        &self,
        outcome: Outcome,
        subject: Option<&NoticePath>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        let sql = format!(
            "{DELIVERIES}
             where o.state = 'settled' and o.outcome in ('dead', 'rejected') and o.outcome = $1
                and o.id < $2 and (c.subject = $3 or $3 = '')
             order by o.id desc limit $4"
        );
        let rows: Vec<DeliveryRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(outcome.as_str())
            .bind(before.unwrap_or(i64::MAX))
            .bind(subject.map(ToString::to_string).unwrap_or_default())
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(delivery).collect()
    }

    /// Puts messages with one of these outcomes back into the queue, due now,
    /// with their Message-ID and the record of all attempts. How many it found. The
    /// messages in a digest gather again, and are bundled anew.
    pub async fn retry(&self, which: &Letters, outcomes: &[Outcome]) -> Result<u64> {
        let named: Vec<String> = outcomes.iter().map(|o| format!("'{}'", o.as_str())).collect();
        let (row, subject) = match which {
            Letters::Row(row) => (*row, String::new()),
            Letters::OfNotice(path) => (0, path.to_string()),
        };
        let sql = format!(
            "update outbox set state = 'waiting', outcome = null, reply = null, attempts = 0,
                parked = case when channel = 3 then 2 else 0 end, next_attempt = $1,
                settled_at = null, digest = null
             where state = 'settled' and outcome in ({})
                and (id = $2 or occasion in (select id from occasions where subject = $3))",
            named.join(", ")
        );
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        if digests::is_digest(&mut transaction, row).await? {
            let found = digests::retry(&mut transaction, row, &named.join(", "), now).await?;
            transaction.commit().await?;
            return Ok(found);
        }
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(now)
            .bind(row)
            .bind(subject)
            .execute(&mut *transaction)
            .await?;
        self.tell(&mut transaction, Topic::Outbox).await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}
