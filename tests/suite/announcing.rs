//! Filling the outbox: who hears, of which rows, once.

use crate::{sample_office, test_office::TestOffice};
use fairwarning::announce::{AnnounceError, Filled, Round};
use fairwarning::store::{Delivery, DeliveryFilter};
use std::collections::BTreeSet;
use std::sync::Arc;

crate::databases::on_postgres_too!(
    only_those_whose_interests_meet_a_row_hear_of_it,
    an_audience_of_everyone_hears_even_where_no_row_touches_them,
    announcing_again_fills_nothing_twice,
    after_a_canary_a_run_without_one_fills_the_rest,
    two_processes_filling_one_round_make_each_row_once,
    what_was_loaded_before_somebody_else_published_is_not_filled,
    an_unknown_notice_is_refused_with_those_that_are_known,
    beyond_the_limit_of_row_sets_the_whole_table_is_sent,
    whoever_came_to_be_affected_after_a_canary_hears_with_the_rest,
    a_larger_canary_adds_exactly_what_is_missing_of_it,
);

impl TestOffice {
    pub async fn fill(&self, canary: Option<u32>) -> Result<Filled, AnnounceError> {
        let round = Round::load(&self.store, &sample_office::notice()).await?;
        round.fill(&self.store, canary, self.clock.now()).await
    }

    pub async fn outbox(&self) -> Vec<Delivery> {
        self.store.deliveries(&DeliveryFilter::default(), 0, 100_000).await.unwrap()
    }

    async fn hearers(&self) -> Vec<String> {
        self.outbox().await.into_iter().filter_map(|row| row.address).collect()
    }
}

const MIXED: &str = "address,programs,apis,environments,locale\n\
    rates-prod@example.org,parcel,rates,prod,\n\
    hold@example.org,parcel,holdForPickup,,de\n\
    hold-test@example.org,parcel,holdForPickup,test,\n\
    tracking@example.org,parcel,tracking,,\n\
    all@example.org,parcel,,,de-AT\n\
    letters@example.org,letters,,,\n";

#[tokio::test]
async fn only_those_whose_interests_meet_a_row_hear_of_it() {
    let office = TestOffice::open().await;
    office.import(MIXED).await.unwrap();
    let round = Round::load(&office.store, &sample_office::notice()).await.unwrap();
    let forecast = round.forecast(&office.store).await.unwrap();
    assert_eq!(forecast.total(), 3);
    let by_rows: Vec<(String, u64)> = forecast
        .by_rows
        .iter()
        .map(|(rows, n)| (rows.iter().map(|r| r.as_str()).collect::<Vec<_>>().join("+"), *n))
        .collect();
    let expected = ["prod-first", "prod-first+prod-secure+test-first", "prod-secure"];
    assert_eq!(by_rows, expected.map(|rows| (rows.to_owned(), 1)));
    let by_locale: Vec<_> = forecast.by_locale.iter().map(|(l, n)| (l.as_str(), *n)).collect();
    assert_eq!(by_locale, [("de", 2), ("en", 1)]);

    assert_eq!(office.fill(None).await.unwrap().added, 3);
    let hearers = office.hearers().await;
    assert_eq!(hearers, ["rates-prod@example.org", "hold@example.org", "all@example.org"]);
}

#[tokio::test]
async fn an_audience_of_everyone_hears_even_where_no_row_touches_them() {
    let office = TestOffice::open().await;
    let mut publication = sample_office::publication();
    let program = Arc::make_mut(&mut publication.workspace).programs.get_mut("parcel").unwrap();
    let notice = program.notices.get_mut("tls-1.2").unwrap();
    notice.audience.reach = fairwarning::notice::Reach::Everyone;
    let parent = office.store.current_publication_id().await.unwrap();
    office.store.publish(&publication, parent, office.clock.now()).await.unwrap();
    office.import(MIXED).await.unwrap();
    assert_eq!(office.fill(None).await.unwrap().added, 5);
    assert!(!office.hearers().await.contains(&"letters@example.org".to_owned()));
}

#[tokio::test]
async fn announcing_again_fills_nothing_twice() {
    let office = TestOffice::open().await;
    office.import_people(7).await;
    assert_eq!(office.fill(None).await.unwrap().added, 7);
    assert_eq!(office.fill(None).await.unwrap().added, 0);
    office.import("address,programs\nlate@example.org,parcel\n").await.unwrap();
    assert_eq!(office.fill(None).await.unwrap().added, 1, "whoever came late is told");
}

#[tokio::test]
async fn after_a_canary_a_run_without_one_fills_the_rest() {
    let office = TestOffice::open().await;
    office.import_people(10).await;
    let canary = office.fill(Some(3)).await.unwrap();
    assert!(canary.added == 3 && canary.is_partial);
    assert_eq!(office.fill(Some(3)).await.unwrap().added, 0);
    assert_eq!(office.fill(Some(4)).await.unwrap().added, 1);
    let rest = office.fill(None).await.unwrap();
    assert!(rest.added == 6 && !rest.is_partial);
    let recipients: BTreeSet<i64> = office.outbox().await.iter().map(|row| row.recipient).collect();
    assert_eq!(recipients.len(), 10);
}

