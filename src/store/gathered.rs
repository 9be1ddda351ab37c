//! Messages that wait for their reader's weekly digest: whose is due, what is in
//! it, and bundling it.
//!
//! A member of a digest stays a row of its own, with the edition it would have
//! had, so that whatever counts rows counts what a digest told. What becomes of it
//! once it is bundled stands in `digests`.

use super::holds::NOT_HELD;
use super::outbox::{Channel, Filling, NewRow, Period};
use super::publications::{PublicationId, is_current};
use super::subscribers::parsed;
use super::tellings::numbered;
use super::{Result, Store, StoreError, Topic, Write, instant, micros, occasions};
use crate::notice::{Carrier, Digest, NoticePath, OccasionKind, ProgramId, RowId};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};

/// A message that waits for its reader's digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    pub row: i64,
    pub recipient: i64,
    pub edition: i64,
    pub not_after: Option<DateTime<Utc>>,
    /// What it says is known to be true no more.
    pub is_superseded: bool,
    pub notice: NoticePath,
    pub kind: OccasionKind,
    /// The occasion's: of a reminder, its rung.
    pub key: String,
    pub rows: Vec<RowId>,
    pub revision: Digest,
    /// Of a change, what its reader was told before.
    pub since: Option<Digest>,
}

/// Readers of one program whose digest is due, and how it leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDigests {
    pub program: ProgramId,
    pub carrier: Carrier,
    /// In order, each once.
    pub recipients: Vec<i64>,
}

/// What makes the occasion of some digests.
#[derive(Debug, Clone, Copy)]
pub struct DigestOccasion<'a> {
    pub program: &'a ProgramId,
    pub key: &'a str,
    pub carrier: Carrier,
    pub publication: PublicationId,
    /// Of the publication; a digest has no revision of its own.
    pub revision: &'a Digest,
}

/// What is made of gathered messages, all of it or nothing.
#[derive(Debug, Clone, Default)]
pub struct Bundling {
    pub digests: Vec<NewDigest>,
    /// Those that leave as mails of their own after all.
    pub singles: Vec<(i64, Period)>,
}

/// A digest to be, and the rows it bundles.
#[derive(Debug, Clone)]
pub struct NewDigest {
    pub occasion: i64,
    pub row: NewRow,
    pub members: Vec<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    row: i64,
    recipient: i64,
    edition: i64,
    not_after: Option<i64>,
    superseded: i64,
    subject: String,
    kind: String,
    key: String,
    rows: String,
    revision: String,
    since: String,
}

/// Ids in one statement, far below any database's limit on values.
const IDS_PER_STATEMENT: usize = 500;

