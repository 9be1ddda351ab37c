//! The JSON Schemas: kept with the samples, no narrower than `check`, and judged
//! by a validator that is not ours.

use crate::declared::sample_file;
use fairwarning::declaration::{FileKind, ProgramSource, SourceFile, check, schema};
use fairwarning::notice::{
    Colour, EmailAddress, HttpUrl, Length, Locale, Operation, Reference, Replacement, Span,
};
use fairwarning::workspace::starter;
use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files that a validator is to judge, by kind.
struct Judged {
    dir: TempDir,
}

impl Judged {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for kind in FileKind::ALL {
            fs::write(dir.path().join(kind.schema_file()), schema(kind)).unwrap();
            fs::create_dir(Self::folder(dir.path(), kind)).unwrap();
        }
        Self { dir }
    }

    fn folder(dir: &Path, kind: FileKind) -> PathBuf {
        dir.join(format!("{kind:?}"))
    }

    fn put(&self, kind: FileKind, name: &str, text: &str) {
        fs::write(Self::folder(self.dir.path(), kind).join(name), text).unwrap();
    }

    fn put_json(&self, kind: FileKind, name: &str, value: &Value) {
        self.put(kind, &format!("{name}.json"), &value.to_string());
    }

    /// What check-jsonschema refuses, each by its name, with its words.
    fn refused(&self) -> Vec<(String, String)> {
        FileKind::ALL.into_iter().flat_map(|kind| self.refused_of(kind)).collect()
    }

    fn refused_of(&self, kind: FileKind) -> Vec<(String, String)> {
        let files = fs::read_dir(Self::folder(self.dir.path(), kind)).unwrap();
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        if files.is_empty() {
            return Vec::new();
        }
        files.sort();
        let output = Command::new(tools().join("venv/bin/python"))
            .args(["-m", "check_jsonschema", "--output-format", "json", "--schemafile"])
            .arg(self.dir.path().join(kind.schema_file()))
            .args(files)
            .output()
            .expect("tools/setup-schema.sh installs it");
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let list = |key: &str| report[key].as_array().cloned().unwrap_or_default();
        assert_eq!(list("parse_errors"), Vec::<Value>::new());
        let name = |error: &Value| {
            let path = error["filename"].as_str().expect("an error names its file");
            Path::new(path).file_name().unwrap().to_str().unwrap().to_owned()
        };
        list("errors").iter().map(|error| (name(error), error.to_string())).collect()
    }
}

pub fn tools() -> PathBuf {
    let setup = Command::new("bash").arg(root().join("tools/setup-schema.sh")).status();
    assert!(setup.expect("bash is there").success());
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(target).join("tools")
}

#[test]
fn the_schemas_kept_are_those_that_the_program_prints() {
    for kind in FileKind::ALL {
        let path = root().join("schemas").join(kind.schema_file());
        if std::env::var_os("FAIRWARNING_BLESS").is_some() {
            fs::write(&path, schema(kind)).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), schema(kind), "{}", path.display());
    }
    let printed = Command::new(env!("CARGO_BIN_EXE_fairwarning")).args(["schema", "apis"]).output();
    assert_eq!(String::from_utf8(printed.unwrap().stdout).unwrap(), schema(FileKind::Apis));
}

/// The description of a schema, or of what it refers to.
fn is_described(root: &Value, schema: &Value) -> bool {
    let parts = |key: &str| schema[key].as_array().cloned().unwrap_or_default();
    let target = schema["$ref"].as_str().map(|path| path.trim_start_matches('#'));
    schema["description"].is_string()
        || target.and_then(|path| root.pointer(path)).is_some_and(|to| is_described(root, to))
        || parts("allOf").iter().any(|part| is_described(root, part))
}

