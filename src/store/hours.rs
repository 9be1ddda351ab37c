//! Messages whose sending hours ended before they left, and when they may leave
//! instead.

use super::{Result, Store, instant, micros};
use crate::notice::ProgramId;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Waiting messages of one program to one zone, whose hours ended together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub program: ProgramId,
    /// The recipients' own, where they named one.
    pub zone: Option<Tz>,
    pub closes_at: DateTime<Utc>,
}

/// More are left for the next look.
const MAX_CLOSINGS: i64 = 200;

/// So that no other write waits long.
const MAX_MOVED: i64 = 5_000;

impl Store {
    /// Whose hours have ended at `now` while they waited.
    pub async fn closings(&self, now: DateTime<Utc>) -> Result<Vec<Closing>> {
        let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(
            "select distinct c.program, s.zone, o.closes_at
             from outbox o join occasions c on c.id = o.occasion
             left join subscribers s on s.id = o.recipient
             where o.state = 'waiting' and o.closes_at is not null and o.closes_at <= $1
             limit $2",
        )
        .bind(micros(now))
        .bind(MAX_CLOSINGS)
        .fetch_all(&self.pool)
        .await?;
        let read = |(program, zone, closes_at): (String, Option<String>, i64)| {
            Ok(Closing {
                program: super::subscribers::parsed("a program", &program)?,
                zone: zone.map(|zone| super::subscribers::parsed("a zone", &zone)).transpose()?,
                closes_at: instant(closes_at)?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Moves some of them to their next hours, and says how many. What is to be
    /// tried still later stays so.
    pub async fn open_again(
        &self,
        closing: &Closing,
        opens_at: DateTime<Utc>,
        closes_at: Option<DateTime<Utc>>,
    ) -> Result<u64> {
        let mut transaction = self.write().await?;
        let moved = sqlx::query(
            "update outbox set closes_at = $5,
                next_attempt = case when next_attempt < $4 then $4 else next_attempt end
             where id in (
                select o.id from outbox o join occasions c on c.id = o.occasion
                left join subscribers s on s.id = o.recipient
                where o.state = 'waiting' and o.closes_at = $3 and c.program = $1
                    and coalesce(s.zone, '') = $2
                limit $6)",
        )
        .bind(closing.program.as_str())
        .bind(closing.zone.map_or("", |zone| zone.name()))
        .bind(micros(closing.closes_at))
        .bind(micros(opens_at))
        .bind(closes_at.map(micros))
        .bind(MAX_MOVED)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(moved.rows_affected())
    }
}
