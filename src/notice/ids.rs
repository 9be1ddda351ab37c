//! Identifiers: what a declaration refers to by name.
//!
//! All share one grammar, so that any of them can stand in a URL, a file name
//! or an XML name without escaping. This module does not know which ids exist;
//! `declaration` checks references.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Longest identifier accepted, in bytes. Long enough for any wire name seen
/// in the wild, short enough that ids stay readable in tables and mail headers.
pub const MAX_ID_BYTES: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{id}` is not a usable {what}: write letters, digits, `.`, `_` or `-`, \
     starting with a letter or digit, at most {MAX_ID_BYTES} characters"
)]
pub struct BadId {
    what: &'static str,
    id: String,
}

fn is_well_formed(id: &str) -> bool {
    let mut bytes = id.bytes();
    id.len() <= MAX_ID_BYTES
        && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(id: &str) -> Result<Self, BadId> {
                if is_well_formed(id) {
                    Ok(Self(id.into()))
                } else {
                    Err(BadId { what: $what, id: id.chars().take(MAX_ID_BYTES).collect() })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(id: String) -> Result<Self, BadId> {
                id.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

id!(
    /// A program: the folder's name, such as `usps-web-tools`.
    ProgramId, "program id"
);
id!(
    /// A notice within its program: the file's stem, such as `tls-1.2`.
    NoticeId, "notice id"
);
id!(
    /// An API by its wire name, such as `holdForPickup`.
    ApiId, "API name"
);
id!(
    /// An environment of a program, such as `prod`.
    EnvironmentId, "environment id"
);
id!(
    /// One base URL of an environment.
    UrlId, "URL id"
);
id!(
    /// A named selection of APIs.
    GroupId, "group id"
);
id!(
    /// A set of integrators that a row may be restricted to.
    CohortId, "cohort id"
);
id!(
    /// A row of a notice's schedule. Stable over revisions.
    RowId, "row id"
);
id!(
    /// A brownout of a notice's schedule. Stable over revisions.
    BrownoutId, "brownout id"
);
id!(
    /// A test endpoint declared by a notice.
    EndpointId, "test endpoint id"
);
id!(
    /// A named reminder ladder of a program.
    LadderId, "reminder ladder id"
);

/// A notice in full: `program/notice`, as the command line and URLs write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NoticePath {
    pub program: ProgramId,
    pub notice: NoticeId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNoticePath {
    #[error("`{0}` does not name a notice: write PROGRAM/NOTICE, such as `usps-web-tools/tls-1.2`")]
    NoSlash(String),
    #[error(transparent)]
    Id(#[from] BadId),
}

impl FromStr for NoticePath {
    type Err = BadNoticePath;
    fn from_str(path: &str) -> Result<Self, BadNoticePath> {
        let (program, notice) =
            path.split_once('/').ok_or_else(|| BadNoticePath::NoSlash(path.to_owned()))?;
        Ok(Self { program: program.parse()?, notice: notice.parse()? })
    }
}

impl fmt::Display for NoticePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.program, self.notice)
    }
}