fn every_key(root: &Value, schema: &Value, at: &str, undescribed: &mut Vec<String>) {
    match schema {
        Value::Object(keys) => {
            for (key, inner) in keys {
                if let ("properties", Value::Object(properties)) = (key.as_str(), inner) {
                    let missing = properties.iter().filter(|(_, s)| !is_described(root, s));
                    undescribed.extend(missing.map(|(name, _)| format!("{at}/{name}")));
                    assert_eq!(schema["additionalProperties"], false, "{at}");
                }
                every_key(root, inner, &format!("{at}/{key}"), undescribed);
            }
        }
        Value::Array(items) => items.iter().for_each(|s| every_key(root, s, at, undescribed)),
        _ => {}
    }
}

#[test]
fn every_key_is_described_and_no_other_is_allowed() {
    for kind in FileKind::ALL {
        let root: Value = serde_json::from_str(&schema(kind)).unwrap();
        let mut undescribed = Vec::new();
        every_key(&root, &root, "", &mut undescribed);
        assert_eq!(undescribed, Vec::<String>::new(), "{kind:?}");
    }
}

fn kind_of(name: &str) -> FileKind {
    let is_translated = ["/de/", "/pt-BR/", "/es/", "/fr/"].iter().any(|part| name.contains(part));
    match (name, is_translated) {
        (_, false) if name.ends_with("program.yaml") => FileKind::Program,
        (_, false) if name.ends_with("apis.yaml") => FileKind::Apis,
        (_, false) => FileKind::Notice,
        (_, true) if name.ends_with("program.yaml") => FileKind::TranslatedProgram,
        (_, true) if name.ends_with("apis.yaml") => FileKind::TranslatedApis,
        (_, true) => FileKind::TranslatedNotice,
    }
}

/// Every YAML file below a folder of the tests or samples.
fn yaml_files(below: &str) -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![root().join(below)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == "yaml") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// A name that tells files of several folders apart.
fn flat(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string().replace('/', "_")
}

#[test]
fn every_sample_names_its_schema_in_its_first_line() {
    for path in yaml_files("notices") {
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap();
        let named = first.strip_prefix("# yaml-language-server: $schema=").expect("a modeline");
        let file = path.parent().unwrap().join(named).canonicalize().expect("it exists");
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(file.file_name().unwrap(), kind_of(name).schema_file(), "{name}");
    }
}

#[test]
fn what_check_accepts_validates() {
    let judged = Judged::new();
    let accepted = ["notices", "tests/suite/declarations/accepted", "tests/suite/everything"];
    for path in accepted.iter().flat_map(|below| yaml_files(below)) {
        let text = fs::read_to_string(&path).unwrap();
        let name = flat(&path);
        judged.put(kind_of(path.to_str().unwrap()), &name, &text);
    }
    let today = chrono::NaiveDate::from_ymd_opt(2026, 6, 15).unwrap();
    for (path, text) in starter(&"example".parse().unwrap(), today) {
        if path.extension().is_some_and(|e| e == "yaml") {
            judged.put(kind_of(path.to_str().unwrap()), "starter.yaml", &text);
        }
    }
    assert_eq!(judged.refused(), []);
}

#[test]
fn what_is_wrong_in_its_form_does_not_validate() {
    /// Codes that are about a file's form alone.
    const FORM: [&str; 3] = ["unknown-key", "missing-key", "wrong-type"];
    /// Declarations whose values have a wrong form.
    const VALUES: [&str; 2] = ["not-a-date.yaml", "program.program.yaml"];
    let judged = Judged::new();
    let mut wrong = BTreeSet::new();
    for path in yaml_files("tests/suite/declarations/rejected") {
        let messages = fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        let mut errors =
            messages.lines().filter_map(|l| l.strip_prefix("error[")?.split(']').next());
        let name = path.file_name().unwrap().to_str().unwrap();
        // A brownout with neither end nor length is a matter of both keys.
        // Keys written twice are refused by the validator's own reader already.
        let is_yaml = !messages.contains("error[duplicate-key]");
        let is_form =
            is_yaml && errors.any(|code| FORM.contains(&code)) && !name.contains("brownout");
        if is_form || VALUES.contains(&name) {
            judged.put(kind_of(name), name, &fs::read_to_string(&path).unwrap());
            wrong.insert(name.to_owned());
        }
    }
    assert!(wrong.len() >= 5, "{wrong:?}");
    let refused: BTreeSet<_> = judged.refused().into_iter().map(|(name, _)| name).collect();
    assert_eq!(refused, wrong);
}

