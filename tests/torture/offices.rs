//! Offices with a round that is filled and entrusted, and nothing of it sent:
//! made once, and copied for every round of torture.

use crate::cluster::Cluster;
use chrono::TimeDelta;
use fairwarning::announce::Round;
use fairwarning::clock::Clock;
use fairwarning::config::DatabaseUrl;
use fairwarning::notice::{Carrier, Outcome, Publication};
use fairwarning::store::Store;
use fairwarning::{subscribers, workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Where the databases are.
#[derive(Clone)]
pub enum Where {
    Files,
    Server(Arc<Cluster>),
}

/// What every round begins with.
pub struct Prepared {
    pub recipients: usize,
    occasion: i64,
    place: Where,
    /// Its file is here, on SQLite.
    folder: TempDir,
    /// Its name, on PostgreSQL.
    template: String,
}

/// One round's own copy, with a folder for its nodes.
pub struct Office {
    pub text: String,
    pub folder: TempDir,
    occasion: i64,
    dropped: Option<(Arc<Cluster>, String)>,
}

fn another(prefix: &str) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    format!("{prefix}_{}", NUMBER.fetch_add(1, Ordering::SeqCst))
}

fn sqlite(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

impl Prepared {
    pub async fn make(place: Where, recipients: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let template = another("torture_template");
        let text = match &place {
            Where::Files => sqlite(&folder.path().join("office.db")),
            Where::Server(cluster) => {
                cluster.copy("template0", &template).await;
                cluster.url(&template)
            }
        };
        let store = open(&text).await;
        let occasion = fill(&store, recipients).await;
        // Without anybody connected it is one file, and a template.
        store.close().await;
        Self { recipients, occasion, place, folder, template }
    }

    /// The file, on SQLite.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("office.db")
    }

    pub async fn copy(&self) -> Office {
        let folder = tempfile::tempdir().expect("a folder");
        let (text, dropped) = match &self.place {
            Where::Files => {
                let file = folder.path().join("office.db");
                std::fs::copy(self.file(), &file).expect("a copy");
                (sqlite(&file), None)
            }
            Where::Server(cluster) => {
                let name = another("torture");
                cluster.copy(&self.template, &name).await;
                (cluster.url(&name), Some((cluster.clone(), name)))
            }
        };
        Office { text, folder, occasion: self.occasion, dropped }
    }

    /// An office whose file the caller copies, to where `file` says.
    pub fn at(&self, file: &Path) -> Office {
        let folder = tempfile::tempdir().expect("a folder");
        Office { text: sqlite(file), folder, occasion: self.occasion, dropped: None }
    }
}

impl Office {
    pub async fn store(&self) -> Store {
        open(&self.text).await
    }

    /// How many of the round are on record as accepted; `None` while the
    /// database cannot say.
    pub async fn accepted(&self, store: &Store) -> Option<usize> {
        // A database that is not there is part of the torture.
        let counts = store.round_counts(self.occasion).await.ok()?;
        usize::try_from(counts.of(Outcome::Accepted)).ok()
    }

    pub async fn drop(self) {
        if let Some((cluster, name)) = self.dropped {
            cluster.drop_database(&name).await;
        }
    }
}

async fn open(text: &str) -> Store {
    let url = DatabaseUrl::parse(text).expect("a database's address");
    Store::open(&url).await.expect("a database")
}

/// So long ago that it is due by a clock that is behind, too.
const MADE_BEFORE: TimeDelta = TimeDelta::minutes(20);

/// The sample notices, and people who follow one of their programs.
async fn fill(store: &Store, recipients: usize) -> i64 {
    let now = Clock::system().now() - MADE_BEFORE;
    let loaded = workspace::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("notices"));
    let loaded = loaded.expect("the samples");
    let checked = loaded.check().workspace.expect("the samples are sound");
    let publication = Publication::new(checked.clone(), loaded.templates);
    store.publish(&publication, None, now).await.expect("published");
    let keys = subscribers::load_keys(store, now).await.expect("keys");
    let mut list = String::from("address,name,programs\n");
    for n in 0..recipients {
        list += &format!("person{n}@example.org,Person {n},usps-web-tools\n");
    }
    let imported = subscribers::import_csv(store, &keys, &checked, list.as_bytes(), now).await;
    imported.expect("a sound list");
    let notice = "usps-web-tools/tls-1.2".parse().expect("a path");
    let round = Round::load(store, &notice).await.expect("it is published");
    let filled = round.fill(store, None, now).await.expect("filled");
    store.entrust(filled.occasion, Carrier::Smtp).await.expect("entrusted");
    filled.occasion
}
