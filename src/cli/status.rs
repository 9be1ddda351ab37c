//! `fairwarning status`: what became of every message.

use super::Exit;
use super::hold::{names, refuse_unknown, release_of};
use super::output::guarded;
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{NoticePath, Outcome};
use crate::store::{
    Delivery, DeliveryFilter, Hold, OpenState, Overview, RoundCounts, Store, StoredOccasion,
};
use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, TypedValueParser};
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
    /// Only messages of which this is the last that is known
    #[arg(long, alias = "state", value_name = "STATE", value_parser = states())]
    outcome: Option<Shown>,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

/// What the column `state` shows.
#[derive(Debug, Clone, Copy)]
enum Shown {
    Open(OpenState),
    Tried(Outcome),
}

fn states() -> impl TypedValueParser<Value = Shown> {
    let all = || {
        let open = OpenState::ALL.map(Shown::Open);
        open.into_iter().chain(Outcome::ALL.map(Shown::Tried))
    };
    let name = |shown: Shown| match shown {
        Shown::Open(state) => state.as_str(),
        Shown::Tried(outcome) => outcome.as_str(),
    };
    let names = all().map(name).collect::<Vec<_>>();
    PossibleValuesParser::new(names).map(move |written| {
        all().find(|shown| name(*shown) == written).expect("no other value is possible")
    })
}

