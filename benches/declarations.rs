//! What `check` costs over many notices, and what one question about dates costs.
//!
//! It prints figures and asserts nothing: a figure is for reading beside the
//! machine it was taken on. The notices are copies of the USPS sample under other
//! names, in programs of a hundred.
//!
//! `declarations [NOTICES…]` takes other counts than 10,000 and 100,000.

#[path = "shared/machine.rs"]
#[allow(dead_code)]
mod machine;

use chrono::{DateTime, TimeDelta, Utc};
use fairwarning::notice::Workspace;
use fairwarning::schedule::{next_edge, next_reminder, state};
use fairwarning::workspace;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const NOTICES_PER_PROGRAM: usize = 100;
const COUNTS: [usize; 2] = [10_000, 100_000];
/// Questions asked for one figure.
const QUESTIONS: usize = 1_000_000;
/// Set in the process that measures its own memory, to the folder it checks.
const MEASURED: &str = "FAIRWARNING_MEASURED";

fn main() {
    if let Some(dir) = std::env::var_os(MEASURED) {
        return measured(Path::new(&dir));
    }
    let asked: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let counts = if asked.is_empty() { COUNTS.to_vec() } else { asked };
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    println!("check, end to end, on {cores} cores");
    let mut first = None;
    for count in counts {
        let dir = tempfile::tempdir().expect("a folder for the notices");
        let bytes = generate(dir.path(), count);
        let cost = check(dir.path(), count, bytes);
        if let Some(before) = first.replace(cost) {
            let times = |now: Duration, then: Duration| now.as_secs_f64() / then.as_secs_f64();
            println!(
                "  {:.1} times the time of the line before, and {:.1} times the processors'",
                times(cost.0, before.0),
                times(cost.1, before.1)
            );
        }
        let status = Command::new(std::env::current_exe().expect("this program"))
            .env(MEASURED, dir.path())
            .status();
        assert!(status.is_ok_and(|status| status.success()), "the measured process failed");
    }
}

/// Writes the programs and says how many bytes their notices have.
fn generate(dir: &Path, count: usize) -> usize {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("notices/usps-web-tools");
    let read = |name: &str| fs::read_to_string(sample.join(name)).expect("a sample");
    let (program, apis, notice) = (read("program.yaml"), read("apis.yaml"), read("tls-1.2.yaml"));
    for at in 0..count.div_ceil(NOTICES_PER_PROGRAM) {
        let folder = dir.join(format!("program-{at}"));
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("program.yaml"), &program).expect("a file");
        fs::write(folder.join("apis.yaml"), &apis).expect("a file");
        for n in 0..NOTICES_PER_PROGRAM.min(count - at * NOTICES_PER_PROGRAM) {
            fs::write(folder.join(format!("notice-{n}.yaml")), &notice).expect("a file");
        }
    }
    notice.len() * count
}

/// Times the program itself, the best of three: until it ends, and on processors.
fn check(dir: &Path, count: usize, bytes: usize) -> (Duration, Duration) {
    let mut best = (Duration::MAX, Duration::ZERO);
    for _ in 0..3 {
        let (begun, before) = (Instant::now(), machine::children());
        let output = Command::new(env!("CARGO_BIN_EXE_fairwarning")).arg("check").arg(dir).output();
        let took = begun.elapsed();
        let output = output.expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        best = best.min((took, machine::children() - before));
    }
    let (took, worked) = best;
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{count:7} notices, {megabytes:.1} MB: {:.2} s; {:.2} s on processors, which is {:.1} MB/s a core; {:.2} cores in use",
        took.as_secs_f64(),
        worked.as_secs_f64(),
        megabytes / worked.as_secs_f64(),
        worked.as_secs_f64() / took.as_secs_f64(),
    );
    best
}

/// In a process of its own: the parts of `check`, its memory, and the questions.
fn measured(dir: &Path) {
    let begun = Instant::now();
    let loaded = workspace::load(dir).expect("the folder was generated");
    let read = begun.elapsed();
    let checked = loaded.check();
    let judged = begun.elapsed() - read;
    let workspace = checked.workspace.expect("the sample is sound");
    println!(
        "        read in {:.2} s, checked in {:.2} s, at most {} MB of memory",
        read.as_secs_f64(),
        judged.as_secs_f64(),
        machine::peak_kilobytes(std::process::id()).unwrap_or(0) / 1000,
    );
    questions(&workspace);
}

/// One question each to rows of all notices in turn, so that no answer is warm.
fn questions(workspace: &Workspace) {
    let rows: Vec<_> = workspace
        .notices()
        .flat_map(|(_, notice)| notice.schedule.rows.iter().map(move |row| (notice, row)))
        .collect();
    let start: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(365 * 50);
    let at = |n: usize| start + TimeDelta::minutes((n % 500_000) as i64);
    let pick = |n: usize| rows[n * 7919 % rows.len()];
    time("state of a row at a moment", |n| {
        let (notice, (id, row)) = pick(n);
        black_box(state(notice, id, row, None, at(n)));
    });
    time("next moment at which a row's state changes", |n| {
        let (notice, (id, row)) = pick(n);
        black_box(next_edge(notice, id, row, at(n)));
    });
    let notices: Vec<_> = workspace.notices().collect();
    time("next reminder of a notice after a moment", |n| {
        let (program, notice) = notices[n * 7919 % notices.len()];
        black_box(next_reminder(notice, &program.settings, at(n)));
    });
}

/// By the processor's time, which other programs do not take from.
fn time(what: &str, ask: impl Fn(usize)) {
    let begun = machine::own_processor();
    (0..QUESTIONS).for_each(ask);
    let worked = machine::own_processor() - begun;
    println!("        {what}: {} ns", worked.as_nanos() / QUESTIONS as u128);
}
