//! What a test endpoint costs: handshakes a second beside nginx with the same certificate and
//! the same policy, and how long a good client waits while others do their worst.
//!
//! It prints figures and asserts nothing but that every good client got its answer. Ours is
//! the program itself as anybody starts it, with one worker; no session is resumed on either
//! side. Clients are blocking ones of OpenSSL, in this process.
//!
//! `rehearsal [SECONDS] [PART...]` takes another time for each turn than 3 seconds, and one of
//! the parts `nginx` and `load` instead of both.

#[path = "shared/machine.rs"]
#[allow(dead_code)]
mod machine;
#[path = "shared/running.rs"]
mod running;

use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::{X509, X509NameBuilder};
use running::{Running, free_port, middle, program, start};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpSocket;

const TURNS: usize = 5;
/// Clients at the same time, where handshakes are counted.
const CLIENTS: usize = 4;
const HOST: &str = "rehearse.example.org";
const CIPHERS: &str = "ECDHE+AESGCM:ECDHE+CHACHA20";
/// What others do while a good client asks.
const SILENT: usize = 500;
const FAILING_PER_SECOND: usize = 200;
const GARBAGE_PER_SECOND: usize = 100;

/// A certificate that nobody trusts, on disk.
fn certificate(folder: &Path) {
    let key = PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key");
    let mut name = X509NameBuilder::new().expect("a name");
    name.append_entry_by_nid(Nid::COMMONNAME, HOST).expect("a name");
    let name = name.build();
    let mut made = X509::builder().expect("a certificate");
    let mut make = || {
        made.set_version(2)?;
        made.set_subject_name(&name)?;
        made.set_issuer_name(&name)?;
        made.set_pubkey(&key)?;
        made.set_not_before(&*Asn1Time::days_from_now(0)?)?;
        made.set_not_after(&*Asn1Time::days_from_now(30)?)?;
        made.sign(&key, MessageDigest::sha256())
    };
    make().expect("a certificate");
    let pem = made.build().to_pem().expect("PEM");
    fs::write(folder.join("rehearse.pem"), pem).expect("a file");
    let key = key.private_key_to_pem_pkcs8().expect("PEM");
    fs::write(folder.join("rehearse.key"), key).expect("a file");
}

/// A program with one notice that declares the endpoint.
fn declare(folder: &Path) {
    let folder = folder.join("notices/parcels");
    fs::create_dir_all(&folder).expect("a folder");
    let program = "title: Parcels\noffice: {name: Office, greeting: Hello, closing: Thanks}\n\
         contact: {email: office@example.org}\n\
         sender: {name: Office, address: office@example.org}\n\
         zone: America/New_York\nlocales: [en]\n";
    let apis = "environments:\n  prod: {title: Production, stage: production, \
         urls: {main: \"https://api.example.org/\"}}\napis:\n  \
         labels: {title: Labels, replaced_by: none}\n";
    let notice = format!(
        "title: TLS 1.0 and 1.1 end\nkind: protocol\nannounced: 2026-01-01\n\
         ends: [TLS 1.0, TLS 1.1]\nneeds: [TLS 1.2 or above]\n\
         summary: They end on {{{{{{{{cutoff}}}}}}}}.\ntest_endpoints:\n  strict:\n    \
         url: https://{HOST}/\n    rehearsal: {{ciphers: \"{CIPHERS}\"}}\n\
         schedule:\n  cutoff: 2120-07-01\n  rows:\n    \
         prod: {{environment: prod, apis: [labels]}}\n"
    );
    let notice = notice.replace("{{{{", "{{").replace("}}}}", "}}");
    for (name, text) in
        [("program.yaml", program), ("apis.yaml", apis), ("tls.yaml", notice.as_str())]
    {
        fs::write(folder.join(name), text).expect("a file");
    }
}

/// The whole service as anybody starts it; its port is that of the endpoint.
fn serve(folder: &Path) -> Running {
    let port = free_port();
    declare(folder);
    let log = fs::File::create(folder.join("log")).expect("a file");
    let mut command = program();
    let path = |name: &str| folder.join(name).display().to_string();
    command.arg("serve").arg(folder.join("notices")).args([
        "--workers=1",
        "--listen=127.0.0.1:0",
        &format!("--database=sqlite:{}", path("office.db")),
        &format!("--mail-dir={}", path("mail")),
        &format!("--rehearse-listen=127.0.0.1:{port}"),
        &format!("--rehearse-certificate={}", path("rehearse.pem")),
        &format!("--rehearse-key={}", path("rehearse.key")),
    ]);
    start(command.stderr(log), port)
}

