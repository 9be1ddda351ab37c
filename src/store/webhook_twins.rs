//! What a webhook is told: exactly what its owner's mail says, from the same
//! edition, within the same time, made and taken back with it.

use super::dialect::Dialect;
use super::listeners::as_json;
use super::{Channel, NewRow, Result, Write, micros};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// Stands before the mail's Message-ID in its twin's: an id has no dot before
/// its `@`, for what is signed is put together with dots.
pub const TWIN: &str = "wh_";

/// Most services have none, and are spared the question for each message.
async fn are_there_any(transaction: &mut Write) -> Result<bool> {
    let sql = "select count(*) from (select 1 from webhooks limit 1) some_webhooks";
    let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut **transaction).await?;
    Ok(count > 0)
}

/// Adds the twins of mail that was made just now. They are no recipients of
/// their own, and count in no canary. A digest has none: each message in it has
/// its own, which leaves when the digest does.
pub(super) async fn add(
    (transaction, dialect): (&mut Write, Dialect),
    occasion: i64,
    rows: &[NewRow],
    at: DateTime<Utc>,
) -> Result<()> {
    if rows.is_empty() || !are_there_any(transaction).await? {
        return Ok(());
    }
    let recipients: Vec<i64> = rows.iter().map(|row| row.recipient).collect();
    let sql = format!(
        "insert into outbox (occasion, recipient, channel, edition, apis, message_id, made_at,
            not_before, next_attempt, not_after, closes_at, state, domain, parked)
         select o.occasion, o.recipient, {}, o.edition, o.apis, '{TWIN}' || o.message_id, o.made_at,
            o.not_before, o.not_before, o.not_after, o.closes_at, 'waiting', w.host, 2
         from outbox o join webhooks w on w.subscriber = o.recipient
         join occasions c on c.id = o.occasion and c.kind <> 'digest'
         where o.occasion = $1 and o.made_at = $2 and o.channel = {} and w.state = 'active'
            and o.recipient in (select cast(cast(value as text) as bigint) from {})
         on conflict (occasion, recipient, channel) do nothing",
        Channel::Webhook as i64,
        Channel::Mail as i64,
        dialect.elements("$3")
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(occasion).bind(micros(at));
    query.bind(as_json(&recipients)?).execute(&mut **transaction).await?;
    Ok(())
}
