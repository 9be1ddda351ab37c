//! `fairwarning probe` as a process: what it asks, what it prints, and how it ends.

use crate::zoo::certificates::Certificates;
use crate::zoo::{Behaviour, Front, Openssl};
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

const PROGRAM: &str = "title: Parcel API\noffice: {name: Parcel Office}\n\
    sender: {address: notices@office.example}\nzone: America/New_York\n";
const NOTICE: &str = "title: TLS 1.0 ends\nkind: protocol\nannounced: 2020-01-01\n\
    ends: [TLS 1.0, TLS 1.1]\nneeds: [TLS 1.2 or above]\nsummary: It ends.\n\
    schedule:\n  apis: [labels]\n  rows:\n    prod: {environment: prod, urls: [main], cutoff: 2020-07-01}\n";

/// A folder that declares one environment at this address.
struct Office {
    folder: TempDir,
    _server: Openssl,
    port: u16,
}

impl Office {
    /// Behind its address stands a server that takes these versions.
    fn serving(flags: &[&str]) -> Self {
        let certificates = Certificates::new();
        let server = Openssl::start(&certificates.rsa, "127.0.0.1", flags);
        let port = server.address.port();
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("notices/parcels");
        fs::create_dir_all(&program).unwrap();
        let apis = format!(
            "environments:\n  prod: {{title: PROD, stage: production, urls: \
             {{main: \"https://127.0.0.1:{port}/v1\"}}}}\n  \
             other: {{title: OTHER, stage: test, urls: {{main: \"https://127.0.0.1:{port}/v2\"}}}}\n\
             apis:\n  labels: {{title: Labels}}\n"
        );
        fs::write(program.join("program.yaml"), PROGRAM).unwrap();
        fs::write(program.join("apis.yaml"), apis).unwrap();
        fs::write(program.join("tls.yaml"), NOTICE).unwrap();
        Self { folder, _server: server, port }
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        run(&self.folder, words)
    }
}

fn run(folder: &TempDir, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder.path()).arg("probe").args(words).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

const OLD: [&str; 4] = ["-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0"];
const ALLOW: [&str; 2] = ["--allow", "127.0.0.0/8"];

#[test]
fn what_a_notice_covers_is_judged_for_the_moment_that_is_asked_about() {
    let office = Office::serving(&OLD);
    let on =
        |moment| office.run(&[&ALLOW[..], &["--notice", "parcels/tls", "--on", moment]].concat());
    let (code, printed, _) = on("2020-06-01");
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("conforming") && printed.contains("1 asked: 1 conforming."));
    let (code, printed, _) = on("2020-07-04");
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("parcels prod/main: PROD still accepts TLS 1.0"), "{printed}");
    assert!(printed.contains("TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3: accepted"), "{printed}");
    // By the clocks of New York the first of July begins at four by those of Greenwich.
    assert_eq!(on("2020-07-01T03:00Z").0, 0);
    assert_eq!(on("2020-07-01T05:00Z").0, 2);
}

#[test]
fn what_cannot_be_found_out_has_an_exit_code_of_its_own() {
    let office = Office::serving(&OLD);
    let (code, printed, _) = office.run(&["--notice", "parcels/tls", "--on", "2020-07-04"]);
    assert_eq!(code, 4, "{printed}");
    assert!(printed.contains("not a public address") && printed.contains("undetermined"));
    let front = Front::start(Behaviour::Close);
    let host = format!("127.0.0.1:{}", front.address.port());
    let (code, printed, _) = office.run(&["--allow", "127.0.0.1", &host]);
    assert_eq!(code, 4, "{printed}");
}

#[test]
fn every_declared_url_is_asked_and_only_those_of_a_notice_are_judged() {
    let office = Office::serving(&OLD);
    let words = ["--all", "--format", "json", "--on", "2020-07-04"];
    let (code, printed, _) = office.run(&[&ALLOW[..], &words].concat());
    assert_eq!(code, 2);
    let lines: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let lines = lines.as_array().unwrap();
    let seen: Vec<_> =
        lines.iter().map(|l| (l["environment"].as_str(), l["verdict"].as_str())).collect();
    assert_eq!(seen, [(Some("prod"), Some("drifting")), (Some("other"), None)]);
    assert_eq!(lines[0]["transport"]["TLS 1.0"]["is"], "accepted");
    assert_eq!(lines[0]["transport"]["SSL 3.0"]["by"]["code"], 40);
    assert_eq!(lines[0]["http"]["TLS 1.3"]["status"], 200);
    assert_eq!(lines[0]["on"], "2020-07-04T04:00:00Z");
    assert_eq!(lines[0]["remarks"][0]["is"], "still_accepted");
}

#[test]
fn a_host_is_judged_where_it_is_declared_and_else_reported() {
    let office = Office::serving(&OLD);
    let declared = format!("127.0.0.1:{}", office.port);
    let (code, printed, _) = office.run(&[&ALLOW[..], &["--on", "2020-07-04", &declared]].concat());
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("parcels prod/main"), "{printed}");
    let folder = tempfile::tempdir().unwrap();
    let (code, printed, _) = run(&folder, &[&ALLOW[..], &[&declared]].concat());
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("1 without a verdict"), "{printed}");
}

#[test]
fn a_name_can_be_asked_at_an_address_that_the_system_does_not_know() {
    let office = Office::serving(&OLD);
    let url = format!("https://API.parcels.example:{}/v1", office.port);
    let words = ["--resolve", "api.Parcels.example=127.0.0.1", "--format", "json", &url];
    let (code, printed, said) = office.run(&[&ALLOW[..], &words].concat());
    assert_eq!(code, 0, "{printed}{said}");
    let lines: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(lines[0]["address"], "127.0.0.1");
    assert_eq!(lines[0]["transport"]["TLS 1.0"]["is"], "accepted");
}

#[test]
fn what_is_misunderstood_is_said_before_anything_is_asked() {
    let office = Office::serving(&["-tls1_3"]);
    for (words, complaint) in [
        (&["--allow", "127.0.0.1/40", "--all"][..], "neither an address nor a network"),
        (&["ftp://example.org"], "not a web address"),
        (&["a b"], "no host"),
        (&["--rate", "fast", "--all"], "not a rate"),
        (&["--resolve", "example.org", "--all"], "write a host, `=` and an address"),
        (&["--notice", "parcels/none"], "there is no notice parcels/none"),
        (&["--all", "--program", "none"], "there is no program `none`"),
        (&[], "required"),
    ] {
        let (code, printed, said) = office.run(words);
        assert!(code == 1 || code == 2, "{words:?}: {code}");
        assert!(said.contains(complaint) && printed.is_empty(), "{words:?}: {said}");
    }
}
