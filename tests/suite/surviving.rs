//! What is left of a round when delivering processes are killed, clocks are off,
//! or the database stops, is full, or has its answers lost: nobody is missed, and
//! a repeat keeps its Message-ID.

use crate::cluster::Cluster;
use crate::commands::Workplace;
use crate::databases::{cluster, on_postgres};
use crate::scripted_server::{Answer, ScriptedServer};
use crate::store_contract::{claim, office_with_round, register};
use crate::test_office::{mail_settings, plaintext};
use crate::torture::{
    Dice, NodeSettings, Outage, Plan, Prepared, Where, fill_the_disk, kill_at_random,
    stop_the_database, suffer_bad_servers,
};
use fairwarning::clock::Clock;
use fairwarning::config::DatabaseUrl;
use fairwarning::delivery::{Delivery, Event, Scope};
use fairwarning::notice::Outcome;
use fairwarning::store::{Errand, Store};
use sqlx::{Connection as _, PgConnection};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

on_postgres!(
    a_claim_whose_answer_was_lost_is_not_held_for_ever,
    a_claimer_halted_in_the_middle_keeps_nobody_waiting,
);

const PEOPLE: usize = 300;
const CONNECTIONS: usize = 4;
const RIGHT: NodeSettings = NodeSettings {
    connections: CONNECTIONS,
    heartbeat: Duration::from_secs(2),
    waits: Duration::from_secs(20),
    clock: None,
};

