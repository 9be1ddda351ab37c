//! What reading an audience and adding rows in bulk have to do on every database.

use crate::databases::on_both_databases;
use crate::store_contract::office_with_round;
use crate::test_office::TestOffice;
use chrono::Duration;
use fairwarning::notice::{EmailAddress, Kind};
use fairwarning::store::{Channel, Chunk, Errand, Filling, NewRow, Period, Store, Telling};
use std::collections::BTreeSet;

on_both_databases!(
    an_audience_skips_pages_in_which_everybody_has_a_row,
    an_audience_knows_all_that_a_listener_said,
    listeners_come_by_number_whatever_they_want,
    rows_of_one_chunk_keep_their_own_thread_and_period,
    a_round_of_several_pages_reaches_everybody_once,
    a_canary_may_end_within_a_later_page,
);

fn parcel() -> fairwarning::notice::ProgramId {
    "parcel".parse().unwrap()
}

async fn number(store: &Store, address: &str) -> i64 {
    let address: EmailAddress = address.parse().unwrap();
    store.subscriber_number(&address).await.unwrap().unwrap()
}

async fn an_audience_skips_pages_in_which_everybody_has_a_row() {
    let (office, occasion) = office_with_round(5).await;
    office.import("address,programs\nlate@example.org,parcel\n").await.unwrap();
    let late = number(&office.store, "late@example.org").await;
    for limit in [1, 2, 5, 9] {
        let page = office.store.audience(&parcel(), Some(occasion), 0, limit).await.unwrap();
        assert_eq!(page.iter().map(|l| l.id).collect::<Vec<_>>(), [late], "{limit}");
    }
    assert_eq!(office.store.audience(&parcel(), Some(occasion), late, 2).await.unwrap(), []);
    office.fill(None).await.unwrap();
    assert_eq!(office.store.audience(&parcel(), Some(occasion), 0, 2).await.unwrap(), []);
}

async fn an_audience_knows_all_that_a_listener_said() {
    let office = TestOffice::open().await;
    let list = "address,programs,apis,environments,kinds,locale,zone\n\
        some@example.org,parcel,rates;labels,prod,protocol,de-AT,Europe/Vienna\n\
        all@example.org,parcel,,,,,\n";
    office.import(list).await.unwrap();
    let page = office.store.audience(&parcel(), None, 0, 9).await.unwrap();
    let [some, all] = &page[..] else { panic!("{page:?}") };
    assert_eq!(some.locale.as_ref().map(|l| l.as_str()), Some("de-AT"));
    assert_eq!(some.zone, Some(chrono_tz::Europe::Vienna));
    let named = some.interests.iter().map(|wanted| {
        let (api, environment) = (wanted.api.as_ref(), wanted.environment.as_ref());
        (api.unwrap().to_string(), environment.unwrap().to_string(), wanted.kind)
    });
    let named: BTreeSet<_> = named.map(|(a, e, k)| (a, e, k == Some(Kind::Protocol))).collect();
    let wanted = |api: &str| (api.to_owned(), "prod".to_owned(), true);
    assert_eq!(named, BTreeSet::from([wanted("labels"), wanted("rates")]));
    assert_eq!((&all.locale, all.zone), (&None, None));
    let [everything] = &all.interests[..] else { panic!("{all:?}") };
    assert!(everything.api.is_none() && everything.environment.is_none());
    assert!(!all.is_suppressed && everything.kind.is_none());
}

async fn listeners_come_by_number_whatever_they_want() {
    let office = TestOffice::open().await;
    let list = "address,programs\nletters@example.org,letters\nparcel@example.org,parcel\n";
    office.import(list).await.unwrap();
    let store = &office.store;
    let (letters, both) =
        (number(store, "letters@example.org").await, number(store, "parcel@example.org").await);
    let ids = [both, 9_999, letters];
    let found = store.listeners(&parcel(), &ids).await.unwrap();
    let found: Vec<_> = found.iter().map(|l| (l.id, l.interests.len())).collect();
    assert_eq!(found, [(letters, 0), (both, 1)]);
    assert_eq!(store.listeners(&parcel(), &[]).await.unwrap(), []);
    assert_eq!(store.listeners(&parcel(), &[9_999]).await.unwrap(), []);
}

