//! `fairwarning publish`: fixes what a folder declares, for everyone to see.

use super::record::record;
use super::{Exit, check, count};
use crate::clock::Clock;
use crate::config::{DatabaseArguments, OperatorArguments};
use crate::notice::{NoticePath, Publication};
use crate::schedule::{Earlier, earlier_cutoffs};
use crate::store::{Deed, Publishing, Store, StoredPublication};
use crate::workspace;
use anyhow::bail;
use std::path::{Path, PathBuf};

/// Publish a folder: check it and make it what is served and announced.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace: a folder of programs, or one program's folder.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    /// Publish even where a cutoff that was announced comes earlier than it was
    /// announced to
    #[arg(long)]
    accept_earlier: bool,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What came of it.
pub enum Outcome {
    Done(String),
    /// Cutoffs that would come earlier than announced, each in a line.
    Refused(Vec<String>),
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let Some(publication) = read(&arguments.dir)? else { return Ok(Exit::Problems) };
    let store = Store::open(&arguments.database.check()?).await?;
    match publish(&store, &publication, clock, arguments.accept_earlier, &arguments.operator.by)
        .await?
    {
        Outcome::Done(said) => {
            say!("{said}");
            Ok(Exit::Clean)
        }
        Outcome::Refused(earlier) => {
            for line in &earlier {
                eprintln!("{line}");
            }
            eprintln!(
                "Nothing was published: {} would come earlier than readers were told. Leave them \
                 time, or publish with --accept-earlier.",
                count(earlier.len(), "announced cutoff")
            );
            Ok(Exit::Problems)
        }
    }
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
    accept_earlier: bool,
    by: &str,
) -> anyhow::Result<Outcome> {
    let current = store.current_publication().await?;
    if let Some(current) = current.as_ref().filter(|_| !accept_earlier) {
        let earlier = earlier(store, &current.publication, publication).await?;
        if !earlier.is_empty() {
            return Ok(Outcome::Refused(earlier));
        }
    }
    let parent = current.as_ref().map(|current| current.id);
    match store.publish(publication, parent, clock.now()).await? {
        Publishing::Unchanged(id) => {
            let said = format!("Nothing changed: publication {} stays current.", id.get());
            Ok(Outcome::Done(said))
        }
        Publishing::Published(id) => {
            let changes = changes(current.as_ref(), publication);
            let subject = format!("publication {}", id.get());
            let deed = Deed { actor: by, action: "published", subject: &subject, detail: &changes };
            record(store, clock, &deed).await?;
            Ok(Outcome::Done(format!("Published {}: {changes}.", id.get())))
        }
        Publishing::Conflict { current } => {
            let current = current.map_or_else(|| "none".to_owned(), |id| id.get().to_string());
            bail!(
                "somebody else published meanwhile; publication {current} is current. Run it again"
            )
        }
    }
}

/// The announced cutoffs that would come earlier than they stand.
async fn earlier(
    store: &Store,
    current: &Publication,
    next: &Publication,
) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for announced in store.announcements().await? {
        let Ok(path) = announced.subject.parse::<NoticePath>() else { continue };
        let notices = (current.workspace.notice(&path), next.workspace.notice(&path));
        let (Some((_, old)), Some((_, new))) = notices else { continue };
        for Earlier { row, was, now } in earlier_cutoffs(old, new) {
            lines
                .push(format!("{path}: {row}: the cutoff moves from {} to {}", was.span, now.span));
        }
    }
    Ok(lines)
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
