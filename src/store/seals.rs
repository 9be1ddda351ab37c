//! What is proof of who was told what: records, and the seals over them. How
//! they are hashed is decided elsewhere; hashes come in as bytes.

use super::people::masked;
use super::subscribers::parsed;
use super::{Result, Store, instant, micros};
use crate::notice::EmailAddress;
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// One attempt, or one decision not to attempt, with everything a seal covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub outcome: String,
    pub reply: String,
    pub row: i64,
    pub recipient: i64,
    pub channel: i64,
    pub message_id: String,
    /// The notice's path.
    pub subject: String,
    pub kind: String,
    /// What makes the occasion this one: a rung, or a revision.
    pub key: String,
    pub revision: String,
    pub edition: i64,
    pub edition_digest: String,
    /// The row of the digest that carried it.
    pub carrier: Option<i64>,
    /// While the person is known.
    pub address: Option<EmailAddress>,
    /// The salted digest of the person, once there is one.
    pub person: Option<Vec<u8>>,
    /// Its own hash, once it is sealed.
    pub leaf: Option<Vec<u8>>,
    pub seal: Option<i64>,
}

/// A batch of records, hashed together with the seal before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 and so on, without a gap.
    pub id: i64,
    pub parent: i64,
    pub records: i64,
    pub hash: Vec<u8>,
    pub at: DateTime<Utc>,
}

/// What a person's digest is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub recipient: i64,
    /// Gone with the address.
    pub salt: Option<Vec<u8>>,
    pub digest: Vec<u8>,
}

/// A person with the address as it is kept now, whatever stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPerson {
    pub person: Person,
    /// What the person is found by.
    pub key: String,
    /// What is shown and written to.
    pub address: String,
}

/// A record with what the message said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRecord {
    pub record: Record,
    pub locale: String,
    pub title: String,
    pub text: String,
    /// The Message-ID of the digest that carried it.
    pub carried_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at: i64,
    outcome: String,
    reply: String,
    row: i64,
    recipient: i64,
    channel: i64,
    message_id: String,
    subject: String,
    kind: String,
    key: String,
    revision: String,
    edition: i64,
    edition_digest: String,
    carrier: Option<i64>,
    person: Option<Vec<u8>>,
    leaf: Option<Vec<u8>>,
    seal: Option<i64>,
    address: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ToldRow {
    #[sqlx(flatten)]
    record: Row,
    locale: String,
    title: String,
    text: String,
    carried_by: Option<String>,
}

const COLUMNS: &str = "a.id, a.at, a.outcome, a.reply, o.id as row, coalesce(o.addressee, o.recipient) as recipient, o.channel, \
     o.message_id, c.subject, c.kind, c.key, c.revision, e.id as edition, \
     e.digest as edition_digest, a.carrier, p.digest as person, a.leaf, a.seal, s.address";

const TABLES: &str = "attempts a join outbox o on o.id = a.outbox \
     join occasions c on c.id = o.occasion join editions e on e.id = o.edition \
     left join persons p on p.recipient = coalesce(o.addressee, o.recipient) \
     left join subscribers s on s.id = coalesce(o.addressee, o.recipient)";

impl Store {
    /// Records that no seal covers yet, oldest first.
    pub async fn unsealed(&self, limit: i64) -> Result<Vec<Record>> {
        let sql =
            format!("select {COLUMNS} from {TABLES} where a.seal is null order by a.id limit $1");
        let rows: Vec<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(limit).fetch_all(&self.pool).await?;
        rows.into_iter().map(read).collect()
    }

    /// The records under one seal, in its order.
    pub async fn sealed(&self, seal: i64) -> Result<Vec<Record>> {
        let sql = format!("select {COLUMNS} from {TABLES} where a.seal = $1 order by a.id");
        let rows: Vec<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(seal).fetch_all(&self.pool).await?;
        rows.into_iter().map(read).collect()
    }

    /// How many records name a seal that there is not.
    pub async fn astray(&self) -> Result<i64> {
        let sql = "select count(*) from attempts a
                   where a.seal is not null and not exists (select 1 from seals s where s.id = a.seal)";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.pool).await?)
    }

    /// The last seal.
    pub async fn head(&self) -> Result<Option<Seal>> {
        let last: Option<i64> =
            sqlx::query_scalar("select max(id) from seals").fetch_one(&self.pool).await?;
        match last {
            Some(last) => Ok(self.seals(last - 1, 1).await?.pop()),
            None => Ok(None),
        }
    }

