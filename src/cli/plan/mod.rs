//! `fairwarning plan`: the calendar of milestones, brownouts and reminders, and
//! how many recipients would hear of each.

mod entry;
mod show;

use super::moment::Moment;
use super::source::existing_store;
use super::{Exit, output, publish};
use crate::announce::{Hearers, hearers};
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{Length, Notice, NoticeId, Program, ProgramId, Workspace};
use crate::schedule::{Instant, Plan, Window, plan, plus};
use anyhow::bail;
use clap::ValueEnum;
use std::collections::HashMap;
use std::path::PathBuf;

/// Show what comes when, and how many recipients would hear of it.
///
/// A day begins at 00:00 in each program's zone. The folder is read, the
/// database only for who the recipients are.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace: a folder of programs, or one program's folder.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    /// The first moment: a day, or an instant such as 2020-04-01T12:00Z. Now when absent.
    #[arg(long, value_name = "MOMENT")]
    from: Option<Moment>,
    /// The moment before which it ends; a year after the first when absent.
    #[arg(long, value_name = "MOMENT")]
    until: Option<Moment>,
    /// Plan as if it were this moment.
    #[arg(long, value_name = "MOMENT")]
    now: Option<Moment>,
    /// Only this program, by its id.
    #[arg(long)]
    program: Option<ProgramId>,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For calendars (RFC 5545).
    Ics,
}

/// What one notice brings, and who hears of it.
struct NoticePlan<'w> {
    program: &'w Program,
    notice: &'w Notice,
    plan: Plan<'w>,
    /// Absent where nobody can say: no database, or no recipients in it.
    hearers: Option<Hearers>,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let Some(publication) = publish::read(&arguments.dir)? else { return Ok(Exit::Problems) };
    let programs = chosen(&publication.workspace, arguments.program.as_ref())?;
    let mut recipients = recipients(&programs, &arguments.database).await?;
    let mut plans = Vec::new();
    for program in programs {
        let window = window(arguments, program, clock.now())?;
        for notice in program.notices.values() {
            let plan = plan(notice, &program.settings, window);
            let hearers = recipients
                .as_mut()
                .map(|known| known.remove(&(&program.id, &notice.id)).unwrap_or_default());
            plans.push(NoticePlan { program, notice, plan, hearers });
        }
    }
    let entries = entry::entries(&plans);
    let mut notes = show::notes(&plans);
    notes.extend(gathered(&plans, &arguments.database).await?);
    let printed = match arguments.format {
        Format::Table => show::table(&entries, &notes),
        Format::Json => show::json(&entries, &plans)?,
        Format::Csv => show::csv(&entries)?,
        Format::Ics => show::ics(&entries, clock.now()),
    };
    output::print(&printed)?;
    if matches!(arguments.format, Format::Csv | Format::Ics) {
        notes.iter().for_each(|note| eprintln!("{note}"));
    }
    Ok(Exit::Clean)
}

/// What waits for the weekly digests of these programs, in sentences.
async fn gathered(
    plans: &[NoticePlan<'_>],
    database: &DatabaseArguments,
) -> anyhow::Result<Vec<String>> {
    let Some(store) = existing_store(database).await? else { return Ok(Vec::new()) };
    let mut gathered = store.gatherings().await?;
    gathered.retain(|one| plans.iter().any(|plan| plan.program.id == one.program));
    Ok(gathered.iter().map(|one| format!("{}.", super::gathered(one))).collect())
}

fn chosen<'w>(
    workspace: &'w Workspace,
    asked: Option<&ProgramId>,
) -> anyhow::Result<Vec<&'w Program>> {
    let Some(asked) = asked else { return Ok(workspace.programs.values().collect()) };
    let Some(program) = workspace.programs.get(asked) else {
        let known: Vec<_> = workspace.programs.keys().map(ProgramId::as_str).collect();
        bail!("there is no program `{asked}`; the workspace has {}", known.join(", "))
    };
    Ok(vec![program])
}

fn window(arguments: &Arguments, program: &Program, now: Instant) -> anyhow::Result<Window> {
    let zone = program.settings.zone;
    let from = arguments.from.or(arguments.now).map_or(now, |moment| moment.in_zone(zone));
    let year_later = plus(from, Length::years(1), 1, zone).unwrap_or(Instant::MAX_UTC);
    let until = arguments.until.map_or(year_later, |moment| moment.in_zone(zone));
    if until <= from {
        bail!("the plan ends before it begins: --until must be later than --from, or than now");
    }
    Ok(Window { from, until })
}

type Recipients<'w> = HashMap<(&'w ProgramId, &'w NoticeId), Hearers>;

/// Who hears of each notice; nothing where no recipient was ever brought in.
async fn recipients<'w>(
    programs: &[&'w Program],
    database: &DatabaseArguments,
) -> anyhow::Result<Option<Recipients<'w>>> {
    let Some(store) = existing_store(database).await? else { return Ok(None) };
    if store.subscribers(0, 1).await?.is_empty() {
        return Ok(None);
    }
    let mut all = HashMap::new();
    for program in programs {
        let mut counted = hearers(&store, program).await?;
        for id in program.notices.keys() {
            all.insert((&program.id, id), counted.remove(id).unwrap_or_default());
        }
    }
    Ok(Some(all))
}