pub async fn run(arguments: Arguments, _clock: &Clock) -> anyhow::Result<Exit> {
    let store = Store::open(&arguments.database.check()?).await?;
    if let Some(notice) = &arguments.notice {
        refuse_unknown(&notice.to_string(), &names(&store).await?)?;
    }
    let holds = store.holds().await?;
    let mut rounds = Vec::new();
    for occasion in store.occasions().await? {
        let is_asked_for =
            arguments.notice.as_ref().is_none_or(|notice| notice.to_string() == occasion.subject);
        if is_asked_for {
            let counts = store.round_counts(occasion.id).await?;
            let calls = store.call_counts(occasion.id).await?;
            let hold = holds.iter().find(|hold| hold.covers(&occasion.subject)).cloned();
            rounds.push(Standing { occasion, counts, calls, hold });
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
            overview(&mut out, &store, &holds).await?;
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

struct Standing {
    occasion: StoredOccasion,
    counts: RoundCounts,
    /// Of what webhooks are told of it.
    calls: RoundCounts,
    hold: Option<Hold>,
}

type Rounds = [Standing];

/// What an operator should see first: lines for what is out of the ordinary,
/// and one for the queue.
async fn overview(out: &mut impl Write, store: &Store, holds: &[Hold]) -> anyhow::Result<()> {
    for hold in holds {
        writeln!(out, "Held: {hold} (`{}`).", release_of(&hold.scope))?;
    }
    let view = store.overview().await?;
    for pause in &view.pauses {
        let until = pause.until.format("%H:%M:%S UTC");
        writeln!(out, "Paused until {until}, {}: {}", pause.node, pause.reason)?;
    }
    let Overview { waiting, throttled, calls, claimed, .. } = view;
    if waiting + throttled + calls + claimed > 0 {
        let oldest = view.oldest_due.map(|due| (view.at - due).num_seconds());
        let oldest = oldest.map_or(String::new(), |s| format!(", the oldest due for {}", span(s)));
        let throttled = match throttled {
            0 => String::new(),
            n => format!(", {n} beyond the rate of their domain"),
        };
        let calls = match calls {
            0 => String::new(),
            n => format!(", {n} for webhooks"),
        };
        writeln!(out, "Queue: {waiting} waiting{throttled}{calls}, {claimed} in hand{oldest}.")?;
    }
    for gathering in &view.gathered {
        writeln!(out, "{}.", super::gathered(gathering))?;
    }
    if view.dead + view.rejected > 0 {
        let Overview { dead, rejected, .. } = view;
        writeln!(out, "Given up: {dead}; refused: {rejected} (`fairwarning dead list`).")?;
    }
    if !view.feedback.is_empty() {
        let kinds: Vec<String> =
            view.feedback.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
        writeln!(out, "Came back: {}.", kinds.join(", "))?;
    }
    if view.nodes_stale > 0 {
        writeln!(
            out,
            "Fell silent within the hour: {}.",
            super::count(usize::try_from(view.nodes_stale)?, "process")
        )?;
    }
    Ok(())
}

fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

const MESSAGE_COLUMNS: [&str; 11] = [
    "notice",
    "recipient",
    "state",
    "attempts",
    "reply",
    "settled",
    "next attempt",
    "message id",
    "came back",
    "row",
    "channel",
];

fn cells(delivery: &Delivery) -> [String; 11] {
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
        delivery.feedback.clone().unwrap_or_default(),
        delivery.row.to_string(),
        delivery.channel.as_str().to_owned(),
    ]
}

/// Calls `each` with every message of the rounds, a page at a time.
async fn each_message(
    store: &Store,
    rounds: &Rounds,
    shown: Option<Shown>,
    mut each: impl FnMut(&Delivery) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    const PAGE: i64 = 1_000;
    let (outcome, open) = match shown {
        None => (None, None),
        Some(Shown::Open(state)) => (None, Some(state)),
        Some(Shown::Tried(outcome)) => (Some(outcome), None),
    };
    for Standing { occasion, .. } in rounds {
        let filter = DeliveryFilter { occasion: Some(occasion.id), outcome, open };
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
    for Standing { occasion, counts, calls, hold } in rounds {
        table.add_row([
            occasion.subject.clone(),
            occasion.kind.as_str().to_owned(),
            occasion.revision.short().to_owned(),
            counts.total().to_string(),
            named_counts(counts)
                .map(|(name, n)| format!("{n} {name}"))
                .chain(named_counts(calls).map(|(name, n)| format!("{n} {name} by webhook")))
                .chain(hold.as_ref().filter(|_| is_open(counts, calls)).map(|_| "held".to_owned()))
                .collect::<Vec<_>>()
                .join(", "),
        ]);
    }
    table
}

/// Whether there is anything that a hold keeps back.
fn is_open(counts: &RoundCounts, calls: &RoundCounts) -> bool {
    [counts, calls].iter().any(|of| of.waiting + of.gathered + of.claimed > 0)
}

fn named_counts(counts: &RoundCounts) -> impl Iterator<Item = (&'static str, i64)> {
    let open =
        [("waiting", counts.waiting), ("gathered", counts.gathered), ("claimed", counts.claimed)];
    let settled = counts.outcomes.iter().map(|(name, n)| (*name, *n));
    open.into_iter().chain(settled.collect::<Vec<_>>()).filter(|(_, n)| *n > 0)
}

async fn table_of_messages(
    out: &mut impl Write,
    store: &Store,
    rounds: &Rounds,
    outcome: Option<Shown>,
) -> anyhow::Result<()> {
    let mut table = Table::new();
    let shown = |cells: [String; 11]| {
        let [_, recipient, state, attempts, reply, settled, next, _, came_back, _, channel] = cells;
        let recipient = super::by_channel(recipient, &channel);
        let when = if settled.is_empty() { next } else { settled };
        let state = if came_back.is_empty() { state } else { format!("{state}, {came_back}") };
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
    let named = |counts: &RoundCounts| -> serde_json::Map<String, Value> {
        named_counts(counts).map(|(name, n)| (name.to_owned(), n.into())).collect()
    };
    for Standing { occasion, counts, calls, hold } in rounds {
        let (counts, calls) = (named(counts), named(calls));
        let line = json!({
            "round": occasion.subject, "kind": occasion.kind,
            "revision": occasion.revision, "counts": counts,
            "webhooks": calls,
            "held": hold.as_ref().map(ToString::to_string),
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
            "message_id": delivery.message_id, "came_back": delivery.feedback,
            "row": delivery.row, "channel": delivery.channel.as_str()
        });
        writeln!(out, "{line}").context("cannot print")
    })
    .await
}

async fn csv_of_messages(
    out: &mut impl Write,
    store: &Store,
    rounds: &Rounds,
    outcome: Option<Shown>,
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
    for Standing { occasion, counts, .. } in rounds {
        for (state, count) in named_counts(counts) {
            let StoredOccasion { subject, kind, revision, .. } = occasion;
            let count = count.to_string();
            csv.write_record([subject, kind.as_str(), revision.as_str(), state, &count])?;
        }
    }
    csv.flush().context("cannot print")
}
