//! `fairwarning diff` in a terminal: folders, publications and git revisions.

use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/notices/usps-web-tools");

/// A repository whose only commit holds one sample program, in a folder.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        let folder = repository.path().join("notices/usps-web-tools");
        std::fs::create_dir_all(&folder).unwrap();
        for entry in std::fs::read_dir(SAMPLE).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
        repository.git(&["init", "--quiet"]);
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, words: &[&str]) {
        let mut git = Command::new("git");
        let identity = ["-c", "user.name=office", "-c", "user.email=office@example.org"];
        git.args(identity).args(words).current_dir(self.path());
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        assert!(git.status().unwrap().success(), "{words:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Declare"]);
    }

    fn change(&self, from: &str, to: &str) {
        let path = self.path().join("notices/usps-web-tools/tls-1.2.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    /// Exit code, standard output and standard error, run in `below`.
    fn run_in(&self, below: &str, words: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
        let path = std::env::var("PATH").unwrap();
        command.current_dir(self.path().join(below)).args(words).env_clear().env("PATH", path);
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        self.run_in(".", words)
    }
}

const EXTENDED: &str = "extended    cutoff of prod-secure: 2020-09-27 → 2020-12-27";

#[test]
fn a_revision_is_compared_with_the_folder_of_today() {
    let repository = Repository::new();
    let (code, said, _) = repository.run(&["diff", "git:HEAD", "notices"]);
    assert_eq!((code, said.as_str()), (0, "Nothing changed.\n"));
    repository.change("cutoff: 2020-09-27", "cutoff: 2020-12-27");
    let (code, said, _) = repository.run(&["diff", "git:HEAD", "notices"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains(EXTENDED) && said.contains("! no amendment says so"), "{said}");
    assert!(said.ends_with("1 change, 1 of which no amendment tells.\n"), "{said}");
    let (_, below, _) = repository.run_in("notices", &["diff", "git:HEAD", "."]);
    let (_, one, _) = repository.run_in("notices/usps-web-tools", &["diff", "git:HEAD", "."]);
    assert_eq!((&below, &one), (&said, &said), "wherever it is asked from");
}

#[test]
fn an_amendment_makes_the_change_a_told_one() {
    let repository = Repository::new();
    repository.change("cutoff: 2020-09-27", "cutoff: 2020-12-27");
    repository.change(
        "errors:\n",
        "amendments:\n  - {date: 2020-09-01, kind: extended, rows: [prod-secure], \
         former: {cutoff: 2020-09-27}, reason: More time.}\nerrors:\n",
    );
    repository.commit();
    let (code, said, _) = repository.run(&["diff", "git:HEAD~1", "git:HEAD"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(EXTENDED), "{said}");
    assert!(said.contains("told by the amendment of 2020-09-01 (extended): More time."), "{said}");
}

#[test]
fn publications_are_compared_by_number_and_with_the_folder() {
    let repository = Repository::new();
    repository.run(&["publish"]);
    repository.change("cutoff: 2020-09-27", "cutoff: 2020-12-27");
    let (code, said, _) = repository.run(&["diff", "current", "notices"]);
    assert!(code == 2 && said.contains(EXTENDED), "{said}");
    repository.run(&["publish"]);
    let (code, said, _) = repository.run(&["diff", "publication:1", "publication:2"]);
    assert!(code == 2 && said.contains(EXTENDED), "{said}");
    let (code, _, complaint) = repository.run(&["diff", "publication:7", "current"]);
    assert!(code == 1 && complaint.contains("there is no publication 7"), "{complaint}");
}

#[test]
fn markdown_quotes_what_was_declared() {
    let repository = Repository::new();
    repository.change("title: \"USPS", "title: \"**The** `USPS`");
    let (code, said, _) = repository.run(&["diff", "git:HEAD", "notices", "--format", "markdown"]);
    assert_eq!(code, 0, "a title is text: {said}");
    assert!(said.starts_with("## Changes from `git:HEAD` to `notices`\n"), "{said}");
    assert!(said.contains("tls-1.2`: \\*\\*The\\*\\* \\`USPS\\` Web Tools"), "{said}");
    assert!(said.contains("→ `` **The** `USPS` Web Tools"), "{said}");
}

#[test]
fn json_tells_the_same_for_programs() {
    let repository = Repository::new();
    repository.change("cutoff: 2020-09-27", "cutoff: 2020-12-27");
    let (code, said, _) = repository.run(&["diff", "git:HEAD", "notices", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &json["undeclared"]), (2, &serde_json::json!(1)));
    let change = &json["programs"][0]["notices"][0]["changes"][0];
    assert_eq!(change["word"], "extended");
    assert_eq!(change["rows"], serde_json::json!(["prod-secure"]));
    assert_eq!(change["missing"]["former"], "{cutoff: 2020-09-27}");
}

#[test]
fn what_is_no_revision_is_refused_before_git_sees_it() {
    let repository = Repository::new();
    for name in ["git:--output=stolen", "git:-h", "git:"] {
        let (code, _, complaint) = repository.run(&["diff", name, "notices"]);
        assert!(code == 1 && complaint.contains("is not a revision"), "{name}: {complaint}");
    }
    let (code, _, complaint) = repository.run(&["diff", "git:$(touch stolen)", "notices"]);
    assert!(code == 1 && complaint.contains("git does not know"), "{complaint}");
    let (code, _, complaint) = repository.run(&["diff", "git:HEAD:nowhere", "notices"]);
    assert!(code == 1 && complaint.contains("git does not know `HEAD:nowhere`"), "{complaint}");
    assert!(!repository.path().join("stolen").exists());
}

#[test]
fn problems_of_a_revision_name_the_revision() {
    let repository = Repository::new();
    repository.change("kind: protocol", "kind: protocoll");
    repository.commit();
    repository.change("kind: protocoll", "kind: protocol");
    let (code, said, complaint) = repository.run(&["diff", "git:HEAD", "notices"]);
    assert_eq!(code, 2);
    let said = said + &complaint;
    assert!(said.contains("git:HEAD:notices/usps-web-tools/tls-1.2.yaml:"), "{said}");
    assert!(said.ends_with("Nothing was compared: problems in git:HEAD.\n"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_of_the_past_is_not_followed() {
    let repository = Repository::new();
    let secret = repository.path().join("secret.yaml");
    std::fs::write(&secret, "title: secret").unwrap();
    let link = repository.path().join("notices/usps-web-tools/other.yaml");
    std::os::unix::fs::symlink(&secret, link).unwrap();
    repository.commit();
    let (code, _, complaint) = repository.run(&["diff", "git:HEAD", "git:HEAD"]);
    assert!(code == 1 && complaint.contains("is a symbolic link in HEAD"), "{complaint}");
}
