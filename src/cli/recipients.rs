//! `fairwarning recipients`: bringing a list in and out, looking at it and at one
//! person, suppressing and erasing.

use super::hold::{names, refuse_unknown};
use super::record::record;
use super::{Exit, count};
use crate::clock::Clock;
use crate::config::{DatabaseArguments, OperatorArguments};
use crate::notice::{EmailAddress, Frequency, NoticePath, ProgramId};
use crate::store::{Cause, Deed, Listed, Scope, Store};
use crate::subscribers::{self, ImportError};
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
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
    /// Bring in a CSV list: address, name, programs, apis, environments, kinds, locale, zone,
    /// frequency, second_contact
    Import {
        /// The list; its first line names the columns.
        file: PathBuf,
    },
    /// Show who is known
    List {
        /// Print addresses in full; otherwise they are masked.
        #[arg(long)]
        full: bool,
        /// Only who was told of this notice and has not said that they are done, as CSV.
        #[arg(long, value_name = "PROGRAM/NOTICE")]
        unacknowledged: Option<NoticePath>,
    },
    /// Print everybody in full, as a list that `import` reads again, or as JSON
    Export {
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
    },
    /// Print all that is known of an address as JSON, what was sent to it included
    Show { address: EmailAddress },
    /// Erase a recipient; what was sent to them stays on record without the address
    #[command(visible_alias = "remove")]
    Erase {
        /// As it was brought in.
        address: EmailAddress,
        #[command(flatten)]
        operator: OperatorArguments,
        /// Also never write to this address again; only a keyed hash of it is kept.
        #[arg(long)]
        suppress: bool,
    },
    /// Write to an address no more
    Suppress {
        address: EmailAddress,
        #[command(flatten)]
        why: Why,
    },
    /// Allow writing to an address again
    Unsuppress {
        address: EmailAddress,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
}

/// Why somebody is, or is no longer, not to be written to.
#[derive(Args)]
struct Why {
    /// Kept with the time and who did it.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    operator: OperatorArguments,
    /// About this program alone; about everything when absent.
    #[arg(long, value_name = "ID")]
    program: Option<ProgramId>,
}

impl Why {
    fn scope(&self) -> Scope {
        self.program.clone().map_or(Scope::Everywhere, Scope::Program)
    }

    fn cause(&self) -> Cause<'_> {
        Cause { reason: &self.reason, author: &self.operator.by }
    }
}

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    match arguments.action {
        Action::Import { file } => import(&store, &file, clock).await,
        Action::List { full, unacknowledged: None } => list(&store, full).await,
        Action::List { full, unacknowledged: Some(notice) } => {
            super::silent::list(&store, &notice, full, clock).await
        }
        Action::Export { format } => export(&store, format).await,
        Action::Show { address } => show(&store, &address, clock).await,
        Action::Erase { address, operator, suppress } => {
            erase(&store, &address, suppress, &operator.by, clock).await
        }
        Action::Suppress { address, why } => suppress(&store, &address, &why, clock).await,
        Action::Unsuppress { address, why } => unsuppress(&store, &address, &why, clock).await,
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
            let counted = |n, what| count(usize::try_from(n).unwrap_or(usize::MAX), what);
            let (rows, added) =
                (counted(imported.rows, "row"), counted(imported.added, "recipient"));
            say!("{rows} read: {added} added, {} updated.", imported.updated);
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
    let Listed { address, name, locale, zone, frequency, interests, suppressed, .. } = listed;
    let shown = |address: &EmailAddress| match full {
        true => address.to_string(),
        false => address.masked(),
    };
    let mut parts = vec![shown(address)];
    parts.extend(name.clone().filter(|_| full));
    parts.extend(locale.as_ref().map(ToString::to_string));
    parts.extend(zone.map(|zone| zone.name().to_owned()));
    parts.extend((*frequency == Frequency::Weekly).then(|| frequency.as_str().to_owned()));
    let interests: Vec<String> = interests.iter().map(ToString::to_string).collect();
    parts.push(interests.join(", "));
    if let Some(second) = &listed.second_contact {
        parts.push(format!("second contact: {}", shown(second)));
    }
    if !suppressed.is_empty() {
        parts.push(format!("suppressed: {}", suppressed.join(", ")));
    }
    parts.join("  ")
}

