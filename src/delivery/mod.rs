//! Claim, send, record: from outbox rows to committed outcomes.
//!
//! This module knows mail and the outbox. It does not know whom a notice
//! concerns, renders nothing, and prints nothing: it tells events.

mod backoff;
mod compose;
mod dkim;
mod draft;
mod files;
mod form;
mod gate;
mod holding;
mod ledger;
mod letterhead;
mod lifeline;
mod reply;
mod sender;
mod server;
mod smtp;
mod stock;
mod webhooks;
mod wire;
mod workbench;

pub use backoff::{LONGEST_WAIT, MAX_ATTEMPTS, spread, wait};
pub use compose::ComposeError;
pub use draft::{Samples, draft};
pub use gate::Pause;
pub use webhooks::Webhooks;

use crate::clock::Clock;
use crate::config::{MailSettings, TransportSettings};
use crate::links::Keys;
use crate::metrics::Metrics;
use crate::notice::{Carrier, Outcome};
use crate::store::{Hold, NewNode, Store, StoreError, Topic};
use gate::Gate;
use holding::Holding;
use ledger::Ledger;
use lifeline::Lifeline;
use sender::{Entry, Job, Sender, Signing, Transport};
use std::path::PathBuf;
use std::sync::Arc;
use stock::Stock;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Beats within one lifetime: two may be lost before others take over.
const BEATS_PER_LIFETIME: u32 = 3;

