//! A database backed up in the middle of a round, brought back elsewhere, and
//! the round gone on with: nobody is missed.

use crate::cluster::program;
use crate::commands::{Service, Workplace};
use crate::databases::{TestDatabase, on_postgres};
use crate::roles::{smtp, start};
use crate::scripted_server::{Answer, ScriptedServer};
use fairwarning::notice::{Carrier, Outcome};
use fairwarning::store::Store;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const PEOPLE: usize = 150;

/// A round of which some is sent, and goes on.
async fn half_sent(server: &ScriptedServer, role: &str) -> (Workplace, i64, Service) {
    let place = Workplace::open().await;
    place.office.import_people(PEOPLE).await;
    let occasion = place.office.fill(None).await.unwrap().occasion;
    place.office.store.entrust(occasion, Carrier::Smtp).await.unwrap();
    // So slowly that it is not over before it was backed up, however busy the machine is.
    let slowly = [&smtp(server.port)[..], &["--rate=60/s".to_owned()]].concat();
    let mut service = start(&place, role, &slowly);
    service.until(|| server.taken() >= 30).await;
    (place, occasion, service)
}

/// The round goes on in another database than the one it began in.
async fn goes_on(
    mut place: Workplace,
    database: TestDatabase,
    server: &ScriptedServer,
    role: &str,
) {
    place.office.store.close().await;
    place.office.store = Store::open(&database.url()).await.unwrap();
    place.office.database = database;
    let before = server.taken();
    let counts = place.office.store.round_counts(1).await.unwrap();
    assert!(counts.total() == PEOPLE as i64 && counts.waiting > 0, "{counts:?}");
    let mut service = start(&place, role, &smtp(server.port));
    let left = PEOPLE - usize::try_from(counts.of(Outcome::Accepted)).unwrap();
    service.until(|| server.taken() >= before + left).await;
    service.end_well();
    let counts = place.office.store.round_counts(1).await.unwrap();
    assert_eq!(counts.of(Outcome::Accepted), PEOPLE as i64, "{counts:?}");
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in server.log().messages {
        ids.entry(message.to.clone()).or_default().push(message.header("Message-ID"));
    }
    assert_eq!(ids.len(), PEOPLE, "nobody is missed");
    for ids in ids.values() {
        assert!(ids.iter().all(|id| id == &ids[0]), "what is sent again keeps its Message-ID");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_backed_up_in_the_middle_of_a_round_is_gone_on_with() {
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let (place, _, service) = half_sent(&server, "all").await;
    let (code, said) = place.run(&["backup", "copy.db"]).await;
    assert!(code == 0 && said.starts_with("Backed up to copy.db ("), "{code}: {said}");
    let copy = place.folder().join("copy.db");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    service.end_well();
    let (code, said) = place.run(&["backup", "copy.db"]).await;
    assert!(code == 1 && said.contains("overwrites nothing"), "{code}: {said}");

    let elsewhere = format!("sqlite:{}", place.folder().join("else/where.db").display());
    let restore = ["restore", "copy.db", "--database", &elsewhere];
    let (code, said) = place.run(&restore).await;
    assert!(code == 0 && said.starts_with("Restored copy.db into"), "{code}: {said}");
    let (code, said) = place.run(&restore).await;
    assert!(code == 1 && said.contains("an empty database alone"), "{code}: {said}");
    assert!(!place.folder().join("else/where.db.part").exists(), "nothing is left lying about");
    goes_on(place, TestDatabase::at(elsewhere), &server, "all").await;
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_leaves_the_database_alone() {
    let place = Workplace::open().await;
    place.run(&["backup", "copy.db"]).await;
    let copy = place.folder().join("copy.db");
    let whole = std::fs::read(&copy).unwrap();
    place.write("text.db", "SQLite format 4");
    std::fs::write(place.folder().join("torn.db"), &whole[..whole.len() / 2]).unwrap();
    place.run(&["recipients", "list", "--database", "sqlite:tables-alone.db"]).await;
    let refused = async |file: &str, reason: &str| {
        let into = ["restore", file, "--database", "sqlite:new.db"];
        let (code, said) = place.run(&into).await;
        assert!(code == 1 && said.contains(reason), "{file}: {code}: {said}");
        assert!(!place.folder().join("new.db").exists(), "{file}");
    };
    refused("text.db", "it is no database").await;
    refused("torn.db", "it is damaged").await;
    refused("nowhere.db", "cannot be read").await;
    change(&copy, "insert into _sqlx_migrations values (9999, 'later', 0, 1, x'00', 1)").await;
    refused("copy.db", "newer version").await;
    change(&copy, "drop table _sqlx_migrations").await;
    refused("copy.db", "other tables").await;
    std::fs::write(&copy, &whole).unwrap();
    let into = ["restore", "copy.db", "--database", "sqlite:tables-alone.db"];
    let (code, said) = place.run(&into).await;
    assert_eq!(code, 0, "tables without a row are empty: {said}");
}

async fn change(file: &std::path::Path, statement: &'static str) {
    use sqlx::Connection as _;
    let url = format!("sqlite:{}", file.display());
    let mut opened = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(statement).execute(&mut opened).await.unwrap();
    opened.close().await.unwrap();
}

on_postgres!(a_server_backed_up_in_the_middle_of_a_round_is_gone_on_with);

/// By the commands that `backup --help` shows.
async fn a_server_backed_up_in_the_middle_of_a_round_is_gone_on_with() {
    let server = ScriptedServer::start(|_, _| Answer::Fine).await;
    let (place, _, service) = half_sent(&server, "deliver").await;
    let copy = place.folder().join("copy").display().to_string();
    let run = |name: &str, arguments: &[&str]| {
        let done = Command::new(program(name)).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let url = &place.office.database.text;
    let file = format!("--file={copy}");
    run("pg_dump", &["--format=custom", "--no-owner", &file, url]);
    service.end_well();
    let (code, said) = place.run(&["backup", "copy"]).await;
    assert!(code == 1 && said.contains("pg_dump --format=custom"), "{code}: {said}");
    let (_, help) = place.run(&["backup", "--help"]).await;
    for shown in ["--format=custom --no-owner --file=", "--no-owner --exit-on-error --dbname="] {
        assert!(help.contains(shown), "{help}");
    }
    let empty = TestDatabase::empty_postgres().await;
    let into = format!("--dbname={}", empty.text);
    run("pg_restore", &["--no-owner", "--exit-on-error", &into, &copy]);
    goes_on(place, empty, &server, "deliver").await;
}
