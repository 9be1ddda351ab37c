//! Databases for tests: a file each on SQLite, and on PostgreSQL a database
//! each in one throw-away cluster, which ends with the run however it ends.
//!
//! A test opens an office or a store as ever. `on_both_databases!` and
//! `on_postgres_too!` run it again with the other database chosen.

use crate::cluster::Cluster;
use fairwarning::config::DatabaseUrl;
use fairwarning::store::Store;
use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
        let finished =
            std::mem::take(&mut *FINISHED.lock().unwrap_or_else(PoisonError::into_inner));
        for old in finished {
            cluster.drop_database(&old).await;
        }
        cluster.copy(template, &name).await;
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
        let name = self.name.as_deref().expect("a database on PostgreSQL");
        cluster().await.url_by_network(name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        FINISHED.lock().unwrap_or_else(PoisonError::into_inner).extend(self.name.take());
    }
}

/// Databases whose test is over, dropped when the next one is made.
static FINISHED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Disks are not waited for: no test cuts the power.
const OPTIONS: &str =
    "-c fsync=off -c max_connections=300 -c shared_buffers=32MB -c max_wal_size=64MB";

/// The one server of this run.
pub async fn cluster() -> &'static Arc<Cluster> {
    static CLUSTER: tokio::sync::OnceCell<Arc<Cluster>> = tokio::sync::OnceCell::const_new();
    CLUSTER
        .get_or_init(|| async {
            let start = || Cluster::start(OPTIONS);
            let cluster = tokio::task::spawn_blocking(start).await.unwrap();
            cluster.copy("template0", "template_with_tables").await;
            let url = DatabaseUrl::parse(&cluster.url("template_with_tables")).unwrap();
            Store::open(&url).await.unwrap().close().await;
            Arc::new(cluster)
        })
        .await
}
