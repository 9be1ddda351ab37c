//! A database that fails for a while, as on a full disk.

use crate::scripted_server::{Answer, ScriptedServer};
use crate::test_office::{TestOffice, plaintext};
use fairwarning::config::DatabaseUrl;
use fairwarning::notice::Outcome;
use fairwarning::store::{NewNode, Report};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

crate::databases::on_postgres_too!(the_store_works_again_as_soon_as_the_disk_has_room,);

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

async fn change(office: &TestOffice, sqlite: &'static [&str], postgres: &'static [&str]) {
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
