//! What a probe found at an address: which versions of TLS it accepts, and what it answers.

use super::{HttpUrl, TlsVersion, alert_name};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

/// What one address of one URL showed at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub url: HttpUrl,
    /// None where the name has no address.
    pub address: Option<IpAddr>,
    pub at: DateTime<Utc>,
    /// On the transport; empty for a URL without TLS.
    pub transport: BTreeMap<TlsVersion, Acceptance>,
    /// What a GET of the URL was answered over each version that was accepted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub http: BTreeMap<TlsVersion, HttpFinding>,
    /// What a GET of a URL without TLS was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<HttpFinding>,
    /// Why nothing at all could be found out, such as a name that does not resolve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Whether a version was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Acceptance {
    /// The server chose it and went on with the handshake.
    Accepted,
    Refused {
        by: Refusal,
    },
    /// It could not be found out.
    Undetermined {
        why: String,
    },
}

/// How a server showed that it does not accept a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Refusal {
    /// An alert of this code (RFC 8446 §6).
    Alert { code: u8 },
    /// It chose an older version.
    Lower { version: TlsVersion },
    /// It closed the connection, and does not where a version is accepted.
    Closed,
    /// It reset the connection, and does not where a version is accepted.
    Reset,
    /// It never answered, and does where a version is accepted.
    Silent,
    /// It answered something that is not TLS, such as HTTP.
    NotTls,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alert { code } => write!(f, "alert {code}, {}", alert_name(*code)),
            Self::Lower { version } => write!(f, "it chose {version}"),
            Self::Closed => f.write_str("it closed the connection"),
            Self::Reset => f.write_str("it reset the connection"),
            Self::Silent => f.write_str("it did not answer"),
            Self::NotTls => f.write_str("it answered something that is not TLS"),
        }
    }
}

/// What one GET was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum HttpFinding {
    Answered {
        status: u16,
        /// `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`, where they were sent.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// The beginning of the body as text, for a reader.
        excerpt: String,
    },
    Failed {
        why: String,
    },
}