/// Texts like `pattern` that `accepts` takes, made the same way every time.
fn accepted(pattern: &str, accepts: impl Fn(&str) -> bool) -> Vec<String> {
    const TRIES: usize = 1500;
    let mut runner = TestRunner::deterministic();
    let strategy = string_regex(pattern).expect("a test writes a pattern");
    let tries = (0..TRIES).map(|_| strategy.new_tree(&mut runner).expect("a text").current());
    let taken: Vec<_> = tries.filter(|text| accepts(text)).collect();
    assert!(taken.len() > 20, "{pattern}: {} accepted", taken.len());
    taken
}

#[test]
fn no_pattern_is_narrower_than_its_parser() {
    let point = "(19[7-9]|2[0-9]{2})[0-9](-(Q[0-5]|[01][0-9](-[0-3][0-9](T[0-2][0-9]:[0-5][0-9](:[0-6][0-9])?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?))?";
    let date = format!(
        "[ \t]?(({point}|(not before |to be announced by ) ?{point}|{point} ?\\.\\. ?{point})|[Tt]o [Bb]e announced|[Aa]lready in effect) ?"
    );
    let spans = accepted(&date, |text| text.parse::<Span>().is_ok());
    let references = accepted(
        "[a-z0-9._-]{1,3}(@[v0-9.]{0,3}(\\.\\.)?[a-z0-9é]{0,2})?( {1,2}[A-Z]{1,2} /[a-z/é]{0,2} ?)?",
        |text| text.parse::<Reference>().is_ok(),
    );
    let lengths = accepted("[0-9]{1,3} {1,2}(minute|hour|day|week|month|year)s? ?", |text| {
        text.parse::<Length>().is_ok()
    });
    let urls = accepted("[hH]ttps?:/{0,3}[a-zé.]{1,9}(:[0-9]{1,3})?[/?#a-z%\\\\]{0,6}", |text| {
        text.parse::<HttpUrl>().is_ok()
    });
    let addresses =
        accepted(" ?[a-z.+é@]{1,6}@[a-zé.-]{1,9} ?", |text| text.parse::<EmailAddress>().is_ok());
    let locales = accepted("[a-z]{2,3}(-[A-Z]{2})?", |text| text.parse::<Locale>().is_ok());
    let colours = accepted("#[0-9a-fA-F]{6}", |text| Colour::try_from(text.to_owned()).is_ok());
    let operations = accepted("[A-Z]{1,4} /[a-z{}/é]{0,4}", |t| t.parse::<Operation>().is_ok());
    let replacements = accepted("[a-z0-9._-]{1,3}(/[a-z0-9._-]{1,3})?", |text| {
        Replacement::try_from(text.to_owned()).is_ok()
    });

    let judged = Judged::new();
    let since = |text: &String| json!({"version": "x", "status": "current", "since": text});
    let link = |text: &String| json!({"title": "x", "url": text});
    judged.put_json(
        FileKind::Notice,
        "notice",
        &json!({
            "title": "x", "kind": "protocol", "announced": 2020, "summary": "x",
            "timeline": spans.iter().map(since).collect::<Vec<_>>(),
            "references": urls.iter().map(link).collect::<Vec<_>>(),
            "unaffected": {"apis": references},
            "schedule": {"rows": {}}
        }),
    );
    judged.put_json(
        FileKind::Apis,
        "apis",
        &json!({"apis": {"a": {
            "title": "x", "operations": operations, "replaced_by": [replacements]
        }}}),
    );
    for (n, address) in addresses.iter().enumerate().take(60) {
        let program = json!({
            "title": "x", "office": {"name": "x"}, "sender": {"address": address}, "zone": "UTC",
            "locales": locales, "reminders": {"default": lengths},
            "brand": {"colour": colours[n % colours.len()]}
        });
        judged.put_json(FileKind::Program, &format!("program-{n}"), &program);
    }
    assert_eq!(judged.refused(), []);
}

