//! `fairwarning keys`: the keys that links are signed with.

use super::Exit;
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::store::{ListedKey, Store};
use clap::{Args, Subcommand};

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Subcommand)]
enum Action {
    /// Show the keys by number; secrets are never shown
    List,
    /// Make a new key, which signs from now on; links signed with older ones stay good
    Rotate,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    if let Action::Rotate = arguments.action {
        // The first key is made when it is asked for.
        store.link_secrets(clock.now()).await?;
        store.rotate_link_secret(clock.now()).await?;
    }
    let keys = store.listed_keys().await?;
    let Some(newest) = keys.last().map(|key| key.id) else {
        say!("No keys yet: the first is made when the first link is.");
        return Ok(Exit::Clean);
    };
    for ListedKey { id, created_at } in keys {
        let does = if id == newest { "signs" } else { "is good for older links" };
        say!("{id}  made {}  {does}", created_at.format("%Y-%m-%d %H:%M UTC"));
    }
    Ok(Exit::Clean)
}
