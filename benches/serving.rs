//! What answering costs: the table, a notice's page and a calendar beside nginx
//! serving the same bytes, 100,000 rows beside 100, and how long anybody waits
//! while 10,000 notices are published.
//!
//! It prints figures and asserts nothing but that every answer was a good one. Ours
//! is the program itself as it is started by anybody, with one worker; `wrk` asks
//! both in turns, so that what else the machine does touches both.
//!
//! `serving [SECONDS] [PART...]` takes another time for each turn than 3 seconds,
//! and some of the parts `nginx`, `rows` and `swap` instead of all.

#[path = "shared/machine.rs"]
#[allow(dead_code)]
mod machine;
#[path = "shared/many.rs"]
mod many;
#[path = "shared/running.rs"]
mod running;

use many::Size;
use running::{Running, free_port, middle, program, start};
use std::cell::Cell;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// Turns of each; the middle ratio counts.
const TURNS: usize = 5;
const CONNECTIONS: &str = "-c16";
const FILTERED: &str = "/api/v1/impacted?program=usps-web-tools&environment=prod&limit=5";
const NOTICE: &str = "/notices/usps-web-tools/tls-1.2";
const CALENDAR: &str = "/feeds/usps-web-tools.ics";
/// As few and as many rows, and what is published while others ask.
const FEW: Size = Size { programs: 1, notices: 10, apis: 10 };
const MANY: Size = Size { programs: 100, notices: 100, apis: 10 };

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("office.db").display())
}

fn publish(folder: &Path, notices: &Path) {
    let mut command = program();
    command.arg("publish").arg(notices).args(["--database", &database(folder)]);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The whole service as anybody starts it, its log in a file; only that a single
/// machine may ask more than a household does.
fn serve(folder: &Path, notices: &Path) -> Running {
    let port = free_port();
    publish(folder, notices);
    let log = fs::File::create(folder.join("log")).expect("a file");
    let mut command = program();
    command.arg("serve").arg(notices).args(["--database", &database(folder)]).args([
        "--workers=1",
        "--requests-per-minute=10000000",
        &format!("--listen=127.0.0.1:{port}"),
        &format!("--mail-dir={}", folder.join("mail").display()),
    ]);
    start(command.stderr(log), port)
}

fn nginx(folder: &Path) -> Running {
    let port = free_port();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/shared/nginx.conf");
    let text = fs::read_to_string(shared).expect("the configuration");
    let root = folder.display().to_string();
    let text = text.replace("@ROOT@", &root).replace("@PORT@", &port.to_string());
    let configuration = folder.join("nginx.conf");
    fs::write(&configuration, text).expect("a file");
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(folder).arg("-c").arg(configuration).stderr(Stdio::null());
    start(&mut command, port)
}

/// One answer on a connection of its own: its head and its body.
fn fetch(port: u16, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let asked = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).expect("it is taken");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
    (head, answer.split_off(end))
}

fn header(head: &str, name: &str) -> String {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
    line.and_then(|line| line.split_once(": ")).expect("it has that header").1.to_owned()
}

/// Answers a second, all of them good ones.
fn wrk(port: u16, path: &str, seconds: u64, further: &[&str], script: &[String]) -> f64 {
    let mut command = Command::new("wrk");
    command.args(["-t1", CONNECTIONS, &format!("-d{seconds}s")]).args(further);
    command.arg(format!("http://127.0.0.1:{port}{path}")).arg("--").args(script);
    let output = command.output().expect("wrk is installed: tools/peers.sh");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!printed.contains("Non-2xx") && !printed.contains("Socket errors"), "{printed}");
    let line = printed.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    line.and_then(|rate| rate.trim().parse().ok()).unwrap_or_else(|| panic!("{printed}"))
}

/// Both in turns; says the middle rate of each and the middle of the ratios.
fn in_turns(
    what: &str,
    mut ours: impl FnMut() -> f64,
    peer: &str,
    mut theirs: impl FnMut() -> f64,
) {
    let turns: Vec<_> = (0..TURNS).map(|_| (ours(), theirs())).collect();
    let rates = |pick: fn(&(f64, f64)) -> f64| middle(turns.iter().map(pick).collect());
    println!(
        "  {what}: {:.0} a second; {peer}: {:.0} a second; ratio {:.2}",
        rates(|turn| turn.0),
        rates(|turn| turn.1),
        rates(|turn| turn.0 / turn.1)
    );
}

fn beside_nginx(seconds: u64) {
    println!("the samples beside nginx serving the same bytes, one worker each");
    let folder = tempfile::tempdir().expect("a folder");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("notices");
    let ours = serve(folder.path(), &samples);
    let files = folder.path().join("files");
    fs::create_dir(&files).expect("a folder");
    let peer = nginx(folder.path());
    let what = [
        (FILTERED, "table.json", "filtered `impacted`"),
        (NOTICE, "notice.html", "the page of a notice"),
        (CALENDAR, "calendar.ics", "a calendar"),
    ];
    for (path, file, what) in what {
        let (head, body) = fetch(ours.1, path);
        fs::write(files.join(file), &body).expect("a file");
        let theirs = format!("/{file}");
        let (their_head, their_body) = fetch(peer.1, &theirs);
        assert_eq!(body, their_body, "they are the same bytes");
        let told = format!("{what}, {} bytes", body.len());
        in_turns(
            &told,
            || wrk(ours.1, path, seconds, &[], &[]),
            "nginx",
            || wrk(peer.1, &theirs, seconds, &[], &[]),
        );
        let known = [header(&head, "etag: "), header(&their_head, "etag: ")];
        let [ours_known, their_known] = known.map(|tag| format!("If-None-Match: {tag}"));
        in_turns(
            &format!("{what}, to whom has it (304)"),
            || wrk(ours.1, path, seconds, &["-H", &ours_known], &[]),
            "nginx",
            || wrk(peer.1, &theirs, seconds, &["-H", &their_known], &[]),
        );
    }
}

