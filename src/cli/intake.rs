//! `fairwarning intake`: bounces and complaints, as a mail server hands them on.

use super::Exit;
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::intake::{self, MAX_MESSAGE_BYTES};
use crate::store::Store;
use crate::subscribers;
use clap::Args;
use std::io::Read as _;
use std::path::PathBuf;

/// Reads one message from standard input, or all new ones of a maildir.
///
/// Nothing is ever answered. What is not a report about a message of ours is
/// ignored and counted.
#[derive(Args)]
pub struct Arguments {
    /// Take in what is new in this maildir, instead of standard input
    #[arg(long, value_name = "DIR")]
    maildir: Option<PathBuf>,
    /// The address the message was delivered to, where the mail server tells
    /// (Postfix: ${recipient})
    #[arg(long, value_name = "ADDRESS", conflicts_with = "maildir")]
    recipient: Option<String>,
    #[command(flatten)]
    database: DatabaseArguments,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    match take_in(arguments, clock).await {
        Ok(exit) => Ok(exit),
        // Whoever pipes mail in takes any other failure for final, and would
        // lose the report.
        Err(failure) => {
            eprintln!("error: {failure:#}");
            Ok(Exit::TryAgain)
        }
    }
}

async fn take_in(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let keys = subscribers::load_keys(&store, clock.now()).await?;
    let Some(maildir) = &arguments.maildir else {
        let mut raw = Vec::new();
        // One byte more than is looked at says that there was more; the rest
        // is read to its end, or the mail server would see a broken pipe.
        let mut input = std::io::stdin().lock();
        input.by_ref().take(MAX_MESSAGE_BYTES as u64 + 1).read_to_end(&mut raw)?;
        std::io::copy(&mut input, &mut std::io::sink())?;
        let recipient = arguments.recipient.as_deref();
        let verdict = intake::take_in(&store, &keys, &raw, recipient, clock.now()).await?;
        say!("{verdict}");
        return Ok(Exit::Clean);
    };
    let drained = intake::drain(&store, &keys, maildir, clock.now()).await?;
    for verdict in &drained.verdicts {
        say!("{verdict}");
    }
    for (path, reason) in &drained.failed {
        eprintln!("{}: {reason}", path.display());
    }
    say!("{} taken in.", super::count(drained.verdicts.len(), "message"));
    Ok(if drained.failed.is_empty() { Exit::Clean } else { Exit::Problems })
}
