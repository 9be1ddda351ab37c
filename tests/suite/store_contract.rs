//! What every database has to do alike: each test is written once and runs on
//! all of them. Races stand in a file of their own.

use crate::databases::on_both_databases;
use crate::sample_office;
use crate::test_office::TestOffice;
use chrono::Duration;
use fairwarning::links::Token;
use fairwarning::notice::{Carrier, Edition, Facts, Outcome};
use fairwarning::store::{
    Chunk, Delivery, DeliveryFilter, Errand, Filling, NewEdition, NewNode, NewRow, NodeId, Period,
    Publishing, Report, Scope, StoreError,
};
use secrecy::ExposeSecret as _;
use std::time::Duration as StdDuration;

on_both_databases!(
    publications_follow_each_other_and_are_read_back,
    a_publication_of_a_newer_format_is_refused,
    keys_are_made_once_and_rotated,
    suppressions_keep_the_first_reason,
    a_removed_person_s_number_is_not_given_again,
    ids_are_sorted_byte_by_byte,
    an_audience_comes_in_pages,
    an_occasion_is_opened_once,
    an_edition_is_kept_once_for_its_rows,
    an_edition_may_have_very_many_rows,
    a_chunk_moves_the_cursor_or_does_nothing,
    a_round_begun_anew_meanwhile_is_not_finished,
    a_round_is_counted_and_listed,
    only_an_entrusted_round_is_taken_up_by_others,
    rows_held_back_are_not_claimed_before_their_time,
    outcomes_are_recorded_with_every_attempt,
    what_was_not_attempted_goes_back,
    a_stale_node_loses_what_it_held,
    a_heartbeat_just_ahead_is_not_set_back,
    the_database_tells_the_time,
    a_store_can_be_opened_again,
);

pub const LIFETIME: StdDuration = StdDuration::from_secs(15);

pub async fn register(office: &TestOffice, name: &str) -> NodeId {
    office.store.register_node(NewNode { name, lifetime: LIFETIME }).await.unwrap()
}

pub async fn claim(office: &TestOffice, node: NodeId, errand: Errand, limit: usize) -> Vec<i64> {
    let claims = office.store.claim(node, errand, limit).await.unwrap();
    claims.rows.into_iter().map(|claimed| claimed.row).collect()
}

/// An office with a round of `count` messages; gives the occasion.
pub async fn office_with_round(count: usize) -> (TestOffice, i64) {
    let office = TestOffice::open().await;
    office.import_people(count).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    (office, occasion)
}

async fn publications_follow_each_other_and_are_read_back() {
    let office = TestOffice::open().await;
    let store = &office.store;
    let first = store.current_publication().await.unwrap().unwrap();
    assert_eq!(first.publication, sample_office::publication());
    assert_eq!(first.parent, None);
    let now = office.clock.now();
    let again = store.publish(&sample_office::publication(), None, now).await.unwrap();
    assert_eq!(again, Publishing::Unchanged(first.id));
    let stale = store.publish(&sample_office::amended(), None, now).await.unwrap();
    assert_eq!(stale, Publishing::Conflict { current: Some(first.id) });
    let second = store.publish(&sample_office::amended(), Some(first.id), now).await.unwrap();
    let Publishing::Published(second) = second else { panic!("{second:?}") };
    assert_eq!(store.current_publication_id().await.unwrap(), Some(second));
    let stored = store.publication(second).await.unwrap().unwrap();
    assert_eq!((stored.parent, stored.created_at), (Some(first.id), now));
    assert_eq!(stored.publication, sample_office::amended());
    let revisions = store.revisions(&sample_office::notice()).await.unwrap();
    assert_eq!(revisions.iter().map(|r| r.1).collect::<Vec<_>>(), [first.id, second]);
}

async fn a_publication_of_a_newer_format_is_refused() {
    let office = TestOffice::open().await;
    let mut newer = sample_office::amended();
    newer.format += 1;
    let parent = office.store.current_publication_id().await.unwrap();
    office.store.publish(&newer, parent, office.clock.now()).await.unwrap();
    let refusal = office.store.current_publication().await.unwrap_err();
    assert!(matches!(refusal, StoreError::Newer { .. }), "{refusal}");
}