/// Questions that nobody asked before, to few rows and to many.
fn by_rows(seconds: u64) {
    let (few, many) = (FEW.rows(), MANY.rows());
    println!("every request another question to `impacted`, over {many} rows and over {few}");
    let folders = [FEW, MANY].map(|size| {
        let folder = tempfile::tempdir().expect("a folder");
        let notices = folder.path().join("notices");
        many::declare(&notices, size, 0);
        let running = serve(folder.path(), &notices);
        (folder, running, size)
    });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/shared/questions.lua");
    let turn = Cell::new(0);
    let ask = |(_, running, size): &(_, Running, Size)| {
        turn.set(turn.get() + 1);
        let counts = [size.programs, size.notices, size.apis, turn.get() * 10_000_000];
        let counts = counts.map(|count| count.to_string());
        wrk(running.1, "/", seconds, &["-s", script], &counts)
    };
    let [fewer, more] = &folders;
    in_turns(&format!("{many} rows"), || ask(more), &format!("{few} rows"), || ask(fewer));
    let peak = machine::peak_kilobytes(folders[1].1.0.id()).unwrap_or(0);
    println!("  at most {} MB of memory with {many} rows", peak / 1000);
}

/// What somebody waits who asks for this and that without end, by a connection
/// kept, until told to stop.
fn wait_worst(port: u16, paths: &[String], stop: &AtomicBool) -> (Duration, usize) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_nodelay(true).expect("it can be set");
    let (mut worst, mut asked) = (Duration::ZERO, 0);
    let mut buffer = vec![0; 1 << 20];
    for path in paths.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let begun = Instant::now();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it is taken");
        let mut have = 0;
        loop {
            have += stream.read(&mut buffer[have..]).expect("it answers");
            let text = &buffer[..have];
            let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&text[..end]);
            assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
            let length: usize = header(&head, "content-length: ").parse().expect("a number");
            if have >= end + 4 + length {
                break;
            }
        }
        worst = worst.max(begun.elapsed());
        asked += 1;
        sleep(Duration::from_millis(1));
    }
    (worst, asked)
}

/// Publishes many notices anew while others ask.
fn swap() {
    let folder = tempfile::tempdir().expect("a folder");
    let notices = folder.path().join("notices");
    many::declare(&notices, MANY, 0);
    let running = serve(folder.path(), &notices);
    let many = MANY.programs * MANY.notices;
    println!("what somebody waits at most, over {many} notices");
    let port = running.1;
    let told = |head: &str| header(head, "etag: ");
    let paths: Arc<Vec<String>> = Arc::new(many::mixed_questions(MANY));
    for what in ["while nothing happens", "while they are published anew"] {
        let stop = Arc::new(AtomicBool::new(false));
        let asking: Vec<_> = (0..2)
            .map(|_| {
                let (paths, stop) = (paths.clone(), stop.clone());
                spawn(move || wait_worst(port, &paths, &stop))
            })
            .collect();
        let before = told(&fetch(port, &paths[0]).0);
        if what.contains("published") {
            many::declare(&notices, MANY, 1);
            publish(folder.path(), &notices);
            let begun = Instant::now();
            while told(&fetch(port, &paths[0]).0) == before {
                assert!(begun.elapsed() < Duration::from_secs(60), "it is never served");
                sleep(Duration::from_millis(20));
            }
            println!("  served {:.1} s after it was published", begun.elapsed().as_secs_f64());
        }
        // What was served before is taken apart meanwhile.
        sleep(Duration::from_secs(3));
        stop.store(true, Ordering::Relaxed);
        let waited: Vec<_> = asking.into_iter().map(|asks| asks.join().expect("it ends")).collect();
        let worst = waited.iter().map(|(worst, _)| *worst).max().unwrap_or_default();
        let asked: usize = waited.iter().map(|(_, asked)| asked).sum();
        println!("  {what}: {:.1} ms, of {asked} answers", worst.as_secs_f64() * 1_000.0);
    }
}

fn main() {
    // Cargo names itself, too.
    let said = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let (counts, parts): (Vec<String>, Vec<String>) =
        said.partition(|said| said.parse::<u64>().is_ok());
    let seconds = counts.first().and_then(|count| count.parse().ok()).unwrap_or(3);
    let is_wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    if is_wanted("nginx") {
        beside_nginx(seconds);
    }
    if is_wanted("rows") {
        by_rows(seconds);
    }
    if is_wanted("swap") {
        swap();
    }
}
