//! An office at work on a database of its own, with the sample published.

use crate::sample_office;
use chrono::{DateTime, Duration, Utc};
use fairwarning::clock::Clock;
use fairwarning::config::DatabaseUrl;
use fairwarning::links::Keys;
use fairwarning::store::{Publishing, Store};
use fairwarning::subscribers::{self, ImportError, Imported};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub struct TestOffice {
    pub store: Store,
    pub keys: Keys,
    pub folder: TempDir,
    pub clock: TestClock,
}

/// A clock that moves when it is told to.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    fn starting() -> Self {
        Self(Arc::new(Mutex::new(DateTime::from_timestamp(1_579_000_000, 0).unwrap())))
    }

    pub fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    pub fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }

    pub fn clock(&self) -> Clock {
        let this = self.clone();
        Clock::telling(move || this.now())
    }
}

impl TestOffice {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = TestClock::starting();
        let url = DatabaseUrl::Sqlite(folder.path().join("deep/in/office.db"));
        let store = Store::open_told(&url, clock.clock()).await.unwrap();
        let keys = subscribers::load_keys(&store, clock.now()).await.unwrap();
        let published = store.publish(&sample_office::publication(), None, clock.now()).await;
        assert!(matches!(published, Ok(Publishing::Published(_))), "{published:?}");
        Self { store, keys, folder, clock }
    }

    pub fn database_url(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.folder.path().join("deep/in/office.db"))
    }

    pub async fn import(&self, list: &str) -> Result<Imported, ImportError> {
        let workspace = sample_office::workspace();
        let now = self.clock.now();
        subscribers::import_csv(&self.store, &self.keys, &workspace, list.as_bytes(), now).await
    }

    /// `count` people who follow all of `parcel`: `p1@example.org` and so on.
    pub async fn import_people(&self, count: usize) {
        let mut list = String::from("address,name,programs\n");
        for n in 1..=count {
            list.push_str(&format!("p{n}@example.org,Person {n},parcel\n"));
        }
        self.import(&list).await.unwrap();
    }
}
