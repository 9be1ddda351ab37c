//! Tells when the folder on disk may have changed.
//!
//! It follows what `load` reads, folder by folder, and nothing else: a circle
//! of links or a link to the root of the disk costs no more than the link. It
//! does not know what changed; whoever waits reads the folder again and compares.

use super::{MAX_TEMPLATE_DEPTH, PROGRAM_FILE, TEMPLATE_FOLDER, leads_back, name_of, sorted};
use arc_swap::ArcSwap;
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{
    DebounceEventResult, DebouncedEvent, Debouncer, RecommendedCache, new_debouncer,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Editors save in several steps (write, rename, set the mode) within a few
/// milliseconds; a reader would rather wait this long than see half of them.
const SETTLE: Duration = Duration::from_millis(100);

/// How often to look where the system cannot tell: its limit of watches is
/// used up, or the file system reports nothing.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// More folders than this are looked at from time to time instead.
const MAX_FOLDERS: usize = 4_096;

/// What matters of a folder's content.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Everything,
    /// Only these entries: beside them stands what `load` does not read.
    Names(BTreeSet<OsString>),
}

type Followed = BTreeMap<PathBuf, Part>;

/// A folder that is being watched.
pub struct Watch {
    root: PathBuf,
    debouncer: Option<Debouncer<RecommendedWatcher, RecommendedCache>>,
    /// Shared with the thread on which the system's events arrive.
    followed: Arc<ArcSwap<Followed>>,
    bell: Arc<Notify>,
    is_complete: bool,
}

impl Watch {
    /// Changes count from here on, so the folder is read after this.
    pub fn open(dir: &Path) -> Self {
        let root = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        let followed = Arc::new(ArcSwap::from_pointee(Followed::new()));
        let bell = Arc::new(Notify::new());
        let (heard, rung) = (followed.clone(), bell.clone());
        let on_events = move |events: DebounceEventResult| {
            let followed = heard.load();
            // An error is about events that were lost, so something happened.
            if events.map_or(true, |all| all.iter().any(|event| matters(event, &followed))) {
                rung.notify_one();
            }
        };
        let debouncer = new_debouncer(SETTLE, None, on_events);
        let debouncer = debouncer
            .map_err(|failure| tracing::warn!(%failure, "the folder cannot be watched"))
            .ok();
        let mut watch = Self { root, debouncer, followed, bell, is_complete: false };
        watch.follow();
        watch
    }

    /// Whether the system tells of every change; else the folder has to be
    /// looked at from time to time.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Waits until something may have changed.
    pub async fn changed(&mut self) {
        if self.is_complete {
            self.bell.notified().await;
        } else {
            tokio::select! {
                () = self.bell.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        self.follow();
    }

    /// Follows the folders that there are now. Those followed already are
    /// followed again: one that was taken away and made anew has the same name.
    fn follow(&mut self) {
        let now = folders(&self.root);
        let before = self.followed.swap(Arc::new(now.clone()));
        let Some(debouncer) = &mut self.debouncer else { return };
        for gone in before.keys().filter(|folder| !now.contains_key(*folder)) {
            // The system forgets a folder that is gone by itself.
            drop(debouncer.unwatch(gone));
        }
        let was_complete = self.is_complete;
        self.is_complete = now.len() < MAX_FOLDERS;
        for folder in now.keys() {
            if let Err(failure) = debouncer.watch(folder, RecursiveMode::NonRecursive) {
                // Gone in between; its parent has told of that.
                if !folder.exists() {
                    continue;
                }
                self.is_complete = false;
                if was_complete {
                    tracing::warn!(%failure, "not every folder can be watched");
                }
            }
        }
    }
}

/// Reading the folder is an event too, and must not lead to reading it again.
fn matters(event: &DebouncedEvent, followed: &Followed) -> bool {
    if matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
    {
        return false;
    }
    event.paths.is_empty()
        || event.paths.iter().any(|path| {
            let around = path.parent().and_then(|parent| followed.get(parent));
            match (around, path.file_name()) {
                (Some(Part::Names(names)), Some(name)) => names.contains(name),
                _ => true,
            }
        })
}

/// The folders that `load` reads, and those where what it reads is linked from.
fn folders(root: &Path) -> Followed {
    // The folder itself may be moved, linked elsewhere, or made anew.
    let names = vec![root.to_owned()];
    let mut found = Folders { followed: Followed::new(), seen: BTreeSet::new(), names };
    found.follow_link(root);
    found.follow_folder(root);
    for folder in subfolders(root) {
        if name_of(&folder).is_some_and(|name| name == TEMPLATE_FOLDER) {
            found.follow_templates(&folder, MAX_TEMPLATE_DEPTH);
            continue;
        }
        // It may become a program, and a program has folders of its own.
        found.follow_folder(&folder);
        if folder.join(PROGRAM_FILE).exists() {
            subfolders(&folder).iter().for_each(|inner| found.follow_folder(inner));
        }
    }
    found.finish()
}

/// Folders whose names begin with a dot hold nothing that is read by that name.
fn subfolders(dir: &Path) -> Vec<PathBuf> {
    let entries = sorted(dir).unwrap_or_default();
    let is_open = |path: &PathBuf| name_of(path).is_some_and(|name| !name.starts_with('.'));
    entries.into_iter().filter(|path| path.is_dir() && is_open(path) && !leads_back(path)).collect()
}

struct Folders {
    followed: Followed,
    /// By their real places, so that a circle ends.
    seen: BTreeSet<PathBuf>,
    /// Single entries, whose folders are followed if nothing else does.
    names: Vec<PathBuf>,
}

impl Folders {
    fn follow_folder(&mut self, dir: &Path) {
        let Ok(place) = dir.canonicalize() else { return };
        if !place.is_dir() || self.followed.len() >= MAX_FOLDERS || !self.seen.insert(place) {
            return;
        }
        self.followed.insert(dir.to_owned(), Part::Everything);
        sorted(dir).unwrap_or_default().iter().for_each(|entry| self.follow_link(entry));
    }

    fn follow_templates(&mut self, dir: &Path, depth: usize) {
        self.follow_folder(dir);
        if depth > 0 {
            subfolders(dir).iter().for_each(|inner| self.follow_templates(inner, depth - 1));
        }
    }

    /// What a link leads to may change where it stands.
    fn follow_link(&mut self, path: &Path) {
        if path.is_symlink() {
            self.names.extend(path.canonicalize());
        }
    }

    /// A folder has one name at most, or the system would tell of it by
    /// whichever came last.
    fn finish(mut self) -> Followed {
        for path in std::mem::take(&mut self.names) {
            let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { continue };
            let Ok(place) = dir.canonicalize() else { continue };
            let is_full = self.followed.len() >= MAX_FOLDERS && !self.followed.contains_key(&place);
            if self.seen.contains(&place) || is_full {
                continue;
            }
            let part = self.followed.entry(place).or_insert(Part::Names(BTreeSet::new()));
            if let Part::Names(names) = part {
                names.insert(name.to_owned());
            }
        }
        self.followed
    }
}
