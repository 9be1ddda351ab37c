//! What `fairwarning probe` says of the servers of the zoo, beside testssl.sh and sslyze, who are
//! asked the same in the same run, each by a process of its own.
//!
//! Per server it prints what is true and what each said, SSL 3.0 to TLS 1.3: `a`ccepted,
//! `r`efused, `u`ndetermined; then how many servers each got right, and how long each took.
//!
//! `zoo [WORDS]` meets only the servers in whose names these words are.

#[path = "../tests/suite/zoo/mod.rs"]
#[allow(dead_code)]
mod zoo;

use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use zoo::{Animal, Zoo};

/// How long the slow server thinks.
const SLOW: Duration = Duration::from_secs(3);
/// Whoever has said nothing by then has said nothing.
const PATIENCE_SECONDS: &str = "120";
/// How many more servers per second than the better of the others.
const TIMES: f64 = 50.0;
const TOOLS: [(&str, Tool); 3] =
    [("fairwarning", fairwarning), ("sslyze", sslyze), ("testssl.sh", testssl)];

type Tool = fn(&Animal) -> Option<String>;

/// What one tool said, and how long it took.
struct Said {
    outcome: String,
    took: Duration,
}

struct Met {
    name: &'static str,
    truth: String,
    is_prompt: bool,
    said: Vec<Said>,
}

fn main() -> ExitCode {
    let only = std::env::args().skip(1).find(|word| !word.starts_with("--")).unwrap_or_default();
    let zoo = Zoo::open(SLOW);
    let width = zoo.animals.iter().map(|animal| animal.name.chars().count()).max().unwrap_or(0);
    let names: String = TOOLS.iter().map(|(name, _)| format!("  {name:<18}")).collect();
    println!("{:<width$}  truth{names}", "");
    let mut all = Vec::new();
    for animal in zoo.animals.iter().filter(|animal| animal.name.contains(&only)) {
        let met = meet(animal);
        println!("{:<width$}  {}", met.name, line(&met));
        all.push(met);
    }
    report(&all)
}

fn meet(animal: &Animal) -> Met {
    // Of a place where nobody is, nothing can be said either.
    let truth = animal.truth.replace('-', "u");
    let ask = |(_, tool): &(&str, Tool)| {
        let began = Instant::now();
        let outcome = tool(animal).unwrap_or_else(|| "uuuuu".to_owned());
        Said { outcome, took: began.elapsed() }
    };
    let said = TOOLS.iter().map(ask).collect();
    Met { name: animal.name, truth, is_prompt: animal.is_prompt, said }
}

fn line(met: &Met) -> String {
    let mut line = met.truth.clone();
    for said in &met.said {
        let mark = if said.outcome == met.truth { ' ' } else { '!' };
        let _ = write!(line, "  {}{mark} {:>8.3} s ", said.outcome, said.took.as_secs_f64());
    }
    line
}

fn report(all: &[Met]) -> ExitCode {
    let right = |tool: usize| all.iter().filter(|met| met.said[tool].outcome == met.truth).count();
    // Where nothing answers, each waits as long as it was told to.
    let prompt: Vec<&Met> = all.iter().filter(|met| met.is_prompt).collect();
    let median = |tool: usize| {
        let mut took: Vec<f64> =
            prompt.iter().map(|met| met.said[tool].took.as_secs_f64()).collect();
        took.sort_by(f64::total_cmp);
        took.get(took.len() / 2).copied().unwrap_or(f64::NAN)
    };
    println!();
    for (tool, (name, _)) in TOOLS.iter().enumerate() {
        println!(
            "{name:<12} {} of {} right; median of the {} that answer: {:.3} s",
            right(tool),
            all.len(),
            prompt.len(),
            median(tool)
        );
    }
    let (best, fastest) = (right(1).max(right(2)), median(1).min(median(2)));
    let times = fastest / median(0);
    println!("at least as many right as the better of the others: {}", right(0) >= best);
    println!(
        "{times:.0} times as fast as the faster of the others, at least {TIMES}: {}",
        times >= TIMES
    );
    let is_good = right(0) >= best && times >= TIMES;
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where `make zoo` put what it installs.
fn tools() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(target).join("tools")
}

/// Standard output, however it ended.
fn output(command: &mut Command) -> Option<String> {
    let command = command.stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().expect("the program is there");
    String::from_utf8(output.stdout).ok()
}

fn limited(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("timeout");
    command.arg(PATIENCE_SECONDS).arg(program);
    command
}

fn fairwarning(animal: &Animal) -> Option<String> {
    let mut command = limited(env!("CARGO_BIN_EXE_fairwarning"));
    command.args(["probe", "--format", "json", "--allow", "127.0.0.0/8", "--allow", "::1"]);
    // The others ask for nothing over HTTP either.
    command.args(["--transport-only", "--timeout", "8", "--rate", "100000/s"]);
    command.arg("--resolve").arg(format!("{}={}", animal.host, animal.address.ip()));
    let folder = tempfile::tempdir().expect("a folder without declarations");
    let said = output(command.arg(animal.url()).current_dir(folder.path()))?;
    let lines: Value = serde_json::from_str(&said).ok()?;
    let transport = lines.get(0)?.get("transport")?;
    let letter = |version| match transport.get(version)?.get("is")?.as_str()? {
        "accepted" => Some('a'),
        "refused" => Some('r'),
        _ => Some('u'),
    };
    ["SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"].into_iter().map(letter).collect()
}

fn sslyze(animal: &Animal) -> Option<String> {
    let mut command = limited(tools().join("sslyze/bin/sslyze"));
    command.args(["--json_out=-", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3"]);
    let (address, port) = (animal.address.ip(), animal.address.port());
    let said = output(command.arg(format!("{}:{port}{{{address}}}", animal.host)))?;
    let all: Value = serde_json::from_str(&said).ok()?;
    let scan = all.get("server_scan_results")?.get(0)?.get("scan_result")?;
    let letter = |version: &str| {
        let one = scan.get(format!("{version}_cipher_suites"))?;
        let accepted = one.get("result").and_then(|result| result.get("accepted_cipher_suites"));
        match accepted.and_then(Value::as_array) {
            Some(ciphers) if ciphers.is_empty() => Some('r'),
            Some(_) => Some('a'),
            None => Some('u'),
        }
    };
    ["ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"].into_iter().map(letter).collect()
}

fn testssl(animal: &Animal) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("said.json");
    let mut command = limited("testssl");
    command.args(["--quiet", "--color", "0", "--warnings", "off", "-p", "--jsonfile"]);
    let port = animal.address.port();
    match animal.address.is_ipv6() {
        true => command.arg(&file).args(["-6", &format!("[::1]:{port}")]),
        false => command.arg(&file).args(["--ip", "127.0.0.1", &format!("{}:{port}", animal.host)]),
    };
    output(&mut command)?;
    let said: Value = serde_json::from_str(&std::fs::read_to_string(&file).ok()?).ok()?;
    let said = said.as_array()?;
    let letter = |version: &str| {
        let one = said.iter().find(|one| one["id"] == version);
        let finding = one.and_then(|one| one["finding"].as_str()).unwrap_or_default();
        match finding {
            // In its words, where a server neither takes a version nor chooses an older one.
            finding if finding.starts_with("connection failed rather than") => 'r',
            finding if finding.contains("not offered") => 'r',
            finding if finding.starts_with("offered") => 'a',
            _ => 'u',
        }
    };
    Some(["SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3"].map(letter).into_iter().collect())
}
