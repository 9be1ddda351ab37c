//! `fairwarning impacted` in a terminal, and `fairwarning serve` as a process.

use fairwarning::clock::Clock;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/notices");

/// The program in an empty folder of its own.
struct Terminal(TempDir);

impl Terminal {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
        command.current_dir(self.0.path()).args(words).env_clear();
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Standard output of a run that must end well.
    fn say(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_folder_is_shown_with_the_same_filters_as_the_api() {
    let terminal = Terminal::new();
    let json = terminal.say(&[
        "impacted",
        "--workspace",
        SAMPLES,
        "--format",
        "json",
        "--api",
        "holdForPickup",
        "--environment",
        "prod",
        "--on",
        "2020-05-01",
    ]);
    let lines: serde_json::Value = serde_json::from_str(&json).unwrap();
    let states: Vec<_> = lines.as_array().unwrap().iter().map(|l| l["state"].clone()).collect();
    assert_eq!(states, ["cut-off", "announced"]);
}

#[test]
fn the_table_names_every_line_and_says_where_it_comes_from() {
    let terminal = Terminal::new();
    let output = terminal.run(&[
        "impacted",
        "--workspace",
        SAMPLES,
        "--program",
        "usps-web-tools",
        "--limit",
        "3",
    ]);
    let table = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(table.contains("usps-web-tools/tls-1.2"), "{table}");
    assert!(table.contains("2020-03-30"), "{table}");
    assert!(complaint(&output).contains("From the folder"));
    assert!(complaint(&output).contains("3 of 44 lines are shown."));
}

#[test]
fn what_was_published_is_shown_before_any_folder() {
    let terminal = Terminal::new();
    terminal.say(&["publish", &format!("{SAMPLES}/onepagecrm")]);
    let output = terminal.run(&["impacted", "--format", "csv"]);
    let csv = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(csv.lines().count(), 2, "a head and one line: {csv}");
    assert!(complaint(&output).starts_with("From publication 1 "), "{}", complaint(&output));
}

#[test]
fn asking_makes_no_database() {
    let terminal = Terminal::new();
    let output = terminal.run(&["impacted"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("--workspace"), "{}", complaint(&output));
    assert!(!terminal.0.path().join("var").exists());
}

#[test]
fn filters_that_are_not_understood_are_all_told() {
    let output = Terminal::new().run(&["impacted", "--state", "gone", "--on", "soon"]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = complaint(&output);
    assert!(complaint.contains("--state: `gone`"), "{complaint}");
    assert!(complaint.contains("--on: `soon`"), "{complaint}");
}

#[test]
fn what_was_declared_earlier_is_shown_as_of_then() {
    let terminal = Terminal::new();
    let folder = terminal.0.path().join("notices/onepagecrm");
    copy(&Path::new(SAMPLES).join("onepagecrm"), &folder);
    terminal.say(&["publish"]);
    let shown = terminal.run(&["impacted", "--as-of", "2020-01-01"]);
    assert_eq!(shown.status.code(), Some(1));
    assert!(complaint(&shown).contains("nothing had been published at that moment"));
    let ahead = terminal.run(&["impacted", "--as-of", "2999-01-01"]);
    assert!(complaint(&ahead).contains("it lies ahead"), "{}", complaint(&ahead));
    let between = Clock::system().now().to_rfc3339();
    let catalogue = folder.join("apis.yaml");
    let text = std::fs::read_to_string(&catalogue).unwrap();
    let text = text.replace("title: OnePageCRM API", "title: Another title");
    std::fs::write(&catalogue, text).unwrap();
    terminal.say(&["publish"]);
    assert!(terminal.say(&["impacted", "--format", "csv"]).contains("Another title"));
    let then = terminal.say(&["impacted", "--format", "csv", "--as-of", &between]);
    assert!(then.contains("OnePageCRM API") && !then.contains("Another title"), "{then}");
}

/// Two rows that differ in whom they apply to, cut off by clocks in New York.
fn cohorts(terminal: &Terminal) {
    let folder = terminal.0.path().join("parcels");
    std::fs::create_dir(&folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("program.yaml", include_str!("declarations/base/program.yaml"));
    write("apis.yaml", include_str!("declarations/base/apis.yaml"));
    write("labels.yaml", include_str!("declarations/accepted/rolling-end-of-its-own.yaml"));
}

#[test]
fn lines_show_to_whom_they_apply_on_whose_clocks_and_when_they_are_complete() {
    let terminal = Terminal::new();
    cohorts(&terminal);
    let words = ["impacted", "--workspace", "parcels", "--environment", "prod"];
    let table = terminal.say(&words);
    let cells = |line: &str| line.split("  ").map(str::trim).filter(|c| !c.is_empty()).count();
    for shown in ["only extended", "America/New_York", "complete 2026-10-30"] {
        assert!(table.contains(shown), "{shown}: {table}");
    }
    assert_eq!(cells(table.lines().next().unwrap()), 7, "{table}");
    let csv = terminal.say(&[&words[..], &["--format", "csv"]].concat());
    assert!(csv.lines().next().unwrap().contains(",cohort,zone,"), "{csv}");
    let open = ",extended,America/New_York,,to be announced,to be announced,,announced";
    assert!(csv.contains(open), "{csv}");
}

#[test]
fn a_notice_is_asked_for_as_the_table_writes_it() {
    let terminal = Terminal::new();
    cohorts(&terminal);
    let ask =
        |words: &[&str]| terminal.run(&[&["impacted", "--workspace", "parcels"], words].concat());
    let shown = |words: &[&str]| String::from_utf8(ask(words).stdout).unwrap();
    assert!(shown(&["--notice", "parcels/labels"]).contains("parcels/labels"));
    assert!(shown(&["--notice", "letters/labels"]).contains("Nothing announced matches."));
    let both = ask(&["--notice", "letters/labels", "--program", "parcels"]);
    assert_eq!(both.status.code(), Some(2), "two programs are asked for");
    // As declarations write it, without seconds.
    assert!(shown(&["--on", "2026-09-01T12:00Z"]).contains(" due "));
    let vague = ask(&["--on", "2026-09-01T12:00"]);
    assert!(complaint(&vague).contains("2020-09-27T14:00Z"), "{}", complaint(&vague));
}

#[test]
fn a_name_that_nothing_has_is_told_apart_from_one_that_nothing_concerns() {
    let terminal = Terminal::new();
    cohorts(&terminal);
    let told = |environment: &str| {
        let words = ["impacted", "--workspace", "parcels", "--environment", environment];
        complaint(&terminal.run(&words))
    };
    let title = told("production");
    assert!(title.contains("Nothing has that environment. Did you mean `prod`?"), "{title}");
    assert!(told("moon").ends_with("Nothing has that environment.\n"), "{}", told("moon"));
    assert!(!told("test").contains("Nothing has"), "{}", told("test"));
}

#[test]
fn a_cell_that_looks_like_a_formula_is_disarmed() {
    let terminal = Terminal::new();
    let folder = terminal.0.path().join("sums");
    copy(&Path::new(SAMPLES).join("onepagecrm"), &folder);
    let catalogue = folder.join("apis.yaml");
    let text = std::fs::read_to_string(&catalogue).unwrap();
    assert!(text.contains("title: OnePageCRM API"));
    let text = text.replace("title: OnePageCRM API", "title: \"=HYPERLINK(A1)\"");
    std::fs::write(&catalogue, text).unwrap();
    let csv = terminal.say(&["impacted", "--workspace", "sums", "--format", "csv"]);
    assert!(csv.contains(",'=HYPERLINK(A1),"), "{csv}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A running service, ended with the test.
struct Serving {
    child: Child,
    said: Vec<String>,
    address: String,
}

impl Serving {
    fn start(terminal: &Terminal) -> Self {
        let mut command = terminal.command(&["serve", SAMPLES, "--listen", "127.0.0.1:0"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut serving = Self { child, said: Vec::new(), address: String::new() };
        for line in BufReader::new(serving.child.stdout.take().unwrap()).lines() {
            serving.said.push(line.unwrap());
            let last = serving.said.last().unwrap();
            if let Some((_, address)) = last.split_once("Serving on ") {
                serving.address = address.to_owned();
                return serving;
            }
        }
        panic!("it ended without serving: {:?}", serving.said);
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn an_empty_database_is_published_once_and_served() {
    let terminal = Terminal::new();
    let mut first = Serving::start(&terminal);
    assert!(first.said[0].contains("Nothing was published before"), "{:?}", first.said);
    let url = format!("{}/api/v1/impacted", first.address);
    let body = reqwest::get(&url).await.unwrap().text().await.unwrap();
    let table: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(table["total"], 46);
    first.signal("-TERM");
    assert!(first.child.wait().unwrap().success(), "told to stop, it ends well");
    let mut second = Serving::start(&terminal);
    assert_eq!(second.said.len(), 1, "{:?}", second.said);
    second.signal("-INT");
    assert!(second.child.wait().unwrap().success());
}

#[test]
fn a_row_for_some_integrators_does_not_look_like_one_for_everyone() {
    let terminal = Terminal::new();
    let everything = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/everything");
    let program = terminal.0.path().join("notices/harbour");
    std::fs::create_dir_all(&program).unwrap();
    for (from, to) in
        [("program", "program"), ("apis", "apis"), ("notice", "berths")].map(|(a, b)| {
            (Path::new(everything).join(format!("{a}.yaml")), program.join(format!("{b}.yaml")))
        })
    {
        std::fs::copy(from, to).unwrap();
    }
    let table = terminal.say(&["impacted", "--environment", "quay", "--on", "2026-02-01"]);
    let line = table.lines().position(|line| line.contains("winter timetable")).unwrap();
    let cell: Vec<_> = table.lines().skip(line).take(2).collect();
    assert!(cell.iter().any(|line| line.contains("only ferries")), "{table}");
    assert_eq!(table.matches("only ferries").count(), 1, "{table}");
}