async fn rows_of_one_chunk_keep_their_own_thread_and_period() {
    let (office, occasion) = office_with_round(1).await;
    office.import("address,programs\nb@Other.example,parcel\n").await.unwrap();
    let (store, now) = (&office.store, office.clock.now());
    let known = number(store, "b@other.example").await;
    let edition = store.editions_of(occasion).await.unwrap()[0].id;
    let later = Period {
        not_before: now + Duration::hours(1),
        not_after: Some(now + Duration::hours(3)),
        closes_at: Some(now + Duration::hours(2)),
        is_gathered: false,
    };
    let row = |recipient, thread: Option<&str>, period| NewRow {
        recipient,
        edition,
        apis: "„rates“, \"labels\", \\ … (+3)".to_owned(),
        message_id: format!("{recipient}@example.org"),
        thread: thread.map(str::to_owned),
        period,
        behalf: None,
    };
    let rows = [
        row(known, None, Period::from(now)),
        row(7_001, Some("first@example.org"), later),
        row(7_002, None, later),
        row(7_003, Some("first@example.org"), Period::from(now)),
    ];
    store.resume_filling(occasion, None, now).await.unwrap();
    let publication = store.current_publication_id().await.unwrap().unwrap();
    let chunk = Chunk { occasion, cursor: (0, 7_003), publication, at: now };
    assert_eq!(store.fill_chunk(chunk, &rows).await.unwrap(), Filling::Added(4));
    let kept = store.tellings(&[occasion], Channel::Mail, (known - 1, 7_003)).await.unwrap();
    let threads: Vec<Option<&str>> = kept.iter().map(|t: &Telling| t.thread.as_deref()).collect();
    assert_eq!(threads, [None, Some("first@example.org"), None, Some("first@example.org")]);
    let listed = office.outbox().await;
    let due = |recipient| {
        let row = listed.iter().find(|row| row.recipient == recipient).unwrap();
        row.next_attempt.unwrap()
    };
    assert_eq!(
        [known, 7_001, 7_002, 7_003].map(due),
        [now, later.not_before, later.not_before, now]
    );
    let node = crate::store_contract::register(&office, "one").await;
    let claims = store.claim(node, Errand::Round(occasion), 9).await.unwrap();
    let claimed = claims.rows.iter().find(|row| row.recipient == known).unwrap();
    assert_eq!(claimed.apis, rows[0].apis);
}

/// Somewhat more than are looked at before one commit.
const SEVERAL_PAGES: usize = 8_100;

async fn a_round_of_several_pages_reaches_everybody_once() {
    let office = TestOffice::open().await;
    office.import_people(SEVERAL_PAGES).await;
    let filled = office.fill(None).await.unwrap();
    assert_eq!((filled.added, filled.is_partial), (SEVERAL_PAGES as u64, false));
    let rows = office.outbox().await;
    let recipients: BTreeSet<i64> = rows.iter().map(|row| row.recipient).collect();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.message_id.as_str()).collect();
    assert_eq!((rows.len(), recipients.len(), names.len()), {
        (SEVERAL_PAGES, SEVERAL_PAGES, SEVERAL_PAGES)
    });
}

async fn a_canary_may_end_within_a_later_page() {
    let office = TestOffice::open().await;
    office.import_people(SEVERAL_PAGES).await;
    let canary = u32::try_from(SEVERAL_PAGES).unwrap() - 50;
    let filled = office.fill(Some(canary)).await.unwrap();
    assert_eq!((filled.added, filled.is_partial), (u64::from(canary), true));
    let rest = office.fill(None).await.unwrap();
    assert_eq!((rest.added, rest.is_partial), (50, false));
}
