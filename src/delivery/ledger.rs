//! The one task of a node that writes: it claims for all its connections, and
//! commits their outcomes together.

use super::gate::Gate;
use super::holding::Holding;
use super::sender::{Entry, Job};
use super::{DeliveryError, Ended, Event, Scope};
use crate::metrics::Metrics;
use crate::notice::{Carrier, Outcome, RateLimits};
use crate::store::{Claims, Errand, NodeId, Report, Store, StoreError, Wakeups};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

/// Enough that no connection waits for a claim: one is being sent, one put together,
/// and as many again are on their way. Few enough that little is held when a node dies.
pub(super) const CLAIMS_PER_CONNECTION: usize = 4;

/// One claim of several costs hardly more than one of one.
const LEAST_CLAIMS_PER_CONNECTION: usize = 2;

/// How often to look while something is in flight or a round has to end.
const BUSY_POLL: Duration = Duration::from_millis(100);

/// How often to look for what falls due while nothing else happens, and no
/// other process tells of anything. Every look takes the database's write lock for a moment.
const IDLE_POLL: Duration = Duration::from_secs(1);

/// Lifetimes for which the others' claims are left to them once the database failed.
pub(super) const FORBEARANCE: u32 = 2;

/// Between two attempts to record while the database fails.
const RECORD_AGAIN: Duration = Duration::from_millis(500);

/// Records under way at once, where the database takes several writers: while one
/// waits for the disk, the next is on its way.
const RECORDS_AT_ONCE: usize = 2;

/// What was reported, and whether it is on record.
type RecordEnded = Result<Vec<Entry>, JoinError>;

/// What the ledger hears of.
enum News {
    Reports(Vec<Entry>),
    Recorded(RecordEnded),
    Claimed(ClaimEnded),
    /// Recording fails, and goes on.
    Fault(StoreError),
    /// It is time to look.
    Nothing,
}

/// What came of a claim, and when it was begun.
type ClaimEnded = Result<(Instant, Result<Claims, StoreError>), JoinError>;

/// What a claim brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Something,
    Nothing,
    /// And nothing will come: the round is over.
    Over,
}

pub(super) struct Ledger {
    pub store: Store,
    /// The same by connections of its own, for claims and records alone: whatever else
    /// is asked must not wait for one that they hold.
    pub book: Store,
    pub node: NodeId,
    /// How long a node may be silent.
    pub heartbeat: Duration,
    pub connections: usize,
    pub scope: Scope,
    pub carrier: Carrier,
    pub rates: RateLimits,
    pub gate: Arc<Gate>,
    pub holding: Arc<Holding>,
    pub metrics: Arc<Metrics>,
    pub stop: watch::Receiver<bool>,
    pub wakeups: Wakeups,
    /// One at the most, under way.
    pub claims: JoinSet<(Instant, Result<Claims, StoreError>)>,
    pub records: JoinSet<Vec<Entry>>,
    /// Why recording fails, from whoever is at it.
    pub faults: (mpsc::UnboundedSender<StoreError>, mpsc::UnboundedReceiver<StoreError>),
    /// Claimed and not yet on record.
    pub outstanding: usize,
    /// The last claim brought nothing.
    pub is_dry: bool,
    /// A claim failed, but may have been committed: only its answer was lost.
    pub is_unsure: bool,
}

