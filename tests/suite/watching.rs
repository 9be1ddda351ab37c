//! The watch at work: real servers on loopback are asked when they are due, what they do is held
//! against what is declared, and the office hears of it once.

use crate::drifting::program_with;
use crate::test_office::{TestClock, TestOffice, mail_settings};
use crate::zoo::Openssl;
use crate::zoo::certificates::Certificates;
use chrono::TimeDelta;
use fairwarning::announce::drift_news;
use fairwarning::notice::{Carrier, OccasionKind, Outcome, Publication, Verdict, Workspace};
use fairwarning::store::StoredWatch;
use fairwarning::tls::{ProbeSettings, Prober};
use fairwarning::watching::{Watching, may_ask};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

const LOOPBACK: &str = "127.0.0.0/8";
const WATCH: &str = "contact: {email: help@office.example}\n\
    watch: {every: 6 hours, to: drift@office.example, except: [stage]}\n";

struct Watched {
    office: TestOffice,
    watching: Watching,
}

/// What is declared: TLS 1.0 ends on 1 February 2020, two weeks from when the clock begins.
fn declared(settings: &str, url: &str, cutoff: &str) -> Publication {
    let apis = format!(
        "environments:\n  prod: {{title: PROD, stage: production, urls: {{main: \"{url}\"}}}}\n  \
         stage: {{title: Stage, stage: test, urls: {{main: \"https://stage.example\"}}}}\n\
         apis:\n  labels: {{title: Labels, replaced_by: none, operations: [GET /v1/labels]}}\n"
    );
    let notice = format!(
        "title: TLS 1.0 ends\nkind: protocol\nannounced: 2020-01-01\nends: [TLS 1.0]\n\
         needs: [TLS 1.2]\nsummary: It ends.\nschedule:\n  cutoff: {cutoff}\n  rows:\n    \
         prod: {{environment: prod, apis: [labels]}}\n    \
         stage: {{environment: stage, apis: [labels], cutoff: 2020-01-02}}\n"
    );
    published(program_with(settings, &apis, &[("tls", &notice)]))
}

fn published(program: fairwarning::notice::Program) -> Publication {
    let programs = [(program.id.clone(), program)].into_iter().collect();
    Publication::new(Workspace { programs }, BTreeMap::new())
}

fn prober(allowed: &[&str]) -> Prober {
    let settings = ProbeSettings {
        timeout: Duration::from_secs(5),
        at_once: 4,
        rate: "1000/s".parse().unwrap(),
    };
    Prober::new(settings, may_ask(allowed.iter().map(|text| text.parse().unwrap()).collect()))
}

impl Watched {
    async fn open(publication: &Publication, allowed: &[&str]) -> Self {
        let office = TestOffice::open().await;
        let clock = office.clock.clock();
        let watching = Watching::new(office.store.clone(), prober(allowed), clock, 4);
        let watched = Self { office, watching };
        watched.publish(publication).await;
        watched
    }

    async fn publish(&self, publication: &Publication) {
        let store = &self.office.store;
        let parent = store.current_publication_id().await.unwrap();
        store.publish(publication, parent, self.office.clock.now()).await.unwrap();
    }

    /// How many targets are asked after this time.
    async fn after(&mut self, time: TimeDelta) -> u64 {
        // What was published is taken over first, and due within half a minute.
        self.watching.tick().await.unwrap();
        self.office.clock.pass(time);
        self.watching.tick().await.unwrap()
    }