async fn keys_are_made_once_and_rotated() {
    let office = TestOffice::open().await;
    let (store, now) = (&office.store, office.clock.now());
    let links = store.link_secrets(now).await.unwrap();
    assert_eq!((links.len(), links[0].secret.expose_secret().len()), (1, 32));
    store.rotate_link_secret(now).await.unwrap();
    let rotated = store.link_secrets(now).await.unwrap();
    assert_eq!(rotated.len(), 2);
    assert_eq!(rotated[0].secret.expose_secret(), links[0].secret.expose_secret());
    let mailbox = store.mailbox_secret(now).await.unwrap();
    let again = store.mailbox_secret(now).await.unwrap();
    assert_eq!(mailbox.expose_secret(), again.expose_secret());
}

async fn suppressions_keep_the_first_reason() {
    let office = TestOffice::open().await;
    let (store, now) = (&office.store, office.clock.now());
    let parcel = "parcel".parse().unwrap();
    let mailbox = [0, 255, 7];
    let scope = Scope::Program("parcel".parse().unwrap());
    assert!(store.suppress(&mailbox, &scope, "left", now).await.unwrap());
    assert!(!store.suppress(&mailbox, &scope, "left again", now).await.unwrap());
    let reason = store.suppression(&mailbox, &parcel).await.unwrap();
    assert_eq!(reason.as_deref(), Some("left"));
    assert!(store.suppress(&mailbox, &Scope::Everywhere, "bounced", now).await.unwrap());
    let reason = store.suppression(&mailbox, &parcel).await.unwrap();
    assert_eq!(reason.as_deref(), Some("bounced"));
    assert_eq!(store.suppression(&[1], &parcel).await.unwrap(), None);
}

async fn a_removed_person_s_number_is_not_given_again() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let store = &office.store;
    let gone = store.subscribers(0, 9).await.unwrap().pop().unwrap();
    assert!(store.remove_subscriber(&gone.address).await.unwrap());
    assert!(!store.remove_subscriber(&gone.address).await.unwrap());
    assert_eq!(store.mailbox(gone.id).await.unwrap(), None);
    office.import("address,programs\nnew@example.org,parcel\n").await.unwrap();
    let newest = store.subscribers(0, 9).await.unwrap().pop().unwrap();
    assert!(newest.id > gone.id, "{} after {}", newest.id, gone.id);
    assert!(store.mailbox(newest.id).await.unwrap().is_some());
}

async fn ids_are_sorted_byte_by_byte() {
    let office = TestOffice::open().await;
    let list = "address,programs,apis\njo@example.org,parcel,rates;Tracking;labels;holdForPickup\n";
    let known = list.replace("Tracking;", "");
    office.import(&known).await.unwrap();
    let (store, now) = (&office.store, office.clock.now());
    let jo = store.subscribers(0, 1).await.unwrap().remove(0);
    let apis: Vec<_> = jo.interests.iter().map(|i| i.api.clone().unwrap().to_string()).collect();
    assert_eq!(apis, ["holdForPickup", "labels", "rates"]);
    let mailbox = store.mailbox(jo.id).await.unwrap().unwrap();
    for scope in ["zebra", "a-b", "ab", "a"] {
        let scope = Scope::Program(scope.parse().unwrap());
        store.suppress(&mailbox, &scope, "left", now).await.unwrap();
    }
    store.suppress(&mailbox, &Scope::Everywhere, "bounced", now).await.unwrap();
    let jo = store.subscribers(0, 1).await.unwrap().remove(0);
    assert_eq!(jo.suppressed, ["*", "a", "a-b", "ab", "zebra"]);
}

async fn an_audience_comes_in_pages() {
    let (office, occasion) = office_with_round(5).await;
    office.import("address,programs,apis\nlate@example.org,parcel,rates;labels\n").await.unwrap();
    let (store, now) = (&office.store, office.clock.now());
    let parcel = "parcel".parse().unwrap();
    let page = store.audience(&parcel, None, 0, 4).await.unwrap();
    assert_eq!(page.len(), 4);
    let rest = store.audience(&parcel, None, page[3].id, 4).await.unwrap();
    assert_eq!(rest.len(), 2);
    assert_eq!(rest[1].interests.len(), 2, "both interests of one person");
    let unwritten = store.audience(&parcel, Some(occasion), 0, 4).await.unwrap();
    assert_eq!(unwritten.iter().map(|l| l.id).collect::<Vec<_>>(), [rest[1].id]);
    let mailbox = store.mailbox(page[0].id).await.unwrap().unwrap();
    store.suppress(&mailbox, &Scope::Everywhere, "bounced", now).await.unwrap();
    let page = store.audience(&parcel, None, 0, 2).await.unwrap();
    assert_eq!(page.iter().map(|l| l.is_suppressed).collect::<Vec<_>>(), [true, false]);
}

