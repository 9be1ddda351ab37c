//! When nobody says by the declared rung that all is done, second contacts hear once,
//! and the office hears how many.

use crate::databases::on_postgres_too;
use crate::reconciling::moves;
use crate::reminded::{Followed, at};
use fairwarning::announce::Rounds;
use fairwarning::links::Token;
use fairwarning::notice::{
    AmendmentKind, Carrier, Edition, EmailAddress, Escalation, Notice, Occasion, OccasionKind,
    Outcome, Program,
};
use fairwarning::store::{
    Cause, Channel, Chunk, Filling, NewOccasion, Scope, Silence, Stands, Telling,
};
use fairwarning::subscribers::{say_done, say_done_for, unsubscribe};

on_postgres_too!(
    nobody_acknowledged_so_the_second_contact_hears_once,
    an_acknowledgement_before_the_rung_keeps_it_quiet,
    an_acknowledgement_after_the_rung_withdraws_what_waits,
    the_second_contact_may_say_that_it_is_done,
    a_second_contact_who_unsubscribed_hears_nothing_and_the_first_still_does,
    whoever_left_themselves_is_nobody_elses_matter,
    a_dead_mailbox_is_no_reason_to_be_quiet,
    the_office_hears_the_count_once,
    without_anybody_silent_the_office_hears_nothing,
    a_postponed_cutoff_reaches_the_second_contact_who_was_told_otherwise,
    what_was_not_sent_yet_is_withdrawn_when_the_date_moves,
    downtime_across_the_rung_escalates_once_and_across_the_cutoff_not_at_all,
    whoever_was_told_after_the_rung_is_not_reported,
    a_removed_second_contact_hears_nothing,
    erasing_the_first_contact_erases_the_second,
    another_rung_for_the_same_cutoff_escalates_no_second_time,
    a_filling_that_broke_off_goes_on_where_it_was,
    whatever_is_made_again_is_sent_once,
    two_processes_at_the_rung_write_once,
);

/// Ada does not answer; Bo says so; Cy has nobody; Di is somebody's second contact.
const PEOPLE: &str = "address,name,programs,apis,environments,second_contact\n\
    ada@example.org,Ada,parcel,rates,,lead@example.org\n\
    bo@example.org,,parcel,labels,,\n\
    cy@example.org,,parcel,rates,test,di@example.org\n\
    di@example.org,Di,parcel,holdForPickup,,\n";

/// 10 days before the cutoff of `test-first`, at nine in New York.
pub const RUNG: &str = "2020-03-20T13:00:00Z";

fn escalates(program: &mut Program, notice: &mut Notice) {
    program.settings.escalation = Some(Escalation { at: "10 days".parse().unwrap(), to: None });
    notice.reminders.clear();
}

pub async fn announced() -> Followed {
    let mut followed = Followed::open().await;
    followed.publish(escalates).await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    followed
}

async fn says_done(followed: &Followed, address: &str, row: &str) {
    let (path, now) = (followed.path(), followed.office.clock.now());
    let (address, rows) = (address.parse().unwrap(), [row.parse().unwrap()]);
    let said = say_done_for(&followed.office.store, &address, &path, &rows, now).await;
    assert_eq!(said.unwrap(), Some(1));
}

pub async fn of_seconds(followed: &Followed) -> Vec<Telling> {
    let store = &followed.office.store;
    let all = store.occasions_about(&followed.path()).await.unwrap();
    let ids: Vec<i64> = all.iter().map(|occasion| occasion.id).collect();
    store.tellings(&ids, Channel::SecondContact, (0, i64::MAX)).await.unwrap()
}

async fn edition(followed: &Followed, telling: &Telling) -> Edition {
    followed.office.store.edition(telling.edition).await.unwrap().unwrap()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

#[tokio::test]
async fn nobody_acknowledged_so_the_second_contact_hears_once() {
    let mut followed = announced().await;
    says_done(&followed, "bo@example.org", "test-first").await;
    assert!(followed.tick_at("2020-03-20T12:59:00Z").await.is_idle());
    // For Ada and for Cy, and the office.
    assert_eq!(followed.tick_at(RUNG).await.escalations, 3);
    assert!(followed.tick().await.is_idle());
    let sent = sorted(followed.deliver_all().await);
    assert_eq!(sent, ["di@example.org", "help@parcel.example", "lead@example.org"]);
    let tellings = of_seconds(&followed).await;
    assert_eq!(tellings.len(), 2);
    assert_eq!(tellings[0].told_on.as_deref(), Some("14 January 2020"));
    let mail = edition(&followed, &tellings[0]).await;
    assert_eq!(mail.rows, ["test-first".parse().unwrap()]);
    let text = words(&mail.text);
    for said in ["30 March 2020", "second contact", "TLS 1.2"] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("preferences"), "they have none: {text}");
    // Its own milestone comes for production, 10 days before 13 April.
    says_done(&followed, "ada@example.org", "prod-first").await;
    assert_eq!(followed.tick_at("2020-04-03T13:00:00Z").await.escalations, 1, "the office: bo");
    assert_eq!(of_seconds(&followed).await.len(), 2);
}

