//! The only way out over HTTP: which addresses may be called, and how much of
//! an answer is read.
//!
//! A declaration is written by people and may name any address, so names are
//! resolved here, private addresses are refused, and the connection goes to the
//! very address that was judged (a name may not answer differently a moment
//! later). Redirects are not followed. It does not know why anyone calls.

use crate::notice::HttpUrl;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// From the first byte sent to the last one read.
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Of an answer, no more than this is read.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("{0} is not a public address")]
    Private(String),
    #[error("it does not answer: {0}")]
    Unreachable(String),
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
    pub body: Vec<u8>,
}

#[derive(Clone)]
pub struct HttpClient {
    client: reqwest::Client,
    allowed: Arc<[IpAddr]>,
}

impl HttpClient {
    /// `allowed` are private addresses that may be called all the same.
    pub fn new(allowed: &[IpAddr]) -> Result<Self, HttpError> {
        let allowed: Arc<[IpAddr]> = allowed.into();
        // Roots of our own: without a system's store the client would not build.
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .filter_map(|root| reqwest::Certificate::from_der(root).ok());
        let client = reqwest::Client::builder()
            .dns_resolver(PublicOnly { allowed: allowed.clone() })
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .no_proxy()
            .tls_certs_merge(roots)
            .user_agent(concat!("fairwarning/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HttpError::Setup(error.to_string()))?;
        Ok(Self { client, allowed })
    }

    pub async fn get(&self, url: &HttpUrl) -> Result<Answer, HttpError> {
        // A literal address never reaches the resolver.
        if let Ok(literal) = url.host().trim_matches(['[', ']']).parse::<IpAddr>()
            && !may_call(literal, &self.allowed)
        {
            return Err(HttpError::Private(url.host().to_owned()));
        }
        let mut response =
            self.client.get(url.normalised()).send().await.map_err(|e| reason(&e))?;
        let location = response.headers().get(reqwest::header::LOCATION);
        let location = location.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| reason(&e))? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, location, body })
    }
}

/// The innermost cause says what happened; the outer ones only where.
fn reason(error: &reqwest::Error) -> HttpError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    HttpError::Unreachable(cause.to_string())
}

/// Resolves as the system does and keeps what may be called.
struct PublicOnly {
    allowed: Arc<[IpAddr]>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.clone();
        Box::pin(async move {
            // The port is the connector's business.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let kept: Vec<SocketAddr> =
                found.filter(|address| may_call(address.ip(), &allowed)).collect();
            if kept.is_empty() {
                return Err(HttpError::Private(name.as_str().to_owned()).into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

fn may_call(address: IpAddr, allowed: &[IpAddr]) -> bool {
    allowed.contains(&address) || is_public(address)
}

/// Whether an address is reachable for everyone (RFC 6890 and its registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let segments = address.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        // 6to4 and NAT64 carry an IPv4 address that is called in the end.
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)),
        [0x2001, 0x0db8, ..] => false,
        // Only 2000::/3 is given out to the world.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_in_every_dress_are_refused() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "93.184.216.34", "2606:4700::1111"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}