impl Ledger {
    pub async fn run(
        mut self,
        jobs: mpsc::Sender<Job>,
        mut inbox: mpsc::Receiver<Entry>,
        mut tell: impl FnMut(Event),
    ) -> Result<Ended, DeliveryError> {
        let ended = loop {
            let news = self.news(&mut inbox).await;
            let brought_nothing = match self.learn(news, &jobs, &mut tell).await {
                Ok(Found::Over) => break Ok(Ended::Done),
                Ok(found) => found == Found::Nothing,
                Err(reason) => break Err(reason),
            };
            let pause = self.gate.news();
            if let Some(pause) = pause.clone() {
                // That others can see it is worth no more than one try.
                let noted = self.store.note_pause(self.node, &pause.reason, pause.wait).await;
                if let Err(reason) = noted {
                    tell(Event::StoreFails(reason.to_string()));
                }
                self.metrics.paused();
                tell(Event::Paused(pause));
            }
            if *self.stop.borrow() {
                break Ok(Ended::Stopped);
            }
            let patience = match self.scope {
                Scope::Round { pauses, .. } => pauses,
                Scope::Everything => u32::MAX,
            };
            if let Some(pause) = pause.filter(|pause| pause.pauses >= patience) {
                break Ok(Ended::GaveUp(pause.reason));
            }
            // Where nothing is due, it is not asked for at once again.
            if !self.gate.is_open() || brought_nothing {
                continue;
            }
            if let Err(reason) = self.look_at_holds(&mut tell).await {
                tell(Event::StoreFails(reason.to_string()));
            }
            if let Err(reason) = self.begin_claim().await {
                tell(Event::StoreFails(reason.to_string()));
            }
        };
        // What is being claimed is given back by the connections.
        while let Some(claimed) = self.claims.join_next().await {
            let _ = self.take_over(claimed, &jobs, &mut tell).await;
        }
        // No more jobs: each connection ends after the one it has.
        drop(jobs);
        while !(inbox.is_closed() && inbox.is_empty() && self.records.is_empty()) {
            match self.news(&mut inbox).await {
                News::Reports(batch) => self.begin_record(batch),
                News::Recorded(recorded) => self.finish_record(recorded, &mut tell)?,
                News::Fault(reason) => tell(Event::StoreFails(reason.to_string())),
                News::Claimed(_) | News::Nothing => {}
            }
        }
        ended
    }

    /// What was reported since, recorded or claimed; waits a little for any of it.
    async fn news(&mut self, inbox: &mut mpsc::Receiver<Entry>) -> News {
        let poll = match self.scope {
            Scope::Everything if self.is_dry && self.outstanding == 0 => IDLE_POLL,
            _ => BUSY_POLL,
        };
        if !self.store.takes_several_writers() {
            tokio::select! {
                Some(recorded) = self.records.join_next() => return News::Recorded(recorded),
                Some(reason) = self.faults.1.recv(), if !self.records.is_empty() => {
                    return News::Fault(reason);
                }
                else => {}
            }
            if let Some(claimed) = self.claims.join_next().await {
                return News::Claimed(claimed);
            }
        }
        let mut batch = Vec::with_capacity(self.connections);
        // Whichever comes first, nothing is lost of the others.
        tokio::select! {
            Some(recorded) = self.records.join_next() => News::Recorded(recorded),
            Some(claimed) = self.claims.join_next() => News::Claimed(claimed),
            Some(reason) = self.faults.1.recv() => News::Fault(reason),
            _ = inbox.recv_many(&mut batch, self.connections),
                if self.records.len() < RECORDS_AT_ONCE => News::Reports(batch),
            () = self.wakeups.next() => News::Nothing,
            () = tokio::time::sleep(poll) => News::Nothing,
        }
    }

    async fn learn(
        &mut self,
        news: News,
        jobs: &mpsc::Sender<Job>,
        tell: &mut impl FnMut(Event),
    ) -> Result<Found, DeliveryError> {
        match news {
            News::Reports(batch) => self.begin_record(batch),
            News::Recorded(recorded) => self.finish_record(recorded, tell)?,
            News::Claimed(claimed) => return self.take_over(claimed, jobs, tell).await,
            News::Fault(reason) => {
                tell(Event::StoreFails(reason.to_string()));
                // No more is claimed than can be recorded.
                return Ok(Found::Nothing);
            }
            News::Nothing => {}
        }
        Ok(Found::Something)
    }

    fn begin_record(&mut self, batch: Vec<Entry>) {
        if batch.is_empty() {
            return;
        }
        let (store, node) = (self.book.clone(), self.node);
        let (heartbeat, faults) = (self.heartbeat, self.faults.0.clone());
        self.records.spawn(async move {
            let reports: Vec<Report> = batch.iter().map(|entry| entry.report.clone()).collect();
            while let Err(reason) = store.record(node, &reports).await {
                store.forbear(heartbeat * FORBEARANCE);
                // Whoever listens is there to the end.
                let _ = faults.send(reason);
                tokio::time::sleep(RECORD_AGAIN).await;
            }
            batch
        });
    }