    async fn only(&self) -> StoredWatch {
        let mut all = self.office.store.watched(None).await.unwrap();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    async fn verdict(&self) -> Verdict {
        self.only().await.standing.unwrap().verdict
    }

    /// Mails that were made now and a minute later: subjects and texts of the files.
    async fn mails(&self) -> u64 {
        let office = &self.office;
        let tell = async || {
            let now = office.clock.now();
            drift_news(&office.store, &office.keys, Carrier::Files, now).await.unwrap()
        };
        let at_once = tell().await;
        assert_eq!(at_once, 0, "others may join within a minute");
        office.clock.pass(TimeDelta::minutes(1));
        tell().await
    }
}

#[tokio::test]
async fn a_server_that_still_accepts_tls_1_0_drifts_until_the_plan_is_amended() {
    let certificates = Certificates::new();
    let server = Openssl::start(
        &certificates.rsa,
        "127.0.0.1",
        &["-min_protocol", "TLSv1", "-max_protocol", "TLSv1.2", "-cipher", "ALL:@SECLEVEL=0"],
    );
    let url = format!("https://{}", server.address);
    let mut watched = Watched::open(&declared(WATCH, &url, "2020-02-01"), &[LOOPBACK]).await;
    assert_eq!(watched.after(TimeDelta::seconds(30)).await, 1, "stage is left alone");
    assert_eq!(watched.verdict().await, Verdict::Conforming);
    // Asked by the rhythm, and not before.
    assert_eq!(watched.after(TimeDelta::hours(5)).await, 0);
    assert_eq!(watched.after(TimeDelta::hours(1)).await, 1);
    assert_eq!(watched.mails().await, 0);
    // Soon after the cutoff, whatever the rhythm.
    let cutoff = crate::drifting::at("2020-02-01");
    watched.office.clock.pass(cutoff - watched.office.clock.now() - TimeDelta::minutes(30));
    assert_eq!(watched.after(TimeDelta::zero()).await, 0, "it was asked in this tick");
    assert_eq!(watched.after(TimeDelta::minutes(34)).await, 0);
    assert_eq!(watched.after(TimeDelta::seconds(91)).await, 1);
    let found = watched.only().await;
    assert_eq!(found.standing.as_ref().unwrap().verdict, Verdict::Drifting);
    let reason = found.judgement.as_ref().unwrap().reason().unwrap();
    assert_eq!(reason, "PROD still accepts TLS 1.0 five minutes after its cutoff");
    assert_eq!(found.findings.len(), 1);
    assert_eq!(watched.mails().await, 1);
    assert_eq!(watched.after(TimeDelta::hours(6)).await, 1);
    assert_eq!(watched.mails().await, 0, "they were told of it");
    // The plan changes: what stands there is right again, and that is told, too.
    watched.publish(&declared(WATCH, &url, "2020-03-01")).await;
    assert_eq!(watched.after(TimeDelta::seconds(30)).await, 1);
    assert_eq!(watched.verdict().await, Verdict::Conforming);
    assert_eq!(watched.mails().await, 1);
    assert_eq!(watched.office.store.watch_changes(found.id, 9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_mail_says_what_differs_and_goes_to_whom_the_watch_names() {
    let certificates = Certificates::new();
    let flags = ["-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0"];
    let server = Openssl::start(&certificates.rsa, "127.0.0.1", &flags);
    let url = format!("https://{}", server.address);
    let mut watched = Watched::open(&declared(WATCH, &url, "2020-01-02"), &[LOOPBACK]).await;
    watched.after(TimeDelta::seconds(30)).await;
    assert_eq!(watched.mails().await, 1);
    let office = &watched.office;
    let occasion = office.store.occasion_by_id(1).await.unwrap().unwrap();
    assert_eq!(occasion.kind, OccasionKind::Drift);
    assert!(office.store.occasions().await.unwrap().is_empty(), "it is no round");
    let folder = office.folder.path().join("mail");
    let settings = mail_settings(&[&format!("--mail-dir={}", folder.display())]);
    let delivered = office.deliver(occasion.id, settings).await;
    assert_eq!(delivered.count(Outcome::Accepted), 1);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    let file = files.iter().find(|path| path.extension().is_some_and(|e| e == "eml")).unwrap();
    let bytes = std::fs::read(file).unwrap();
    let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(mail.subject(), Some("Not as declared: PROD"));
    let to = mail.to().unwrap().first().unwrap();
    assert_eq!(to.address(), Some("drift@office.example"));
    for body in [mail.body_text(0).unwrap(), mail.body_html(0).unwrap()] {
        let said = "PROD still accepts TLS 1.0 twelve days after its cutoff.";
        for part in [said, &url, "https://notices.parcel.example/office/drift?program=parcels"] {
            assert!(body.contains(part), "{part} in {body}");
        }
        assert!(!body.contains("/u/") && !body.contains("/preferences/"), "{body}");
    }
    assert!(mail.header("List-Unsubscribe").is_none() && mail.header("List-Id").is_none());
}

#[tokio::test]
async fn without_a_watch_nobody_is_asked_and_private_addresses_are_asked_by_allowance_alone() {
    let certificates = Certificates::new();
    let server = Openssl::start(&certificates.rsa, "127.0.0.1", &["-tls1_2"]);
    let url = format!("https://{}", server.address);
    let mut nobody = Watched::open(&declared("", &url, "2020-02-01"), &[LOOPBACK]).await;
    assert_eq!(nobody.after(TimeDelta::days(1)).await, 0);
    assert!(nobody.office.store.watched(None).await.unwrap().is_empty());
    let mut private = Watched::open(&declared(WATCH, &url, "2020-01-02"), &[]).await;
    assert_eq!(private.after(TimeDelta::seconds(30)).await, 1);
    let found = private.only().await;
    assert_eq!(found.standing.unwrap().verdict, Verdict::Undetermined);
    let reason = found.judgement.unwrap().remarks.remove(0).sentence;
    assert!(reason.contains("127.0.0.1 is not a public address; --watch-allow"), "{reason}");
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_again_soon_and_told_to_nobody() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let publication = declared(WATCH, &format!("https://{gone}"), "2020-01-02");
    let mut watched = Watched::open(&publication, &[LOOPBACK]).await;
    assert_eq!(watched.after(TimeDelta::seconds(30)).await, 1);
    assert_eq!(watched.verdict().await, Verdict::Undetermined);
    assert_eq!(watched.after(TimeDelta::minutes(5)).await, 1);
    assert_eq!(watched.after(TimeDelta::minutes(5)).await, 0, "from now on by the rhythm");
    assert_eq!(watched.after(TimeDelta::hours(6)).await, 1);
    assert_eq!(watched.mails().await, 0);
}

/// Answers every GET with the status that stands, and tells how many came.
fn http_server() -> (SocketAddr, Arc<AtomicU16>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (status, asked) = (Arc::new(AtomicU16::new(200)), Arc::new(AtomicUsize::new(0)));
    let (answered, counted) = (status.clone(), asked.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            assert!(line.starts_with("GET /rest/v1/labels "), "{line}");
            counted.fetch_add(1, Ordering::SeqCst);
            let status = answered.load(Ordering::SeqCst);
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n");
            let _ = stream.write_all(format!("{head}\r\nok").as_bytes());
        }
    });
    (address, status, asked)
}

#[tokio::test]
async fn a_retired_operation_that_is_still_answered_drifts_and_is_mended() {
    let (address, status, asked) = http_server();
    let apis = format!(
        "environments:\n  prod: {{title: PROD, stage: production, \
         urls: {{main: \"http://{address}/rest\"}}}}\n\
         apis:\n  labels: {{title: Labels, replaced_by: none, operations: [GET /v1/labels]}}\n"
    );
    let notice = "title: Labels end\nkind: retirement\nannounced: 2020-01-01\n\
        summary: They end.\nschedule:\n  rows:\n    \
        prod: {environment: prod, apis: [labels], cutoff: 2020-01-02}\n\
        errors:\n  - {text: Gone, status: 410}\n";
    let publication = published(program_with(WATCH_ALL, &apis, &[("labels", notice)]));
    let mut watched = Watched::open(&publication, &[LOOPBACK]).await;
    assert_eq!(watched.after(TimeDelta::seconds(30)).await, 1);
    assert_eq!(watched.verdict().await, Verdict::Drifting);
    let reason = watched.only().await.judgement.unwrap().remarks.remove(0).sentence;
    assert_eq!(reason, "PROD still answers GET /v1/labels with 200 twelve days after its cutoff");
    assert_eq!(watched.mails().await, 1);
    status.store(410, Ordering::SeqCst);
    assert_eq!(watched.after(TimeDelta::hours(6)).await, 1);
    assert_eq!(watched.verdict().await, Verdict::Conforming);
    assert_eq!(watched.mails().await, 1);
    // Here and gone again before anybody was told: nobody is.
    status.store(200, Ordering::SeqCst);
    watched.after(TimeDelta::hours(6)).await;
    status.store(410, Ordering::SeqCst);
    watched.after(TimeDelta::hours(6)).await;
    let (store, keys) = (&watched.office.store, &watched.office.keys);
    let now = watched.office.clock.now();
    assert_eq!(drift_news(store, keys, Carrier::Files, now).await.unwrap(), 0);
    assert!(store.untold_changes(9).await.unwrap().is_empty());
    assert_eq!(asked.load(Ordering::SeqCst), 4, "once for each look");
}

const WATCH_ALL: &str = "contact: {email: help@office.example}\nwatch: {every: 6 hours}\n";

#[tokio::test]
async fn two_processes_ask_a_target_once_between_them() {
    let (address, _, asked) = http_server();
    let urls: String = (0..20).map(|n| format!("u{n}: \"http://{address}/rest\", ")).collect();
    let apis = format!(
        "environments:\n  prod: {{title: PROD, stage: production, urls: {{{urls}}}}}\n\
         apis:\n  labels: {{title: Labels, replaced_by: none, operations: [GET /v1/labels]}}\n"
    );
    let notice = "title: Labels end\nkind: retirement\nannounced: 2020-01-01\n\
        summary: They end.\nschedule:\n  rows:\n    \
        prod: {environment: prod, apis: [labels], cutoff: 2020-06-01}\n";
    let publication = published(program_with(WATCH_ALL, &apis, &[("labels", notice)]));
    let mut watched = Watched::open(&publication, &[LOOPBACK]).await;
    watched.watching.tick().await.unwrap();
    watched.office.clock.pass(TimeDelta::seconds(30));
    let (store, clock): (_, TestClock) =
        (watched.office.store.clone(), watched.office.clock.clone());
    let mut other = Watching::new(store, prober(&[LOOPBACK]), clock.clock(), 4);
    let (mine, theirs) = tokio::join!(watched.watching.tick(), other.tick());
    assert_eq!(mine.unwrap() + theirs.unwrap(), 20);
    assert_eq!(asked.load(Ordering::SeqCst), 20);
    for one in watched.office.store.watched(None).await.unwrap() {
        assert_eq!(one.standing.unwrap().verdict, Verdict::Conforming);
    }
}
