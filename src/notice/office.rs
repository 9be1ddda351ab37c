//! What somebody of the office may do.

use std::fmt;
use std::str::FromStr;

/// How far a token reaches. Each scope includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfficeScope {
    /// See the proof of who was told what.
    Viewer,
    /// Approve what is announced.
    Approver,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scope: write viewer or approver")]
pub struct BadScope(String);

impl OfficeScope {
    pub const ALL: [Self; 2] = [Self::Viewer, Self::Approver];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
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
