//! Webhooks: addresses that are told by HTTP what their owners are told by mail.

use super::HttpUrl;
use std::fmt;
use std::str::FromStr;

/// What a webhook's secret is made of beside the service's own key. It is no
/// secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSeed {
    /// The number of the service's key.
    pub key: u32,
    pub salt: Vec<u8>,
}

/// Whether a webhook is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookState {
    /// It has not answered its challenge yet.
    Pending,
    Active,
    Disabled,
}

impl WebhookState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Disabled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// What is wrong with a webhook, as far as its owner is told: no more of another
/// host than a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookTrouble {
    /// It leads to an address that is not called.
    Refused,
    /// Nothing answers there, or not in time.
    Unreachable,
    /// It answers with another status than 2xx.
    Status,
    /// Its answer lacks the challenge.
    Challenge,
    /// It answered 410.
    Gone,
    /// Every attempt failed for days.
    Failing,
}

impl WebhookTrouble {
    pub const ALL: [Self; 6] = [
        Self::Refused,
        Self::Unreachable,
        Self::Status,
        Self::Challenge,
        Self::Gone,
        Self::Failing,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Status => "status",
            Self::Challenge => "challenge",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

impl fmt::Display for WebhookTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "it leads to an address that is not called",
            Self::Unreachable => "nothing answers there, or not in time",
            Self::Status => "it does not answer with 2xx",
            Self::Challenge => "its answer lacks the challenge",
            Self::Gone => "it answered 410 (Gone)",
            Self::Failing => "every attempt failed for days",
        })
    }
}

/// As much of a webhook's address as logs and lists show: the rest may hold a
/// password.
pub fn shown_host(url: &HttpUrl) -> String {
    match url.port() {
        443 => url.host().to_owned(),
        port => format!("{}:{port}", url.host()),
    }
}

/// The last part of what an event is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    Announced,
    Reminder,
    Changed,
    Cancelled,
}

impl EventKind {
    /// As it stands in an event's `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "notice.announced",
            Self::Reminder => "notice.reminder",
            Self::Changed => "notice.changed",
            Self::Cancelled => "notice.cancelled",
        }
    }
}

/// A host that may be called wherever it is and without TLS, and on which port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAllowed {
    host: String,
    /// Any where it is absent.
    port: Option<u16>,
}

impl HostAllowed {
    pub fn covers(&self, url: &HttpUrl) -> bool {
        self.host == url.host() && self.port.is_none_or(|port| port == url.port())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not understood: write HOST or HOST:PORT, such as hooks.example.org:8443")]
pub struct BadHostAllowed(String);

impl FromStr for HostAllowed {
    type Err = BadHostAllowed;

    fn from_str(text: &str) -> Result<Self, BadHostAllowed> {
        let bad = || BadHostAllowed(text.to_owned());
        if text.contains(['/', '@', '?', '#']) || text.contains(char::is_whitespace) {
            return Err(bad());
        }
        // In the form that a URL's host is compared in.
        let url: HttpUrl = format!("http://{text}/").parse().map_err(|_| bad())?;
        let host = url.host().to_owned();
        // A default port would be dropped from the URL, and so is looked for itself.
        let after_host = text.rsplit_once(']').map_or(text, |(_, rest)| rest);
        let port = after_host.rsplit_once(':').map(|(_, port)| port.parse()).transpose();
        Ok(Self { host, port: port.map_err(|_| bad())? })
    }
}
