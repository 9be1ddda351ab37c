//! `fairwarning hold` and `release`: stopping the sending, and letting it go on.

use super::Exit;
use super::record::record;
use crate::clock::Clock;
use crate::config::{DatabaseArguments, OperatorArguments};
use crate::declaration::suggestion;
use crate::store::{Deed, Hold, HoldScope, Store};
use clap::Args;
use std::collections::BTreeSet;
use std::str::FromStr as _;

#[derive(Args)]
pub struct HoldArguments {
    /// A program, or one notice as PROGRAM/NOTICE; everything without it
    #[arg(value_name = "PROGRAM[/NOTICE]", value_parser = HoldScope::from_str)]
    scope: Option<HoldScope>,
    /// Why, for whoever meets the hold later
    #[arg(long, value_parser = crate::notice::reason)]
    reason: String,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Args)]
pub struct ReleaseArguments {
    /// What was held: a program, a notice, or everything
    #[arg(value_name = "PROGRAM[/NOTICE]", value_parser = HoldScope::from_str)]
    scope: Option<HoldScope>,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    database: DatabaseArguments,
}

pub async fn hold(arguments: HoldArguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let scope = arguments.scope.unwrap_or(HoldScope::Everything);
    if scope != HoldScope::Everything {
        let (wanted, known) = (scope.to_string(), names(&store).await?);
        refuse_unknown(&wanted, &known)?;
    }
    let HoldArguments { reason, operator, .. } = arguments;
    let hold = Hold { scope: scope.clone(), reason, by: operator.by, at: clock.now() };
    if store.hold(&hold).await? {
        let subject = scope.to_string();
        let deed =
            Deed { actor: &hold.by, action: "held", subject: &subject, detail: &hold.reason };
        record(&store, clock, &deed).await?;
        say!("{hold}.");
        say!("What is in flight is finished; nothing else is sent until `{}`.", release_of(&scope));
        return Ok(Exit::Clean);
    }
    let before = store.holds().await?.into_iter().find(|held| held.scope == scope);
    match before {
        Some(before) => say!("{before} (already, and that reason stays)."),
        None => say!("{scope} was released just now; hold it again."),
    }
    Ok(Exit::Clean)
}

pub async fn release(arguments: ReleaseArguments, clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let scope = arguments.scope.unwrap_or(HoldScope::Everything);
    let is_released = store.release_hold(&scope, &arguments.operator.by, clock.now()).await?;
    if is_released {
        let (actor, subject) = (&*arguments.operator.by, &*scope.to_string());
        let deed = Deed { actor, action: "released", subject, detail: "" };
        record(&store, clock, &deed).await?;
        say!("{scope} is released. Whatever is running goes on at once.");
    } else {
        eprintln!("{scope} was not held.");
    }
    for hold in store.holds().await? {
        say!("Still in force: {hold} (`{}`).", release_of(&hold.scope));
    }
    // What is gone may be held still: its name is judged only where nothing was.
    if !is_released && scope != HoldScope::Everything {
        refuse_unknown(&scope.to_string(), &names(&store).await?)?;
    }
    Ok(if is_released { Exit::Clean } else { Exit::Problems })
}

/// The command that ends a hold.
pub(super) fn release_of(scope: &HoldScope) -> String {
    match scope {
        HoldScope::Everything => "fairwarning release".to_owned(),
        named => format!("fairwarning release {named}"),
    }
}

/// Every program and notice that is published or was written about.
pub(super) async fn names(store: &Store) -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    if let Some(current) = store.current_publication().await? {
        let workspace = &current.publication.workspace;
        names.extend(workspace.programs.keys().map(ToString::to_string));
        names.extend(workspace.notices().map(|(p, n)| format!("{}/{}", p.id, n.id)));
    }
    for subject in store.subjects().await? {
        names.extend(subject.split('/').next().map(str::to_owned));
        names.insert(subject);
    }
    Ok(names)
}

pub(super) fn refuse_unknown(wanted: &str, known: &BTreeSet<String>) -> anyhow::Result<()> {
    if known.contains(wanted) {
        return Ok(());
    }
    let alike = known.iter().filter(|name| name.contains('/') == wanted.contains('/'));
    let way_out = suggestion(wanted, alike.map(String::as_str));
    let way_out = way_out.map(|way_out| format!("; {way_out}")).unwrap_or_default();
    anyhow::bail!("there is no `{wanted}`{way_out}")
}
