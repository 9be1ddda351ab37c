//! What every database has to do alike about people: asking, confirming, changing
//! and erasing.

use crate::databases::on_both_databases;
use crate::test_office::TestOffice;
use chrono::Duration;
use fairwarning::announce;
use fairwarning::links::Token;
use fairwarning::notice::{Carrier, EmailAddress, Frequency, Kind, Outcome, Wish, Wishes};
use fairwarning::store::{BY_RECIPIENT, Cause, Change, Errand, Listed, NewNode, Scope};
use fairwarning::subscribers;
use std::time::Duration as StdDuration;

on_both_databases!(
    what_is_asked_for_takes_effect_by_confirming_once,
    asking_again_joins_and_makes_no_second_mail,
    what_expires_vanishes_with_its_person,
    the_audience_is_told_the_kinds,
    a_person_is_changed_and_erased,
    suppressing_and_lifting_leave_a_trace,
    of_two_who_write_the_same_confirmation_one_does,
);

fn jo() -> EmailAddress {
    "jo@example.org".parse().unwrap()
}

fn wish(program: &str, kinds: &[Kind]) -> Wishes {
    let wish = Wish {
        program: program.parse().unwrap(),
        apis: vec!["rates".parse().unwrap()],
        environments: Vec::new(),
        kinds: kinds.to_vec(),
    };
    Wishes { name: Some("Jo".to_owned()), of: vec![wish], ..Wishes::default() }
}

async fn ask(office: &TestOffice, wishes: &Wishes) {
    let (store, keys, now) = (&office.store, &office.keys, office.clock.now());
    subscribers::ask(store, keys, &jo(), wishes, now).await.unwrap();
}

async fn write(office: &TestOffice) -> u64 {
    let now = office.clock.now();
    announce::confirmations(&office.store, Carrier::Files, now).await.unwrap()
}

async fn everyone(office: &TestOffice) -> Vec<Listed> {
    office.store.subscribers(0, 10).await.unwrap()
}

async fn confirm(office: &TestOffice, pending: i64) -> bool {
    let token = office.keys.sign(&Token::Confirm { pending });
    let now = office.clock.now();
    subscribers::confirm(&office.store, &office.keys, &token, now).await.unwrap().is_some()
}

async fn what_is_asked_for_takes_effect_by_confirming_once() {
    let office = TestOffice::open().await;
    ask(&office, &wish("parcel", &[])).await;
    assert_eq!(write(&office).await, 1);
    assert_eq!(write(&office).await, 0, "once is enough");
    let node = NewNode { name: "one", lifetime: StdDuration::from_secs(15) };
    let node = office.store.register_node(node).await.unwrap();
    let claims = office.store.claim(node, Errand::All(Carrier::Files), 10).await.unwrap();
    assert_eq!(claims.rows.len(), 1);
    assert_eq!((&claims.rows[0].address, &claims.rows[0].name), (&jo(), &None));
    assert!(everyone(&office).await.is_empty());
    for _ in 0..2 {
        assert!(confirm(&office, 1).await);
    }
    let listed = everyone(&office).await.remove(0);
    assert_eq!(listed.name.as_deref(), Some("Jo"));
    assert_eq!((listed.interests.len(), listed.frequency), (1, Frequency::Each));
    assert!(!confirm(&office, 2).await);
}

async fn asking_again_joins_and_makes_no_second_mail() {
    let office = TestOffice::open().await;
    for kinds in [&[Kind::Protocol][..], &[Kind::Version]] {
        ask(&office, &wish("parcel", kinds)).await;
        write(&office).await;
    }
    ask(&office, &wish("letters", &[])).await;
    assert_eq!(office.store.deliveries(&Default::default(), 0, 10).await.unwrap().len(), 1);
    assert!(confirm(&office, 1).await);
    let interests = everyone(&office).await.remove(0).interests;
    let told: Vec<_> = interests.iter().map(|i| (i.program.as_str(), i.kind)).collect();
    assert_eq!(told, [("letters", None), ("parcel", Some(Kind::Version))]);
}

async fn what_expires_vanishes_with_its_person() {
    let office = TestOffice::open().await;
    ask(&office, &wish("parcel", &[])).await;
    office.clock.pass(Duration::hours(24));
    assert_eq!(write(&office).await, 0);
    assert!(!confirm(&office, 1).await);
    assert_eq!(office.store.subscriber_number(&jo()).await.unwrap(), None);
    ask(&office, &wish("parcel", &[])).await;
    assert!(!confirm(&office, 1).await, "a number is given once");
    assert!(confirm(&office, 2).await);
}

async fn the_audience_is_told_the_kinds() {
    let office = TestOffice::open().await;
    ask(&office, &wish("parcel", &[Kind::Protocol, Kind::Retirement])).await;
    confirm(&office, 1).await;
    let page = office.store.audience(&"parcel".parse().unwrap(), None, 0, 10).await.unwrap();
    let kinds: Vec<_> = page[0].interests.iter().map(|wanted| wanted.kind).collect();
    assert_eq!(kinds, [Some(Kind::Protocol), Some(Kind::Retirement)]);
}

async fn a_person_is_changed_and_erased() {
    let office = TestOffice::open().await;
    office.import("address,name,programs\njo@example.org,Jo,parcel\n").await.unwrap();
    office.fill(None).await.unwrap();
    let (store, now) = (&office.store, office.clock.now());
    let person = everyone(&office).await.remove(0);
    let details = Change::Details {
        name: None,
        locale: Some("de".parse().unwrap()),
        zone: Some(chrono_tz::Europe::Berlin),
        frequency: Some(Frequency::Weekly),
    };
    assert!(store.change(person.id, &details, now).await.unwrap());
    let narrower = Change::Interests(wish("parcel", &[Kind::Version]).of.remove(0));
    assert!(store.change(person.id, &narrower, now).await.unwrap());
    let changed = everyone(&office).await.remove(0);
    assert_eq!((changed.name, changed.frequency), (None, Frequency::Weekly));
    assert_eq!(changed.interests[0].kind, Some(Kind::Version));
    assert!(store.remove_subscriber(&jo()).await.unwrap());
    assert!(!store.change(person.id, &narrower, now).await.unwrap());
    let sent = store.sent_to(person.id).await.unwrap();
    assert_eq!(sent[0].state, Outcome::Withdrawn.as_str());
}

async fn suppressing_and_lifting_leave_a_trace() {
    let office = TestOffice::open().await;
    let (mailbox, now) = (office.keys.mailbox(&jo()), office.clock.now());
    let scope = Scope::Everywhere;
    let cause = Cause { reason: "asked", author: BY_RECIPIENT };
    assert!(office.store.suppress_by(&mailbox, &scope, cause, now).await.unwrap());
    ask(&office, &wish("parcel", &[])).await;
    assert_eq!(write(&office).await, 0, "nothing is sent to whom nothing may be sent");
    assert!(office.store.lift(&mailbox, &scope, cause, now).await.unwrap());
    assert!(!office.store.lift(&mailbox, &scope, cause, now).await.unwrap());
    let events = office.store.suppression_events(&mailbox).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!((events[1].action.as_str(), events[1].at), ("lifted", now));
}

async fn of_two_who_write_the_same_confirmation_one_does() {
    let office = TestOffice::open().await;
    ask(&office, &wish("parcel", &[])).await;
    let (one, other) = tokio::join!(write(&office), write(&office));
    assert_eq!(one + other, 1);
    assert_eq!(office.store.deliveries(&Default::default(), 0, 10).await.unwrap().len(), 1);
}
