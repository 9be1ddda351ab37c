//! Weekly readers get one mail with everything that concerns them, and at once
//! what cannot wait for it.

use crate::databases::on_postgres_too;
use crate::reconciling::moves;
use crate::reminded::{Followed, date};
use chrono::Duration;
use fairwarning::notice::{AmendmentKind, Carrier, Notice, NoticePath, OccasionKind, Outcome};
use fairwarning::store::{
    Claimed, Delivery, Errand, Hold, HoldScope, Letters, NewNode, NodeId, Report, Scope, Stands,
    Telling,
};

on_postgres_too!(
    a_weekly_reader_gets_one_mail_with_everything_that_concerns_them,
    a_cutoff_before_the_next_digest_is_told_at_once,
    what_was_superseded_is_not_in_the_digest,
    what_a_digest_told_counts_as_told,
    a_digest_that_is_refused_leaves_its_members_refused,
    going_back_to_each_message_sends_what_was_gathered,
    one_notice_needs_no_digest,
    a_digest_in_flight_is_not_sent_again_once_a_fact_in_it_is_superseded,
    a_digest_lost_with_its_node_is_sent_again_as_it_was,
    a_reminder_and_a_change_are_in_the_digest,
    what_is_held_is_in_no_digest_and_keeps_nothing_else_back,
    what_is_held_leaves_in_no_digest_that_was_claimed_before,
    whoever_leaves_gets_no_digest,
    whoever_is_erased_gets_nothing_that_was_gathered,
    what_was_in_a_refused_digest_may_be_tried_anew,
    nothing_answers_a_message_that_nobody_has,
    a_canary_and_a_test_wait_for_no_digest,
    a_digest_that_took_too_long_leaves_without_what_is_late,
);

const PEOPLE: &str = "address,name,programs,frequency\n\
    jo@example.org,Jo,parcel,weekly\n\
    each@example.org,,parcel,each\n";

/// A second notice beside the sample's: an API goes away much later.
pub fn retirement(notice: &Notice) -> Notice {
    let mut other = notice.clone();
    other.id = "old-api".parse().unwrap();
    other.title = "The old API goes away".to_owned();
    other.amendments.clear();
    for (_, row) in &mut other.schedule.rows {
        row.dates.cutoff = Some(date("2020-11-10"));
    }
    other
}

/// Both notices announced on Tuesday, 14 January 2020, and handed to a carrier.
pub async fn announced() -> Followed {
    let mut followed = Followed::open().await;
    followed
        .publish(|program, notice| {
            let other = retirement(notice);
            program.notices.insert(other.id.clone(), other);
        })
        .await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    announce(&followed, "parcel/old-api").await;
    followed
}

async fn announce(followed: &Followed, path: &str) {
    let (store, now) = (&followed.office.store, followed.office.clock.now());
    let path: NoticePath = path.parse().unwrap();
    let round = fairwarning::announce::Round::load(store, &path).await.unwrap();
    let filled = round.fill(store, None, now).await.unwrap();
    store.entrust(filled.occasion, Carrier::Files).await.unwrap();
}

/// Nine in New York, on the first Monday after.
pub const MONDAY: &str = "2020-01-20T14:00:00Z";

async fn rows_of(followed: &Followed, address: &str) -> Vec<Delivery> {
    let rows = followed.office.outbox().await;
    rows.into_iter().filter(|row| row.address.as_deref() == Some(address)).collect()
}

async fn states(followed: &Followed, address: &str) -> Vec<String> {
    rows_of(followed, address).await.into_iter().map(|row| row.state).collect()
}

async fn told_to(followed: &Followed, recipient: i64) -> Vec<Telling> {
    followed.tellings().await.into_iter().filter(|t| t.recipient == recipient).collect()
}

