//! A webhook is told the truth: what is no longer true is taken back from it, and
//! whoever was told by it alone hears what changed.

use crate::databases::on_postgres_too;
use crate::reconciling::moves;
use crate::reminded::Followed;
use crate::webhook_receiver::{Answer, Receiver};
use crate::webhooks::{call_round, proven, told_by_webhook};
use fairwarning::notice::{Amendment, AmendmentKind, Former, OccasionKind, Outcome, Text};
use fairwarning::store::Channel;

on_postgres_too!(
    a_change_is_told_to_the_webhook_and_what_waited_for_it_is_withdrawn,
    whoever_was_told_by_webhook_alone_hears_that_it_was_called_off,
    a_reminder_and_a_change_go_to_mail_and_webhook_alike,
    whoever_leaves_the_program_has_left_it_with_the_webhook,
    erasing_takes_the_webhook_with_it,
    what_is_held_is_held_for_webhooks_too,
    a_dead_call_is_tried_anew_in_its_own_queue,
    the_webhook_of_a_weekly_reader_is_told_each_message_when_the_digest_leaves,
);

async fn followed(receiver: &Receiver) -> Followed {
    let followed = Followed::open().await;
    followed.office.import("address,programs,apis\nada@example.org,parcel,rates\n").await.unwrap();
    proven(&followed.office, 1, receiver).await;
    followed.announce().await;
    followed
}

async fn call(followed: &Followed, kind: OccasionKind, receiver: &Receiver) {
    for occasion in followed.occasions(kind).await {
        call_round(&followed.office, occasion.id, &[receiver.allowed()]).await;
    }
}

fn kinds(receiver: &Receiver) -> Vec<String> {
    receiver.told().iter().map(|hit| hit.kind()).collect()
}

#[tokio::test]
async fn a_change_is_told_to_the_webhook_and_what_waited_for_it_is_withdrawn() {
    let receiver = Receiver::start().await.answering([Answer::Say(503, "", "")]);
    let mut followed = followed(&receiver).await;
    followed.deliver_all().await;
    call(&followed, OccasionKind::Announcement, &receiver).await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.changes, ticked.withdrawn), (1, 1), "the call, and not the mail");
    followed.office.clock.pass(chrono::Duration::hours(1));
    call(&followed, OccasionKind::Announcement, &receiver).await;
    call(&followed, OccasionKind::Change, &receiver).await;
    assert_eq!(kinds(&receiver), ["notice.announced", "notice.changed"]);
    let states: Vec<_> = told_by_webhook(&followed.office).await;
    let states: Vec<&str> = states.iter().map(|row| row.state.as_str()).collect();
    assert_eq!(states, ["withdrawn", "accepted"]);
    let change = receiver.told().pop().unwrap().json();
    let rows = change["data"]["rows"].as_array().unwrap().clone();
    let moved = rows.iter().find(|row| row["row"] == "prod-first").unwrap();
    assert_eq!(moved["cutoff"]["date"], "2020-06-13");
    let threads: Vec<_> = followed.tellings().await;
    let mail = threads.iter().rfind(|t| t.channel == Channel::Mail).unwrap();
    assert_eq!(mail.thread, Some(threads[0].message_id.clone()), "the mail answers a mail");
}

#[tokio::test]
async fn whoever_was_told_by_webhook_alone_hears_that_it_was_called_off() {
    let receiver = Receiver::start().await;
    let mut followed = followed(&receiver).await;
    call(&followed, OccasionKind::Announcement, &receiver).await;
    followed
        .publish(|_, notice| {
            notice.amendments.push(Amendment {
                date: crate::reminded::date("2020-02-01"),
                kind: AmendmentKind::Cancelled,
                reason: Some(Text("The auditors said so.".to_owned())),
                rows: Vec::new(),
                former: Former::Unchanged,
            });
        })
        .await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.changes, ticked.withdrawn), (1, 1), "the mail was withdrawn");
    call(&followed, OccasionKind::Change, &receiver).await;
    assert_eq!(kinds(&receiver), ["notice.announced", "notice.cancelled"]);
}

#[tokio::test]
async fn a_reminder_and_a_change_go_to_mail_and_webhook_alike() {
    let receiver = Receiver::start().await;
    let mut followed = followed(&receiver).await;
    followed.deliver_all().await;
    call(&followed, OccasionKind::Announcement, &receiver).await;
    assert_eq!(followed.tick_at("2020-03-01T12:00:00Z").await.reminders, 1, "a recipient is one");
    call(&followed, OccasionKind::Reminder, &receiver).await;
    assert_eq!(kinds(&receiver), ["notice.announced", "notice.reminder"]);
    let row = &receiver.told().pop().unwrap().json()["data"]["rows"][0];
    assert_eq!((&row["row"], &row["api"]), (&"test-first".into(), &"rates".into()));
    assert!(followed.tick().await.is_idle());
}

