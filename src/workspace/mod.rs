//! The folder on disk: reads it into texts for `declaration`.
//!
//! A workspace is a folder of programs, or one program's folder. Nothing else
//! touches these files, and nothing here knows what they mean.

use crate::declaration::{
    Checked, Code, MAX_FILE_BYTES, Place, Problem, ProgramSource, SourceFile, TranslationSource,
    check,
};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The settings file that makes a folder a program.
const PROGRAM_FILE: &str = "program.yaml";
const CATALOGUE_FILE: &str = "apis.yaml";
/// The folder of a workspace's own templates.
const TEMPLATE_FOLDER: &str = "templates";
/// How deep template folders may nest; it also ends a circle of links.
const MAX_TEMPLATE_DEPTH: usize = 6;

#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("cannot read the folder {path}: {source}", path = path.display())]
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
#[derive(Debug, Default)]
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
        let mut checked = check(&self.programs);
        if !self.unreadable.is_empty() {
            checked.workspace = None;
            checked.problems.splice(0..0, self.unreadable.iter().cloned());
        }
        checked
    }
}

pub fn load(dir: &Path) -> Result<Loaded, WorkspaceError> {
    let mut loaded = Loaded::default();
    if dir.join(PROGRAM_FILE).exists() {
        // The name of `.` is only known once resolved.
        let id = dir.canonicalize().ok().and_then(|d| Some(d.file_name()?.to_str()?.to_owned()));
        let program = program(dir, id.unwrap_or_default(), &mut loaded.unreadable)?;
        loaded.programs.extend(program);
    } else {
        for path in sorted(dir)?.into_iter().filter(|path| path.join(PROGRAM_FILE).exists()) {
            let id = name_of(&path).unwrap_or_default();
            let program = program(&path, id, &mut loaded.unreadable)?;
            loaded.programs.extend(program);
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

fn program(
    dir: &Path,
    id: String,
    unreadable: &mut Vec<Problem>,
) -> Result<Option<ProgramSource>, WorkspaceError> {
    let mut source = |name: &str| source(&dir.join(name), unreadable);
    let settings = source(PROGRAM_FILE);
    let apis = if dir.join(CATALOGUE_FILE).exists() { source(CATALOGUE_FILE) } else { None };
    let notices = notices(dir, unreadable)?;
    let translations = translations(dir, unreadable)?;
    Ok(settings.map(|program| ProgramSource { id, program, apis, notices, translations }))
}

/// The YAML files of a folder that are neither settings nor a catalogue.
fn notices(
    dir: &Path,
    unreadable: &mut Vec<Problem>,
) -> Result<Vec<(String, SourceFile)>, WorkspaceError> {
    let mut notices = Vec::new();
    for path in sorted(dir)? {
        let Some(name) = name_of(&path) else { continue };
        if name == PROGRAM_FILE || name == CATALOGUE_FILE || name.starts_with('.') {
            continue;
        }
        if let Some(stem) = name.strip_suffix(".yaml") {
            notices.extend(source(&path, unreadable).map(|file| (stem.to_owned(), file)));
        } else if name.ends_with(".yml") {
            let problem = problem(&path, "files that end in .yml are not read".to_owned());
            unreadable.push(problem.help("rename it to end in .yaml"));
        }
    }
    Ok(notices)
}

/// The folders of a program that are named like a locale and hold YAML. What is
/// below them is not looked at, so no circle of links has a second turn; one
/// that leads back into the program would only be read as its own translation.
fn translations(
    dir: &Path,
    unreadable: &mut Vec<Problem>,
) -> Result<Vec<TranslationSource>, WorkspaceError> {
    let mut translations = Vec::new();
    for path in sorted(dir)? {
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
        if dir.canonicalize().is_ok_and(|own| own.starts_with(&target)) {
            let reason = "this link leads back to the folder it stands in".to_owned();
            unreadable.push(problem(&path, reason).help("give each locale a folder of its own"));
            continue;
        }
        let mut read = |name: &str| {
            let path = path.join(name);
            if path.exists() { source(&path, unreadable) } else { None }
        };
        let (program, apis) = (read(PROGRAM_FILE), read(CATALOGUE_FILE));
        let notices = notices(&path, unreadable)?;
        let translation = TranslationSource { locale, program, apis, notices };
        if translation.files().next().is_some() {
            translations.push(translation);
        }
    }
    Ok(translations)
}

/// `de`, `pt-BR`, and what somebody may write instead: `DE`, `pt_br`.
fn is_like_a_locale(name: &str) -> bool {
    let (language, region) = name.split_once(['-', '_']).unwrap_or((name, "XX"));
    let is_word = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    matches!(language.len(), 2 | 3) && region.len() == 2 && is_word(language) && is_word(region)
}

fn sorted(dir: &Path) -> Result<Vec<PathBuf>, WorkspaceError> {
    let folder = |source| WorkspaceError::Folder { path: dir.to_owned(), source };
    let entries = fs::read_dir(dir).map_err(folder)?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|e| e.path())).collect();
    let mut paths = paths.map_err(folder)?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.to_owned())
}

fn source(path: &Path, unreadable: &mut Vec<Problem>) -> Option<SourceFile> {
    match read_text(path) {
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
    let limit = MAX_FILE_BYTES as u64 + 1;
    let is_file = fs::metadata(path).map_err(|e| e.to_string())?.is_file();
    if !is_file {
        return Err("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|e| e.to_string())?;
    file.take(limit).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    String::from_utf8(bytes).map_err(|bad| {
        let at = bad.utf8_error().valid_up_to();
        let line = bad.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        format!("it is not UTF-8: line {line} has a byte that no character begins with")
    })
}

fn read_templates(
    dir: &Path,
    below: &str,
    depth: usize,
    templates: &mut BTreeMap<String, String>,
) -> Result<(), WorkspaceError> {
    for path in sorted(dir)? {
        let Some(name) = name_of(&path).filter(|name| !name.starts_with('.')) else { continue };
        let relative = if below.is_empty() { name } else { format!("{below}/{name}") };
        if path.is_dir() {
            if depth > 0 {
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
