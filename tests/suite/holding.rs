//! Holding and releasing: nothing new is begun, nothing is lost.

use crate::failing_database::change;
use crate::scripted_server::{Answer, ScriptedServer, Step};
use crate::test_office::{TestOffice, mail_settings, plaintext};
use chrono::Duration;
use fairwarning::delivery::{Delivery, Ended, Event, Scope};
use fairwarning::notice::{Carrier, Outcome};
use fairwarning::store::{self, Errand, Hold, HoldScope, NewNode, NodeId};
use std::sync::{Arc, Mutex};
use std::time::Duration as StdDuration;
use tokio::sync::watch;

impl TestOffice {
    async fn hold(&self, scope: HoldScope) -> bool {
        let (reason, by) = ("a wrong date".to_owned(), "ops".to_owned());
        self.store.hold(&Hold { scope, reason, by, at: self.clock.now() }).await.unwrap()
    }

    async fn release(&self, scope: HoldScope) -> bool {
        self.store.release_hold(&scope, "ops", self.clock.now()).await.unwrap()
    }

    async fn claimable(&self, node: NodeId) -> usize {
        let errand = Errand::All(Carrier::Smtp);
        let claimed = self.store.claim(node, errand, 100).await.unwrap().rows.len();
        self.store.retire_node(node).await.unwrap();
        claimed
    }
}

crate::databases::on_postgres_too!(
    what_is_held_is_claimed_by_nobody_and_goes_on_when_released,
    a_second_hold_keeps_the_first_reason_and_two_need_two_releases,
    a_hold_stops_a_round_in_the_middle_and_a_release_resumes_it,
    a_message_whose_time_passes_while_it_is_held_is_overtaken,
);

fn everything() -> [HoldScope; 3] {
    let program = HoldScope::Program("parcel".parse().unwrap());
    let notice = HoldScope::Notice("parcel/tls-1.2".parse().unwrap());
    [HoldScope::Everything, program, notice]
}

#[tokio::test]
async fn what_is_held_is_claimed_by_nobody_and_goes_on_when_released() {
    let office = TestOffice::open().await;
    office.import_people(5).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    office.store.entrust(occasion, Carrier::Smtp).await.unwrap();
    let node = NewNode { name: "node", lifetime: StdDuration::from_secs(15) };
    let node = office.store.register_node(node).await.unwrap();
    for scope in everything() {
        assert!(office.hold(scope.clone()).await);
        assert_eq!(office.claimable(node).await, 0, "{scope}");
        let claims = office.store.claim(node, Errand::Round(occasion), 9).await.unwrap();
        assert_eq!(claims.rows.len() + claims.settled.len(), 0, "{scope}, asked for by name");
        assert!(office.release(scope).await);
        assert_eq!(office.claimable(node).await, 5);
    }
    for other in ["letters", "parcels"] {
        office.hold(HoldScope::Program(other.parse().unwrap())).await;
    }
    office.hold(HoldScope::Notice("parcel/tls-1".parse().unwrap())).await;
    assert_eq!(office.claimable(node).await, 5, "others are held");
}

