//! What is left of a round when delivering processes are killed, or when the
//! answer of the database is lost: nobody is missed, and a repeat keeps its
//! Message-ID.

use crate::commands::{Service, Workplace};
use crate::databases::on_postgres;
use crate::roles::{smtp, start};
use crate::scripted_server::{Answer, ScriptedServer};
use crate::store_contract::{claim, office_with_round, register};
use crate::test_office::{mail_settings, plaintext};
use fairwarning::config::DatabaseUrl;
use fairwarning::delivery::{Delivery, Event, Scope};
use fairwarning::notice::{Carrier, Outcome};
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
    a_killed_process_s_work_is_finished_by_the_next_one,
    a_killed_process_s_work_is_finished_by_the_one_beside_it,
    a_claim_whose_answer_was_lost_is_not_held_for_ever,
    a_claimer_halted_in_the_middle_keeps_nobody_waiting,
);

const PEOPLE: usize = 300;
const CONNECTIONS: usize = 4;

async fn a_killed_process_s_work_is_finished_by_the_next_one() {
    torture(1).await;
}

async fn a_killed_process_s_work_is_finished_by_the_one_beside_it() {
    torture(2).await;
}

/// Kills a process twice in the middle of a round, and puts another in its
/// place, with `nodes` of them at work.
async fn torture(nodes: usize) {
    let place = Workplace::open().await;
    place.office.import_people(PEOPLE).await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let occasion = place.office.fill(None).await.unwrap().occasion;
    place.office.store.entrust(occasion, Carrier::Smtp).await.unwrap();
    let mut flags = smtp(server.port).to_vec();
    flags.extend(["--heartbeat-ms=600".to_owned(), format!("--smtp-connections={CONNECTIONS}")]);
    flags.retain(|flag| flag != "--heartbeat-ms=5000");
    let mut running: Vec<Service> = (0..nodes).map(|_| start(&place, "deliver", &flags)).collect();
    for kill_at in [60, 150] {
        running[0].until(|| server.taken() >= kill_at).await;
        let mut victim = running.remove(0);
        victim.0.kill().unwrap();
        victim.0.wait().unwrap();
        running.push(start(&place, "deliver", &flags));
    }
    let store = &place.office.store;
    let begun = Instant::now();
    while store.round_counts(occasion).await.unwrap().of(Outcome::Accepted) < PEOPLE as i64 {
        assert!(begun.elapsed().as_secs() < 60, "the round does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.into_iter().for_each(Service::end_well);
    let repeats = repeats(&server);
    assert!(repeats <= 2 * CONNECTIONS, "{repeats} repeats after two kills");
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
