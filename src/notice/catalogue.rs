//! A program's catalogue: environments, APIs, groups and cohorts, as checked.
//!
//! References between them were resolved by `declaration`; nothing here looks
//! anything up by itself.

use super::{
    ApiId, CohortId, EnvironmentId, GroupId, HttpUrl, ProgramId, Reference, UrlId, ZoneName,
};
use chrono_tz::Tz;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What there is: environments, APIs, groups and cohorts, in the office's own
/// order, which everything shown keeps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Where APIs answer, by id.
    #[serde(default)]
    pub environments: IndexMap<EnvironmentId, Environment>,
    /// The APIs by their wire names: what integrators call them.
    #[serde(default)]
    pub apis: IndexMap<ApiId, Api>,
    /// Named selections of APIs, which rows refer to like an API.
    #[serde(default)]
    pub groups: IndexMap<GroupId, Group>,
    /// Integrators who are treated differently, by id.
    #[serde(default)]
    pub cohorts: IndexMap<CohortId, Cohort>,
}

/// A place where APIs answer: a stage, a region, a cloud, a platform, a sandbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// As tables and mails show it.
    pub title: String,
    /// Whether integrators test here or do business.
    pub stage: Stage,
    /// The region it stands in, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Where its wall clocks hang, if not in the program's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ZoneName>")]
    pub zone: Option<Tz>,
    /// Its base URLs, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub urls: IndexMap<UrlId, HttpUrl>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// For trying things out.
    Test,
    /// For business.
    Production,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Test => "test",
            Self::Production => "production",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// As tables and mails show it.
    pub title: String,
    /// What it does, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Addresses of its own, beside those of its environments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<HttpUrl>,
    /// Oldest first: a version range follows this order, not the spelling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// Its operations, each as `METHOD /path`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
    /// Where it can be called; everywhere when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub available: Vec<EnvironmentId>,
    /// Words by which a group can select it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What takes its place. Absent: nothing was said. `none`: there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<ReplacedBy>,
}

/// `METHOD /path`, as API references write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Operation {
    method: String,
    path: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an operation: write METHOD /path, such as `GET /v3/contacts`")]
pub struct BadOperation(String);

impl Operation {
    pub fn method(&self) -> &str {
        &self.method
    }
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl FromStr for Operation {
    type Err = BadOperation;
    fn from_str(text: &str) -> Result<Self, BadOperation> {
        let bad = || BadOperation(text.to_owned());
        let (method, path) = text.split_once(' ').ok_or_else(bad)?;
        let is_method = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
        let is_path = path.starts_with('/') && !path.contains(char::is_whitespace);
        if !is_method || !is_path {
            return Err(bad());
        }
        Ok(Self { method: method.to_owned(), path: path.to_owned() })
    }
}

impl TryFrom<String> for Operation {
    type Error = BadOperation;
    fn try_from(text: String) -> Result<Self, BadOperation> {
        text.parse()
    }
}

impl From<Operation> for String {
    fn from(operation: Operation) -> String {
        operation.to_string()
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What takes an API's place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ReplacedByWritten", into = "ReplacedByWritten")]
pub enum ReplacedBy {
    /// The office said that there is nothing.
    Nothing,
    /// Any one of these; each may be several APIs used together.
    Alternatives(Vec<Vec<Replacement>>),
}

/// An API of this program, or `program/api` of another in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Replacement {
    pub program: Option<ProgramId>,
    pub api: ApiId,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ReplacedByWritten {
    Word(String),
    Alternatives(Vec<OneOrTogether>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrTogether {
    One(Replacement),
    Together(Vec<Replacement>),
}

impl TryFrom<ReplacedByWritten> for ReplacedBy {
    type Error = String;
    fn try_from(written: ReplacedByWritten) -> Result<Self, String> {
        match written {
            ReplacedByWritten::Word(word) if word == "none" => Ok(Self::Nothing),
            ReplacedByWritten::Word(word) => Err(format!(
                "`{word}` is not a replacement: write a list of APIs, or `none` where there is none"
            )),
            ReplacedByWritten::Alternatives(list) => Ok(Self::Alternatives(
                list.into_iter()
                    .map(|one| match one {
                        OneOrTogether::One(one) => vec![one],
                        OneOrTogether::Together(all) => all,
                    })
                    .collect(),
            )),
        }
    }
}

impl From<ReplacedBy> for ReplacedByWritten {
    fn from(replaced_by: ReplacedBy) -> Self {
        match replaced_by {
            ReplacedBy::Nothing => Self::Word("none".to_owned()),
            ReplacedBy::Alternatives(list) => {
                Self::Alternatives(list.into_iter().map(OneOrTogether::Together).collect())
            }
        }
    }
}

impl TryFrom<String> for Replacement {
    type Error = super::BadId;
    fn try_from(text: String) -> Result<Self, super::BadId> {
        Ok(match text.split_once('/') {
            Some((program, api)) => Self { program: Some(program.parse()?), api: api.parse()? },
            None => Self { program: None, api: text.parse()? },
        })
    }
}

impl From<Replacement> for String {
    fn from(replacement: Replacement) -> String {
        replacement.to_string()
    }
}

impl fmt::Display for Replacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.program {
            Some(program) => write!(f, "{program}/{}", self.api),
            None => write!(f, "{}", self.api),
        }
    }
}

/// A named selection: a list, or a rule evaluated at each row's URLs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// As tables and mails show it.
    pub title: String,
    /// Its members: APIs, versions or operations of them, and other groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apis: Vec<Reference>,
    /// A rule that selects members; it is evaluated at each row's URLs.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub selector: Option<Selector>,
}

/// Every condition given must hold. `*` in `url` and `path` stands for any text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// The scheme of the URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// The URL; `*` stands for any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The method of an operation, such as `GET`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path of an operation; `*` stands for any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A tag of the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// Integrators who are treated differently, such as those with a signed extension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// As tables and mails show it.
    pub title: String,
    /// Who belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
