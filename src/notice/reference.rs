//! References to APIs, groups and operations, as written and as resolved.

use super::{ApiId, BadId, GroupId, Operation};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// `NAME[@VERSIONS][ METHOD /path]`, where NAME is an API or a group.
///
/// `contacts`, `contacts@v2`, `contacts@v1..v3`, `contacts@..v2`,
/// `contacts@v2 GET /contacts`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    pub name: ApiId,
    pub versions: Option<VersionRange>,
    pub operation: Option<Operation>,
}

/// Both ends are included; an absent end is open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionRange {
    pub from: Option<String>,
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReference {
    #[error(transparent)]
    Name(#[from] BadId),
    #[error(transparent)]
    Operation(#[from] super::BadOperation),
    #[error("`{0}` names no API: write it before the operation, such as `contacts {0}`")]
    NoName(Operation),
    #[error("`{0}` names no version: write NAME@VERSION, NAME@FROM..TO, NAME@FROM.. or NAME@..TO")]
    Versions(String),
}

impl FromStr for Reference {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        if let Ok(operation) = text.trim().parse::<Operation>() {
            return Err(BadReference::NoName(operation));
        }
        let (target, operation) = match text.split_once(' ') {
            Some((target, operation)) => (target, Some(operation.trim().parse()?)),
            None => (text, None),
        };
        let Some((name, versions)) = target.split_once('@') else {
            return Ok(Self { name: target.parse()?, versions: None, operation });
        };
        let end = |v: &str| (!v.is_empty()).then(|| v.to_owned());
        let range = match versions.split_once("..") {
            Some((from, to)) => VersionRange { from: end(from), to: end(to) },
            None => VersionRange { from: end(versions), to: end(versions) },
        };
        if range.from.is_none() && range.to.is_none() {
            return Err(BadReference::Versions(text.to_owned()));
        }
        Ok(Self { name: name.parse()?, versions: Some(range), operation })
    }
}

impl TryFrom<String> for Reference {
    type Error = BadReference;
    fn try_from(text: String) -> Result<Self, BadReference> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> String {
        reference.to_string()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(VersionRange { from, to }) = &self.versions {
            match (from, to) {
                (Some(from), Some(to)) if from == to => write!(f, "@{from}")?,
                (from, to) => write!(
                    f,
                    "@{}..{}",
                    from.as_deref().unwrap_or_default(),
                    to.as_deref().unwrap_or_default()
                )?,
            }
        }
        match &self.operation {
            Some(operation) => write!(f, " {operation}"),
            None => Ok(()),
        }
    }
}

/// A reference resolved: one API, or part of one, that a row or an error concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    pub api: ApiId,
    /// The group through which it was selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Exactly these versions, oldest first; all of them when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
}