    /// Seals after `after`, at most `limit`.
    pub async fn seals(&self, after: i64, limit: i64) -> Result<Vec<Seal>> {
        let rows: Vec<(i64, i64, i64, Vec<u8>, i64)> = sqlx::query_as(
            "select id, parent, records, hash, at from seals where id > $1 order by id limit $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(id, parent, records, hash, at)| {
                Ok(Seal { id, parent, records, hash, at: instant(at)? })
            })
            .collect()
    }

    /// Puts `leaves`, by record, under a new seal. Nothing is done, and false
    /// told, where another process sealed meanwhile.
    pub async fn append_seal(
        &self,
        parent: i64,
        leaves: &[(i64, Vec<u8>)],
        hash: &[u8],
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "insert into seals (id, parent, records, hash, at) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
        )
        .bind(parent + 1)
        .bind(parent)
        .bind(i64::try_from(leaves.len()).unwrap_or(i64::MAX))
        .bind(hash)
        .bind(micros(at))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        for (record, leaf) in leaves {
            let done = sqlx::query(
                "update attempts set seal = $2, leaf = $3 where id = $1 and seal is null",
            )
            .bind(record)
            .bind(parent + 1)
            .bind(leaf.as_slice())
            .execute(&mut *transaction)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Keeps digests of persons; the first of each stays.
    pub async fn put_persons(&self, persons: &[Person]) -> Result<()> {
        let mut transaction = self.write().await?;
        for person in persons {
            sqlx::query(
                "insert into persons (recipient, salt, digest) values ($1, $2, $3)
                 on conflict (recipient) do nothing",
            )
            .bind(person.recipient)
            .bind(person.salt.as_deref())
            .bind(person.digest.as_slice())
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Persons after `after` whose address is still there. The salt goes with the
    /// address, and no number is given twice: one without a salt was tampered with.
    pub async fn known_persons(&self, after: i64, limit: i64) -> Result<Vec<KnownPerson>> {
        type Kept = (i64, Option<Vec<u8>>, Vec<u8>, String, String);
        let rows: Vec<Kept> = sqlx::query_as(
            "select p.recipient, p.salt, p.digest, s.key, s.address
             from persons p join subscribers s on s.id = p.recipient
             where p.recipient > $1 order by p.recipient limit $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let known = |(recipient, salt, digest, key, address)| KnownPerson {
            person: Person { recipient, salt, digest },
            key,
            address,
        };
        Ok(rows.into_iter().map(known).collect())
    }

    /// What was told about `subject`, in the words of the digest where one told it, after record `after`, to all or to one.
    pub async fn told(
        &self,
        subject: &str,
        recipient: Option<i64>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ToldRecord>> {
        let sql = format!(
            "select {COLUMNS}, e.locale, coalesce(de.subject, e.subject) as title,
                coalesce(de.text, e.text) as text, d.message_id as carried_by
             from {TABLES}
             left join outbox d on d.id = a.carrier left join editions de on de.id = d.edition
             where c.subject = $1 and (coalesce(o.addressee, o.recipient) = $2 or $2 = 0) and a.id > $3
             order by a.id limit $4"
        );
        let rows: Vec<ToldRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(subject)
            .bind(recipient.unwrap_or(0))
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let told = |row: ToldRow| {
            let ToldRow { record, locale, title, text, carried_by } = row;
            Ok(ToldRecord { record: read(record)?, locale, title, text, carried_by })
        };
        rows.into_iter().map(told).collect()
    }
}

/// Erasing a person takes the address out of what servers said. Without it in
/// the record, the record says the same before and after.
fn read(row: Row) -> Result<Record> {
    let address: Option<EmailAddress> =
        row.address.map(|address| parsed("an address", &address)).transpose()?;
    let masked = address.as_ref().and_then(|address| masked(&row.reply, address));
    Ok(Record {
        id: row.id,
        at: instant(row.at)?,
        outcome: row.outcome,
        reply: masked.unwrap_or(row.reply),
        row: row.row,
        recipient: row.recipient,
        channel: row.channel,
        message_id: row.message_id,
        subject: row.subject,
        kind: row.kind,
        key: row.key,
        revision: row.revision,
        edition: row.edition,
        edition_digest: row.edition_digest,
        carrier: row.carrier,
        address,
        person: row.person,
        leaf: row.leaf,
        seal: row.seal,
    })
}
