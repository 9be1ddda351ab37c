//! Where a command finds a workspace: a folder, a publication, or a revision of
//! a git repository.

use super::publish;
use crate::config::{DatabaseArguments, DatabaseUrl};
use crate::notice::Workspace;
use crate::store::{PublicationId, Store};
use crate::workspace;
use anyhow::{Context, bail};
use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The folder meant where none is named.
pub const FOLDER: &str = "notices";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Folder(PathBuf),
    /// The current one without a number.
    Publication(Option<i64>),
    Revision {
        revision: String,
        dir: Option<PathBuf>,
    },
}

/// `current`, `publication:N`, `publication:current`, `git:REV`, `git:REV:DIR`;
/// anything else is a folder. A folder of such a name is written `./current`.
impl FromStr for Source {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        if let Some(rest) = text.strip_prefix("git:") {
            let (revision, dir) = match rest.split_once(':') {
                Some((revision, dir)) => (revision, Some(PathBuf::from(dir))),
                None => (rest, None),
            };
            let dir = dir.filter(|dir| !dir.as_os_str().is_empty());
            return Ok(Self::Revision { revision: revision.to_owned(), dir });
        }
        let number = text.strip_prefix("publication:");
        Ok(match (text, number) {
            ("current", _) | (_, Some("current")) => Self::Publication(None),
            (_, Some(number)) if number.parse::<i64>().is_ok() => {
                Self::Publication(number.parse().ok())
            }
            _ => Self::Folder(PathBuf::from(text)),
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(dir) => write!(f, "{}", dir.display()),
            Self::Publication(None) => f.write_str("the current publication"),
            Self::Publication(Some(number)) => write!(f, "publication {number}"),
            Self::Revision { revision, dir: None } => write!(f, "git:{revision}"),
            Self::Revision { revision, dir: Some(dir) } => {
                write!(f, "git:{revision}:{}", dir.display())
            }
        }
    }
}

impl Source {
    /// The folder it names, for a revision beside it that names none.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(dir) => Some(dir),
            Self::Revision { dir, .. } => dir.as_deref(),
            Self::Publication(_) => None,
        }
    }

    /// The workspace; nothing where `check` found problems, which are printed.
    pub async fn read(
        &self,
        beside: Option<&Path>,
        database: &DatabaseArguments,
    ) -> anyhow::Result<Option<Arc<Workspace>>> {
        match self {
            Self::Folder(dir) => Ok(publish::read(dir)?.map(|read| read.workspace)),
            Self::Publication(number) => {
                let Some(store) = existing_store(database).await? else {
                    bail!(super::NOTHING_PUBLISHED)
                };
                let found = match number {
                    None => store.current_publication().await?,
                    Some(number) => store.publication(PublicationId::numbered(*number)).await?,
                };
                let found = found.with_context(|| match number {
                    None => super::NOTHING_PUBLISHED.to_owned(),
                    Some(number) => format!("there is no publication {number}"),
                })?;
                Ok(Some(found.publication.workspace))
            }
            Self::Revision { revision, dir } => {
                let dir = dir.as_deref().or(beside).unwrap_or(Path::new(FOLDER));
                let checked = workspace::load_revision(revision, dir)?.check();
                super::check::report(&checked)?;
                Ok(checked.workspace.map(Arc::new))
            }
        }
    }
}

/// The database, if there is one: asking must not make it.
pub async fn existing_store(database: &DatabaseArguments) -> anyhow::Result<Option<Store>> {
    let url = database.check()?;
    if matches!(&url, DatabaseUrl::Sqlite(path) if !path.exists()) {
        return Ok(None);
    }
    Ok(Some(Store::open(&url).await?))
}
