//! The commands of delivery, run as a user runs them.

use crate::scripted_server::{Answer, ScriptedServer, Step};
use crate::test_office::TestOffice;
use fairwarning::notice::Carrier;
use fairwarning::store::{Errand, NewNode};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The sample published in a database of its own, worked on by the binary.
pub struct Workplace {
    pub office: TestOffice,
}

impl Workplace {
    pub async fn open() -> Self {
        Self { office: TestOffice::open_with_database_time().await }
    }

    pub fn folder(&self) -> &Path {
        self.office.folder.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
        command
            .args(arguments)
            .current_dir(self.folder())
            .env("FAIRWARNING_DATABASE", &self.office.database.text)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub async fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = self.command(arguments);
        let run = move || command.output().unwrap();
        let Output { status, stdout, stderr } = tokio::task::spawn_blocking(run).await.unwrap();
        let text = [stdout, stderr].concat();
        (status.code().unwrap(), String::from_utf8(text).unwrap())
    }

    pub fn write(&self, name: &str, content: &str) {
        std::fs::write(self.folder().join(name), content).unwrap();
    }
}

fn people(count: usize) -> String {
    let line = |n| format!("p{n}@example.org,Person {n},parcel\n");
    std::iter::once("address,name,programs\n".to_owned()).chain((1..=count).map(line)).collect()
}

#[tokio::test]
async fn a_list_is_imported_shown_masked_and_in_full() {
    let place = Workplace::open().await;
    place.write("list.csv", "address,programs,apis\njo@example.org,parcel,rates\n");
    let (code, said) = place.run(&["recipients", "import", "list.csv"]).await;
    assert_eq!((code, said.as_str()), (0, "1 row read: 1 recipient added, 0 updated.\n"));
    let (_, masked) = place.run(&["recipients", "list"]).await;
    assert_eq!(masked, "j…@example.org  parcel:rates\n");
    let (_, full) = place.run(&["recipients", "list", "--full"]).await;
    assert!(full.starts_with("jo@example.org"), "{full}");
    assert_eq!(place.run(&["recipients", "remove", "jo@example.org"]).await.0, 0);
    assert_eq!(place.run(&["recipients", "remove", "jo@example.org"]).await.0, 2);
}

#[tokio::test]
async fn the_database_can_be_named_after_the_action_too() {
    let place = Workplace::open().await;
    let elsewhere = ["--database", "sqlite:elsewhere.db"];
    let (code, said) = place.run(&[&["recipients", "list"][..], &elsewhere].concat()).await;
    assert!(code == 0 && said.starts_with("No recipients yet"), "{code}: {said}");
    assert!(place.folder().join("elsewhere.db").exists());
}

#[tokio::test]
async fn bad_rows_are_printed_with_file_and_line() {
    let place = Workplace::open().await;
    place.write("list.csv", "address,programs\njo@example.org,parcell\n");
    let (code, said) = place.run(&["recipients", "import", "list.csv"]).await;
    assert_eq!(code, 2);
    assert!(said.contains("list.csv:2: there is no program `parcell`; did you mean"), "{said}");
    assert!(said.contains("nothing was imported"), "{said}");
}

#[tokio::test]
async fn a_dry_run_counts_and_sends_nothing() {
    let place = Workplace::open().await;
    place.write("list.csv", &people(3));
    place.run(&["recipients", "import", "list.csv"]).await;
    let (code, said) = place.run(&["announce", "parcel/tls-1.2", "--dry-run"]).await;
    assert_eq!(code, 0);
    assert!(said.contains("3 recipients to hear") && said.contains("3  in en"), "{said}");
    assert!(!place.folder().join("var").exists());
    assert!(place.run(&["status"]).await.1.contains("Nothing was announced yet"));
}

#[tokio::test]
async fn without_a_terminal_and_without_yes_nothing_is_sent() {
    let place = Workplace::open().await;
    place.write("list.csv", &people(1));
    place.run(&["recipients", "import", "list.csv"]).await;
    let (code, said) = place.run(&["announce", "parcel/tls-1.2"]).await;
    assert!(code == 1 && said.contains("confirm with --yes"), "{code}: {said}");
    assert!(place.run(&["status"]).await.1.contains("Nothing was announced yet"));
}

