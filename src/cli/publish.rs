//! `fairwarning publish`: fixes what a folder declares, for everyone to see.

use super::{Exit, check, count};
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::{NoticePath, Publication};
use crate::store::{Publishing, Store, StoredPublication};
use crate::workspace;
use anyhow::bail;
use std::path::{Path, PathBuf};

/// Publish a folder: check it and make it what is served and announced.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace: a folder of programs, or one program's folder.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    #[command(flatten)]
    database: DatabaseArguments,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let Some(publication) = read(&arguments.dir)? else { return Ok(Exit::Problems) };
    let store = Store::open(&arguments.database.check()?).await?;
    say!("{}", publish(&store, &publication, clock).await?);
    Ok(Exit::Clean)
}

/// What a folder declares, ready to publish; nothing where `check` found
/// problems, which are printed.
pub fn read(dir: &Path) -> anyhow::Result<Option<Publication>> {
    let loaded = workspace::load(dir)?;
    let checked = loaded.check();
    check::report(&checked)?;
    let Some(workspace) = checked.workspace else { return Ok(None) };
    if !check::templates_are_sound(&workspace, &loaded.templates)? {
        return Ok(None);
    }
    Ok(Some(Publication::new(workspace, loaded.templates)))
}

/// Publishes on top of what is current, and says what came of it.
pub async fn publish(
    store: &Store,
    publication: &Publication,
    clock: &Clock,
) -> anyhow::Result<String> {
    let current = store.current_publication().await?;
    let parent = current.as_ref().map(|current| current.id);
    match store.publish(publication, parent, clock.now()).await? {
        Publishing::Unchanged(id) => {
            Ok(format!("Nothing changed: publication {} stays current.", id.get()))
        }
        Publishing::Published(id) => {
            Ok(format!("Published {}: {}.", id.get(), changes(current.as_ref(), publication)))
        }
        Publishing::Conflict { current } => {
            let current = current.map_or_else(|| "none".to_owned(), |id| id.get().to_string());
            bail!(
                "somebody else published meanwhile; publication {current} is current. Run it again"
            )
        }
    }
}

/// Which notices are new, changed or gone.
fn changes(before: Option<&StoredPublication>, after: &Publication) -> String {
    let revisions = |publication: &Publication| {
        let notices = publication.workspace.notices();
        let revision = |(program, notice): (&crate::notice::Program, &crate::notice::Notice)| {
            let path = NoticePath { program: program.id.clone(), notice: notice.id.clone() };
            (path, program.revision(notice))
        };
        notices.map(revision).collect::<std::collections::BTreeMap<_, _>>()
    };
    let old = before.map(|stored| revisions(&stored.publication)).unwrap_or_default();
    let new = revisions(after);
    let gone = old.keys().filter(|path| !new.contains_key(*path)).count();
    let added = new.keys().filter(|path| !old.contains_key(*path)).count();
    let changed = new
        .iter()
        .filter(|(path, digest)| old.get(*path).is_some_and(|was| was != *digest))
        .count();
    let unchanged = new.len() - added - changed;
    let new = count(added, "new notice");
    format!("{new}, {changed} changed, {unchanged} unchanged, {gone} gone")
}