    /// Only once a batch is on record do its connections go on.
    fn finish_record(
        &mut self,
        recorded: RecordEnded,
        tell: &mut impl FnMut(Event),
    ) -> Result<(), DeliveryError> {
        let batch = recorded?;
        self.outstanding = self.outstanding.saturating_sub(batch.len());
        for entry in batch {
            match entry.report {
                Report::Attempted { outcome, .. } => tell(Event::Outcome(outcome)),
                Report::Gone { .. } => tell(Event::Outcome(Outcome::Rejected)),
                Report::Returned { .. } => {}
            }
            // A connection that is gone needs no answer.
            let _ = entry.committed.send(());
        }
        Ok(())
    }

    /// Claiming passes over what is held by itself; the senders learn it here.
    async fn look_at_holds(&mut self, tell: &mut impl FnMut(Event)) -> Result<(), DeliveryError> {
        if !self.holding.is_due() {
            return Ok(());
        }
        let round = match self.scope {
            Scope::Round { occasion, .. } => self.store.occasion_by_id(occasion).await?,
            Scope::Everything => None,
        };
        let subject = round.as_ref().map(|round| round.subject.as_str());
        if let Some(news) = self.holding.replace(self.store.holds().await?, subject) {
            tell(news);
        }
        Ok(())
    }

    fn errand(&self) -> Errand {
        match self.scope {
            Scope::Round { occasion, .. } => Errand::Round(occasion),
            Scope::Everything => Errand::All(self.carrier),
        }
    }

    /// Begins to claim what fits. Where the database serves several at once,
    /// outcomes are recorded meanwhile; otherwise it is waited for.
    async fn begin_claim(&mut self) -> Result<(), DeliveryError> {
        let room = (self.connections * CLAIMS_PER_CONNECTION).saturating_sub(self.outstanding);
        let least = self.connections * LEAST_CLAIMS_PER_CONNECTION;
        if room < least || !self.claims.is_empty() {
            return Ok(());
        }
        if self.is_unsure {
            // What this node holds without knowing it would wait for its end.
            if self.outstanding > 0 {
                return Ok(());
            }
            self.store.release(self.node).await?;
            self.is_unsure = false;
        }
        let (store, rates) = (self.book.clone(), self.rates.clone());
        let (node, errand) = (self.node, self.errand());
        self.claims.spawn(async move {
            let begun_at = Instant::now();
            (begun_at, store.claim_within(node, errand, room, &rates).await)
        });
        Ok(())
    }

    /// Hands out what was claimed.
    async fn take_over(
        &mut self,
        claimed: ClaimEnded,
        jobs: &mpsc::Sender<Job>,
        tell: &mut impl FnMut(Event),
    ) -> Result<Found, DeliveryError> {
        let (claimed_at, claims) = claimed?;
        let claims = match claims {
            Ok(claims) => claims,
            Err(reason) => {
                self.is_unsure = true;
                self.store.forbear(self.heartbeat * FORBEARANCE);
                tell(Event::StoreFails(reason.to_string()));
                return Ok(Found::Nothing);
            }
        };
        self.is_dry = claims.rows.is_empty() && claims.settled.is_empty();
        for (_, outcome) in claims.settled {
            self.metrics.settled(outcome, None);
            tell(Event::Outcome(outcome));
        }
        self.outstanding += claims.rows.len();
        for claimed in claims.rows {
            // The channel holds as many as may be claimed, and so has room.
            let _ = jobs.send(Job { claimed, claimed_at }).await;
        }
        if !self.is_dry {
            return Ok(Found::Something);
        }
        match self.errand() {
            Errand::Round(occasion) if self.outstanding == 0 => {
                match self.store.is_round_due(occasion).await {
                    Ok(is_due) => Ok(if is_due { Found::Nothing } else { Found::Over }),
                    Err(reason) => {
                        tell(Event::StoreFails(reason.to_string()));
                        Ok(Found::Nothing)
                    }
                }
            }
            _ => Ok(Found::Nothing),
        }
    }
}
