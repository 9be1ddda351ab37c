//! `fairwarning dead`: messages that were given up, and trying them anew.

use super::hold::{names, refuse_unknown};
use super::record::record;
use super::{Exit, count};
use crate::clock::Clock;
use crate::config::{DatabaseArguments, OperatorArguments};
use crate::notice::{NoticePath, Outcome};
use crate::store::{Deed, DeliveryFilter, Letters, Store};
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Subcommand)]
enum Action {
    /// Show what was given up after the last attempt, and what was refused for good
    List {
        /// One notice, as PROGRAM/NOTICE
        notice: Option<NoticePath>,
    },
    /// Try them anew, with the same Message-ID; earlier attempts stay on record
    Retry {
        /// Numbers from the list, or PROGRAM/NOTICE for all of a notice
        #[arg(required = true, value_name = "PROGRAM/NOTICE|ROW", value_parser = letters)]
        which: Vec<Letters>,
        /// Of a notice, also those that were refused for good
        #[arg(long)]
        rejected: bool,
    },
}

fn letters(text: &str) -> Result<Letters, String> {
    if let Ok(row) = text.parse() {
        return Ok(Letters::Row(row));
    }
    text.parse().map(Letters::OfNotice).map_err(|bad| format!("{bad}"))
}

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    match arguments.action {
        Action::List { notice } => list(&store, notice).await,
        Action::Retry { which, rejected } => {
            let by = &arguments.operator.by;
            retry(&store, clock, by, which, rejected).await
        }
    }
}

async fn list(store: &Store, notice: Option<NoticePath>) -> anyhow::Result<Exit> {
    const PAGE: i64 = 1_000;
    if let Some(notice) = &notice {
        refuse_unknown(&notice.to_string(), &names(store).await?)?;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "row",
        "notice",
        "recipient",
        "state",
        "attempts",
        "since",
        "reply",
    ]);
    let mut found = 0;
    for outcome in [Outcome::Dead, Outcome::Rejected] {
        let filter = DeliveryFilter { outcome: Some(outcome), ..DeliveryFilter::default() };
        let mut after = 0;
        loop {
            let page = store.deliveries(&filter, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.row;
            for letter in page {
                if notice.as_ref().is_some_and(|notice| notice.to_string() != letter.subject) {
                    continue;
                }
                found += 1;
                let since = letter.settled_at.map(|at| at.format("%Y-%m-%d %H:%M").to_string());
                table.add_row([
                    letter.row.to_string(),
                    letter.subject,
                    super::by_channel(
                        letter.address.unwrap_or_else(|| "(removed)".to_owned()),
                        letter.channel.as_str(),
                    ),
                    letter.state,
                    letter.attempts.to_string(),
                    since.unwrap_or_default(),
                    letter.reply.unwrap_or_default(),
                ]);
            }
        }
    }
    if found == 0 {
        say!("No message was given up or refused.");
    } else {
        say!("{table}");
    }
    Ok(Exit::Clean)
}

async fn retry(
    store: &Store,
    clock: &Clock,
    by: &str,
    which: Vec<Letters>,
    rejected: bool,
) -> anyhow::Result<Exit> {
    let mut found = 0;
    for letters in which {
        // Whoever names a number has seen what became of it.
        let outcomes = match (&letters, rejected) {
            (Letters::OfNotice(notice), _) if !is_known(store, notice).await? => {
                refuse_unknown(&notice.to_string(), &names(store).await?)?;
                continue;
            }
            (Letters::OfNotice(_), false) => &[Outcome::Dead][..],
            _ => &[Outcome::Dead, Outcome::Rejected],
        };
        let these = store.retry(&letters, outcomes).await?;
        if let (Letters::Row(row), 0) = (&letters, these) {
            eprintln!("Row {row} was neither given up nor refused.");
        }
        if these > 0 {
            let (subject, detail) = (letters.to_string(), format!("{these} back in the queue"));
            let deed = Deed { actor: by, action: "retried", subject: &subject, detail: &detail };
            record(store, clock, &deed).await?;
        }
        found += these;
    }
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    if found == 0 {
        say!("Nothing is to be tried anew.");
        return Ok(Exit::Problems);
    }
    say!(
        "{} back in the queue: `serve` sends them now, or `announce` does.",
        count(found, "message")
    );
    say!("Suppressed addresses are passed over all the same.");
    Ok(Exit::Clean)
}

async fn is_known(store: &Store, notice: &NoticePath) -> anyhow::Result<bool> {
    Ok(store.subjects().await?.contains(&notice.to_string()))
}
