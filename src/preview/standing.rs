//! How the folder stands: what is wrong with it, and the last version of each
//! notice in which nothing was wrong.
//!
//! A mistake in one file hides that file's notices alone; everything else is
//! shown as it is. It reads no file, it is given what was read.

use super::templates::Templates;
use crate::declaration::{Checked, Problem, ProgramSource, Severity, check};
use crate::notice::{Notice, NoticePath, Program, Workspace};
use crate::workspace::{Loaded, WorkspaceError};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Leaving a file out may show that another one needed it; a chain of those
/// that is longer than this hides everything.
const MAX_ROUNDS: usize = 8;

/// The folder at one moment.
pub struct Standing {
    pub read_at: DateTime<Utc>,
    /// Why nothing could be read at all.
    pub failure: Option<String>,
    /// What `check` says.
    pub(super) problems: Vec<Problem>,
    pub templates: Templates,
    pub notices: BTreeMap<NoticePath, Shown>,
    loaded: Arc<Loaded>,
}

/// A notice's file, and what there is to show of it.
#[derive(Clone)]
pub struct Shown {
    pub file: Arc<str>,
    /// Absent while it was never without an error.
    pub version: Option<Version>,
}

/// A version of a notice that `check` found no error in.
#[derive(Clone)]
pub struct Version {
    /// The program as it was then: what the notice refers to may be gone now.
    program: Arc<Program>,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// Whether it is what the folder says now.
    pub is_current: bool,
}

impl Version {
    pub fn program(&self) -> &Program {
        &self.program
    }

    pub fn notice(&self, path: &NoticePath) -> Option<&Notice> {
        self.program.notices.get(&path.notice)
    }
}

impl Standing {
    pub fn first(loaded: Loaded, at: DateTime<Utc>) -> Self {
        let templates = Templates::first(&loaded.templates);
        Self::new(Arc::new(loaded), templates, None, at)
    }

    /// After another look at the folder; `None` where nothing has changed.
    pub fn next(
        before: &Self,
        read: Result<Loaded, WorkspaceError>,
        at: DateTime<Utc>,
    ) -> Option<Self> {
        match read {
            Ok(loaded) if before.failure.is_none() && loaded == *before.loaded => None,
            Ok(loaded) => {
                let templates = before.templates.next(&loaded.templates);
                Some(Self::new(Arc::new(loaded), templates, Some(before), at))
            }
            Err(failure) => {
                let failure = failure.to_string();
                (before.failure.as_ref() != Some(&failure)).then(|| before.failed(failure, at))
            }
        }
    }

    fn new(
        loaded: Arc<Loaded>,
        templates: Templates,
        before: Option<&Self>,
        at: DateTime<Utc>,
    ) -> Self {
        let Checked { workspace, problems } = loaded.check();
        let workspace = match workspace {
            Some(workspace) => workspace,
            None => without_mistakes(&loaded.programs, &problems),
        };
        let programs = workspace.programs.into_iter();
        let sound: BTreeMap<_, _> = programs.map(|(id, program)| (id, Arc::new(program))).collect();
        let current = |path: &NoticePath| {
            let program = sound.get(&path.program)?;
            program.notices.contains_key(&path.notice).then(|| Version {
                program: program.clone(),
                read_at: at,
                is_current: true,
            })
        };
        let kept = |path: &NoticePath| before?.notices.get(path)?.version.as_ref().map(outdated);
        let mut notices = BTreeMap::new();
        for (path, file) in declared(&loaded.programs) {
            let version = current(&path).or_else(|| kept(&path));
            notices.insert(path, Shown { file, version });
        }
        // A file that cannot be read is not a file that is gone.
        let known = before.into_iter().flat_map(|before| &before.notices);
        for (path, shown) in known.filter(|(_, shown)| is_unreadable(&loaded, &shown.file)) {
            let version = kept(path);
            let file = shown.file.clone();
            notices.entry(path.clone()).or_insert(Shown { file, version });
        }
        Self { read_at: at, failure: None, problems, templates, notices, loaded }
    }

