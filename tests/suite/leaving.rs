//! One click ends a subscription: for whoever holds the link, and nobody else.

use crate::test_office::TestOffice;
use fairwarning::links::Token;
use fairwarning::subscribers::{describe_token, unsubscribe};

crate::databases::on_postgres_too!(
    one_click_leaves_one_program_and_a_second_changes_nothing,
    describing_a_link_changes_nothing,
    a_forged_or_borrowed_link_is_refused,
    a_suppression_outlives_the_person_and_meets_them_again,
    a_link_of_somebody_removed_never_concerns_whoever_came_after,
    whoever_comes_after_somebody_was_removed_hears_of_the_same_notice,
);

async fn office_with_jo() -> (TestOffice, i64, String) {
    let office = TestOffice::open().await;
    office.import("address,programs\njo@example.org,parcel letters\n").await.unwrap();
    let subscriber = office.store.subscribers(0, 1).await.unwrap()[0].id;
    let program = "parcel".parse().unwrap();
    let token = office.keys.sign(&Token::Unsubscribe { subscriber, program });
    (office, subscriber, token)
}

async fn suppressed(office: &TestOffice) -> Vec<String> {
    office.store.subscribers(0, 1).await.unwrap().remove(0).suppressed
}

#[tokio::test]
async fn one_click_leaves_one_program_and_a_second_changes_nothing() {
    let (office, _, token) = office_with_jo().await;
    let now = office.clock.now();
    let first = unsubscribe(&office.store, &office.keys, &token, now).await.unwrap();
    assert!(!first.already && first.program.as_str() == "parcel");
    let second = unsubscribe(&office.store, &office.keys, &token, now).await.unwrap();
    assert!(second.already);
    assert_eq!(suppressed(&office).await, ["parcel"]);
}

#[tokio::test]
async fn describing_a_link_changes_nothing() {
    let (office, _, token) = office_with_jo().await;
    for _ in 0..3 {
        let described = describe_token(&office.store, &office.keys, &token).await.unwrap();
        assert!(!described.is_unsubscribed);
    }
    assert_eq!(suppressed(&office).await, [] as [&str; 0]);
    unsubscribe(&office.store, &office.keys, &token, office.clock.now()).await.unwrap();
    assert!(describe_token(&office.store, &office.keys, &token).await.unwrap().is_unsubscribed);
}

#[tokio::test]
async fn a_forged_or_borrowed_link_is_refused() {
    let (office, subscriber, token) = office_with_jo().await;
    let elsewhere = TestOffice::open().await;
    let program = "parcel".parse().unwrap();
    let forged = elsewhere.keys.sign(&Token::Unsubscribe { subscriber, program });
    let bounce = office.keys.sign(&Token::Bounce { row: subscriber });
    for bad in [forged.as_str(), bounce.as_str(), &token[1..], "", "%00"] {
        let refused = unsubscribe(&office.store, &office.keys, bad, office.clock.now()).await;
        assert!(refused.is_err(), "{bad}");
    }
    assert_eq!(suppressed(&office).await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_suppression_outlives_the_person_and_meets_them_again() {
    let (office, _, token) = office_with_jo().await;
    unsubscribe(&office.store, &office.keys, &token, office.clock.now()).await.unwrap();
    assert!(office.store.remove_subscriber(&"jo@example.org".parse().unwrap()).await.unwrap());
    office.import("address,programs\nJo@Example.org,parcel\n").await.unwrap();
    assert_eq!(suppressed(&office).await, ["parcel"]);
}

#[tokio::test]
async fn a_link_of_somebody_removed_never_concerns_whoever_came_after() {
    let (office, subscriber, token) = office_with_jo().await;
    office.store.remove_subscriber(&"jo@example.org".parse().unwrap()).await.unwrap();
    office.import("address,programs\nann@example.org,parcel\n").await.unwrap();
    let ann = office.store.subscribers(0, 1).await.unwrap().remove(0);
    assert_ne!(ann.id, subscriber, "a number is given to one person only");
    unsubscribe(&office.store, &office.keys, &token, office.clock.now()).await.unwrap();
    assert_eq!(suppressed(&office).await, [] as [&str; 0]);
}

#[tokio::test]
async fn whoever_comes_after_somebody_was_removed_hears_of_the_same_notice() {
    let office = TestOffice::open().await;
    office.import("address,programs\njo@example.org,parcel\n").await.unwrap();
    assert_eq!(office.fill(None).await.unwrap().added, 1);
    office.store.remove_subscriber(&"jo@example.org".parse().unwrap()).await.unwrap();
    office.import("address,programs\nann@example.org,parcel\n").await.unwrap();
    assert_eq!(office.fill(None).await.unwrap().added, 1, "Ann has had nothing yet");
}
