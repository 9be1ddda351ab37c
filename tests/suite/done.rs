//! Whoever says that all is done is reminded no more, and hears of changes all
//! the same.

use crate::databases::on_postgres_too;
use crate::reconciling::moves;
use crate::reminded::Followed;
use fairwarning::links::Token;
use fairwarning::notice::AmendmentKind;
use fairwarning::subscribers::{describe_reminded, say_done, say_done_for};

on_postgres_too!(
    saying_so_ends_the_reminders_of_these_rows_and_of_no_others,
    done_stands_when_the_date_moves_and_the_change_is_told,
    the_office_may_say_it_for_somebody,
);

const PEOPLE: &str = "address,programs,apis,environments\n\
    rates@example.org,parcel,rates,\n\
    labels@example.org,parcel,labels,\n";

/// Reminded of `test-first`; gives the token of the first reminder.
async fn reminded() -> (Followed, String) {
    let mut followed = Followed::open().await;
    followed.office.import(PEOPLE).await.unwrap();
    followed.announce().await;
    followed.deliver_all().await;
    assert_eq!(followed.tick_at("2020-02-29T14:00:00Z").await.reminders, 2);
    followed.deliver_all().await;
    let tellings = followed.tellings().await;
    let row = tellings.iter().filter(|t| t.recipient == 1).map(|t| t.row).max().unwrap();
    let token = followed.office.keys.sign(&Token::Acknowledge { row });
    (followed, token)
}

#[tokio::test]
async fn saying_so_ends_the_reminders_of_these_rows_and_of_no_others() {
    let (mut followed, token) = reminded().await;
    let (store, keys) = (followed.office.store.clone(), followed.office.keys.clone());
    for _ in 0..2 {
        assert!(!describe_reminded(&store, &keys, &token).await.unwrap().is_done);
    }
    let now = followed.office.clock.now();
    let said = say_done(&store, &keys, &token, now).await.unwrap();
    assert_eq!(said.rows, ["test-first".parse().unwrap()]);
    assert!(say_done(&store, &keys, &token, now).await.unwrap().is_done, "and once more");
    // prod-first is another matter; of test-first only the other one hears.
    assert_eq!(followed.tick_at("2020-03-14T13:00:00Z").await.reminders, 2);
    assert_eq!(followed.deliver_all().await.len(), 2);
    assert_eq!(followed.tick_at("2020-03-23T13:00:00Z").await.reminders, 1);
    assert_eq!(followed.deliver_all().await, ["labels@example.org"]);
}

#[tokio::test]
async fn done_stands_when_the_date_moves_and_the_change_is_told() {
    let (mut followed, token) = reminded().await;
    let now = followed.office.clock.now();
    say_done(&followed.office.store, &followed.office.keys, &token, now).await.unwrap();
    followed
        .publish(|_, notice| moves(notice, "test-first", "2020-06-13", AmendmentKind::Extended))
        .await;
    assert_eq!(followed.tick().await.changes, 2);
    followed.deliver_all().await;
    assert_eq!(followed.tick_at("2020-05-14T13:00:00Z").await.reminders, 1);
    assert_eq!(followed.deliver_all().await, ["labels@example.org"]);
}

#[tokio::test]
async fn the_office_may_say_it_for_somebody() {
    let (mut followed, _) = reminded().await;
    let store = followed.office.store.clone();
    let (path, now) = (followed.path(), followed.office.clock.now());
    let rows = ["test-first".parse().unwrap()];
    let unknown = "nobody@example.org".parse().unwrap();
    assert_eq!(say_done_for(&store, &unknown, &path, &rows, now).await.unwrap(), None);
    let known = "Rates@Example.org".parse().unwrap();
    assert_eq!(say_done_for(&store, &known, &path, &rows, now).await.unwrap(), Some(1));
    assert_eq!(say_done_for(&store, &known, &path, &rows, now).await.unwrap(), Some(0));
    assert_eq!(followed.tick_at("2020-03-23T13:00:00Z").await.reminders, 1 + 2);
}

#[tokio::test]
async fn a_token_of_another_kind_or_house_is_refused() {
    let (followed, token) = reminded().await;
    let office = &followed.office;
    let bounce = office.keys.sign(&Token::Bounce { row: 1 });
    let unsent = office.keys.sign(&Token::Acknowledge { row: 999_999 });
    for bad in [bounce.as_str(), unsent.as_str(), &token[1..], "", "%00"] {
        let now = office.clock.now();
        assert!(say_done(&office.store, &office.keys, bad, now).await.is_err(), "{bad}");
        assert!(describe_reminded(&office.store, &office.keys, bad).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn looking_at_the_page_changes_nothing_and_posting_says_so() {
    let service = crate::web_service::WebService::start().await;
    let inner = &service.service;
    let workspace = crate::web_service::WORKSPACE.clone();
    let now = inner.now();
    let list = "address,programs\nada@integrator.example,parcels\n";
    let (store, keys) = (inner.store(), inner.keys());
    fairwarning::subscribers::import_csv(store, &keys, &workspace, list.as_bytes(), now)
        .await
        .unwrap();
    let (program, notice) = workspace.notices().find(|(p, _)| p.id.as_str() == "parcels").unwrap();
    let path = format!("{}/{}", program.id, notice.id).parse().unwrap();
    let round = fairwarning::announce::Round::load(store, &path).await.unwrap();
    assert_eq!(round.fill(store, None, now).await.unwrap().added, 1);
    let address = format!("/done/{}", keys.sign(&Token::Acknowledge { row: 1 }));
    for _ in 0..2 {
        let page = service.get(&address).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("Is this done on your side?"), "{}", page.body);
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    }
    let posted = service.ask(reqwest::Method::POST, &address, &[]).await;
    assert!(posted.body.contains("You get no more reminders of this."), "{}", posted.body);
    let again = service.get(&address).await;
    assert!(again.body.contains("You said so before"), "{}", again.body);
    assert_eq!(service.get("/done/nonsense").await.status, 404);
}
