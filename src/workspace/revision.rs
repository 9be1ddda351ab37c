//! The folder as it stood in a revision of its git repository.
//!
//! git is asked for objects by their ids and for nothing else: no checkout, no
//! filter, no hook and no network has a part in it, and no shell sees what was
//! typed. The files go to a temporary folder and are read like any other, so
//! that a revision means what the folder meant.

use super::{Loaded, WorkspaceError, load};
use crate::declaration::{MAX_FILE_BYTES, SourceFile, TranslationSource};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with more entries than this is not one of declarations.
const MAX_FILES: usize = 200_000;

#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    #[error("`{0}` is not a revision: write a commit, a branch or a tag")]
    Name(String),
    #[error("git cannot be run: {0}")]
    Absent(io::Error),
    #[error("git does not know `{what}`: {said}")]
    Unknown { what: String, said: String },
    #[error("git answered with something else than was asked for: {0}")]
    Answer(String),
    #[error(
        "`{path}` is a symbolic link in {revision}, and links are not followed into the past: \
         compare a folder that you checked out"
    )]
    Link { path: String, revision: String },
    #[error("{revision} has more than {MAX_FILES} files in the folder")]
    TooMany { revision: String },
    #[error("cannot write to a temporary folder: {0}")]
    Temporary(io::Error),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// Reads `dir` as it stood in `revision`. Problems name `git:REVISION:…`.
pub fn load_revision(revision: &str, dir: &Path) -> Result<Loaded, RevisionError> {
    // A leading dash would be read as an option, and a colon as a path.
    let is_name = !revision.is_empty()
        && !revision.starts_with('-')
        && !revision.contains(|c: char| c == ':' || c.is_control());
    if !is_name {
        return Err(RevisionError::Name(revision.to_owned()));
    }
    let (start, below) = nearest_folder(dir);
    let git = Git { start };
    let commit = git.id(&format!("{revision}^{{commit}}"), revision)?;
    let folder = format!("{revision}:{}", dir.display());
    let tree = git.id(&format!("{commit}:./{}", below.display()), &folder)?;
    let entries = git.entries(&tree, revision)?;
    let temporary = tempfile::tempdir().map_err(RevisionError::Temporary)?;
    // A program's id is the name of its folder, so the name is kept.
    let name = dir.canonicalize().ok().and_then(|dir| Some(dir.file_name()?.to_owned()));
    let name = name.or_else(|| dir.file_name().map(ToOwned::to_owned));
    let root = temporary.path().join(name.unwrap_or_else(|| "workspace".into()));
    std::fs::create_dir(&root).map_err(RevisionError::Temporary)?;
    git.extract(&entries, &root)?;
    let mut loaded = load(&root).map_err(|error| named(error, revision, dir, &root))?;
    let shown = |path: &str| {
        let inside = path.strip_prefix(&*root.to_string_lossy()).unwrap_or(path);
        format!("git:{revision}:{}{inside}", dir.display())
    };
    for program in &mut loaded.programs {
        let notices = program.notices.iter_mut().map(|(_, file)| file);
        let translated = program.translations.iter_mut().flat_map(TranslationSource::files_mut);
        let files = [Some(&mut program.program), program.apis.as_mut()];
        for file in files.into_iter().flatten().chain(notices).chain(translated) {
            *file = SourceFile { path: shown(&file.path).into(), text: file.text.clone() };
        }
    }
    for problem in &mut loaded.unreadable {
        problem.place.file = shown(&problem.place.file).into();
    }
    Ok(loaded)
}

/// Errors name the folder that was asked for, not the temporary one.
fn named(error: WorkspaceError, revision: &str, dir: &Path, root: &Path) -> WorkspaceError {
    let shown = |path: PathBuf| {
        let inside = path.strip_prefix(root).unwrap_or(Path::new("")).to_owned();
        PathBuf::from(format!("git:{revision}:{}", dir.join(inside).display()))
    };
    match error {
        WorkspaceError::Folder { path, source } => {
            WorkspaceError::Folder { path: shown(path), source }
        }
        WorkspaceError::NoFolder { path } => WorkspaceError::NoFolder { path: shown(path) },
        WorkspaceError::NoProgram { path } => WorkspaceError::NoProgram { path: shown(path) },
        WorkspaceError::Template { path, reason } => {
            WorkspaceError::Template { path: shown(path), reason }
        }
    }
}