#[tokio::test]
async fn a_second_hold_keeps_the_first_reason_and_two_need_two_releases() {
    let office = TestOffice::open().await;
    let [all, program, _] = everything();
    assert!(office.hold(all.clone()).await);
    assert!(!office.hold(all.clone()).await);
    assert!(office.hold(program.clone()).await);
    assert_eq!(office.store.holds().await.unwrap().len(), 2);
    assert!(office.release(all.clone()).await);
    assert!(!office.release(all.clone()).await);
    let left = office.store.holds().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].scope, program);
    assert!(
        left[0].to_string().starts_with("parcel is held by ops since 2020-01-14"),
        "{}",
        left[0]
    );
    assert!(office.hold(all).await, "it can be held again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_stops_a_round_in_the_middle_and_a_release_resumes_it() {
    let office = TestOffice::open().await;
    office.import_people(400).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let sent = || server.log().messages.len();
    let flags = plaintext(server.port);
    let settings = mail_settings(&flags.each_ref().map(String::as_str));
    let (store, keys) = (office.store.clone(), office.keys.clone());
    let delivery = Delivery::new(store, keys, settings, office.clock.clock()).unwrap();
    let (_running, stop) = watch::channel(false);
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = {
        let told = told.clone();
        move |event| match event {
            Event::Held(hold) => told.lock().unwrap().push(hold.to_string()),
            Event::Released => told.lock().unwrap().push("released".to_owned()),
            _ => {}
        }
    };
    let delivering = delivery.run(Scope::Round { occasion, pauses: 2 }, stop, tell);
    let delivering = tokio::spawn(delivering);
    let until = async |done: &dyn Fn() -> bool| {
        while !done() {
            assert!(!delivering.is_finished(), "it ended too early");
            tokio::time::sleep(StdDuration::from_millis(2)).await;
        }
    };
    until(&|| sent() >= 20).await;
    let scope = HoldScope::Program("parcel".parse().unwrap());
    office.hold(scope.clone()).await;
    until(&|| !told.lock().unwrap().is_empty()).await;
    tokio::time::sleep(StdDuration::from_millis(200)).await;
    let when_held = sent();
    assert!(when_held < 400, "it was held before the end");
    tokio::time::sleep(StdDuration::from_millis(400)).await;
    assert_eq!(sent(), when_held, "nothing is begun while it is held");
    let counts = office.store.round_counts(occasion).await.unwrap();
    assert_eq!(counts.claimed, 0, "what was not begun was given back");
    office.release(scope).await;
    assert_eq!(delivering.await.unwrap().unwrap(), Ended::Done);
    assert_eq!(sent(), 400, "nobody is missed and nobody hears twice");
    let told = told.lock().unwrap().clone();
    assert!(told[0].contains("a wrong date") && told[1] == "released", "{told:?}");
}

#[tokio::test]
async fn a_message_whose_time_passes_while_it_is_held_is_overtaken() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    // An hour after the office's clock begins.
    let late = &["update outbox set not_after = 1579003600000000 where id = 1"][..];
    change(&office, late, late).await;
    let [all, ..] = everything();
    office.hold(all.clone()).await;
    office.clock.pass(Duration::hours(2));
    office.release(all).await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let settings = mail_settings(&flags.each_ref().map(String::as_str));
    let delivered = office.deliver(occasion, settings).await;
    assert_eq!(delivered.count(Outcome::Overtaken), 1);
    assert_eq!(delivered.count(Outcome::Accepted), 1);
}

/// One connection, and a server that takes its time: whoever comes next was claimed
/// long before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_suppressed_while_others_are_written_to_gets_nothing() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let (begun, first) = std::sync::mpsc::channel();
    let begun = Mutex::new(Some(begun));
    let (go_on, wait) = std::sync::mpsc::channel();
    let wait = Mutex::new(wait);
    let server = ScriptedServer::start(move |step, _| {
        if step == Step::Content
            && let Some(begun) = begun.lock().unwrap().take()
        {
            begun.send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
        }
        Answer::Fine
    })
    .await;
    let flags = plaintext(server.port);
    let mut flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    flags.push("--smtp-connections=1");
    let (store, keys) = (office.store.clone(), office.keys.clone());
    let now = office.clock.now();
    let suppressing = tokio::spawn(async move {
        tokio::task::spawn_blocking(move || first.recv().unwrap()).await.unwrap();
        let mailbox = keys.mailbox(&"p3@example.org".parse().unwrap());
        store.suppress(&mailbox, &store::Scope::Everywhere, "they asked", now).await.unwrap();
        // As long as it takes until a claim is an old one.
        tokio::time::sleep(StdDuration::from_millis(1_100)).await;
        go_on.send(()).unwrap();
    });
    let delivered = office.deliver(occasion, mail_settings(&flags)).await;
    suppressing.await.unwrap();
    assert_eq!(delivered.count(Outcome::Accepted), 2);
    assert_eq!(office.fate("p3@example.org").await.0, "suppressed");
    assert_eq!(server.log().messages.len(), 2);
}
