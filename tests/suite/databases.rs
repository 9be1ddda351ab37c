//! Databases for tests: a file each on SQLite, and on PostgreSQL a database
//! each in one throw-away cluster, which ends with the run however it ends.
//!
//! A test opens an office or a store as ever. `on_both_databases!` and
//! `on_postgres_too!` run it again with the other database chosen.

use fairwarning::config::DatabaseUrl;
use fairwarning::store::Store;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use tempfile::TempDir;

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
        let cluster = Cluster::get().await;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
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
        let Cluster { port, password, .. } = Cluster::get().await;
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

struct Cluster {
    folder: PathBuf,
    port: u16,
    password: String,
    /// Its standard input is the guard's sign that this run lives.
    _guard: Child,
}

/// Starts the server and waits for this run to end, by whatever cause: the pipe
/// from it closes then. The guard is in a process group of its own, where an
/// interrupt from the terminal does not reach it.
const GUARD: &str = r#"
set -eu
folder=$1 port=$2
cd "$folder"
initdb --pgdata=data --username=office --auth-local=trust --auth-host=scram-sha-256 \
    --pwfile=password --encoding=UTF8 --locale-provider=icu --icu-locale=en --no-sync >&2
pg_ctl start --silent --wait --pgdata=data --log=log --options="-k '$folder' -p $port -h 127.0.0.1 \
    -c fsync=off -c max_connections=300 -c shared_buffers=32MB -c max_wal_size=64MB" >&2 || {
    cat log >&2
    exit 1
}
echo ready
exec >/dev/null
cat >/dev/null || true
pg_ctl stop --silent --pgdata=data --mode=immediate >/dev/null 2>&1 || true
cd /
rm -rf "$folder"
"#;

impl Cluster {
    async fn get() -> &'static Self {
        static CLUSTER: tokio::sync::OnceCell<Cluster> = tokio::sync::OnceCell::const_new();
        CLUSTER
            .get_or_init(|| async {
                let cluster = tokio::task::spawn_blocking(Self::start).await.unwrap();
                cluster.copy("template0", "template_with_tables").await;
                let url = DatabaseUrl::parse(&cluster.url("template_with_tables")).unwrap();
                Store::open(&url).await.unwrap().close().await;
                cluster
            })
            .await
    }

    fn start() -> Self {
        let programs = program("initdb").parent().unwrap().to_owned();
        let folder = TempDir::with_prefix("fairwarning-postgres-").unwrap();
        let password = random_word();
        std::fs::write(folder.path().join("password"), &password).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = as_unprivileged(folder.path());
        let path = std::env::var("PATH").unwrap_or_default();
        let mut guard = command
            .args(["sh", "-c", GUARD, "guard"])
            .arg(folder.path())
            .arg(port.to_string())
            .env("PATH", format!("{}:{path}", programs.display()))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.path().join("guard.log")).unwrap())
            .spawn()
            .unwrap_or_else(|bad| panic!("the guard of PostgreSQL cannot be started: {bad}"));
        let mut said = String::new();
        BufReader::new(guard.stdout.take().unwrap()).read_line(&mut said).unwrap();
        if said != "ready\n" {
            let log = std::fs::read_to_string(folder.path().join("guard.log")).unwrap_or_default();
            panic!("PostgreSQL cannot be started: {log}");
        }
        // From here on the folder is the guard's to remove.
        Self { folder: folder.keep(), port, password, _guard: guard }
    }

    /// By the socket in a folder that nobody else may enter.
    fn url(&self, database: &str) -> String {
        let Self { folder, port, .. } = self;
        format!("postgres://office@localhost:{port}/{database}?host={}", folder.display())
    }

    async fn copy(&self, template: &str, name: &str) {
        // A template can be copied by one connection at a time.
        static TURN: OnceLock<tokio::sync::Mutex<()>> = OnceLock::new();
        let _turn = TURN.get_or_init(Default::default).lock().await;
        let mut connection = PgConnection::connect(&self.url("postgres")).await.unwrap();
        let finished =
            std::mem::take(&mut *FINISHED.lock().unwrap_or_else(PoisonError::into_inner));
        let drops = finished.iter().map(|old| format!("drop database \"{old}\" with (force)"));
        for statement in
            drops.chain([format!("create database \"{name}\" template \"{template}\"")])
        {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }
}

fn random_word() -> String {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One of PostgreSQL's own programs, wherever the system keeps them.
pub fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut debian: Vec<PathBuf> = debian.map(|entry| entry.unwrap().path().join("bin")).collect();
    debian.sort();
    let folders = debian.into_iter().rev().chain(std::env::split_paths(&path));
    let found = folders.map(|folder| folder.join(name)).find(|program| program.exists());
    found.unwrap_or_else(|| {
        panic!("PostgreSQL's program {name} is missing: tools/setup-database.sh installs it")
    })
}

/// PostgreSQL refuses to run as root; the package comes with a user for it.
fn as_unprivileged(folder: &Path) -> Command {
    let id = |arguments: &[&str]| {
        let said = Command::new("id").args(arguments).output().unwrap();
        said.status.success().then(|| String::from_utf8(said.stdout).unwrap().trim().to_owned())
    };
    if id(&["-u"]).as_deref() != Some("0") {
        return Command::new("env");
    }
    let user = id(&["-u", "postgres"]).expect(
        "the user `postgres` is missing, as which root starts PostgreSQL: \
         tools/setup-database.sh installs both",
    );
    let uid: u32 = user.parse().unwrap();
    for path in [folder.to_owned(), folder.join("password")] {
        std::os::unix::fs::chown(path, Some(uid), None).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    command
}
