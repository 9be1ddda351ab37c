//! The text of declaration files, as `workspace` or a test hands it over.

use std::sync::Arc;

/// Largest file read, in bytes. The longest real notice known has 5 kB.
pub const MAX_FILE_BYTES: usize = 2 * 1024 * 1024;

/// One file: where it says it is, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Shown in problems; nothing is opened by it.
    pub path: Arc<str>,
    pub text: Arc<str>,
}

impl SourceFile {
    pub fn new(path: &str, text: &str) -> Self {
        // Editors on some systems begin a file with a byte-order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path: path.into(), text: text.into() }
    }
}

/// A program's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramSource {
    /// The folder's name, which is the program's id.
    pub id: String,
    pub program: SourceFile,
    pub apis: Option<SourceFile>,
    /// By file stem, which is the notice's id, in order of names.
    pub notices: Vec<(String, SourceFile)>,
    /// What folders named by a locale hold.
    pub translations: Vec<TranslationSource>,
}

/// A locale's folder inside a program's. It holds at least one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TranslationSource {
    /// The folder's name, which is meant to be a locale.
    pub locale: String,
    pub program: Option<SourceFile>,
    pub apis: Option<SourceFile>,
    /// By file stem, as the notices they translate.
    pub notices: Vec<(String, SourceFile)>,
}

impl TranslationSource {
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        let notices = self.notices.iter().map(|(_, file)| file);
        self.program.iter().chain(&self.apis).chain(notices)
    }

    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut SourceFile> {
        let notices = self.notices.iter_mut().map(|(_, file)| file);
        self.program.iter_mut().chain(&mut self.apis).chain(notices)
    }
}
