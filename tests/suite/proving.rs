//! Proof of notice: what was sent is sealed, any change to it is found, and
//! erasing a person leaves it whole.

use crate::sample_office;
use crate::test_office::TestOffice;
use fairwarning::notice::OfficeScope;
use fairwarning::proof::{self, Finding, Head, Verified};
use fairwarning::tokens;
use fairwarning::web::{self, Service};
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, SqliteConnection};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::Arc;

impl TestOffice {
    async fn tell_people(&self, count: usize) {
        self.import_people(count).await;
        let folder = self.folder.path().join("mail");
        self.announce(&["--mail-dir", folder.to_str().unwrap()]).await;
    }

    pub async fn seal(&self) -> u64 {
        proof::seal(&self.store, self.clock.now()).await.unwrap()
    }

    pub async fn verify(&self, expected: Option<&Head>) -> Verified {
        proof::verify(&self.store, expected).await.unwrap()
    }

    async fn head(&self) -> Head {
        Head::from(&self.store.head().await.unwrap().unwrap())
    }

    /// As somebody with the database's file in hand.
    pub async fn tamper(&self, statement: &str) {
        let path = self.folder.path().join("deep/in/office.db");
        let url = format!("sqlite:{}", path.display());
        let mut beside = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("pragma foreign_keys = off").execute(&mut beside).await.unwrap();
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        let done = sqlx::query(statement).execute(&mut beside).await.unwrap();
        assert!(done.rows_affected() > 0, "something was changed");
        beside.close().await.unwrap();
    }
}

/// Six people told, sealed twice.
async fn told() -> TestOffice {
    let office = TestOffice::open().await;
    office.tell_people(4).await;
    assert_eq!(office.seal().await, 4);
    office.tell_people(6).await;
    assert_eq!(office.seal().await, 2);
    office
}

#[tokio::test]
async fn everything_sent_is_sealed_once_and_holds() {
    let office = told().await;
    assert_eq!(office.seal().await, 0);
    let verified = office.verify(Some(&office.head().await)).await;
    assert_eq!((verified.seals, verified.records), (2, 6));
    assert_eq!(verified.findings, []);
}

#[tokio::test]
async fn the_record_says_who_was_told_what() {
    let office = told().await;
    let subject = sample_office::notice().to_string();
    let told = office.store.told(&subject, None, 0, 100).await.unwrap();
    let addresses: Vec<_> =
        told.iter().map(|told| told.record.address.clone().unwrap().to_string()).collect();
    let expected: Vec<_> = (1..=6).map(|n| format!("p{n}@example.org")).collect();
    assert_eq!(addresses, expected);
    assert!(told.iter().all(|told| told.record.outcome == "accepted"));
    assert!(told.iter().all(|told| told.text.contains("TLS") && told.record.seal.is_some()));
    let address = "p5@example.org".parse().unwrap();
    let id = office.store.subscriber_number(&address).await.unwrap();
    let one = office.store.told(&subject, id, 0, 100).await.unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].record.address, Some("p5@example.org".parse().unwrap()));
}

#[tokio::test]
async fn that_somebody_was_left_out_is_on_record_too() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    office.fill(None).await.unwrap();
    let address = "p1@example.org".parse().unwrap();
    assert!(office.store.remove_subscriber(&address).await.unwrap());
    let folder = office.folder.path().join("mail");
    office.announce(&["--mail-dir", folder.to_str().unwrap()]).await;
    assert_eq!(office.seal().await, 2);
    let told = office.store.told("parcel/tls-1.2", None, 0, 100).await.unwrap();
    let mut outcomes: Vec<_> = told.iter().map(|told| told.record.outcome.as_str()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["accepted", "withdrawn"]);
    assert_eq!(office.verify(None).await.findings, []);
}

