//! `fairwarning render`: one notice on one channel, to standard output.
//!
//! What differs by recipient is filled with samples, so that the output reads
//! like what arrives.

use super::{Exit, draw_problem};
use crate::clock::Clock;
use crate::delivery;
use crate::notice::{
    Edition, Locale, Notice, NoticePath, OccasionKind, Program, Slot, Span, Workspace, escape_html,
    fill_slots,
};
use crate::render::{PageLinks, RenderError, Renderer};
use crate::schedule::bounds;
use crate::workspace;
use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Print a notice as one of its channels would carry it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The notice: PROGRAM/NOTICE, such as `usps-web-tools/tls-1.2`.
    notice: NoticePath,
    /// The channel.
    #[arg(long, value_enum)]
    to: Channel,
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
    on: Option<String>,
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
    let on = moment(arguments.on.as_deref(), program, clock)?;
    let locale = locale(arguments.locale.as_ref(), program)?;
    let shown = Shown { program, notice, locale: &locale, on };
    match shown.render(&loaded.templates, arguments.to) {
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
            wrong @ (RenderError::Words { .. } | RenderError::Word { .. }) => {
                eprintln!("error: {wrong}");
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

/// A day begins at 00:00 in the program's zone.
fn moment(on: Option<&str>, program: &Program, clock: &Clock) -> anyhow::Result<DateTime<Utc>> {
    let Some(on) = on else { return Ok(clock.now()) };
    let span: Span = on.parse()?;
    match bounds(&span.into(), program.settings.zone).earliest {
        Some(at) if at != DateTime::<Utc>::MIN_UTC => Ok(at),
        _ => bail!("`{on}` names no moment"),
    }
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

/// A notice in one language at one moment.
struct Shown<'a> {
    program: &'a Program,
    notice: &'a Notice,
    locale: &'a Locale,
    on: DateTime<Utc>,
}

impl Shown<'_> {
    fn render(
        &self,
        templates: &BTreeMap<String, String>,
        channel: Channel,
    ) -> anyhow::Result<String> {
        let renderer = Renderer::new(templates)?;
        let Self { program, notice, locale, on } = *self;
        let edition = || -> Result<Edition, RenderError> {
            let rows: Vec<_> = notice.schedule.rows.keys().cloned().collect();
            renderer.edition(program, notice, OccasionKind::Announcement, locale, &rows, on)
        };
        let sample = |slot| self.sample(slot, &renderer);
        Ok(match channel {
            Channel::Text => fill(&edition()?.text, sample),
            Channel::Html => fill(&edition()?.html, |slot| escape_html(&sample(slot))),
            Channel::Eml => self.eml(&edition()?, &sample(Slot::YourApis))?,
            Channel::Page => renderer.page(program, notice, locale, on, &PageLinks::default())?,
            Channel::Post => renderer.post(program, notice, locale)?,
            Channel::Markdown => renderer.markdown(program, notice, locale)?,
            Channel::Ics => renderer.calendar(program, notice, locale, &[], on).unwrap_or_default(),
            Channel::Json => renderer.json(program, notice, locale, on)?,
        })
    }

    fn eml(&self, edition: &Edition, apis: &str) -> anyhow::Result<String> {
        let (program, notice) = (self.program.id.clone(), self.notice.id.clone());
        let path = NoticePath { program, notice };
        let bytes = delivery::draft(self.program, &path, edition, apis, self.on)?;
        Ok(String::from_utf8(bytes)?)
    }

    /// What a recipient without a name, whom every row concerns, would read.
    /// `.example` never resolves (RFC 2606).
    fn sample(&self, slot: Slot, renderer: &Renderer) -> String {
        let site = "https://notices.example";
        match slot {
            Slot::Greeting => {
                let program = self.program.head_in_locale(self.locale);
                program.settings.greeting(self.locale).to_owned()
            }
            Slot::YourApis => renderer.language(self.locale).say("all-apis-below"),
            Slot::Unsubscribe => format!("{site}/unsubscribe/sample"),
            Slot::Page => format!("{site}/notices/{}/{}", self.program.id, self.notice.id),
        }
    }
}

fn fill(template: &str, value: impl Fn(Slot) -> String) -> String {
    let values = Slot::ALL.map(|slot| (slot, value(slot)));
    let of = |slot| values.iter().find(|(known, _)| *known == slot).map_or("", |(_, v)| v);
    fill_slots(template, of)
}
