//! `fairwarning plan` in a terminal, in each of its formats.

use std::path::Path;
use std::process::{Command, Output};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/notices");

/// Exit code, standard output and standard error.
fn run_in(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder).arg("plan").args(words).env_clear();
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// The plan of the samples, which must be given.
fn plan(words: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (code, said, complaint) = run_in(folder.path(), &[&[SAMPLES], words].concat());
    assert_eq!(code, 0, "{complaint}");
    assert!(!folder.path().join("var").exists(), "asking makes no database");
    said
}

#[test]
fn the_table_shows_a_year_from_now_in_order() {
    let table = plan(&["--now", "2020-03-01", "--program", "usps-web-tools"]);
    let place = |text: &str| table.find(text).unwrap_or_else(|| panic!("{text}: {table}"));
    assert!(place("2020-03-14 09:00") < place("2020-03-23 09:00"));
    assert!(place("2020-03-30") < place("2020-09-27"));
    assert!(table.contains("reminder, 60 days before the cutoff"));
    assert!(!table.contains("onepagecrm"));
    let line = table.lines().find(|line| line.contains(" 2020-09-27 ")).unwrap();
    assert!(line.contains("prod-secure") && line.trim_end().ends_with('-'), "{line}");
}

#[test]
fn a_day_begins_with_the_programs_day() {
    // Midnight of the cutoff in New York is 04:00 UTC.
    let from = ["--program", "usps-web-tools", "--format", "csv", "--from", "2020-09-27"];
    assert!(plan(&from).contains("America/New_York,cutoff,2020-09-27"));
    let until = ["--from", "2020-09-20", "--until", "2020-09-27", "--format", "csv"];
    assert!(!plan(&until).contains("America/New_York,cutoff,2020-09-27"));
}

#[test]
fn json_has_what_every_entry_belongs_to() {
    let said = plan(&["--now", "2020-03-01", "--until", "2020-04-01", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    let entries = json["entries"].as_array().unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["announced", "reminder", "reminder", "reminder", "cutoff"]);
    assert_eq!(entries[3]["key"], "cutoff/1 day/2020-03-30T00:00:00-04:00");
    assert_eq!(entries[3]["until"], "2020-03-30T04:00:00Z");
    assert_eq!(entries[4]["rows"], serde_json::json!(["test-first-wave"]));
    assert_eq!(entries[4]["environments"], serde_json::json!(["test"]));
    assert!(entries[4].get("recipients").is_none(), "nobody can say");
}

#[test]
fn the_calendar_has_an_event_for_every_entry() {
    let ics = plan(&["--now", "2020-03-01", "--until", "2020-04-01", "--format", "ics"]);
    assert_eq!(ics.matches("BEGIN:VEVENT").count(), 5);
    let unfolded = ics.replace("\r\n ", "");
    assert!(unfolded.contains("SUMMARY:Reminder 1 day before the cutoff: USPS"), "{unfolded}");
    assert!(unfolded.contains("UID:plan/usps-web-tools/tls-1.2/test-first-wave/cutoff@usps.gov"));
    assert!(ics.lines().all(|line| line.trim_end_matches('\r').len() <= 75));
}

#[test]
fn a_formula_in_a_title_is_disarmed() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("notices/onepagecrm");
    std::fs::create_dir_all(&program).unwrap();
    for name in ["program.yaml", "apis.yaml", "tls-1.2.yaml"] {
        let text = std::fs::read_to_string(format!("{SAMPLES}/onepagecrm/{name}")).unwrap();
        let disguised = text.lines().map(|line| match line.strip_prefix("title: ") {
            Some(_) if name == "tls-1.2.yaml" => "title: \"=HYPERLINK(A1)\"",
            _ => line,
        });
        std::fs::write(program.join(name), disguised.collect::<Vec<_>>().join("\n")).unwrap();
    }
    let (_, csv, _) = run_in(folder.path(), &["--now", "2020-06-01", "--format", "csv"]);
    assert!(csv.contains(",'=HYPERLINK(A1),"), "{csv}");
}

