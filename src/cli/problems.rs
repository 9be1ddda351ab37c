//! How problems of a declaration are printed, for people and for programs.

use crate::declaration::{Place, Problem, Severity};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::ValueEnum;
use serde::Serialize;
use std::io::IsTerminal;

#[derive(Clone, Copy, Default, ValueEnum)]
pub enum Format {
    /// For people: the line drawn.
    #[default]
    Text,
    /// For programs: a list of objects.
    Json,
    /// For GitHub Actions: annotations on the changed files.
    Github,
}

pub fn print(problems: &[Problem], format: Format) -> anyhow::Result<()> {
    match format {
        Format::Text => {
            let colour = std::io::stdout().is_terminal();
            for problem in problems {
                say!("{}\n", draw(problem, colour));
            }
        }
        Format::Json => {
            let listed: Vec<_> = problems.iter().map(Listed::new).collect();
            say!("{}", serde_json::to_string_pretty(&listed)?);
        }
        Format::Github => problems.iter().for_each(|problem| say!("{}", annotation(problem))),
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