#[tokio::test]
async fn every_change_to_what_was_sealed_is_found() {
    for (statement, expected) in [
        (
            "update attempts set reply = 'never' where id = 2",
            Finding::Changed { record: 2, seal: 1 },
        ),
        (
            "update attempts set outcome = 'rejected' where id = 6",
            Finding::Changed { record: 6, seal: 2 },
        ),
        ("update attempts set at = at + 1 where id = 1", Finding::Changed { record: 1, seal: 1 }),
        (
            "update outbox set message_id = 'other@example.org' where id = 3",
            Finding::Changed { record: 3, seal: 1 },
        ),
        (
            "update persons set digest = x'00' where recipient = 4",
            Finding::Changed { record: 4, seal: 1 },
        ),
        ("delete from attempts where id = 5", Finding::Records { seal: 2, sealed: 2, found: 1 }),
        (
            "insert into attempts (outbox, at, outcome, reply, node, seal, leaf)
             select outbox, at, outcome, reply, node, seal, leaf from attempts where id = 1",
            Finding::Records { seal: 1, sealed: 4, found: 5 },
        ),
        ("update attempts set leaf = x'00' where id = 1", Finding::Seal { seal: 1 }),
        ("update seals set hash = x'00' where id = 1", Finding::Seal { seal: 1 }),
        ("delete from seals where id = 1", Finding::Gap { before: 2 }),
        ("delete from seals where id = 2", Finding::Astray { records: 2 }),
        ("update editions set text = 'Nothing ends.'", Finding::Edition { edition: 1 }),
        (
            "update subscribers set key = 'x@example.org' where id = 2",
            Finding::Person { recipient: 2 },
        ),
        (
            "update subscribers set address = 'mallory@example.org' where id = 1",
            Finding::Person { recipient: 1 },
        ),
        ("update persons set salt = null where recipient = 3", Finding::Person { recipient: 3 }),
    ] {
        let office = told().await;
        office.tamper(statement).await;
        let findings = office.verify(None).await.findings;
        assert!(findings.contains(&expected), "{statement}: {findings:?}");
    }
}

#[tokio::test]
async fn a_chain_that_was_cut_off_and_made_anew_does_not_have_the_old_head() {
    let office = told().await;
    let head = office.head().await;
    office.tamper("delete from seals where id = 2").await;
    office.tamper("update attempts set seal = null, leaf = null, reply = 'x' where seal = 2").await;
    assert_eq!(office.verify(None).await.findings, [], "alone, the rest looks whole");
    let cut = office.verify(Some(&head)).await.findings;
    assert_eq!(cut, [Finding::Head { expected: head.to_string(), found: None }]);
    assert_eq!(office.seal().await, 2);
    let anew = office.verify(Some(&head)).await.findings;
    assert!(matches!(&anew[..], [Finding::Head { found: Some(_), .. }]), "{anew:?}");
}

#[tokio::test]
async fn erasing_a_person_leaves_the_proof_whole_and_tells_nobody_who_it_was() {
    let office = told().await;
    let head = office.head().await;
    let address = "p2@example.org".parse().unwrap();
    assert!(office.store.remove_subscriber(&address).await.unwrap());
    assert_eq!(office.verify(Some(&head)).await.findings, []);
    let told = office.store.told("parcel/tls-1.2", None, 0, 100).await.unwrap();
    let erased: Vec<_> = told.iter().filter(|told| told.record.address.is_none()).collect();
    assert_eq!(erased.len(), 1);
    let known = office.store.known_persons(0, 100).await.unwrap();
    assert_eq!(known.len(), 5, "the salt went with the address");
}

#[tokio::test]
async fn a_server_that_repeats_the_address_does_not_keep_it_from_being_erased() {
    let office = TestOffice::open().await;
    office.tell_people(3).await;
    let named = "update attempts set reply = '550 <P2@Example.org> is unknown' where id = 2";
    office.tamper(named).await;
    assert_eq!(office.seal().await, 3);
    assert_eq!(office.verify(None).await.findings, []);
    let address = "p2@example.org".parse().unwrap();
    assert!(office.store.remove_subscriber(&address).await.unwrap());
    assert_eq!(office.verify(None).await.findings, []);
    office.tamper("update attempts set reply = '250 fine' where id = 2").await;
    let findings = office.verify(None).await.findings;
    assert_eq!(findings, [Finding::Changed { record: 2, seal: 1 }]);
}

