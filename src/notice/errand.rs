//! What somebody of the office asks for in a browser and somebody else does.

use super::{ApiId, Digest, EmailAddress, EnvironmentId, Locale};
use serde::{Deserialize, Serialize};

/// What is to be done about a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfficeErrand {
    Announce {
        /// Of what would be sent, as whoever asked for it saw it.
        digest: Digest,
        /// Only so many, at first.
        canary: Option<u32>,
    },
    /// One mail to one address that announces nothing.
    Test {
        address: EmailAddress,
        locale: Locale,
        /// As a reader who asked to hear about these; an absent one stands for all.
        api: Option<ApiId>,
        environment: Option<EnvironmentId>,
    },
}

impl OfficeErrand {
    /// The stored name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Announce { .. } => "announce",
            Self::Test { .. } => "test",
        }
    }
}
