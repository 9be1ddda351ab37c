//! `fairwarning init`: a workspace to begin with.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use fairwarning::notice::Span;
use fairwarning::workspace::{self, starter, write_starter};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn init(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairwarning")).arg("init").args(arguments).output().unwrap()
}

/// Writes the starter as of `today`, and says what `check` finds in it then.
fn problems_on(today: NaiveDate) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    write_starter(dir.path(), &starter(&"example".parse().unwrap(), today)).unwrap();
    let now = today.and_time(NaiveTime::MIN).and_utc();
    let checked = workspace::load(dir.path()).unwrap().check_at(Some(now));
    checked.problems.iter().map(|problem| problem.message.clone()).collect()
}

/// The days that the starter's notice names, comments left out.
fn days(today: NaiveDate) -> Vec<NaiveDate> {
    let files = starter(&"example".parse().unwrap(), today);
    let (_, notice) = files.iter().find(|(path, _)| path.ends_with("orders-v1.yaml")).unwrap();
    let lines = notice.lines().filter(|line| !line.trim_start().starts_with('#'));
    let values = lines.filter_map(|line| line.split_once(": "));
    values
        .filter(|(_, value)| value.parse::<Span>().is_ok())
        .map(|(_, value)| value.get(..10).and_then(|day| day.parse().ok()).expect("a day"))
        .collect()
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
    prop_oneof![
        (1990i32..2900, 1u32..=366).prop_filter_map("a day", |(y, n)| NaiveDate::from_yo_opt(y, n)),
        (1990i32..2900).prop_filter_map("a leap day", move |year| day(year, 2, 29)),
        (1990i32..2900, 28u32..=31).prop_filter_map("a year's end", move |(y, d)| day(y, 12, d)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_starter_is_clean_on_any_day(today in any_day()) {
        prop_assert_eq!(problems_on(today), Vec::<String>::new());
    }

    #[test]
    fn its_dates_are_to_come_and_working_days(today in any_day()) {
        let days = days(today);
        prop_assert_eq!(days.len(), 5);
        for day in days {
            prop_assert!(day > today);
            prop_assert!(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun), "{}", day);
        }
    }
}

#[test]
fn init_writes_a_workspace_and_says_what_comes_next() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = dir.path().join("notices");
    let output = init(&[workspace.to_str().unwrap(), "--program", "parcels"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for part in ["parcels/program.yaml", "fairwarning check", "render parcels/orders-v1 --to text"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    let check =
        Command::new(env!("CARGO_BIN_EXE_fairwarning")).arg("check").arg(&workspace).output();
    assert_eq!(check.unwrap().stdout, b"1 program, 1 notice: no problems\n");
}

#[test]
fn what_is_there_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("example");
    fs::create_dir(&program).unwrap();
    fs::write(program.join("apis.yaml"), "apis: {}\n").unwrap();
    let output = init(&[dir.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("example/apis.yaml is there already"), "{said}");
    assert_eq!(fs::read_to_string(program.join("apis.yaml")).unwrap(), "apis: {}\n");
    assert!(!program.join("program.yaml").exists(), "nothing was written");
}

#[test]
fn a_second_program_shares_the_schemas_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["letters", "parcels"] {
        assert_eq!(init(&[dir.path().to_str().unwrap(), "--program", name]).status.code(), Some(0));
    }
    assert_eq!(workspace::load(dir.path()).unwrap().programs.len(), 2);
}

#[test]
fn each_file_names_a_schema_that_is_there() {
    let files = starter(&"example".parse().unwrap(), NaiveDate::from_ymd_opt(2026, 6, 15).unwrap());
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("example")) {
        let line = text.lines().next().unwrap();
        let named = line.strip_prefix("# yaml-language-server: $schema=../").expect("a modeline");
        assert!(files.iter().any(|(path, _)| path == Path::new(named)), "{}", path.display());
    }
}

#[test]
fn a_program_that_could_not_be_a_folder_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let output = init(&[dir.path().to_str().unwrap(), "--program", "../elsewhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