#[tokio::test]
async fn an_acknowledgement_before_the_rung_keeps_it_quiet() {
    let mut followed = announced().await;
    for who in ["ada@example.org", "bo@example.org", "cy@example.org"] {
        says_done(&followed, who, "test-first").await;
    }
    assert!(followed.tick_at(RUNG).await.is_idle());
    assert_eq!(followed.deliver_all().await, [] as [&str; 0]);
}

#[tokio::test]
async fn an_acknowledgement_after_the_rung_withdraws_what_waits() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    says_done(&followed, "ada@example.org", "test-first").await;
    let sent = sorted(followed.deliver_all().await);
    assert_eq!(sent, ["di@example.org", "help@parcel.example"]);
    let stands: Vec<_> = of_seconds(&followed).await.iter().map(|t| t.stands).collect();
    let settled = [Outcome::Withdrawn, Outcome::Accepted].map(Stands::Settled);
    assert_eq!(stands, settled);
}

#[tokio::test]
async fn the_second_contact_may_say_that_it_is_done() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed.deliver_all().await;
    let (store, now) = (followed.office.store.clone(), followed.office.clock.now());
    let row = of_seconds(&followed).await[0].row;
    let token = followed.office.keys.sign(&Token::Acknowledge { row });
    let said = say_done(&store, &followed.office.keys, &token, now).await.unwrap();
    assert_eq!(said.rows, ["test-first".parse().unwrap()]);
    let said = store.acknowledged(&followed.path(), &[1]).await.unwrap();
    assert_eq!(said[&1].len(), 1, "it counts for Ada");
    followed.publish(|_, notice| notice.reminders = vec!["7 days".parse().unwrap()]).await;
    followed.tick_at("2020-03-23T13:00:00Z").await;
    let reminded = sorted(followed.deliver_all().await);
    assert_eq!(reminded, ["bo@example.org", "cy@example.org"]);
}

