//! Both databases have the same tables with the same columns, so that one SQL
//! text serves both.

use crate::databases::TestDatabase;
use fairwarning::config::DatabaseUrl;
use fairwarning::store::Store;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::collections::BTreeSet;

/// A table, a column, and whether it may be empty.
type Columns = BTreeSet<(String, String, bool)>;

const OF_SQLITE: &str = "
    select m.name, c.name, c.\"notnull\" = 0 and c.pk = 0 from sqlite_master m
    join pragma_table_info(m.name) c
    where m.type = 'table' and m.name not like 'sqlite%' and m.name not like '\\_sqlx%' escape '\\'";

const OF_POSTGRES: &str = "
    select table_name::text, column_name::text, is_nullable = 'YES' from information_schema.columns
    where table_schema = 'public' and table_name not like '\\_sqlx%'";

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let folder = tempfile::tempdir().unwrap();
    let file = TestDatabase::make(folder.path()).await;
    let (file, server) = (file.url(), TestDatabase::empty_postgres().await);
    for url in [&file, &server.url()] {
        Store::open(url).await.unwrap().close().await;
    }
    let DatabaseUrl::Sqlite(path) = file else { unreachable!() };
    let mut sqlite =
        SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let sqlite: Vec<(String, String, bool)> =
        sqlx::query_as(OF_SQLITE).fetch_all(&mut sqlite).await.unwrap();
    let DatabaseUrl::Postgres(url) = server.url() else { unreachable!() };
    let mut postgres = PgConnection::connect(url.expose()).await.unwrap();
    let postgres: Vec<(String, String, bool)> =
        sqlx::query_as(OF_POSTGRES).fetch_all(&mut postgres).await.unwrap();
    let (sqlite, postgres) = (Columns::from_iter(sqlite), Columns::from_iter(postgres));
    assert!(sqlite.len() > 50, "{sqlite:?}");
    let lacking: Vec<_> = sqlite.difference(&postgres).collect();
    assert!(lacking.is_empty(), "migrations/postgres lacks, or has otherwise: {lacking:?}");
    let surplus: Vec<_> = postgres.difference(&sqlite).collect();
    assert!(surplus.is_empty(), "migrations/sqlite lacks, or has otherwise: {surplus:?}");
}