#[tokio::test]
async fn a_weekly_reader_gets_one_mail_with_everything_that_concerns_them() {
    let mut followed = announced().await;
    assert_eq!(followed.deliver_all().await, ["each@example.org"; 2]);
    assert_eq!(states(&followed, "jo@example.org").await, ["gathered", "gathered"]);
    assert!(followed.tick_at("2020-01-20T13:59:00Z").await.is_idle(), "it is not Monday yet");
    assert_eq!(followed.tick_at(MONDAY).await.digests, 1);
    assert!(followed.tick().await.is_idle());
    assert_eq!(followed.deliver_all().await, ["jo@example.org"]);
    assert_eq!(states(&followed, "jo@example.org").await, ["accepted"; 3]);
    let digest = digest(&followed).await;
    assert_eq!(digest.subject, "Weekly digest of Parcel Web Tools: 2 notices");
    for said in ["1. TLS 1.2 will be required", "2. The old API goes away", "10 November 2020"] {
        assert!(digest.text.contains(said), "{said} in {}", digest.text);
    }
}

/// After the first digest a reminder and a change wait for the one of 2 March.
pub async fn reminded_and_changed() -> Followed {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    followed.deliver_all().await;
    // 30 days before 30 March, a Saturday; the next rung is weeks away.
    followed.tick_at("2020-02-29T14:00:00Z").await;
    followed
        .publish(|_, notice| moves(notice, "prod-secure", "2020-11-27", AmendmentKind::Extended))
        .await;
    followed.tick().await;
    followed
}

/// The edition of the last digest.
pub async fn digest(followed: &Followed) -> fairwarning::notice::Edition {
    let store = &followed.office.store;
    let occasions = store.occasions().await.unwrap();
    let mut digests = occasions.iter().filter(|occasion| occasion.kind == OccasionKind::Digest);
    let editions = store.editions_of(digests.next_back().unwrap().id).await.unwrap();
    store.edition(editions.last().unwrap().id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_cutoff_before_the_next_digest_is_told_at_once() {
    let mut followed = Followed::open().await;
    let soon = |notice: &mut Notice| {
        notice.schedule.rows.get_mut("test-first").unwrap().dates.cutoff = Some(date("2020-01-20"));
    };
    followed.publish(|_, notice| soon(notice)).await;
    let list = "address,programs,environments,frequency\n\
        test@example.org,parcel,test,weekly\n\
        prod@example.org,parcel,prod,weekly\n";
    followed.office.import(list).await.unwrap();
    followed.announce().await;
    assert_eq!(followed.deliver_all().await, ["test@example.org"]);
    assert_eq!(states(&followed, "prod@example.org").await, ["gathered"]);
    // A date that comes nearer cannot wait either.
    followed.tick_at(MONDAY).await;
    followed.deliver_all().await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-03-13", AmendmentKind::Advanced))
        .await;
    assert_eq!(followed.tick().await.changes, 1);
    assert_eq!(followed.deliver_all().await, ["prod@example.org"]);
}

#[tokio::test]
async fn what_was_superseded_is_not_in_the_digest() {
    let mut followed = announced().await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.withdrawn, ticked.changes), (2, 2));
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    // It waits to be claimed when the next amendment comes.
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-07-13", AmendmentKind::Extended))
        .await;
    assert_eq!(followed.tick().await.digests, 1, "it is bundled anew");
    assert_eq!(
        followed.deliver_all().await.iter().filter(|to| *to == "jo@example.org").count(),
        1,
        "{:?}",
        states(&followed, "jo@example.org").await
    );
}

#[tokio::test]
async fn what_a_digest_told_counts_as_told() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    followed.deliver_all().await;
    let digest = rows_of(&followed, "jo@example.org").await.pop().unwrap();
    assert_eq!(digest.subject, "parcel");
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    assert_eq!(followed.tick().await.changes, 2);
    let told = told_to(&followed, 1).await;
    assert_eq!(told[0].stands, Stands::Settled(Outcome::Accepted));
    assert_eq!(told[0].message_id, digest.message_id, "what the reader has");
    assert_eq!(told[1].thread.as_ref(), Some(&digest.message_id));
    // By itself in its week, it needs no digest.
    assert_eq!(states(&followed, "jo@example.org").await.pop().unwrap(), "gathered");
    followed.tick_at("2020-01-27T14:00:00Z").await;
    assert!(followed.deliver_all().await.contains(&"jo@example.org".to_owned()));
}

