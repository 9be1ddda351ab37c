//! The tables: made, and brought up to date, by whichever process opens the
//! database first.

use super::dialect::Dialect;
use super::{Result, StoreError};
use sqlx::migrate::Migrate as _;
use sqlx::{AnyConnection, AnyPool, Connection as _};
use std::collections::BTreeSet;

/// What was done to a database's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The steps taken now, by number and name.
    pub steps: Vec<(i64, String)>,
    /// All steps this version knows.
    pub known: usize,
}

/// Takes the steps that were not taken yet, one process after the other.
pub(super) async fn bring_up_to_date(pool: &AnyPool, dialect: Dialect) -> Result<Migrated> {
    let mut connection = pool.acquire().await?;
    let migrations = dialect.migrations();
    let taken = match dialect {
        // sqlx knows no lock here; a transaction that writes keeps others out.
        Dialect::Sqlite => {
            let before = taken(&mut connection, dialect).await?;
            if migrations.iter().all(|step| before.contains(&step.version)) {
                migrations.run_direct(None, &mut *connection, false).await?;
                before
            } else {
                let mut transaction = connection.begin_with(dialect.begin_write()).await?;
                let before = taken(&mut transaction, dialect).await?;
                migrations.run_direct(None, &mut *transaction, false).await?;
                transaction.commit().await?;
                before
            }
        }
        Dialect::Postgres => {
            // The lock is taken twice, here for the look before and in `run` for
            // the steps, and counted. Should a step fail, it goes with the connection.
            connection.lock().await?;
            let before = match taken(&mut connection, dialect).await {
                Ok(before) => before,
                Err(failure) => return Err(closed(connection.detach(), failure).await),
            };
            if let Err(failure) = migrations.run_direct(None, &mut *connection, false).await {
                return Err(closed(connection.detach(), failure.into()).await);
            }
            connection.unlock().await?;
            before
        }
    };
    let steps = migrations.iter().filter(|step| !taken.contains(&step.version));
    let steps = steps.map(|step| (step.version, step.description.to_string())).collect();
    Ok(Migrated { steps, known: migrations.iter().count() })
}

async fn taken(connection: &mut AnyConnection, dialect: Dialect) -> Result<BTreeSet<i64>> {
    let table = &dialect.migrations().table_name;
    connection.ensure_migrations_table(table).await?;
    let listed = connection.list_applied_migrations(table).await?;
    Ok(listed.into_iter().map(|step| step.version).collect())
}

async fn closed(connection: AnyConnection, failure: StoreError) -> StoreError {
    // The failure before it says more.
    let _ = connection.close().await;
    failure
}