/// What `make torture` does at length, three times.
async fn kill_some(place: Where, nodes: &[NodeSettings], next: NodeSettings) {
    let prepared = Prepared::make(place, PEOPLE).await;
    let plan = Plan {
        configuration: format!("{nodes:?}"),
        prepared: &prepared,
        nodes: nodes.to_vec(),
        next,
        rounds: 3,
    };
    let seed = Clock::system().now().timestamp_micros().unsigned_abs();
    let figures = kill_at_random(&plan, &mut Dice(seed)).await;
    let what = &figures.configuration;
    assert_eq!(figures.broken, [""; 0], "{what}, seed {seed}: {figures:?}");
    assert_eq!((figures.kills, figures.missed), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_service_s_work_is_finished_by_the_next_one() {
    kill_some(Where::Files, &[RIGHT], RIGHT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_s_work_is_finished_by_the_next_one() {
    kill_some(Where::Server(cluster().await.clone()), &[RIGHT], RIGHT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_s_work_is_finished_by_the_three_beside_it() {
    kill_some(Where::Server(cluster().await.clone()), &[RIGHT; 4], RIGHT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_ten_minutes_off_misses_and_repeats_nobody() {
    let ahead = NodeSettings { clock: Some("+600s"), ..RIGHT };
    let behind = NodeSettings { clock: Some("-600s"), ..RIGHT };
    let place = Where::Server(cluster().await.clone());
    kill_some(place, &[ahead, behind, RIGHT], ahead).await;
    kill_some(Where::Files, &[ahead], behind).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_goes_on_by_itself_when_the_database_is_back() {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start("-c fsync=off")).await.unwrap();
    let outage = Outage { cluster: Arc::new(cluster), lasts: Duration::from_secs(4) };
    let prepared = Prepared::make(Where::Server(outage.cluster.clone()), PEOPLE).await;
    let figures = stop_the_database(&outage, &prepared, (1, 4), RIGHT, &mut Dice(1)).await;
    assert_eq!(figures.broken, [""; 0], "{figures:?}");
    assert_eq!((figures.rounds, figures.repeats, figures.missed), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_goes_on_by_itself_when_the_disk_has_room() {
    let prepared = Prepared::make(Where::Files, 2 * PEOPLE).await;
    let figures = fill_the_disk(&prepared, 1, RIGHT, Duration::from_secs(2)).await;
    assert_eq!(figures.broken, [""; 0], "{figures:?}");
    assert_eq!((figures.rounds, figures.repeats, figures.missed), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_server_comes_to_what_it_should_in_one_round() {
    let hasty = NodeSettings { waits: Duration::from_secs(1), ..RIGHT };
    let prepared = Prepared::make(Where::Files, PEOPLE).await;
    let figures = suffer_bad_servers("one on SQLite", &prepared, (1, 1), hasty).await;
    assert_eq!(figures.broken, [""; 0], "{figures:?}");
    assert_eq!((figures.repeats, figures.missed), (0, 0));
}

/// How many messages came more than once; everybody has one at least.
fn repeats(server: &ScriptedServer) -> usize {
    let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in server.log().messages {
        copies.entry(message.to.clone()).or_default().push(message.header("Message-ID"));
    }
    assert_eq!(copies.len(), PEOPLE, "nobody is missed");
    for ids in copies.values() {
        assert!(ids.iter().all(|id| id == &ids[0]), "a repeat keeps its Message-ID");
    }
    copies.values().map(|ids| ids.len() - 1).sum()
}

async fn a_claimer_halted_in_the_middle_keeps_nobody_waiting() {
    let (office, occasion) = office_with_round(4).await;
    let node = register(&office, "alive").await;
    let DatabaseUrl::Postgres(url) = office.database.url() else { unreachable!() };
    let mut halted = PgConnection::connect(url.expose()).await.unwrap();
    for statement in ["begin", "select id from outbox where id <= 2 for update"] {
        sqlx::query(statement).execute(&mut halted).await.unwrap();
    }
    let claiming = claim(&office, node, Errand::Round(occasion), 9);
    let claimed = tokio::time::timeout(Duration::from_secs(10), claiming).await;
    assert_eq!(claimed.expect("nobody waits"), [3, 4]);
    halted.close_hard().await.unwrap();
    let begun = Instant::now();
    let mut rest = Vec::new();
    while rest.len() < 2 {
        assert!(begun.elapsed().as_secs() < 60, "they stay locked");
        rest.extend(claim(&office, node, Errand::Round(occasion), 9).await);
    }
    assert_eq!(rest, [1, 2]);
}

/// Stands between a store and its server, and loses the answer to every
/// `nth` commit.
async fn lossy(server: String, nth: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let commits = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.unwrap();
            // Whichever side ends, the other is of no more use.
            tokio::spawn(carry(client, server, commits.clone(), nth));
        }
    });
    port
}

async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    commits: Arc<AtomicUsize>,
    nth: usize,
) -> std::io::Result<()> {
    let (mut said, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut said) => {
                let read = read?;
                server.write_all(&said[..read]).await?;
                let is_commit = said[..read].windows(6).any(|word| word == b"COMMIT");
                if read == 0 {
                    return Ok(());
                }
                if is_commit && commits.fetch_add(1, Ordering::SeqCst) % nth == nth - 1 {
                    // It is committed by then, and nobody hears of it.
                    let _lost: usize = server.read(&mut answered).await?;
                    return Ok(());
                }
            }
            read = server.read(&mut answered) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                client.write_all(&answered[..read]).await?;
            }
        }
    }
}

async fn a_claim_whose_answer_was_lost_is_not_held_for_ever() {
    let place = Workplace::open().await;
    let office = &place.office;
    office.import_people(PEOPLE).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let url = office.database.by_network().await;
    let address = url.split(['@', '/']).nth(3).unwrap().to_owned();
    let port = lossy(address.clone(), 7).await;
    let url = url.replace(&address, &format!("127.0.0.1:{port}")) + "?sslmode=disable";
    let url = DatabaseUrl::parse(&url).unwrap();
    let store = Store::open_told(&url, office.clock.clock()).await.unwrap();
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let delivery =
        Delivery::new(store, office.keys.clone(), mail_settings(&flags), office.clock.clock());
    let (_running, stop) = watch::channel(false);
    let mut failures = 0;
    let scope = Scope::Round { occasion, pauses: 2 };
    let ended = delivery.unwrap().run(scope, stop, |event| {
        failures += usize::from(matches!(event, Event::StoreFails(_)));
    });
    let patience = Duration::from_secs(120);
    // It ends by itself, unless its last words are lost as well.
    let _ = tokio::time::timeout(patience, ended).await.expect("it waits for what it holds");
    assert!(failures > 3, "answers were lost");
    let counts = office.store.round_counts(occasion).await.unwrap();
    assert_eq!(counts.of(Outcome::Accepted), PEOPLE as i64, "{counts:?}");
    assert_eq!(repeats(&server), 0, "what was recorded was not sent again");
}
