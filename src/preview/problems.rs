//! Problems of `check` and of templates, laid out for a page: it should tell
//! them as `check` does in a terminal, line and all.

use super::excerpt::{Line, excerpt};
use super::{Shown, SpecimenError, Standing};
use crate::declaration::{Place, Problem};
use crate::render::RenderError;
use serde::Serialize;

/// More than this is not read at once; `check` lists them all.
const MAX_SHOWN: usize = 50;

#[derive(Serialize)]
pub struct Problems {
    /// Why nothing could be read at all.
    failure: Option<String>,
    title: Option<String>,
    shown: Vec<ProblemView>,
    /// How many were left out.
    more: usize,
    /// How many there are in other files.
    elsewhere: usize,
    templates: Option<TemplateProblem>,
}

#[derive(Serialize)]
struct ProblemView {
    severity: &'static str,
    code: &'static str,
    message: Vec<Piece>,
    help: Vec<Piece>,
    place: PlaceView,
    related: Vec<RelatedView>,
}

/// Messages are written for terminals, with names between backticks.
#[derive(Serialize)]
struct Piece {
    text: String,
    is_code: bool,
}

#[derive(Serialize)]
struct PlaceView {
    /// `FILE:LINE:COLUMN`, which editors open; a file alone where it was not read.
    name: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct RelatedView {
    what: Vec<Piece>,
    #[serde(flatten)]
    place: PlaceView,
}

/// What is wrong with a template, and where.
#[derive(Serialize)]
pub struct TemplateProblem {
    /// `TEMPLATE, line N`, where it is known.
    name: Option<String>,
    message: String,
    /// The line drawn.
    drawn: Option<String>,
}

impl Problems {
    /// Everything that is wrong.
    pub fn all(standing: &Standing) -> Self {
        Self::new(standing, standing.problems.iter().collect(), 0)
    }

    /// What is wrong with one notice, or with what it stands on.
    pub fn of(standing: &Standing, shown: &Shown) -> Self {
        let (near, elsewhere) = standing.problems_of(shown);
        Self::new(standing, near, elsewhere)
    }

    fn new(standing: &Standing, problems: Vec<&Problem>, elsewhere: usize) -> Self {
        let shown = problems.iter().take(MAX_SHOWN).map(|p| ProblemView::new(p)).collect();
        Self {
            failure: standing.failure.clone(),
            title: title(&problems),
            shown,
            more: problems.len().saturating_sub(MAX_SHOWN),
            elsewhere,
            templates: standing.templates.failure().map(TemplateProblem::of_render),
        }
    }
}

/// `2 problems, 1 warning`.
fn title(problems: &[&Problem]) -> Option<String> {
    let of = |severity: &str| problems.iter().filter(|p| p.severity.as_str() == severity).count();
    let count = |n: usize, what: &str| match n {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{n} {what}s")),
    };
    let counts = [count(of("error"), "problem"), count(of("warning"), "warning")];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

impl ProblemView {
    fn new(problem: &Problem) -> Self {
        let related = problem
            .related
            .iter()
            .map(|(place, what)| RelatedView { what: pieces(what), place: PlaceView::new(place) });
        Self {
            severity: problem.severity.as_str(),
            code: problem.code.as_str(),
            message: pieces(&problem.message),
            help: problem.help.as_deref().map(pieces).unwrap_or_default(),
            place: PlaceView::new(&problem.place),
            related: related.collect(),
        }
    }
}

impl PlaceView {
    fn new(place: &Place) -> Self {
        let lines = excerpt(place);
        let name = match lines.is_empty() {
            true => place.file.to_string(),
            false => format!("{}:{}:{}", place.file, place.line, place.column),
        };
        Self { name, lines }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let parts = text.split('`').enumerate();
    let piece = |(n, text): (usize, &str)| Piece { text: text.to_owned(), is_code: n % 2 == 1 };
    parts.map(piece).filter(|piece| !piece.text.is_empty()).collect()
}

impl TemplateProblem {
    pub fn new(error: &SpecimenError) -> Self {
        match error {
            SpecimenError::Render(error) => Self::of_render(error),
            other => Self { name: None, message: other.to_string(), drawn: None },
        }
    }

    fn of_render(error: &RenderError) -> Self {
        match error {
            RenderError::Template { template, line, message, drawn } => Self {
                name: Some(format!("templates/{template}, line {line}")),
                message: message.clone(),
                drawn: Some(drawn.clone()),
            },
            other => {
                let text = other.to_string();
                let (message, drawn) = text.split_once('\n').unwrap_or((&text, ""));
                let drawn = (!drawn.is_empty()).then(|| drawn.to_owned());
                Self { name: None, message: message.to_owned(), drawn }
            }
        }
    }
}