#[tokio::test]
async fn a_digest_that_is_refused_leaves_its_members_refused() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    followed.deliver(|_| Some(Outcome::Deferred)).await;
    assert_eq!(states(&followed, "jo@example.org").await, ["deferred"; 3]);
    followed.office.clock.pass(Duration::hours(2));
    followed.deliver(|_| Some(Outcome::Rejected)).await;
    assert_eq!(states(&followed, "jo@example.org").await, ["rejected"; 3]);
    let store = &followed.office.store;
    for row in rows_of(&followed, "jo@example.org").await {
        let attempts: Vec<Outcome> = store
            .attempts(row.row)
            .await
            .unwrap()
            .into_iter()
            .map(|(outcome, _)| outcome)
            .collect();
        assert_eq!(attempts, [Outcome::Deferred, Outcome::Rejected]);
    }
}

#[tokio::test]
async fn going_back_to_each_message_sends_what_was_gathered() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed
        .office
        .import("address,programs,frequency\njo@example.org,parcel,each\n")
        .await
        .unwrap();
    assert_eq!(states(&followed, "jo@example.org").await, ["waiting", "waiting"]);
    followed.tick().await;
    assert_eq!(followed.deliver_all().await, ["jo@example.org", "jo@example.org"]);
}

#[tokio::test]
async fn one_notice_needs_no_digest() {
    let mut followed = Followed::open().await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick_at(MONDAY).await.digests, 1);
    assert_eq!(followed.deliver_all().await, ["jo@example.org"]);
    assert_eq!(states(&followed, "jo@example.org").await, ["accepted"]);
}

async fn claim(followed: &Followed, name: &str) -> (NodeId, Vec<Claimed>) {
    let lifetime = std::time::Duration::from_secs(60);
    let store = &followed.office.store;
    let node = store.register_node(NewNode { name, lifetime }).await.unwrap();
    let claims = store.claim(node, Errand::All(Carrier::Files), 10).await.unwrap();
    (node, claims.rows)
}

#[tokio::test]
async fn a_digest_in_flight_is_not_sent_again_once_a_fact_in_it_is_superseded() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    let (node, claimed) = claim(&followed, "slow").await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(told_to(&followed, 1).await[0].stands, Stands::InFlight);
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    assert_eq!(followed.tick().await.changes, 1, "only the other reader's");
    let row = claimed[0].row;
    followed.office.store.record(node, &[Report::Returned { row }]).await.unwrap();
    followed.tick().await;
    let sent = followed.deliver_all().await;
    assert_eq!(sent.iter().filter(|to| to.starts_with("jo")).count(), 1);
    let told = told_to(&followed, 1).await;
    assert_eq!(told[0].stands, Stands::Settled(Outcome::Withdrawn));
    assert_eq!(told[1].stands, Stands::Settled(Outcome::Accepted), "the notice as it stands now");
    assert_ne!(told[1].message_id, claimed[0].message_id, "it is another digest");
}

#[tokio::test]
async fn a_digest_lost_with_its_node_is_sent_again_as_it_was() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    let (_, lost) = claim(&followed, "dies").await;
    followed.office.clock.pass(Duration::seconds(61));
    let (node, again) = claim(&followed, "lives").await;
    assert_eq!((again[0].row, &again[0].message_id), (lost[0].row, &lost[0].message_id));
    let (row, reply) = (again[0].row, "250 ok".to_owned());
    let accepted = Report::Attempted { row, outcome: Outcome::Accepted, reply, retry_in: None };
    followed.office.store.record(node, &[accepted]).await.unwrap();
    assert_eq!(states(&followed, "jo@example.org").await, ["accepted"; 3]);
    assert!(followed.tick().await.is_idle());
}