fn nginx(folder: &Path, body: &str) -> Running {
    let port = free_port();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/shared/nginx-tls.conf");
    let mut text = fs::read_to_string(shared).expect("the configuration");
    let path = |name: &str| folder.join(name).display().to_string();
    for (word, value) in [
        ("@ROOT@", folder.display().to_string()),
        ("@PORT@", port.to_string()),
        ("@CERTIFICATE@", path("rehearse.pem")),
        ("@KEY@", path("rehearse.key")),
        ("@CIPHERS@", CIPHERS.to_owned()),
        ("@BODY@", body.to_owned()),
    ] {
        text = text.replace(word, &value);
    }
    let configuration = folder.join("nginx.conf");
    fs::write(&configuration, text).expect("a file");
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(folder).arg("-c").arg(configuration).stderr(Stdio::null());
    start(&mut command, port)
}

/// A client that trusts anybody, by this version alone.
fn client(version: SslVersion) -> SslConnector {
    let mut client = SslConnector::builder(SslMethod::tls_client()).expect("a client");
    client.set_verify(SslVerifyMode::NONE);
    client.set_min_proto_version(Some(version)).expect("a version");
    client.set_max_proto_version(Some(version)).expect("a version");
    client.build()
}

/// A connection of its own, a handshake, a question and its answer.
fn ask(client: &SslConnector, port: u16) -> String {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_nodelay(true).expect("it can be set");
    let mut stream = client.connect(HOST, stream).expect("a handshake");
    let request = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    answer
}

/// Whole visits in a second, and the server's processor time for each, in milliseconds.
type Rate = (f64, f64);

fn rate(client: &SslConnector, server: &Running, seconds: u64) -> Rate {
    let (asked, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let before = machine::processor_of(server.0.id());
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    ask(client, server.1);
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        sleep(Duration::from_secs(seconds));
        is_over.store(true, Ordering::Relaxed);
    });
    let (asked, took) = (asked.into_inner() as f64, begun.elapsed().as_secs_f64());
    let spent = machine::processor_of(server.0.id()) - before;
    (asked / took, spent.as_secs_f64() * 1_000.0 / asked)
}

fn beside_nginx(folder: &Path, ours: &Running, seconds: u64) {
    println!("handshakes beside nginx, RSA 2048, {CLIENTS} clients, one worker each");
    for (version, name) in [(SslVersion::TLS1_3, "TLS 1.3"), (SslVersion::TLS1_2, "TLS 1.2")] {
        let client = client(version);
        let body = ask(&client, ours.1).split("\r\n\r\n").nth(1).expect("a body").to_owned();
        let theirs = nginx(folder, &body);
        assert!(ask(&client, theirs.1).ends_with(&body), "they say the same");
        let turns: Vec<_> = (0..TURNS)
            .map(|_| (rate(&client, ours, seconds), rate(&client, &theirs, seconds)))
            .collect();
        let of = |pick: fn(&(Rate, Rate)) -> f64| middle(turns.iter().map(pick).collect());
        println!(
            "  {name}: {:.0} a second; nginx: {:.0} a second; ratio {:.2}",
            of(|(ours, _)| ours.0),
            of(|(_, theirs)| theirs.0),
            of(|(ours, theirs)| ours.0 / theirs.0)
        );
        println!(
            "  {name}: {:.2} ms of processor each; nginx: {:.2} ms",
            of(|(ours, _)| ours.1),
            of(|(_, theirs)| theirs.1)
        );
    }
}

/// Waits of a good client that asks again and again, in milliseconds.
fn waits(client: &SslConnector, port: u16, time: Duration) -> Vec<f64> {
    let begun = Instant::now();
    let mut waits = Vec::new();
    while begun.elapsed() < time {
        let asked = Instant::now();
        ask(client, port);
        waits.push(asked.elapsed().as_secs_f64() * 1_000.0);
        sleep(Duration::from_millis(5));
    }
    waits
}

/// Does something so many times a second, by several threads, until told to stop.
fn often(
    per_second: usize,
    is_over: &Arc<AtomicBool>,
    what: impl Fn(usize) + Send + Sync + 'static,
) {
    const THREADS: usize = 4;
    let what = Arc::new(what);
    for first in 0..THREADS {
        let (is_over, what) = (is_over.clone(), what.clone());
        thread::spawn(move || {
            let every = Duration::from_secs_f64(THREADS as f64 / per_second as f64);
            let begun = Instant::now();
            for turn in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                what(first + turn * THREADS);
                let next = every * (turn as u32 + 1);
                sleep(next.saturating_sub(begun.elapsed()));
            }
        });
    }
}