/// The deepest part of `dir` that is there today, and what lies below it: the
/// folder may have been removed since.
fn nearest_folder(dir: &Path) -> (PathBuf, PathBuf) {
    let found = dir.ancestors().find(|part| !part.as_os_str().is_empty() && part.is_dir());
    let start = found.unwrap_or(Path::new("."));
    let below = dir.strip_prefix(start).unwrap_or(dir);
    (start.to_owned(), below.to_owned())
}

struct Entry {
    /// Below the folder, made of plain names alone.
    path: PathBuf,
    object: String,
}

struct Git {
    start: PathBuf,
}

impl Git {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .arg("-C")
            .arg(&self.start)
            .args(arguments)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .stdin(Stdio::null());
        command
    }

    fn say(&self, arguments: &[&str], what: &str) -> Result<Vec<u8>, RevisionError> {
        let output = self.command(arguments).output().map_err(RevisionError::Absent)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("no such object").to_owned();
        Err(RevisionError::Unknown { what: what.to_owned(), said })
    }

    /// The id of an object by its name, which people know as `shown`.
    fn id(&self, name: &str, shown: &str) -> Result<String, RevisionError> {
        let answer = self.say(&["rev-parse", "--verify", "--end-of-options", name], shown)?;
        let id = String::from_utf8_lossy(&answer).trim().to_owned();
        let is_id = id.len() >= 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
        if is_id { Ok(id) } else { Err(RevisionError::Answer(id)) }
    }

    /// The files below a tree. What cannot be a declaration or a template, such
    /// as a picture of many megabytes, is left out.
    fn entries(&self, tree: &str, revision: &str) -> Result<Vec<Entry>, RevisionError> {
        let listing = self.say(&["ls-tree", "-r", "-z", "-l", "--full-tree", tree], tree)?;
        let mut entries = Vec::new();
        for line in listing.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let line = String::from_utf8_lossy(line);
            let bad = || RevisionError::Answer(line.to_string());
            let (head, path) = line.split_once('\t').ok_or_else(bad)?;
            let head: Vec<_> = head.split_whitespace().collect();
            let [mode, kind, object, size] = head[..] else { return Err(bad()) };
            let is_read = is_read(path);
            if mode == "120000" && is_read {
                let (path, revision) = (path.to_owned(), revision.to_owned());
                return Err(RevisionError::Link { path, revision });
            }
            let is_small = size.parse::<usize>().is_ok_and(|size| size <= MAX_FILE_BYTES);
            if kind != "blob" || mode == "120000" || !(is_small || is_read) {
                continue;
            }
            let path = PathBuf::from(path);
            if !path.components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(bad());
            }
            if entries.len() == MAX_FILES {
                return Err(RevisionError::TooMany { revision: revision.to_owned() });
            }
            entries.push(Entry { path, object: object.to_owned() });
        }
        Ok(entries)
    }

    /// Writes every entry below `root`. One process gives all of them; it is
    /// asked for one at a time, so that neither side waits for the other.
    fn extract(&self, entries: &[Entry], root: &Path) -> Result<(), RevisionError> {
        let mut command = self.command(&["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(RevisionError::Absent)?;
        let (Some(mut asked), Some(answered)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(RevisionError::Answer("no pipe".to_owned()));
        };
        let mut answered = BufReader::new(answered);
        let broken = |error: io::Error| RevisionError::Answer(error.to_string());
        for entry in entries {
            writeln!(asked, "{}", entry.object).map_err(broken)?;
            asked.flush().map_err(broken)?;
            let mut head = String::new();
            answered.read_line(&mut head).map_err(broken)?;
            let size = head.split_whitespace().nth(2).and_then(|size| size.parse::<u64>().ok());
            let size = size.ok_or_else(|| RevisionError::Answer(head.trim().to_owned()))?;
            let path = root.join(&entry.path);
            let folder = path.parent().unwrap_or(root);
            std::fs::create_dir_all(folder).map_err(RevisionError::Temporary)?;
            let mut file = std::fs::File::create(&path).map_err(RevisionError::Temporary)?;
            let kept = size.min(super::MOST_READ);
            io::copy(&mut answered.by_ref().take(kept), &mut file)
                .map_err(RevisionError::Temporary)?;
            let rest = size - kept + 1;
            io::copy(&mut answered.by_ref().take(rest), &mut io::sink()).map_err(broken)?;
        }
        drop(asked);
        child.wait().map_err(broken)?;
        Ok(())
    }
}

/// Whether the reader of folders would look at it, however large it is.
fn is_read(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}
