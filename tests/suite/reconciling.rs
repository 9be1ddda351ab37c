//! After an amendment those who were told the old facts hear what changed, and
//! nobody else does.

use crate::databases::on_postgres_too;
use crate::reminded::{Followed, date};
use fairwarning::notice::{
    Amendment, AmendmentKind, Former, FormerValues, Notice, OccasionKind, Outcome, Text,
};
use fairwarning::store::{Errand, NewNode, Stands};

on_postgres_too!(
    those_who_were_told_the_old_date_hear_the_new_one_with_its_reason_in_the_same_thread,
    what_was_not_sent_yet_is_withdrawn_and_the_announcement_sent_as_it_stands,
    what_may_have_arrived_counts_as_told_and_is_not_sent_again,
    a_message_in_flight_is_waited_for_before_anything_is_decided,
    a_message_lost_with_its_node_may_have_arrived,
    prose_alone_sends_nobody_anything,
    facts_that_changed_and_changed_back_before_anybody_heard_are_no_news,
    a_cancelled_notice_is_called_off_and_dropped_from_calendars,
    a_pause_and_a_resumption_are_each_told_and_nothing_is_reminded_of_between,
    a_date_that_became_more_precise_is_told_with_nothing_struck,
    a_row_that_comes_to_concern_more_people_is_announced_to_them,
    a_reminder_of_a_date_that_moved_is_withdrawn,
    the_office_that_announces_again_reconciles_and_says_how_many_hear,
    whoever_left_hears_of_no_change,
    whoever_asks_for_other_apis_by_now_is_still_owed_the_change_of_what_they_were_told,
);

const PEOPLE: &str = "address,programs,apis,environments\n\
    rates@example.org,parcel,rates,\n\
    hold@example.org,parcel,holdForPickup,\n\
    labels@example.org,parcel,labels,prod\n";

async fn announced() -> Followed {
    let followed = Followed::open().await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed
}

/// Moves the cutoff of a row, and says so with a reason.
pub fn moves(notice: &mut Notice, row: &str, to: &str, kind: AmendmentKind) {
    let row = row.parse().unwrap();
    let dates = &mut notice.schedule.rows.get_mut(&row).unwrap().dates;
    let former = dates.cutoff.replace(date(to));
    let former = FormerValues { cutoff: former, ..FormerValues::default() };
    notice.amendments.push(Amendment {
        date: date("2020-02-01"),
        kind,
        reason: Some(Text("Partners asked for more time.".to_owned())),
        rows: vec![row],
        former: Former::Values(Box::new(former)),
    });
}

fn halts(notice: &mut Notice, kind: AmendmentKind, rows: &[&str]) {
    notice.amendments.push(Amendment {
        date: date("2020-02-01"),
        kind,
        reason: Some(Text("The auditors said so.".to_owned())),
        rows: rows.iter().map(|row| row.parse().unwrap()).collect(),
        former: Former::Unchanged,
    });
}

async fn change_to(followed: &Followed, address: &str) -> fairwarning::notice::Edition {
    let row = followed
        .office
        .outbox()
        .await
        .into_iter()
        .rev()
        .find(|row| row.address.as_deref() == Some(address));
    let row = row.unwrap().row;
    let telling = followed.tellings().await.into_iter().find(|t| t.row == row).unwrap();
    followed.office.store.edition(telling.edition).await.unwrap().unwrap()
}

#[tokio::test]
async fn those_who_were_told_the_old_date_hear_the_new_one_with_its_reason_in_the_same_thread() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.changes, ticked.withdrawn), (2, 0));
    assert!(followed.tick().await.is_idle(), "once is enough");
    let mut sent = followed.deliver_all().await;
    sent.sort();
    assert_eq!(sent, ["labels@example.org", "rates@example.org"], "hold is told nothing");
    let change = change_to(&followed, "rates@example.org").await;
    assert!(change.subject.starts_with("Re: TLS 1.2"), "{}", change.subject);
    for said in [
        "Extended: Production",
        "Monday 13 April 2020",
        "Saturday 13 June 2020",
        "Partners asked for more time.",
    ] {
        assert!(change.text.contains(said), "{said} in {}", change.text);
    }
    assert!(change.html.contains(">Monday 13 April 2020</del>"), "{}", change.html);
    let calendar = change.calendar.unwrap();
    assert!(calendar.contains("SEQUENCE:1") && calendar.contains("METHOD:PUBLISH"));
    let tellings = followed.tellings().await;
    let rates: Vec<_> = tellings.iter().filter(|t| t.recipient == 1).collect();
    assert_eq!(rates[1].thread.as_ref(), Some(&rates[0].message_id));
}

#[tokio::test]
async fn what_was_not_sent_yet_is_withdrawn_and_the_announcement_sent_as_it_stands() {
    let mut followed = announced().await;
    followed.deliver(|who| who.starts_with("rates").then_some(Outcome::Deferred)).await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    // Hold and labels are in flight; rates was deferred.
    let ticked = followed.tick().await;
    assert_eq!((ticked.changes, ticked.withdrawn), (1, 1));
    let whole = change_to(&followed, "rates@example.org").await;
    assert!(!whole.subject.starts_with("Re:"), "{}", whole.subject);
    assert!(whole.text.contains("13 June 2020"));
}

