//! Whoever waits for another process's doing hears of it from PostgreSQL
//! without looking, also after the connection that listens was lost.

use crate::databases::on_postgres;
use crate::sample_office;
use crate::store_contract::{office_with_round, register};
use crate::test_office::TestOffice;
use fairwarning::config::DatabaseUrl;
use fairwarning::notice::{Announcing, Carrier, Digest, OfficeErrand};
use fairwarning::store::{NewErrand, Store, Topic, Wakeups};
use sqlx::{Connection as _, PgConnection};
use std::time::Duration;

on_postgres!(
    publishing_is_told_to_every_process,
    what_the_office_asks_for_is_told_to_whoever_announces,
    messages_that_fall_due_or_are_given_back_are_told_of,
    listening_goes_on_after_the_connection_was_lost,
);

async fn news(wakeups: &mut Wakeups) {
    let patience = Duration::from_secs(60);
    tokio::time::timeout(patience, wakeups.next()).await.expect("there was no news");
}

/// Another process's store, listening by now.
async fn listening(office: &TestOffice, topic: Topic) -> (Store, Wakeups) {
    let other = Store::open(&office.database.url()).await.unwrap();
    let mut wakeups = other.wakeups(topic);
    news(&mut wakeups).await;
    (other, wakeups)
}

async fn publish(office: &TestOffice) {
    let parent = office.store.current_publication_id().await.unwrap();
    let now = office.clock.now();
    let mut publication = sample_office::amended();
    publication.templates.insert("page/notice.html".to_owned(), format!("{parent:?}"));
    office.store.publish(&publication, parent, now).await.unwrap();
}

async fn publishing_is_told_to_every_process() {
    let office = TestOffice::open().await;
    let (_one, mut one) = listening(&office, Topic::Publications).await;
    let (_other, mut other) = listening(&office, Topic::Publications).await;
    for _ in 0..3 {
        publish(&office).await;
        news(&mut one).await;
        news(&mut other).await;
    }
}

async fn what_the_office_asks_for_is_told_to_whoever_announces() {
    let office = TestOffice::open().await;
    let (_other, mut wakeups) = listening(&office, Topic::Errands).await;
    let (digest, canary) = (Digest::of(&"looked at"), None);
    let what = OfficeErrand::Announce(Announcing { digest, canary });
    let notice = sample_office::notice();
    let errand = NewErrand { key: "a", notice: &notice, what: &what, by: "Ada" };
    office.store.ask_errand(&errand, office.clock.now()).await.unwrap();
    news(&mut wakeups).await;
}

async fn messages_that_fall_due_or_are_given_back_are_told_of() {
    let (office, occasion) = office_with_round(1).await;
    let (other, mut wakeups) = listening(&office, Topic::Outbox).await;
    let mut publications = other.wakeups(Topic::Publications);
    office.store.entrust(occasion, Carrier::Smtp).await.unwrap();
    news(&mut wakeups).await;
    let node = register(&office, "leaving").await;
    office.store.retire_node(node).await.unwrap();
    news(&mut wakeups).await;
    let nothing = tokio::time::timeout(Duration::ZERO, publications.next()).await;
    assert!(nothing.is_err(), "nothing was published");
}

async fn listening_goes_on_after_the_connection_was_lost() {
    let office = TestOffice::open().await;
    let (_other, mut wakeups) = listening(&office, Topic::Publications).await;
    let DatabaseUrl::Postgres(url) = office.database.url() else { unreachable!() };
    let mut beside = PgConnection::connect(url.expose()).await.unwrap();
    for _ in 0..2 {
        let ended = sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and query ilike 'listen%'",
        );
        let ended = ended.fetch_all(&mut beside).await.unwrap();
        assert_eq!(ended.len(), 1, "one connection listens");
        // First that news may have been missed, then the news itself.
        news(&mut wakeups).await;
        publish(&office).await;
        news(&mut wakeups).await;
    }
}
