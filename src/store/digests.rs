//! What becomes of a weekly digest, and of the messages in it with it.
//!
//! While a digest is under way its members stand as it stands. What it came to is
//! recorded of each of them in the same transaction. Where it turns out that a
//! digest is not to leave as it is, its members gather again.

use super::claims::SUPERSEDED;
use super::dialect::Dialect;
use super::nodes::NodeId;
use super::subscribers::parsed;
use super::tellings::numbered;
use super::{Result, Store, Write};
use crate::notice::{NoticePath, OccasionKind, Outcome};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

/// What a digest's message needs of one of its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub row: i64,
    /// The recipient's affected APIs, as a phrase.
    pub apis: String,
    pub notice: NoticePath,
}

/// Said of a digest that is made anew without what is held.
const HELD: &str = "a notice in it is held";

impl Store {
    /// The messages in a digest that has not left yet, in its order.
    pub async fn members(&self, digest: i64) -> Result<Vec<Member>> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "select o.id, o.apis, c.subject from outbox o join occasions c on c.id = o.occasion
             where o.digest = $1 and o.state = 'bundled' order by o.id",
        )
        .bind(digest)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(row, apis, subject)| {
                Ok(Member { row, apis, notice: parsed("an occasion", &subject)? })
            })
            .collect()
    }
}

/// Whether the row of this number has members. It is looked up by number, whatever a
/// plan makes of a table that no statistics were taken of.
pub(super) fn carries(row: &str) -> String {
    format!("(select 1 from outbox member where member.digest = {row} limit 1) = 1")
}

/// Of these rows, those that are digests.
pub(super) async fn among(
    (transaction, dialect): (&mut Write, Dialect),
    rows: Vec<i64>,
) -> Result<BTreeSet<i64>> {
    let sql = format!(
        "select row from (select cast(cast(value as text) as bigint) as row from {}) listed
         where {}",
        dialect.elements("$1"),
        carries("listed.row")
    );
    let rows = serde_json::Value::from(rows).to_string();
    let found: Vec<i64> =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(rows).fetch_all(&mut **transaction).await?;
    Ok(found.into_iter().collect())
}

async fn has_members(transaction: &mut Write, row: i64) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("select id from outbox where digest = $1 limit 1")
        .bind(row)
        .fetch_optional(&mut **transaction)
        .await?;
    Ok(found.is_some())
}

pub(super) async fn is_digest(transaction: &mut Write, row: i64) -> Result<bool> {
    let found: i64 = sqlx::query_scalar(
        "select count(*) from outbox o join occasions c on c.id = o.occasion
         where o.id = $1 and c.kind = $2",
    )
    .bind(row)
    .bind(OccasionKind::Digest.as_str())
    .fetch_one(&mut **transaction)
    .await?;
    Ok(found > 0)
}

/// What was in a digest that came to one of `outcomes` gathers again; how many.
pub(super) async fn retry(
    transaction: &mut Write,
    digest: i64,
    outcomes: &str,
    now: i64,
) -> Result<u64> {
    let sql = format!(
        "update outbox set state = 'gathered', outcome = null, reply = null, attempts = 0,
            next_attempt = $2, settled_at = null, digest = null
         where digest = $1 and state = 'settled' and outcome in ({outcomes})"
    );
    let done = sqlx::query(AssertSqlSafe(sql)).bind(digest).bind(now);
    Ok(done.execute(&mut **transaction).await?.rows_affected())
}

