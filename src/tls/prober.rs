//! Asks what a URL accepts and answers, at each address of its name.
//!
//! It asks nobody whom its judge does not allow, and no host faster than its rate.

use super::fetch;
use super::pace::Pace;
use super::probe::{Target, transport};
use crate::notice::{Acceptance, Finding, HttpUrl, Rate};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::lookup_host;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How patient a probe is, and how gentle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeSettings {
    /// Of each connection; a version that never answers takes it once.
    pub timeout: Duration,
    /// How many addresses are asked at the same time, over all hosts; at least one.
    pub at_once: usize,
    /// How often each host is connected to.
    pub rate: Rate,
}

/// Whether an address may be asked; the error says why not.
type Judge = dyn Fn(IpAddr) -> Result<(), String> + Send + Sync;
/// The addresses of a name.
pub type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
type Lookup = dyn Fn(&str) -> Addresses + Send + Sync;

/// Asks URLs what they accept. Clones share the rate and the places.
#[derive(Clone)]
pub struct Prober {
    settings: ProbeSettings,
    gets: bool,
    judge: Arc<Judge>,
    lookup: Arc<Lookup>,
    places: Arc<Semaphore>,
    pace: Arc<Pace>,
}

impl fmt::Debug for Prober {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prober").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Prober {
    /// `judge` is asked about every address before anything is sent to it.
    pub fn new(
        settings: ProbeSettings,
        judge: impl Fn(IpAddr) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            settings,
            gets: true,
            judge: Arc::new(judge),
            lookup: Arc::new(by_the_system),
            places: Arc::new(Semaphore::new(settings.at_once.max(1))),
            pace: Arc::new(Pace::new(settings.rate)),
        }
    }

    /// The same, with names found by `lookup`.
    pub fn looking_up(
        mut self,
        lookup: impl Fn(&str) -> Addresses + Send + Sync + 'static,
    ) -> Self {
        self.lookup = Arc::new(lookup);
        self
    }

    /// The same, which says hellos and asks for nothing over HTTP.
    pub fn on_the_transport_alone(mut self) -> Self {
        self.gets = false;
        self
    }

    /// What each address of `url` accepts and answers; `at` is now. One finding without an
    /// address where the name has none.
    pub async fn url(&self, url: &HttpUrl, at: DateTime<Utc>) -> Vec<Finding> {
        match self.addresses(url.host()).await {
            Ok(addresses) => {
                let asked = addresses.into_iter().map(|address| self.address(url, address, at));
                futures_util::future::join_all(asked).await
            }
            Err(why) => vec![unanswered(url, None, at, why)],
        }
    }

    async fn addresses(&self, host: &str) -> Result<BTreeSet<IpAddr>, String> {
        if let Ok(literal) = host.trim_matches(['[', ']']).parse() {
            return Ok(BTreeSet::from([literal]));
        }
        match timeout(self.settings.timeout, (self.lookup)(host)).await {
            Ok(Ok(found)) if found.is_empty() => Err("its name has no address".to_owned()),
            Ok(Ok(found)) => Ok(found.into_iter().collect()),
            Ok(Err(error)) => {
                let why = error.to_string();
                // What Rust's library adds says no more.
                let why = why.rsplit("information: ").next().unwrap_or_default();
                Err(format!("its name has no address: {why}"))
            }
            Err(_) => Err("its name was not resolved in time".to_owned()),
        }
    }

    /// What one address of `url` accepts and answers.
    pub async fn address(&self, url: &HttpUrl, address: IpAddr, at: DateTime<Utc>) -> Finding {
        if let Err(why) = (self.judge)(address) {
            return unanswered(url, Some(address), at, why);
        }
        // Nobody closes the semaphore.
        let _place = self.places.acquire().await;
        let target = Target {
            address: SocketAddr::new(address, url.port()),
            host: url.host(),
            timeout: self.settings.timeout,
            pace: &self.pace,
        };
        let mut finding = unanswered(url, Some(address), at, String::new());
        finding.failure = None;
        if url.scheme() == "http" && !self.gets {
            let why = "it has no TLS, and nothing else was to be asked".to_owned();
            return unanswered(url, Some(address), at, why);
        }
        if url.scheme() == "http" {
            finding.plain = Some(fetch::plain(target, url).await);
            return finding;
        }
        match transport(target).await {
            Ok(found) => finding.transport = found,
            Err(why) => finding.failure = Some(why),
        }
        for (version, acceptance) in &finding.transport {
            if self.gets && *acceptance == Acceptance::Accepted {
                finding.http.insert(*version, fetch::over_tls(target, url, *version).await);
            }
        }
        finding
    }
}

/// The addresses that the system knows for a name.
pub fn by_the_system(name: &str) -> Addresses {
    let name = name.to_owned();
    Box::pin(async move {
        let found = lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    })
}

fn unanswered(url: &HttpUrl, address: Option<IpAddr>, at: DateTime<Utc>, why: String) -> Finding {
    Finding {
        url: url.clone(),
        address,
        at,
        transport: BTreeMap::new(),
        http: BTreeMap::new(),
        plain: None,
        failure: Some(why),
    }
}