#[tokio::test]
async fn processes_that_seal_at_once_seal_each_record_once() {
    let office = TestOffice::open().await;
    office.tell_people(1_200).await;
    let seal = || {
        let (store, now) = (office.store.clone(), office.clock.now());
        tokio::spawn(async move { proof::seal(&store, now).await.unwrap() })
    };
    let tasks: Vec<_> = (0..4).map(|_| seal()).collect();
    let mut sealed = 0;
    for task in tasks {
        sealed += task.await.unwrap();
    }
    assert_eq!(sealed, 1_200);
    let verified = office.verify(None).await;
    assert_eq!((verified.records, verified.findings), (1_200, Vec::new()));
}

#[tokio::test]
async fn pages_of_proof_follow_each_other_without_a_gap() {
    let office = told().await;
    let clock = office.clock.clock();
    let service = Service::open(office.store.clone(), clock, None).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = web::start(Arc::new(service), listener, 1).unwrap();
    let handle = server.handle();
    let running = tokio::spawn(server);
    let now = office.clock.now();
    let token = tokens::create(&office.store, "Vera", OfficeScope::Viewer, None, now).await;
    let token = token.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |after: &str| -> serde_json::Value {
        let url = format!("http://{address}/api/v1/proof/parcel/tls-1.2?limit=4{after}");
        let request = client.get(url).bearer_auth(token.expose_secret());
        request.send().await.unwrap().json().await.unwrap()
    };
    let first = ask("").await;
    let second = ask(&format!("&after={}", first["next"])).await;
    let named = |page: &serde_json::Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["recipient"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(named(&first).len(), 4);
    assert_eq!(named(&second), ["p5@example.org", "p6@example.org"]);
    assert!(second.get("next").is_none());
    handle.stop(false).await;
    running.await.unwrap().unwrap();
}

fn run(office: &TestOffice, words: &[&str]) -> Output {
    let database = format!("sqlite:{}", office.folder.path().join("deep/in/office.db").display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command.env_clear().env("FAIRWARNING_DATABASE", database).arg("proof").args(words);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test]
async fn the_command_line_prints_proof_and_head_and_finds_what_was_changed() {
    let office = told().await;
    let lines = said(&run(&office, &["parcel/tls-1.2", "--format", "json"]));
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(lines.lines().count(), 6);
    assert_eq!(first["recipient"], "p1@example.org");
    assert!(first["text"].as_str().unwrap().contains("TLS 1.2"), "{first}");
    let csv = said(&run(&office, &["parcel/tls-1.2", "--format", "csv"]));
    assert_eq!(csv.lines().count(), 7);
    assert_eq!(csv.matches("at,recipient,outcome").count(), 1);
    let one = said(&run(&office, &["parcel/tls-1.2", "--recipient", "p3@example.org"]));
    assert!(one.contains("p3@example.org") && !one.contains("p4@example.org"), "{one}");
    let nobody = run(&office, &["parcel/tls-1.2", "--recipient", "nobody@example.org"]);
    assert_eq!(nobody.status.code(), Some(2));

    let head = said(&run(&office, &["--head"])).trim().to_owned();
    let whole = run(&office, &["--verify", "--expect", &head]);
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    assert!(said(&whole).contains("Whole: 6 records under 2 seals, up to"), "{}", said(&whole));
    office.tamper("update attempts set outcome = 'rejected' where id = 3").await;
    let changed = run(&office, &["--verify", "--expect", &head]);
    assert_eq!(changed.status.code(), Some(2));
    let why = String::from_utf8_lossy(&changed.stderr).into_owned();
    assert!(why.contains("record 3 under seal 1 was changed after it was sealed"), "{why}");
}
