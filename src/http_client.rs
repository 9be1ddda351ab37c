//! The only way out over HTTP: which addresses may be called, and how much of
//! an answer is read.
//!
//! A declaration is written by people and may name any address, and a webhook's
//! is given by a stranger. So names are resolved here, private addresses are
//! refused, and the connection goes to the very address that was judged (a name
//! may not answer differently a moment later). Redirects are not followed, and no
//! proxy of the environment is asked. It does not know why anyone calls.

mod addresses;
mod reach;

pub use reach::Reach;

use crate::notice::{HttpUrl, Network};
use addresses::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Of an answer, no more than this is read.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// How long a call may take, and how much of its answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// From the first byte sent to the last one read.
    pub time: Duration,
    pub bytes: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { time: Duration::from_secs(20), bytes: MAX_BODY_BYTES }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("{0} is not a public address")]
    Private(String),
    #[error("{0} is not called without TLS: write https://")]
    Plain(String),
    #[error("port {0} belongs to another service than the web")]
    Port(u16),
    /// No connection was made, so that nothing arrived.
    #[error("it does not answer: {0}")]
    Unreachable(String),
    /// The connection was made, and no answer came: what was sent may have arrived.
    #[error("it did not answer: {0}")]
    Interrupted(String),
    #[error("its answer is longer than {MAX_BODY_BYTES} bytes")]
    TooLong,
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Where a 3xx points; it was not followed.
    pub location: Option<String>,
    /// As it was written: seconds, or a date of HTTP.
    pub retry_after: Option<String>,
    pub body: Vec<u8>,
    /// Whether this is all of it; it may have been too long, or broken off.
    pub is_whole: bool,
}

/// Whether anything may be sent to `address`: where it is everyone's, or lies in a network that
/// is allowed by name.
pub fn may_ask(address: IpAddr, allowed: &[Network]) -> Result<(), HttpError> {
    match is_public(address) || allowed.iter().any(|network| network.contains(address)) {
        true => Ok(()),
        false => Err(HttpError::Private(address.to_string())),
    }
}

/// Finds the addresses of a name.
pub trait Lookup: Send + Sync + 'static {
    fn addresses(&self, name: &str) -> Found;
}

pub type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;

/// As the system does.
struct System;

impl Lookup for System {
    fn addresses(&self, name: &str) -> Found {
        let name = name.to_owned();
        Box::pin(async move {
            // The port is the connector's business.
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

#[derive(Clone)]
pub struct HttpClient {
    /// For everyone's addresses alone.
    public: reqwest::Client,
    /// For what is allowed by name, wherever it is.
    named: reqwest::Client,
    reach: Reach,
    caps: Caps,
}

impl HttpClient {
    /// `allowed` are private addresses that may be called all the same.
    pub fn new(allowed: &[IpAddr]) -> Result<Self, HttpError> {
        Self::reaching(Reach::of_links(allowed), Caps::default())
    }

    pub fn reaching(reach: Reach, caps: Caps) -> Result<Self, HttpError> {
        Self::looking_up(reach, caps, Arc::new(System))
    }

    /// The same, with names found by `lookup`.
    pub fn looking_up(
        reach: Reach,
        caps: Caps,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, HttpError> {
        let all = Resolver { lookup: lookup.clone(), judge: None };
        let judge = Some(reach.addresses.clone());
        let public = client(caps, Resolver { lookup, judge })?;
        Ok(Self { public, named: client(caps, all)?, reach, caps })
    }

    /// All of what is there; what is longer than the cap is an error.
    pub async fn get(&self, url: &HttpUrl) -> Result<Answer, HttpError> {
        let client = self.client_for(url)?;
        let answer = self.call(client.get(url.normalised())).await?;
        match answer.is_whole {
            true => Ok(answer),
            false if answer.body.len() >= self.caps.bytes => Err(HttpError::TooLong),
            false => Err(HttpError::Interrupted("its answer broke off".to_owned())),
        }
    }

    /// Hands `body` over. Once there is a status it is told, however much of the
    /// answer could be read.
    pub async fn post(
        &self,
        url: &HttpUrl,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Answer, HttpError> {
        let mut request = self.client_for(url)?.post(url.normalised());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.call(request.body(body)).await
    }

    fn client_for(&self, url: &HttpUrl) -> Result<&reqwest::Client, HttpError> {
        self.reach.judge(url)?;
        Ok(if self.reach.names(url) { &self.named } else { &self.public })
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Result<Answer, HttpError> {
        let ends_at = tokio::time::Instant::now() + self.caps.time;
        let sending = tokio::time::timeout_at(ends_at, request.send()).await;
        let mut response = match sending {
            Ok(sent) => sent.map_err(|error| reason(&error))?,
            Err(_) => return Err(HttpError::Interrupted(self.too_slow())),
        };
        let header = |name| {
            let value = response.headers().get(name);
            value.and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let location = header(reqwest::header::LOCATION);
        let retry_after = header(reqwest::header::RETRY_AFTER);
        let status = response.status().as_u16();
        let (mut body, mut is_whole) = (Vec::new(), false);
        // A status was given: whatever happens to the rest, it stands.
        while let Ok(Ok(chunk)) = tokio::time::timeout_at(ends_at, response.chunk()).await {
            let Some(chunk) = chunk else {
                is_whole = true;
                break;
            };
            let room = self.caps.bytes - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                break;
            }
        }
        Ok(Answer { status, location, retry_after, body, is_whole })
    }

    fn too_slow(&self) -> String {
        format!("within {} s", self.caps.time.as_secs_f32())
    }
}

fn client(caps: Caps, resolver: Resolver) -> Result<reqwest::Client, HttpError> {
    // Roots of our own: without a system's store the client would not build.
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|root| reqwest::Certificate::from_der(root).ok());
    reqwest::Client::builder()
        .dns_resolver(resolver)
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT.min(caps.time))
        // Each call is judged anew, and none breaks on a connection left from before.
        .pool_max_idle_per_host(0)
        .no_proxy()
        .tls_certs_merge(roots)
        .user_agent(concat!("fairwarning/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| HttpError::Setup(error.to_string()))
}

/// The innermost cause says what happened; the outer ones only where.
fn reason(error: &reqwest::Error) -> HttpError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
        if let Some(HttpError::Private(name)) = cause.downcast_ref() {
            return HttpError::Private(name.clone());
        }
    }
    if error.is_connect() || error.is_builder() {
        HttpError::Unreachable(cause.to_string())
    } else {
        HttpError::Interrupted(cause.to_string())
    }
}

/// Keeps of what was looked up what may be called. The connector is given these
/// addresses and looks nothing up itself.
struct Resolver {
    lookup: Arc<dyn Lookup>,
    /// Addresses that may be called though they are private; everything may be
    /// where it is absent.
    judge: Option<Arc<[IpAddr]>>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (finding, judge) = (self.lookup.addresses(name.as_str()), self.judge.clone());
        Box::pin(async move {
            let may_call = |ip: &IpAddr| {
                judge.as_ref().is_none_or(|allowed| allowed.contains(ip) || is_public(*ip))
            };
            let found = finding.await?.into_iter().filter(may_call);
            let kept: Vec<SocketAddr> = found.map(|ip| SocketAddr::new(ip, 0)).collect();
            if kept.is_empty() {
                return Err(HttpError::Private(name.as_str().to_owned()).into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}
