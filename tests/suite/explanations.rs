//! `fairwarning explain`: every example is checked, so that none goes stale.

use fairwarning::declaration::{Code, explanation};
use fairwarning::workspace;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// The moment that promises are judged at, as the explanations say.
const NOW: &str = "2026-06-15T12:00:00Z";

/// What an example leaves out of its files.
const NOTICE: &str = "title: Old labels end
kind: version
announced: 2026-01-01
summary: Old labels end.
schedule:
  cutoff: 2026-09-01
  rows:
    prod: {environment: prod, apis: [labels]}
";

/// The files of a section: what follows each fence's name.
fn files(text: &str, section: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let Some((_, after)) = text.split_once(&format!("## {section}\n")) else { return files };
    let section = after.split("\n## ").next().unwrap();
    for block in section.split("```yaml ").skip(1) {
        let (name, rest) = block.split_once('\n').unwrap();
        files.insert(name.to_owned(), rest.split("```").next().unwrap().to_owned());
    }
    files
}

/// `base` without the top-level keys that `piece` has, and then `piece`.
fn completed(base: &str, piece: &str) -> String {
    let key_of = |line: &str| match line.starts_with([' ', '#', '-']) {
        true => None,
        false => line.split_once(':').map(|(key, _)| key.to_owned()),
    };
    let own: Vec<_> = piece.lines().filter_map(key_of).collect();
    let (mut kept, mut is_kept) = (String::new(), true);
    for line in base.lines() {
        if let Some(key) = key_of(line) {
            is_kept = !own.contains(&key);
        }
        if is_kept {
            kept += &format!("{line}\n");
        }
    }
    kept + piece
}

/// A workspace of the program that tests of declarations use, with an example in it.
fn folder(text: &str, section: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("parcels");
    fs::create_dir(&program).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/declarations/base");
    let mut all = files(text, "Given");
    all.extend(files(text, section));
    for name in ["program.yaml", "apis.yaml"] {
        all.entry(name.to_owned()).or_default();
    }
    if !all.keys().any(|name| name.starts_with("labels.")) {
        all.insert("labels.yaml".to_owned(), String::new());
    }
    for (name, piece) in &all {
        let base = match name.starts_with("labels.") {
            true => NOTICE.to_owned(),
            false => fs::read_to_string(base.join(name)).unwrap_or_default(),
        };
        fs::write(program.join(name), completed(&base, piece)).unwrap();
    }
    dir
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairwarning")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The codes of all problems of an example.
fn codes(code: Code, section: &str) -> BTreeSet<String> {
    let dir = folder(explanation(code), section);
    if code == Code::DeadLink {
        let dir = dir.path().to_str().unwrap();
        let output = run(&["check", dir, "--links", "--format", "json"]);
        let problems: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        return problems.iter().map(|p| p["code"].as_str().unwrap().to_owned()).collect();
    }
    let checked = workspace::load(dir.path()).unwrap().check_at(Some(NOW.parse().unwrap()));
    checked.problems.iter().map(|problem| problem.code.as_str().to_owned()).collect()
}

#[test]
fn the_wrong_example_has_exactly_the_problem_it_explains() {
    let mut wrong = Vec::new();
    for code in Code::all() {
        let found = codes(*code, "Wrong");
        if found != BTreeSet::from([code.as_str().to_owned()]) {
            wrong.push(format!("{}: {found:?}", code.as_str()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_mended_example_has_no_problem() {
    let mut wrong = Vec::new();
    for code in Code::all() {
        let found = codes(*code, "Right");
        if !found.is_empty() {
            wrong.push(format!("{}: {found:?}", code.as_str()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_explanation_begins_with_its_code_and_says_why_in_short_lines() {
    for code in Code::all() {
        let text = explanation(*code);
        let name = code.as_str();
        assert!(text.starts_with(&format!("# {name}: ")), "{name}");
        assert!(text.lines().all(|line| line.chars().count() <= 110), "{name}");
        let why = text.split("\n\n").nth(1).unwrap();
        assert!(why.len() > 60 && !why.starts_with('#'), "{name}: {why}");
    }
}

#[test]
fn explain_lists_every_code_and_prints_each() {
    let list = stdout(&run(&["explain"]));
    assert_eq!(list.lines().count(), Code::all().len());
    for (code, line) in Code::all().iter().zip(list.lines()) {
        assert!(line.starts_with(code.as_str()), "{line}");
    }
    assert_eq!(stdout(&run(&["explain", "overlap"])), explanation(Code::Overlap));
}

#[test]
fn a_code_that_nobody_knows_gets_a_suggestion() {
    let output = run(&["explain", "overlop"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("did you mean `overlap`?"), "{said}");
}
