//! `fairwarning impacted`: the impacted-API table in a terminal, with the same
//! filters and the same lines as the API.

use super::output::{self, STYLE, printable};
use super::source::{FOLDER, existing_store};
use super::{Exit, publish};
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::impact::{ImpactedApi, Index, Question, date_cell, moment};
use crate::notice::Workspace;
use crate::schedule::Instant;
use crate::store::{Store, StoredPublication};
use anyhow::{anyhow, bail};
use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Show which APIs are affected, where, and when.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this program's, by its id.
    #[arg(long)]
    program: Option<String>,
    /// Only this environment's, by its id.
    #[arg(long)]
    environment: Option<String>,
    /// The API's wire name, case and all.
    #[arg(long)]
    api: Option<String>,
    /// Only APIs named through this group.
    #[arg(long)]
    group: Option<String>,
    /// Only this notice's: PROGRAM/NOTICE, or its id within its program.
    #[arg(long)]
    notice: Option<String>,
    /// One or more states, separated by commas or by repeating the flag: cancelled, paused,
    /// cut-off, due (inside a vague or gradual cutoff), brownout, deprecated or announced.
    #[arg(long)]
    state: Vec<String>,
    /// A host, or a URL at or below one that is declared.
    #[arg(long)]
    url: Option<String>,
    /// The states at this moment instead of now: a day (from 00:00 UTC) or an instant such as
    /// 2020-04-01T12:00Z.
    #[arg(long, value_name = "MOMENT")]
    on: Option<String>,
    /// What was declared at this moment, by the publication that was current then. It also is the
    /// moment asked about, unless --on names another.
    #[arg(long, value_name = "MOMENT", conflicts_with = "workspace")]
    as_of: Option<String>,
    /// Only cutoffs that may fall within this much time, such as "30 days".
    #[arg(long, value_name = "LENGTH")]
    within: Option<String>,
    /// cutoff, api, environment, notice, program or state.
    #[arg(long)]
    sort: Option<String>,
    /// Show at most so many lines.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// How to print the table.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Read this folder instead of what was published.
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Table,
    /// The items of the API, as a list.
    Json,
    /// For spreadsheets.
    Csv,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let Some(question) = question(arguments) else { return Ok(Exit::Problems) };
    let as_of = arguments.as_of.as_deref().map(moment).transpose();
    let as_of = as_of.map_err(|bad| anyhow!("--as-of: {bad}"))?;
    if as_of.is_some_and(|as_of| as_of > clock.now()) {
        bail!("--as-of: it lies ahead, and what will be declared by then is not known");
    }
    let Some(workspace) = source(arguments, as_of).await? else { return Ok(Exit::Problems) };
    let index = Index::build(workspace);
    let on = question.on.or(as_of).unwrap_or_else(|| clock.now());
    let found = index.query(&question.query, on);
    let shown = found.iter().take(arguments.limit.unwrap_or(usize::MAX));
    let lines: Vec<_> = shown.map(|line| ImpactedApi::new(&index.line(*line), on)).collect();
    let printed = match arguments.format {
        Format::Table => table(&lines),
        Format::Json => serde_json::to_string_pretty(&lines)? + "\n",
        Format::Csv => output::csv_of(&lines)?,
    };
    output::print(&printed)?;
    for (filter, name) in index.unknown_names(&question.query) {
        let guess = name.map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default();
        eprintln!("Nothing has that {filter}.{guess}");
    }
    if lines.len() < found.len() {
        eprintln!("{} of {} lines are shown.", lines.len(), found.len());
    }
    Ok(Exit::Clean)
}

