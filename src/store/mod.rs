//! All SQL. Everything that is kept is kept here: publications, subscribers,
//! suppressions, occasions, editions, the outbox and what became of it.
//!
//! The store knows neither how a message is rendered nor how it is sent, and
//! computes no hash or token: those come in as bytes.

mod acknowledgements;
mod alone;
mod approvals;
mod attempts;
mod audit;
mod backups;
mod buckets;
mod claims;
mod dead;
mod dialect;
mod digests;
mod drift;
mod drift_news;
mod editions;
mod errands;
mod escalations;
mod feedback;
mod frequencies;
mod gathered;
mod guards;
mod holds;
mod hours;
mod imports;
mod keys;
mod listeners;
mod nodes;
mod occasions;
mod outbox;
mod outcomes;
mod overview;
mod pending;
mod people;
mod publications;
mod queues;
mod readiness;
mod rehearsers;
mod revisions;
mod seals;
mod sessions;
mod subscribers;
mod suppressed;
mod suppressions;
mod tables;
mod tellings;
mod tokens;
mod told;
mod tried;
mod wakeups;
mod webhook_calls;
mod webhook_news;
mod webhook_twins;
mod webhooks;

pub use acknowledgements::{Acknowledged, DoneOnDay, ToldOnDay, Way};
pub use approvals::{NewApproval, StoredApproval};
pub use audit::{Deed, StoredDeed};
pub use backups::{BackupError, restore};
pub use claims::{Claimed, Claims, Errand, FirstContact};
pub use dead::Letters;
pub use digests::Member;
pub use drift::{LeasedWatch, NewLook, StoredChange, StoredWatch, WatchCount};
pub use drift_news::{DriftMail, UntoldChange};
pub use editions::{NewEdition, StoredEdition};
pub use errands::{
    ErrandAsked, ErrandState, LeasedErrand, NewErrand, StoredErrand, TESTS_AN_HOUR, TestMail,
    notice_of_test,
};
pub use escalations::{SecondContact, Silence, Standing};
pub use feedback::{Feedback, FeedbackKind, Recorded};
pub use gathered::{Bundling, DigestOccasion, DueDigests, Gathered, NewDigest};
pub use holds::{Hold, HoldScope};
pub use hours::Closing;
pub use imports::{Import, Kept};
pub use keys::{LinkSecret, ListedKey};
pub use listeners::Listener;
pub use nodes::{NewNode, NodeId};
pub use occasions::{NewOccasion, StoredOccasion};
pub use outbox::{
    Behalf, Channel, Chunk, Delivery, DeliveryFilter, Filling, NewRow, OpenState, Period,
    RoundCounts,
};
pub use outcomes::Report;
pub use overview::{Gathering, NodePause, Overview};
pub use pending::{Asking, Confirmation, Pending};
pub use people::{Change, Sent};
pub use publications::{PublicationId, Publishing, StoredPublication};
pub use readiness::Ready;
pub use rehearsers::{ReadyOnDay, Rehearser, Rehearsers};
pub use revisions::Revision;
pub use seals::{KnownPerson, Person, Record, Seal, ToldRecord};
pub use subscribers::{Listed, Named, NewSubscriber};
pub use suppressed::ListedEvent;
pub use suppressions::{BY_RECIPIENT, Cause, Scope, SuppressionEvent};
pub use tables::Migrated;
pub use tellings::{Stands, Telling};
pub use tokens::{NewToken, StoredToken};
pub use told::ToldNotice;
pub use tried::{AfterAttempt, KeptAttempt, TriedFrom};
pub use wakeups::{Topic, Wakeups};
pub use webhook_calls::{Call, Calls, Health, OutOfTurn, Room};
pub use webhook_news::WebhookNews;
pub use webhook_twins::TWIN;
pub use webhooks::{Asked, Webhook};

use crate::clock::Clock;
use crate::config::DatabaseUrl;
use chrono::{DateTime, Utc};
use dialect::{Dialect, Turn};
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, AssertSqlSafe, Connection as _, Transaction};
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Readers beside the one writer SQLite allows.
const MAX_POOL_CONNECTIONS: u32 = 8;

/// How long somebody waits for a connection. While the server is gone it is tried again
/// up to a fifth of that apart: whoever delivers must be back before others take what
/// it sent for a dead node's.
const PATIENCE: Duration = Duration::from_secs(30);
const OWN_PATIENCE: Duration = Duration::from_secs(3);

/// How long after its use a connection is taken to be as it was. To ask the server
/// first would cost whoever writes a hundred times a second a third of its time.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Between two looks for silent nodes: they are silent for seconds by then, and
/// claims are made a hundred times a second.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot make the folder `{folder}` for the database: {reason}")]
    Folder { folder: String, reason: std::io::Error },
    #[error("cannot open the database {url}: {reason}")]
    Open { url: String, reason: sqlx::Error },
    #[error("cannot bring the database's tables up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("{what} in the database cannot be read: {reason}")]
    Unreadable { what: &'static str, reason: String },
    #[error("publication {id} has format {format}, made by a newer version of this program")]
    Newer { id: i64, format: i64 },
}

impl StoreError {
    fn unreadable(what: &'static str) -> impl Fn(String) -> Self {
        move |reason| Self::Unreadable { what, reason }
    }
}

type Result<T> = std::result::Result<T, StoreError>;
type Write = Transaction<'static, Any>;

