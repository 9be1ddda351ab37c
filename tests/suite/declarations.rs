//! What `check` says to right and wrong declarations: each rejected file stands
//! beside the message it must get, each accepted one is a near miss.
//!
//! A file `NAME.yaml` is a notice of the program in `base/`; `NAME.apis.yaml`
//! and `NAME.program.yaml` take the place of that file of the program. A folder
//! `NAME` is laid over the whole of `base/`, whose notice it translates.
//! `FAIRWARNING_BLESS=1 cargo test` writes the messages anew, for review.

use fairwarning::cli::draw_problem;
use fairwarning::declaration::{Checked, ProgramSource, SourceFile, TranslationSource, check};
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
        for file in yaml_files(&root) {
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

fn yaml_files(root: &Path) -> Vec<PathBuf> {
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

fn checked(path: &Path) -> Checked {
    if path.is_dir() {
        return check(&[base_under(path)]);
    }
    let name = path.file_name().unwrap().to_str().unwrap();
    let file = SourceFile::new(name, &fs::read_to_string(path).unwrap());
    let mut program = base();
    if name.ends_with(".apis.yaml") {
        program.apis = Some(file);
    } else if name.ends_with(".program.yaml") {
        program.program = file;
    } else {
        program.notices.push((name.trim_end_matches(".yaml").to_owned(), file));
    }
    check(&[program])
}

fn cases(name: &str) -> Vec<PathBuf> {
    let mut cases: Vec<_> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml") || path.is_dir())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

#[test]
fn every_rejected_declaration_gets_its_message() {
    let bless = std::env::var_os("FAIRWARNING_BLESS").is_some();
    for path in cases("rejected") {
        let checked = checked(&path);
        assert!(checked.workspace.is_none(), "{} was accepted", path.display());
        let drawn: Vec<_> =
            checked.problems.iter().map(|problem| draw_problem(problem, false)).collect();
        let drawn = drawn.join("\n\n") + "\n";
        let expected = path.with_extension("txt");
        if bless {
            fs::write(&expected, &drawn).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap();
        assert_eq!(drawn, expected, "{}", path.display());
    }
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

#[test]
fn a_hundred_thousand_brackets_are_refused_at_once() {
    let mut program = base();
    let text = "[".repeat(100_000);
    program.notices.push(("deep".to_owned(), SourceFile::new("deep.yaml", &text)));
    let checked = check(&[program]);
    assert_eq!(checked.problems[0].code.as_str(), "too-large", "{:?}", checked.problems);
}

#[test]
fn forty_nine_levels_are_too_deep_and_say_so() {
    let mut program = base();
    let text = format!("title: {}", "[".repeat(60));
    program.notices.push(("deep".to_owned(), SourceFile::new("deep.yaml", &text)));
    let checked = check(&[program]);
    assert!(checked.problems[0].message.contains("nested more than 48"), "{:?}", checked.problems);
}

#[test]
fn a_file_too_large_is_refused_unread() {
    let mut program = base();
    let text = "title: x\n".repeat(1_200_000);
    program.notices.push(("large".to_owned(), SourceFile::new("large.yaml", &text)));
    let checked = check(&[program]);
    assert!(checked.problems[0].message.contains("at most 4 MiB"), "{:?}", checked.problems);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let text = fs::read_to_string(folder("accepted").join("one-row.yaml")).unwrap();
    let mut notices = Vec::new();
    for text in [text.clone(), format!("\u{feff}{}", text.replace('\n', "\r\n"))] {
        let mut program = base();
        program.notices.push(("one-row".to_owned(), SourceFile::new("one-row.yaml", &text)));
        let workspace = check(&[program]).workspace.expect("both are sound");
        notices.push(workspace.programs["parcels"].notices["one-row"].clone());
    }
    assert_eq!(notices[0], notices[1]);
}

mod hostile {
    use super::{SourceFile, base, check};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_makes_check_panic(text in "(\\PC|[\n\t:&*{}\\[\\]'\"|>#%@-]){0,200}") {
            let mut program = base();
            program.notices.push(("any".to_owned(), SourceFile::new("any.yaml", &text)));
            let checked = check(&[program]);
            prop_assert!(checked.workspace.is_none());
        }

        #[test]
        fn a_sound_notice_with_one_byte_changed_never_panics(at in 0usize..2000, byte in 0u8..128) {
            let text = include_str!("../../notices/usps-web-tools/tls-1.2.yaml");
            let mut bytes = text.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
            let mut program = base();
            program.notices.push(("any".to_owned(), SourceFile::new("any.yaml", &text)));
            check(&[program]);
        }
    }
}
