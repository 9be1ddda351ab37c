//! YAML as offices write it, checked into the model.
//!
//! Every problem of every file is collected; nothing stops at the first. The
//! module is given texts and returns values: it knows no folder and no clock.

mod amendments;
mod builder;
mod circles;
mod explanations;
mod forms;
mod likeness;
mod links;
mod notice;
mod order;
mod parallel;
mod positions;
mod problem;
mod program;
mod reader;
mod references;
mod rows;
mod rules;
mod scalar;
mod schema;
mod source;
mod texts;
mod translated;
mod translations;
mod tree;
mod written;

pub use explanations::explanation;
pub use links::links;
pub use parallel::in_order;
pub use problem::{Code, Place, Problem, Severity, closest, suggestion};
pub use schema::{FileKind, schema};
pub use source::{MAX_FILE_BYTES, ProgramSource, SourceFile, TranslationSource};

use crate::notice::{
    Catalogue, Notice, NoticeId, Program, ProgramId, ProgramSettings, ReplacedBy, Workspace,
};
use crate::schedule::Instant;
use indexmap::IndexMap;
use notice::Context;
use reader::{Read, read};
use references::Resolver;
use rules::Ending;
use std::cell::Cell;
use std::collections::HashMap;
use texts::NamedDates;
use tree::Tree;
use written::DeclaredNotice;

/// A workspace that may be used, or everything that is wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// Present where no problem is an error.
    pub workspace: Option<Workspace>,
    /// In order of file and line.
    pub problems: Vec<Problem>,
}

/// Checks the declarations of all programs together, whatever day it is.
pub fn check(sources: &[ProgramSource]) -> Checked {
    check_at(sources, None)
}

/// The same, and what only a moment can tell: promises that are overdue.
pub fn check_at(sources: &[ProgramSource], now: Option<Instant>) -> Checked {
    let heads = in_order(sources, head);
    let jobs: Vec<_> = heads.iter().zip(sources).flat_map(|(h, s)| jobs(h, s, now)).collect();
    let mut judged = in_order(&jobs, Job::run).into_iter();
    drop(jobs);
    let mut problems = Vec::new();
    let mut workspace = Workspace::default();
    let mut trees = Vec::new();
    let mut endings = Vec::new();
    for (head, source) in heads.into_iter().zip(sources) {
        problems.extend(head.problems);
        let (mut notices, mut originals) = (IndexMap::new(), HashMap::new());
        for ((stem, _), judged) in source.notices.iter().zip(judged.by_ref()) {
            problems.extend(judged.problems);
            endings.extend(judged.endings);
            notices.extend(judged.notice.map(|notice| (notice.id.clone(), notice)));
            originals.extend(judged.original.map(|original| (stem.as_str(), original)));
        }
        if let Some(Known { id, settings, catalogue, tree }) = head.known {
            problems.extend(rules::check_escalation(&settings, &tree, notices.values()));
            rules::check_watching(&settings, &catalogue, &tree, &mut problems);
            let desk = translations::Desk {
                locales: &settings.locales,
                program: &tree,
                apis: head.tree.as_ref(),
                stems: source.notices.iter().map(|(stem, _)| stem.as_str()).collect(),
                originals: &originals,
            };
            let translations = desk.check(&source.translations, &mut notices, &mut problems);
            let program = Program { id: id.clone(), settings, catalogue, notices, translations };
            workspace.programs.insert(id, program);
        }
        trees.extend(head.tree.map(|tree| (source.id.clone(), tree)));
    }
    check_foreign_replacements(&workspace, sources, &trees, &mut problems);
    rules::check_endings(&workspace, &endings, &trees, &mut problems);
    problems.sort_by(|a, b| {
        (&a.place.file, a.place.span.start, a.code).cmp(&(
            &b.place.file,
            b.place.span.start,
            b.code,
        ))
    });
    let sound = problems.iter().all(|p| p.severity != Severity::Error);
    Checked { workspace: sound.then_some(workspace), problems }
}

/// A program without its notices, as far as it could be read.
struct Head {
    /// Absent where something of it is missing, so that references cannot be judged.
    known: Option<Known>,
    /// Where its catalogue stands.
    tree: Option<Tree>,
    problems: Vec<Problem>,
}

struct Known {
    id: ProgramId,
    settings: ProgramSettings,
    catalogue: Catalogue,
    /// Where its settings stand.
    tree: Tree,
}

fn head(source: &ProgramSource) -> Head {
    let mut problems = Vec::new();
    let start = |file: &SourceFile| Place::new(&file.path, &file.text, 0..0);
    let id = source.id.parse::<ProgramId>().map_err(|bad| {
        let problem = Problem::error(Code::InvalidValue, start(&source.program), bad.to_string());
        problems.push(problem.help("rename the folder"));
    });
    let settings = program::settings(&source.program, &mut problems);
    let (program_tree, settings) = settings.map(|read| (read.tree, read.form)).unzip();
    let settings = settings.flatten();
    let catalogue = source.apis.as_ref().and_then(|file| program::catalogue(file, &mut problems));
    if source.apis.is_none() && !source.notices.is_empty() {
        let message = "apis.yaml is missing beside it: it declares environments and APIs";
        problems.push(Problem::error(Code::MissingKey, start(&source.program), message));
    }
    let (catalogue, tree) = match catalogue {
        Some(Read { tree, form }) => (form, Some(tree)),
        // A program without notices needs no catalogue.
        None => (source.notices.is_empty().then(Catalogue::default), None),
    };
    let known = id.ok().zip(settings).zip(catalogue).zip(program_tree);
    let known =
        known.map(|(((id, settings), catalogue), tree)| Known { id, settings, catalogue, tree });
    Head { known, tree, problems }
}

