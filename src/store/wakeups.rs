//! Wake-ups: whoever waits for another process's doing hears of it at once,
//! where the database can tell.
//!
//! They are no more than a hint, and one may be lost: whoever waits looks by
//! itself now and then as well. SQLite tells nothing, and nobody notices.

use super::{Result, Store, Write};
use crate::config::DatabaseUrl;
use sqlx::postgres::PgListener;
use std::io::ErrorKind;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What there may be news of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Another publication is current.
    Publications,
    /// Messages fell due, or were given back.
    Outbox,
    /// The office asked for something.
    Errands,
}

impl Topic {
    const ALL: [Self; 3] = [Self::Publications, Self::Outbox, Self::Errands];

    fn channel(self) -> &'static str {
        match self {
            Self::Publications => "fairwarning_publications",
            Self::Outbox => "fairwarning_outbox",
            Self::Errands => "fairwarning_errands",
        }
    }
}

/// How long to leave a server alone that cannot be listened to.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// News of one topic, from when this was made.
#[derive(Debug)]
pub struct Wakeups(Option<watch::Receiver<u64>>);

impl Wakeups {
    /// Waits for the next news, for ever where the database tells none. News
    /// that came since the last call count as one. Giving up waiting loses none.
    pub async fn next(&mut self) {
        if let Some(news) = &mut self.0
            && news.changed().await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

/// One connection that listens for a whole process, from the first time that
/// anybody asks. It ends with the last clone of its store.
#[derive(Clone, Default)]
pub(super) struct Listening(Arc<OnceLock<Running>>);

struct Running {
    topics: [watch::Sender<u64>; Topic::ALL.len()],
    task: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Store {
    /// Tells of everything that is done to `topic` from now on, by whichever process.
    pub fn wakeups(&self, topic: Topic) -> Wakeups {
        let DatabaseUrl::Postgres(url) = &self.url else { return Wakeups(None) };
        let running = self.listening.0.get_or_init(|| {
            let topics = Topic::ALL.map(|_| watch::channel(0).0);
            let task = tokio::spawn(listen(url.expose().to_owned(), topics.clone()));
            Running { topics, task: task.abort_handle() }
        });
        Wakeups(Some(running.topics[topic as usize].subscribe()))
    }

    /// Tells everybody, as soon as the transaction is committed.
    pub(super) async fn tell(&self, transaction: &mut Write, topic: Topic) -> Result<()> {
        if let Some(tell) = self.dialect.tell() {
            sqlx::query(tell).bind(topic.channel()).execute(&mut **transaction).await?;
        }
        Ok(())
    }
}

/// Listens, and begins again when the connection breaks.
async fn listen(url: String, topics: [watch::Sender<u64>; Topic::ALL.len()]) {
    loop {
        match listener(&url).await {
            Ok(mut listener) => {
                // Whatever was done before the listening began.
                for topic in &topics {
                    topic.send_modify(|count| *count += 1);
                }
                let lost = until_lost(&mut listener, &topics).await;
                tracing::debug!(%lost, "the connection that listens was lost");
            }
            Err(failure) => {
                tracing::debug!(%failure, "no wake-ups from the database for a while");
                tokio::time::sleep(LISTEN_AGAIN).await;
            }
        }
    }
}

async fn listener(url: &str) -> std::result::Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    // It is done here, with the news that may have been missed meanwhile.
    listener.eager_reconnect(false);
    listener.listen_all(Topic::ALL.map(Topic::channel)).await?;
    Ok(listener)
}

async fn until_lost(
    listener: &mut PgListener,
    topics: &[watch::Sender<u64>; Topic::ALL.len()],
) -> sqlx::Error {
    loop {
        match listener.try_recv().await {
            Ok(Some(told)) => {
                let topic = Topic::ALL.into_iter().find(|topic| topic.channel() == told.channel());
                if let Some(topic) = topic {
                    topics[topic as usize].send_modify(|count| *count += 1);
                }
            }
            Ok(None) => return std::io::Error::from(ErrorKind::ConnectionReset).into(),
            Err(lost) => return lost,
        }
    }
}
