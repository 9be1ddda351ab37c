//! A database that fails for a while, as on a full disk.

use crate::scripted_server::{Answer, ScriptedServer};
use crate::test_office::{TestOffice, plaintext};
use fairwarning::config::DatabaseUrl;
use fairwarning::notice::Outcome;
use fairwarning::store::{NewNode, Report};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

crate::databases::on_postgres_too!(
    a_message_that_cannot_be_read_for_a_while_is_no_attempt,
    the_store_works_again_as_soon_as_the_disk_has_room,
);

/// Lets every statement pass, and no commit.
const FAIL_AT_COMMIT: &[&str] = &[
    "create function full_disk() returns trigger language plpgsql as $$
     begin raise 'database or disk is full' using errcode = 'disk_full'; end $$",
    "create constraint trigger full_disk after insert on attempts
     deferrable initially deferred for each row execute function full_disk()",
];

/// SQLite tells of a commit with the last statement.
#[test]
fn an_outcome_whose_commit_fails_is_not_taken_for_recorded() {
    crate::databases::on(crate::databases::Kind::Postgres, fail_at_commit);
}

#[tokio::main(flavor = "current_thread")]
async fn fail_at_commit() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    office.fill(None).await.unwrap();
    change(&office, &[], FAIL_AT_COMMIT).await;
    let unlucky = NewNode { name: "unlucky", lifetime: std::time::Duration::from_secs(15) };
    let node = office.store.register_node(unlucky).await.unwrap();
    let reply = "250 taken".to_owned();
    let report = Report::Attempted { row: 1, outcome: Outcome::Accepted, reply, retry_in: None };
    let refused = office.store.record(node, &[report]).await.unwrap_err();
    assert!(refused.to_string().contains("disk is full"), "{refused}");
    assert!(office.store.attempts(1).await.unwrap().is_empty());
}

/// Makes every write of an attempt end the transaction, as SQLite itself does
/// when the disk is full.
const FILL_SQLITES_DISK: &[&str] = &["create trigger full_disk before insert on attempts
    begin select raise(rollback, 'database or disk is full'); end"];
const EMPTY_SQLITES_DISK: &[&str] = &["drop trigger full_disk"];

const FILL_POSTGRESS_DISK: &[&str] = &[
    "create function full_disk() returns trigger language plpgsql as $$
     begin raise 'database or disk is full' using errcode = 'disk_full'; end $$",
    "create trigger full_disk before insert on attempts execute function full_disk()",
];
const EMPTY_POSTGRESS_DISK: &[&str] = &["drop trigger full_disk on attempts"];

pub async fn change(office: &TestOffice, sqlite: &'static [&str], postgres: &'static [&str]) {
    match office.database.url() {
        DatabaseUrl::Sqlite(file) => {
            let url = format!("sqlite:{}", file.display());
            let mut beside = SqliteConnection::connect(&url).await.unwrap();
            for statement in sqlite {
                sqlx::query(*statement).execute(&mut beside).await.unwrap();
            }
            beside.close().await.unwrap();
        }
        DatabaseUrl::Postgres(url) => {
            let mut beside = PgConnection::connect(url.expose()).await.unwrap();
            for statement in postgres {
                sqlx::query(*statement).execute(&mut beside).await.unwrap();
            }
            beside.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_store_works_again_as_soon_as_the_disk_has_room() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    change(&office, FILL_SQLITES_DISK, FILL_POSTGRESS_DISK).await;
    let unlucky = NewNode { name: "unlucky", lifetime: std::time::Duration::from_secs(15) };
    let node = office.store.register_node(unlucky).await.unwrap();
    let report = Report::Attempted {
        row: 1,
        outcome: Outcome::Accepted,
        reply: "250 taken".to_owned(),
        retry_in: None,
    };
    for _ in 0..20 {
        let refused = office.store.record(node, std::slice::from_ref(&report)).await.unwrap_err();
        assert!(refused.to_string().contains("disk is full"), "{refused}");
    }
    change(&office, EMPTY_SQLITES_DISK, EMPTY_POSTGRESS_DISK).await;
    office.store.record(node, &[report]).await.unwrap();
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let delivered = office.deliver(occasion, crate::test_office::mail_settings(&flags)).await;
    assert_eq!(delivered.count(Outcome::Accepted), 2);
}

const HIDE_WHAT_IS_SAID: &[&str] = &["alter table editions rename column html to hidden"];
const SHOW_WHAT_IS_SAID: &[&str] = &["alter table editions rename column hidden to html"];

#[tokio::test]
async fn a_message_that_cannot_be_read_for_a_while_is_no_attempt() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    change(&office, HIDE_WHAT_IS_SAID, HIDE_WHAT_IS_SAID).await;
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let mending = async {
        while office.store.round_counts(occasion).await.unwrap().claimed == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        change(&office, SHOW_WHAT_IS_SAID, SHOW_WHAT_IS_SAID).await;
    };
    let settings = crate::test_office::mail_settings(&flags);
    let (delivered, ()) = tokio::join!(office.deliver(occasion, settings), mending);
    assert_eq!(delivered.outcomes, [Outcome::Accepted; 3]);
}
