//! `fairwarning announce`: whom it would reach, a question, and the round.

use super::record::record;
use super::serve::Stop;
use super::{Exit, count};
use crate::announce::{AnnounceError, Announced, Forecast, Reconciled, Round};
use crate::clock::Clock;
use crate::config::WebArguments;
use crate::config::{
    DatabaseArguments, MailArguments, MailSettings, OperatorArguments, TransportSettings,
    WebhookArguments,
};
use crate::delivery::{Delivery, Ended, Event, Scope, Webhooks};
use crate::notice::{NoticePath, Outcome, RowId};
use crate::proof;
use crate::store::{Deed, RoundCounts, Store};
use crate::subscribers;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal as _, Write as _};
use tokio::sync::watch;

/// With pauses of 1, 2, 4 and 8 seconds before the last: a server that
/// restarts is waited for, one that is down is reported.
const PAUSES_BEFORE_GIVING_UP: u32 = 5;

#[derive(Args)]
pub struct Arguments {
    /// The notice, as PROGRAM/NOTICE
    notice: NoticePath,
    /// Show how many would hear, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Send to the first N recipients alone; a later run without it goes on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    canary: Option<u32>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    web: WebArguments,
    #[command(flatten)]
    mail: MailArguments,
    #[command(flatten)]
    webhooks: WebhookArguments,
}

pub async fn run(arguments: Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let database = arguments.database.check()?;
    let web = arguments.web.check()?;
    let store = Store::open(&database).await?;
    let round = Round::load(&store, &arguments.notice).await?;
    let forecast = round.forecast(&store).await?;
    print_forecast(&round, &forecast);
    if arguments.dry_run {
        if let Err(AnnounceError::NotApproved(reason)) = round.approved(&store, &forecast).await {
            say!("{reason}.");
        }
        say!("A dry run: nothing was sent.");
        return Ok(Exit::Clean);
    }
    if forecast.total() + forecast.changed == 0 && round.begun.is_none() {
        say!("Nobody would hear, so nothing was sent.");
        return Ok(Exit::Clean);
    }
    round.approved(&store, &forecast).await?;
    let mail = arguments.mail.check(&web)?;
    let way = describe(&mail);
    if !arguments.yes && !is_confirmed(&way, arguments.canary)? {
        say!("Nothing was sent.");
        return Ok(Exit::Clean);
    }
    let keys = subscribers::load_keys(&store, clock.now()).await?;
    // Keys and certificates are loaded before the first row is made.
    let means = || Delivery::new(store.clone(), keys.clone(), mail.clone(), clock.clone());
    let delivery = means()?;
    let settings = arguments.webhooks.check()?;
    let webhooks = Webhooks::new(store.clone(), keys.clone(), &mail, settings, clock.clone())?;
    let carrier = delivery.carrier();
    let before = already(&store, &round).await?;
    let announced = round.announce(&store, arguments.canary, carrier, clock).await?;
    let Announced { filled, reconciled } = announced;
    put_on_record(&store, &arguments, clock).await?;
    if filled.is_partial {
        say!("A canary: the others hear when this is run without --canary.");
    }
    if is_held(&store, &round).await? {
        return Ok(Exit::Problems);
    }
    let counts = store.round_counts(filled.occasion).await?;
    let is_done = settled(&counts) + counts.gathered == counts.total();
    let changes = changes(&reconciled);
    if is_done && changes.is_empty() {
        say!("Everyone concerned has a message already; nothing is left to send.");
    } else {
        say!("Sending {way}.");
    }
    let mut exit = Exit::Clean;
    if !is_done || changes.is_empty() {
        let ended = deliver(&store, delivery, filled.occasion).await?;
        let counts = store.round_counts(filled.occasion).await?;
        if settled(&before) > 0 {
            say!("{:>9}  of this round were settled before", settled(&before));
        }
        exit = summarise(&counts, &ended)?;
    }
    if reconciled.is_open {
        say!("Some messages of the old facts are in flight; `serve`, or this again, goes on.");
    }
    for changes in &changes {
        let changed = deliver_changes(&store, means()?, *changes).await?;
        exit = if exit == Exit::Clean { changed } else { exit };
    }
    let rounds: Vec<_> = changes.into_iter().chain([filled.occasion]).map(Some).collect();
    call_webhooks(&store, &webhooks, &rounds).await?;
    proof::seal(&store, clock.now()).await?;
    Ok(exit)
}

