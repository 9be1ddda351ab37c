//! Delivering processes, and the heartbeat by which the others know that one
//! is alive.

use super::{Result, Store, StoreError, Write};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub(super) i64);

/// A node about to deliver.
#[derive(Debug, Clone, Copy)]
pub struct NewNode<'a> {
    /// What an operator would know it by.
    pub name: &'a str,
    /// By which way it delivers.
    pub way: &'a str,
    /// How long it may be silent before others take its work.
    pub lifetime: Duration,
}

impl Store {
    /// Refused while a node is alive that delivers by another way: the two
    /// would share the messages out between a server and, say, a folder.
    pub async fn register_node(&self, node: NewNode<'_>) -> Result<NodeId> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        refuse_other_ways(&mut transaction, now, node.way).await?;
        let id: i64 = sqlx::query_scalar(
            "insert into nodes (name, way, lifetime, started_at, heartbeat)
             values ($1, $2, $3, $4, $4) returning id",
        )
        .bind(node.name)
        .bind(node.way)
        .bind(i64::try_from(node.lifetime.as_micros()).unwrap_or(i64::MAX))
        .bind(now)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(NodeId(id))
    }

    /// Whether a node that delivers by `way` could be registered now.
    pub async fn expect_no_other_way(&self, way: &str) -> Result<()> {
        let mut transaction = self.write().await?;
        let now = self.now(&mut transaction).await?;
        refuse_other_ways(&mut transaction, now, way).await
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

async fn refuse_other_ways(transaction: &mut Write, now: i64, way: &str) -> Result<()> {
    let other: Option<(String, String)> = sqlx::query_as(
        "select name, way from nodes
         where way <> $1 and way <> '' and heartbeat > $2 - lifetime order by id limit 1",
    )
    .bind(way)
    .bind(now)
    .fetch_optional(&mut **transaction)
    .await?;
    match other {
        Some((name, theirs)) => Err(StoreError::OtherWay { name, theirs, ours: way.to_owned() }),
        None => Ok(()),
    }
}
