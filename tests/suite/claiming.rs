//! Claims: a message is one node's at a time, and nobody's who may not be
//! written to.

use crate::scripted_server::{Answer, ScriptedServer};
use crate::test_office::{TestOffice, plaintext};
use chrono::Duration;
use fairwarning::notice::Outcome;
use fairwarning::store::{Errand, NewNode, NodeId, Report, Scope};
use fairwarning::subscribers::unsubscribe;
use std::collections::BTreeSet;
use std::time::Duration as StdDuration;

crate::databases::on_postgres_too!(
    what_a_silent_node_claimed_is_claimed_by_others_and_not_before,
    what_a_node_held_when_the_clock_was_set_back_is_free_within_one_lifetime,
    a_node_is_judged_by_its_own_lifetime_and_not_by_that_of_who_looks,
    a_late_report_counts_only_if_the_message_was_accepted,
    a_node_that_retires_gives_back_what_it_holds,
    a_suppressed_or_removed_recipient_receives_nothing,
    announcing_again_sends_nothing_twice,
    a_node_that_is_late_itself_does_not_claim_its_own_rows_again,
);

const HEARTBEAT: StdDuration = StdDuration::from_secs(15);

fn node(name: &str) -> NewNode<'_> {
    NewNode { name, lifetime: HEARTBEAT }
}

async fn claim(office: &TestOffice, node: NodeId, limit: usize) -> Vec<i64> {
    let claims = office.store.claim(node, Errand::Round(1), limit).await.unwrap();
    claims.rows.into_iter().map(|claimed| claimed.row).collect()
}

#[tokio::test]
async fn two_claimers_never_get_the_same_row() {
    let office = TestOffice::open().await;
    office.import_people(200).await;
    office.fill(None).await.unwrap();
    let one_claimer = async |name: &str| {
        let node = office.store.register_node(node(name)).await.unwrap();
        let mut rows = Vec::new();
        loop {
            let claimed = claim(&office, node, 7).await;
            if claimed.is_empty() {
                return rows;
            }
            rows.extend(claimed);
        }
    };
    let (a, b, c, d) =
        tokio::join!(one_claimer("a"), one_claimer("b"), one_claimer("c"), one_claimer("d"));
    let all = [a, b, c, d].concat();
    assert_eq!(all.len(), 200);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 200);
}

#[tokio::test]
async fn what_a_silent_node_claimed_is_claimed_by_others_and_not_before() {
    let office = TestOffice::open().await;
    office.import_people(4).await;
    office.fill(None).await.unwrap();
    let silent = office.store.register_node(node("silent")).await.unwrap();
    let other = office.store.register_node(node("other")).await.unwrap();
    assert_eq!(claim(&office, silent, 3).await, [1, 2, 3]);
    assert_eq!(claim(&office, other, 9).await, [4]);
    office.clock.pass(Duration::seconds(15));
    office.store.beat(other).await.unwrap();
    assert_eq!(claim(&office, other, 9).await, [] as [i64; 0], "it is only just late");
    office.clock.pass(Duration::milliseconds(1));
    office.store.beat(other).await.unwrap();
    assert_eq!(claim(&office, other, 9).await, [1, 2, 3]);
}

#[tokio::test]
async fn what_a_node_held_when_the_clock_was_set_back_is_free_within_one_lifetime() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    office.fill(None).await.unwrap();
    let early =
        office.store.register_node(node("died before the clock was set back")).await.unwrap();
    let alive = office.store.register_node(node("alive")).await.unwrap();
    assert_eq!(claim(&office, early, 2).await, [1, 2]);
    office.clock.pass(Duration::days(-1));
    assert_eq!(claim(&office, alive, 9).await, [] as [i64; 0], "it may be alive");
    office.clock.pass(Duration::seconds(16));
    office.store.beat(alive).await.unwrap();
    let held = office.store.round_counts(1).await.unwrap().claimed;
    claim(&office, alive, 9).await;
    assert_eq!((held, office.store.round_counts(1).await.unwrap().claimed), (2, 0));
}

#[tokio::test]
async fn a_node_is_judged_by_its_own_lifetime_and_not_by_that_of_who_looks() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    office.fill(None).await.unwrap();
    let slow = office.store.register_node(node("slow")).await.unwrap();
    let hasty = NewNode { lifetime: StdDuration::from_millis(100), ..node("hasty") };
    let hasty = office.store.register_node(hasty).await.unwrap();
    assert_eq!(claim(&office, slow, 1).await, [1]);
    office.clock.pass(Duration::seconds(5));
    assert_eq!(claim(&office, hasty, 1).await, [] as [i64; 0], "slow is alive");
}

