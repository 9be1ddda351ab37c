//! The rules of the house that a compiler does not hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const MAX_LINES: usize = 500;
const MAX_MAIN_LINES: usize = 40;
const BANNED_NAMES: [&str; 4] = ["utils", "helpers", "common", "manager"];
const PURE: [&str; 8] =
    ["notice", "declaration", "schedule", "impact", "diff", "drift", "render", "links"];
/// What a pure module would need to reach outside.
const IMPURE_PATHS: [&str; 8] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::time::SystemTime",
    "tokio::",
    "std::io::",
    "crate::clock",
];

/// The form of a writer, which may be no more than a buffer in memory, and the number of a host,
/// which opens nothing.
const PURE_PATHS: [&str; 4] =
    ["std::io::Write", "std::io::Result", "std::io::ErrorKind", "std::net::IpAddr"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(below: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The top-level module that a source file belongs to.
fn module(path: &Path) -> String {
    let below = path.strip_prefix(root().join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

struct Rule {
    may_import: Vec<String>,
    owns: Vec<String>,
}

fn table() -> BTreeMap<String, Rule> {
    let map = fs::read_to_string(root().join("src/ARCHITECTURE.md")).unwrap();
    let rows = map.lines().skip_while(|line| !line.starts_with("| module |")).skip(2);
    let words = |cell: &str| cell.split(", ").map(|w| w.trim().to_owned()).collect::<Vec<_>>();
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            let rule = Rule { may_import: words(cells[1]), owns: words(cells[2]) };
            (cells[0].to_owned(), rule)
        })
        .collect()
}

/// Code without its comments, so that a word in a sentence is not an import.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules of ours that `code` names, also from `use crate::{a, b}`.
fn imported(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for after in code.split("crate::").skip(1) {
        let list = match after.strip_prefix('{') {
            Some(inner) => top_level_parts(inner),
            None => vec![after],
        };
        for part in list {
            let name: String = part
                .trim_start()
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            names.push(name);
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// `a::{x, y}, b}` split at the commas that are not inside inner braces.
fn top_level_parts(inner: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&inner[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let table = table();
    assert!(table.len() >= 14, "the table was not found");
    let mut wrong = Vec::new();
    for path in files("src") {
        let name = module(&path);
        if matches!(name.as_str(), "main" | "lib" | "cli") {
            continue;
        }
        let rule = table.get(&name).unwrap_or_else(|| panic!("{name} is not in the table"));
        for import in imported(&code(&path)) {
            let known = table.contains_key(&import);
            let allowed = import == name || import == "notice" || rule.may_import.contains(&import);
            if known && !allowed {
                wrong.push(format!("{}: {name} may not import {import}", shown(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_outside_crate_has_the_owner_that_the_table_names() {
    let crates: Vec<(String, String)> = table()
        .into_iter()
        .flat_map(|(module, rule)| rule.owns.into_iter().map(move |what| (what, module.clone())))
        .filter(|(what, _)| !what.contains(' '))
        .collect();
    assert!(crates.len() >= 8, "{crates:?}");
    let mut wrong = Vec::new();
    for path in files("src") {
        let code = code(&path);
        for (what, owner) in &crates {
            let is_used =
                code.contains(&format!("{what}::")) || code.contains(&format!("use {what};"));
            if is_used && module(&path) != *owner {
                wrong.push(format!("{}: {what} belongs to {owner}", shown(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_modules_reach_nothing_outside() {
    let mut wrong = Vec::new();
    for path in files("src").into_iter().filter(|p| PURE.contains(&module(p).as_str())) {
        let code = PURE_PATHS.into_iter().fold(code(&path), |code, pure| code.replace(pure, ""));
        let found = IMPURE_PATHS.into_iter().filter(|outside| code.contains(outside));
        wrong.extend(found.map(|outside| format!("{}: {outside}", shown(&path))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_its_job_first_and_stays_short() {
    let mut wrong = Vec::new();
    for path in files("src").into_iter().chain(files("tests")) {
        let text = fs::read_to_string(&path).unwrap();
        if !text.starts_with("//!") {
            wrong.push(format!("{} does not open with //!", shown(&path)));
        }
        let lines = text.lines().count();
        let limit = if path.ends_with("src/main.rs") { MAX_MAIN_LINES } else { MAX_LINES };
        if lines > limit {
            wrong.push(format!("{} has {lines} lines, more than {limit}", shown(&path)));
        }
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if BANNED_NAMES.contains(&stem) {
            wrong.push(format!("{}: `{stem}` says nothing", shown(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_tests_is_part_of_the_suite() {
    let main = fs::read_to_string(root().join("tests/suite/main.rs")).unwrap();
    let folder = fs::read_dir(root().join("tests/suite")).unwrap();
    for path in folder.map(|entry| entry.unwrap().path()) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_source = path.extension().is_some_and(|e| e == "rs") && name != "main";
        let is_part = main.lines().any(|line| line == format!("mod {name};"));
        assert!(!is_source || is_part, "`mod {name};` is missing in tests/suite/main.rs");
    }
}
