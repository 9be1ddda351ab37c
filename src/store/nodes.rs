//! Delivering processes, and the heartbeat by which the others know that one
//! is alive.

use super::{Result, Store};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub(super) i64);

impl Store {
    pub async fn register_node(&self, name: &str) -> Result<NodeId> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let id: i64 = sqlx::query_scalar(
            "insert into nodes (name, started_at, heartbeat) values ($1, $2, $2) returning id",
        )
        .bind(name)
        .bind(now)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(NodeId(id))
    }

    pub async fn beat(&self, node: NodeId) -> Result<()> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        sqlx::query("update nodes set heartbeat = $2 where id = $1")
            .bind(node.0)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Gives everything back that the node still holds, and lets it count as
    /// gone. Its row stays: attempts name it.
    pub async fn retire_node(&self, node: NodeId) -> Result<()> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "update outbox set state = 'waiting', node = null, claimed_at = null
             where state = 'claimed' and node = $1",
        )
        .bind(node.0)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("update nodes set heartbeat = 0 where id = $1")
            .bind(node.0)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

/// In the database's unit.
pub(super) fn lifetime_micros(heartbeat: Duration) -> i64 {
    i64::try_from(heartbeat.as_micros()).unwrap_or(i64::MAX)
}
