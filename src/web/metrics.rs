//! `/metrics`, on a listener of its own: how much is sent and how much fails
//! is the office's business, and no public page.

use super::service::Service;
use crate::clock::Clock;
use crate::metrics::{Facts, Metrics, Watched};
use crate::notice::Verdict;
use crate::store::{Store, StoreError, WatchCount};
use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// However many ask, the database is asked once in this time.
const KEEP: Duration = Duration::from_secs(5);

/// A database that takes longer is as good as gone.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a scrape is answered from.
pub struct MetricsSite {
    pub store: Store,
    pub metrics: Arc<Metrics>,
    pub clock: Clock,
    /// Where this process also serves pages.
    pub service: Option<Arc<Service>>,
}

struct Kept {
    site: MetricsSite,
    facts: Mutex<Option<(Instant, Facts)>>,
}

/// Serves on `listener` until the server's handle stops it.
pub fn start_metrics(site: MetricsSite, listener: TcpListener) -> std::io::Result<Server> {
    let kept = Data::new(Kept { site, facts: Mutex::new(None) });
    let app = move || App::new().app_data(kept.clone()).route("/metrics", web::get().to(scrape));
    Ok(HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run())
}

async fn scrape(kept: Data<Kept>) -> HttpResponse {
    match kept.facts().await {
        Ok(facts) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, TEXT_FORMAT))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(kept.site.metrics.write(&facts)),
        Err(reason) => {
            // Figures from before would hide that the database is gone.
            tracing::warn!(reason, "a scrape could not be answered");
            HttpResponse::ServiceUnavailable().body("the database does not answer\n")
        }
    }
}

impl Kept {
    async fn facts(&self) -> Result<Facts, String> {
        let mut kept = self.facts.lock().await;
        if let Some((at, facts)) = kept.as_ref()
            && at.elapsed() < KEEP
        {
            return Ok(facts.clone());
        }
        let gathered = tokio::time::timeout(STORE_PATIENCE, self.site.gather()).await;
        let facts = gathered.map_err(|_| "it takes too long".to_owned())?;
        let facts = facts.map_err(|failure| failure.to_string())?;
        *kept = Some((Instant::now(), facts.clone()));
        Ok(facts)
    }
}

impl MetricsSite {
    async fn gather(&self) -> Result<Facts, StoreError> {
        let view = self.store.overview().await?;
        let tallies = self.store.tallies().await?;
        let intake = tallies.into_iter().filter_map(|(name, count)| {
            name.strip_prefix("intake ").map(|verdict| (verdict.to_owned(), count))
        });
        let seconds = |span: chrono::TimeDelta| span.num_milliseconds() as f64 / 1_000.0;
        let snapshot = self.service.as_ref().and_then(|service| service.snapshot().ok());
        Ok(Facts {
            watched: watched(&self.store.watch_counts().await?),
            waiting: view.waiting,
            throttled: view.throttled,
            calls: view.calls,
            claimed: view.claimed,
            gathered: view.gathered.iter().map(|gathering| gathering.messages).sum(),
            oldest_seconds: view.oldest_due.map_or(0.0, |due| seconds(view.at - due)),
            dead: view.dead,
            rejected: view.rejected,
            holds: self.store.holds().await?.len(),
            nodes_alive: view.nodes_alive,
            nodes_stale: view.nodes_stale,
            nodes_paused: view.pauses.len(),
            feedback: view.feedback,
            intake: intake.collect(),
            snapshot_age_seconds: snapshot
                .map(|snapshot| seconds(self.clock.now() - snapshot.created_at)),
        })
    }
}

/// By program. What was never asked is not known; each verdict has a number from the first.
fn watched(counts: &[WatchCount]) -> Vec<Watched> {
    let by_program = counts.chunk_by(|one, other| one.program == other.program);
    let told = by_program.filter_map(|counts| {
        let of = |verdict| {
            let found = counts.iter().find(|count| count.verdict == verdict);
            found.map_or(0, |count| count.targets)
        };
        let known = Verdict::ALL.into_iter().map(|verdict| (verdict.as_str(), of(Some(verdict))));
        let oldest = counts.iter().filter_map(|count| count.looked_at).min();
        Some(Watched {
            program: counts.first()?.program.to_string(),
            targets: known.chain([("unasked", of(None))]).collect(),
            oldest_look: oldest.map(|at| at.timestamp() as f64),
        })
    });
    told.collect()
}
