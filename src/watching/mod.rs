//! Keeps an eye on declared environments: when each is asked what it accepts, and what is
//! remembered of the answers.
//!
//! It judges nothing by itself and writes to nobody; `drift` and `announce` do. Of several
//! processes one asks a target at a time. A look that finds nothing due costs two questions that
//! an index answers.

mod due;

use crate::clock::Clock;
use crate::drift::{judge, watched};
use crate::http_client;
use crate::notice::{Finding, Network, WatchStanding, WatchTarget};
use crate::store::{LeasedWatch, NewLook, Store, StoreError, StoredPublication};
use crate::tls::Prober;
use due::{first_due, next_due};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Whoever asks a target has this long; then somebody else does.
const LEASE: Duration = Duration::from_secs(300);

/// Longer than any probe of a few addresses takes that is not stuck, and well within the lease.
const PATIENCE: Duration = Duration::from_secs(240);

/// Asks what is due. One for each process.
pub struct Watching {
    store: Store,
    prober: Prober,
    clock: Clock,
    at_once: usize,
    current: Option<Arc<StoredPublication>>,
}

impl Watching {
    /// At most `at_once` targets are asked at a time.
    pub fn new(store: Store, prober: Prober, clock: Clock, at_once: usize) -> Self {
        Self { store, prober, clock, at_once: at_once.max(1), current: None }
    }

    /// Asks everything that is due now, and tells how many targets that was.
    pub async fn tick(&mut self) -> Result<u64, StoreError> {
        let Some(current) = self.follow().await? else { return Ok(0) };
        let (mut asked, mut failure) = (0, None);
        let mut under_way = JoinSet::new();
        loop {
            let free = self.at_once.saturating_sub(under_way.len());
            if failure.is_none() && free > 0 {
                let most = i64::try_from(free).unwrap_or(i64::MAX);
                match self.store.lease_watched(self.clock.now(), LEASE, most).await {
                    Ok(leased) => {
                        for leased in leased {
                            let (store, prober) = (self.store.clone(), self.prober.clone());
                            let (clock, current) = (self.clock.clone(), current.clone());
                            under_way.spawn(look(store, prober, clock, current, leased));
                        }
                    }
                    // What is under way is not thrown away.
                    Err(reason) => failure = Some(reason),
                }
            }
            match under_way.join_next().await {
                Some(Ok(Ok(()))) => asked += 1,
                Some(Ok(Err(reason))) => failure = failure.or(Some(reason)),
                // Its lease runs out, and it is asked again.
                Some(Err(broken)) => tracing::error!(%broken, "a look at an environment broke"),
                None => break,
            }
        }
        failure.map_or(Ok(asked), Err)
    }

    /// The publication that is current, its targets taken over.
    async fn follow(&mut self) -> Result<Option<Arc<StoredPublication>>, StoreError> {
        let id = self.store.current_publication_id().await?;
        if let Some(known) = self.current.as_ref().filter(|known| Some(known.id) == id) {
            return Ok(Some(known.clone()));
        }
        let Some(current) = self.store.current_publication().await? else { return Ok(None) };
        let now = self.clock.now();
        let programs = current.publication.workspace.programs.values();
        let targets: Vec<_> = programs
            .flat_map(|program| watched(program).into_iter().map(|t| (program.id.clone(), t)))
            .map(|(program, target)| {
                let due = first_due(&target, now);
                (program, target, due)
            })
            .collect();
        self.store.watch(current.id, &targets).await?;
        let current = Arc::new(current);
        self.current = Some(current.clone());
        Ok(Some(current))
    }
}

/// Asks one target, and keeps what it comes to.
async fn look(
    store: Store,
    prober: Prober,
    clock: Clock,
    current: Arc<StoredPublication>,
    leased: LeasedWatch,
) -> Result<(), StoreError> {
    // What is published no more is watched no more; its lease runs out unused.
    let Some(program) = current.publication.workspace.programs.get(&leased.program) else {
        return Ok(());
    };
    let began = clock.now();
    let asked = timeout(PATIENCE, prober.url(&leased.target.url, began)).await;
    let findings = asked.unwrap_or_else(|_| vec![given_up(&leased.target, began)]);
    // By the schedule at the moment it was asked: an edge may have passed meanwhile.
    let judgement = judge(program, &leased.target, &findings, began);
    let turn = WatchStanding::after(leased.standing.as_ref(), &judgement, began);
    let kept = NewLook {
        standing: &turn.standing,
        judgement: &judgement,
        findings: &findings,
        is_change: turn.is_change,
        is_news: turn.is_news,
        due_at: next_due(program, &leased.target, &turn.standing, began),
    };
    if store.keep_look(&leased, &kept, began).await? && turn.is_change {
        let (url, verdict) = (&leased.target.url, judgement.verdict);
        let reason = judgement.reason().unwrap_or_default();
        tracing::info!(program = %leased.program, %url, %verdict, reason, "a watched target");
    }
    Ok(())
}

fn given_up(target: &WatchTarget, at: chrono::DateTime<chrono::Utc>) -> Finding {
    Finding {
        url: target.url.clone(),
        address: None,
        at,
        transport: Default::default(),
        http: Default::default(),
        plain: None,
        failure: Some("it took too long to ask".to_owned()),
    }
}

/// Which addresses are asked: those that everybody reaches, and what is allowed beside them.
pub fn may_ask(
    allowed: Vec<Network>,
) -> impl Fn(IpAddr) -> Result<(), String> + Send + Sync + 'static {
    move |address| {
        let judged = http_client::may_ask(address, &allowed);
        judged.map_err(|refusal| format!("{refusal}; --watch-allow names those that may be asked"))
    }
}
