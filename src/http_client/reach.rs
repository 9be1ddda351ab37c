//! What may be called: by scheme, port and address, and what is allowed by name.

use super::HttpError;
use super::addresses::is_public;
use crate::notice::{HostAllowed, HttpUrl};
use std::net::IpAddr;
use std::sync::Arc;

/// How far calls may go.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Private addresses that may be called all the same.
    pub(super) addresses: Arc<[IpAddr]>,
    hosts: Arc<[HostAllowed]>,
    /// Whether strangers say what is called.
    is_strict: bool,
}

impl Reach {
    /// For what a declaration links to: with and without TLS, on any port.
    pub fn of_links(addresses: &[IpAddr]) -> Self {
        Self { addresses: addresses.into(), hosts: Arc::new([]), is_strict: false }
    }

    /// For what strangers name: with TLS alone, on ports that no other service
    /// than the web has. What is allowed by name is excepted from all of it.
    pub fn of_strangers(hosts: &[HostAllowed]) -> Self {
        Self { addresses: Arc::new([]), hosts: hosts.into(), is_strict: true }
    }

    /// Whether it is allowed by name.
    pub(super) fn names(&self, url: &HttpUrl) -> bool {
        self.hosts.iter().any(|allowed| allowed.covers(url))
    }

    /// Whether this could be called as far as can be told without looking it up: by
    /// its scheme, its port, and where it names an address itself.
    pub fn judge(&self, url: &HttpUrl) -> Result<(), HttpError> {
        if self.names(url) {
            return Ok(());
        }
        if self.is_strict && url.scheme() != "https" {
            return Err(HttpError::Plain(url.host().to_owned()));
        }
        // Below 1024 are the ports of services that were there before the web,
        // and that could be made to do something by what looks like HTTP.
        if self.is_strict && url.port() < 1024 && url.port() != 443 {
            return Err(HttpError::Port(url.port()));
        }
        // A literal address never reaches the resolver.
        if let Ok(literal) = url.host().trim_matches(['[', ']']).parse::<IpAddr>()
            && !self.addresses.contains(&literal)
            && !is_public(literal)
        {
            return Err(HttpError::Private(url.host().to_owned()));
        }
        Ok(())
    }
}