async fn put_on_record(store: &Store, done: &Arguments, clock: &Clock) -> anyhow::Result<()> {
    let (actor, subject) = (&*done.operator.by, &*done.notice.to_string());
    let detail = done.canary.map(|most| format!("to the first {most}")).unwrap_or_default();
    let deed = Deed { actor, action: "announced", subject, detail: &detail };
    record(store, clock, &deed).await
}

/// Where changes are written, if any were.
fn changes(done: &Reconciled) -> Vec<i64> {
    let occasions = [done.occasion, done.to_seconds].into_iter().flatten();
    occasions.filter(|_| done.added > 0).collect()
}

/// Says who holds the round, and how it is released.
async fn is_held(store: &Store, round: &Round) -> anyhow::Result<bool> {
    let subject = round.path.to_string();
    let holds = store.holds().await?;
    let Some(hold) = holds.into_iter().find(|hold| hold.covers(&subject)) else {
        return Ok(false);
    };
    say!("{hold}.");
    let release = super::hold::release_of(&hold.scope);
    say!("Nothing is sent; every message waits for `{release}`.");
    Ok(true)
}

async fn deliver_changes(store: &Store, delivery: Delivery, occasion: i64) -> anyhow::Result<Exit> {
    say!("What changed, to those who were told otherwise:");
    let ended = deliver(store, delivery, occasion).await?;
    summarise(&store.round_counts(occasion).await?, &ended)
}

/// How the round stood before this run.
async fn already(store: &Store, round: &Round) -> anyhow::Result<RoundCounts> {
    Ok(match &round.begun {
        Some(begun) => store.round_counts(begun.id).await?,
        None => RoundCounts::default(),
    })
}

fn describe(mail: &MailSettings) -> String {
    match &mail.transport {
        TransportSettings::Smtp(smtp) => format!("by way of {}:{}", smtp.host, smtp.port),
        TransportSettings::Files(folder) => {
            format!("as files into {} (no --smtp-url is set)", folder.display())
        }
    }
}

pub(super) fn print_forecast(round: &Round, forecast: &Forecast) {
    let affected = count(usize::try_from(forecast.total()).unwrap_or(usize::MAX), "recipient");
    say!("{}: {affected} to hear.", round.path);
    for (locale, count) in &forecast.by_locale {
        say!("{count:>9}  in {locale}");
    }
    for (rows, count) in &forecast.by_rows {
        let rows: Vec<&str> = rows.iter().map(RowId::as_str).collect();
        say!("{count:>9}  about {}", rows.join(", "));
    }
    if forecast.suppressed > 0 {
        say!("{:>9}  affected but unsubscribed or suppressed", forecast.suppressed);
    }
    if forecast.changed > 0 {
        say!("{:>9}  were told what is no longer true, and hear what changed", forecast.changed);
    }
    if let Some(begun) = &round.begun {
        say!("{:>9}  already have a message of this round", begun.filled);
    }
}