#[tokio::test]
async fn a_reminder_and_a_change_are_in_the_digest() {
    let mut followed = reminded_and_changed().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick_at("2020-03-02T14:00:00Z").await.digests, 1);
    let digest = digest(&followed).await;
    assert_eq!(digest.subject, "Weekly digest of Parcel Web Tools: one notice");
    for said in ["Reminder", "30 March 2020", "Change", "Extended", "27 November 2020"] {
        assert!(digest.text.contains(said), "{said} in {}", digest.text);
    }
    let calendar = digest.calendar.unwrap();
    assert_eq!(calendar.matches("UID:parcel/tls-1.2/prod-secure/cutoff").count(), 1);
    assert!(calendar.contains("SEQUENCE:1") && calendar.contains("METHOD:PUBLISH"));
}

#[tokio::test]
async fn what_is_held_is_in_no_digest_and_keeps_nothing_else_back() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    let store = followed.office.store.clone();
    let scope = HoldScope::Notice("parcel/old-api".parse().unwrap());
    let (reason, by) = ("wait".to_owned(), "office".to_owned());
    let at = followed.office.clock.now();
    store.hold(&Hold { scope: scope.clone(), reason, by, at }).await.unwrap();
    assert_eq!(followed.tick().await.digests, 1);
    assert_eq!(followed.deliver_all().await, ["jo@example.org"]);
    let of_jo = states(&followed, "jo@example.org").await;
    assert_eq!(of_jo, ["accepted", "gathered", "withdrawn"]);
    assert!(followed.tick().await.is_idle());
    store.release_hold(&scope, "office", at).await.unwrap();
    assert_eq!(followed.tick().await.digests, 1);
    assert_eq!(followed.deliver_all().await, ["jo@example.org"]);
}

#[tokio::test]
async fn what_is_held_leaves_in_no_digest_that_was_claimed_before() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    let store = followed.office.store.clone();
    let (node, claimed) = claim(&followed, "sending").await;
    assert_eq!(claimed.len(), 1, "the digest");
    let scope = HoldScope::Notice("parcel/old-api".parse().unwrap());
    let (reason, by) = ("wait".to_owned(), "office".to_owned());
    let at = followed.office.clock.now();
    store.hold(&Hold { scope, reason, by, at }).await.unwrap();
    assert!(!store.is_still_wanted(claimed[0].row).await.unwrap());
    let returned = [Report::Returned { row: claimed[0].row }];
    store.record(node, &returned).await.unwrap();
    assert_eq!(followed.deliver_all().await, [] as [&str; 0], "it is made anew");
    assert_eq!(followed.tick().await.digests, 1);
    assert_eq!(followed.deliver_all().await, ["jo@example.org"]);
    let of_jo = states(&followed, "jo@example.org").await;
    assert_eq!(of_jo, ["accepted", "gathered", "withdrawn"]);
}

#[tokio::test]
async fn whoever_leaves_gets_no_digest() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    let jo = "jo@example.org".parse().unwrap();
    let (store, mailbox) = (followed.office.store.clone(), followed.office.keys.mailbox(&jo));
    let scope = Scope::Program("parcel".parse().unwrap());
    store.suppress(&mailbox, &scope, "left", followed.office.clock.now()).await.unwrap();
    followed.tick_at(MONDAY).await;
    assert_eq!(followed.deliver_all().await, [] as [&str; 0]);
    assert_eq!(states(&followed, "jo@example.org").await, ["suppressed"; 2]);
    assert!(followed.tick().await.is_idle());
}

