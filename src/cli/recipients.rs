//! `fairwarning recipients`: bringing a list in, looking at it, taking
//! somebody out.

use super::Exit;
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{EmailAddress, Interest};
use crate::store::{Listed, Store};
use crate::subscribers::{self, ImportError};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Subcommand)]
enum Action {
    /// Bring in a CSV list: address, name, programs, apis, environments, locale, zone
    Import {
        /// The list; its first line names the columns.
        file: PathBuf,
    },
    /// Show who is known
    List {
        /// Print addresses in full; otherwise they are masked.
        #[arg(long)]
        full: bool,
    },
    /// Forget a recipient; what was sent to them stays on record without the address
    Remove {
        /// As it was brought in.
        address: EmailAddress,
    },
}

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    match arguments.action {
        Action::Import { file } => import(&store, &file, clock).await,
        Action::List { full } => list(&store, full).await,
        Action::Remove { address } => remove(&store, &address).await,
    }
}

async fn import(store: &Store, file: &Path, clock: &Clock) -> anyhow::Result<Exit> {
    let now = clock.now();
    let current = store.current_publication().await?.context(super::NOTHING_PUBLISHED)?;
    let keys = subscribers::load_keys(store, now).await?;
    let list = std::fs::File::open(file)
        .with_context(|| format!("cannot open the list `{}`", file.display()))?;
    let workspace = &current.publication.workspace;
    match subscribers::import_csv(store, &keys, workspace, list, now).await {
        Ok(imported) => {
            say!(
                "{} rows read: {} recipients added, {} updated.",
                imported.rows,
                imported.added,
                imported.updated
            );
            Ok(Exit::Clean)
        }
        Err(refused @ ImportError::Header { .. }) => {
            eprintln!("{}:1: {refused}", file.display());
            Ok(Exit::Problems)
        }
        Err(ImportError::BadRows { bad, rows }) => {
            for row in &bad {
                for reason in &row.reasons {
                    eprintln!("{}:{}: {reason}", file.display(), row.line);
                }
            }
            let refused = ImportError::BadRows { bad, rows };
            eprintln!("{refused}.");
            Ok(Exit::Problems)
        }
        Err(other) => Err(other.into()),
    }
}

async fn list(store: &Store, full: bool) -> anyhow::Result<Exit> {
    /// Few enough to hold, many enough that a page costs nothing.
    const PAGE: i64 = 500;
    let mut out = std::io::stdout().lock();
    let mut after = 0;
    loop {
        let page = store.subscribers(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for listed in &page {
            writeln!(out, "{}", line(listed, full))?;
        }
    }
    if after == 0 {
        say!("No recipients yet: `fairwarning recipients import FILE` brings a list in.");
    }
    Ok(Exit::Clean)
}

fn line(listed: &Listed, full: bool) -> String {
    let Listed { address, name, locale, zone, interests, suppressed, .. } = listed;
    let address = if full { address.to_string() } else { address.masked() };
    let mut parts = vec![address];
    parts.extend(name.clone().filter(|_| full));
    parts.extend(locale.as_ref().map(ToString::to_string));
    parts.extend(zone.map(|zone| zone.name().to_owned()));
    let interests: Vec<String> = interests.iter().map(phrase).collect();
    parts.push(interests.join(", "));
    if !suppressed.is_empty() {
        parts.push(format!("suppressed: {}", suppressed.join(", ")));
    }
    parts.join("  ")
}

/// `parcel`, `parcel:rates`, `parcel:rates@prod` or `parcel@prod`.
fn phrase(interest: &Interest) -> String {
    let mut text = interest.program.to_string();
    if let Some(api) = &interest.api {
        text.push(':');
        text.push_str(api.as_str());
    }
    if let Some(environment) = &interest.environment {
        text.push('@');
        text.push_str(environment.as_str());
    }
    text
}

async fn remove(store: &Store, address: &EmailAddress) -> anyhow::Result<Exit> {
    if store.remove_subscriber(address).await? {
        say!("Removed.");
        return Ok(Exit::Clean);
    }
    eprintln!("There is no recipient with this address.");
    Ok(Exit::Problems)
}
