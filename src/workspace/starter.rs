//! A workspace to begin with: commented files that pass `check`, with dates that
//! are still to come.
//!
//! The texts stand in `starter/`. What happens on which day is decided here, from
//! the day that is given; no clock is read.

use crate::declaration::{FileKind, schema};
use crate::notice::ProgramId;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The notice that a starter holds.
pub const STARTER_NOTICE: &str = "orders-v1";
/// The folder of the schemas that the files' first lines name.
const SCHEMA_FOLDER: &str = "schemas";

const PROGRAM: &str = include_str!("../../starter/program.yaml");
const APIS: &str = include_str!("../../starter/apis.yaml");
const NOTICE: &str = include_str!("../../starter/notice.yaml");

/// Days from the one that is given, each moved on to a working day. They keep the
/// notice that the starter's own policy promises.
const DAYS: [(&str, u64); 5] = [
    ("<announced>", 7),
    ("<deprecation>", 21),
    ("<sandbox>", 67),
    ("<brownout>", 150),
    ("<cutoff>", 187),
];

#[derive(Debug, thiserror::Error)]
pub enum StarterError {
    #[error("{path} is there already; nothing was written", path = path.display())]
    Exists { path: PathBuf },
    #[error("cannot write {path}: {source}", path = path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// The files of a new program, by path below the workspace.
pub fn starter(program: &ProgramId, today: NaiveDate) -> Vec<(PathBuf, String)> {
    let folder = Path::new(program.as_str());
    let mut notice = NOTICE.to_owned();
    for (name, ahead) in DAYS {
        notice = notice.replace(name, &working_day(today, ahead).to_string());
    }
    let mut files = vec![
        (folder.join("program.yaml"), PROGRAM.to_owned()),
        (folder.join("apis.yaml"), APIS.to_owned()),
        (folder.join(STARTER_NOTICE).with_added_extension("yaml"), notice),
    ];
    let schemas = FileKind::ALL.map(|kind| (kind.schema_file(), schema(kind)));
    files.extend(schemas.map(|(name, text)| (Path::new(SCHEMA_FOLDER).join(name), text)));
    files
}

/// The first day from Monday to Friday that is at least this far ahead.
fn working_day(today: NaiveDate, ahead: u64) -> NaiveDate {
    let mut day = today.checked_add_days(Days::new(ahead)).unwrap_or(today);
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day.succ_opt().unwrap_or(NaiveDate::MIN);
    }
    day
}

/// Writes the files below `dir`, all or none: what is there is never overwritten.
/// A file that already says the same, such as the schemas beside a second
/// program, may stay.
pub fn write_starter(dir: &Path, files: &[(PathBuf, String)]) -> Result<(), StarterError> {
    let mut missing = Vec::new();
    for (below, text) in files {
        let path = dir.join(below);
        match fs::read(&path) {
            Ok(there) if there == text.as_bytes() => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push((path, text)),
            _ => return Err(StarterError::Exists { path }),
        }
    }
    for (path, text) in missing {
        write_new(&path, text).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => StarterError::Exists { path: path.clone() },
            _ => StarterError::Write { path: path.clone(), source },
        })?;
    }
    Ok(())
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(path)?.write_all(text.as_bytes())
}
