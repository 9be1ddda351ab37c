//! One connection's work: take a job, send it, report, and wait until the
//! outcome is safe before sending the next.

use super::DeliveryError;
use super::backoff::{self, LONGEST_WAIT, MAX_ATTEMPTS};
use super::compose::{Finished, Stationery};
use super::dkim::Signer;
use super::files::Folder;
use super::gate::Gate;
use super::holding::Holding;
use super::lifeline::Lifeline;
use super::server::{Server, ServerFault};
use super::smtp::{Connection, Failure};
use super::stock::{Stock, StockError};
use super::workbench::Workbench;
use crate::clock::Clock;
use crate::config::DkimSettings;
use crate::links::Keys;
use crate::metrics::Metrics;
use crate::notice::{Outcome, Reply, mask_addresses};
use crate::store::{Claimed, Report, Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::time::Instant;

/// By which way messages leave.
pub(super) enum Transport {
    Smtp { server: Box<Server>, connections: u16 },
    Files(Folder),
}

impl Transport {
    pub fn connections(&self) -> usize {
        match self {
            Self::Smtp { connections, .. } => usize::from(*connections),
            Self::Files(_) => 1,
        }
    }
}

/// While the database fails: how long until a message is tried to be read again, and
/// how often before it has to wait like any other that failed.
const COMPOSE_AGAIN: Duration = Duration::from_millis(500);
const COMPOSE_TRIES: usize = 40;

/// Signing takes most of what a message costs.
pub(super) struct Signing {
    signer: Arc<Signer>,
    threads: Workbench,
}

impl Signing {
    pub fn new(settings: &DkimSettings) -> Result<Self, DeliveryError> {
        Ok(Self { signer: Arc::new(Signer::new(settings)?), threads: Workbench::new()? })
    }
}

/// A claimed message, and when the claim was begun.
pub(super) struct Job {
    pub claimed: Claimed,
    pub claimed_at: Instant,
}

/// A report, and whom to tell when it is safe.
pub(super) struct Entry {
    pub report: Report,
    pub committed: oneshot::Sender<()>,
}

pub(super) struct Sender {
    pub store: Store,
    pub transport: Arc<Transport>,
    pub stock: Stock,
    pub keys: Keys,
    pub signing: Option<Signing>,
    pub clock: Clock,
    pub first_retry: Duration,
    pub gate: Arc<Gate>,
    pub holding: Arc<Holding>,
    pub lifeline: Arc<Lifeline>,
    pub metrics: Arc<Metrics>,
    pub stop: watch::Receiver<bool>,
    pub queue: Mutex<mpsc::Receiver<Job>>,
    pub reports: mpsc::Sender<Entry>,
}

/// A message put together, or why it could not be; nothing, where it was clear by
/// then that it must not be sent.
struct Ready {
    job: Job,
    finished: Option<Result<Composed, StockError>>,
}

struct Composed {
    finished: Finished,
    /// The notices that a digest tells of, by their paths.
    tells_of: Vec<String>,
}

/// A message that was claimed longer ago is looked at once more before it leaves: its
/// reader may have left, or its facts may be others now.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

impl Sender {
    /// The next message is put together while the outcome of the last is recorded,
    /// and sent only once that is safe.
    pub async fn run(self: Arc<Self>) {
        let mut connection = None;
        let mut next = self.take().await;
        while let Some(ready) = next {
            let begun_at = Instant::now();
            let report = self.deal_with(ready, &mut connection).await;
            match &report {
                Report::Attempted { outcome, .. } => {
                    self.metrics.settled(*outcome, Some(begun_at.elapsed()));
                }
                Report::Gone { .. } => {
                    self.metrics.settled(Outcome::Rejected, Some(begun_at.elapsed()));
                }
                Report::Returned { .. } => {}
            }
            if connection.as_ref().is_some_and(Connection::is_broken) {
                connection = None;
            }
            let (committed, is_committed) = oneshot::channel();
            if self.reports.send(Entry { report, committed }).await.is_err() {
                break;
            }
            // An error means the ledger is gone, and with it the next job.
            let (_, taken) = tokio::join!(is_committed, self.take());
            next = taken;
        }
        if let Some(connection) = connection {
            connection.quit().await;
        }
    }

    async fn take(&self) -> Option<Ready> {
        let job = self.queue.lock().await.recv().await?;
        for _ in 0..COMPOSE_TRIES {
            if !self.may_send(&job) {
                return Some(Ready { job, finished: None });
            }
            match self.compose(&job.claimed).await {
                // It is not the message's fault, and nothing was attempted.
                Err(StockError::Store(StoreError::Sql(reason))) => {
                    tracing::warn!(%reason, "message cannot be read for now");
                    tokio::time::sleep(COMPOSE_AGAIN).await;
                }
                finished => return Some(Ready { job, finished: Some(finished) }),
            }
        }
        let finished = Some(self.compose(&job.claimed).await);
        Some(Ready { job, finished })
    }

    /// Where the database cannot say, it could not record what came of it either.
    async fn is_wanted(&self, job: &Job) -> bool {
        job.claimed_at.elapsed() < LOOK_AGAIN_AFTER
            || self.store.is_still_wanted(job.claimed.row).await.unwrap_or(false)
    }

    fn may_send(&self, job: &Job) -> bool {
        !*self.stop.borrow()
            && self.gate.is_open()
            && self.lifeline.may_send(job.claimed_at)
            && !self.holding.covers(&job.claimed.subject)
    }

    async fn deal_with(&self, ready: Ready, connection: &mut Option<Connection>) -> Report {
        let Ready { job, finished } = ready;
        let row = job.claimed.row;
        let Some(finished) = finished.filter(|_| self.may_send(&job)) else {
            return Report::Returned { row };
        };
        let Composed { finished, tells_of } = match finished {
            Ok(composed) => composed,
            Err(reason) => {
                tracing::error!(%reason, row, "message cannot be put together");
                return self.report(&job.claimed, Failure::Deferred(reason.to_string()));
            }
        };
        if tells_of.iter().any(|notice| self.holding.covers(notice)) || !self.is_wanted(&job).await
        {
            return Report::Returned { row };
        }
        match self.attempt(&job, &finished, connection).await {
            Some(Ok(reply)) => {
                self.gate.server_works();
                Report::Attempted { row, outcome: Outcome::Accepted, reply, retry_in: None }
            }
            Some(Err(failure)) => self.report(&job.claimed, failure),
            None => Report::Returned { row },
        }
    }

    /// `None` where it turned out that nothing may be sent any more.
    async fn attempt(
        &self,
        job: &Job,
        finished: &Finished,
        connection: &mut Option<Connection>,
    ) -> Option<Result<String, Failure>> {
        let server = match &*self.transport {
            Transport::Files(folder) => return Some(write(folder, &job.claimed, finished)),
            Transport::Smtp { server, .. } => server,
        };
        loop {
            let open = match connection {
                Some(open) => open,
                None => match server.connect().await {
                    Ok(opened) => connection.insert(opened),
                    Err(fault) => return Some(Err(Failure::Server(fault))),
                },
            };
            // Connecting may have taken longer than the claim holds.
            if !self.may_send(job) {
                return None;
            }
            match open.send(finished).await {
                // At most once: a connection just opened is never stale.
                Err(Failure::Stale) => *connection = None,
                ended => return Some(ended),
            }
        }
    }

    async fn compose(&self, claimed: &Claimed) -> Result<Composed, StockError> {
        let printed = self.stock.printed(claimed.occasion, claimed.edition).await?;
        let members = self.stock.members(&printed.letterhead, claimed.row).await?;
        let stationery = Stationery {
            letterhead: &printed.letterhead,
            form: &printed.form,
            members: &members,
            keys: &self.keys,
            now: self.clock.now(),
        };
        let mut finished = stationery.compose(claimed)?;
        if let Some(Signing { signer, threads }) = &self.signing {
            let (signer, bytes) = (signer.clone(), std::mem::take(&mut finished.bytes));
            finished.bytes = threads.run(move || signer.sign(bytes)).await??;
        }
        let tells_of = members.iter().map(|member| member.notice.to_string()).collect();
        Ok(Composed { finished, tells_of })
    }

    fn report(&self, claimed: &Claimed, failure: Failure) -> Report {
        let row = claimed.row;
        let is_gone = matches!(failure, Failure::Gone(_));
        let (outcome, reply) = match failure {
            Failure::Server(fault) => {
                tracing::warn!(reason = %fault, "the mail server cannot be used");
                self.gate.close(fault);
                return Report::Returned { row };
            }
            Failure::Stale => return Report::Returned { row },
            Failure::Rejected(reply) | Failure::Gone(reply) => (Outcome::Rejected, reply),
            Failure::Deferred(reply) => (Outcome::Deferred, reply),
            Failure::Unknown(reply) => (Outcome::Unknown, reply),
        };
        self.gate.server_works();
        tracing::info!(
            row,
            to = claimed.address.masked(),
            outcome = outcome.as_str(),
            reply = mask_addresses(&reply),
            "not accepted"
        );
        if is_gone {
            let reason = format!("bounced: {}", Reply::read(&reply).shown());
            return Report::Gone { row, reply, reason };
        }
        if outcome == Outcome::Rejected {
            return Report::Attempted { row, outcome, reply, retry_in: None };
        }
        if claimed.attempts + 1 >= MAX_ATTEMPTS {
            return Report::Attempted { row, outcome: Outcome::Dead, reply, retry_in: None };
        }
        let before = u32::try_from(claimed.attempts).unwrap_or(u32::MAX);
        let wait = backoff::wait(self.first_retry, before, LONGEST_WAIT);
        let retry_in = Some(backoff::spread(wait, row, claimed.attempts));
        Report::Attempted { row, outcome, reply, retry_in }
    }
}

fn write(folder: &Folder, claimed: &Claimed, finished: &Finished) -> Result<String, Failure> {
    match folder.write(claimed.row, &claimed.message_id, &finished.bytes) {
        Ok(file) => Ok(format!("written to {}", file.display())),
        Err(bad) => Err(Failure::Server(ServerFault(format!("mail cannot be written: {bad}")))),
    }
}
