//! Taking in what a mail server put into a maildir.

use super::{MAX_MESSAGE_BYTES, Verdict, take_in};
use crate::links::Keys;
use crate::store::{Store, StoreError};
use chrono::{DateTime, Utc};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum MaildirError {
    #[error("`{folder}` cannot be used as a maildir: {reason}")]
    Folder { folder: PathBuf, reason: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was in the maildir.
#[derive(Debug, Default)]
pub struct Drained {
    pub verdicts: Vec<Verdict>,
    /// Files that could not be read or moved, and so are still there.
    pub failed: Vec<(PathBuf, io::Error)>,
}

/// Takes in every message of `new`, oldest name first, and moves it to `cur`.
///
/// A message is moved once it is on record. After a crash in between it is
/// taken in again, which changes nothing; two at the same maildir share the
/// work the same way.
pub async fn drain(
    store: &Store,
    keys: &Keys,
    maildir: &Path,
    at: DateTime<Utc>,
) -> Result<Drained, MaildirError> {
    let (new, cur) = (maildir.join("new"), maildir.join("cur"));
    let bad = |reason| MaildirError::Folder { folder: maildir.to_owned(), reason };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&new).map_err(bad)? {
        let entry = entry.map_err(bad)?;
        // Whoever delivers puts files here, whole; a link leads elsewhere.
        if entry.file_type().map_err(bad)?.is_file() {
            names.push(entry.file_name());
        }
    }
    names.sort();
    std::fs::create_dir_all(&cur).map_err(bad)?;
    let mut drained = Drained::default();
    for name in names {
        let path = new.join(&name);
        let raw = match read(&path) {
            Ok(raw) => raw,
            Err(gone) if gone.kind() == ErrorKind::NotFound => continue,
            Err(reason) => {
                drained.failed.push((path, reason));
                continue;
            }
        };
        drained.verdicts.push(take_in(store, keys, &raw, None, at).await?);
        // `S`: seen.
        let mut seen = name;
        seen.push(":2,S");
        match std::fs::rename(&path, cur.join(seen)) {
            Err(reason) if reason.kind() != ErrorKind::NotFound => {
                drained.failed.push((path, reason));
            }
            _ => {}
        }
    }
    Ok(drained)
}

/// One byte more than is looked at says that there was more.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    File::open(path)?.take(MAX_MESSAGE_BYTES as u64 + 1).read_to_end(&mut raw)?;
    Ok(raw)
}