#[tokio::test]
async fn whoever_leaves_the_program_has_left_it_with_the_webhook() {
    let receiver = Receiver::start().await;
    let followed = followed(&receiver).await;
    let office = &followed.office;
    let mailbox = office.store.mailbox(1).await.unwrap().unwrap();
    let scope = fairwarning::store::Scope::Program("parcel".parse().unwrap());
    office.store.suppress(&mailbox, &scope, "unsubscribed", office.clock.now()).await.unwrap();
    call(&followed, OccasionKind::Announcement, &receiver).await;
    assert!(receiver.told().is_empty());
    assert_eq!(told_by_webhook(office).await[0].state, "suppressed");
}

#[tokio::test]
async fn erasing_takes_the_webhook_with_it() {
    let receiver = Receiver::start().await;
    let followed = followed(&receiver).await;
    let office = &followed.office;
    let ada = "ada@example.org".parse().unwrap();
    assert!(office.store.remove_subscriber(&ada).await.unwrap());
    assert_eq!(office.store.webhook(1).await.unwrap(), None);
    call(&followed, OccasionKind::Announcement, &receiver).await;
    assert!(receiver.told().is_empty());
    assert_eq!(told_by_webhook(office).await[0].state, "withdrawn");
}

#[tokio::test]
async fn what_is_held_is_held_for_webhooks_too() {
    let receiver = Receiver::start().await;
    let followed = followed(&receiver).await;
    let office = &followed.office;
    let hold = fairwarning::store::Hold {
        scope: fairwarning::store::HoldScope::Everything,
        reason: "a mistake".to_owned(),
        by: "office".to_owned(),
        at: office.clock.now(),
    };
    office.store.hold(&hold).await.unwrap();
    let node =
        fairwarning::store::NewNode { name: "test", lifetime: std::time::Duration::from_secs(600) };
    let node = office.store.register_node(node).await.unwrap();
    let busy = std::collections::HashMap::new();
    let room = fairwarning::store::Room { round: None, calls: 8, busy: &busy, per_host: 2 };
    assert!(office.store.claim_calls(node, &room).await.unwrap().calls.is_empty());
    office.store.release_hold(&hold.scope, "office", office.clock.now()).await.unwrap();
    let calls = office.store.claim_calls(node, &room).await.unwrap().calls;
    assert_eq!(calls.len(), 1);
    let again = office.store.claim_calls(node, &room).await.unwrap();
    assert!(again.calls.is_empty(), "it is this node's");
}

#[tokio::test]
async fn a_dead_call_is_tried_anew_in_its_own_queue() {
    let script = std::iter::repeat_n(Answer::Say(404, "", ""), 15);
    let receiver = Receiver::start().await.answering(script);
    let followed = followed(&receiver).await;
    let office = &followed.office;
    for _ in 0..15 {
        call(&followed, OccasionKind::Announcement, &receiver).await;
        office.clock.pass(chrono::Duration::hours(4));
    }
    let row = told_by_webhook(office).await.remove(0);
    assert_eq!((row.state.as_str(), row.attempts), ("dead", 15));
    let letters = fairwarning::store::Letters::Row(row.row);
    assert_eq!(office.store.retry(&letters, &[Outcome::Dead]).await.unwrap(), 1);
    assert_eq!(followed.deliver_all().await, ["ada@example.org"], "the mail is one of its own");
    call(&followed, OccasionKind::Announcement, &receiver).await;
    assert_eq!(told_by_webhook(office).await[0].state, "accepted");
    let ids: std::collections::BTreeSet<String> =
        receiver.told().iter().map(|hit| hit.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn the_webhook_of_a_weekly_reader_is_told_each_message_when_the_digest_leaves() {
    let receiver = Receiver::start().await;
    let mut followed = Followed::open().await;
    let list = "address,programs,apis\nada@example.org,parcel,rates\n";
    followed.office.import(list).await.unwrap();
    let (store, clock) = (followed.office.store.clone(), followed.office.clock.clone());
    let frequency = Some(fairwarning::notice::Frequency::Weekly);
    let weekly =
        fairwarning::store::Change::Details { name: None, locale: None, zone: None, frequency };
    assert!(store.change(1, &weekly, clock.now()).await.unwrap());
    proven(&followed.office, 1, &receiver).await;
    followed.announce().await;
    let waiting = told_by_webhook(&followed.office).await;
    let leaves = waiting[0].next_attempt.unwrap();
    assert!(leaves > clock.now(), "with the digest: {leaves}");
    clock.pass(leaves - clock.now());
    followed.tick().await;
    call(&followed, OccasionKind::Announcement, &receiver).await;
    followed.deliver_all().await;
    assert_eq!(kinds(&receiver), ["notice.announced"]);
    assert_eq!(told_by_webhook(&followed.office).await.len(), 1, "the digest has no twin");
}
