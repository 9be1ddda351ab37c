//! YAML as offices write it, checked into the model.
//!
//! Every problem of every file is collected; nothing stops at the first. The
//! module is given texts and returns values: it knows no folder and no clock.

mod amendments;
mod builder;
mod likeness;
mod links;
mod notice;
mod order;
mod problem;
mod program;
mod reader;
mod references;
mod rows;
mod source;
mod texts;
mod translated;
mod translations;
mod tree;
mod written;

pub use links::links;
pub use problem::{Code, Place, Problem, Severity, closest, suggestion};
pub use source::{MAX_FILE_BYTES, ProgramSource, SourceFile, TranslationSource};

use crate::notice::{
    Catalogue, Notice, NoticeId, Program, ProgramId, ProgramSettings, ReplacedBy, Workspace,
};
use indexmap::IndexMap;
use notice::Context;
use reader::{Read, read};
use references::Resolver;
use std::collections::HashMap;
use texts::NamedDates;
use tree::{Tree, steps};
use written::DeclaredNotice;

/// A workspace that may be used, or everything that is wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// Present where no problem is an error.
    pub workspace: Option<Workspace>,
    /// In order of file and line.
    pub problems: Vec<Problem>,
}

/// Checks the declarations of all programs together.
pub fn check(sources: &[ProgramSource]) -> Checked {
    let mut problems = Vec::new();
    let mut workspace = Workspace::default();
    let mut trees = Vec::new();
    for source in sources {
        let (program, tree) = check_program(source, &mut problems);
        trees.extend(tree.map(|tree| (source.id.clone(), tree)));
        workspace.programs.extend(program.map(|program| (program.id.clone(), program)));
    }
    check_foreign_replacements(&workspace, sources, &trees, &mut problems);
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

/// A program as far as it could be read, and where its catalogue stands.
fn check_program(
    source: &ProgramSource,
    problems: &mut Vec<Problem>,
) -> (Option<Program>, Option<Tree>) {
    let start = |file: &SourceFile| Place::new(&file.path, &file.text, 0..0);
    let id = source.id.parse::<ProgramId>().map_err(|bad| {
        let problem = Problem::error(Code::InvalidValue, start(&source.program), bad.to_string());
        problems.push(problem.help("rename the folder"));
    });
    let settings = program::settings(&source.program, problems);
    let (program_tree, settings) = settings.map(|read| (read.tree, read.form)).unzip();
    let catalogue = source.apis.as_ref().and_then(|file| program::catalogue(file, problems));
    let (catalogue, tree) = match catalogue {
        Some(Read { tree, form }) => (form, Some(tree)),
        // Without the file there is an empty catalogue; with a broken one, none.
        None => (source.apis.is_none().then(Catalogue::default), None),
    };
    let (Ok(id), Some(program_tree), Some(Some(settings)), Some(catalogue)) =
        (id, program_tree, settings, catalogue)
    else {
        // References cannot be judged, the structure of the notices still can.
        for (_, file) in &source.notices {
            read::<DeclaredNotice>(file, problems);
        }
        return (None, tree);
    };
    let resolver = Resolver { catalogue: &catalogue, tree: tree.as_ref() };
    let mut notices = IndexMap::new();
    let mut originals = HashMap::new();
    for (stem, file) in &source.notices {
        let (notice, original) = check_notice(stem, file, &settings, &resolver, problems).unzip();
        notices.extend(notice.flatten().map(|notice| (notice.id.clone(), notice)));
        originals.extend(original.map(|original| (stem.as_str(), original)));
    }
    let desk = translations::Desk {
        locales: &settings.locales,
        program: &program_tree,
        apis: tree.as_ref(),
        stems: source.notices.iter().map(|(stem, _)| stem.as_str()).collect(),
        originals: &originals,
    };
    let translations = desk.check(&source.translations, &mut notices, problems);
    (Some(Program { id, settings, catalogue, notices, translations }), tree)
}

/// The notice as far as it is sound, and what translations of it are held to.
type CheckedNotice = (Option<Notice>, translations::Original);

fn check_notice(
    stem: &str,
    file: &SourceFile,
    settings: &ProgramSettings,
    resolver: &Resolver<'_>,
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
    let named = NamedDates::of(&declared.schedule);
    let (zone, announced) = (settings.zone, &announced);
    let context = Context { settings, resolver, tree: &tree, zone, announced, named: &named };
    // An unusable id is reported above; the rest of the file is checked all the same.
    let usable = id.is_ok();
    let id = id.unwrap_or_else(|()| "unnamed".parse().expect("a well-formed id"));
    let notice = notice::notice(id, declared, &context, problems);
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
            for replacement in all.iter().flatten() {
                let Some(other) = &replacement.program else { continue };
                let at = steps!["apis", api.as_str(), "replaced_by"];
                program::unknown(other.as_str(), &known, "program", (tree, &at), problems);
                let Some(other) = workspace.programs.get(other) else { continue };
                let apis: Vec<_> = other.catalogue.apis.keys().map(|id| id.as_str()).collect();
                let name = replacement.api.as_str();
                program::unknown(name, &apis, "API of that program", (tree, &at), problems);
            }
        }
    }
}