/// An attempt for a digest, just recorded, is one for each of its members.
pub(super) async fn follow(
    transaction: &mut Write,
    (digest, node): (i64, NodeId),
    now: i64,
    outcome: Outcome,
    reply: &str,
) -> Result<()> {
    note(transaction, (digest, node), now, (outcome, reply), 0).await?;
    // As the digest stands now: the attempt of a node that no longer held it is on
    // record, and changes nothing.
    sqlx::query(
        "update outbox set attempts = attempts + 1,
            outcome = (select d.outcome from outbox d where d.id = $1),
            reply = (select d.reply from outbox d where d.id = $1),
            settled_at = (select d.settled_at from outbox d where d.id = $1),
            state = case when exists (select 1 from outbox d where d.id = $1 and d.state = 'settled')
                then 'settled' else state end
         where digest = $1 and state = 'bundled'",
    )
    .bind(digest)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// A message was settled without being sent. Where its members are still of use
/// without each other, they gather again and are bundled anew at once.
pub(super) async fn settled(
    transaction: &mut Write,
    (digest, node): (i64, NodeId),
    now: i64,
    outcome: Outcome,
    reply: &str,
) -> Result<()> {
    if !has_members(transaction, digest).await? {
        return Ok(());
    }
    let is_made_anew = [SUPERSEDED, HELD].contains(&reply) || outcome == Outcome::Overtaken;
    if !is_made_anew {
        return follow(transaction, (digest, node), now, outcome, reply).await;
    }
    note(transaction, (digest, node), now, (outcome, reply), 1).await?;
    sqlx::query(
        "update outbox set state = 'settled', outcome = $2, reply = $3, settled_at = $4
         where digest = $1 and state = 'bundled' and superseded > 0",
    )
    .bind(digest)
    .bind(outcome.as_str())
    .bind(reply)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    dissolve(transaction, digest, now).await
}

/// Puts what happened to a digest on record of its members, of those alone that are
/// superseded at least so far.
async fn note(
    transaction: &mut Write,
    (digest, node): (i64, NodeId),
    now: i64,
    (outcome, reply): (Outcome, &str),
    superseded: i64,
) -> Result<()> {
    sqlx::query(
        "insert into attempts (outbox, at, outcome, reply, node, carrier)
         select id, $2, $3, $4, $5, digest from outbox
         where digest = $1 and state = 'bundled' and superseded >= $6 order by id",
    )
    .bind(digest)
    .bind(now)
    .bind(outcome.as_str())
    .bind(reply)
    .bind(node.0)
    .bind(superseded)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Takes back the digests in which any of these rows are, as far as nobody has
/// claimed them: their members gather again.
pub(super) async fn take_back(transaction: &mut Write, rows: &[i64], now: i64) -> Result<()> {
    let of = format!(
        "select digest from outbox where state = 'bundled' and id in ({})",
        numbered(rows.len(), 1)
    );
    let sql = format!("select distinct digest from ({of}) bundled order by digest");
    let query = sqlx::query_scalar(AssertSqlSafe(sql));
    let digests: Vec<i64> =
        rows.iter().fold(query, |query, id| query.bind(id)).fetch_all(&mut **transaction).await?;
    for digest in digests {
        withdraw(transaction, digest, now, SUPERSEDED).await?;
    }
    Ok(())
}

/// What is in flight when a fact in it is superseded is sent on no account once it
/// comes back.
pub(super) async fn mark(transaction: &mut Write, rows: &[i64]) -> Result<()> {
    let ids = numbered(rows.len(), 1);
    for sql in [
        format!(
            "update outbox set superseded = 1 where state <> 'settled' and id in
                (select m.digest from outbox m where m.state = 'bundled' and m.id in ({ids}))"
        ),
        format!("update outbox set superseded = 1 where state = 'bundled' and id in ({ids})"),
    ] {
        let query = sqlx::query(AssertSqlSafe(sql));
        rows.iter().fold(query, |query, id| query.bind(id)).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Takes back the digests that tell of this notice and have not left: what else is
/// in them does not wait for the hold to end.
pub(super) async fn without(transaction: &mut Write, subject: &str, now: i64) -> Result<()> {
    let digests: Vec<i64> = sqlx::query_scalar(
        "select distinct o.digest from outbox o where o.state = 'bundled' and o.occasion in
            (select id from occasions where subject = $1) order by o.digest",
    )
    .bind(subject)
    .fetch_all(&mut **transaction)
    .await?;
    for digest in digests {
        withdraw(transaction, digest, now, HELD).await?;
    }
    Ok(())
}

/// Nothing happens to a digest in some node's hands.
async fn withdraw(transaction: &mut Write, digest: i64, now: i64, reason: &str) -> Result<()> {
    let done = sqlx::query(
        "update outbox set state = 'settled', superseded = 2, reply = $2, settled_at = $3,
            outcome = case when outcome = 'unknown' then 'unknown' else 'withdrawn' end
         where id = $1 and state = 'waiting'",
    )
    .bind(digest)
    .bind(reason)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query(
        "insert into attempts (outbox, at, outcome, reply, node)
         select id, $2, outcome, reply, 0 from outbox where id = $1",
    )
    .bind(digest)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    dissolve(transaction, digest, now).await
}

/// No reader has the digest's Message-ID then, and nothing is to answer to it.
async fn dissolve(transaction: &mut Write, digest: i64, now: i64) -> Result<()> {
    sqlx::query(
        "update outbox set thread = null
         where state <> 'settled' and recipient = (select d.recipient from outbox d where d.id = $1)
            and thread = (select d.message_id from outbox d where d.id = $1)",
    )
    .bind(digest)
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "update outbox set state = 'gathered', digest = null, next_attempt = $2
         where digest = $1 and state = 'bundled'",
    )
    .bind(digest)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
