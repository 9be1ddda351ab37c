//! How much faster four delivering processes are than one, to a server that takes
//! its time: each command is answered after 5 ms. The database is PostgreSQL, and
//! every process has the same connections.
//!
//! It prints figures and asserts nothing but that every message arrived, and once:
//! a figure is for reading beside the machine it was taken on.
//!
//! `nodes [MESSAGES]` takes another count than 20,000.

#[path = "../tests/servers/cluster.rs"]
#[allow(dead_code)]
mod cluster;
#[path = "shared/crowd.rs"]
#[allow(dead_code)]
mod crowd;
#[path = "shared/machine.rs"]
#[allow(dead_code)]
mod machine;

use cluster::{Cluster, program};
use fairwarning::announce::Round;
use fairwarning::clock::Clock;
use fairwarning::config::DatabaseUrl;
use fairwarning::notice::{Carrier, Outcome};
use fairwarning::store::{Hold, HoldScope, Store};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

const MESSAGES: usize = 20_000;
const NODES: usize = 4;
/// Of each node.
const CONNECTIONS: usize = 8;
const ANSWERS_AFTER: Duration = Duration::from_millis(5);

/// A server that answers late, counts and forgets.
struct Sink {
    port: u16,
    taken: Arc<AtomicUsize>,
}

impl Sink {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let taken = Arc::new(AtomicUsize::new(0));
        let count = taken.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, count.clone()));
            }
        });
        Self { port, taken }
    }
}

/// One connection, to its end.
async fn serve(stream: TcpStream, taken: Arc<AtomicUsize>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let (mut line, mut is_content) = (Vec::new(), false);
    answer(&mut stream, "220 sink.example.org ESMTP").await?;
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        if is_content {
            if line == b".\r\n" {
                is_content = false;
                taken.fetch_add(1, Ordering::SeqCst);
                answer(&mut stream, "250 2.0.0 taken").await?;
            }
            continue;
        }
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_slice() {
            b"EHLO" => answer(&mut stream, "250-sink.example.org\r\n250 8BITMIME").await?,
            b"DATA" => {
                is_content = true;
                answer(&mut stream, "354 go on").await?;
            }
            b"QUIT" => return answer(&mut stream, "221 bye").await,
            _ => answer(&mut stream, "250 2.0.0 fine").await?,
        }
    }
}

async fn answer(stream: &mut BufReader<TcpStream>, reply: &str) -> std::io::Result<()> {
    sleep(ANSWERS_AFTER).await;
    stream.write_all(format!("{reply}\r\n").as_bytes()).await
}

/// A delivering process, which ends with this.
struct Node(Child);

impl Node {
    fn start(database: &str, port: u16) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_fairwarning"))
            .args(["serve", "--role", "deliver", "--database", database])
            .args(["--public-url", "https://notices.example.org", "--smtp-allow-plaintext"])
            .arg(format!("--smtp-url=smtp://127.0.0.1:{port}"))
            .arg(format!("--smtp-connections={CONNECTIONS}"))
            .stdout(Stdio::null())
            .spawn();
        Self(child.expect("the program runs"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What delivering came to.
struct Delivered {
    took: Duration,
    worked: Duration,
    peak_kilobytes: u64,
}

#[tokio::main]
async fn main() {
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let messages = asked.unwrap_or(MESSAGES);
    println!(
        "delivering {messages} messages on PostgreSQL to a server that answers each command after \
         {} ms, {CONNECTIONS} connections each node",
        ANSWERS_AFTER.as_millis()
    );
    // As a server is installed, safe against power cuts.
    let cluster = Cluster::start("");
    let folder = tempfile::tempdir().expect("a folder");
    let mut rates = Vec::new();
    for nodes in [1, NODES] {
        let name = format!("with_{nodes}");
        let made = Command::new(program("createdb"))
            .args(["--maintenance-db", &cluster.url("postgres"), &name])
            .status();
        assert!(made.expect("createdb comes with the server").success());
        let Delivered { took, worked, peak_kilobytes } =
            deliver(&cluster.url(&name), folder.path(), messages, nodes).await;
        let rate = messages as f64 / took.as_secs_f64();
        println!(
            "        {nodes} nodes: {rate:.0} a second; {:.0} µs on their processors each; at most \
             {} MB of memory",
            worked.as_micros() as f64 / messages as f64,
            peak_kilobytes / 1024
        );
        rates.push(rate);
    }
    println!("        {NODES} nodes are {:.2} times as fast as one", rates[1] / rates[0]);
}

async fn deliver(database: &str, folder: &Path, messages: usize, nodes: usize) -> Delivered {
    let url = DatabaseUrl::parse(database).expect("a database");
    let store = Store::open(&url).await.expect("a database");
    let clock = Clock::system();
    crowd::gather(&store, folder, messages).await;
    let round = Round::load(&store, &crowd::notice()).await.expect("it is published");
    let filled = round.fill(&store, None, clock.now()).await.expect("filled");
    assert_eq!(usize::try_from(filled.added), Ok(messages), "everybody hears");
    store.entrust(filled.occasion, Carrier::Smtp).await.expect("entrusted");
    // They are all there before the first message may leave.
    let scope = HoldScope::Everything;
    let hold = Hold { scope, reason: "measuring".into(), by: "bench".into(), at: clock.now() };
    store.hold(&hold).await.expect("held");
    let before = machine::children();
    let sink = Sink::start().await;
    let running: Vec<Node> = (0..nodes).map(|_| Node::start(database, sink.port)).collect();
    while store.overview().await.expect("read").nodes_alive < nodes as i64 {
        sleep(Duration::from_millis(50)).await;
    }
    let begun = Instant::now();
    store.release_hold(&hold.scope, "bench", clock.now()).await.expect("released");
    while sink.taken.load(Ordering::SeqCst) < messages {
        sleep(Duration::from_millis(5)).await;
    }
    let took = begun.elapsed();
    let accepted = || async {
        let counts = store.round_counts(filled.occasion).await.expect("counted");
        counts.of(Outcome::Accepted)
    };
    while accepted().await < messages as i64 {
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(sink.taken.load(Ordering::SeqCst), messages, "each arrived once");
    let peaks = running.iter().filter_map(|node| machine::peak_kilobytes(node.0.id()));
    let peak_kilobytes = peaks.max().unwrap_or(0);
    drop(running);
    store.close().await;
    Delivered { took, worked: machine::children() - before, peak_kilobytes }
}