    /// Everything stays, and nothing is current.
    fn failed(&self, failure: String, at: DateTime<Utc>) -> Self {
        let stays = |(path, shown): (&NoticePath, &Shown)| {
            let version = shown.version.as_ref().map(outdated);
            (path.clone(), Shown { file: shown.file.clone(), version })
        };
        Self {
            read_at: at,
            failure: Some(failure),
            problems: Vec::new(),
            templates: self.templates.clone(),
            notices: self.notices.iter().map(stays).collect(),
            loaded: self.loaded.clone(),
        }
    }

    /// The problems of a notice's own file and of its program's, and how many
    /// others there are.
    pub(super) fn problems_of(&self, shown: &Shown) -> (Vec<&Problem>, usize) {
        let folder = Path::new(&*shown.file).parent();
        let is_near = |problem: &&Problem| {
            let file = Path::new(&*problem.place.file);
            // Another notice of the program is somebody else's business.
            let is_notice = self.notices.values().any(|other| other.file == problem.place.file);
            problem.place.file == shown.file
                || !is_notice && folder.is_some_and(|folder| file.starts_with(folder))
        };
        let near: Vec<_> = self.problems.iter().filter(is_near).collect();
        let others = self.problems.len() - near.len();
        (near, others)
    }

    /// How many problems a file has.
    pub fn problems_in(&self, file: &str) -> usize {
        self.problems.iter().filter(|problem| *problem.place.file == *file).count()
    }

    /// Errors and warnings.
    pub fn counts(&self) -> (usize, usize) {
        let is_error = |problem: &&Problem| problem.severity == Severity::Error;
        let errors = self.problems.iter().filter(is_error).count();
        (errors, self.problems.len() - errors)
    }
}

fn outdated(version: &Version) -> Version {
    Version { is_current: false, ..version.clone() }
}

/// Every notice's file, whatever it says.
fn declared(programs: &[ProgramSource]) -> impl Iterator<Item = (NoticePath, Arc<str>)> {
    programs.iter().flat_map(|source| {
        source.notices.iter().filter_map(|(stem, file)| {
            let (program, notice) = (source.id.parse().ok()?, stem.parse().ok()?);
            Some((NoticePath { program, notice }, file.path.clone()))
        })
    })
}

/// Whether a notice's file, or its program's settings, are there but unreadable.
fn is_unreadable(loaded: &Loaded, file: &str) -> bool {
    let folder = Path::new(file).parent();
    let is_read = |source: &ProgramSource| Path::new(&*source.program.path).parent() == folder;
    loaded.unreadable.iter().any(|problem| {
        let is_near = || Path::new(&*problem.place.file).parent() == folder;
        *problem.place.file == *file || is_near() && !loaded.programs.iter().any(is_read)
    })
}

/// What remains when every file with an error is left out.
fn without_mistakes(programs: &[ProgramSource], problems: &[Problem]) -> Workspace {
    let mut programs = programs.to_vec();
    let mut bad = files_with_errors(problems);
    for _ in 0..MAX_ROUNDS {
        leave_out(&mut programs, &bad);
        let checked = check(&programs);
        if let Some(workspace) = checked.workspace {
            return workspace;
        }
        bad = files_with_errors(&checked.problems);
    }
    Workspace::default()
}

fn files_with_errors(problems: &[Problem]) -> BTreeSet<Arc<str>> {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| problem.place.file.clone()).collect()
}

/// A program goes where anything else of its folder is bad but a notice.
fn leave_out(programs: &mut Vec<ProgramSource>, bad: &BTreeSet<Arc<str>>) {
    let mut noticed = BTreeSet::new();
    for program in programs.iter_mut() {
        program.notices.retain(|(_, file)| {
            let is_bad = bad.contains(&file.path);
            if is_bad {
                noticed.insert(file.path.clone());
            }
            !is_bad
        });
    }
    let others: Vec<_> = bad.difference(&noticed).collect();
    programs.retain(|program| {
        let folder = Path::new(&*program.program.path).parent();
        !others
            .iter()
            .any(|file| folder.is_some_and(|folder| Path::new(&***file).starts_with(folder)))
    });
}
