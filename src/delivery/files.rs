//! Mail as files, for a machine without a mail server: every message can be
//! opened in a mail program and looked at.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A folder that messages are written into.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub fn open(path: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a message so that no reader ever sees half of it, and gives the
    /// file's name. The name is made of the message's own number and
    /// Message-ID: what is written again takes its own place.
    pub fn write(&self, row: i64, message_id: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let id = message_id.split('@').next().unwrap_or_default();
        let file = self.0.join(format!("{row:06}-{id}.eml"));
        let partial = self.0.join(format!(".{row:06}-{id}.partial"));
        let mut written = File::create(&partial)?;
        written.write_all(bytes)?;
        // What is recorded as accepted must outlast a power cut: first the
        // bytes, then the name.
        written.sync_all()?;
        std::fs::rename(&partial, &file)?;
        File::open(&self.0)?.sync_all()?;
        Ok(file)
    }
}
