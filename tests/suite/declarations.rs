//! What `check` says to right and wrong declarations: each rejected file stands
//! beside the message it must get, each accepted one is a near miss.
//!
//! A file `NAME.yaml` is a notice of the program in `base/`; `NAME.apis.yaml`
//! and `NAME.program.yaml` take the place of that file of the program. A folder
//! `NAME` holds several of these at once; one with folders of locales in it is
//! laid over the whole of `base/`, whose notice it translates.
//! `FAIRWARNING_BLESS=1 cargo test` writes the messages anew, for review.

use fairwarning::cli::draw_problem;
use fairwarning::declaration::{Checked, ProgramSource, SourceFile, TranslationSource, check_at};
use std::collections::BTreeMap;
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
        translations: Vec::new(),
    }
}

/// The files of `base/`, with those of the folder at `path` laid over them.
fn base_under(path: &Path) -> ProgramSource {
    let mut files = BTreeMap::new();
    for root in [folder("base"), path.to_owned()] {
        for file in files_below(&root) {
            let name = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            files.insert(name.clone(), SourceFile::new(&name, &fs::read_to_string(&file).unwrap()));
        }
    }
    let mut program = base();
    let mut translations: BTreeMap<String, TranslationSource> = BTreeMap::new();
    for (name, file) in files {
        let stem = |name: &str| name.trim_end_matches(".yaml").to_owned();
        match name.split_once('/') {
            None if name == "program.yaml" => program.program = file,
            None if name == "apis.yaml" => program.apis = Some(file),
            None => program.notices.push((stem(&name), file)),
            Some((locale, name)) => {
                let translation = translations.entry(locale.to_owned()).or_default();
                locale.clone_into(&mut translation.locale);
                match name {
                    "program.yaml" => translation.program = Some(file),
                    "apis.yaml" => translation.apis = Some(file),
                    notice => translation.notices.push((stem(notice), file)),
                }
            }
        }
    }
    program.translations = translations.into_values().collect();
    program
}

fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found
}

/// The moment that overdue promises are judged at.
const NOW: &str = "2026-06-15T12:00:00Z";

fn has_folders(path: &Path) -> bool {
    fs::read_dir(path).unwrap().any(|entry| entry.unwrap().path().is_dir())
}

fn checked(path: &Path) -> Checked {
    let mut program = base();
    if path.is_dir() && has_folders(path) {
        program = base_under(path);
    } else if path.is_dir() {
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