#[test]
fn strikes_beyond_the_limit_and_open_dates_are_told_below() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("notices/parcels");
    std::fs::create_dir_all(&program).unwrap();
    let write = |name: &str, text: &str| std::fs::write(program.join(name), text).unwrap();
    write("program.yaml", include_str!("declarations/base/program.yaml"));
    write("apis.yaml", include_str!("declarations/base/apis.yaml"));
    write(
        "labels.yaml",
        "title: Old labels end\nkind: retirement\nannounced: 2026-01-01\nsummary: S.\nschedule:
  rows:
    prod: {environment: prod, apis: [labels], cutoff: 2027-01-01}
    test: {environment: test, apis: [labels], cutoff: to be announced}
  brownouts:
    daily: {rows: [prod], start: 2026-07-01T09:00, length: 1 hour, repeat: {every: 1 day, until: 2026-11-01}}
",
    );
    let words = ["--now", "2026-06-01"];
    let (_, table, _) = run_in(folder.path(), &words);
    assert!(table.contains("2026-07-01 09:00 to 10:00"), "{table}");
    assert!(table.contains("reminder, 7 days before the brownout daily "), "{table}");
    let more = "parcels/labels: 71 strikes more of brownout daily (prod) until 2026-11-01T14:00:00Z; \
                53 of a brownout are listed.";
    assert!(table.contains(more), "{table}");
    assert!(table.ends_with("parcels/labels: cutoff of test is to be announced.\n"), "{table}");
    let (_, csv, notes) = run_in(folder.path(), &[&words[..], &["--format", "csv"]].concat());
    assert!(notes.contains(more) && !csv.contains("more"), "{notes}");
    assert!(csv.contains(",reminder,,,7 days,brownout,daily,,"), "{csv}");
}

#[test]
fn moments_that_make_no_window_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| run_in(folder.path(), &[&[SAMPLES], words].concat());
    let (code, _, complaint) = run(&["--from", "2020-09-27", "--until", "2020-09-27"]);
    assert!(code == 1 && complaint.contains("ends before it begins"), "{complaint}");
    let (code, _, complaint) = run(&["--from", "2020-Q3"]);
    assert!(code == 2 && complaint.contains("names no moment"), "{complaint}");
    let (code, _, complaint) = run(&["--program", "nobody"]);
    assert!(code == 1 && complaint.contains("the workspace has constant-contact"), "{complaint}");
}

#[test]
fn recipients_are_counted_by_what_concerns_them() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
        let output = command.current_dir(folder.path()).args(words).env_clear().output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let usps = format!("{SAMPLES}/usps-web-tools");
    run(&["publish", &usps]);
    let (_, before, _) = run_in(folder.path(), &[&usps, "--now", "2020-03-01"]);
    assert!(!before.contains(" 0 \n"), "there is nobody to count yet: {before}");
    std::fs::write(
        folder.path().join("people.csv"),
        "address,programs,apis,environments\nall@example.org,usps-web-tools,,\n\
         tester@example.org,usps-web-tools,,test\nprod@example.org,usps-web-tools,Verify,prod\n\
         other@example.org,usps-web-tools,EDDMR,prod\n",
    )
    .unwrap();
    run(&["recipients", "import", "people.csv"]);
    let words = [&usps, "--now", "2020-03-01", "--format", "json"];
    let (_, said, _) = run_in(folder.path(), &words);
    let heard = |said: &str, kind: &str, row: Option<&str>| {
        let json: serde_json::Value = serde_json::from_str(said).unwrap();
        let entries = json["entries"].as_array().unwrap().iter();
        let of_row = |rows: &serde_json::Value| rows.get(0).and_then(|row| row.as_str()) == row;
        let mut found = entries.filter(|e| e["kind"] == kind && of_row(&e["rows"]));
        found.next().unwrap()["recipients"].as_u64().unwrap()
    };
    assert_eq!(heard(&said, "announced", None), 4, "the notice goes to everyone");
    assert_eq!(heard(&said, "cutoff", Some("test-first-wave")), 2);
    let prod = Some("prod-first-wave");
    assert_eq!(heard(&said, "reminder", prod), 3);
    let done = ["done", "usps-web-tools/tls-1.2", "--recipient", "all@example.org"];
    run(&[&done[..], &["--row", "prod-first-wave"]].concat());
    let (_, said, _) = run_in(folder.path(), &words);
    let reminded = heard(&said, "reminder", prod);
    assert_eq!(reminded, 2, "whoever is done is reminded no more");
    assert_eq!(heard(&said, "cutoff", Some("test-first-wave")), 2, "the others are as they were");
}
