//! `fairwarning samples`: what a notice tells its readers to run is run, by real programs in a
//! network of their own, and what it promises is compared with what they get.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/notices");
const PROGRAM: &str = include_str!("declarations/base/program.yaml");
const APIS: &str = include_str!("declarations/base/apis.yaml");

fn run(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command.env("CANARY", "nobody-may-see-this").arg("samples").args(words);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// What came of the samples and errors of a notice of the parcel program.
fn told(notice: &str, words: &[&str]) -> (i32, Value) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("notices/parcels");
    fs::create_dir_all(&program).unwrap();
    let text = format!(
        "title: Old TLS ends\nkind: protocol\nannounced: 2026-01-01\nends: [TLS 1.0, TLS 1.1]\n\
         needs: [TLS 1.2 or above]\nsummary: Old TLS ends.\nschedule:\n  cutoff: 2026-09-01\n  \
         rows:\n    prod: {{environment: prod, apis: [labels]}}\n{notice}"
    );
    for (name, text) in [("program", PROGRAM), ("apis", APIS), ("tls", &text)] {
        fs::write(program.join(format!("{name}.yaml")), text).unwrap();
    }
    let words = [&["parcels/tls", "--run", "--format", "json"], words].concat();
    let (code, said, complaint) = run(folder.path(), &words);
    (code, serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{complaint}")))
}

#[test]
fn the_samples_of_onepagecrm_work_and_its_promised_error_is_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["onepagecrm/tls-1.2", "--run", "--format", "json", "--from", SAMPLES];
    let (code, said, complaint) = run(folder.path(), &words);
    assert_eq!(code, 2, "{complaint}");
    let told: Value = serde_json::from_str(&said).unwrap();
    for (index, title) in ["A bash one liner", "Ruby Sample code"].iter().enumerate() {
        let sample = &told["samples"][index];
        assert_eq!(
            (&sample["title"], &sample["verdict"]),
            (&(*title).into(), &"as_promised".into())
        );
    }
    // The sample rescues a reset connection; who is turned away gets an alert.
    let unready = &told["samples"][1]["unready"];
    assert_eq!(unready["version"], "TLS 1.1");
    assert_eq!(unready["printed"], "");
    let complained = unready["complained"].as_str().unwrap();
    assert!(complained.contains("tlsv1 alert protocol version (OpenSSL::SSL::SSLError)"), "{said}");
    let error = &told["errors"][0];
    assert_eq!(error["verdict"], "differs");
    assert_eq!(error["text"], "TLS 1.2 is not supported. Please upgrade your integration.");
}

#[test]
fn every_client_is_served_as_it_is_and_turned_away_by_an_alert_when_it_is_old() {
    let (code, told) = told(
        "errors:\n  - text: 'TLSv1 alert protocol  version.'\n  - {text: protocol_version, status: 403}\n",
        &["--strict"],
    );
    assert_eq!(code, 2);
    let clients = told["clients"].as_array().unwrap();
    let said = |client: &str, version: Option<&str>| {
        let version = version.map_or(Value::Null, Value::from);
        let met = clients.iter().find(|met| met["client"] == client && met["version"] == version);
        let met = met.unwrap_or_else(|| panic!("{client}: {told:#}"));
        (met["is_served"] == true, met["says"].as_str().unwrap_or_default().to_owned())
    };
    for client in ["curl", "openssl", "python", "ruby", "node"] {
        assert!(said(client, None).0, "{client}: {told:#}");
        let (served, says) = said(client, Some("TLS 1.1"));
        assert!(!served && says.contains("tlsv1 alert protocol version"), "{client}: {says}");
    }
    assert_eq!(said("java", None), (true, "200 OK".to_owned()));
    let java = "SSLHandshakeException: Received fatal alert: protocol_version";
    assert_eq!(said("java", Some("TLS 1.1")), (false, java.to_owned()));
    // Words count, blanks and case do not; a status is a promise of its own.
    assert_eq!(told["errors"][0]["verdict"], "as_promised");
    let seen_by = told["errors"][0]["seen_by"].as_array().unwrap();
    assert!(seen_by.contains(&"curl with TLS 1.1".into()), "{seen_by:?}");
    assert_eq!(told["errors"][1]["verdict"], "differs");
    assert_eq!(told["errors"][1]["seen_by"].as_array().unwrap().len(), 0);
}

#[test]
fn a_sample_sees_neither_the_world_nor_our_environment() {
    let (code, told) = told(
        r#"checks:
  - title: Look around
    samples:
      - language: bash
        code: |
          echo "canary: ${CANARY-none}"
          ip -o link | wc -l
          curl -sS --max-time 5 http://192.0.2.1/ 2>&1 | grep -o "Could.*t connect\|Network is unreachable\|Failed to connect"
        expect: "canary: none 1 Failed to connect"
"#,
        &[],
    );
    assert_eq!(code, 0, "{told:#}");
    assert_eq!(told["samples"][0]["verdict"], "as_promised");
}

#[test]
fn what_differs_does_not_end_or_cannot_be_run_is_said() {
    let notice = r#"checks:
  - title: Wrong
    samples:
      - {language: python, code: "print('one')", expect: two}
      - {language: bash, code: "exit 3"}
      - {language: cobol, code: "DISPLAY 'HELLO'", expect: HELLO}
      - {language: bash, code: "yes | head -c 10000000; sleep 600", expect: y}
      - {language: bash, code: "yes | head -c 10000000; echo fine", expect: fine}
"#;
    let (code, told) = told(notice, &["--timeout", "3"]);
    assert_eq!(code, 2);
    let samples = told["samples"].as_array().unwrap();
    let verdicts: Vec<_> =
        samples.iter().map(|sample| sample["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["differs", "differs", "not_run", "not_run", "not_run"]);
    assert_eq!((&samples[0]["expected"], &samples[0]["printed"]), (&"two".into(), &"one\n".into()));
    assert_eq!(samples[1]["code"], 3);
    assert_eq!(samples[2]["complained"], "nothing here runs `cobol`");
    assert_eq!(samples[3]["complained"], "it did not end");
    assert_eq!(samples[4]["complained"], "it says more than is compared");
}

#[test]
fn exit_codes_tell_what_could_not_be_run_from_what_differs() {
    let missing = "checks:\n  - title: X\n    samples:\n      - {language: cobol, code: X}\n";
    assert_eq!(told(missing, &[]).0, 0);
    assert_eq!(told(missing, &["--strict"]).0, 3);
}

#[test]
fn without_being_asked_nothing_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said, _) = run(folder.path(), &["onepagecrm/tls-1.2", "--from", SAMPLES]);
    assert_eq!(code, 0);
    assert!(said.contains("A bash one liner (bash): expects 200 ok"), "{said}");
    assert!(!said.contains("as it is after the cutoff"), "{said}");
}

#[test]
fn a_notice_that_says_nothing_of_tls_is_told_what_to_declare() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("notices/parcels");
    fs::create_dir_all(&program).unwrap();
    let text = "title: Labels end\nkind: retirement\nannounced: 2026-01-01\nsummary: x\nschedule:\n  \
                rows:\n    prod: {environment: prod, apis: [labels], cutoff: 2026-09-01}\n";
    for (name, text) in [("program", PROGRAM), ("apis", APIS), ("labels", text)] {
        fs::write(program.join(format!("{name}.yaml")), text).unwrap();
    }
    let (code, _, complaint) = run(folder.path(), &["parcels/labels", "--run"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("declare `rehearsal: {minimum: TLS 1.2}`"), "{complaint}");
}