/// The open database.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
    url: DatabaseUrl,
    time: Time,
    listening: wakeups::Listening,
    recent: publications::Recent,
    /// When silent nodes may be looked for next.
    next_look: Arc<Mutex<Option<Instant>>>,
}

/// Who tells the time that claims and heartbeats are judged by.
#[derive(Clone)]
enum Time {
    /// The database: one clock for all nodes, however wrong their own may be.
    Database,
    /// A test.
    Told(Clock),
}

impl Store {
    /// Opens the database, making it and its folder where absent, and brings
    /// its tables up to date.
    pub async fn open(url: &DatabaseUrl) -> Result<Self> {
        Ok(Self::open_and_migrate(url).await?.0)
    }

    /// The same, and says what had to be done to the tables.
    pub async fn open_and_migrate(url: &DatabaseUrl) -> Result<(Self, Migrated)> {
        Self::open_with(url, Time::Database).await
    }

    /// As `open`, but claims, heartbeats and retries follow `clock`.
    pub async fn open_told(url: &DatabaseUrl, clock: Clock) -> Result<Self> {
        Ok(Self::open_with(url, Time::Told(clock)).await?.0)
    }

    async fn open_with(url: &DatabaseUrl, time: Time) -> Result<(Self, Migrated)> {
        make_folder(url)?;
        make_file(url);
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url);
        let pool = connect(url, dialect, MAX_POOL_CONNECTIONS, PATIENCE).await?;
        let migrated = tables::bring_up_to_date(&pool, dialect).await?;
        let (url, listening) = (url.clone(), wakeups::Listening::default());
        let (next_look, recent) = (Arc::default(), <_>::default());
        Ok((Self { pool, dialect, url, time, listening, recent, next_look }, migrated))
    }

    /// The same database by connections of one's own, for whoever asks it a hundred
    /// times a second: what a connection remembers is of no use to it where each
    /// question goes by another one.
    pub async fn by_own_connections(&self) -> Result<Self> {
        let connections = self.dialect.writers_at_once();
        let pool = connect(&self.url, self.dialect, connections, OWN_PATIENCE).await?;
        Ok(Self { pool, ..self.clone() })
    }

    /// Closes every connection, so that the file may be copied or removed.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether writes of one process need not wait for each other: where they do,
    /// asking for two at once only makes both slower.
    pub fn takes_several_writers(&self) -> bool {
        self.dialect.takes_several_writers()
    }

    /// A transaction that will write. Every statement with `returning` runs in
    /// one, because sqlx may leave such a statement unfinished outside of it.
    async fn write(&self) -> Result<Write> {
        Ok(self.pool.begin_with(self.dialect.begin_write()).await?)
    }

    /// The same, for what is done by one process at a time.
    async fn write_alone(&self, turn: Turn) -> Result<Write> {
        let mut transaction = self.write().await?;
        if let Some(wait) = self.dialect.wait_for(turn) {
            sqlx::query(wait).execute(&mut *transaction).await?;
        }
        Ok(transaction)
    }

    /// The time that all nodes agree on, as it stands in a statement.
    fn now_within(&self) -> String {
        match &self.time {
            Time::Told(clock) => micros(clock.now()).to_string(),
            Time::Database => self.dialect.now().to_owned(),
        }
    }

    /// The time that all nodes agree on.
    async fn now(&self, transaction: &mut Write) -> Result<i64> {
        match &self.time {
            Time::Told(clock) => Ok(micros(clock.now())),
            Time::Database => {
                let sql = AssertSqlSafe(format!("select {}", self.dialect.now()));
                Ok(sqlx::query_scalar(sql).fetch_one(&mut **transaction).await?)
            }
        }
    }
}

async fn connect(
    url: &DatabaseUrl,
    dialect: Dialect,
    connections: u32,
    patience: Duration,
) -> Result<AnyPool> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in dialect.on_connect() {
                    sqlx::query(*statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                // A full disk ends a transaction on its own, which sqlx does not
                // learn of: such a connection would refuse every later one.
                if connection.is_in_transaction() {
                    return Ok(false);
                }
                if used.idle_for > TRUSTED_FOR {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect(&Dialect::connection_url(url))
        .await
        .map_err(|reason| StoreError::Open { url: url.to_string(), reason })
}

/// A file's folder is made with it, its owner's alone: it will hold addresses and
/// keys. A server has its databases made by whoever runs it.
fn make_folder(url: &DatabaseUrl) -> Result<()> {
    let DatabaseUrl::Sqlite(path) = url else { return Ok(()) };
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|reason| StoreError::Folder { folder: folder.display().to_string(), reason })
}

/// Where there is no file yet, makes one that is its owner's alone; what SQLite
/// puts beside it takes after it.
fn make_file(url: &DatabaseUrl) {
    let DatabaseUrl::Sqlite(path) = url else { return };
    // One that was there stays as it is, and why one cannot be made is said by opening it.
    let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

fn instant(micros: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::unreadable("an instant")(micros.to_string()))
}

/// `($1, $2), ($3, $4)`: one statement for many rows is several times faster
/// than many statements, on either database.
fn value_rows(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * (columns * 7 + 3));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let separator = if column == 0 { "$" } else { ", $" };
            text.push_str(separator);
            text.push_str(&(row * columns + column + 1).to_string());
        }
        text.push(')');
    }
    text
}