#[tokio::test]
async fn over_smtp_the_missing_public_address_is_named_and_nothing_is_made() {
    let place = Workplace::open().await;
    place.write("list.csv", &people(1));
    place.run(&["recipients", "import", "list.csv"]).await;
    let arguments = ["announce", "parcel/tls-1.2", "--yes", "--smtp-url", "smtp://127.0.0.1:1"];
    let (code, said) = place.run(&arguments).await;
    assert!(code == 1 && said.contains("--public-url (FAIRWARNING_PUBLIC_URL)"), "{code}: {said}");
    assert!(place.run(&["status"]).await.1.contains("Nothing was announced yet"));
}

#[tokio::test]
async fn a_canary_then_the_rest_go_into_files_and_show_in_the_status() {
    let place = Workplace::open().await;
    place.write("list.csv", &people(5));
    place.run(&["recipients", "import", "list.csv"]).await;
    let mails = || std::fs::read_dir(place.folder().join("var/mail")).unwrap().count();
    let announce = ["announce", "parcel/tls-1.2", "--yes"];
    let (code, said) = place.run(&[&announce[..], &["--canary", "2"]].concat()).await;
    assert!(code == 0 && said.contains("2  accepted") && mails() == 2, "{said}");
    let (code, said) = place.run(&announce).await;
    assert!(code == 0 && said.contains("5  accepted") && mails() == 5, "{said}");
    let (code, said) = place.run(&announce).await;
    assert!(code == 0 && said.contains("5  accepted") && mails() == 5, "{said}");

    let (_, table) = place.run(&["status"]).await;
    assert!(table.contains("parcel/tls-1.2") && table.contains("5 accepted"), "{table}");
    let (_, table) = place.run(&["status", "parcel/tls-1.2"]).await;
    assert!(table.contains("p5@example.org") && table.contains("var/mail/000005-"), "{table}");
    let (_, json) = place.run(&["status", "parcel/tls-1.2", "--format", "json"]).await;
    let lines: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["counts"]["accepted"], 5);
    assert_eq!(lines[1]["recipient"], "p1@example.org");
    assert_eq!(lines.len(), 6);
    let status = ["status", "parcel/tls-1.2", "--format", "csv"];
    let (_, csv) = place.run(&[&status[..], &["--outcome", "accepted"]].concat()).await;
    assert!(csv.starts_with("notice,recipient,state") && csv.lines().count() == 6, "{csv}");
    let (_, none) = place.run(&[&status[..], &["--outcome", "rejected"]].concat()).await;
    assert_eq!(none.lines().count(), 1);
}