async fn export(store: &Store, format: Format) -> anyhow::Result<Exit> {
    const PAGE: i64 = 500;
    let mut csv = csv::Writer::from_writer(std::io::stdout().lock());
    let mut json = Vec::new();
    if let Format::Csv = format {
        subscribers::csv_header(&mut csv)?;
    }
    let mut after = 0;
    loop {
        let page = store.subscribers(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for listed in &page {
            match format {
                Format::Csv => subscribers::write_csv(&mut csv, listed)?,
                Format::Json => json.push(subscribers::described(listed)),
            }
        }
    }
    csv.flush()?;
    drop(csv);
    if let Format::Json = format {
        say!("{}", serde_json::to_string_pretty(&json)?);
    }
    Ok(Exit::Clean)
}

async fn show(store: &Store, address: &EmailAddress, clock: &Clock) -> anyhow::Result<Exit> {
    let keys = subscribers::load_keys(store, clock.now()).await?;
    let known = subscribers::known_of(store, &keys, address).await?;
    say!("{}", serde_json::to_string_pretty(&known)?);
    Ok(Exit::Clean)
}

async fn erase(
    store: &Store,
    address: &EmailAddress,
    is_last: bool,
    by: &str,
    clock: &Clock,
) -> anyhow::Result<Exit> {
    let is_erased = store.remove_subscriber(address).await?;
    if is_last {
        let keys = subscribers::load_keys(store, clock.now()).await?;
        let cause = Cause { reason: "erased", author: by };
        let mailbox = keys.mailbox(address);
        store.suppress_by(&mailbox, &Scope::Everywhere, cause, clock.now()).await?;
    }
    if is_erased {
        told(store, clock, by, "erased", address, "").await?;
        say!("Erased.");
        return Ok(Exit::Clean);
    }
    if is_last {
        say!("There was no recipient with this address; it is suppressed from now on.");
        return Ok(Exit::Clean);
    }
    eprintln!("There is no recipient with this address.");
    Ok(Exit::Problems)
}

async fn suppress(
    store: &Store,
    address: &EmailAddress,
    why: &Why,
    clock: &Clock,
) -> anyhow::Result<Exit> {
    if let Some(program) = &why.program {
        refuse_unknown(program.as_str(), &names(store).await?)?;
    }
    let keys = subscribers::load_keys(store, clock.now()).await?;
    let mailbox = keys.mailbox(address);
    if store.suppress_by(&mailbox, &why.scope(), why.cause(), clock.now()).await? {
        told(store, clock, &why.operator.by, "suppressed", address, &why.reason).await?;
        say!("Suppressed: what waits for this address will not be sent either.");
        return Ok(Exit::Clean);
    }
    eprintln!("This address was suppressed already; the first reason is kept.");
    Ok(Exit::Problems)
}

async fn unsuppress(
    store: &Store,
    address: &EmailAddress,
    why: &Why,
    clock: &Clock,
) -> anyhow::Result<Exit> {
    let keys = subscribers::load_keys(store, clock.now()).await?;
    if store.lift(&keys.mailbox(address), &why.scope(), why.cause(), clock.now()).await? {
        let by = &why.operator.by;
        told(store, clock, by, "lifted the suppression of", address, &why.reason).await?;
        say!("Lifted.");
        return Ok(Exit::Clean);
    }
    eprintln!("This address was not suppressed so.");
    Ok(Exit::Problems)
}

/// The record outlives the person: it says no more than a log does.
async fn told(
    store: &Store,
    clock: &Clock,
    actor: &str,
    action: &str,
    address: &EmailAddress,
    detail: &str,
) -> anyhow::Result<()> {
    let subject = address.masked();
    record(store, clock, &Deed { actor, action, subject: &subject, detail }).await
}
