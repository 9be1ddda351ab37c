//! `fairwarning status`: what became of every message.

use super::Exit;
use super::output::guarded;
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{NoticePath, Outcome};
use crate::store::{Delivery, DeliveryFilter, RoundCounts, Store, StoredOccasion};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use comfy_table::{Table, presets};
use serde_json::{Value, json};
use std::io::Write;

#[derive(Args)]
pub struct Arguments {
    /// One notice, message by message; all rounds in short without it
    notice: Option<NoticePath>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Only messages with this outcome
    #[arg(long, value_parser = outcome)]
    outcome: Option<Outcome>,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

fn outcome(name: &str) -> Result<Outcome, String> {
    let known = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name);
    known.ok_or_else(|| format!("known are {}", Outcome::ALL.map(Outcome::as_str).join(", ")))
}

pub async fn run(arguments: Arguments, _clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    let mut rounds = Vec::new();
    for occasion in store.occasions().await? {
        let is_asked_for =
            arguments.notice.as_ref().is_none_or(|notice| notice.to_string() == occasion.subject);
        if is_asked_for {
            let counts = store.round_counts(occasion.id).await?;
            rounds.push((occasion, counts));
        }
    }
    if rounds.is_empty() {
        match &arguments.notice {
            Some(notice) => eprintln!("Nothing was announced of {notice} yet."),
            None => eprintln!("Nothing was announced yet."),
        }
    }
    let mut out = std::io::stdout().lock();
    let listed = arguments.notice.is_some() || arguments.outcome.is_some();
    match (arguments.format, listed) {
        (Format::Table, _) => {
            writeln!(out, "{}", rounds_table(&rounds))?;
            if listed {
                table_of_messages(&mut out, &store, &rounds, arguments.outcome).await?;
            }
        }
        (Format::Json, _) => json_lines(&mut out, &store, &rounds, &arguments, listed).await?,
        (Format::Csv, true) => {
            csv_of_messages(&mut out, &store, &rounds, arguments.outcome).await?
        }
        (Format::Csv, false) => csv_of_rounds(&mut out, &rounds)?,
    }
    Ok(Exit::Clean)
}

type Rounds = [(StoredOccasion, RoundCounts)];

const MESSAGE_COLUMNS: [&str; 8] =
    ["notice", "recipient", "state", "attempts", "reply", "settled", "next attempt", "message id"];

fn cells(delivery: &Delivery) -> [String; 8] {
    let address = delivery.address.clone();
    let at = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
    };
    [
        delivery.subject.clone(),
        address.unwrap_or_else(|| format!("(removed, number {})", delivery.recipient)),
        delivery.state.clone(),
        delivery.attempts.to_string(),
        delivery.reply.clone().unwrap_or_default(),
        at(delivery.settled_at),
        at(delivery.next_attempt),
        delivery.message_id.clone(),
    ]
}

/// Calls `each` with every message of the rounds, a page at a time.
async fn each_message(
    store: &Store,
    rounds: &Rounds,
    outcome: Option<Outcome>,
    mut each: impl FnMut(&Delivery) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    const PAGE: i64 = 1_000;
    for (occasion, _) in rounds {
        let filter = DeliveryFilter { occasion: Some(occasion.id), outcome };
        let mut after = 0;
        loop {
            let page = store.deliveries(&filter, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.row;
            page.iter().try_for_each(&mut each)?;
        }
    }
    Ok(())
}

fn rounds_table(rounds: &Rounds) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_header(["notice", "round", "revision", "messages", "of them"]);
    for (occasion, counts) in rounds {
        table.add_row([
            occasion.subject.clone(),
            occasion.kind.as_str().to_owned(),
            occasion.revision.short().to_owned(),
            counts.total().to_string(),
            named_counts(counts)
                .map(|(name, n)| format!("{n} {name}"))
                .collect::<Vec<_>>()
                .join(", "),
        ]);
    }
    table
}

fn named_counts(counts: &RoundCounts) -> impl Iterator<Item = (&'static str, i64)> {
    let open = [("waiting", counts.waiting), ("claimed", counts.claimed)];
    let settled = counts.outcomes.iter().map(|(name, n)| (*name, *n));
    open.into_iter().chain(settled.collect::<Vec<_>>()).filter(|(_, n)| *n > 0)
}

async fn table_of_messages(
    out: &mut impl Write,
    store: &Store,
    rounds: &Rounds,
    outcome: Option<Outcome>,
) -> anyhow::Result<()> {
    let mut table = Table::new();
    let shown = |cells: [String; 8]| {
        let [_, recipient, state, attempts, reply, settled, next, _] = cells;
        let when = if settled.is_empty() { next } else { settled };
        [recipient, state, attempts, when, reply]
    };
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "recipient",
        "state",
        "attempts",
        "settled or next",
        "reply",
    ]);
    each_message(store, rounds, outcome, |delivery| {
        table.add_row(shown(cells(delivery)));
        Ok(())
    })
    .await?;
    writeln!(out, "{table}").context("cannot print")
}

/// One JSON object a line: the rounds, then the messages. However many there
/// are, none is held longer than its page.
async fn json_lines(
    out: &mut impl Write,
    store: &Store,
    rounds: &Rounds,
    arguments: &Arguments,
    listed: bool,
) -> anyhow::Result<()> {
    for (occasion, counts) in rounds {
        let counts: serde_json::Map<String, Value> =
            named_counts(counts).map(|(name, n)| (name.to_owned(), n.into())).collect();
        let line = json!({
            "round": occasion.subject, "kind": occasion.kind,
            "revision": occasion.revision, "counts": counts
        });
        writeln!(out, "{line}")?;
    }
    if !listed {
        return Ok(());
    }
    each_message(store, rounds, arguments.outcome, |delivery| {
        let line = json!({
            "notice": delivery.subject, "recipient": delivery.address,
            "recipient_number": delivery.recipient, "state": delivery.state,
            "attempts": delivery.attempts, "reply": delivery.reply,
            "settled_at": delivery.settled_at, "next_attempt": delivery.next_attempt,
            "message_id": delivery.message_id
        });
        writeln!(out, "{line}").context("cannot print")
    })
    .await
}

async fn csv_of_messages(
    out: &mut impl Write,
    store: &Store,
    rounds: &Rounds,
    outcome: Option<Outcome>,
) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(MESSAGE_COLUMNS)?;
    // A server's reply or an address could begin like a formula.
    each_message(store, rounds, outcome, |delivery| {
        Ok(csv.write_record(cells(delivery).map(guarded))?)
    })
    .await?;
    csv.flush().context("cannot print")
}

fn csv_of_rounds(out: &mut impl Write, rounds: &Rounds) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["notice", "round", "revision", "state", "messages"])?;
    for (occasion, counts) in rounds {
        for (state, count) in named_counts(counts) {
            let StoredOccasion { subject, kind, revision, .. } = occasion;
            let count = count.to_string();
            csv.write_record([subject, kind.as_str(), revision.as_str(), state, &count])?;
        }
    }
    csv.flush().context("cannot print")
}
