//! Mail as files, for a machine without a mail server: every message can be
//! opened in a mail program and looked at, by its owner alone: it holds personal links.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A folder that messages are written into.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub fn open(path: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a message so that no reader ever sees half of it, and gives the
    /// file's name. The name is made of the message's own number and
    /// Message-ID: what is written again takes its own place.
    pub fn write(&self, row: i64, message_id: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let id = message_id.split('@').next().unwrap_or_default();
        let file = self.0.join(format!("{row:06}-{id}.eml"));
        let partial = self.0.join(format!(".{row:06}-{id}.partial"));
        // What a broken-off attempt left may have been made for others to read.
        match std::fs::remove_file(&partial) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => return Err(reason),
            _ => {}
        }
        let mut written =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
        written.write_all(bytes)?;
        // What is recorded as accepted must outlast a power cut: first the
        // bytes, then the name.
        written.sync_all()?;
        std::fs::rename(&partial, &file)?;
        File::open(&self.0)?.sync_all()?;
        Ok(file)
    }
}
