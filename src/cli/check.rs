//! `fairwarning check`: tells what is wrong with a workspace, and where.

use super::problems::{self, Format};
use super::{Exit, count};
use crate::clock::Clock;
use crate::declaration::{Checked, Code, Problem, ProgramSource, Severity, links};
use crate::http_client::HttpClient;
use crate::notice::{Notice, OccasionKind, Program, Workspace};
use crate::render::{DigestPart, PageLinks, PartMatter, RenderError, Renderer};
use crate::workspace;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use futures_util::StreamExt;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

/// Check declarations: every problem with its file, line and way out.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace: a folder of programs, or one program's folder.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    /// How to print the problems.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// End with exit code 3 where there are warnings and nothing worse.
    #[arg(long)]
    strict: bool,
    /// Also judge what depends on the day, such as promises that are overdue: `now`, a day
    /// (from 00:00 UTC) or an RFC 3339 instant.
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    now: Option<Asked>,
    /// Also call the web addresses that notices refer to, and warn of dead ones.
    #[arg(long)]
    links: bool,
    /// A private address that --links may call all the same.
    #[arg(long, value_name = "ADDRESS", requires = "links")]
    allow_address: Vec<IpAddr>,
}

/// The moment to judge at.
#[derive(Clone, Copy)]
enum Asked {
    Now,
    At(DateTime<Utc>),
}

fn moment(text: &str) -> Result<Asked, String> {
    if text == "now" {
        return Ok(Asked::Now);
    }
    let day = text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let at = day.or_else(|_| text.parse());
    at.map(Asked::At).map_err(|_| "write `now`, a day such as 2026-06-15, or an instant".to_owned())
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let loaded = workspace::load(&arguments.dir)?;
    let mut checked = loaded.check_at(arguments.now.map(|asked| match asked {
        Asked::Now => clock.now(),
        Asked::At(at) => at,
    }));
    if arguments.links {
        let client = HttpClient::new(&arguments.allow_address)?;
        checked.problems.extend(dead_links(&client, &loaded.programs).await);
    }
    problems::print(&checked.problems, arguments.format)?;
    if let Some(workspace) = &checked.workspace {
        if !templates_are_sound(workspace, &loaded.templates)? {
            return Ok(Exit::Problems);
        }
        if matches!(arguments.format, Format::Text) {
            let notices = workspace.notices().count();
            let programs = workspace.programs.len();
            let found = match checked.problems.len() {
                0 => "no problems".to_owned(),
                warnings => count(warnings, "warning"),
            };
            say!("{}, {}: {found}", count(programs, "program"), count(notices, "notice"));
            offer_explanation(&checked.problems);
        }
        let is_clean = checked.problems.is_empty() || !arguments.strict;
        return Ok(if is_clean { Exit::Clean } else { Exit::Warnings });
    }
    summarise(&checked);
    if matches!(arguments.format, Format::Text) {
        offer_explanation(&checked.problems);
    }
    Ok(Exit::Problems)
}

/// Says how to learn more, with the code where there is only one to ask about.
fn offer_explanation(problems: &[Problem]) {
    let Some(first) = problems.first() else { return };
    let is_only = problems.iter().all(|problem| problem.code == first.code);
    let code = if is_only { first.code.as_str() } else { "CODE" };
    eprintln!("explain a problem: fairwarning explain {code}");
}

/// Calls that are under way at the same time.
const LINKS_AT_ONCE: usize = 8;

/// A warning for each link that does not answer, or answers with an error.
async fn dead_links(client: &HttpClient, programs: &[ProgramSource]) -> Vec<Problem> {
    let calls = links(programs).into_iter().map(|(url, place)| async move {
        let wrong = match client.get(&url).await {
            Ok(answer) if answer.status < 400 => return None,
            Ok(answer) => format!("it answers {}", answer.status),
            Err(error) => error.to_string(),
        };
        Some(Problem::warning(Code::DeadLink, place, format!("`{url}` is dead: {wrong}")))
    });
    futures_util::stream::iter(calls)
        .buffered(LINKS_AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await
}

/// Renders every notice once with the workspace's own templates: a name that a
/// template gets wrong shows only then. What is wrong is printed.
pub fn templates_are_sound(
    workspace: &Workspace,
    templates: &BTreeMap<String, String>,
) -> anyhow::Result<bool> {
    if templates.is_empty() {
        return Ok(true);
    }
    let rendered = Renderer::new(templates)
        .and_then(|renderer| workspace.notices().try_for_each(|(p, n)| try_out(&renderer, p, n)));
    match rendered {
        Ok(()) => Ok(true),
        Err(RenderError::Template { drawn, .. }) => {
            say!("{drawn}\n");
            Ok(false)
        }
        Err(wrong) if wrong.is_about_template() => {
            say!("error: {wrong}\n");
            Ok(false)
        }
        Err(wrong @ (RenderError::Words { .. } | RenderError::Word { .. })) => {
            println!("error: {wrong}\n");
            Ok(false)
        }
        Err(other) => Err(other.into()),
    }
}

fn try_out(renderer: &Renderer, program: &Program, notice: &Notice) -> Result<(), RenderError> {
    let at = DateTime::UNIX_EPOCH;
    let rows: Vec<_> = notice.schedule.rows.keys().cloned().collect();
    for locale in &program.settings.locales {
        renderer.edition(program, notice, OccasionKind::Announcement, locale, &rows, at)?;
        let part = || DigestPart { program, notice, rows: &rows, matter: PartMatter::Whole };
        renderer.digest(program, &[part(), part()], locale, at)?;
        renderer.page(program, notice, locale, at, &PageLinks::default())?;
        renderer.markdown(program, notice, locale)?;
        if notice.channels.post.is_some() {
            renderer.post(program, notice, locale)?;
        }
    }
    Ok(())
}

/// Prints what another command must stop at, as `check` itself would.
pub fn report(checked: &Checked) -> anyhow::Result<()> {
    problems::print(&checked.problems, Format::Text)?;
    if checked.workspace.is_none() {
        summarise(checked);
    }
    Ok(())
}

fn summarise(checked: &Checked) {
    let errors = checked.problems.iter().filter(|p| p.severity == Severity::Error).count();
    eprintln!("{}", count(errors, "problem"));
}
