//! What changed between two workspaces, in the words of amendments, and which
//! changes of dates, scope or rows no amendment tells.
//!
//! Pure: it is given two checked workspaces, and knows neither where they come
//! from nor what time it is. The order of maps and lists of ids is no change.

mod amended;
mod catalogue;
mod events;
mod fields;
mod notice;
mod rows;
mod translations;
mod words;

pub use amended::added_amendments;
pub use notice::compare as notice_diff;

use crate::notice::{AmendmentKind, NoticeId, ProgramId, RowId, Workspace};
use serde::{Serialize, Serializer};
use std::fmt;

/// What happened to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    New,
    Gone,
    /// Texts, catalogue and settings: nothing that a date or a row depends on.
    Changed,
    Amended(AmendmentKind),
}

impl Word {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Amended(kind) => kind.as_str(),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One change of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub word: Word,
    /// What changed: `cutoff`, `scope`, `row`, `brownout noon start`, `summary`, …
    pub what: String,
    /// The rows of the schedule it touches; all or none when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowId>,
    /// Absent where there was nothing, or where it is too long to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The newer workspace's amendments that tell of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<Told>,
    /// Why readers would not learn of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undeclared: Option<String>,
    /// The amendment that would tell them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
}

/// What an amendment must say, but for its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    pub kind: AmendmentKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former: Option<String>,
}

/// An amendment, as far as it tells of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub date: String,
    pub kind: AmendmentKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Change {
    fn new(word: Word, what: impl Into<String>) -> Self {
        Self {
            word,
            what: what.into(),
            rows: Vec::new(),
            before: None,
            after: None,
            amendments: Vec::new(),
            undeclared: None,
            missing: None,
        }
    }

    fn values(self, before: Option<String>, after: Option<String>) -> Self {
        Self { before, after, ..self }
    }

    fn row(self, row: &RowId) -> Self {
        Self { rows: vec![row.clone()], ..self }
    }

    fn warn(self, why: impl Into<String>) -> Self {
        Self { undeclared: Some(why.into()), ..self }
    }

    fn needs(self, kind: AmendmentKind, former: Option<String>) -> Self {
        Self { missing: Some(Missing { kind, former }), ..self.warn("no amendment says so") }
    }

    /// The entry to add to the notice's amendments, as YAML.
    pub fn advice(&self) -> Option<String> {
        let Missing { kind, former } = self.missing.as_ref()?;
        let rows: Vec<_> = self.rows.iter().map(RowId::as_str).collect();
        let rows = match rows[..] {
            [] => String::new(),
            _ => format!(", rows: [{}]", rows.join(", ")),
        };
        let former = former.as_ref().map_or(String::new(), |former| format!(", former: {former}"));
        Some(format!("{{date: …, kind: {}{rows}{former}}}", kind.as_str()))
    }

    /// Whether it says the same as `other` of another row.
    fn is_same_elsewhere(&self, other: &Self) -> bool {
        let elsewhere = |change: &Self| Self { rows: Vec::new(), ..change.clone() };
        !self.rows.is_empty() && !other.rows.is_empty() && elsewhere(self) == elsewhere(other)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeDiff {
    pub notice: NoticeId,
    pub title: String,
    pub changes: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgramDiff {
    pub program: ProgramId,
    /// Of the program itself, its settings and its catalogue.
    pub changes: Vec<Change>,
    pub notices: Vec<NoticeDiff>,
}

/// Only what changed is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    pub programs: Vec<ProgramDiff>,
}

impl Diff {
    pub fn is_empty(&self) -> bool {
        self.programs.is_empty()
    }

    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.programs.iter().flat_map(|program| {
            let notices = program.notices.iter().flat_map(|notice| &notice.changes);
            program.changes.iter().chain(notices)
        })
    }

    /// Changes that no amendment tells.
    pub fn undeclared(&self) -> usize {
        self.changes().filter(|change| change.undeclared.is_some()).count()
    }
}

/// What changed from `old` to `new`.
pub fn diff(old: &Workspace, new: &Workspace) -> Diff {
    let mut programs = Vec::new();
    for (id, program) in &new.programs {
        let before = old.programs.get(id);
        let changes = match before {
            None => vec![Change::new(Word::New, "program")],
            Some(before) => catalogue::changes(before, program),
        };
        let of_notice = |notice| notice::compare(before, program, notice);
        let current = program.notices.values().filter_map(of_notice);
        let gone = before.into_iter().flat_map(|before| notice::gone(before, program));
        let notices: Vec<_> = current.chain(gone).collect();
        if !changes.is_empty() || !notices.is_empty() {
            programs.push(ProgramDiff { program: id.clone(), changes, notices });
        }
    }
    for (id, before) in old.programs.iter().filter(|(id, _)| !new.programs.contains_key(*id)) {
        let notices = before.notices.values().map(notice::vanished).collect();
        let changes = vec![Change::new(Word::Gone, "program")];
        programs.push(ProgramDiff { program: id.clone(), changes, notices });
    }
    Diff { programs }
}