#[tokio::test]
async fn what_may_have_arrived_counts_as_told_and_is_not_sent_again() {
    let mut followed = announced().await;
    followed.deliver(|_| Some(Outcome::Unknown)).await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    let ticked = followed.tick().await;
    assert_eq!(ticked.changes, 2);
    let tellings = followed.tellings().await;
    let unknown = tellings.iter().filter(|t| t.stands == Stands::Settled(Outcome::Unknown));
    assert_eq!(unknown.count(), 2);
    let change = change_to(&followed, "rates@example.org").await;
    assert!(change.subject.starts_with("Re:"));
}

#[tokio::test]
async fn a_message_in_flight_is_waited_for_before_anything_is_decided() {
    let mut followed = announced().await;
    let store = followed.office.store.clone();
    let lifetime = std::time::Duration::from_secs(60);
    let node = store.register_node(NewNode { name: "slow", lifetime }).await.unwrap();
    let errand = Errand::All(fairwarning::notice::Carrier::Files);
    let claimed = store.claim(node, errand, 10).await.unwrap().rows;
    assert_eq!(claimed.len(), 3);
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    assert_eq!(followed.tick().await.changes, 0);
    let report = |row, outcome| fairwarning::store::Report::Attempted {
        row,
        outcome,
        reply: "250 ok".to_owned(),
        retry_in: None,
    };
    // The first arrives, the third was never begun.
    let reports = [
        report(claimed[0].row, Outcome::Accepted),
        report(claimed[1].row, Outcome::Accepted),
        fairwarning::store::Report::Returned { row: claimed[2].row },
    ];
    store.record(node, &reports).await.unwrap();
    assert_eq!(followed.tick().await.changes, 2);
    assert!(change_to(&followed, "rates@example.org").await.subject.starts_with("Re:"));
    assert!(!change_to(&followed, "labels@example.org").await.subject.starts_with("Re:"));
    assert!(followed.tick().await.is_idle());
}

#[tokio::test]
async fn a_message_lost_with_its_node_may_have_arrived() {
    let mut followed = announced().await;
    let store = followed.office.store.clone();
    let lifetime = std::time::Duration::from_secs(60);
    let node = store.register_node(NewNode { name: "dies", lifetime }).await.unwrap();
    let errand = Errand::All(fairwarning::notice::Carrier::Files);
    store.claim(node, errand, 10).await.unwrap();
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    followed.tick().await;
    followed.office.clock.pass(chrono::Duration::seconds(61));
    let mut sent = followed.deliver_all().await;
    sent.sort();
    assert_eq!(sent, ["hold@example.org"], "what is still true is sent again");
    assert_eq!(followed.tick().await.changes, 2);
    assert!(change_to(&followed, "rates@example.org").await.subject.starts_with("Re:"));
}

#[tokio::test]
async fn prose_alone_sends_nobody_anything() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.publish(|_, notice| notice.summary = Text("Other words.".to_owned())).await;
    assert!(followed.tick().await.is_idle());
    assert_eq!(followed.occasions(OccasionKind::Change).await.len(), 0);
}

#[tokio::test]
async fn facts_that_changed_and_changed_back_before_anybody_heard_are_no_news() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    let moved_to = |to: &'static str| {
        move |_: &mut fairwarning::notice::Program, notice: &mut Notice| {
            let row = notice.schedule.rows.get_mut("prod-first").unwrap();
            row.dates.cutoff = Some(date(to));
        }
    };
    followed.publish(moved_to("2020-06-13")).await;
    assert_eq!(followed.tick().await.changes, 2);
    followed.publish(moved_to("2020-04-13")).await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.changes, ticked.withdrawn), (0, 2));
    assert_eq!(followed.deliver_all().await, [] as [&str; 0]);
    // And once more: the same revision as the first, told anew.
    followed.publish(moved_to("2020-06-13")).await;
    assert_eq!(followed.tick().await.changes, 2);
    assert_eq!(followed.deliver_all().await.len(), 2);
    followed.publish(moved_to("2020-04-13")).await;
    assert_eq!(followed.tick().await.changes, 2);
}

#[tokio::test]
async fn a_cancelled_notice_is_called_off_and_dropped_from_calendars() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed
        .publish(|_, notice| {
            halts(notice, AmendmentKind::Cancelled, &["prod-secure"]);
        })
        .await;
    assert_eq!(followed.tick().await.changes, 1);
    let off = change_to(&followed, "hold@example.org").await;
    assert!(off.text.contains("What we announced will not take place."), "{}", off.text);
    assert!(off.text.contains("The auditors said so."));
    let calendar = off.calendar.unwrap();
    assert!(calendar.contains("METHOD:CANCEL") && calendar.contains("STATUS:CANCELLED"));
    assert!(calendar.contains("SEQUENCE:1"));
    assert!(followed.tick_at("2020-09-20T14:00:00Z").await.reminders == 0);
}

