//! What it costs to put an announcement to a million subscribers into the
//! outbox: time, memory, and how long other writers wait meanwhile; beside the
//! database's own command copying the rows that came of it.
//!
//! `fairwarning announce` itself does it, with everything held, so that it makes
//! the messages and sends none. It prints figures and asserts nothing but that
//! every message was made: a figure is for reading beside the machine it was
//! taken on.
//!
//! `filling [SUBSCRIBERS] [sqlite|postgres]` takes another count than a million,
//! or one database alone.

#[path = "../tests/servers/cluster.rs"]
#[allow(dead_code)]
mod cluster;
#[path = "shared/crowd.rs"]
mod crowd;
#[path = "shared/machine.rs"]
#[allow(dead_code)]
mod machine;

use cluster::{Cluster, program};
use crowd::{ONE_LEFT_IN, notice};
use fairwarning::announce::Rounds;
use fairwarning::clock::Clock;
use fairwarning::config::DatabaseUrl;
use fairwarning::store::{Hold, HoldScope, Scope, Store, StoredOccasion};
use fairwarning::subscribers::load_keys;
use sqlx::{AnyPool, AssertSqlSafe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SUBSCRIBERS: usize = 1_000_000;
/// Between two writes of somebody else.
const BETWEEN_WRITES: Duration = Duration::from_millis(10);
/// Looks with nothing to do.
const IDLE_LOOKS: usize = 1_000;

/// Where the rows are copied to for comparison: the same table and indexes.
const PEER: &str = "peer_of_outbox";

enum Place {
    File(PathBuf),
    Server(String),
}

impl Place {
    fn text(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite:{}", path.display()),
            Self::Server(url) => url.clone(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "SQLite",
            Self::Server(_) => "PostgreSQL",
        }
    }

    /// The database's own command, running these statements.
    fn command(&self, statements: &[&str]) -> Command {
        let mut command = match self {
            Self::File(path) => {
                let mut command = Command::new("sqlite3");
                command.arg(path).arg("pragma synchronous = full");
                command
            }
            Self::Server(url) => {
                let mut command = Command::new(program("psql"));
                command.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url]);
                command
            }
        };
        for statement in statements {
            match self {
                Self::File(_) => command.arg(statement),
                Self::Server(_) => command.arg("--command").arg(statement),
            };
        }
        command
    }
}

/// What announcing came to.
#[derive(Default)]
struct Announced {
    whole: Duration,
    /// From the occasion's being there to its being filled.
    filling: Duration,
    worked: Duration,
    peak_kilobytes: u64,
    /// How long each write of somebody else took meanwhile, in order of length.
    waits: Vec<Duration>,
}

#[tokio::main]
async fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let people = asked.iter().find_map(|word| word.parse().ok()).unwrap_or(SUBSCRIBERS);
    let is_wanted = |name: &str| {
        let names = ["sqlite", "postgres"];
        !asked.iter().any(|word| names.contains(&word.as_str())) || asked.iter().any(|w| w == name)
    };
    println!(
        "announcing to {people} subscribers with about four interests each, {} of {} APIs \
         affected, one in {ONE_LEFT_IN} suppressed",
        crowd::AFFECTED,
        crowd::APIS
    );
    let folder = tempfile::tempdir().expect("a folder");
    if is_wanted("sqlite") {
        measure(&Place::File(folder.path().join("office.db")), folder.path(), people).await;
    }
    if is_wanted("postgres") {
        // As a server is installed, safe against power cuts.
        let cluster = Cluster::start("");
        measure(&Place::Server(cluster.url("postgres")), folder.path(), people).await;
    }
}

async fn measure(place: &Place, folder: &Path, people: usize) {
    let url = DatabaseUrl::parse(&place.text()).expect("a database");
    let store = Store::open(&url).await.expect("a database");
    let (clock, scope) = (Clock::system(), HoldScope::Everything);
    let took = crowd::gather(&store, &folder.join("notices"), people).await;
    println!("{}", place.name());
    println!("        imported at {:.0} a second", people as f64 / took.as_secs_f64());
    leave(place).await;
    let keys = load_keys(&store, clock.now()).await.expect("keys");
    let mut rounds = Rounds::new(store.clone(), keys);
    // Those who joined are looked at, before anything concerns them.
    settle(&mut rounds, &clock).await;
    let hold = Hold { scope, reason: "measuring".into(), by: "bench".into(), at: clock.now() };
    store.hold(&hold).await.expect("held");
    let announced = announce(&store, place, folder).await;
    let occasion = begun(&store).await.expect("it was announced");
    // Those who left have a message, too, which says that it was not sent to them.
    assert_eq!(usize::try_from(occasion.filled), Ok(people), "everybody is affected");
    let peer = peer(place, occasion.id);
    print(&announced, occasion.filled, peer);
    settle(&mut rounds, &clock).await;
    idle(&mut rounds, &clock).await;
    store.close().await;
}

/// The one announcement, once it was begun.
async fn begun(store: &Store) -> Option<StoredOccasion> {
    store.announcements().await.expect("read").pop()
}

/// One in fifty is suppressed, as if they had left.
async fn leave(place: &Place) {
    sqlx::any::install_default_drivers();
    let url = place.text();
    let pool = AnyPool::connect(&url).await.expect("a connection");
    let sql = format!(
        "insert into suppressions (mailbox, scope, reason, at)
         select mailbox, 'crowd', 'unsubscribed', 0 from subscribers where id % {ONE_LEFT_IN} = 0"
    );
    sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.expect("suppressed");
    pool.close().await;
}