/// The filters, or nothing where one is not understood; all of them are told.
fn question(arguments: &Arguments) -> Option<Question> {
    // As the table and the other commands write it.
    let path = arguments.notice.as_deref().and_then(|notice| notice.split_once('/'));
    let (program, notice) = match path {
        Some((program, notice)) if arguments.program.as_deref().is_none_or(|p| p == program) => {
            (Some(program), Some(notice))
        }
        _ => (arguments.program.as_deref(), arguments.notice.as_deref()),
    };
    let once = [
        ("program", program),
        ("environment", arguments.environment.as_deref()),
        ("api", arguments.api.as_deref()),
        ("group", arguments.group.as_deref()),
        ("notice", notice),
        ("url", arguments.url.as_deref()),
        ("on", arguments.on.as_deref()),
        ("within", arguments.within.as_deref()),
        ("sort", arguments.sort.as_deref()),
    ];
    let once = once.into_iter().filter_map(|(name, text)| Some((name, text?)));
    let states = arguments.state.iter().map(|state| ("state", state.as_str()));
    let mut question = Question::default();
    let mut is_understood = true;
    for (name, text) in once.chain(states) {
        if let Err(bad) = question.set(name, text) {
            eprintln!("error: --{}: {}", bad.name, bad.detail);
            is_understood = false;
        }
    }
    is_understood.then_some(question)
}

/// What was published, else a folder; it says which on standard error.
async fn source(
    arguments: &Arguments,
    as_of: Option<Instant>,
) -> anyhow::Result<Option<Arc<Workspace>>> {
    if let Some(dir) = &arguments.workspace {
        eprintln!("From the folder {}.", dir.display());
        return Ok(publish::read(dir)?.map(|publication| publication.workspace));
    }
    let store = existing_store(&arguments.database).await?;
    let stored = match (&store, as_of) {
        (None, None) => None,
        (None, Some(_)) => bail!("there is no database, and so nothing that was published"),
        (Some(store), None) => store.current_publication().await?,
        (Some(store), Some(as_of)) => Some(published_at(store, as_of).await?),
    };
    if let Some(stored) = stored {
        let number = stored.id.get();
        eprintln!("From publication {number} ({}).", stored.digest.short());
        return Ok(Some(stored.publication.workspace));
    }
    let samples = Path::new(FOLDER);
    if !samples.is_dir() {
        bail!(
            "nothing was published yet, and there is no folder `{FOLDER}`: name one with --workspace"
        );
    }
    eprintln!("Nothing was published yet; from the folder {FOLDER}.");
    Ok(publish::read(samples)?.map(|publication| publication.workspace))
}

async fn published_at(store: &Store, at: Instant) -> anyhow::Result<StoredPublication> {
    let none = || anyhow!("nothing had been published at that moment");
    let id = store.publication_id_at(at).await?.ok_or_else(none)?;
    store.publication(id).await?.ok_or_else(none)
}

fn name(line: &ImpactedApi) -> String {
    let mut parts = vec![line.api.clone()];
    parts.extend(line.operation.clone());
    if !line.versions.is_empty() {
        parts.push(line.versions.join(", "));
    }
    parts.join("\n")
}

/// The environment, and whom it is restricted to: everyone else would take the
/// date for theirs.
fn place(line: &ImpactedApi) -> String {
    let mut parts = vec![printable(&line.environment_title)];
    parts.extend(line.cohort.as_ref().map(|cohort| format!("only {cohort}")));
    parts.join("\n")
}

/// With the end of a gradual one, without which a line is hard to see as due.
fn cutoff(line: &ImpactedApi) -> String {
    let cutoff = printable(&date_cell(line.cutoff.as_ref()));
    match &line.complete {
        Some(_) => format!("{cutoff}\ncomplete {}", printable(&date_cell(line.complete.as_ref()))),
        None => cutoff,
    }
}

fn table(lines: &[ImpactedApi]) -> String {
    if lines.is_empty() {
        return "Nothing announced matches.\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_header([
        "API",
        "Title",
        "Notice",
        "Environment",
        "Cutoff",
        "Zone",
        "State",
    ]);
    for line in lines {
        table.add_row([
            name(line),
            printable(&line.api_title),
            format!("{}/{}", line.program, line.notice),
            place(line),
            cutoff(line),
            line.zone.clone(),
            line.state.title().to_owned(),
        ]);
    }
    format!("{table}\n")
}
