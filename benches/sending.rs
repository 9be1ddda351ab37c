//! What sending costs, from rows of the outbox to recorded outcomes, beside
//! other programs and to Postfix's sink in the same run: Postfix's generator with
//! messages of the same weight, OpenSSL's signatures, and nodemailer's pool with
//! small messages.
//!
//! It prints figures and asserts nothing but that every message arrived: a
//! figure is for reading beside the machine it was taken on.
//!
//! `sending [MESSAGES] [PART...]` takes another count than 100,000, and some of
//! the parts `sqlite`, `postgres`, `signed` and `small` instead of all.

#[path = "../tests/servers/cluster.rs"]
#[allow(dead_code)]
mod cluster;
#[path = "shared/machine.rs"]
#[allow(dead_code)]
mod machine;

use clap::Parser;
use cluster::Cluster;
use fairwarning::announce::Round;
use fairwarning::clock::Clock;
use fairwarning::config::{DatabaseUrl, MailArguments, WebArguments};
use fairwarning::delivery::{Delivery, Ended, Scope};
use fairwarning::links::Keys;
use fairwarning::notice::{NoticePath, Outcome, Publication};
use fairwarning::store::Store;
use fairwarning::{subscribers, workspace};
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::sync::watch;

const MESSAGES: usize = 100_000;
const CONNECTIONS: usize = 32;
/// Imported in one list.
const LIST: usize = 100_000;

/// A workspace, and the notice of it that is announced.
#[derive(Clone, Copy)]
struct Sample {
    folder: &'static str,
    notice: &'static str,
}

/// A real notice, with its table, its HTML and its calendar.
const USPS: Sample = Sample { folder: "notices", notice: "usps-web-tools/tls-1.2" };
/// A notice of a few lines, by templates of a few lines.
const SMALL: Sample = Sample { folder: "benches/small", notice: "board/v1" };

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    web: WebArguments,
    #[command(flatten)]
    mail: MailArguments,
}

/// A database with a notice and as many people who follow all of its program.
struct Office {
    folder: tempfile::TempDir,
    notice: NoticePath,
    store: Store,
    keys: Keys,
    clock: Clock,
}

impl Office {
    async fn on_sqlite(sample: Sample, people: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("office.db"));
        Self::with(folder, &url, sample, people).await
    }

    async fn with(
        folder: tempfile::TempDir,
        url: &DatabaseUrl,
        sample: Sample,
        people: usize,
    ) -> Self {
        let clock = Clock::system();
        let store = Store::open(url).await.expect("a database");
        let notices = Path::new(env!("CARGO_MANIFEST_DIR")).join(sample.folder);
        let notice: NoticePath = sample.notice.parse().expect("a path");
        let loaded = workspace::load(&notices).expect("the samples");
        let workspace = loaded.check().workspace.expect("the samples are sound");
        let publication = Publication::new(workspace.clone(), loaded.templates);
        store.publish(&publication, None, clock.now()).await.expect("published");
        let keys = subscribers::load_keys(&store, clock.now()).await.expect("keys");
        for start in (0..people).step_by(LIST) {
            let mut list = String::from("address,name,programs\n");
            for n in start..people.min(start + LIST) {
                list += &format!("person{n}@example.org,Person {n},{}\n", notice.program);
            }
            subscribers::import_csv(&store, &keys, &workspace, list.as_bytes(), clock.now())
                .await
                .expect("a sound list");
        }
        Self { folder, notice, store, keys, clock }
    }

    async fn fill(&self) -> i64 {
        let round = Round::load(&self.store, &self.notice).await.expect("it is published");
        round.fill(&self.store, None, self.clock.now()).await.expect("filled").occasion
    }

    async fn deliver(&self, occasion: i64, flags: &[String]) -> Duration {
        let common = ["bench", "--public-url", "https://notices.example"].map(str::to_owned);
        let flags = Flags::parse_from(common.iter().chain(flags));
        let web = flags.web.check().expect("settings");
        let mail = flags.mail.check(&web).expect("settings");
        let delivery =
            Delivery::new(self.store.clone(), self.keys.clone(), mail, self.clock.clone());
        let (_running, stop) = watch::channel(false);
        let begun = Instant::now();
        let scope = Scope::Round { occasion, pauses: 5 };
        let ended = delivery.expect("it can be set up").run(scope, stop, |_| ()).await;
        assert_eq!(ended.expect("delivered"), Ended::Done);
        let took = begun.elapsed();
        let counts = self.store.round_counts(occasion).await.expect("counted");
        assert_eq!(counts.of(Outcome::Accepted), counts.total(), "every message arrived");
        took
    }

    /// What one message weighs on the wire.
    async fn wire_bytes(sample: Sample) -> u64 {
        let office = Self::on_sqlite(sample, 1).await;
        let occasion = office.fill().await;
        let folder = office.folder.path().join("mail");
        office.deliver(occasion, &[format!("--mail-dir={}", folder.display())]).await;
        let mut files = fs::read_dir(folder).expect("a message").filter_map(Result::ok);
        let file = files.find(|file| file.path().extension().is_some_and(|e| e == "eml"));
        file.expect("a message").metadata().expect("its size").len()
    }
}