fn is_confirmed(way: &str, canary: Option<u32>) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        anyhow::bail!("nothing was sent: without a terminal to ask on, confirm with --yes");
    }
    let whom = match canary {
        Some(most) => format!("up to the first {most} of them"),
        None => "whoever has no message yet".to_owned(),
    };
    print!("Send to {whom}, {way}? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

async fn deliver(store: &Store, delivery: Delivery, occasion: i64) -> anyhow::Result<Ended> {
    let counts = store.round_counts(occasion).await?;
    let bar = ProgressBar::new(u64::try_from(counts.total() - counts.gathered).unwrap_or(0));
    let style = "{bar:40} {pos}/{len} {per_sec} {msg}";
    bar.set_style(ProgressStyle::with_template(style)?);
    bar.set_position(u64::try_from(settled(&counts)).unwrap_or(0));
    let (stopping, stop) = watch::channel(false);
    let mut told = Stop::listen()?;
    let interrupt = tokio::spawn(async move {
        told.told().await;
        // Nobody listens any more once the round is over.
        let _ = stopping.send(true);
    });
    let scope = Scope::Round { occasion, pauses: PAUSES_BEFORE_GIVING_UP };
    // Without a terminal there is no bar, and it would swallow what it is told.
    let say_beside = |line: String| match bar.is_hidden() {
        true => eprintln!("{line}"),
        false => bar.println(line),
    };
    let ended = delivery
        .run(scope, stop, |event| match event {
            Event::Outcome(outcome) if !outcome.is_open() => bar.inc(1),
            Event::Outcome(_) => {}
            Event::Paused(pause) => {
                let wait = pause.wait.as_secs_f32();
                say_beside(format!("{}; trying again in {wait:.0} s", pause.reason));
            }
            Event::Held(hold) => {
                let release = super::hold::release_of(&hold.scope);
                say_beside(format!("{hold}; waiting for `{release}` (Ctrl-C leaves it for later)"));
            }
            Event::Released => say_beside("Released; sending goes on.".to_owned()),
            Event::StoreFails(reason) => {
                say_beside(format!("cannot record outcomes, trying again: {reason}"));
            }
        })
        .await;
    interrupt.abort();
    bar.finish_and_clear();
    Ok(ended?)
}

/// What is told to webhooks beside the mail of these rounds. What they refuse is
/// tried again by `serve`, or by this, and is no failure of the round.
async fn call_webhooks(
    store: &Store,
    webhooks: &Webhooks,
    rounds: &[Option<i64>],
) -> anyhow::Result<()> {
    for round in rounds.iter().flatten().copied() {
        if store.call_counts(round).await?.total() == 0 {
            continue;
        }
        let (_running, stop) = watch::channel(false);
        webhooks.clone().run(Some(round), stop).await?;
        for (outcome, count) in &store.call_counts(round).await?.outcomes {
            say!("{count:>9}  {outcome} by webhook");
        }
    }
    Ok(())
}

/// Rows that will not be tried again.
fn settled(counts: &RoundCounts) -> i64 {
    let is_settled = |outcome: &&Outcome| !outcome.is_open();
    let settled = Outcome::ALL.iter().filter(is_settled).map(|outcome| counts.of(*outcome));
    settled.sum::<i64>() + counts.left_unknown
}

fn summarise(counts: &RoundCounts, ended: &Ended) -> anyhow::Result<Exit> {
    for (outcome, count) in &counts.outcomes {
        say!("{count:>9}  {outcome}");
    }
    if counts.gathered > 0 {
        say!("{:>9}  wait for their readers' weekly digest, which `serve` sends", counts.gathered);
    }
    let left = counts.waiting + counts.claimed;
    if left > 0 {
        say!("{left:>9}  not tried yet");
    }
    let again = "nothing is lost and nothing accepted is repeated when this is run again";
    match ended {
        Ended::GaveUp(reason) => anyhow::bail!("{reason}; {again}"),
        Ended::Stopped => say!("Stopped; {again}."),
        Ended::Done => {}
    }
    if counts.of(Outcome::Deferred) + counts.of(Outcome::Unknown) > counts.left_unknown {
        let at = counts.next_attempt.map(|at| at.format(" from %Y-%m-%d %H:%M UTC on").to_string());
        say!(
            "Deferred and unknown ones are tried again by this command{}.",
            at.unwrap_or_default()
        );
    }
    let fine = [Outcome::Accepted, Outcome::Suppressed, Outcome::Withdrawn, Outcome::Overtaken];
    let fine = fine.iter().map(|outcome| counts.of(*outcome)).sum::<i64>();
    let fine = fine + counts.left_unknown + counts.gathered;
    let is_fine = fine == counts.total();
    Ok(if is_fine { Exit::Clean } else { Exit::Problems })
}
