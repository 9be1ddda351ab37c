//! Weekly readers get one mail with everything that concerns them, and at once
//! what cannot wait for it.

use crate::databases::on_postgres_too;
use crate::reconciling::moves;
use crate::reminded::{Followed, date};
use chrono::Duration;
use fairwarning::notice::{AmendmentKind, Carrier, Notice, NoticePath, OccasionKind, Outcome};
use fairwarning::store::{Delivery, Stands, Telling};

on_postgres_too!(
    a_weekly_reader_gets_one_mail_with_everything_that_concerns_them,
    a_cutoff_before_the_next_digest_is_told_at_once,
    what_was_superseded_is_not_in_the_digest,
    what_a_digest_told_counts_as_told,
    a_digest_that_is_refused_leaves_its_members_refused,
    going_back_to_each_message_sends_what_was_gathered,
    one_notice_needs_no_digest,
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

/// The edition of the last digest.
pub async fn digest(followed: &Followed) -> fairwarning::notice::Edition {
    let store = &followed.office.store;
    let occasions = store.occasions().await.unwrap();
    let digests = occasions.iter().filter(|occasion| occasion.kind == OccasionKind::Digest);
    let editions = store.editions_of(digests.last().unwrap().id).await.unwrap();
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
