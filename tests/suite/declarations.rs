//! What `check` says to right and wrong declarations: each rejected file stands
//! beside the message it must get, each accepted one is a near miss.
//!
//! A file `NAME.yaml` is a notice of the program in `base/`; `NAME.apis.yaml`
//! and `NAME.program.yaml` take the place of that file of the program. A folder
//! `NAME` holds several of these at once.
//! `FAIRWARNING_BLESS=1 cargo test` writes the messages anew, for review.

use fairwarning::cli::draw_problem;
use fairwarning::declaration::{Checked, ProgramSource, SourceFile, check_at};
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/declarations").join(name)
}

fn base() -> ProgramSource {
    let read =
        |name: &str| SourceFile::new(name, &fs::read_to_string(folder("base").join(name)).unwrap());
    ProgramSource {
        id: "parcels".to_owned(),
        program: read("program.yaml"),
        apis: Some(read("apis.yaml")),
        notices: Vec::new(),
    }
}

/// The moment that overdue promises are judged at.
const NOW: &str = "2026-06-15T12:00:00Z";

fn checked(path: &Path) -> Checked {
    let mut program = base();
    if path.is_dir() {
        yaml_files(path).iter().for_each(|file| put(&mut program, file));
    } else {
        put(&mut program, path);
    }
    check_at(&[program], Some(NOW.parse().unwrap()))
}

fn put(program: &mut ProgramSource, path: &Path) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let file = SourceFile::new(name, &fs::read_to_string(path).unwrap());
    let is = |file: &str| name == file || name.ends_with(&format!(".{file}"));
    if is("apis.yaml") {
        program.apis = Some(file);
    } else if is("program.yaml") {
        program.program = file;
    } else {
        program.notices.push((name.trim_end_matches(".yaml").to_owned(), file));
    }
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    files
}

fn cases(name: &str) -> Vec<PathBuf> {
    let mut cases: Vec<_> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

#[test]
fn every_rejected_declaration_gets_its_message() {
    for path in cases("rejected") {
        let checked = checked(&path);
        assert!(checked.workspace.is_none(), "{} was accepted", path.display());
        compare(&path, &checked);
    }
}

#[test]
fn every_warning_leaves_a_usable_workspace_and_gets_its_message() {
    for path in cases("warned") {
        let checked = checked(&path);
        assert!(checked.workspace.is_some(), "{} was rejected", path.display());
        assert!(!checked.problems.is_empty(), "{} was not warned of", path.display());
        compare(&path, &checked);
    }
}

/// Holds the messages to those in the file beside the case.
fn compare(path: &Path, checked: &Checked) {
    let drawn: Vec<_> =
        checked.problems.iter().map(|problem| draw_problem(problem, false)).collect();
    let drawn = drawn.join("\n\n") + "\n";
    let expected = path.with_extension("txt");
    if std::env::var_os("FAIRWARNING_BLESS").is_some() {
        fs::write(&expected, &drawn).unwrap();
    }
    let expected = fs::read_to_string(&expected).unwrap();
    assert_eq!(drawn, expected, "{}", path.display());
}

#[test]
fn every_accepted_declaration_has_no_problem() {
    for path in cases("accepted") {
        let checked = checked(&path);
        let drawn: Vec<_> =
            checked.problems.iter().map(|problem| draw_problem(problem, false)).collect();
        assert!(drawn.is_empty(), "{}", drawn.join("\n\n"));
    }
}
