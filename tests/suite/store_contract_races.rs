//! What holds on every database when many do the same at the same time.

use crate::databases::{TestDatabase, on_both_databases};
use crate::sample_office;
use crate::store_contract::{LIFETIME, claim, office_with_round, register};
use crate::test_office::TestOffice;
use fairwarning::announce::Round;
use fairwarning::notice::{Outcome, Publication};
use fairwarning::store::{Errand, NewNode, Publishing, Report, Scope, Store};
use futures_util::future::join_all;
use secrecy::ExposeSecret as _;
use std::collections::BTreeSet;
use std::time::Duration;

on_both_databases!(
    of_eight_racing_claimers_no_two_get_a_row_and_none_is_lost,
    claimers_race_while_others_record_retire_and_die,
    of_racing_publications_one_wins,
    of_racing_first_publications_one_wins,
    racing_fills_make_each_row_once,
    keys_are_made_once_however_many_ask,
    racing_imports_add_up,
    a_suppression_is_made_once,
    tables_are_made_once_however_many_open,
);

const WORKERS: usize = 8;

/// As many stores on one database, each with connections of its own, as
/// processes would have.
async fn stores(office: &TestOffice) -> Vec<Store> {
    let url = office.database.url();
    let opened = (0..WORKERS).map(|_| Store::open_told(&url, office.clock.clock()));
    join_all(opened).await.into_iter().map(Result::unwrap).collect()
}

fn publication(number: usize) -> Publication {
    let mut publication = sample_office::amended();
    publication.templates.insert("page/notice.html".to_owned(), format!("{number}"));
    publication
}

async fn of_eight_racing_claimers_no_two_get_a_row_and_none_is_lost() {
    const ROWS: usize = 400;
    let (office, occasion) = office_with_round(ROWS).await;
    let stores = stores(&office).await;
    let work = stores.iter().map(async |store| {
        let node = store.register_node(NewNode { name: "racer", lifetime: LIFETIME }).await;
        let node = node.unwrap();
        let mut rows = Vec::new();
        // Empty-handed while others hold what is left within a transaction.
        while store.round_counts(occasion).await.unwrap().waiting > 0 {
            let claims = store.claim(node, Errand::Round(occasion), 7).await.unwrap();
            rows.extend(claims.rows.into_iter().map(|claimed| claimed.row));
        }
        rows
    });
    let shares = join_all(work).await;
    let all: Vec<i64> = shares.concat();
    assert_eq!(all.len(), ROWS);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), ROWS);
}

/// Some nodes send, some give back, some die with their hands full.
async fn claimers_race_while_others_record_retire_and_die() {
    const ROWS: usize = 200;
    let (office, occasion) = office_with_round(ROWS).await;
    let stores = stores(&office).await;
    let round = Errand::Round(occasion);
    let sent = |row| Report::Attempted {
        row,
        outcome: Outcome::Accepted,
        reply: "250".to_owned(),
        retry_in: None,
    };
    let work = stores.iter().enumerate().map(async |(worker, store)| {
        let mut sent_rows = Vec::new();
        let one = NewNode { name: "racer", lifetime: LIFETIME };
        let mut node = store.register_node(one).await.unwrap();
        for turn in 0..ROWS {
            let claims = store.claim(node, round, 5).await.unwrap();
            let rows: Vec<i64> = claims.rows.iter().map(|claimed| claimed.row).collect();
            match (worker + turn) % 4 {
                // Retired with what it held, or dead: nobody hears of it again.
                0 => {
                    store.retire_node(node).await.unwrap();
                    node = store.register_node(one).await.unwrap();
                }
                1 => {
                    office.clock.pass(chrono::Duration::milliseconds(10));
                    node = store.register_node(one).await.unwrap();
                }
                _ => {
                    store.beat(node).await.unwrap();
                    // In another order than they were claimed in.
                    let reports: Vec<Report> = rows.iter().rev().map(|row| sent(*row)).collect();
                    store.record(node, &reports).await.unwrap();
                    sent_rows.extend(rows);
                }
            }
        }
        sent_rows
    });
    let mut all = join_all(work).await.concat();
    office.clock.pass(chrono::Duration::minutes(1));
    let last = register(&office, "last").await;
    all.extend(claim(&office, last, round, ROWS).await);
    assert_eq!(all.len(), ROWS, "each was sent once, or is left for the last");
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), ROWS);
}

fn one_won(results: &[Publishing]) {
    let count = |won: fn(&Publishing) -> bool| results.iter().filter(|p| won(p)).count();
    assert_eq!(count(|p| matches!(p, Publishing::Published(_))), 1, "{results:?}");
    assert_eq!(count(|p| matches!(p, Publishing::Conflict { .. })), WORKERS - 1, "{results:?}");
}