/// Where the values of a document stand.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(k, v)| pointers(v, &format!("{at}/{k}"), found))
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, v)| pointers(v, &format!("{at}/{n}"), found));
        }
        _ => {}
    }
}

/// Whether `check` has no problem with the form of a file.
fn is_accepted(kind: FileKind, value: &Value) -> bool {
    let text = value.to_string();
    let file = |of: FileKind, name: &str| match of == kind {
        true => SourceFile::new(name, &text),
        false => {
            let folder = root().join("tests/suite/everything");
            SourceFile::new(name, &fs::read_to_string(folder.join(name)).unwrap())
        }
    };
    let checked = check(&[ProgramSource {
        id: "harbour".to_owned(),
        program: file(FileKind::Program, "program.yaml"),
        apis: Some(file(FileKind::Apis, "apis.yaml")),
        notices: vec![("notice".to_owned(), file(FileKind::Notice, "notice.yaml"))],
        translations: Vec::new(),
    }]);
    checked.workspace.is_some()
}

#[test]
fn whatever_value_check_takes_somewhere_the_schema_takes_there() {
    let others = [
        json!(null),
        json!(true),
        json!(2026),
        json!(4.5),
        json!(""),
        json!("none"),
        json!("2027-01-01"),
        json!("to be announced"),
        json!([]),
        json!({}),
    ];
    let judged = Judged::new();
    let mut taken = 0;
    for name in ["program.yaml", "apis.yaml", "notice.yaml"] {
        let kind = kind_of(name);
        let text = fs::read_to_string(root().join("tests/suite/everything").join(name)).unwrap();
        let whole: Value = serde_yaml::from_str(&text).unwrap();
        let mut places = Vec::new();
        pointers(&whole, "", &mut places);
        for (n, place) in places.iter().enumerate() {
            // Each place meets some of the values; together they meet all.
            for other in others.iter().skip(n % 3).step_by(3) {
                let mut changed = whole.clone();
                *changed.pointer_mut(place).expect("it stands there") = other.clone();
                if is_accepted(kind, &changed) {
                    taken += 1;
                    judged.put_json(kind, &format!("{taken}"), &changed);
                }
            }
        }
    }
    assert!(taken > 50, "only {taken} were accepted");
    assert_eq!(judged.refused(), []);
}

#[test]
fn a_sample_with_a_slip_does_not_validate() {
    let text = sample_file("usps-web-tools", "tls-1.2.yaml");
    let judged = Judged::new();
    for (name, right, wrong) in [
        ("key", "summary:", "sumary:"),
        ("kind", "kind: protocol", "kind: protocoll"),
        ("date", "cutoff: 2020-09-27", "cutoff: 27.9.2020"),
        ("month", "cutoff: 2020-03-30", "cutoff: 2020-13-30"),
        ("list", "apis: [secure]", "apis: secure"),
        ("list-of-reference", "apis: [secure]", "apis: [\"secure @1\"]"),
        ("text", "  - text: handshake failure", "  - text: 5"),
    ] {
        let changed = text.replace(right, wrong);
        assert_ne!(changed, text, "{name}");
        judged.put(FileKind::Notice, &format!("{name}.yaml"), &changed);
    }
    let refused: BTreeSet<_> = judged.refused().into_iter().map(|(name, _)| name).collect();
    assert_eq!(refused.len(), 7, "{refused:?}");
}
