//! `fairwarning done`: a recipient told the office that all is done.

use super::Exit;
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{EmailAddress, NoticePath, RowId};
use crate::store::Store;
use crate::subscribers;
use anyhow::Context as _;

#[derive(clap::Args)]
pub struct Arguments {
    /// The notice, as PROGRAM/NOTICE
    notice: NoticePath,
    /// Who is done, by address
    #[arg(long, value_name = "ADDRESS")]
    recipient: EmailAddress,
    /// With what: a row of the schedule, as often as needed; all of them when absent
    #[arg(long = "row", value_name = "ROW")]
    rows: Vec<RowId>,
    #[command(flatten)]
    database: DatabaseArguments,
}

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let current = store.current_publication().await?.context(super::NOTHING_PUBLISHED)?;
    let path = &arguments.notice;
    let Some((_, notice)) = current.publication.workspace.notice(path) else {
        eprintln!("The current publication has no notice `{path}`.");
        return Ok(Exit::Problems);
    };
    let known: Vec<RowId> = notice.schedule.rows.keys().cloned().collect();
    if let Some(row) = arguments.rows.iter().find(|row| !known.contains(row)) {
        let known: Vec<&str> = known.iter().map(RowId::as_str).collect();
        eprintln!("`{path}` has no row `{row}`; it has {}.", known.join(", "));
        return Ok(Exit::Problems);
    }
    let rows = if arguments.rows.is_empty() { known } else { arguments.rows };
    let address = &arguments.recipient;
    let said = subscribers::say_done_for(&store, address, path, &rows, clock.now()).await?;
    match said {
        None => {
            eprintln!("There is no recipient with this address.");
            Ok(Exit::Problems)
        }
        Some(0) => {
            say!("That was known before.");
            Ok(Exit::Clean)
        }
        Some(_) => {
            say!("Noted: no more reminders of it go to them. Of changes they hear all the same.");
            Ok(Exit::Clean)
        }
    }
}