async fn an_occasion_is_opened_once() {
    let (office, occasion) = office_with_round(1).await;
    let store = &office.store;
    assert_eq!(office.fill(None).await.unwrap().occasion, occasion);
    let all = store.occasions().await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(all[0].is_filled && all[0].filled == 1 && all[0].canary.is_none(), "{all:?}");
    store.resume_filling(occasion, Some(7), office.clock.now()).await.unwrap();
    let resumed = store.occasion_by_id(occasion).await.unwrap().unwrap();
    assert!(!resumed.is_filled && resumed.cursor == 0 && resumed.canary == Some(7));
    assert!(store.occasion_by_id(occasion + 1).await.unwrap().is_none());
}

async fn put(office: &TestOffice, occasion: i64, edition: &Edition) -> i64 {
    let revision = &office.store.occasion_by_id(occasion).await.unwrap().unwrap().revision;
    let facts = &Facts::default();
    let new = NewEdition { occasion, edition, revision, since: None, facts };
    office.store.put_edition(new, office.clock.now()).await.unwrap()
}

async fn an_edition_is_kept_once_for_its_rows() {
    let (office, occasion) = office_with_round(1).await;
    let store = &office.store;
    let kept = store.editions_of(occasion).await.unwrap();
    let edition = store.edition(kept[0].id).await.unwrap().unwrap();
    let other = Edition { text: "rendered elsewhere".to_owned(), ..edition.clone() };
    let id = put(&office, occasion, &other).await;
    assert_eq!(id, kept[0].id, "the first one is sent on");
    assert_eq!(store.edition(id).await.unwrap().unwrap(), edition);
    assert_eq!(store.edition(id + 99).await.unwrap(), None);
}

