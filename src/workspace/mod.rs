//! The folder on disk: reads it into texts for `declaration`.
//!
//! A workspace is a folder of programs, or one program's folder. Nothing else
//! touches these files, and nothing here knows what they mean.

mod revision;
mod starter;
mod watch;

pub use revision::{RevisionError, load_revision};
pub use starter::{STARTER_NOTICE, StarterError, starter, write_starter};
pub use watch::Watch;

use crate::declaration::{
    Checked, Code, MAX_FILE_BYTES, Place, Problem, ProgramSource, SourceFile, TranslationSource,
    check_at, in_order,
};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The settings file that makes a folder a program.
const PROGRAM_FILE: &str = "program.yaml";
const CATALOGUE_FILE: &str = "apis.yaml";
/// The folder of a workspace's own templates.
const TEMPLATE_FOLDER: &str = "templates";
/// What is read of a file: so much more than it may have that it is still too
/// large without its last character, which may be cut in two.
const MOST_READ: u64 = MAX_FILE_BYTES as u64 + 4;

/// How deep template folders may nest; it also ends a circle through several links.
const MAX_TEMPLATE_DEPTH: usize = 6;

#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("there is no folder `{path}` here: run this beside it, or name another", path = path.display())]
    NoFolder { path: PathBuf },
    #[error("cannot read the folder {path}", path = path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error(
        "{path} holds no program: a program is a folder with a {PROGRAM_FILE}",
        path = path.display()
    )]
    NoProgram { path: PathBuf },
    #[error("cannot read the template {path}: {reason}", path = path.display())]
    Template { path: PathBuf, reason: String },
}

/// The texts of a workspace.
#[derive(Debug, Default, PartialEq)]
pub struct Loaded {
    pub programs: Vec<ProgramSource>,
    /// By path below the template folder, with `/` between the parts.
    pub templates: BTreeMap<String, String>,
    /// Files that could not be read.
    pub unreadable: Vec<Problem>,
}

impl Loaded {
    /// Checks everything; a file that could not be read is a problem too.
    pub fn check(&self) -> Checked {
        self.check_at(None)
    }

    /// The same, and what only a moment can tell: promises that are overdue.
    pub fn check_at(&self, now: Option<DateTime<Utc>>) -> Checked {
        let mut checked = check_at(&self.programs, now);
        if !self.unreadable.is_empty() {
            checked.workspace = None;
            checked.problems.splice(0..0, self.unreadable.iter().cloned());
        }
        checked
    }
}

pub fn load(dir: &Path) -> Result<Loaded, WorkspaceError> {
    let mut loaded = Loaded::default();
    if !dir.exists() {
        return Err(WorkspaceError::NoFolder { path: dir.to_owned() });
    }
    if dir.join(PROGRAM_FILE).exists() {
        // The name of `.` is only known once resolved.
        let id = dir.canonicalize().ok().and_then(|d| Some(d.file_name()?.to_str()?.to_owned()));
        let program = program(dir, id.unwrap_or_default(), &mut loaded.unreadable);
        loaded.programs.extend(program);
    } else {
        for path in sorted(dir).map_err(|source| unlisted(dir, source))? {
            match is_program(&path) {
                Ok(false) => {}
                Ok(true) => {
                    let id = name_of(&path).unwrap_or_default();
                    loaded.programs.extend(program(&path, id, &mut loaded.unreadable));
                }
                // It may be a program, and leaving it out in silence would be worse.
                Err(error) => loaded.unreadable.push(problem(&path, error.to_string())),
            }
        }
    }
    if loaded.programs.is_empty() && loaded.unreadable.is_empty() {
        return Err(WorkspaceError::NoProgram { path: dir.to_owned() });
    }
    let templates = dir.join(TEMPLATE_FOLDER);
    if templates.is_dir() {
        read_templates(&templates, "", MAX_TEMPLATE_DEPTH, &mut loaded.templates)?;
    }
    Ok(loaded)
}

fn program(dir: &Path, id: String, unreadable: &mut Vec<Problem>) -> Option<ProgramSource> {
    let mut source = |name: &str| source(&dir.join(name), unreadable);
    let settings = source(PROGRAM_FILE);
    let apis = if dir.join(CATALOGUE_FILE).exists() { source(CATALOGUE_FILE) } else { None };
    let notices = notices(dir, unreadable);
    let translations = translations(dir, unreadable);
    settings.map(|program| ProgramSource { id, program, apis, notices, translations })
}

/// What is in a folder; one that cannot be listed is a problem.
fn listed(dir: &Path, unreadable: &mut Vec<Problem>) -> Vec<PathBuf> {
    sorted(dir).unwrap_or_else(|error| {
        unreadable.push(problem(dir, error.to_string()));
        Vec::new()
    })
}

/// The YAML files of a folder that are neither settings nor a catalogue.
fn notices(dir: &Path, unreadable: &mut Vec<Problem>) -> Vec<(String, SourceFile)> {
    let mut stems = Vec::new();
    for path in listed(dir, unreadable) {
        let Some(name) = name_of(&path) else { continue };
        if name == PROGRAM_FILE || name == CATALOGUE_FILE || name.starts_with('.') {
            continue;
        }
        if let Some(stem) = name.strip_suffix(".yaml") {
            stems.push((stem.to_owned(), path));
        } else if name.ends_with(".yml") {
            let problem = problem(&path, "files that end in .yml are not read".to_owned());
            unreadable.push(problem.help("rename it to end in .yaml"));
        }
    }
    let texts = in_order(&stems, |(_, path)| read_text(path));
    let mut notices = Vec::new();
    for ((stem, path), text) in stems.into_iter().zip(texts) {
        notices.extend(source_of(&path, text, unreadable).map(|file| (stem, file)));
    }
    notices
}

