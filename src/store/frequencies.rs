//! How often somebody is written to: changing it, and what follows for messages
//! that wait for a weekly digest.
//!
//! Fillers and those who change it pass the same guard, so that nothing is
//! gathered for a reader who has gone back to each message.

use super::guards::{self, Guard};
use super::outbox::NewRow;
use super::tellings::numbered;
use super::{Result, Write, micros};
use crate::notice::Frequency;
use chrono::{DateTime, Utc};
use sqlx::{Any, AssertSqlSafe, Transaction};

/// Ids in one statement, far below any database's limit on values.
const IDS_PER_STATEMENT: usize = 500;

/// Of what was just made, what would wait for somebody who has gone back to each
/// message meanwhile leaves now.
pub(super) async fn gather_for_the_weekly_alone(
    transaction: &mut Write,
    occasion: i64,
    rows: &[NewRow],
    at: DateTime<Utc>,
) -> Result<()> {
    let gathering = rows.iter().filter(|row| row.period.is_gathered).map(|row| row.recipient);
    let gathering: Vec<i64> = gathering.collect();
    for some in gathering.chunks(IDS_PER_STATEMENT) {
        let sql = format!(
            "update outbox set state = 'waiting', next_attempt = $2, closes_at = $2
             where occasion = $1 and state = 'gathered' and recipient in ({}) and not exists
                (select 1 from subscribers s
                 where s.id = outbox.recipient and s.frequency = 'weekly')",
            numbered(some.len(), 3)
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(occasion).bind(micros(at));
        some.iter().fold(query, |query, id| query.bind(id)).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// How often a reader is written to from now on.
pub(super) async fn set_frequency(
    transaction: &mut Write,
    subscriber: i64,
    frequency: Frequency,
    at: DateTime<Utc>,
) -> Result<()> {
    guards::pass(transaction, Guard::Publication).await?;
    sqlx::query("update subscribers set frequency = $2 where id = $1")
        .bind(subscriber)
        .bind(frequency.as_str())
        .execute(&mut **transaction)
        .await?;
    match frequency {
        Frequency::Each => let_go(transaction, subscriber, at).await,
        Frequency::Weekly => Ok(()),
    }
}

/// The same of everybody of whom a list that is laid out says it; of several entries
/// the last counts.
pub(super) async fn set_frequencies(transaction: &mut Transaction<'_, Any>, at: i64) -> Result<()> {
    guards::pass(transaction, Guard::Publication).await?;
    sqlx::query(
        "update subscribers set frequency = (
            select p.frequency from listed_people p
            where p.key = subscribers.key and p.frequency is not null order by p.n desc limit 1)
         where key in (select key from listed_people where frequency is not null)",
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "update outbox set state = 'waiting', next_attempt = $1, closes_at = $1
         where state = 'gathered' and recipient in (
            select s.id from subscribers s join listed_people p on p.key = s.key
            where s.frequency = 'each')",
    )
    .bind(at)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Everything that was gathered for a reader leaves, within the next sending hours:
/// those that end now are over for it, so that the next look finds others.
async fn let_go(transaction: &mut Write, subscriber: i64, at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'waiting', next_attempt = $2, closes_at = $2
         where recipient = $1 and state = 'gathered'",
    )
    .bind(subscriber)
    .bind(micros(at))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