/// Hears what is said until it is closed.
fn hear(mut stream: TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let _ = stream.read_to_end(&mut heard);
    heard
}

/// A hello of TLS 1.0 without extensions; the endpoint is the only one.
fn old_hello() -> Vec<u8> {
    let body = [&[3, 1][..], &[7; 32], &[0], &[0, 2, 0, 0x2f], &[1, 0]].concat();
    let message = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    [&[22, 3, 1, 0, message.len() as u8][..], &message].concat()
}

/// One that is turned away: every second by its version, the others by their ciphers, and
/// because they do not trust the certificate, which costs a signature.
fn fail(port: u16, turn: usize, without_cipher: &SslConnector, distrusting: &SslConnector) {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return };
    match turn % 4 {
        0 | 1 => {
            let _ = stream.write_all(&old_hello());
            assert_eq!(hear(stream), [21, 3, 1, 0, 2, 2, 70], "an alert arrives");
        }
        2 => assert!(without_cipher.connect(HOST, stream).is_err(), "no cipher is shared"),
        _ => assert!(distrusting.connect(HOST, stream).is_err(), "it is not trusted"),
    }
}

/// Holds connections on which nothing is said, and opens another where one was closed.
fn stay_silent(port: u16, is_over: &Arc<AtomicBool>) {
    let is_over = is_over.clone();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let silent = (0..SILENT).map(|n| {
                let is_over = is_over.clone();
                async move {
                    while !is_over.load(Ordering::Relaxed) {
                        say_nothing(n, port).await;
                    }
                }
            });
            futures_util::future::join_all(silent).await;
        });
    });
}

async fn say_nothing(n: usize, port: u16) {
    // Each household has so many places.
    let from = SocketAddr::from((Ipv4Addr::new(127, 0, 1, (n / 50) as u8 + 1), 0));
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(from).expect("every address of loopback is ours");
    let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = socket.connect(to).await.expect("it listens");
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

fn under_load(ours: &Running, seconds: u64) {
    let port = ours.1;
    println!("how long a good client waits for its answer, connection and handshake included");
    let client = client(SslVersion::TLS1_3);
    let time = Duration::from_secs(seconds * TURNS as u64);
    let idle = waits(&client, port, time);
    println!(
        "  nothing else happens: {:.2} ms in the middle, of {}",
        middle(idle.clone()),
        idle.len()
    );
    let is_over = Arc::new(AtomicBool::new(false));
    stay_silent(port, &is_over);
    let mut without_cipher = SslConnector::builder(SslMethod::tls_client()).expect("a client");
    without_cipher.set_max_proto_version(Some(SslVersion::TLS1_2)).expect("a version");
    without_cipher.set_cipher_list("ECDHE-RSA-AES128-SHA").expect("a cipher");
    let without_cipher = without_cipher.build();
    let distrusting = SslConnector::builder(SslMethod::tls_client()).expect("a client").build();
    often(FAILING_PER_SECOND, &is_over, move |turn| {
        fail(port, turn, &without_cipher, &distrusting);
    });
    often(GARBAGE_PER_SECOND, &is_over, move |turn| {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return };
        let _ = stream.write_all(&vec![turn as u8 | 0x60; 300]);
        hear(stream);
    });
    sleep(Duration::from_secs(1));
    let before = machine::processor_of(ours.0.id());
    let begun = Instant::now();
    let busy = waits(&client, port, time);
    let spent = (machine::processor_of(ours.0.id()) - before).as_secs_f64();
    is_over.store(true, Ordering::Relaxed);
    println!(
        "  {SILENT} silent sockets, {FAILING_PER_SECOND} failing handshakes and \
         {GARBAGE_PER_SECOND} times garbage a second: {:.2} ms in the middle, of {}",
        middle(busy.clone()),
        busy.len()
    );
    println!(
        "  ratio {:.2}; the service used {:.0} % of a processor, and {} MB at most",
        middle(busy) / middle(idle),
        spent / begun.elapsed().as_secs_f64() * 100.0,
        machine::peak_kilobytes(ours.0.id()).unwrap_or(0) / 1_000
    );
}

fn main() {
    // Cargo names itself, too.
    let said = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let (counts, parts): (Vec<String>, Vec<String>) =
        said.partition(|said| said.parse::<u64>().is_ok());
    let seconds = counts.first().and_then(|count| count.parse().ok()).unwrap_or(3);
    let is_wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let folder = tempfile::tempdir().expect("a folder");
    certificate(folder.path());
    let ours = serve(folder.path());
    if is_wanted("nginx") {
        beside_nginx(folder.path(), &ours, seconds);
    }
    if is_wanted("load") {
        under_load(&ours, seconds);
    }
}