#[tokio::test]
async fn whoever_is_erased_gets_nothing_that_was_gathered() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed
        .office
        .import("address,programs,frequency\nal@example.org,parcel,weekly\n")
        .await
        .unwrap();
    followed.tick().await;
    let store = followed.office.store.clone();
    assert!(store.remove_subscriber(&"al@example.org".parse().unwrap()).await.unwrap());
    followed.tick_at(MONDAY).await;
    assert!(store.remove_subscriber(&"jo@example.org".parse().unwrap()).await.unwrap());
    assert_eq!(followed.deliver_all().await, [] as [&str; 0]);
    let gone = followed.office.outbox().await.into_iter().filter(|row| row.address.is_none());
    let states: Vec<String> = gone.map(|row| row.state).collect();
    assert_eq!(states, ["withdrawn"; 5], "two each, and a digest");
}

#[tokio::test]
async fn what_was_in_a_refused_digest_may_be_tried_anew() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.tick_at(MONDAY).await;
    followed.deliver(|_| Some(Outcome::Rejected)).await;
    let digest = rows_of(&followed, "jo@example.org").await.pop().unwrap();
    let store = followed.office.store.clone();
    let anew = store.retry(&Letters::Row(digest.row), &[Outcome::Rejected]).await.unwrap();
    assert_eq!(anew, 2);
    assert_eq!(followed.tick().await.digests, 1);
    assert_eq!(followed.deliver_all().await, ["jo@example.org"]);
    let all = ["accepted", "accepted", "rejected", "accepted"];
    assert_eq!(states(&followed, "jo@example.org").await, all);
}

#[tokio::test]
async fn nothing_answers_a_message_that_nobody_has() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    // A rung that was not there when the announcement was gathered.
    followed
        .publish(|_, notice| {
            notice.reminders = vec!["74 days".parse().unwrap(), "72 days".parse().unwrap()];
        })
        .await;
    // 74 days before 30 March is 16 January; the next rung comes before Monday.
    let ticked = followed.tick_at("2020-01-16T14:00:00Z").await;
    assert_eq!(ticked.reminders, 2);
    assert!(followed.deliver_all().await.contains(&"jo@example.org".to_owned()));
    let told = told_to(&followed, 1).await;
    assert!(told[0].is_gathered);
    assert_eq!((told[1].stands, &told[1].thread), (Stands::Settled(Outcome::Accepted), &None));
    let each = told_to(&followed, 2).await;
    assert_eq!(each[1].thread.as_ref(), Some(&each[0].message_id));
}

#[tokio::test]
async fn a_canary_and_a_test_wait_for_no_digest() {
    let followed = Followed::open().await;
    followed.office.import(PEOPLE).await.unwrap();
    let filled = followed.office.fill(Some(1)).await.unwrap();
    followed.office.store.entrust(filled.occasion, Carrier::Files).await.unwrap();
    assert_eq!(followed.deliver_all().await, ["jo@example.org"]);
}

#[tokio::test]
async fn a_digest_that_took_too_long_leaves_without_what_is_late() {
    let mut followed = reminded_and_changed().await;
    followed.tick_at("2020-03-02T14:00:00Z").await;
    // The next rung of the row that is reminded of comes on 23 March.
    followed.tick_at("2020-03-23T13:30:00Z").await;
    followed.deliver_all().await;
    followed.tick().await;
    followed.deliver_all().await;
    let told = told_to(&followed, 1).await;
    let late = told.iter().filter(|t| t.stands == Stands::Settled(Outcome::Overtaken));
    assert_eq!(late.count(), 1, "{told:?}");
    let change = told.iter().find(|t| followed_change(t)).unwrap();
    assert_eq!(change.stands, Stands::Settled(Outcome::Accepted));
}

/// Of what is told to one reader, the one that answers something and was not late.
fn followed_change(telling: &Telling) -> bool {
    telling.thread.is_some() && telling.stands != Stands::Settled(Outcome::Overtaken)
}
