//! Suppressions as the office looks at them: how many, and what happened last.

use super::{Result, Store, SuppressionEvent, instant};

/// A suppression or its lifting, with whom it is about while they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEvent {
    pub id: i64,
    /// The subscriber and their address.
    pub person: Option<(i64, String)>,
    pub event: SuppressionEvent,
}

type Row = (i64, i64, String, String, String, String, Option<i64>, Option<String>);

impl Store {
    /// How many mailboxes are suppressed, by scope and reason, the most first.
    pub async fn suppression_counts(&self) -> Result<Vec<(String, String, i64)>> {
        Ok(sqlx::query_as(
            "select scope, reason, count(*) from suppressions
             group by scope, reason order by count(*) desc, scope, reason limit 50",
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// What was suppressed and lifted before the number `before`, the latest first.
    pub async fn latest_suppressions(
        &self,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ListedEvent>> {
        let rows: Vec<Row> = sqlx::query_as(
            "select e.id, e.at, e.scope, e.action, e.reason, e.author, s.id, s.address
             from suppression_events e left join subscribers s on s.mailbox = e.mailbox
             where e.id < $1 order by e.id desc limit $2",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let listed = |(id, at, scope, action, reason, author, subscriber, address): Row| {
            let event = SuppressionEvent { at: instant(at)?, scope, action, reason, author };
            Ok(ListedEvent { id, person: subscriber.zip(address), event })
        };
        rows.into_iter().map(listed).collect()
    }
}
