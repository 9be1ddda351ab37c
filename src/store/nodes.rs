//! Delivering processes, and the heartbeat by which the others know that one
//! is alive.

use super::{Result, Store, Topic, Write};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub(super) i64);

/// A node about to deliver.
#[derive(Debug, Clone, Copy)]
pub struct NewNode<'a> {
    /// What an operator would know it by.
    pub name: &'a str,
    /// How long it may be silent before others take its work.
    pub lifetime: Duration,
}

impl Store {
    pub async fn register_node(&self, node: NewNode<'_>) -> Result<NodeId> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        let id: i64 = sqlx::query_scalar(
            "insert into nodes (name, lifetime, started_at, heartbeat)
             values ($1, $2, $3, $3) returning id",
        )
        .bind(node.name)
        .bind(i64::try_from(node.lifetime.as_micros()).unwrap_or(i64::MAX))
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

    /// Gives everything back that the node still holds.
    pub async fn release(&self, node: NodeId) -> Result<()> {
        let mut transaction = self.write().await?;
        give_all_back(&mut transaction, node).await?;
        Ok(transaction.commit().await?)
    }

    /// The same, and lets it count as gone. Its row stays: attempts name it.
    pub async fn retire_node(&self, node: NodeId) -> Result<()> {
        let mut transaction = self.write().await?;
        give_all_back(&mut transaction, node).await?;
        sqlx::query("update nodes set heartbeat = 0 where id = $1")
            .bind(node.0)
            .execute(&mut *transaction)
            .await?;
        self.tell(&mut transaction, Topic::Outbox).await?;
        Ok(transaction.commit().await?)
    }
}

async fn give_all_back(transaction: &mut Write, node: NodeId) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'waiting', node = null, claimed_at = null
         where state = 'claimed' and node = $1",
    )
    .bind(node.0)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
