//! Who reads what is written about a notice: those it concerns, or somebody else on
//! their behalf. Each has a thread of their own, and is told by their own messages.

use crate::notice::OccasionKind;
use crate::store::{Channel, StoredOccasion};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    First,
    /// A second contact.
    Second,
}

/// At the end of the key of a change that second contacts hear of.
const SECOND: &str = "/second";

impl Reader {
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

    pub fn channel(self) -> Channel {
        match self {
            Self::First => Channel::Mail,
            Self::Second => Channel::SecondContact,
        }
    }

    /// The key of the change that has `key`, for these readers.
    pub fn change(self, key: &str) -> String {
        match self {
            Self::First => key.to_owned(),
            Self::Second => format!("{key}{SECOND}"),
        }
    }

    /// Whether these readers have messages of the occasion. What the office hears of
    /// its own notice tells neither.
    pub fn hears(self, occasion: &StoredOccasion) -> bool {
        let is_seconds = match occasion.kind {
            OccasionKind::Escalated => return false,
            OccasionKind::Escalation => true,
            OccasionKind::Change => occasion.key.ends_with(SECOND),
            _ => false,
        };
        is_seconds == (self == Self::Second)
    }
}
