//! `fairwarning render --locale`, and the message that a reader of another
//! language gets.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// The full notice as a workspace on disk.
fn workspace() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/everything");
    fs::create_dir_all(dir.path().join("harbour/de")).unwrap();
    for (name, as_name) in [
        ("program.yaml", "program.yaml"),
        ("apis.yaml", "apis.yaml"),
        ("notice.yaml", "berths.yaml"),
    ] {
        for folder in ["", "de/"] {
            let to = dir.path().join("harbour").join(format!("{folder}{as_name}"));
            fs::copy(from.join(format!("{folder}{name}")), to).unwrap();
        }
    }
    dir
}

fn fairwarning(dir: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.args(arguments).current_dir(dir.path()).output().unwrap()
}

fn render(dir: &TempDir, arguments: &[&str]) -> String {
    let workspace = ["render", "harbour/berths", "--workspace", "."];
    let output = fairwarning(dir, &[&workspace[..], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_channel_is_rendered_in_the_language_asked_for() {
    let dir = workspace();
    for (channel, german) in [
        ("text", "Wer betroffen ist"),
        ("html", "Wer betroffen ist"),
        ("page", "Wer betroffen ist"),
        ("post", "## Wer betroffen ist"),
        ("markdown", "## Wer betroffen ist"),
        ("ics", "SUMMARY:Abschaltung\\, Kai ("),
        ("json", "\"locale\": \"de\""),
    ] {
        assert!(render(&dir, &["--to", channel, "--locale", "de"]).contains(german), "{channel}");
        assert!(!render(&dir, &["--to", channel]).contains(german), "{channel}");
    }
}

#[test]
fn a_language_that_the_program_does_not_have_is_refused() {
    let dir = workspace();
    let arguments = ["render", "harbour/berths", "--workspace", ".", "--to", "text"];
    let output = fairwarning(&dir, &[&arguments[..], &["--locale", "fr"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`harbour` is not written in `fr`; it has en, de, es"), "{said}");
}

#[test]
fn a_message_is_in_one_language_from_its_sender_to_its_links() {
    let dir = workspace();
    let message = render(&dir, &["--to", "eml", "--locale", "de"]);
    // Quoted-printable lines that go on end with an equals sign.
    let message = message.replace("=\r\n", "").replace("=3D", "=").replace("=C3=BC", "ü");
    assert!(message.contains("Guten Tag,"), "{message}");
    assert!(!message.contains("Dear integrator"));
    assert!(message.contains("https://notices.example/notices/harbour/berths?lang=de"));
    let from = message.lines().find(|line| line.starts_with("From: ")).unwrap();
    // "Büro der Hafen-API" in base64.
    assert!(from.contains("QsO8cm8gZGVyIEhhZmVuLUFQSQ=="), "{from}");
    let english = render(&dir, &["--to", "eml"]).replace("=\r\n", "").replace("=3D", "=");
    assert!(english.contains("/notices/harbour/berths?lang=en"));
}

#[test]
fn an_office_without_a_form_of_address_has_one_in_each_language() {
    let dir = workspace();
    for name in ["program.yaml", "de/program.yaml"] {
        let path = dir.path().join("harbour").join(name);
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("greeting:"));
        fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    }
    for (locale, greeting) in [("en", "\nHello,\n"), ("de", "\nGuten Tag,\n"), ("es", "\nHola:\n")]
    {
        assert!(render(&dir, &["--to", "text", "--locale", locale]).contains(greeting), "{locale}");
    }
}

#[test]
fn check_says_what_is_wrong_with_a_list_of_words() {
    let dir = workspace();
    fs::create_dir_all(dir.path().join("templates/words")).unwrap();
    let list = dir.path().join("templates/words/de.ftl");
    fs::write(&list, "contact = Ansprechpartner\n").unwrap();
    assert_eq!(fairwarning(&dir, &["check", "."]).status.code(), Some(0));
    assert!(render(&dir, &["--to", "text", "--locale", "de"]).contains("Ansprechpartner"));
    fs::write(&list, "opens = Öffnet { $day }\n").unwrap();
    let output = fairwarning(&dir, &["check", "."]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("word list `words/de.ftl`: `opens` names the part $day"), "{said}");
}
