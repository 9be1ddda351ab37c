//! What an attempt at a test endpoint says of whoever made it, and what is kept of
//! where it came from.

use super::{Attempt, AttemptOutcome, Framing, PeerDetail, TestEndpoint};
use std::net::IpAddr;

/// What the last attempt that says anything of versions said of an integrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Readiness {
    /// Turned away, or taken by a version that ends.
    Fails,
    /// There were attempts, and none says anything of versions.
    Unclear,
    Passes,
}

impl Readiness {
    pub const ALL: [Self; 3] = [Self::Fails, Self::Unclear, Self::Passes];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::Unclear => "unclear",
            Self::Passes => "passes",
        }
    }

    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl AttemptOutcome {
    /// What it says of whoever made the attempt.
    pub fn readiness(self) -> Readiness {
        match self {
            Self::Passed => Readiness::Passes,
            _ if self.is_failure() => Readiness::Fails,
            _ => Readiness::Unclear,
        }
    }

    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

impl Framing {
    pub const ALL: [Self; 5] =
        [Self::Tls, Self::Ssl2Hello, Self::PlainHttp, Self::Unknown, Self::Nothing];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Ssl2Hello => "ssl2_hello",
            Self::PlainHttp => "plain_http",
            Self::Unknown => "unknown",
            Self::Nothing => "nothing",
        }
    }

    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|framing| framing.as_str() == text)
    }
}

impl PeerDetail {
    /// As much of an address as is kept: `192.0.2.7`, `192.0.2.0/24`, or nothing. An IPv4
    /// address that comes as an IPv6 one (RFC 4291 §2.5.5.2) is an IPv4 address.
    pub fn kept(self, peer: IpAddr) -> Option<String> {
        let peer = peer.to_canonical();
        match self {
            Self::Full => Some(peer.to_string()),
            Self::None => None,
            Self::Truncated => Some(match peer {
                IpAddr::V4(peer) => {
                    let [a, b, c, _] = peer.octets();
                    format!("{a}.{b}.{c}.0/24")
                }
                IpAddr::V6(peer) => {
                    let [a, b, c, ..] = peer.segments();
                    format!("{}/48", IpAddr::from([a, b, c, 0, 0, 0, 0, 0]))
                }
            }),
        }
    }
}

impl TestEndpoint {
    /// The name by which one integrator is told from another at a rehearsal, with the port
    /// where it is not that of HTTPS. Nothing stands before a number.
    pub fn own_host(&self, token: &str) -> Option<String> {
        let host = self.url.host();
        let is_name = !host.starts_with('[') && host.parse::<IpAddr>().is_err();
        self.rehearsal.as_ref().filter(|_| is_name)?;
        Some(match self.url.port() {
            443 => format!("{token}.{host}"),
            port => format!("{token}.{host}:{port}"),
        })
    }
}

/// An attempt as it is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttempt {
    pub attempt: Attempt,
    /// Whose token was in the name that the client asked for.
    pub subscriber: Option<i64>,
    /// What the program declares; of an attempt at no known endpoint the network is kept.
    pub peers: PeerDetail,
}
