//! `fairwarning check` as a shell sees it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn check(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairwarning")).arg("check").args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const NOTICE: &str = "title: Old labels end
kind: retirement
announced: 2026-01-01
summary: Old labels end.
schedule:
  cutoff: 2026-09-01
  rows:
    prod: {environment: prod, apis: [labels]}
";

/// A folder with the parcel program and this notice.
fn folder(notice: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("parcels");
    fs::create_dir(&program).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/declarations/base");
    for name in ["program.yaml", "apis.yaml"] {
        fs::copy(base.join(name), program.join(name)).unwrap();
    }
    fs::write(program.join("labels.yaml"), notice).unwrap();
    dir
}

fn shown(dir: &TempDir) -> &str {
    dir.path().to_str().unwrap()
}

#[test]
fn the_sample_programs_are_clean() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/notices");
    let output = check(&[samples]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(stdout(&output), "3 programs, 3 notices: no problems\n");
}

#[test]
fn problems_exit_with_two_and_a_missing_folder_with_one() {
    let dir = folder(&NOTICE.replace("cutoff", "cutof"));
    let output = check(&[shown(&dir)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("labels.yaml:6:3"), "{}", stdout(&output));
    let output = check(&[dir.path().join("nowhere").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nowhere"), "{}", stderr(&output));
}

#[test]
fn warnings_pass_unless_strictness_is_asked_for() {
    let dir = folder(&NOTICE.replace("labels end.", "labels end on 1 September 2026."));
    let output = check(&[shown(&dir)]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("1 notice: 1 warning"), "{}", stdout(&output));
    assert_eq!(check(&[shown(&dir), "--strict"]).status.code(), Some(3));
    let dir = folder(NOTICE);
    assert_eq!(check(&[shown(&dir), "--strict"]).status.code(), Some(0));
}

#[test]
fn a_repository_does_not_turn_red_by_waiting_unless_told_the_day() {
    let dir = folder(&NOTICE.replace("2026-09-01", "to be announced by 2026-06-14"));
    assert_eq!(check(&[shown(&dir)]).status.code(), Some(0));
    assert_eq!(check(&[shown(&dir), "--now", "2026-06-14T23:00:00Z"]).status.code(), Some(0));
    let output = check(&[shown(&dir), "--now", "2026-06-16"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("overdue-announcement"), "{}", stdout(&output));
}

#[test]
fn problems_end_with_the_way_to_their_explanation() {
    let one = folder(&NOTICE.replace("[labels]", "[lables]"));
    let text = stderr(&check(&[shown(&one)]));
    assert!(text.ends_with("explain a problem: fairwarning explain unknown-reference\n"), "{text}");
    let two = folder(&NOTICE.replace("cutoff", "cutof"));
    let text = stderr(&check(&[shown(&two)]));
    assert!(text.ends_with("explain a problem: fairwarning explain CODE\n"), "{text}");
    assert!(!stderr(&check(&[shown(&one), "--format", "json"])).contains("explain a problem"));
}

#[test]
fn a_folder_without_a_program_says_what_a_program_is() {
    let dir = tempfile::tempdir().unwrap();
    let output = check(&[shown(&dir)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("program.yaml"), "{}", stderr(&output));
}

#[test]
fn one_programs_folder_is_a_workspace_too() {
    let dir = folder(NOTICE);
    let output = check(&[dir.path().join("parcels").to_str().unwrap()]);
    assert_eq!(stdout(&output), "1 program, 1 notice: no problems\n");
}

#[test]
fn json_names_file_line_column_code_and_way_out() {
    let dir = folder(&NOTICE.replace("cutoff", "cutof"));
    let output = check(&[shown(&dir), "--format", "json"]);
    let problems: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let first = &problems[0];
    assert!(first["file"].as_str().unwrap().ends_with("parcels/labels.yaml"));
    assert_eq!((&first["line"], &first["column"]), (&6.into(), &3.into()));
    assert_eq!(first["code"], "unknown-key");
    assert_eq!(first["help"], "did you mean `cutoff`?");
}

#[test]
fn github_annotations_cannot_be_broken_out_of() {
    let dir = folder(&NOTICE.replace("prod, apis", "\"a%0A::error::b\", apis"));
    let output = check(&[shown(&dir), "--format", "github"]);
    let text = stdout(&output);
    assert!(text.starts_with("::error file="), "{text}");
    assert!(text.contains("%250A"), "{text}");
    assert!(text.lines().all(|line| line.starts_with("::error file=")), "{text}");
}

#[test]
fn bytes_that_are_not_text_are_a_problem_of_that_line() {
    let dir = folder(NOTICE);
    let path = dir.path().join("parcels/latin.yaml");
    fs::write(path, b"title: ok\nsummary: caf\xe9\n").unwrap();
    let output = check(&[shown(&dir)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("line 2"), "{}", stdout(&output));
}

#[test]
fn links_that_go_in_circles_and_folders_named_like_files_end_in_problems() {
    let dir = folder(NOTICE);
    let program = dir.path().join("parcels");
    std::os::unix::fs::symlink("loop.yaml", program.join("loop.yaml")).unwrap();
    fs::create_dir(program.join("folder.yaml")).unwrap();
    fs::write(program.join("short.yml"), NOTICE).unwrap();
    let output = check(&[shown(&dir)]);
    assert_eq!(output.status.code(), Some(2));
    let text = stdout(&output);
    for name in ["loop.yaml", "folder.yaml", "rename it to end in .yaml"] {
        assert!(text.contains(name), "{name} in {text}");
    }
}

#[test]
fn templates_that_circle_or_run_wild_are_problems_and_not_the_end_of_the_program() {
    for (template, says) in [
        ("{% include 'mail/announcement/subject.txt' %}", "Circular include"),
        ("{% component a() %}{{ <a /> }}{% endcomponent %}{{ <a /> }}", "recursion"),
        ("{{ surprise() }}", "Unknown function"),
        (
            "{% for i in range(end=99999) %}{% for j in range(end=99999) %}\
            {{ \"a line for every number\" }}{% endfor %}{% endfor %}",
            "goes too far",
        ),
    ] {
        let dir = folder(NOTICE);
        let own = dir.path().join("templates/mail/announcement");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("subject.txt"), template).unwrap();
        let output = check(&[shown(&dir)]);
        assert!(stdout(&output).contains(says), "{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(2), "{template}");
    }
}

#[test]
fn a_template_that_names_nothing_known_is_a_problem_with_its_line() {
    let dir = folder(NOTICE);
    let own = dir.path().join("templates/mail/announcement");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("subject.txt"), "Fair warning:\n{{ notice.titel }}\n").unwrap();
    let output = check(&[shown(&dir)]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let text = stdout(&output);
    for part in ["mail/announcement/subject.txt", "2", "titel"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

/// Answers each connection with `status` and counts them.
fn server(status: &'static str) -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let calls = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = calls.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let _ = stream.read(&mut [0; 1024]);
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        }
    });
    (address, calls)
}

fn with_link(address: &str) -> TempDir {
    folder(&format!("{NOTICE}references:\n  - {{title: Docs, url: \"http://{address}/docs\"}}\n"))
}

#[test]
fn a_dead_link_is_a_warning_and_a_living_one_is_not() {
    let (gone, _) = server("404 Not Found");
    let dir = with_link(&gone);
    let output = check(&[shown(&dir), "--links", "--allow-address", "127.0.0.1"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("it answers 404"), "{}", stdout(&output));
    let (alive, _) = server("200 OK");
    let dir = with_link(&alive);
    let output = check(&[shown(&dir), "--links", "--allow-address", "127.0.0.1"]);
    assert_eq!(stdout(&output), "1 program, 1 notice: no problems\n");
}

#[test]
fn no_declared_link_reaches_a_private_address() {
    let (canary, calls) = server("200 OK");
    let port = canary.rsplit_once(':').unwrap().1;
    for host in ["127.0.0.1", "127.1", "0x7f000001", "localhost", "[::ffff:127.0.0.1]", "[::1]"] {
        let dir = with_link(&format!("{host}:{port}"));
        let output = check(&[shown(&dir), "--links"]);
        assert!(stdout(&output).contains("not a public address"), "{host}: {}", stdout(&output));
    }
    assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[test]
fn a_reader_who_goes_away_early_changes_nothing_about_the_end() {
    let dir = folder(&NOTICE.replace("cutoff", "cutof"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.args(["check", shown(&dir)]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}
