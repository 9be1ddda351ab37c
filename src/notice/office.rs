//! Who acts for the office, and what they may do.

use std::fmt;
use std::str::FromStr;

/// How far somebody of the office reaches. Each scope includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfficeScope {
    /// See everything the office sees: the queue, who was told what, the record.
    Viewer,
    /// Hold, release and retry messages, look after subscribers, send tests.
    Editor,
    /// Approve and announce, and say who else may act.
    Approver,
}

/// Somebody of the office who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// As records name them: the name of their token, or what single sign-on calls them.
    pub name: String,
    pub scope: OfficeScope,
    /// The token that they showed; absent where a proxy vouches for them.
    pub token: Option<i64>,
}

/// A reason that is longer is a report.
const MAX_REASON_CHARS: usize = 500;

/// Why somebody of the office does something, in one line, as it is kept.
pub fn reason(text: &str) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    match line.chars().count() {
        0 => Err("say why, in a few words".to_owned()),
        1..=MAX_REASON_CHARS => Ok(line),
        _ => Err(format!("a reason may have at most {MAX_REASON_CHARS} characters")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scope: write viewer, editor or approver")]
pub struct BadScope(String);

impl OfficeScope {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Approver];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Approver => "approver",
        }
    }
}

impl fmt::Display for OfficeScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for OfficeScope {
    type Err = BadScope;

    fn from_str(text: &str) -> Result<Self, BadScope> {
        let known = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        known.ok_or_else(|| BadScope(text.chars().take(40).collect()))
    }
}