/// Postfix's sink, which counts and forgets.
struct Sink(Child, u16);

impl Sink {
    fn start() -> Self {
        let port = free_port();
        let mut command = Command::new("smtp-sink");
        command.args(["-u", "nobody"]).arg(format!("127.0.0.1:{port}")).arg("1000");
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let sink = Self(child.expect("smtp-sink is installed: tools/setup.sh"), port);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "smtp-sink does not listen");
            sleep(Duration::from_millis(20));
        }
        sink
    }

    fn flags(&self) -> Vec<String> {
        vec![
            format!("--smtp-url=smtp://127.0.0.1:{}", self.1),
            "--smtp-allow-plaintext".to_owned(),
            format!("--smtp-connections={CONNECTIONS}"),
        ]
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Postfix's generator: as many messages of the same weight, connections kept.
fn smtp_source(sink: &Sink, messages: usize, bytes: u64) -> Duration {
    let begun = Instant::now();
    let status = Command::new("smtp-source")
        .args(["-d", "-s", &CONNECTIONS.to_string(), "-m", &messages.to_string()])
        .args(["-l", &bytes.to_string(), "-f", "a@example.org", "-t", "b@example.org"])
        .arg(format!("127.0.0.1:{}", sink.1))
        .status();
    assert!(status.expect("smtp-source is installed: tools/setup.sh").success());
    begun.elapsed()
}

fn rate(messages: usize, took: Duration) -> f64 {
    messages as f64 / took.as_secs_f64()
}

/// How many a second, and what each costs on processors.
struct Figures {
    rate: f64,
    micros: f64,
}

/// Fills and sends; the sink has the machine to itself and us.
async fn send(office: &Office, sink: &Sink, flags: &[String], messages: usize) -> Figures {
    let occasion = office.fill().await;
    let before = machine::own_processor();
    let took = office.deliver(occasion, &[&sink.flags(), flags].concat()).await;
    let worked = machine::own_processor() - before;
    Figures { rate: rate(messages, took), micros: worked.as_micros() as f64 / messages as f64 }
}

fn say(name: &str, ours: &Figures, peer: &str, theirs: f64) {
    println!(
        "        {name}: {:.0} a second, {:.0} µs on processors each; {peer}: {theirs:.0} a \
         second; ratio {:.2}",
        ours.rate,
        ours.micros,
        ours.rate / theirs
    );
}

async fn beside_smtp_source(messages: usize, parts: &[String]) {
    let bytes = Office::wire_bytes(USPS).await;
    println!(
        "sending {messages} personal messages of {bytes} bytes over {CONNECTIONS} connections"
    );
    let sink = Sink::start();
    let peer = || rate(messages, smtp_source(&sink, messages, bytes));
    let before = peer();
    let mut ours = Vec::new();
    if is_wanted(parts, "sqlite") {
        let office = Office::on_sqlite(USPS, messages).await;
        ours.push(("SQLite", send(&office, &sink, &[], messages).await));
    }
    if is_wanted(parts, "postgres") {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = Cluster::start("");
        let url = DatabaseUrl::parse(&cluster.url("postgres")).expect("it is a URL");
        let office = Office::with(folder, &url, USPS, messages).await;
        ours.push(("PostgreSQL", send(&office, &sink, &[], messages).await));
    }
    // Twice, because what a machine gives to one process changes by the minute.
    let theirs = f64::midpoint(before, peer());
    for (name, ours) in &ours {
        say(name, ours, "smtp-source -d", theirs);
    }
}

/// No part named is every part.
fn is_wanted(parts: &[String], part: &str) -> bool {
    parts.is_empty() || parts.iter().any(|wanted| wanted == part)
}

/// Signing with an RSA key of 2,048 bits on all cores, beside OpenSSL on one.
async fn signed(messages: usize) {
    let office = Office::on_sqlite(USPS, messages).await;
    let key = rsa_key(office.folder.path());
    let flags = [
        "--dkim-domain=usps.gov".to_owned(),
        "--dkim-selector=bench".to_owned(),
        format!("--dkim-key-file={}", key.display()),
    ];
    let ours = send(&office, &Sink::start(), &flags, messages).await;
    say("with DKIM (RSA-2048)", &ours, "openssl speed rsa2048, on one core", openssl_signatures());
}

/// Small messages, beside the mail library most used on Node.js.
async fn beside_nodemailer(messages: usize) {
    let bytes = Office::wire_bytes(SMALL).await;
    println!("sending {messages} personal messages of {bytes} bytes, unsigned");
    let sink = Sink::start();
    let office = Office::on_sqlite(SMALL, messages).await;
    let ours = send(&office, &sink, &[], messages).await;
    say("SQLite", &ours, "nodemailer's pool", rate(messages, nodemailer(&sink, messages, bytes)));
}

/// Sends as many messages of the same weight; tells the time without its start.
fn nodemailer(sink: &Sink, messages: usize, bytes: u64) -> Duration {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/nodemailer.mjs");
    let output = Command::new("node")
        .arg(script)
        .args([sink.1.to_string(), CONNECTIONS.to_string()])
        .args([messages.to_string(), bytes.to_string()])
        .output()
        .expect("node is installed: tools/peers.sh");
    let told = String::from_utf8_lossy(&output.stdout).trim().parse();
    let problem = String::from_utf8_lossy(&output.stderr);
    Duration::from_secs_f64(told.unwrap_or_else(|_| panic!("nodemailer failed: {problem}")))
}

fn rsa_key(folder: &Path) -> PathBuf {
    let key = folder.join("dkim.pem");
    let made = Command::new("openssl")
        .args(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .args(["-out".as_ref(), key.as_os_str()])
        .status();
    assert!(made.expect("openssl is installed: tools/setup.sh").success());
    key
}

fn openssl_signatures() -> f64 {
    let output = Command::new("openssl").args(["speed", "-seconds", "5", "rsa2048"]).output();
    let printed = String::from_utf8_lossy(&output.expect("openssl runs").stdout).into_owned();
    let line = printed.lines().rfind(|line| line.starts_with("rsa 2048 bits"));
    let figures = line.and_then(|line| line.split_whitespace().nth(5)).expect("its figures");
    figures.parse().expect("signatures a second")
}

#[tokio::main]
async fn main() {
    // Cargo names itself, too.
    let said = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let (counts, parts): (Vec<String>, _) = said.partition(|said| said.parse::<usize>().is_ok());
    let messages = counts.first().and_then(|count| count.parse().ok()).unwrap_or(MESSAGES);
    if is_wanted(&parts, "sqlite") || is_wanted(&parts, "postgres") {
        beside_smtp_source(messages, &parts).await;
    }
    if is_wanted(&parts, "signed") {
        signed(messages / 5).await;
    }
    if is_wanted(&parts, "small") {
        beside_nodemailer(messages).await;
    }
    let peak = machine::peak_kilobytes(std::process::id()).unwrap_or(0);
    println!("at most {} MB of memory, importing included", peak / 1000);
}