#[tokio::test]
async fn a_pause_and_a_resumption_are_each_told_and_nothing_is_reminded_of_between() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed.publish(|_, notice| halts(notice, AmendmentKind::Paused, &[])).await;
    assert_eq!(followed.tick_at("2020-02-02T12:00:00Z").await.changes, 3);
    let paused = change_to(&followed, "hold@example.org").await;
    assert!(paused.text.contains("Paused: Production"), "{}", paused.text);
    followed.deliver_all().await;
    assert!(followed.tick_at("2020-03-24T12:00:00Z").await.is_idle());
    followed
        .publish(|_, notice| {
            halts(notice, AmendmentKind::Resumed, &[]);
            notice.amendments.last_mut().unwrap().date = date("2020-03-25");
        })
        .await;
    assert_eq!(followed.tick_at("2020-03-25T12:00:00Z").await.changes, 3);
    let resumed = change_to(&followed, "hold@example.org").await;
    assert!(resumed.text.contains("The plan goes on"), "{}", resumed.text);
}

#[tokio::test]
async fn a_date_that_became_more_precise_is_told_with_nothing_struck() {
    let mut followed = Followed::open().await;
    followed
        .publish(|_, notice| {
            let row = notice.schedule.rows.get_mut("prod-secure").unwrap();
            row.dates.cutoff = Some(date("2020-Q4"));
        })
        .await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    followed
        .publish(|_, notice| moves(notice, "prod-secure", "2020-10-13", AmendmentKind::Refined))
        .await;
    assert_eq!(followed.tick().await.changes, 1);
    let change = change_to(&followed, "hold@example.org").await;
    assert!(!change.html.contains("</del>"), "{}", change.html);
    assert!(change.text.contains("Refined: Production"), "{}", change.text);
}

#[tokio::test]
async fn a_row_that_comes_to_concern_more_people_is_announced_to_them() {
    let mut followed = announced().await;
    followed
        .office
        .import("address,programs,apis\ntracking@example.org,parcel,tracking\n")
        .await
        .unwrap();
    followed.deliver_all().await;
    followed.tick().await;
    followed
        .publish(|_, notice| {
            let row = notice.schedule.rows.get_mut("prod-secure").unwrap();
            let mut target = row.targets[0].clone();
            target.api = "tracking".parse().unwrap();
            row.targets.push(target);
        })
        .await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.announcements, ticked.changes), (1, 1));
    let welcome = change_to(&followed, "tracking@example.org").await;
    assert!(!welcome.subject.starts_with("Re:"));
    let change = change_to(&followed, "hold@example.org").await;
    assert!(change.text.contains("added: Tracking (tracking)"), "{}", change.text);
}

#[tokio::test]
async fn a_reminder_of_a_date_that_moved_is_withdrawn() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick_at("2020-02-29T14:00:00Z").await.reminders, 1);
    followed
        .publish(|_, notice| moves(notice, "test-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.withdrawn, ticked.changes), (1, 1));
    assert_eq!(followed.deliver_all().await, ["rates@example.org"]);
    assert_eq!(followed.tick_at("2020-05-14T13:00:00Z").await.reminders, 1, "of the new date");
}

#[tokio::test]
async fn the_office_that_announces_again_reconciles_and_says_how_many_hear() {
    use fairwarning::announce::Round;
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    let store = &followed.office.store;
    let round = Round::load(store, &followed.path()).await.unwrap();
    assert_eq!(round.forecast(store).await.unwrap().changed, 2);
    assert_eq!(followed.occasions(OccasionKind::Change).await.len(), 0, "it only counts");
    followed.announce().await;
    let done = round.reconcile(store, followed.office.clock.now()).await.unwrap();
    assert_eq!(done.added, 2);
    let round = Round::load(store, &followed.path()).await.unwrap();
    assert_eq!(round.forecast(store).await.unwrap().changed, 0);
}

#[tokio::test]
async fn whoever_left_hears_of_no_change() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    let office = &followed.office;
    let mailbox = office.keys.mailbox(&"rates@example.org".parse().unwrap());
    let scope = fairwarning::store::Scope::Program("parcel".parse().unwrap());
    office.store.suppress(&mailbox, &scope, "unsubscribed", office.clock.now()).await.unwrap();
    office.store.remove_subscriber(&"labels@example.org".parse().unwrap()).await.unwrap();
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    assert_eq!(followed.tick().await.changes, 0);
}

#[tokio::test]
async fn whoever_asks_for_other_apis_by_now_is_still_owed_the_change_of_what_they_were_told() {
    let mut followed = announced().await;
    followed.deliver_all().await;
    followed
        .office
        .import("address,programs,apis\nrates@example.org,parcel,tracking\n")
        .await
        .unwrap();
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    assert_eq!(followed.tick().await.changes, 2);
}