/// One notice to be checked, and what it is checked against.
struct Job<'a> {
    stem: &'a str,
    file: &'a SourceFile,
    around: Option<Around<'a>>,
}

#[derive(Clone, Copy)]
struct Around<'a> {
    program: &'a Known,
    tree: Option<&'a Tree>,
    now: Option<Instant>,
}

/// What became of a notice.
#[derive(Default)]
struct Judged {
    notice: Option<Notice>,
    /// What translations of it are held to.
    original: Option<translations::Original>,
    endings: Vec<Ending>,
    problems: Vec<Problem>,
}

/// The notice as far as it is sound, and what translations of it are held to.
type CheckedNotice = (Option<Notice>, translations::Original);

fn jobs<'a>(head: &'a Head, source: &'a ProgramSource, now: Option<Instant>) -> Vec<Job<'a>> {
    let tree = head.tree.as_ref();
    let around = head.known.as_ref().map(|program| Around { program, tree, now });
    source.notices.iter().map(|(stem, file)| Job { stem, file, around }).collect()
}

impl Job<'_> {
    fn run(&self) -> Judged {
        let mut judged = Judged::default();
        match &self.around {
            Some(around) => {
                let Judged { endings, problems, .. } = &mut judged;
                let checked = check_notice(self.stem, self.file, around, endings, problems);
                let (notice, original) = checked.unzip();
                (judged.notice, judged.original) = (notice.flatten(), original);
            }
            // References cannot be judged, the structure of the notice still can.
            None => drop(read::<DeclaredNotice>(self.file, &mut judged.problems)),
        }
        judged
    }
}

fn check_notice(
    stem: &str,
    file: &SourceFile,
    around: &Around<'_>,
    endings: &mut Vec<Ending>,
    problems: &mut Vec<Problem>,
) -> Option<CheckedNotice> {
    let id = stem.parse::<NoticeId>().map_err(|bad| {
        let place = Place::new(&file.path, &file.text, 0..0);
        let problem = Problem::error(Code::InvalidValue, place, bad.to_string());
        problems.push(problem.help("rename the file"));
    });
    let Read { tree, form } = read::<DeclaredNotice>(file, problems)?;
    let declared = form?;
    let announced = declared.announced.clone();
    let named = NamedDates::of(&declared.schedule, &tree);
    let Around { program: known, tree: catalogue_tree, now } = *around;
    let Known { id: program, settings, catalogue, .. } = known;
    let context = Context {
        settings,
        resolver: &Resolver { catalogue, tree: catalogue_tree, walked: Cell::default() },
        tree: &tree,
        zone: settings.zone,
        announced: &announced,
        named: &named,
        now,
        spent: Cell::default(),
    };
    // An unusable id is reported above; the rest of the file is checked all the same.
    let usable = id.is_ok();
    let id = id.unwrap_or_else(|()| "unnamed".parse().expect("a well-formed id"));
    let notice = notice::notice(id, declared, &context, problems);
    rules::check_replacements(&context, program, &notice, endings, problems);
    Some((usable.then_some(notice), translations::Original { tree, named }))
}

/// An API may be replaced by one of another program of the same workspace.
fn check_foreign_replacements(
    workspace: &Workspace,
    sources: &[ProgramSource],
    trees: &[(String, Tree)],
    problems: &mut Vec<Problem>,
) {
    let known: Vec<_> = sources.iter().map(|source| source.id.as_str()).collect();
    for (id, tree) in trees {
        let Some(program) = workspace.programs.get(id.as_str()) else { continue };
        for (api, declared) in &program.catalogue.apis {
            let Some(ReplacedBy::Alternatives(all)) = &declared.replaced_by else { continue };
            for (replacement, at) in program::replacements(api, all) {
                let Some(other) = &replacement.program else { continue };
                if !known.contains(&other.as_str()) {
                    let message = format!(
                        "`{other}/{0}` means `{0}` of the program `{other}`, which is not there",
                        replacement.api
                    );
                    let help = suggestion(other.as_str(), known.iter().copied());
                    problems.push(
                        Problem::error(Code::UnknownReference, tree.place(&at), message)
                            .help_opt(help),
                    );
                }
                let Some(other) = workspace.programs.get(other) else { continue };
                let apis: Vec<_> = other.catalogue.apis.keys().map(|id| id.as_str()).collect();
                let name = replacement.api.as_str();
                program::unknown(name, &apis, "API of that program", (tree, &at), problems);
            }
        }
    }
}
