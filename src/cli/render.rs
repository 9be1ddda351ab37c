//! `fairwarning render`: one notice on one channel, to standard output.
//!
//! What differs by recipient is filled with samples, so that the output reads
//! like what arrives.

use super::moment::Moment;
use super::{Exit, draw_problem};
use crate::announce::Audience;
use crate::clock::Clock;
use crate::notice::{Locale, Notice, NoticePath, Program, Wanted, Workspace};
use crate::preview::{Channel, Occasion, Specimen, SpecimenError};
use crate::render::{PageLinks, RenderError, Renderer};
use crate::workspace;
use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

/// Print a notice as one of its channels would carry it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The notice: PROGRAM/NOTICE, such as `usps-web-tools/tls-1.2`.
    notice: NoticePath,
    /// The channel.
    #[arg(long, value_enum)]
    to: Channel,
    /// What a mail is sent for.
    #[arg(long, value_enum, default_value_t = Occasion::Announcement)]
    occasion: Occasion,
    /// The language: one of the program's locales, such as `de`. The first of
    /// them when absent.
    #[arg(long, value_name = "LOCALE")]
    locale: Option<Locale>,
    /// The workspace: a folder of programs, or one program's folder.
    #[arg(long, default_value = "notices")]
    workspace: PathBuf,
    /// The moment whose states to show: a day, or an instant such as
    /// 2020-04-01T12:00Z. Now when absent.
    #[arg(long)]
    on: Option<Moment>,
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
    let locale = locale(arguments.locale.as_ref(), program)?;
    match render(
        &loaded.templates,
        (arguments.to, arguments.occasion),
        program,
        notice,
        &locale,
        on,
    ) {
        Ok(output) => {
            // To the byte: a message's line ends are part of it.
            let _ = std::io::stdout().write_all(output.as_bytes());
            Ok(Exit::Clean)
        }
        // A broken template is a problem of the workspace, not of this program.
        Err(SpecimenError::Render(RenderError::Template { drawn, .. })) => {
            eprintln!("{drawn}");
            Ok(Exit::Problems)
        }
        Err(SpecimenError::Render(
            wrong @ (RenderError::Words { .. } | RenderError::Word { .. }),
        )) => {
            eprintln!("error: {wrong}");
            Ok(Exit::Problems)
        }
        Err(other) => Err(other.into()),
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

/// The locale asked for, if the program has it; its first when none is.
fn locale(asked: Option<&Locale>, program: &Program) -> anyhow::Result<Locale> {
    let locales = &program.settings.locales;
    match asked {
        None => Ok(program.settings.default_locale()),
        Some(asked) if locales.contains(asked) => Ok(asked.clone()),
        Some(asked) => {
            let known: Vec<_> = locales.iter().map(Locale::as_str).collect();
            bail!("`{}` is not written in `{asked}`; it has {}", program.id, known.join(", "))
        }
    }
}

/// As a recipient whom every row concerns would get it.
fn render(
    templates: &BTreeMap<String, String>,
    (channel, occasion): (Channel, Occasion),
    program: &Program,
    notice: &Notice,
    locale: &Locale,
    on: DateTime<Utc>,
) -> Result<String, SpecimenError> {
    let renderer = Renderer::new(templates)?;
    let rows: Vec<_> = notice.schedule.rows.keys().cloned().collect();
    // A reminder has no schedule that could list them.
    let apis = match occasion {
        Occasion::Reminder | Occasion::Escalation | Occasion::Digest => {
            let met = Audience::of(program, notice).met_by(&[Wanted::default()]);
            met.map_or(String::new(), |met| met.apis)
        }
        _ => renderer.language(locale).say("all-apis-below"),
    };
    let (rows, apis, links) = (&rows[..], &apis[..], PageLinks::default());
    Specimen { program, notice, locale, rows, apis, occasion, on, links }.render(&renderer, channel)
}
