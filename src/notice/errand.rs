//! What somebody of the office asks for in a browser and somebody else does.

use super::{ApiId, Digest, EmailAddress, EnvironmentId, Locale};
use serde::{Deserialize, Serialize};

/// What is to be done about a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfficeErrand {
    Announce(Announcing),
    Test(Testing),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcing {
    /// Of what would be sent, as whoever asked for it saw it.
    pub digest: Digest,
    /// Only so many, at first.
    pub canary: Option<u32>,
}

/// One mail to one address, which announces nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testing {
    pub address: EmailAddress,
    pub locale: Locale,
    /// As a reader who asked to hear about these; an absent one stands for all.
    pub api: Option<ApiId>,
    pub environment: Option<EnvironmentId>,
}

impl OfficeErrand {
    /// The stored name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Announce(_) => "announce",
            Self::Test(_) => "test",
        }
    }
}