/// The folders of a program that are named like a locale and hold YAML. What is
/// below them is not looked at, so no circle of links has a second turn; a link
/// to the program itself would only be read as its own translation, and one to a
/// folder around it leads to other programs.
fn translations(dir: &Path, unreadable: &mut Vec<Problem>) -> Vec<TranslationSource> {
    let mut translations = Vec::new();
    // That it cannot be listed was told with the notices.
    for path in sorted(dir).unwrap_or_default() {
        let Some(locale) = name_of(&path).filter(|name| is_like_a_locale(name)) else { continue };
        let target = match path.canonicalize() {
            Ok(target) => target,
            Err(failure) => {
                unreadable.push(problem(&path, failure.to_string()));
                continue;
            }
        };
        if !target.is_dir() {
            continue;
        }
        if dir.canonicalize().is_ok_and(|own| own == target) {
            let reason = "this link leads back to the folder it stands in".to_owned();
            unreadable.push(problem(&path, reason).help("give each locale a folder of its own"));
            continue;
        }
        if leads_back(&path) {
            continue;
        }
        let mut read = |name: &str| {
            let path = path.join(name);
            if path.exists() { source(&path, unreadable) } else { None }
        };
        let (program, apis) = (read(PROGRAM_FILE), read(CATALOGUE_FILE));
        let notices = notices(&path, unreadable);
        let translation = TranslationSource { locale, program, apis, notices };
        if translation.files().next().is_some() {
            translations.push(translation);
        }
    }
    translations
}

/// `de`, `pt-BR`, and what somebody may write instead: `DE`, `pt_br`.
fn is_like_a_locale(name: &str) -> bool {
    let (language, region) = name.split_once(['-', '_']).unwrap_or((name, "XX"));
    let is_word = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    matches!(language.len(), 2 | 3) && region.len() == 2 && is_word(language) && is_word(region)
}

/// Whether a folder holds a program; an error where that cannot be told.
fn is_program(path: &Path) -> io::Result<bool> {
    match fs::metadata(path.join(PROGRAM_FILE)) {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(false),
            _ => Err(error),
        },
    }
}

fn unlisted(dir: &Path, source: io::Error) -> WorkspaceError {
    WorkspaceError::Folder { path: dir.to_owned(), source }
}

fn sorted(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir)?;
    let mut paths = entries.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.to_owned())
}

fn source(path: &Path, unreadable: &mut Vec<Problem>) -> Option<SourceFile> {
    source_of(path, read_text(path), unreadable)
}

fn source_of(
    path: &Path,
    text: Result<String, String>,
    unreadable: &mut Vec<Problem>,
) -> Option<SourceFile> {
    match text {
        Ok(text) => Some(SourceFile::new(&path.display().to_string(), &text)),
        Err(reason) => {
            unreadable.push(problem(path, reason));
            None
        }
    }
}

fn problem(path: &Path, reason: String) -> Problem {
    let place = Place::new(&path.display().to_string().into(), &"".into(), 0..0);
    Problem::error(Code::Unreadable, place, reason)
}

/// Reads no more than a file may have, whatever its size claims to be.
fn read_text(path: &Path) -> Result<String, String> {
    let limit = MOST_READ;
    let is_file = fs::metadata(path).map_err(|e| e.to_string())?.is_file();
    if !is_file {
        return Err("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|e| e.to_string())?;
    file.take(limit).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    let is_cut = bytes.len() as u64 == limit;
    if is_cut
        && let Err(cut) = str::from_utf8(&bytes)
        && cut.error_len().is_none()
    {
        bytes.truncate(cut.valid_up_to());
    }
    String::from_utf8(bytes).map_err(|bad| {
        let at = bad.utf8_error().valid_up_to();
        let line = bad.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        format!("it is not UTF-8: line {line} has a byte that no character begins with")
    })
}

/// Whether it is a link to a folder that it stands in: a circle.
fn leads_back(path: &Path) -> bool {
    let around = path.parent().and_then(|dir| dir.canonicalize().ok());
    let target = path.canonicalize().ok();
    target.zip(around).is_some_and(|(target, around)| around.starts_with(target))
}

fn read_templates(
    dir: &Path,
    below: &str,
    depth: usize,
    templates: &mut BTreeMap<String, String>,
) -> Result<(), WorkspaceError> {
    for path in sorted(dir).map_err(|source| unlisted(dir, source))? {
        let Some(name) = name_of(&path).filter(|name| !name.starts_with('.')) else { continue };
        let relative = if below.is_empty() { name } else { format!("{below}/{name}") };
        if path.is_dir() {
            if depth > 0 && !leads_back(&path) {
                read_templates(&path, &relative, depth - 1, templates)?;
            }
            continue;
        }
        let text = read_text(&path)
            .map_err(|reason| WorkspaceError::Template { path: path.clone(), reason })?;
        templates.insert(relative, text);
    }
    Ok(())
}
