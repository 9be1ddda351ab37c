//! Escalations: how many of those who were told did not say that they are done,
//! and what is known of their second contacts.

use super::outbox::{Chunk, Filling, NewRow};
use super::tellings::numbered;
use super::{Result, Store, micros};
use crate::notice::{EmailAddress, ProgramId};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Why a message of the occasion `c` is not wanted any more, of the outbox as `o`
/// and its recipient as `f`: looked at when it is claimed. Ids of rows stand in
/// quotes in an edition, and hold none.
pub(super) const NEEDLESS: &str = "case when c.kind = 'digest' then (
        select 'a notice in it is held' from outbox m join occasions n on n.id = m.occasion
        join holds h on h.scope = n.subject and h.released_at is null
        where m.digest = o.id and m.state = 'bundled' limit 1)
    when c.kind <> 'escalation' then null
    when exists (select 1 from acknowledgements a join editions e on e.id = o.edition
        where a.subscriber = o.recipient and a.subject = c.subject
            and replace(e.rows, '\"' || a.row_id || '\"', '') <> e.rows)
    then 'somebody said that it is done'
    when coalesce(f.second_contact, 0) <> o.addressee then 'they are no second contact any more'
    end";

/// What was found about a milestone's audience.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Silence {
    /// Who was told of it,
    pub told: u64,
    /// and has said of none of its rows that it is done.
    pub silent: u64,
}

/// Who is written to when a subscriber does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondContact {
    pub person: i64,
    /// They must not be written to about the program.
    pub is_suppressed: bool,
}

/// What a subscriber's record says beside their interests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// They left the program themselves.
    pub has_left: bool,
    pub second: Option<SecondContact>,
}

type StandingRow = (i64, i64, Option<i64>, i64);

/// Ids in one statement, far below any database's limit on values.
const IDS_PER_STATEMENT: usize = 500;

impl Store {
    /// As `fill_chunk`, and counts with it.
    pub async fn fill_escalation(
        &self,
        chunk: Chunk,
        rows: &[NewRow],
        found: Silence,
    ) -> Result<Filling> {
        let mut transaction = self.write().await?;
        let filling = self.fill(&mut transaction, chunk, rows).await?;
        if let Filling::Added(_) = filling {
            sqlx::query(
                "insert into escalations (occasion, told, silent) values ($1, $2, $3)
                 on conflict (occasion) do update set told = escalations.told + excluded.told,
                    silent = escalations.silent + excluded.silent",
            )
            .bind(chunk.occasion)
            .bind(i64::try_from(found.told).unwrap_or(i64::MAX))
            .bind(i64::try_from(found.silent).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
        }
        Ok(filling)
    }

    /// What was found while an escalation was filled.
    pub async fn silence(&self, occasion: i64) -> Result<Silence> {
        let found: Option<(i64, i64)> =
            sqlx::query_as("select told, silent from escalations where occasion = $1")
                .bind(occasion)
                .fetch_optional(&self.pool)
                .await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(found.map_or(Silence::default(), |(told, silent)| Silence {
            told: count(told),
            silent: count(silent),
        }))
    }

    /// How these subscribers stand to `program`, and who their second contacts are.
    pub async fn standings(
        &self,
        program: &ProgramId,
        ids: &[i64],
    ) -> Result<BTreeMap<i64, Standing>> {
        let mut found = BTreeMap::new();
        for some in ids.chunks(IDS_PER_STATEMENT) {
            let sql = format!(
                "select s.id,
                    case when exists (select 1 from suppressions x
                        where x.mailbox = s.mailbox and x.scope = $1) then 1 else 0 end,
                    t.id,
                    case when exists (select 1 from suppressions x
                        where x.mailbox = t.mailbox and x.scope in ($1, '*')) then 1 else 0 end
                 from subscribers s left join subscribers t on t.id = s.second_contact
                 where s.id in ({})",
                numbered(some.len(), 2)
            );
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(program.as_str());
            let query = some.iter().fold(query, |query, id| query.bind(id));
            let rows: Vec<StandingRow> = query.fetch_all(&self.pool).await?;
            found.extend(rows.into_iter().map(|(id, has_left, second, is_suppressed)| {
                let second = second.filter(|second| *second != id);
                let second = second
                    .map(|person| SecondContact { person, is_suppressed: is_suppressed != 0 });
                (id, Standing { has_left: has_left != 0, second })
            }));
        }
        Ok(found)
    }

    /// The number under which the office's own address is written to. It hears of no
    /// program by this, and is in no audience.
    pub async fn office_mailbox(
        &self,
        address: &EmailAddress,
        mailbox: &[u8],
        at: DateTime<Utc>,
    ) -> Result<i64> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into subscribers (address, key, mailbox, state, created_at, updated_at)
             values ($1, $2, $3, 'office', $4, $4)
             on conflict (key) do update set state = 'office'
             where subscribers.state in ('pending', 'named')",
        )
        .bind(address.as_str())
        .bind(address.key())
        .bind(mailbox)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        let id = sqlx::query_scalar("select id from subscribers where key = $1")
            .bind(address.key())
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(id)
    }
}