#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error(transparent)]
    Server(#[from] server::BadServer),
    #[error(transparent)]
    Signing(#[from] dkim::SigningFailed),
    #[error("cannot write mail into `{folder}`: {reason}")]
    Folder { folder: PathBuf, reason: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Workbench(#[from] workbench::BenchError),
    #[error("a delivering task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// What to deliver, and when to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One round, until nothing of it is due. `pauses` in a row without the
    /// server working in between, and it is left for another time.
    Round { occasion: i64, pauses: u32 },
    /// Whatever falls due and was announced to be sent in this way, until told to
    /// stop.
    Everything,
}

/// What happens meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Outcome(Outcome),
    /// The server fails; no message pays for it.
    Paused(Pause),
    /// Somebody holds the round; it goes on when it is released.
    Held(Hold),
    Released,
    /// Outcomes cannot be recorded at the moment. Nothing is sent until they are.
    StoreFails(String),
}

/// How delivering ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Nothing of the round is due any more.
    Done,
    /// It was told to stop; what was in flight was finished.
    Stopped,
    /// The server went on failing, for this reason. Nothing is lost.
    GaveUp(String),
}

/// The means of delivery, checked and loaded.
pub struct Delivery {
    store: Store,
    keys: Keys,
    settings: MailSettings,
    clock: Clock,
    transport: Arc<Transport>,
    signing: Option<Signing>,
    metrics: Arc<Metrics>,
}

impl Delivery {
    /// Fails on keys, certificates and folders that cannot be used, before
    /// anything is claimed. It opens no connection.
    pub fn new(
        store: Store,
        keys: Keys,
        settings: MailSettings,
        clock: Clock,
    ) -> Result<Self, DeliveryError> {
        let transport = match &settings.transport {
            TransportSettings::Smtp(smtp) => Transport::Smtp {
                server: Box::new(server::Server::new(smtp)?),
                connections: smtp.connections,
            },
            TransportSettings::Files(folder) => {
                let opened = files::Folder::open(folder)
                    .map_err(|reason| DeliveryError::Folder { folder: folder.clone(), reason })?;
                Transport::Files(opened)
            }
        };
        let signing = settings.dkim.as_ref().map(Signing::new).transpose()?;
        let (transport, metrics) = (Arc::new(transport), Arc::default());
        Ok(Self { store, keys, settings, clock, transport, signing, metrics })
    }

    /// Counts in these figures.
    pub fn counting(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// How messages leave here.
    pub fn carrier(&self) -> Carrier {
        match &*self.transport {
            Transport::Smtp { .. } => Carrier::Smtp,
            Transport::Files(_) => Carrier::Files,
        }
    }

    /// Delivers as a node of its own until the scope's end, or until `stop`
    /// turns true: then what is in flight is finished and the rest given back.
    pub async fn run(
        self,
        scope: Scope,
        stop: watch::Receiver<bool>,
        tell: impl FnMut(Event),
    ) -> Result<Ended, DeliveryError> {
        let carrier = self.carrier();
        let registered_at = Instant::now();
        let heartbeat = self.settings.heartbeat;
        let name = format!("process {}", std::process::id());
        let node = NewNode { name: &name, lifetime: heartbeat };
        let node = self.store.register_node(node).await?;
        let lifeline = Arc::new(Lifeline::new(heartbeat, registered_at));
        let gate = Arc::new(Gate::default());
        let holding = Arc::new(Holding::default());
        let connections = self.transport.connections();
        let (jobs, queue) = mpsc::channel(connections * ledger::CLAIMS_PER_CONNECTION);
        let (reports, inbox) = mpsc::channel(connections);
        let sender = Arc::new(Sender {
            store: self.store.clone(),
            transport: self.transport.clone(),
            stock: Stock::new(self.store.clone(), self.settings.link_base.clone()),
            keys: self.keys,
            signing: self.signing,
            clock: self.clock,
            first_retry: self.settings.first_retry,
            gate: gate.clone(),
            holding: holding.clone(),
            lifeline: lifeline.clone(),
            metrics: self.metrics.clone(),
            stop: stop.clone(),
            queue: Mutex::new(queue),
            reports,
        });
        let mut senders = JoinSet::new();
        for _ in 0..connections {
            senders.spawn(sender.clone().run());
        }
        // The senders hold the only way in: when the last one ends, so does the inbox.
        drop(sender);
        let book = self.store.by_own_connections().await?;
        let mut pulse = JoinSet::new();
        pulse.spawn(beat(book.clone(), node, heartbeat, lifeline));
        let ledger = Ledger {
            store: self.store.clone(),
            book: book.clone(),
            node,
            heartbeat,
            connections,
            scope,
            carrier,
            rates: self.settings.rates.clone(),
            gate,
            holding,
            metrics: self.metrics,
            stop,
            wakeups: self.store.wakeups(Topic::Outbox),
            claims: JoinSet::new(),
            records: JoinSet::new(),
            faults: mpsc::unbounded_channel(),
            outstanding: 0,
            is_dry: false,
            is_unsure: false,
        };
        let ended = write_beside(ledger, jobs, inbox, tell).await;
        while let Some(finished) = senders.join_next().await {
            finished?;
        }
        pulse.shutdown().await;
        book.close().await;
        self.store.retire_node(node).await?;
        ended
    }
}

/// The ledger runs beside the senders: whoever waits here may be a thread of its own,
/// which would have to be woken for every answer of the database.
async fn write_beside(
    ledger: Ledger,
    jobs: mpsc::Sender<Job>,
    inbox: mpsc::Receiver<Entry>,
    mut tell: impl FnMut(Event),
) -> Result<Ended, DeliveryError> {
    let (events, mut told) = mpsc::unbounded_channel();
    let (most, mut heard) = (ledger.connections, Vec::new());
    let mut writing = JoinSet::new();
    writing.spawn(ledger.run(jobs, inbox, move |event| {
        // Whoever listens is there to the end.
        let _ = events.send(event);
    }));
    while told.recv_many(&mut heard, most).await > 0 {
        heard.drain(..).for_each(&mut tell);
    }
    writing.join_next().await.expect("it was spawned")?
}

async fn beat(
    store: Store,
    node: crate::store::NodeId,
    heartbeat: std::time::Duration,
    lifeline: Arc<Lifeline>,
) {
    let mut ticks = tokio::time::interval(heartbeat / BEATS_PER_LIFETIME);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let begun_at = Instant::now();
        match store.beat(node).await {
            Ok(()) => lifeline.beat(begun_at),
            // A node that cannot beat stops sending by itself.
            Err(reason) => {
                store.forbear(heartbeat * ledger::FORBEARANCE);
                tracing::warn!(%reason, "heartbeat failed");
            }
        }
    }
}