#[tokio::test]
async fn a_second_contact_who_unsubscribed_hears_nothing_and_the_first_still_does() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed.deliver_all().await;
    let (store, keys) = (followed.office.store.clone(), followed.office.keys.clone());
    let lead = of_seconds(&followed).await[0].addressee.unwrap();
    let token = Token::Unsubscribe { subscriber: lead, program: "parcel".parse().unwrap() };
    let now = followed.office.clock.now();
    assert!(!unsubscribe(&store, &keys, &keys.sign(&token), now).await.unwrap().already);
    let ada: EmailAddress = "ada@example.org".parse().unwrap();
    assert_eq!(store.suppressions_of(&keys.mailbox(&ada)).await.unwrap(), []);
    // Of production only the office hears, and Ada of what changes.
    assert_eq!(followed.tick_at("2020-04-03T13:00:00Z").await.escalations, 1);
    followed.deliver_all().await;
    followed
        .publish(|_, notice| moves(notice, "prod-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    followed.tick().await;
    assert_eq!(sorted(followed.deliver_all().await), ["ada@example.org", "bo@example.org"]);
}

#[tokio::test]
async fn whoever_left_themselves_is_nobody_elses_matter() {
    let mut followed = announced().await;
    let (store, keys) = (followed.office.store.clone(), followed.office.keys.clone());
    let mailbox = keys.mailbox(&"ada@example.org".parse().unwrap());
    let cause = Cause { reason: "unsubscribed", author: "recipient" };
    let scope = Scope::Program("parcel".parse().unwrap());
    store.suppress_by(&mailbox, &scope, cause, followed.office.clock.now()).await.unwrap();
    followed.tick_at(RUNG).await;
    let sent = sorted(followed.deliver_all().await);
    assert_eq!(sent, ["di@example.org", "help@parcel.example"]);
}

#[tokio::test]
async fn a_dead_mailbox_is_no_reason_to_be_quiet() {
    let mut followed = announced().await;
    let store = followed.office.store.clone();
    let mailbox = followed.office.keys.mailbox(&"ada@example.org".parse().unwrap());
    let now = followed.office.clock.now();
    store.suppress(&mailbox, &Scope::Everywhere, "bounced: 5.1.1", now).await.unwrap();
    followed.tick_at(RUNG).await;
    let sent = sorted(followed.deliver_all().await);
    assert_eq!(sent, ["di@example.org", "help@parcel.example", "lead@example.org"]);
}

#[tokio::test]
async fn the_office_hears_the_count_once() {
    let mut followed = announced().await;
    says_done(&followed, "bo@example.org", "test-first").await;
    followed.tick_at(RUNG).await;
    let escalated = followed.occasions(OccasionKind::Escalated).await;
    assert_eq!(escalated.len(), 1);
    assert_eq!(escalated[0].key, "cutoff/2020-03-30T00:00:00-04:00");
    let editions = followed.office.store.editions_of(escalated[0].id).await.unwrap();
    let mail = followed.office.store.edition(editions[0].id).await.unwrap().unwrap();
    let text = words(&mail.text);
    for said in [
        "Of 3 recipients who were told, 2 have not said that all is done.",
        "The second contacts of 2 of them were written to.",
        "fairwarning recipients list --full --unacknowledged parcel/tls-1.2",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert_eq!(
        mail.subject,
        "2 of 3 without an answer: TLS 1.2 will be required: naïve clients are cut off"
    );
    // Another process, and another look.
    let (store, keys) = (followed.office.store.clone(), followed.office.keys.clone());
    let mut other = Rounds::new(store, keys);
    assert!(other.tick(followed.office.clock.now()).await.unwrap().is_idle());
    let sent = followed.deliver_all().await;
    assert_eq!(sent.iter().filter(|to| *to == "help@parcel.example").count(), 1);
    // The office's own address is in no list, and hears of no change.
    let listed = followed.office.store.subscribers(0, 100).await.unwrap();
    assert!(listed.iter().all(|one| one.address.as_str() != "help@parcel.example"));
    followed
        .publish(|_, notice| moves(notice, "test-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    followed.tick().await;
    assert!(!followed.deliver_all().await.contains(&"help@parcel.example".to_owned()));
}

#[tokio::test]
async fn without_anybody_silent_the_office_hears_nothing() {
    let mut followed = Followed::open().await;
    followed.publish(escalates).await;
    followed.announce().await;
    assert!(followed.tick_at(RUNG).await.is_idle());
    assert_eq!(followed.occasions(OccasionKind::Escalated).await.len(), 0);
}

#[tokio::test]
async fn a_postponed_cutoff_reaches_the_second_contact_who_was_told_otherwise() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed.deliver_all().await;
    followed
        .publish(|_, notice| moves(notice, "test-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    // Three first contacts, and two second ones.
    assert_eq!(followed.tick().await.changes, 5);
    assert!(followed.tick().await.is_idle());
    let sent = sorted(followed.deliver_all().await);
    let all = ["ada", "bo", "cy", "di", "lead"].map(|who| format!("{who}@example.org"));
    assert_eq!(sent, all);
    let tellings = of_seconds(&followed).await;
    let of_ada: Vec<_> = tellings.iter().filter(|t| t.recipient == 1).collect();
    assert_eq!(of_ada.len(), 2);
    assert_eq!(of_ada[1].thread.as_ref(), Some(&of_ada[0].message_id), "a thread of their own");
    let change = edition(&followed, of_ada[1]).await;
    let text = words(&change.text);
    assert!(text.contains("Saturday 13 June 2020"), "{text}");
    assert!(text.contains("named as second contact"), "{text}");
    // At the new rung nobody has answered still: once more, in the same thread.
    assert_eq!(followed.tick_at("2020-06-03T13:00:00Z").await.escalations, 3);
    followed.deliver_all().await;
    let tellings = of_seconds(&followed).await;
    let of_ada: Vec<_> = tellings.iter().filter(|t| t.recipient == 1).collect();
    assert_eq!(of_ada[2].thread.as_ref(), Some(&of_ada[0].message_id));
}

#[tokio::test]
async fn what_was_not_sent_yet_is_withdrawn_when_the_date_moves() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed
        .publish(|_, notice| moves(notice, "test-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    let ticked = followed.tick().await;
    assert_eq!((ticked.withdrawn, ticked.changes), (2, 3), "seconds were told nothing");
    let sent = followed.deliver_all().await;
    assert!(!sent.contains(&"lead@example.org".to_owned()), "{sent:?}");
}

#[tokio::test]
async fn downtime_across_the_rung_escalates_once_and_across_the_cutoff_not_at_all() {
    let mut followed = announced().await;
    // The rung of test-first has passed; its cutoff has not.
    assert_eq!(followed.tick_at("2020-03-25T12:00:00Z").await.escalations, 3);
    followed.deliver_all().await;
    // Both the rung and the cutoff of prod-first have passed.
    assert_eq!(followed.tick_at("2020-05-01T12:00:00Z").await.escalations, 0);
    assert_eq!(followed.occasions(OccasionKind::Escalation).await.len(), 1);
}

#[tokio::test]
async fn an_escalation_that_waited_beyond_the_cutoff_is_overtaken() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed.office.clock.pass(at("2020-03-30T04:00:01Z") - followed.office.clock.now());
    assert_eq!(followed.deliver_all().await, ["help@parcel.example"]);
    let is_overtaken = |t: &Telling| t.stands == Stands::Settled(Outcome::Overtaken);
    assert!(of_seconds(&followed).await.iter().all(is_overtaken));
}

#[tokio::test]
async fn whoever_was_told_after_the_rung_is_not_reported() {
    let mut followed = Followed::open().await;
    followed.publish(escalates).await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.office.clock.pass(at("2020-03-22T12:00:00Z") - followed.office.clock.now());
    followed.announce().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick().await.escalations, 0);
}

#[tokio::test]
async fn a_removed_second_contact_hears_nothing() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    let (store, now) = (followed.office.store.clone(), followed.office.clock.now());
    let change = fairwarning::store::Change::NoSecondContact;
    assert!(store.change(1, &change, now).await.unwrap());
    let sent = sorted(followed.deliver_all().await);
    assert_eq!(sent, ["di@example.org", "help@parcel.example"]);
    let lead = "lead@example.org".parse().unwrap();
    assert_eq!(store.subscriber_number(&lead).await.unwrap(), None, "nobody names them now");
}

#[tokio::test]
async fn erasing_the_first_contact_erases_the_second() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    let store = followed.office.store.clone();
    for (first, second, is_known) in
        [("ada@example.org", "lead@example.org", false), ("cy@example.org", "di@example.org", true)]
    {
        assert!(store.remove_subscriber(&first.parse().unwrap()).await.unwrap());
        let number = store.subscriber_number(&second.parse().unwrap()).await.unwrap();
        assert_eq!(number.is_some(), is_known, "{second}");
    }
    assert_eq!(followed.deliver_all().await, ["help@parcel.example"]);
}

#[tokio::test]
async fn another_rung_for_the_same_cutoff_escalates_no_second_time() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed.deliver_all().await;
    followed
        .publish(|program, _| {
            let at = "5 days".parse().unwrap();
            program.settings.escalation = Some(Escalation { at, to: None });
        })
        .await;
    assert_eq!(followed.tick_at("2020-03-25T13:00:00Z").await.escalations, 0);
}

#[tokio::test]
async fn a_filling_that_broke_off_goes_on_where_it_was() {
    let mut followed = announced().await;
    followed.office.clock.pass(at(RUNG) - followed.office.clock.now());
    let (store, now) = (followed.office.store.clone(), followed.office.clock.now());
    let current = store.current_publication().await.unwrap().unwrap();
    let (program, notice) =
        current.publication.workspace.notice(&followed.path()).expect("it is published");
    let rung = fairwarning::schedule::escalations(notice, &program.settings).swap_remove(0);
    let new = NewOccasion {
        occasion: Occasion {
            notice: followed.path(),
            kind: OccasionKind::Escalation,
            key: rung.key.clone(),
        },
        revision: program.revision(notice),
        publication: current.id,
        carrier: Some(Carrier::Files),
    };
    let occasion = store.open_occasion(&new, now).await.unwrap().id;
    // Another process had looked at Ada, and died.
    let chunk = Chunk { occasion, cursor: (0, 1), publication: current.id, at: now };
    let found = Silence { told: 1, silent: 1 };
    assert_eq!(store.fill_escalation(chunk, &[], found).await.unwrap(), Filling::Added(0));
    let again = store.fill_escalation(chunk, &[], found).await.unwrap();
    assert_eq!(again, Filling::Elsewhere, "nothing is counted twice");
    assert_eq!(followed.tick().await.escalations, 2, "for Cy, and the office");
    assert_eq!(store.silence(occasion).await.unwrap(), Silence { told: 3, silent: 3 });
}

#[tokio::test]
async fn whatever_is_made_again_is_sent_once() {
    let mut followed = announced().await;
    followed.tick_at(RUNG).await;
    followed.deliver_all().await;
    for kind in [OccasionKind::Escalation, OccasionKind::Escalated] {
        let occasion = followed.occasions(kind).await[0].id;
        followed.office.store.look_again(occasion, followed.office.clock.now()).await.unwrap();
    }
    assert_eq!(followed.tick().await.escalations, 0);
    assert_eq!(followed.deliver_all().await, [] as [&str; 0]);
}

#[tokio::test]
async fn two_processes_at_the_rung_write_once() {
    let mut followed = announced().await;
    followed.office.clock.pass(at(RUNG) - followed.office.clock.now());
    let (store, keys) = (followed.office.store.clone(), followed.office.keys.clone());
    let mut other = Rounds::new(store, keys);
    let now = followed.office.clock.now();
    let (one, two) = tokio::join!(followed.rounds.tick(now), other.tick(now));
    assert_eq!(one.unwrap().escalations + two.unwrap().escalations, 3);
    assert_eq!(followed.deliver_all().await.len(), 3);
}