#[tokio::test]
async fn a_late_report_counts_only_if_the_message_was_accepted() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    office.fill(None).await.unwrap();
    let slow = office.store.register_node(node("slow")).await.unwrap();
    assert_eq!(claim(&office, slow, 2).await, [1, 2]);
    office.clock.pass(Duration::seconds(16));
    let other = office.store.register_node(node("other")).await.unwrap();
    assert_eq!(claim(&office, other, 2).await, [1, 2]);
    let report =
        |row, outcome| Report::Attempted { row, outcome, reply: "late".to_owned(), retry_in: None };
    let reports = [report(1, Outcome::Rejected), report(2, Outcome::Accepted)];
    office.store.record(slow, &reports).await.unwrap();
    assert_eq!(office.fate("p1@example.org").await.0, "claimed", "the other one is at it");
    assert_eq!(office.fate("p2@example.org").await.0, "accepted");
    assert_eq!(office.store.attempts(1).await.unwrap().len(), 1, "yet it stays on record");
}

#[tokio::test]
async fn a_node_that_retires_gives_back_what_it_holds() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    office.fill(None).await.unwrap();
    let leaving = office.store.register_node(node("leaving")).await.unwrap();
    claim(&office, leaving, 2).await;
    office.store.retire_node(leaving).await.unwrap();
    let other = office.store.register_node(node("other")).await.unwrap();
    assert_eq!(claim(&office, other, 2).await, [1, 2]);
}

#[tokio::test]
async fn a_suppressed_or_removed_recipient_receives_nothing() {
    let office = TestOffice::open().await;
    office.import_people(4).await;
    office.fill(None).await.unwrap();
    let now = office.clock.now();
    let mailbox = |address: &str| office.keys.mailbox(&address.parse().unwrap());
    let everywhere = Scope::Everywhere;
    office.store.suppress(&mailbox("p1@example.org"), &everywhere, "bounced", now).await.unwrap();
    let program = "parcel".parse().unwrap();
    let token =
        office.keys.sign(&fairwarning::links::Token::Unsubscribe { subscriber: 2, program });
    unsubscribe(&office.store, &office.keys, &token, now).await.unwrap();
    office.store.remove_subscriber(&"p3@example.org".parse().unwrap()).await.unwrap();
    let elsewhere = Scope::Program("letters".parse().unwrap());
    office.store.suppress(&mailbox("p4@example.org"), &elsewhere, "x", now).await.unwrap();

    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let all = plaintext(server.port);
    let delivered = office.announce(&all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let written_to: Vec<String> = server.log().messages.into_iter().map(|m| m.to).collect();
    assert_eq!(written_to, ["p4@example.org"]);
    assert_eq!(delivered.count(Outcome::Suppressed), 2);
    let rows = office.outbox().await;
    let withdrawn = rows.iter().filter(|row| row.state == "withdrawn");
    assert_eq!(withdrawn.count(), 1, "by removing them");
    assert_eq!(office.fate("p1@example.org").await, ("suppressed".into(), "bounced".into()));
    assert_eq!(office.fate("p2@example.org").await.1, "unsubscribed");
}

#[tokio::test]
async fn announcing_again_sends_nothing_twice() {
    let office = TestOffice::open().await;
    office.import_people(5).await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let all = plaintext(server.port);
    let flags: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(office.announce(&flags).await.count(Outcome::Accepted), 5);
    assert_eq!(office.announce(&flags).await.outcomes, []);
    office.clock.pass(Duration::days(30));
    assert_eq!(office.announce(&flags).await.outcomes, []);
    assert_eq!(server.log().messages.len(), 5);
}

#[tokio::test]
async fn a_node_that_is_late_itself_does_not_claim_its_own_rows_again() {
    let office = TestOffice::open().await;
    office.import_people(5).await;
    office.fill(None).await.unwrap();
    let busy = office.store.register_node(node("busy")).await.unwrap();
    assert_eq!(claim(&office, busy, 3).await, [1, 2, 3]);
    office.clock.pass(Duration::seconds(60));
    assert_eq!(claim(&office, busy, 9).await, [4, 5], "1 to 3 may be in flight");
}
