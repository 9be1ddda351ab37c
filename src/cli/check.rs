//! `fairwarning check`: tells what is wrong with a workspace, and where.

use super::{Exit, count};
use crate::declaration::{Checked, Code, Place, Problem, ProgramSource, Severity, links};
use crate::http_client::HttpClient;
use crate::workspace;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::ValueEnum;
use futures_util::StreamExt;
use serde::Serialize;
use std::io::IsTerminal;
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
    /// Also call the web addresses that notices refer to, and warn of dead ones.
    #[arg(long)]
    links: bool,
    /// A private address that --links may call all the same.
    #[arg(long, value_name = "ADDRESS", requires = "links")]
    allow_address: Vec<IpAddr>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people: the line drawn.
    #[default]
    Text,
    /// For programs: a list of objects.
    Json,
    /// For GitHub Actions: annotations on the changed files.
    Github,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let loaded = workspace::load(&arguments.dir)?;
    let mut checked = loaded.check();
    if arguments.links {
        let client = HttpClient::new(&arguments.allow_address)?;
        checked.problems.extend(dead_links(&client, &loaded.programs).await);
    }
    print_problems(&checked.problems, arguments.format)?;
    if let Some(workspace) = &checked.workspace {
        if matches!(arguments.format, Format::Text) {
            let notices = workspace.notices().count();
            let programs = workspace.programs.len();
            let found = match checked.problems.len() {
                0 => "no problems".to_owned(),
                warnings => count(warnings, "warning"),
            };
            println!("{}, {}: {found}", count(programs, "program"), count(notices, "notice"));
        }
        return Ok(Exit::Clean);
    }
    summarise(&checked);
    Ok(Exit::Problems)
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

/// Prints what another command must stop at, as `check` itself would.
pub fn report(checked: &Checked) -> anyhow::Result<()> {
    print_problems(&checked.problems, Format::Text)?;
    if checked.workspace.is_none() {
        summarise(checked);
    }
    Ok(())
}

fn summarise(checked: &Checked) {
    let errors = checked.problems.iter().filter(|p| p.severity == Severity::Error).count();
    eprintln!("{}", count(errors, "problem"));
}

fn print_problems(problems: &[Problem], format: Format) -> anyhow::Result<()> {
    match format {
        Format::Text => {
            let colour = std::io::stdout().is_terminal();
            for problem in problems {
                println!("{}\n", draw(problem, colour));
            }
        }
        Format::Json => {
            let listed: Vec<_> = problems.iter().map(Listed::new).collect();
            println!("{}", serde_json::to_string_pretty(&listed)?);
        }
        Format::Github => problems.iter().for_each(|problem| println!("{}", annotation(problem))),
    }
    Ok(())
}

/// A problem with its line drawn, in the manner of compilers.
pub fn draw(problem: &Problem, colour: bool) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&problem.message).id(problem.code.as_str());
    let mut group = Group::with_title(title);
    if problem.place.text.is_empty() {
        group = group.element(annotate_snippets::Origin::path(&*problem.place.file));
    } else {
        group = group.element(snippet(&problem.place, AnnotationKind::Primary, None, problem));
    }
    for (place, what) in problem.related.iter().filter(|(p, _)| p.file != problem.place.file) {
        group = group.element(snippet(place, AnnotationKind::Context, Some(what), problem));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

/// The lines around a place. Related places of the same file are drawn with it.
fn snippet<'p>(
    place: &'p Place,
    kind: AnnotationKind,
    label: Option<&'p str>,
    problem: &'p Problem,
) -> Snippet<'p, annotate_snippets::Annotation<'p>> {
    let mut main = kind.span(place.span.clone());
    if let Some(label) = label {
        main = main.label(label);
    }
    let snippet = Snippet::source(&*place.text).path(&*place.file).annotation(main);
    if !matches!(kind, AnnotationKind::Primary) {
        return snippet;
    }
    let same_file = problem.related.iter().filter(|(related, _)| related.file == place.file);
    same_file.fold(snippet, |snippet, (related, what)| {
        snippet.annotation(AnnotationKind::Context.span(related.span.clone()).label(what))
    })
}

#[derive(Serialize)]
struct Listed<'p> {
    file: &'p str,
    line: usize,
    column: usize,
    severity: &'static str,
    code: &'static str,
    message: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'p str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'p>>,
}

#[derive(Serialize)]
struct Related<'p> {
    file: &'p str,
    line: usize,
    column: usize,
    message: &'p str,
}

impl<'p> Listed<'p> {
    fn new(problem: &'p Problem) -> Self {
        let related = problem.related.iter().map(|(place, message)| Related {
            file: &place.file,
            line: place.line,
            column: place.column,
            message,
        });
        Self {
            file: &problem.place.file,
            line: problem.place.line,
            column: problem.place.column,
            severity: problem.severity.as_str(),
            code: problem.code.as_str(),
            message: &problem.message,
            help: problem.help.as_deref(),
            related: related.collect(),
        }
    }
}

/// A workflow command; its own separators are escaped in what it carries.
fn annotation(problem: &Problem) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let mut message = problem.message.clone();
    if let Some(help) = &problem.help {
        message = format!("{message}\n{help}");
    }
    format!(
        "::{} file={},line={},col={},title={}::{}",
        problem.severity.as_str(),
        property(&problem.place.file),
        problem.place.line,
        problem.place.column,
        property(problem.code.as_str()),
        escape(&message)
    )
}
