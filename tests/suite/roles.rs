//! Processes that share the work by a PostgreSQL server, and what each of them
//! leaves alone.

use crate::commands::{Service, Workplace};
use crate::databases::on_postgres;
use crate::sample_office;
use crate::scripted_server::{Answer, ScriptedServer};
use fairwarning::notice::{Carrier, Occasion, OccasionKind};
use fairwarning::store::{NewOccasion, Store};
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::path::Path;

on_postgres!(
    a_round_is_shared_by_delivering_processes_and_nobody_hears_twice,
    a_process_told_to_stop_gives_back_what_it_claimed,
    only_the_web_role_listens,
    the_web_role_serves_what_is_published_later_elsewhere,
    an_interrupted_round_is_filled_on_and_a_canary_is_not,
);

pub fn smtp(port: u16) -> [String; 4] {
    [
        format!("--smtp-url=smtp://127.0.0.1:{port}"),
        "--smtp-allow-plaintext".to_owned(),
        "--public-url=https://notices.parcel.example".to_owned(),
        "--heartbeat-ms=5000".to_owned(),
    ]
}

pub fn start(place: &Workplace, role: &str, more: &[String]) -> Service {
    let mut flags = vec!["--role", role];
    flags.extend(more.iter().map(String::as_str));
    Service::start(place, &flags)
}

async fn sent(place: &Workplace, occasion: i64) -> i64 {
    let counts = place.office.store.round_counts(occasion).await.unwrap();
    counts.of(fairwarning::notice::Outcome::Accepted)
}

async fn a_round_is_shared_by_delivering_processes_and_nobody_hears_twice() {
    const PEOPLE: usize = 300;
    let place = Workplace::open().await;
    place.office.import_people(PEOPLE).await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = smtp(server.port);
    let (mut one, other) = (start(&place, "deliver", &flags), start(&place, "deliver", &flags));
    let occasion = place.office.fill(None).await.unwrap().occasion;
    place.office.store.entrust(occasion, Carrier::Smtp).await.unwrap();
    one.until(|| server.taken() >= PEOPLE).await;
    one.end_well();
    other.end_well();
    let mut readers: Vec<String> = server.log().messages.into_iter().map(|m| m.to).collect();
    readers.sort();
    assert_eq!(readers.len(), PEOPLE);
    readers.dedup();
    assert_eq!(readers.len(), PEOPLE, "nobody heard twice");
    assert_eq!(sent(&place, occasion).await, PEOPLE as i64);
}

async fn a_process_told_to_stop_gives_back_what_it_claimed() {
    const PEOPLE: usize = 200;
    let place = Workplace::open().await;
    place.office.import_people(PEOPLE).await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let occasion = place.office.fill(None).await.unwrap().occasion;
    place.office.store.entrust(occasion, Carrier::Smtp).await.unwrap();
    let mut leaving = start(&place, "deliver", &smtp(server.port));
    leaving.until(|| server.taken() >= 20).await;
    leaving.end_well();
    let (taken, counts) =
        (server.taken(), place.office.store.round_counts(occasion).await.unwrap());
    assert!(taken < PEOPLE, "it was told in the middle");
    assert_eq!((counts.claimed, sent(&place, occasion).await), (0, taken as i64));
    let mut next = start(&place, "deliver", &smtp(server.port));
    next.until(|| server.taken() >= PEOPLE).await;
    next.end_well();
    assert_eq!(server.taken(), PEOPLE, "nothing was repeated");
}

/// The lines a service prints, up to the one that is looked for.
fn line(service: &mut Service, wanted: &str) -> String {
    let out = service.0.stdout.take().unwrap();
    let found = BufReader::new(out).lines().map(Result::unwrap).find(|line| line.contains(wanted));
    found.unwrap_or_else(|| panic!("it never said `{wanted}`"))
}

/// Whether any socket of the process waits for connections.
fn listens(service: &Service) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let fields = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let listening: Vec<String> =
        fields.filter(|f| f[3] == "0A").map(|f| format!("socket:[{}]", f[9])).collect();
    let open = std::fs::read_dir(Path::new("/proc").join(service.0.id().to_string()).join("fd"));
    let links = open.unwrap().filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
    links.into_iter().any(|link| listening.contains(&link.display().to_string()))
}

async fn only_the_web_role_listens() {
    let place = Workplace::open().await;
    for (role, expected) in [("deliver", false), ("announce", false), ("announce,deliver", false)] {
        let mut service = start(&place, role, &[]);
        line(&mut service, "listening on no port");
        assert_eq!(listens(&service), expected, "{role}");
        service.end_well();
    }
    for role in ["web", "web,deliver", "all"] {
        let mut service = start(&place, role, &[]);
        line(&mut service, "Serving on http://");
        assert!(listens(&service), "{role}");
        service.end_well();
    }
}

/// What a page answers, in full.
fn get(address: &str, path: &str) -> String {
    use std::io::Write as _;
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

async fn the_web_role_serves_what_is_published_later_elsewhere() {
    let place = Workplace::open().await;
    let mut service = start(&place, "web", &[]);
    let address = line(&mut service, "Serving on http://");
    let address = address.rsplit("//").next().unwrap().to_owned();
    let before = get(&address, "/notices/parcel/tls-1.2");
    assert!(before.starts_with("HTTP/1.1 200"), "{before}");
    let store = &place.office.store;
    let parent = store.current_publication_id().await.unwrap();
    let now = fairwarning::clock::Clock::system().now();
    let mut amended = sample_office::amended();
    amended.templates.insert("page/notice.html".to_owned(), "another page".to_owned());
    store.publish(&amended, parent, now).await.unwrap();
    service.until(|| get(&address, "/notices/parcel/tls-1.2").contains("another page")).await;
    service.end_well();
}

async fn an_interrupted_round_is_filled_on_and_a_canary_is_not() {
    let place = Workplace::open().await;
    place.office.import_people(10).await;
    let store: &Store = &place.office.store;
    place.office.fill(Some(4)).await.unwrap();
    let begun = store.occasions().await.unwrap().remove(0);
    let service = start(&place, "announce", &[]);
    let is_filled = async || store.occasion_by_id(begun.id).await.unwrap().unwrap().is_filled;
    // As a process leaves it that was killed between two chunks of another round.
    let other = NewOccasion {
        occasion: Occasion {
            notice: sample_office::notice(),
            kind: OccasionKind::Announcement,
            key: "another".to_owned(),
        },
        revision: begun.revision.clone(),
        publication: begun.publication,
        carrier: None,
    };
    let other = store.open_occasion(&other, place.office.clock.now()).await.unwrap();
    let started = std::time::Instant::now();
    while !store.occasion_by_id(other.id).await.unwrap().unwrap().is_filled {
        assert!(started.elapsed().as_secs() < 60, "it was not filled on");
        tokio::task::yield_now().await;
    }
    assert!(!is_filled().await, "the canary waits for somebody's word");
    assert_eq!(store.round_counts(other.id).await.unwrap().total(), 10);
    service.end_well();
}

#[tokio::test]
async fn on_sqlite_the_work_is_not_divided_and_the_refusal_says_why() {
    let place = Workplace::open().await;
    for role in ["web", "deliver", "announce,deliver"] {
        let (code, said) = place.run(&["serve", "--role", role]).await;
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("need PostgreSQL") && said.contains("one `serve`"), "{said}");
    }
    let mut beside = start(&place, "announce", &[]);
    line(&mut beside, "listening on no port");
    beside.end_well();
}
