//! A throw-away PostgreSQL server, which ends with the run however it ends.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub struct Cluster {
    folder: PathBuf,
    port: u16,
    password: String,
    options: String,
    /// Its standard input is the guard's sign that this run lives.
    _guard: Child,
}

/// Starts the server and waits for this run to end, by whatever cause: the pipe
/// from it closes then. The guard is in a process group of its own, where an
/// interrupt from the terminal does not reach it.
const GUARD: &str = r#"
set -eu
folder=$1 port=$2 options=$3
cd "$folder"
initdb --pgdata=data --username=office --auth-local=trust --auth-host=scram-sha-256 \
    --pwfile=password --encoding=UTF8 --locale-provider=icu --icu-locale=en --no-sync >&2
pg_ctl start --silent --wait --pgdata=data --log=log --options="-k '$folder' -p $port -h 127.0.0.1 \
    $options" >&2 || {
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
    /// With these options of the server's.
    pub fn start(options: &str) -> Self {
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
            .args([&port.to_string(), options])
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
        Self { folder: folder.keep(), port, password, options: options.to_owned(), _guard: guard }
    }

    /// By the socket in a folder that nobody else may enter.
    pub fn url(&self, database: &str) -> String {
        let Self { folder, port, .. } = self;
        format!("postgres://office@localhost:{port}/{database}?host={}", folder.display())
    }

    /// By TCP and password, as a server elsewhere is reached.
    pub fn url_by_network(&self, database: &str) -> String {
        let Self { port, password, .. } = self;
        format!("postgres://office:{password}@127.0.0.1:{port}/{database}")
    }

    /// A template can be copied by one connection at a time, and while nobody
    /// else is connected to it.
    pub async fn copy(&self, template: &str, name: &str) {
        static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let _turn = TURN.lock().await;
        self.run(format!("create database \"{name}\" template \"{template}\"")).await;
    }

    pub async fn drop_database(&self, name: &str) {
        self.run(format!("drop database \"{name}\" with (force)")).await;
    }

    async fn run(&self, statement: String) {
        let mut connection = PgConnection::connect(&self.url("postgres")).await.unwrap();
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Ends the server as if its power were cut: no goodbye, no checkpoint.
    pub fn stop_at_once(&self) {
        self.control(&["stop", "--silent", "--pgdata=data", "--mode=immediate"]);
    }

    /// Starts it again, which recovers what was committed.
    pub fn start_again(&self) {
        let Self { folder, port, options, .. } = self;
        let options = format!("-k '{}' -p {port} -h 127.0.0.1 {options}", folder.display());
        let start = ["start", "--silent", "--wait", "--pgdata=data", "--log=log", "--options"];
        self.control(&[&start[..], &[&options]].concat());
    }

    fn control(&self, arguments: &[&str]) {
        // No pipe: the server would inherit it, and keep whoever reads it waiting.
        let status = as_unprivileged(&self.folder)
            .arg(program("pg_ctl"))
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "pg_ctl {arguments:?}");
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
