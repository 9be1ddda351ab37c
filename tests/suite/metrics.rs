//! Figures for Prometheus: read by its own library, and true.

use crate::mail_tools::read_metrics;
use crate::scripted_server::{Answer, ScriptedServer, Step};
use crate::test_office::{TestOffice, mail_settings, plaintext};
use fairwarning::delivery::{Delivery, Scope};
use fairwarning::metrics::{Facts, Metrics};
use fairwarning::notice::Outcome;
use fairwarning::store::{Hold, HoldScope, NewNode};
use fairwarning::web::{self, MetricsSite};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

crate::databases::on_postgres_too!(a_scrape_tells_the_queue_the_outcomes_and_what_is_held,);

async fn scrape(address: std::net::SocketAddr, path: &str) -> (u16, String, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("http://{address}{path}")).send().await.unwrap();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    (answer.status().as_u16(), kind.unwrap_or_default(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_scrape_tells_the_queue_the_outcomes_and_what_is_held() {
    let office = TestOffice::open().await;
    office.import_people(4).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let server = ScriptedServer::start(|step, about| match (step, about) {
        (Step::Rcpt, "p1@example.org") => Answer::Say("550 5.7.1 blocked"),
        (Step::Rcpt, "p2@example.org") => Answer::Say("450 4.2.2 over quota"),
        _ => Answer::Fine,
    })
    .await;
    let flags = plaintext(server.port);
    let settings = mail_settings(&flags.each_ref().map(String::as_str));
    let metrics = Arc::new(Metrics::default());
    let (store, keys, clock) = (office.store.clone(), office.keys.clone(), office.clock.clock());
    let delivery = Delivery::new(store.clone(), keys, settings, clock.clone()).unwrap();
    let (_running, stop) = watch::channel(false);
    let scope = Scope::Round { occasion, pauses: 2 };
    delivery.counting(metrics.clone()).run(scope, stop, |_| {}).await.unwrap();
    office.clock.pass(chrono::Duration::minutes(7));
    let (reason, by) = ("x".to_owned(), "ops".to_owned());
    let scope = HoldScope::Program("letters".parse().unwrap());
    office.store.hold(&Hold { scope, reason, by, at: office.clock.now() }).await.unwrap();
    metrics.answered(200, Duration::from_millis(2));

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let site = MetricsSite { store, metrics, clock, service: None };
    let running = web::start_metrics(site, listener).unwrap();
    let handle = running.handle();
    tokio::spawn(running);
    let (status, kind, text) = scrape(address, "/metrics").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(scrape(address, "/").await.0, 404);
    let read = read_metrics(&text);
    let value = |name: &str| *read.get(name).unwrap_or_else(|| panic!("no {name} in {text}"));
    for (name, expected) in [
        ("fairwarning_queue_messages{state=waiting}", 1.0),
        ("fairwarning_queue_messages{state=throttled}", 0.0),
        ("fairwarning_dead_letters{outcome=rejected}", 1.0),
        ("fairwarning_outcomes_total{channel=mail,outcome=accepted}", 2.0),
        ("fairwarning_outcomes_total{channel=mail,outcome=rejected}", 1.0),
        ("fairwarning_outcomes_total{channel=mail,outcome=deferred}", 1.0),
        ("fairwarning_outcomes_total{channel=mail,outcome=dead}", 0.0),
        ("fairwarning_send_seconds_count", 4.0),
        ("fairwarning_http_request_seconds_count{status=2xx}", 1.0),
        ("fairwarning_holds", 1.0),
        ("fairwarning_nodes{state=stale}", 0.0),
        ("fairwarning_snapshot_age_seconds", -1.0),
    ] {
        assert!((value(name) - expected).abs() < 1e-9, "{name} is {}", value(name));
    }
    // Seven minutes less the first wait, which is up to a fifth below five.
    let oldest = value("fairwarning_queue_oldest_seconds");
    assert!((120.0..=180.0).contains(&oldest), "{oldest}");
    assert!(!text.contains("example.org"), "no address is a label");
    office.store.close().await;
    let (status, _, kept) = scrape(address, "/metrics").await;
    assert_eq!((status, kept.len()), (200, text.len()), "kept for a moment");
    handle.stop(false).await;
}

#[tokio::test]
async fn a_node_that_waits_for_its_server_is_seen_by_others_until_it_goes_on() {
    let office = TestOffice::open().await;
    let node = NewNode { name: "process 7", lifetime: Duration::from_secs(90) };
    let node = office.store.register_node(node).await.unwrap();
    office.store.note_pause(node, "it cannot be reached", Duration::from_secs(60)).await.unwrap();
    let view = office.store.overview().await.unwrap();
    assert_eq!((view.nodes_alive, view.nodes_stale), (1, 0));
    assert_eq!(view.pauses[0].reason, "it cannot be reached");
    assert_eq!(view.pauses[0].until, office.clock.now() + chrono::Duration::seconds(60));
    office.clock.pass(chrono::Duration::seconds(61));
    assert!(office.store.overview().await.unwrap().pauses.is_empty());
    office.clock.pass(chrono::Duration::seconds(60));
    let view = office.store.overview().await.unwrap();
    assert_eq!((view.nodes_alive, view.nodes_stale), (0, 1));
    office.clock.pass(chrono::Duration::hours(1));
    assert_eq!(office.store.overview().await.unwrap().nodes_stale, 0, "that is history");
}

#[test]
fn counts_of_the_database_are_told_and_not_added_up() {
    let metrics = Metrics::default();
    let told = |count| Facts {
        intake: vec![("forged".to_owned(), count)],
        feedback: vec![("bounce".to_owned(), count)],
        ..Facts::default()
    };
    metrics.write(&told(3));
    metrics.settled(Outcome::Dead, None);
    let read = read_metrics(&metrics.write(&told(5)));
    assert_eq!(read["fairwarning_intake_total{verdict=forged}"] as i64, 5);
    assert_eq!(read["fairwarning_feedback_total{kind=bounce}"] as i64, 5);
    assert_eq!(read["fairwarning_send_seconds_count"] as i64, 0, "nothing was attempted");
}