async fn an_edition_may_have_very_many_rows() {
    let (office, occasion) = office_with_round(1).await;
    let store = &office.store;
    let kept = store.editions_of(occasion).await.unwrap();
    let mut edition = store.edition(kept[0].id).await.unwrap().unwrap();
    // Random enough that no compression makes them short.
    let id = |n: u64| format!("row-{:x}", (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    edition.rows = (0..2_000).map(|n| id(n).parse().unwrap()).collect();
    edition.calendar = None;
    let first = put(&office, occasion, &edition).await;
    let again = put(&office, occasion, &edition).await;
    assert_eq!(first, again);
    assert_eq!(store.edition(first).await.unwrap().unwrap(), edition);
}

async fn a_chunk_moves_the_cursor_or_does_nothing() {
    let (office, occasion) = office_with_round(1).await;
    let (store, now) = (&office.store, office.clock.now());
    let edition = store.editions_of(occasion).await.unwrap()[0].id;
    let row = |recipient| NewRow {
        recipient,
        edition,
        apis: "rates".to_owned(),
        message_id: format!("{recipient}@example.org"),
        thread: None,
        period: Period::from(now),
        behalf: None,
    };
    let publication = store.current_publication_id().await.unwrap().unwrap();
    let fill = async |cursor: (i64, i64), rows: &[NewRow]| {
        let chunk = Chunk { occasion, cursor, publication, at: now };
        store.fill_chunk(chunk, rows).await.unwrap()
    };
    store.resume_filling(occasion, None, now).await.unwrap();
    // More than one statement takes.
    let rows: Vec<NewRow> = (100..1_300).map(row).collect();
    assert_eq!(fill((0, 1_299), &rows).await, Filling::Added(1_200));
    assert_eq!(fill((0, 1_299), &rows).await, Filling::Elsewhere);
    assert_eq!(fill((1_299, 1_400), &rows).await, Filling::Added(0));
    let parent = Some(publication);
    store.publish(&sample_office::amended(), parent, now).await.unwrap();
    assert_eq!(fill((1_400, 1_500), &rows).await, Filling::Outdated);
    let stored = store.occasion_by_id(occasion).await.unwrap().unwrap();
    assert_eq!((stored.cursor, stored.filled), (1_400, 1_201));
}

async fn a_round_begun_anew_meanwhile_is_not_finished() {
    let (office, occasion) = office_with_round(2).await;
    let (store, now) = (&office.store, office.clock.now());
    let is_filled = async || store.occasion_by_id(occasion).await.unwrap().unwrap().is_filled;
    let last = store.occasion_by_id(occasion).await.unwrap().unwrap().cursor;
    store.resume_filling(occasion, None, now).await.unwrap();
    store.finish_filling(occasion, last, now).await.unwrap();
    assert!(!is_filled().await, "everyone is to be looked at again");
    store.finish_filling(occasion, 0, now).await.unwrap();
    assert!(is_filled().await);
}

async fn a_round_is_counted_and_listed() {
    let (office, occasion) = office_with_round(4).await;
    let store = &office.store;
    let node = register(&office, "one").await;
    let rows = claim(&office, node, Errand::Round(occasion), 3).await;
    let report = |row, outcome, retry_in| Report::Attempted {
        row,
        outcome,
        reply: "450 später, Ω".to_owned(),
        retry_in,
    };
    let reports = [
        report(rows[1], Outcome::Deferred, Some(StdDuration::from_secs(60))),
        report(rows[0], Outcome::Accepted, None),
    ];
    store.record(node, &reports).await.unwrap();
    let counts = store.round_counts(occasion).await.unwrap();
    assert_eq!((counts.waiting, counts.claimed, counts.total()), (1, 1, 4));
    assert_eq!((counts.of(Outcome::Accepted), counts.of(Outcome::Deferred)), (1, 1));
    assert_eq!(counts.next_attempt, Some(office.clock.now()));
    let listed = office.outbox().await;
    let states: Vec<&str> = listed.iter().map(|row| row.state.as_str()).collect();
    assert_eq!(states, ["accepted", "deferred", "claimed", "waiting"]);
    let deferred: &Delivery = &listed[1];
    assert_eq!(deferred.reply.as_deref(), Some("450 später, Ω"));
    assert_eq!(deferred.next_attempt, Some(office.clock.now() + Duration::seconds(60)));
    let only =
        DeliveryFilter { occasion: Some(occasion), outcome: Some(Outcome::Accepted), open: None };
    assert_eq!(store.deliveries(&only, 0, 9).await.unwrap(), listed[..1]);
    assert_eq!(store.deliveries(&only, rows[0], 9).await.unwrap(), []);
}

async fn only_an_entrusted_round_is_taken_up_by_others() {
    let (office, occasion) = office_with_round(2).await;
    let node = register(&office, "one").await;
    let all = Errand::All(Carrier::Smtp);
    assert_eq!(claim(&office, node, all, 9).await, [] as [i64; 0]);
    office.store.entrust(occasion, Carrier::Files).await.unwrap();
    assert_eq!(claim(&office, node, all, 9).await, [] as [i64; 0]);
    office.store.entrust(occasion, Carrier::Smtp).await.unwrap();
    assert_eq!(claim(&office, node, all, 9).await.len(), 2);
}

async fn rows_held_back_are_not_claimed_before_their_time() {
    let (office, occasion) = office_with_round(1).await;
    let (store, now) = (&office.store, office.clock.now());
    let node = register(&office, "one").await;
    let round = Errand::Round(occasion);
    claim(&office, node, round, 1).await;
    let edition = store.editions_of(occasion).await.unwrap()[0].id;
    store.resume_filling(occasion, None, now).await.unwrap();
    let held = NewRow {
        recipient: 1_000,
        edition,
        apis: String::new(),
        message_id: "held@example.org".to_owned(),
        thread: None,
        period: Period::from(now + Duration::microseconds(1)),
        behalf: None,
    };
    let publication = store.current_publication_id().await.unwrap().unwrap();
    let chunk = Chunk { occasion, cursor: (0, 1), publication, at: now };
    store.fill_chunk(chunk, &[held]).await.unwrap();
    assert_eq!(claim(&office, node, round, 9).await, [] as [i64; 0]);
    office.clock.pass(Duration::microseconds(1));
    let claims = store.claim(node, round, 9).await.unwrap();
    assert_eq!(claims.settled.len(), 1, "its recipient is unknown, and so it is withdrawn");
}

async fn outcomes_are_recorded_with_every_attempt() {
    let (office, occasion) = office_with_round(1).await;
    let store = &office.store;
    let node = register(&office, "one").await;
    let row = claim(&office, node, Errand::Round(occasion), 1).await[0];
    let attempted = |outcome, reply: &str, retry_in| Report::Attempted {
        row,
        outcome,
        reply: reply.to_owned(),
        retry_in,
    };
    let wait = Some(StdDuration::from_secs(5));
    store.record(node, &[attempted(Outcome::Unknown, "gone", wait)]).await.unwrap();
    assert_eq!(claim(&office, node, Errand::Round(occasion), 1).await, [] as [i64; 0]);
    assert!(!store.is_round_due(occasion).await.unwrap());
    office.clock.pass(Duration::seconds(5));
    assert!(store.is_round_due(occasion).await.unwrap());
    let claims = store.claim(node, Errand::Round(occasion), 1).await.unwrap();
    assert_eq!((claims.rows[0].row, claims.rows[0].attempts), (row, 1));
    store.record(node, &[attempted(Outcome::Accepted, "250 ok", None)]).await.unwrap();
    let attempts = store.attempts(row).await.unwrap();
    let gone = (Outcome::Unknown, "gone".to_owned());
    assert_eq!(attempts, [gone, (Outcome::Accepted, "250 ok".to_owned())]);
    let settled = &office.outbox().await[0];
    assert_eq!((settled.attempts, settled.settled_at), (2, Some(office.clock.now())));
}

async fn what_was_not_attempted_goes_back() {
    let (office, occasion) = office_with_round(3).await;
    let (one, other) = (register(&office, "one").await, register(&office, "other").await);
    let rows = claim(&office, one, Errand::Round(occasion), 3).await;
    office.store.record(one, &[Report::Returned { row: rows[1] }]).await.unwrap();
    office.store.record(other, &[Report::Returned { row: rows[0] }]).await.unwrap();
    assert_eq!(claim(&office, other, Errand::Round(occasion), 9).await, [rows[1]]);
    office.store.retire_node(one).await.unwrap();
    assert_eq!(claim(&office, other, Errand::Round(occasion), 9).await, [rows[0], rows[2]]);
}

async fn a_stale_node_loses_what_it_held() {
    let (office, occasion) = office_with_round(2).await;
    let (silent, other) = (register(&office, "silent").await, register(&office, "other").await);
    let rows = claim(&office, silent, Errand::Round(occasion), 2).await;
    office.clock.pass(Duration::seconds(15));
    assert_eq!(claim(&office, other, Errand::Round(occasion), 9).await, [] as [i64; 0]);
    office.clock.pass(Duration::microseconds(1));
    assert_eq!(claim(&office, other, Errand::Round(occasion), 9).await, rows);
}

async fn a_heartbeat_just_ahead_is_not_set_back() {
    let (office, occasion) = office_with_round(1).await;
    let (ahead, other) = (register(&office, "ahead").await, register(&office, "other").await);
    let rows = claim(&office, ahead, Errand::Round(occasion), 1).await;
    // As seen by a claimer that read the time before the other one beat.
    office.clock.pass(Duration::seconds(-10));
    assert_eq!(claim(&office, other, Errand::Round(occasion), 9).await, [] as [i64; 0]);
    office.clock.pass(Duration::seconds(25));
    assert_eq!(claim(&office, other, Errand::Round(occasion), 9).await, [] as [i64; 0]);
    office.clock.pass(Duration::microseconds(1));
    assert_eq!(claim(&office, other, Errand::Round(occasion), 9).await, rows);
}

async fn the_database_tells_the_time() {
    let office = TestOffice::open_with_database_time().await;
    office.import_people(2).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    let node = register(&office, "one").await;
    office.store.beat(node).await.unwrap();
    let rows = claim(&office, node, Errand::Round(occasion), 1).await;
    let later = StdDuration::from_secs(3_600);
    let report = Report::Attempted {
        row: rows[0],
        outcome: Outcome::Deferred,
        reply: "450".to_owned(),
        retry_in: Some(later),
    };
    let before = fairwarning::clock::Clock::system().now();
    office.store.record(node, &[report]).await.unwrap();
    let due = office.outbox().await[0].next_attempt.unwrap();
    let off = due - before - Duration::from_std(later).unwrap();
    assert!(off.abs() < Duration::seconds(5), "it is off by {off}");
}

async fn a_store_can_be_opened_again() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let token = Token::Unsubscribe { subscriber: 1, program: "parcel".parse().unwrap() };
    let signed = office.keys.sign(&token);
    office.store.close().await;
    let again = fairwarning::store::Store::open(&office.database.url()).await.unwrap();
    let keys = fairwarning::subscribers::load_keys(&again, office.clock.now()).await.unwrap();
    assert_eq!(keys.sign(&token), signed, "the keys of links were kept");
    assert_eq!(again.subscribers(0, 9).await.unwrap().len(), 1);
}