/// Until a look finds nothing to do.
async fn settle(rounds: &mut Rounds, clock: &Clock) {
    loop {
        let ticked = rounds.tick(clock.now()).await.expect("looked");
        if ticked.is_idle() && !ticked.is_behind {
            break;
        }
    }
}

async fn idle(rounds: &mut Rounds, clock: &Clock) {
    let mut looks = Vec::with_capacity(IDLE_LOOKS);
    for _ in 0..IDLE_LOOKS {
        let begun = Instant::now();
        let ticked = rounds.tick(clock.now()).await.expect("looked");
        looks.push(begun.elapsed());
        assert!(ticked.is_idle());
    }
    looks.sort_unstable();
    let (median, worst) = (looks[IDLE_LOOKS / 2], looks[IDLE_LOOKS - 1]);
    println!(
        "        an idle round: {:.2} ms, the longest of {IDLE_LOOKS} {:.2} ms",
        milliseconds(median),
        milliseconds(worst)
    );
}

/// The program itself, while somebody else writes.
async fn announce(store: &Store, place: &Place, folder: &Path) -> Announced {
    let before = machine::children();
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fairwarning"))
        .args(["announce", &notice().to_string(), "--yes", "--database", &place.text()])
        .args(["--public-url", "https://notices.example.org"])
        .arg(format!("--mail-dir={}", folder.join("mail").display()))
        .stdout(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut announced = Announced::default();
    let (mut filling, mut writes) = (None, 0);
    while child.try_wait().expect("its state").is_none() {
        let peak = machine::peak_kilobytes(child.id());
        announced.peak_kilobytes = announced.peak_kilobytes.max(peak.unwrap_or(0));
        writes += 1;
        announced.waits.push(write(store, writes).await);
        match (begun(store).await.map(|state| state.is_filled), filling) {
            (Some(_), None) => filling = Some(Instant::now()),
            (Some(true), Some(since)) if announced.filling.is_zero() => {
                announced.filling = since.elapsed();
            }
            _ => {}
        }
        tokio::time::sleep(BETWEEN_WRITES).await;
    }
    announced.whole = started.elapsed();
    announced.worked = machine::children() - before;
    announced.waits.sort_unstable();
    announced
}

/// Somebody leaves: one of the writes that must not wait for an announcement.
async fn write(store: &Store, number: u64) -> Duration {
    let begun = Instant::now();
    let mailbox = number.to_be_bytes();
    let made = store.suppress(&mailbox, &Scope::Everywhere, "left", Clock::system().now()).await;
    assert!(made.expect("written"));
    begun.elapsed()
}

/// The same rows copied by the database's own command into a table like theirs.
fn peer(place: &Place, occasion: i64) -> Duration {
    let copy = format!("insert into {PEER} select * from outbox where occasion = {occasion}");
    let made = make_peer(place);
    let made: Vec<&str> = made.iter().map(String::as_str).collect();
    finish(place.command(&made).spawn());
    let begun = Instant::now();
    finish(place.command(&[&copy]).spawn());
    let took = begun.elapsed();
    finish(place.command(&[&format!("drop table {PEER}")]).spawn());
    took
}

/// The table's own text with another name, and that of its indexes.
fn make_peer(place: &Place) -> Vec<String> {
    if let Place::Server(_) = place {
        return vec![format!("create table {PEER} (like outbox including all)")];
    }
    let schema = place
        .command(&["select sql || ';;' from sqlite_master where tbl_name = 'outbox'
        and sql is not null order by type desc"])
        .output()
        .expect("sqlite3 is installed");
    let schema = String::from_utf8_lossy(&schema.stdout).into_owned();
    // SQLite keeps what follows these words as it was written, and them in capitals.
    let renamed = schema.replace("CREATE TABLE outbox", &format!("CREATE TABLE {PEER}"));
    let renamed = renamed.replace("INDEX ", "INDEX peer_");
    let renamed = renamed.replace(" on outbox ", &format!(" on {PEER} "));
    renamed.split(";;").map(|sql| sql.trim().to_owned()).filter(|sql| !sql.is_empty()).collect()
}

fn finish(child: std::io::Result<Child>) {
    let status = child.expect("the database's command is installed").wait();
    assert!(status.expect("its end").success(), "the database's command failed");
}

fn print(announced: &Announced, messages: i64, peer: Duration) {
    let Announced { whole, filling, worked, peak_kilobytes, waits } = announced;
    println!(
        "        {messages} messages enqueued in {:.1} s ({:.0} a second), forecast and all in \
         {:.1} s; {:.1} s on processors; at most {} MB of memory",
        filling.as_secs_f64(),
        messages as f64 / filling.as_secs_f64(),
        whole.as_secs_f64(),
        worked.as_secs_f64(),
        peak_kilobytes / 1024,
    );
    println!(
        "        the database's command copies them in {:.1} s; ratio {:.2}",
        peer.as_secs_f64(),
        peer.as_secs_f64() / filling.as_secs_f64()
    );
    println!(
        "        {} writes of somebody else meanwhile: 99 of 100 within {:.0} ms, the longest {:.0} ms",
        waits.len(),
        milliseconds(waits[waits.len() * 99 / 100]),
        milliseconds(waits[waits.len() - 1]),
    );
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
