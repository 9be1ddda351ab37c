//! What sending costs, from rows of the outbox to recorded outcomes, beside
//! Postfix's generator and to Postfix's sink in the same run.
//!
//! It prints figures and asserts nothing but that every message arrived: a
//! figure is for reading beside the machine it was taken on.
//!
//! `sending [MESSAGES]` takes another count than 100,000.

use clap::Parser;
use fairwarning::announce::Round;
use fairwarning::clock::Clock;
use fairwarning::config::{DatabaseUrl, MailArguments, WebArguments};
use fairwarning::delivery::{Delivery, Ended, Scope};
use fairwarning::links::Keys;
use fairwarning::notice::{NoticePath, Publication};
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

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    web: WebArguments,
    #[command(flatten)]
    mail: MailArguments,
}

/// A database with the USPS notice and as many people who follow all of it.
struct Office {
    folder: tempfile::TempDir,
    store: Store,
    keys: Keys,
    clock: Clock,
}

fn notice() -> NoticePath {
    "usps-web-tools/tls-1.2".parse().expect("a path")
}

impl Office {
    async fn with(people: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::system();
        let url = DatabaseUrl::Sqlite(folder.path().join("office.db"));
        let store = Store::open(&url).await.expect("a database");
        let notices = Path::new(env!("CARGO_MANIFEST_DIR")).join("notices");
        let loaded = workspace::load(&notices).expect("the samples");
        let workspace = loaded.check().workspace.expect("the samples are sound");
        let publication = Publication::new(workspace.clone(), loaded.templates);
        store.publish(&publication, None, clock.now()).await.expect("published");
        let keys = subscribers::load_keys(&store, clock.now()).await.expect("keys");
        for start in (0..people).step_by(LIST) {
            let mut list = String::from("address,name,programs\n");
            for n in start..people.min(start + LIST) {
                list += &format!("person{n}@example.org,Person {n},usps-web-tools\n");
            }
            subscribers::import_csv(&store, &keys, &workspace, list.as_bytes(), clock.now())
                .await
                .expect("a sound list");
        }
        Self { folder, store, keys, clock }
    }

    async fn fill(&self) -> i64 {
        let round = Round::load(&self.store, &notice()).await.expect("it is published");
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
        begun.elapsed()
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

/// Processor time of this process so far.
fn own_processor() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    let after_name = stat.rsplit(") ").next().expect("a name in brackets");
    let fields: Vec<u64> = after_name.split(' ').map(|f| f.parse().unwrap_or(0)).collect();
    Duration::from_millis((fields[11] + fields[12]) * 10)
}

/// What one message weighs on the wire.
async fn wire_bytes() -> u64 {
    let office = Office::with(1).await;
    let occasion = office.fill().await;
    let folder = office.folder.path().join("mail");
    office.deliver(occasion, &[format!("--mail-dir={}", folder.display())]).await;
    let mut files = fs::read_dir(folder).expect("a message").filter_map(Result::ok);
    let file = files.find(|file| file.path().extension().is_some_and(|e| e == "eml"));
    file.expect("a message").metadata().expect("its size").len()
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

async fn to_the_sink(messages: usize) {
    let bytes = wire_bytes().await;
    println!(
        "sending {messages} personal messages of {bytes} bytes over {CONNECTIONS} connections"
    );
    let office = Office::with(messages).await;
    let begun = Instant::now();
    let occasion = office.fill().await;
    let filled = begun.elapsed();
    println!("        filled in {:.1} s", filled.as_secs_f64());
    let sink = Sink::start();
    let before = own_processor();
    let took = office.deliver(occasion, &sink.flags()).await;
    let worked = own_processor() - before;
    let counts = office.store.round_counts(occasion).await.expect("counted");
    let accepted = counts.of(fairwarning::notice::Outcome::Accepted);
    assert_eq!(usize::try_from(accepted), Ok(messages), "every message arrived: {counts:?}");
    let peer = smtp_source(&sink, messages, bytes);
    let (ours, theirs) = (rate(messages, took), rate(messages, peer));
    println!(
        "        SQLite: {ours:.0} a second, {:.0} µs on processors each; smtp-source -d: {theirs:.0} \
         a second; ratio {:.2}",
        worked.as_micros() as f64 / messages as f64,
        ours / theirs
    );
    println!("        at most {} MB of memory, importing included", peak_kilobytes() / 1000);
}

fn peak_kilobytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// Signing with an RSA key of 2,048 bits on all cores, beside OpenSSL on one.
async fn signed(messages: usize) {
    let office = Office::with(messages).await;
    let occasion = office.fill().await;
    let key = rsa_key(office.folder.path());
    let sink = Sink::start();
    let mut flags = sink.flags();
    flags.push("--dkim-domain=usps.gov".to_owned());
    flags.push("--dkim-selector=bench".to_owned());
    flags.push(format!("--dkim-key-file={}", key.display()));
    let took = office.deliver(occasion, &flags).await;
    let openssl = openssl_signatures();
    let ours = rate(messages, took);
    println!(
        "        with DKIM (RSA-2048): {ours:.0} a second; openssl speed rsa2048: {openssl:.0} \
         signatures a second on one core; ratio {:.2}",
        ours / openssl
    );
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
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let messages = asked.unwrap_or(MESSAGES);
    to_the_sink(messages).await;
    signed(messages / 5).await;
}
