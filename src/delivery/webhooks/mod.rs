//! Webhooks: claim, call, record. The same rows as mail has, on connections of
//! their own, so that neither a mail server nor an endpoint that hangs keeps the
//! others waiting.
//!
//! A call is made at least once: where the answer is lost the same event comes
//! again, under the same id.

mod call;
mod event;

use super::lifeline::Lifeline;
use super::stock::Stock;
use super::{DeliveryError, beat};
use crate::clock::Clock;
use crate::config::{MailSettings, WebhookSettings};
use crate::http_client::{Caps, HttpClient, HttpError, Reach};
use crate::links::Keys;
use crate::metrics::Metrics;
use crate::store::{Call, NewNode, NodeId, OutOfTurn, Room, Store, Topic, Wakeups};
use call::Caller;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Of an answer, no more than this is read.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How often to look for what falls due while nothing else happens.
const IDLE_POLL: Duration = Duration::from_secs(1);

/// How often to look while calls are under way.
const BUSY_POLL: Duration = Duration::from_millis(100);

/// The means of calling, checked.
#[derive(Clone)]
pub struct Webhooks {
    store: Store,
    settings: WebhookSettings,
    heartbeat: Duration,
    caller: Arc<Caller>,
}

impl Webhooks {
    /// It opens no connection.
    pub fn new(
        store: Store,
        keys: Keys,
        mail: &MailSettings,
        settings: WebhookSettings,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let caps = Caps { time: settings.timeout, bytes: MAX_ANSWER_BYTES };
        let client = HttpClient::reaching(Reach::of_strangers(&settings.allowed), caps)?;
        let caller = Caller {
            store: store.clone(),
            stock: Stock::new(store.clone(), mail.link_base.clone()),
            link_base: mail.link_base.clone(),
            keys,
            client,
            clock,
            first_retry: mail.first_retry,
            give_up: settings.give_up,
            metrics: Arc::default(),
        };
        let caller = Arc::new(caller);
        Ok(Self { store, settings, heartbeat: mail.heartbeat, caller })
    }

    /// Counts in these figures.
    pub fn counting(mut self, metrics: Arc<Metrics>) -> Self {
        if let Some(caller) = Arc::get_mut(&mut self.caller) {
            caller.metrics = metrics;
        }
        self
    }

    /// Calls as a node of its own: whatever falls due, until `stop` turns true; or
    /// one round, until nothing of it is due. What is under way is finished.
    pub async fn run(
        self,
        round: Option<i64>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), DeliveryError> {
        let wakeups = self.store.wakeups(Topic::Outbox);
        let mut shift = Shift {
            office: self,
            round,
            wakeups,
            node: None,
            under_way: JoinSet::new(),
            busy: HashMap::new(),
        };
        while !*stop.borrow() {
            match shift.look().await {
                Ok(true) => break,
                Ok(false) => {}
                Err(reason) => tracing::error!(%reason, "webhooks cannot be looked after"),
            }
            tokio::select! {
                () = shift.wait() => {}
                // Where nobody is left to tell, it is over as well.
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        shift.end().await
    }
}

/// A node at work. There is none while there is nothing to call.
struct Shift {
    office: Webhooks,
    round: Option<i64>,
    wakeups: Wakeups,
    node: Option<Node>,
    /// Each tells which host has room again.
    under_way: JoinSet<String>,
    busy: HashMap<String, usize>,
}

struct Node {
    id: NodeId,
    lifeline: Arc<Lifeline>,
    /// Keeps it alive.
    _pulse: JoinSet<()>,
}

impl Shift {
    /// Takes up what is due, as far as there is room. Whether a round is over.
    async fn look(&mut self) -> Result<bool, DeliveryError> {
        let store = self.office.store.clone();
        if self.under_way.is_empty() && !store.has_calls().await? {
            return Ok(self.round.is_some());
        }
        let node = self.node().await?;
        let round = self.round;
        if self.room().calls == 0 {
            return Ok(false);
        }
        if round.is_none() {
            for asked in store.claim_asked(&self.room()).await? {
                self.ask(asked);
            }
        }
        let claimed_at = Instant::now();
        let found = store.claim_calls(node, &self.room()).await?;
        for (_, outcome) in &found.settled {
            self.office.caller.metrics.called(*outcome, None);
        }
        let is_dry = found.calls.is_empty() && found.settled.is_empty();
        for call in found.calls {
            self.call(node, call, claimed_at);
        }
        match round {
            Some(round) if is_dry && self.under_way.is_empty() => {
                Ok(!store.are_calls_due(round).await?)
            }
            _ => Ok(false),
        }
    }

    fn room(&self) -> Room<'_> {
        let WebhookSettings { connections, per_host, .. } = self.office.settings;
        let calls = connections.saturating_sub(self.under_way.len());
        Room { round: self.round, calls, busy: &self.busy, per_host }
    }

    fn call(&mut self, node: NodeId, call: Call, claimed_at: Instant) {
        let host = call.webhook.host.clone();
        *self.busy.entry(host.clone()).or_default() += 1;
        let caller = self.office.caller.clone();
        let lifeline = self.node.as_ref().map(|node| node.lifeline.clone());
        self.under_way.spawn(async move {
            let may_send = || lifeline.as_ref().is_some_and(|life| life.may_send(claimed_at));
            caller.deal_with(node, &call, may_send).await;
            host
        });
    }

    fn ask(&mut self, asked: OutOfTurn) {
        let caller = self.office.caller.clone();
        let host = asked.webhook.host.clone();
        *self.busy.entry(host.clone()).or_default() += 1;
        self.under_way.spawn(async move {
            caller.ask(&asked).await;
            host
        });
    }

    /// Until a call ended, something was told of, or it is time to look again.
    async fn wait(&mut self) {
        let poll = if self.under_way.is_empty() { IDLE_POLL } else { BUSY_POLL };
        tokio::select! {
            Some(ended) = self.under_way.join_next() => self.has_room(ended),
            () = self.wakeups.next() => {}
            () = tokio::time::sleep(poll) => {}
        }
        while let Some(ended) = self.under_way.try_join_next() {
            self.has_room(ended);
        }
    }

    fn has_room(&mut self, ended: Result<String, tokio::task::JoinError>) {
        match ended {
            Ok(host) => {
                let left = self.busy.get(&host).map_or(0, |calls| calls.saturating_sub(1));
                if left == 0 {
                    self.busy.remove(&host);
                } else {
                    self.busy.insert(host, left);
                }
            }
            // What it had claimed becomes free with the node.
            Err(broken) => tracing::error!(%broken, "a call broke"),
        }
    }

    async fn node(&mut self) -> Result<NodeId, DeliveryError> {
        if let Some(node) = &self.node {
            return Ok(node.id);
        }
        let (registered_at, heartbeat) = (Instant::now(), self.office.heartbeat);
        let name = format!("process {}, webhooks", std::process::id());
        let node = NewNode { name: &name, lifetime: heartbeat };
        let id = self.office.store.register_node(node).await?;
        let lifeline = Arc::new(Lifeline::new(heartbeat, registered_at));
        let mut pulse = JoinSet::new();
        pulse.spawn(beat(self.office.store.clone(), id, heartbeat, lifeline.clone()));
        self.node = Some(Node { id, lifeline, _pulse: pulse });
        Ok(id)
    }

    async fn end(mut self) -> Result<(), DeliveryError> {
        while self.under_way.join_next().await.is_some() {}
        if let Some(node) = self.node.take() {
            self.office.store.retire_node(node.id).await?;
        }
        Ok(())
    }
}