/// Really killed, in the middle, without a chance to tidy up.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_round_goes_on_and_repeats_nothing_that_was_accepted() {
    const PEOPLE: usize = 300;
    const CONNECTIONS: usize = 4;
    static TAKEN: AtomicUsize = AtomicUsize::new(0);
    let place = Workplace::open().await;
    place.office.import_people(PEOPLE).await;
    let server = ScriptedServer::start(|step, _| {
        if step == Step::Content {
            TAKEN.fetch_add(1, Ordering::SeqCst);
        }
        Answer::Fine
    })
    .await;
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let arguments = [
        "announce",
        "parcel/tls-1.2",
        "--yes",
        "--smtp-url",
        &url,
        "--smtp-allow-plaintext",
        "--public-url=https://notices.parcel.example",
        "--heartbeat-ms=600",
        "--smtp-connections=4",
    ];
    for kill_at in [60, 150] {
        let mut child = place.command(&arguments).spawn().unwrap();
        while TAKEN.load(Ordering::SeqCst) < kill_at {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (code, said) = place.run(&arguments).await;
    assert!(code == 0 && said.contains("300  accepted"), "{code}: {said}");

    let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in server.log().messages {
        copies.entry(message.to.clone()).or_default().push(message.header("Message-ID"));
    }
    assert_eq!(copies.len(), PEOPLE, "nobody is missed");
    let repeats: usize = copies.values().map(|ids| ids.len() - 1).sum();
    assert!(repeats <= 2 * CONNECTIONS, "{repeats} repeats after two kills");
    for ids in copies.values() {
        assert!(ids.iter().all(|id| id == &ids[0]), "a repeat keeps its Message-ID");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_round_finishes_what_is_in_flight_and_repeats_nothing() {
    static TAKEN: AtomicUsize = AtomicUsize::new(0);
    let place = Workplace::open().await;
    place.office.import_people(200).await;
    let server = ScriptedServer::start(|step, _| {
        if step == Step::Content {
            TAKEN.fetch_add(1, Ordering::SeqCst);
        }
        Answer::Fine
    })
    .await;
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let arguments = [
        "announce",
        "parcel/tls-1.2",
        "--yes",
        "--smtp-url",
        &url,
        "--smtp-allow-plaintext",
        "--public-url=https://notices.parcel.example",
    ];
    let mut child = place.command(&arguments).spawn().unwrap();
    while TAKEN.load(Ordering::SeqCst) < 30 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was interrupted");
        tokio::task::yield_now().await;
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert!(child.wait().unwrap().code().is_some(), "it ends by itself");
    let (code, said) = place.run(&arguments).await;
    assert!(code == 0 && said.contains("200  accepted"), "{code}: {said}");
    assert_eq!(server.log().messages.len(), 200);
}

/// A service beside the announcement, ended with the test.
pub struct Service(pub std::process::Child);

impl Service {
    pub fn start(place: &Workplace, more: &[&str]) -> Self {
        let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
        Self(command.args(more).spawn().unwrap())
    }

    /// Waits until `done` says so.
    pub async fn until(&mut self, done: impl Fn() -> bool) {
        let begun = std::time::Instant::now();
        while !done() {
            assert!(self.0.try_wait().unwrap().is_none(), "the service ended");
            assert!(begun.elapsed().as_secs() < 60, "the service did not get there");
            tokio::task::yield_now().await;
        }
    }

    pub fn end_well(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success(), "it ends well when told to");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_delivers_what_a_round_had_to_leave_for_later() {
    static REFUSED: AtomicUsize = AtomicUsize::new(0);
    let place = Workplace::open().await;
    place.office.import_people(3).await;
    let server = ScriptedServer::start(|step, _| match step {
        Step::Rcpt if REFUSED.fetch_add(1, Ordering::SeqCst) < 3 => {
            Answer::Say("451 4.2.1 try later")
        }
        _ => Answer::Fine,
    })
    .await;
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let mail = [
        "--smtp-url",
        &url,
        "--smtp-allow-plaintext",
        "--public-url=https://notices.parcel.example",
        "--retry-seconds=1",
    ];
    let announce = [&["announce", "parcel/tls-1.2", "--yes"], &mail[..]].concat();
    let (_, said) = place.run(&announce).await;
    assert!(said.contains("3  deferred"), "{said}");
    let mut service = Service::start(&place, &mail);
    service.until(|| server.log().messages.len() == 3).await;
    service.end_well();
    let (_, table) = place.run(&["status"]).await;
    assert!(table.contains("3 accepted"), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_writes_files_leaves_a_round_over_smtp_alone() {
    let place = Workplace::open().await;
    place.office.import_people(3).await;
    let server = ScriptedServer::start(|step, _| match step {
        Step::Rcpt => Answer::Say("451 4.2.1 try later"),
        _ => Answer::Fine,
    })
    .await;
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let announce = [
        "announce",
        "parcel/tls-1.2",
        "--yes",
        "--smtp-url",
        &url,
        "--smtp-allow-plaintext",
        "--public-url=https://notices.parcel.example",
        "--retry-seconds=1",
    ];
    let (_, said) = place.run(&announce).await;
    assert!(said.contains("3  deferred"), "{said}");
    let mut service = Service::start(&place, &[]);
    let store = &place.office.store;
    let lifetime = std::time::Duration::from_secs(15);
    let node = store.register_node(NewNode { name: "a test", lifetime }).await.unwrap();
    let claim = async |carrier| {
        let claims = store.claim(node, Errand::All(carrier), 9).await.unwrap();
        claims.rows.len()
    };
    // They fall due again after a second; then SMTP may have them, and files not.
    let begun = std::time::Instant::now();
    let mut due = 0;
    while due < 3 {
        assert_eq!(claim(Carrier::Files).await, 0);
        due += claim(Carrier::Smtp).await;
        assert!(begun.elapsed().as_secs() < 60, "{due} fell due");
    }
    service.until(|| place.folder().join("var/mail").exists()).await;
    let written = std::fs::read_dir(place.folder().join("var/mail")).unwrap().count();
    assert_eq!(written, 0);
    service.end_well();
}