#[tokio::test]
async fn two_processes_filling_one_round_make_each_row_once() {
    let office = TestOffice::open().await;
    office.import_people(50).await;
    let (a, b) = tokio::join!(office.fill(None), office.fill(None));
    assert_eq!(a.unwrap().added + b.unwrap().added, 50);
    assert_eq!(office.outbox().await.len(), 50);
}

#[tokio::test]
async fn after_a_canary_and_an_edit_the_rest_gets_the_announcement_as_it_stands() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    office.fill(Some(1)).await.unwrap();
    let parent = office.store.current_publication_id().await.unwrap();
    office.store.publish(&sample_office::amended(), parent, office.clock.now()).await.unwrap();
    let filled = office.fill(None).await.unwrap();
    assert_eq!(filled.added, 1);
    let editions = office.store.editions_of(filled.occasion).await.unwrap();
    assert_eq!(editions.len(), 2, "one for each revision");
    assert_ne!(editions[0].revision, editions[1].revision);
}

#[tokio::test]
async fn what_was_loaded_before_somebody_else_published_is_not_filled() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let round = Round::load(&office.store, &sample_office::notice()).await.unwrap();
    let parent = office.store.current_publication_id().await.unwrap();
    office.store.publish(&sample_office::amended(), parent, office.clock.now()).await.unwrap();
    let refusal = round.fill(&office.store, None, office.clock.now()).await.unwrap_err();
    assert!(matches!(refusal, AnnounceError::PublishedMeanwhile), "{refusal}");
    assert_eq!(office.outbox().await.len(), 0);
}

#[tokio::test]
async fn an_unknown_notice_is_refused_with_those_that_are_known() {
    let office = TestOffice::open().await;
    let path = "parcel/tls-1.3".parse().unwrap();
    let refusal = Round::load(&office.store, &path).await.err().unwrap().to_string();
    assert!(refusal.contains("parcel/tls-1.2"), "{refusal}");
}

#[tokio::test]
async fn beyond_the_limit_of_row_sets_the_whole_table_is_sent() {
    use fairwarning::announce::MAX_ROW_SETS;
    let office = TestOffice::open().await;
    let mut publication = sample_office::publication();
    let program = Arc::make_mut(&mut publication.workspace).programs.get_mut("parcel").unwrap();
    let api = program.catalogue.apis.values().next().unwrap().clone();
    let notice = program.notices.get_mut("tls-1.2").unwrap();
    let row = notice.schedule.rows.values().next().unwrap().clone();
    notice.schedule.rows.clear();
    let mut list = String::from("address,programs,apis\n");
    for n in 0..MAX_ROW_SETS + 5 {
        let mut row = row.clone();
        row.targets.truncate(1);
        row.targets[0].api = format!("api{n}").parse().unwrap();
        program.catalogue.apis.insert(row.targets[0].api.clone(), api.clone());
        notice.schedule.rows.insert(format!("row{n}").parse().unwrap(), row);
        list.push_str(&format!("p{n}@example.org,parcel,api{n}\n"));
    }
    let parent = office.store.current_publication_id().await.unwrap();
    office.store.publish(&publication, parent, office.clock.now()).await.unwrap();
    let workspace = &publication.workspace;
    let now = office.clock.now();
    fairwarning::subscribers::import_csv(
        &office.store,
        &office.keys,
        workspace,
        list.as_bytes(),
        now,
    )
    .await
    .unwrap();
    let filled = office.fill(None).await.unwrap();
    let editions = office.store.editions_of(filled.occasion).await.unwrap();
    assert_eq!(editions.len(), MAX_ROW_SETS + 1);
    assert_eq!(editions.last().unwrap().rows.len(), MAX_ROW_SETS + 5);
}

#[tokio::test]
async fn whoever_came_to_be_affected_after_a_canary_hears_with_the_rest() {
    let office = TestOffice::open().await;
    office.import("address,programs,apis\nfirst@example.org,parcel,tracking\n").await.unwrap();
    office.import_people(3).await;
    assert!(office.fill(Some(1)).await.unwrap().is_partial);
    office.import("address,programs,apis\nfirst@example.org,parcel,rates\n").await.unwrap();
    assert_eq!(office.fill(None).await.unwrap().added, 3);
    assert!(office.hearers().await.contains(&"first@example.org".to_owned()));
}

#[tokio::test]
async fn a_larger_canary_adds_exactly_what_is_missing_of_it() {
    let office = TestOffice::open().await;
    office.import_people(20).await;
    for (canary, added) in [(5, 5), (9, 4), (2, 0), (10, 1)] {
        assert_eq!(office.fill(Some(canary)).await.unwrap().added, added);
    }
    assert_eq!(office.fill(None).await.unwrap().added, 10);
    assert_eq!(office.fill(Some(30)).await.unwrap().added, 0);
}
