//! `fairwarning migrate`: brings the database's tables up to date and says how.

use super::{Exit, count};
use crate::config::DatabaseArguments;
use crate::store::{Migrated, Store};

/// Make the database's tables, or bring them up to date. Every command that
/// opens the database does so as well; this one does nothing else.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    database: DatabaseArguments,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let url = arguments.database.check()?;
    let (store, Migrated { steps, known }) = Store::open_and_migrate(&url).await?;
    store.close().await;
    for (number, name) in &steps {
        say!("{number:>9}  {name}");
    }
    match steps.len() {
        0 => say!("Nothing to do: {url} is up to date ({}).", count(known, "step")),
        taken => say!("{} taken; {url} is up to date.", count(taken, "step")),
    }
    Ok(Exit::Clean)
}
