//! `fairwarning render`: one notice on one channel, to standard output.
//!
//! What differs by recipient is filled with samples, so that the output reads
//! like what arrives.

use super::moment::Moment;
use super::{Exit, draw_problem};
use crate::clock::Clock;
use crate::delivery;
use crate::notice::{
    Edition, Notice, NoticePath, OccasionKind, Program, Slot, Workspace, escape_html, fill_slots,
};
use crate::render::{PageLinks, RenderError, Renderer};
use crate::workspace;
use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use std::path::PathBuf;

/// Print a notice as one of its channels would carry it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The notice: PROGRAM/NOTICE, such as `usps-web-tools/tls-1.2`.
    notice: NoticePath,
    /// The channel.
    #[arg(long, value_enum)]
    to: Channel,
    /// The workspace: a folder of programs, or one program's folder.
    #[arg(long, default_value = "notices")]
    workspace: PathBuf,
    /// The moment whose states to show: a day, or an instant such as
    /// 2020-04-01T12:00Z. Now when absent.
    #[arg(long)]
    on: Option<Moment>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Channel {
    /// The mail's text part.
    Text,
    /// The mail's HTML part.
    Html,
    /// The whole message, as a mail program opens it.
    Eml,
    /// The web page.
    Page,
    /// A Jekyll post.
    Post,
    /// A Markdown document.
    Markdown,
    /// The dates as an iCalendar object.
    Ics,
    /// All of it for programs, as the API answers.
    Json,
}

pub fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let loaded = workspace::load(&arguments.workspace)?;
    let checked = loaded.check();
    let Some(workspace) = &checked.workspace else {
        for problem in &checked.problems {
            eprintln!("{}\n", draw_problem(problem, false));
        }
        return Ok(Exit::Problems);
    };
    let (program, notice) = find(workspace, &arguments.notice)?;
    // A day begins at 00:00 in the program's zone.
    let on = arguments.on.map_or_else(|| clock.now(), |on| on.in_zone(program.settings.zone));
    match render(&loaded.templates, arguments.to, program, notice, on) {
        Ok(output) => {
            print!("{output}");
            Ok(Exit::Clean)
        }
        Err(error) => match error.downcast::<RenderError>()? {
            // A broken template is a problem of the workspace, not of this program.
            RenderError::Template { drawn, .. } => {
                eprintln!("{drawn}");
                Ok(Exit::Problems)
            }
            other => Err(other.into()),
        },
    }
}

fn find<'w>(
    workspace: &'w Workspace,
    path: &NoticePath,
) -> anyhow::Result<(&'w Program, &'w Notice)> {
    workspace.notice(path).with_context(|| {
        let known: Vec<_> =
            workspace.notices().map(|(p, n)| format!("{}/{}", p.id, n.id)).collect();
        format!("there is no notice `{path}`; the workspace has {}", known.join(", "))
    })
}

fn render(
    templates: &std::collections::BTreeMap<String, String>,
    channel: Channel,
    program: &Program,
    notice: &Notice,
    on: DateTime<Utc>,
) -> anyhow::Result<String> {
    let renderer = Renderer::new(templates)?;
    let edition = || -> Result<Edition, RenderError> {
        let locale = program.settings.locales.first().cloned().unwrap_or_default();
        let rows: Vec<_> = notice.schedule.rows.keys().cloned().collect();
        renderer.edition(program, notice, OccasionKind::Announcement, &locale, &rows, on)
    };
    let sample = |slot| sample(slot, program, notice);
    Ok(match channel {
        Channel::Text => fill(&edition()?.text, sample),
        Channel::Html => fill(&edition()?.html, |slot| escape_html(&sample(slot))),
        Channel::Eml => eml(program, notice, &edition()?, on)?,
        Channel::Page => renderer.page(program, notice, on, &PageLinks::default())?,
        Channel::Post => renderer.post(program, notice)?,
        Channel::Markdown => renderer.markdown(program, notice)?,
        Channel::Ics => renderer.calendar(program, notice, &[], on).unwrap_or_default(),
        Channel::Json => renderer.json(program, notice, on)?,
    })
}

fn eml(
    program: &Program,
    notice: &Notice,
    edition: &Edition,
    on: DateTime<Utc>,
) -> anyhow::Result<String> {
    let path = NoticePath { program: program.id.clone(), notice: notice.id.clone() };
    let apis = sample(Slot::YourApis, program, notice);
    let bytes = delivery::draft(program, &path, edition, &apis, on)?;
    Ok(String::from_utf8(bytes)?)
}

fn fill(template: &str, value: impl Fn(Slot) -> String) -> String {
    let values = Slot::ALL.map(|slot| (slot, value(slot)));
    let of = |slot| values.iter().find(|(known, _)| *known == slot).map_or("", |(_, v)| v);
    fill_slots(template, of)
}

/// What a recipient without a name, whom every row concerns, would read.
/// `.example` never resolves (RFC 2606).
fn sample(slot: Slot, program: &Program, notice: &Notice) -> String {
    let site = "https://notices.example";
    match slot {
        Slot::Greeting => {
            program.settings.office.greeting.clone().unwrap_or_else(|| "Hello,".to_owned())
        }
        Slot::YourApis => "all APIs in the schedule below".to_owned(),
        Slot::Unsubscribe => format!("{site}/unsubscribe/sample"),
        Slot::Page => format!("{site}/notices/{}/{}", program.id, notice.id),
    }
}