async fn of_racing_publications_one_wins() {
    let office = TestOffice::open().await;
    let parent = office.store.current_publication_id().await.unwrap();
    let (stores, now) = (stores(&office).await, office.clock.now());
    let publications: Vec<Publication> = (0..WORKERS).map(publication).collect();
    let racing =
        stores.iter().zip(&publications).map(|(store, own)| store.publish(own, parent, now));
    let results: Vec<Publishing> = join_all(racing).await.into_iter().map(Result::unwrap).collect();
    one_won(&results);
    let current = office.store.current_publication().await.unwrap().unwrap();
    assert_eq!(current.parent, parent);
}

async fn of_racing_first_publications_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::make(folder.path()).await;
    let url = database.url();
    let store = Store::open(&url).await.unwrap();
    let now = fairwarning::clock::Clock::system().now();
    let publications: Vec<Publication> = (0..WORKERS).map(publication).collect();
    let racing = publications.iter().map(|own| store.publish(own, None, now));
    let results: Vec<Publishing> = join_all(racing).await.into_iter().map(Result::unwrap).collect();
    one_won(&results);
}

async fn racing_fills_make_each_row_once() {
    const PEOPLE: usize = 500;
    let office = TestOffice::open().await;
    office.import_people(PEOPLE).await;
    let (stores, now) = (stores(&office).await, office.clock.now());
    let fills = stores.iter().map(async |store| {
        let round = Round::load(store, &sample_office::notice()).await.unwrap();
        round.fill(store, None, now).await.unwrap().added
    });
    let added: u64 = join_all(fills).await.into_iter().sum();
    assert_eq!(added, PEOPLE as u64);
    let rows = office.outbox().await;
    let recipients: BTreeSet<i64> = rows.iter().map(|row| row.recipient).collect();
    assert_eq!((rows.len(), recipients.len()), (PEOPLE, PEOPLE));
    let occasions = office.store.occasions().await.unwrap();
    assert_eq!((occasions.len(), occasions[0].filled), (1, PEOPLE as i64));
    assert_eq!(office.store.editions_of(occasions[0].id).await.unwrap().len(), 1);
}

async fn keys_are_made_once_however_many_ask() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::make(folder.path()).await;
    let url = database.url();
    let stores = join_all((0..WORKERS).map(|_| Store::open(&url))).await;
    let now = fairwarning::clock::Clock::system().now();
    let keys = stores.iter().map(async |store| {
        let store = store.as_ref().unwrap();
        let links = store.link_secrets(now).await.unwrap();
        let mailboxes = store.mailbox_secret(now).await.unwrap();
        assert_eq!(links.len(), 1);
        (links[0].id, [links[0].secret.expose_secret(), mailboxes.expose_secret()].concat())
    });
    let distinct: BTreeSet<_> = join_all(keys).await.into_iter().collect();
    assert_eq!(distinct.len(), 1);
}

async fn racing_imports_add_up() {
    let office = TestOffice::open().await;
    let list = |from: usize| {
        let line = |n: usize| format!("p{n}@example.org,parcel\n");
        // Everybody's list overlaps with its neighbours', in the other direction.
        let mut lines: Vec<String> = (from * 50..from * 50 + 100).map(line).collect();
        if from % 2 == 1 {
            lines.reverse();
        }
        format!("address,programs\n{}", lines.concat())
    };
    let lists: Vec<String> = (0..WORKERS).map(list).collect();
    let imports = join_all(lists.iter().map(|list| office.import(list))).await;
    let added: u64 = imports.into_iter().map(|imported| imported.unwrap().added).sum();
    assert_eq!(added, 450);
    assert_eq!(office.store.subscribers(0, 1_000).await.unwrap().len(), 450);
}

async fn a_suppression_is_made_once() {
    let office = TestOffice::open().await;
    let now = office.clock.now();
    let left = (0..WORKERS).map(|_| office.store.suppress(b"x", &Scope::Everywhere, "left", now));
    let made = join_all(left).await.into_iter().filter(|made| *made.as_ref().unwrap()).count();
    assert_eq!(made, 1);
}

async fn tables_are_made_once_however_many_open() {
    let folder = tempfile::tempdir().unwrap();
    let chosen = TestDatabase::make(folder.path()).await;
    // The template's tables are there already.
    let database = match chosen.text.starts_with("postgres") {
        true => TestDatabase::empty_postgres().await,
        false => chosen,
    };
    let url = database.url();
    let opened = join_all((0..4).map(|_| Store::open(&url)));
    let opened = tokio::time::timeout(Duration::from_secs(60), opened).await.unwrap();
    for store in opened {
        assert_eq!(store.unwrap().current_publication_id().await.unwrap(), None);
    }
}
