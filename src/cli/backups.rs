//! `fairwarning backup` and `fairwarning restore`: a database as one file.

use super::{Exit, source};
use crate::config::DatabaseArguments;
use crate::store;
use anyhow::Context as _;
use std::path::PathBuf;

const OF_A_SERVER: &str = "\
PostgreSQL is backed up by its own programs, also while it is in use:
  pg_dump --format=custom --no-owner --file=FILE URL
and brought back into an empty database:
  pg_restore --no-owner --exit-on-error --dbname=URL FILE";

/// Write a copy of the database into a file, while it is in use. The file holds
/// addresses and keys; it is made for its owner alone, and nothing is overwritten.
#[derive(clap::Args)]
#[command(after_help = OF_A_SERVER)]
pub struct BackupArguments {
    /// The file to make.
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Bring a backup back into an empty database. What was sent after it was made
/// is not known to it, and will be sent again with the same Message-ID.
#[derive(clap::Args)]
#[command(after_help = OF_A_SERVER)]
pub struct RestoreArguments {
    /// The backup.
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseArguments,
}

pub async fn back_up(arguments: &BackupArguments) -> anyhow::Result<Exit> {
    let opened = source::existing_store(&arguments.database).await?;
    let opened = opened.with_context(|| "there is no database yet, and so nothing to back up")?;
    opened.back_up(&arguments.file).await?;
    opened.close().await;
    let size = std::fs::metadata(&arguments.file).map_or(0, |file| file.len());
    say!("Backed up to {} ({} kB).", arguments.file.display(), size.div_ceil(1_000));
    Ok(Exit::Clean)
}

pub async fn restore(arguments: &RestoreArguments) -> anyhow::Result<Exit> {
    let url = arguments.database.check()?;
    store::restore(&arguments.file, &url).await?;
    // Older tables are brought up to date here, where somebody looks.
    store::Store::open(&url).await?.close().await;
    say!("Restored {} into {url}.", arguments.file.display());
    Ok(Exit::Clean)
}
