//! What `fairwarning preview` shows: a folder as it stands, and every form in
//! which its notices would go out.
//!
//! It follows the folder and remembers the last version of each notice that was
//! sound. It knows neither a browser nor a database, and nothing it makes
//! leaves the machine.

mod channel;
mod excerpt;
mod marks;
mod problems;
mod reader;
mod specimen;
mod standing;
mod templates;

pub use channel::{Channel, Occasion};
pub use marks::{Mark, marks};
pub use problems::{Problems, TemplateProblem};
pub use reader::{Reader, Told};
pub use specimen::{Specimen, SpecimenError};
pub use standing::{Shown, Standing, Version};
pub use templates::{Output, Templates};

use crate::clock::Clock;
use crate::workspace::{self, Watch, WorkspaceError};
use arc_swap::ArcSwap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// A folder being previewed.
pub struct Preview {
    dir: PathBuf,
    clock: Clock,
    standing: ArcSwap<Standing>,
    /// Counts how often something had changed.
    turn: watch::Sender<u64>,
    /// Tells the turns of this process from those of the one before it.
    began: i64,
}

impl Preview {
    /// Reads the folder for the first time. `follow` needs the watch, which was
    /// there before anything was read, so that no change falls in between.
    pub fn open(dir: &Path, clock: Clock) -> Result<(Self, Watch), WorkspaceError> {
        let watch = Watch::open(dir);
        let now = clock.now();
        let standing = ArcSwap::from_pointee(Standing::first(workspace::load(dir)?, now));
        let turn = watch::Sender::new(0);
        let began = now.timestamp_micros();
        Ok((Self { dir: dir.to_owned(), clock, standing, turn, began }, watch))
    }

    /// Reads the folder again whenever it changes, until the program ends.
    pub async fn follow(self: Arc<Self>, mut watch: Watch, told: impl Fn(&Standing)) {
        loop {
            watch.changed().await;
            let this = self.clone();
            // Checking ten thousand notices takes long enough to keep answers waiting.
            match tokio::task::spawn_blocking(move || this.look_again()).await {
                Ok(true) => told(&self.standing()),
                Ok(false) => {}
                Err(failure) => tracing::error!(%failure, "reading the folder failed"),
            }
        }
    }

    /// Whether anything had changed.
    fn look_again(&self) -> bool {
        let read = workspace::load(&self.dir);
        let Some(next) = Standing::next(&self.standing(), read, self.clock.now()) else {
            return false;
        };
        self.standing.store(Arc::new(next));
        self.turn.send_modify(|turn| *turn += 1);
        true
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The folder as it was read last.
    pub fn standing(&self) -> Arc<Standing> {
        self.standing.load_full()
    }

    /// Changes with every standing.
    pub fn turns(&self) -> watch::Receiver<u64> {
        self.turn.subscribe()
    }

    /// A turn as pages and scripts carry it.
    pub fn name_of(&self, turn: u64) -> String {
        format!("{}-{turn}", self.began)
    }
}
