//! Databases for tests: a file each on SQLite, and on PostgreSQL a database
//! each in one throw-away cluster, which ends with the run however it ends.
//!
//! A test opens an office or a store as ever. `on_both_databases!` and
//! `on_postgres_too!` run it again with the other database chosen.

use crate::cluster::Cluster;
use fairwarning::config::DatabaseUrl;
use fairwarning::store::Store;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

thread_local! {
    static CHOSEN: Cell<Kind> = const { Cell::new(Kind::Sqlite) };
}

/// Runs a test as its harness would, on the databases of `kind`.
pub fn on(kind: Kind, test: impl FnOnce()) {
    CHOSEN.set(kind);
    test();
    CHOSEN.set(Kind::Sqlite);
}

/// Tests, written once without an attribute, that hold on both databases.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $name() { super::$name().await })*
        }
        mod on_postgres {
            $(#[test] fn $name() {
                #[tokio::main(flavor = "current_thread")]
                async fn run() { super::$name().await }
                crate::databases::on(crate::databases::Kind::Postgres, run);
            })*
        }
    };
}

/// Tests of what several processes share, which only a server allows.
macro_rules! on_postgres {
    ($($name:ident),* $(,)?) => {
        mod on_postgres {
            $(#[test] fn $name() {
                #[tokio::main(flavor = "multi_thread", worker_threads = 2)]
                async fn run() { super::$name().await }
                crate::databases::on(crate::databases::Kind::Postgres, run);
            })*
        }
    };
}

/// Tests that run on SQLite by themselves, and here on PostgreSQL too.
macro_rules! on_postgres_too {
    ($($name:ident),* $(,)?) => {
        mod on_postgres {
            $(#[test] fn $name() {
                crate::databases::on(crate::databases::Kind::Postgres, super::$name);
            })*
        }
    };
}

pub(crate) use {on_both_databases, on_postgres, on_postgres_too};

/// An empty database of the kind that was chosen. It goes with this.
pub struct TestDatabase {
    /// As it would be written on the command line.
    pub text: String,
    name: Option<String>,
}

impl TestDatabase {
    /// `folder` is where a file may be put.
    pub async fn make(folder: &Path) -> Self {
        match CHOSEN.get() {
            Kind::Sqlite => {
                let text = format!("sqlite:{}", folder.join("deep/in/office.db").display());
                Self { text, name: None }
            }
            Kind::Postgres => Self::in_cluster("template_with_tables").await,
        }
    }

    /// A database on PostgreSQL without a table.
    pub async fn empty_postgres() -> Self {
        Self::in_cluster("template0").await
    }

    async fn in_cluster(template: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        let cluster = cluster().await;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        copy(cluster, template, &name).await;
        Self { text: cluster.url(&name), name: Some(name) }
    }

    /// One that is somewhere by now.
    pub fn at(text: String) -> Self {
        Self { text, name: None }
    }

    pub fn url(&self) -> DatabaseUrl {
        DatabaseUrl::parse(&self.text).unwrap()
    }

    /// The same database by TCP and password, as a server elsewhere is reached.
    pub async fn by_network(&self) -> String {
        let Cluster { port, password, .. } = cluster().await;
        let name = self.name.as_deref().expect("a database on PostgreSQL");
        format!("postgres://office:{password}@127.0.0.1:{port}/{name}")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        FINISHED.lock().unwrap_or_else(PoisonError::into_inner).extend(self.name.take());
    }
}

/// Databases whose test is over, dropped when the next one is made.
static FINISHED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// For tests alone, which lose nothing by a power cut.
const SETTINGS: &str =
    "-c fsync=off -c max_connections=300 -c shared_buffers=32MB -c max_wal_size=64MB";

async fn cluster() -> &'static Cluster {
    static CLUSTER: tokio::sync::OnceCell<Cluster> = tokio::sync::OnceCell::const_new();
    CLUSTER
        .get_or_init(|| async {
            let cluster = tokio::task::spawn_blocking(|| Cluster::start(SETTINGS));
            let cluster = cluster.await.unwrap();
            copy(&cluster, "template0", "template_with_tables").await;
            let url = DatabaseUrl::parse(&cluster.url("template_with_tables")).unwrap();
            Store::open(&url).await.unwrap().close().await;
            cluster
        })
        .await
}

async fn copy(cluster: &Cluster, template: &str, name: &str) {
    // A template can be copied by one connection at a time.
    static TURN: OnceLock<tokio::sync::Mutex<()>> = OnceLock::new();
    let _turn = TURN.get_or_init(Default::default).lock().await;
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    let finished = std::mem::take(&mut *FINISHED.lock().unwrap_or_else(PoisonError::into_inner));
    let drops = finished.iter().map(|old| format!("drop database \"{old}\" with (force)"));
    for statement in drops.chain([format!("create database \"{name}\" template \"{template}\"")]) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}
