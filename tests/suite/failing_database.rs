//! A database that fails for a while, as on a full disk.

use crate::scripted_server::{Answer, ScriptedServer};
use crate::test_office::{TestOffice, plaintext};
use fairwarning::notice::Outcome;
use fairwarning::store::{NewNode, Report};
use sqlx::{Connection as _, SqliteConnection};

/// Makes every write of an attempt end the transaction, as SQLite itself does
/// when the disk is full.
const FILL_THE_DISK: &str = "create trigger full_disk before insert on attempts
    begin select raise(rollback, 'database or disk is full'); end";

async fn change(office: &TestOffice, statement: &'static str) {
    let file = office.folder.path().join("deep/in/office.db");
    let mut beside =
        SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query(statement).execute(&mut beside).await.unwrap();
    beside.close().await.unwrap();
}

#[tokio::test]
async fn the_store_works_again_as_soon_as_the_disk_has_room() {
    let office = TestOffice::open().await;
    office.import_people(3).await;
    let occasion = office.fill(None).await.unwrap().occasion;
    change(&office, FILL_THE_DISK).await;
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
    change(&office, "drop trigger full_disk").await;
    office.store.record(node, &[report]).await.unwrap();
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let flags = plaintext(server.port);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let delivered = office.deliver(occasion, crate::test_office::mail_settings(&flags)).await;
    assert_eq!(delivered.count(Outcome::Accepted), 2);
}