impl Store {
    /// Readers whose digest is due at `now`, of one program, at most `limit` of
    /// them. Rounds that are held, or entrusted to nobody, are left out as a whole.
    pub async fn due_digests(&self, now: DateTime<Utc>, limit: i64) -> Result<Option<DueDigests>> {
        let sql = format!(
            "with recursive due (occasion) as (
                select min(occasion) from outbox where state = 'gathered'
                union all
                select (select min(o.occasion) from outbox o
                    where o.state = 'gathered' and o.occasion > due.occasion)
                from due where due.occasion is not null)
             select id, program, carrier from (
                select c.id, c.program, c.carrier,
                    (select min(o.next_attempt) from outbox o
                     where o.occasion = c.id and o.state = 'gathered') as due_at
                from due join occasions c on c.id = due.occasion
                where c.carrier <> '' and {NOT_HELD}) gathered
             where due_at <= $1 order by id limit 1"
        );
        let found: Option<(i64, String, String)> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(micros(now)).fetch_optional(&self.pool).await?;
        let Some((occasion, program, carrier)) = found else { return Ok(None) };
        let recipients: Vec<i64> = sqlx::query_scalar(
            "select recipient from outbox
             where occasion = $1 and state = 'gathered' and next_attempt <= $2
             order by next_attempt limit $3",
        )
        .bind(occasion)
        .bind(micros(now))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let recipients: BTreeSet<i64> = recipients.into_iter().collect();
        let unknown = || StoreError::unreadable("an occasion")(format!("it leaves by {carrier}"));
        Ok(Some(DueDigests {
            program: parsed("an occasion", &program)?,
            carrier: occasions::carrier(&carrier).ok_or_else(unknown)?,
            recipients: recipients.into_iter().collect(),
        }))
    }

    /// Everything that waits for these readers' digests of the program, due or not,
    /// by reader and in the order it was made.
    pub async fn gathered(&self, due: &DueDigests) -> Result<Vec<Gathered>> {
        let mut found = Vec::new();
        for some in due.recipients.chunks(IDS_PER_STATEMENT) {
            let sql = format!(
                "select o.id as row, o.recipient, o.edition, o.not_after, o.superseded, c.subject, c.kind, c.key,
                        e.rows, e.revision, e.since
                 from outbox o join occasions c on c.id = o.occasion
                 join editions e on e.id = o.edition
                 where o.state = 'gathered' and c.program = $1 and c.carrier = $2
                    and o.recipient in ({}) and {NOT_HELD}
                 order by o.recipient, o.id",
                numbered(some.len(), 3)
            );
            let query = sqlx::query_as(AssertSqlSafe(sql))
                .bind(due.program.as_str())
                .bind(due.carrier.as_str());
            let rows: Vec<Row> =
                some.iter().fold(query, |query, id| query.bind(id)).fetch_all(&self.pool).await?;
            found.extend(rows);
        }
        found.into_iter().map(read).collect()
    }

    /// How many digests with a key that begins so were made for these readers.
    pub async fn digests_made(
        &self,
        program: &ProgramId,
        key: &str,
        recipients: &[i64],
    ) -> Result<BTreeMap<i64, i64>> {
        let mut made = BTreeMap::new();
        for some in recipients.chunks(IDS_PER_STATEMENT) {
            let sql = format!(
                "select recipient, count(*) from outbox
                 where recipient in ({}) and occasion in (select id from occasions
                    where subject = $1 and kind = $2 and key like $3 || '%')
                 group by recipient",
                numbered(some.len(), 4)
            );
            let query = sqlx::query_as(AssertSqlSafe(sql))
                .bind(program.as_str())
                .bind(OccasionKind::Digest.as_str())
                .bind(key);
            let counted: Vec<(i64, i64)> =
                some.iter().fold(query, |query, id| query.bind(id)).fetch_all(&self.pool).await?;
            made.extend(counted);
        }
        Ok(made)
    }

    /// The occasion of digests, made now if this is the first time it is named.
    pub async fn open_digest(&self, new: DigestOccasion<'_>, at: DateTime<Utc>) -> Result<i64> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "insert into occasions (program, subject, kind, key, revision, publication, carrier,
                created_at, filled_at)
             values ($1, $1, $2, $3, $4, $5, $6, $7, $7) on conflict (subject, kind, key) do nothing",
        )
        .bind(new.program.as_str())
        .bind(OccasionKind::Digest.as_str())
        .bind(new.key)
        .bind(new.revision.as_str())
        .bind(new.publication.get())
        .bind(new.carrier.as_str())
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        let id = sqlx::query_scalar(
            "select id from occasions where subject = $1 and kind = $2 and key = $3",
        )
        .bind(new.program.as_str())
        .bind(OccasionKind::Digest.as_str())
        .bind(new.key)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Bundles what still waits. Of a digest with a member that waits no more,
    /// nothing is made: the next look finds what is left of it.
    pub async fn bundle(
        &self,
        bundling: &Bundling,
        publication: PublicationId,
        at: DateTime<Utc>,
    ) -> Result<Filling> {
        let mut transaction = self.write().await?;
        if !is_current(&mut transaction, publication).await? {
            return Ok(Filling::Outdated);
        }
        let named = bundling.digests.iter().flat_map(|digest| digest.members.iter().copied());
        let named: Vec<i64> = named.collect();
        let waiting = self.lock_gathered(&mut transaction, &named).await?;
        let mut added = 0;
        let is_whole = |digest: &&NewDigest| digest.members.iter().all(|id| waiting.contains(id));
        for digest in bundling.digests.iter().filter(is_whole) {
            added += bundle(self, &mut transaction, digest, at).await?;
        }
        for (row, period) in &bundling.singles {
            added += sqlx::query(
                "update outbox set state = 'waiting', not_before = $2, next_attempt = $2,
                    closes_at = $3
                 where id = $1 and state = 'gathered'",
            )
            .bind(row)
            .bind(micros(period.not_before))
            .bind(period.closes_at.map(micros))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        }
        self.tell(&mut transaction, Topic::Outbox).await?;
        transaction.commit().await?;
        Ok(Filling::Added(added))
    }

    /// Of these rows, those that wait for a digest: they stay so until the
    /// transaction's end.
    async fn lock_gathered(&self, transaction: &mut Write, rows: &[i64]) -> Result<BTreeSet<i64>> {
        let mut waiting = BTreeSet::new();
        for some in rows.chunks(IDS_PER_STATEMENT) {
            let sql = format!(
                "select o.id from outbox o where o.state = 'gathered' and o.id in ({})
                 order by o.id {}",
                numbered(some.len(), 1),
                self.dialect.lock_rows()
            );
            let query = sqlx::query_scalar(AssertSqlSafe(sql));
            let query = some.iter().fold(query, |query, id| query.bind(id));
            let found: Vec<i64> = query.fetch_all(&mut **transaction).await?;
            waiting.extend(found);
        }
        Ok(waiting)
    }
}

/// Nothing where the reader has a digest of this occasion already.
async fn bundle(
    store: &Store,
    transaction: &mut Write,
    digest: &NewDigest,
    at: DateTime<Utc>,
) -> Result<u64> {
    let NewDigest { occasion, row, members } = digest;
    if store.add_rows(transaction, *occasion, std::slice::from_ref(row), at).await? == 0 {
        return Ok(0);
    }
    for some in members.chunks(IDS_PER_STATEMENT) {
        let sql = format!(
            "update outbox set state = 'bundled', digest = (select d.id from outbox d
                where d.occasion = $1 and d.recipient = $2 and d.channel = $3)
             where id in ({})",
            numbered(some.len(), 4)
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(occasion)
            .bind(row.recipient)
            .bind(Channel::Mail as i64);
        some.iter().fold(query, |query, id| query.bind(id)).execute(&mut **transaction).await?;
    }
    Ok(1)
}

fn read(stored: Row) -> Result<Gathered> {
    let unreadable = StoreError::unreadable("an edition");
    let since = stored.since;
    Ok(Gathered {
        row: stored.row,
        recipient: stored.recipient,
        edition: stored.edition,
        not_after: stored.not_after.map(instant).transpose()?,
        is_superseded: stored.superseded > 0,
        notice: parsed("an occasion", &stored.subject)?,
        kind: occasions::kind(&stored.kind)?,
        key: stored.key,
        rows: serde_json::from_str(&stored.rows).map_err(|bad| unreadable(bad.to_string()))?,
        revision: Digest::from_stored(stored.revision),
        since: (!since.is_empty()).then(|| Digest::from_stored(since)),
    })
}
