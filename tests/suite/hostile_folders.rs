//! Folders and files that cannot be read as they should end in a problem, and the
//! rest of the workspace is checked all the same.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const NOTICE: &str = "title: Old labels end
kind: version
announced: 2026-01-01
summary: Old labels end.
schedule:
  cutoff: 2026-09-01
  rows:
    prod: {environment: prod, apis: [labels]}
";

/// A workspace with one sound program, which anybody may read.
fn workspace() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    program(&dir.path().join("parcels"));
    dir
}

fn program(path: &Path) {
    fs::create_dir(path).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/declarations/base");
    for name in ["program.yaml", "apis.yaml"] {
        fs::copy(base.join(name), path.join(name)).unwrap();
    }
    fs::write(path.join("labels.yaml"), NOTICE).unwrap();
}

fn check(dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairwarning")).arg("check").arg(dir).output().unwrap()
}

/// What `check` says, which must be that there are problems, each of these words in it.
fn has_problems(output: &Output, words: &[&str]) {
    let said = String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for word in words {
        assert!(said.contains(word), "{word} in {said}");
    }
}

/// `check` by somebody whom permissions hold: root becomes nobody first. The
/// program is copied, because nobody may not enter every folder it is built in.
fn check_as_nobody(dir: &Path) -> Output {
    let is_root = fs::metadata("/proc/self").map(|of| std::os::unix::fs::MetadataExt::uid(&of));
    if is_root.unwrap() != 0 {
        return check(dir);
    }
    let copy = tempfile::tempdir().unwrap();
    fs::set_permissions(copy.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let binary = copy.path().join("fairwarning");
    fs::copy(env!("CARGO_BIN_EXE_fairwarning"), &binary).unwrap();
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    Command::new("setpriv").args(nobody).arg(binary).arg("check").arg(dir).output().unwrap()
}

#[test]
fn a_folder_that_may_not_be_entered_is_a_problem_and_the_rest_is_checked() {
    let dir = workspace();
    fs::write(dir.path().join("parcels/labels.yaml"), NOTICE.replace("cutoff", "cutof")).unwrap();
    let locked = dir.path().join("letters");
    program(&locked);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let output = check_as_nobody(dir.path());
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    has_problems(&output, &["letters", "ermission denied", "did you mean `cutoff`?"]);
}

#[test]
fn a_folder_that_may_not_be_listed_is_a_problem_too() {
    let dir = workspace();
    let unlisted = dir.path().join("letters");
    program(&unlisted);
    fs::set_permissions(&unlisted, fs::Permissions::from_mode(0o311)).unwrap();
    let output = check_as_nobody(dir.path());
    fs::set_permissions(&unlisted, fs::Permissions::from_mode(0o755)).unwrap();
    has_problems(&output, &["letters", "ermission denied"]);
}

#[test]
fn a_file_that_may_not_be_read_is_a_problem() {
    let dir = workspace();
    let file = dir.path().join("parcels/secret.yaml");
    fs::write(&file, NOTICE).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    has_problems(&check_as_nobody(dir.path()), &["secret.yaml", "ermission denied"]);
}

#[test]
fn folders_that_link_to_themselves_end_in_a_problem() {
    let dir = workspace();
    symlink("letters", dir.path().join("letters")).unwrap();
    has_problems(&check(dir.path()), &["letters", "symbolic links"]);
}

#[test]
fn a_folder_that_links_to_the_one_around_it_is_not_followed() {
    let dir = workspace();
    symlink("..", dir.path().join("parcels/up")).unwrap();
    symlink(".", dir.path().join("again")).unwrap();
    let templates = dir.path().join("templates");
    fs::create_dir(&templates).unwrap();
    symlink(".", templates.join("round")).unwrap();
    let output = check(dir.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn bytes_that_are_no_text_are_problems() {
    let dir = workspace();
    let utf_16 = NOTICE.encode_utf16().flat_map(u16::to_le_bytes);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf_16).collect();
    for (name, bytes) in [
        ("latin", b"title: caf\xe9\n".to_vec()),
        ("broken", b"title: \xf0\x9f\x98\n".to_vec()),
        ("windows", utf_16),
        ("nothing", vec![0; 4096]),
    ] {
        fs::write(dir.path().join(format!("parcels/{name}.yaml")), bytes).unwrap();
    }
    let names = ["latin.yaml", "broken.yaml", "windows.yaml", "nothing.yaml", "not UTF-8"];
    has_problems(&check(dir.path()), &names);
}

#[test]
fn a_file_of_ten_megabytes_is_a_problem_and_is_not_printed() {
    let dir = workspace();
    let large = "# nothing\n".repeat(1_000_000);
    fs::write(dir.path().join("parcels/large.yaml"), large).unwrap();
    let output = check(dir.path());
    has_problems(&output, &["large.yaml", "at most 2 MiB"]);
    assert!(output.stdout.len() < 2_000, "{} bytes printed", output.stdout.len());
}

#[test]
fn what_is_no_file_is_a_problem() {
    let dir = workspace();
    let pipe = dir.path().join("parcels/pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    has_problems(&check(dir.path()), &["pipe.yaml", "not a regular file"]);
}

#[test]
fn a_character_that_lies_across_the_limit_makes_a_large_file_no_other_problem() {
    let dir = workspace();
    for shift in 0..3 {
        let large = format!("{}{}", "x".repeat(shift), "漢".repeat(1_000_000));
        fs::write(dir.path().join("parcels/large.yaml"), large).unwrap();
        has_problems(&check(dir.path()), &["large.yaml", "too-large", "at most 2 MiB"]);
    }
}
