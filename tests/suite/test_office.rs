//! An office at work on a database of its own, with the sample published.

use crate::databases::TestDatabase;
use crate::sample_office;
use chrono::{DateTime, Duration, Utc};
use clap::Parser;
use fairwarning::clock::Clock;
use fairwarning::config::{MailArguments, MailSettings, WebArguments};
use fairwarning::delivery::{Delivery, Ended, Event, Scope};
use fairwarning::links::Keys;
use fairwarning::notice::Outcome;
use fairwarning::store::{Publishing, Store};
use fairwarning::subscribers::{self, ImportError, Imported};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::sync::watch;

pub struct TestOffice {
    pub store: Store,
    pub keys: Keys,
    pub folder: TempDir,
    pub clock: TestClock,
    pub database: TestDatabase,
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
        Self::open_telling(true).await
    }

    /// For a store that another process works on as well.
    pub async fn open_with_database_time() -> Self {
        Self::open_telling(false).await
    }

    async fn open_telling(is_told: bool) -> Self {
        let clock = TestClock::starting();
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::make(folder.path()).await;
        let url = database.url();
        let store = if is_told {
            Store::open_told(&url, clock.clock()).await.unwrap()
        } else {
            Store::open(&url).await.unwrap()
        };
        let keys = subscribers::load_keys(&store, clock.now()).await.unwrap();
        let published = store.publish(&sample_office::publication(), None, clock.now()).await;
        assert!(matches!(published, Ok(Publishing::Published(_))), "{published:?}");
        Self { store, keys, folder, clock, database }
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

    /// Fills the round and delivers it with these flags, until nothing is due.
    pub async fn announce(&self, flags: &[&str]) -> Delivered {
        let filled = self.fill(None).await.unwrap();
        self.deliver(filled.occasion, mail_settings(flags)).await
    }

    pub async fn deliver(&self, occasion: i64, settings: MailSettings) -> Delivered {
        let (store, keys) = (self.store.clone(), self.keys.clone());
        let delivery = Delivery::new(store, keys, settings, self.clock.clock()).unwrap();
        let (_running, stop) = watch::channel(false);
        let mut delivered =
            Delivered { ended: Ended::Done, outcomes: Vec::new(), pauses: Vec::new() };
        let scope = Scope::Round { occasion, pauses: 2 };
        let ended = delivery.run(scope, stop, |event| match event {
            Event::Outcome(outcome) => delivered.outcomes.push(outcome),
            Event::Paused(pause) => delivered.pauses.push(pause.reason),
            Event::StoreFails(reason) => panic!("{reason}"),
        });
        let ended = ended.await.unwrap();
        Delivered { ended, ..delivered }
    }

    /// What became of the message to `address`: its state and the reply.
    pub async fn fate(&self, address: &str) -> (String, String) {
        let rows = self.outbox().await;
        let row = rows.into_iter().find(|row| row.address.as_deref() == Some(address)).unwrap();
        (row.state, row.reply.unwrap_or_default())
    }
}

pub struct Delivered {
    pub ended: Ended,
    pub outcomes: Vec<Outcome>,
    pub pauses: Vec<String>,
}

impl Delivered {
    pub fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.iter().filter(|seen| **seen == outcome).count()
    }
}

#[derive(Parser)]
struct MailFlags {
    #[command(flatten)]
    web: WebArguments,
    #[command(flatten)]
    mail: MailArguments,
}

/// Settings as the command line would give them, with a public address.
pub fn mail_settings(flags: &[&str]) -> MailSettings {
    let common = ["test", "--public-url", "https://notices.parcel.example"];
    let flags = MailFlags::parse_from(common.iter().chain(flags));
    flags.mail.check(&flags.web.check().unwrap()).unwrap()
}

/// Flags for a server on this machine that knows no TLS.
pub fn plaintext(port: u16) -> [String; 3] {
    let url = format!("--smtp-url=smtp://127.0.0.1:{port}");
    [url, "--smtp-allow-plaintext".to_owned(), "--smtp-timeout-seconds=5".to_owned()]
}
