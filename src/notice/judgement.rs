//! Whether an environment is as declared: what is asked, what differs, and since when. `drift`
//! decides it.

use super::{EnvironmentId, HttpUrl, NoticeId, Operation, RowId, TlsVersion, UrlId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// One thing to ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WatchTarget {
    pub environment: EnvironmentId,
    pub url_id: UrlId,
    /// What is asked: the URL, or the operation's place below it.
    pub url: HttpUrl,
    /// The operation whose fate is asked after; None where it is which versions of TLS the URL
    /// accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
}

/// What comes of holding the world against the schedule. The last one counts most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything that could be demanded was seen.
    Conforming,
    /// Something that is demanded could not be found out.
    Undetermined,
    /// Something is otherwise.
    Drifting,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Conforming, Self::Undetermined, Self::Drifting];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conforming => "conforming",
            Self::Undetermined => "undetermined",
            Self::Drifting => "drifting",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|verdict| verdict.as_str()).collect();
            format!("`{text}` is not a verdict: write one of {}", all.join(", "))
        })
    }
}

/// A verdict on one target, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub verdict: Verdict,
    /// What counts most comes first.
    pub remarks: Vec<Remark>,
}

/// One thing that was seen, or could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub weight: Weight,
    #[serde(flatten)]
    pub difference: Difference,
    /// The addresses at which it is so, where others of the name differ; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// What is held against it, where one notice says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RowId>,
    /// The declared moment that it differs from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<DateTime<Utc>>,
    /// From there to when it was seen; below nothing where that moment is still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_after: Option<i64>,
    /// For people, in English and without a full stop.
    pub sentence: String,
}

/// How much a remark counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Worth knowing, and as declared.
    Note,
    /// It could not be found out.
    Unknown,
    /// It is otherwise than declared.
    Drift,
}

/// What differs, in terms that stay the same from one look to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Difference {
    /// A version that ended is accepted.
    StillAccepted { version: TlsVersion },
    /// A version is accepted during a brownout of it.
    AcceptedInBrownout { version: TlsVersion },
    /// A version that has not ended is not accepted.
    BlockedEarly { version: TlsVersion },
    /// No version is accepted of those that clients are told to speak.
    NoneNeededAccepted { needs: Vec<TlsVersion> },
    /// The cutoff was late, and its enforcement is on record.
    LateOnRecord { version: TlsVersion },
    /// A version is blocked over HTTP by an answer that no notice declares.
    AnswerNotDeclared { version: TlsVersion, status: u16 },
    /// Whether a version is accepted could not be found out.
    VersionUnknown { version: TlsVersion },
    /// An operation that ended is answered.
    StillAnswered { operation: Operation, status: u16 },
    /// An operation is answered during a brownout of it.
    AnsweredInBrownout { operation: Operation, status: u16 },
    /// An operation is refused by another status than the declared ones.
    OtherStatus { operation: Operation, status: u16, declared: Vec<u16> },
    /// An operation that has not ended is refused as if it had.
    GoneEarly { operation: Operation, status: u16 },
    /// A header of RFC 9745 or RFC 8594 says otherwise than the schedule.
    HeaderDiffers { operation: Operation, header: String, sent: String },
    /// A header of RFC 9745 or RFC 8594 is not a date.
    HeaderUnreadable { operation: Operation, header: String, sent: String },
    /// What became of an operation could not be found out.
    OperationUnknown { operation: Operation },
    /// Nothing at all could be found out.
    NothingFound,
}

/// The state that a target is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchStanding {
    pub verdict: Verdict,
    /// What differs, without what changes from look to look: see [`Judgement::signature`].
    pub signature: String,
    pub since: DateTime<Utc>,
    /// Looks in a row that found nothing out.
    pub in_vain: u32,
    /// What whoever is written to was told last; empty for "all is as declared".
    pub told: String,
}

impl Remark {
    /// The sentence as one that stands by itself.
    pub fn capitalised(&self) -> String {
        let mut rest = self.sentence.chars();
        rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
    }
}

impl Judgement {
    /// What differs, in words: the first remark, and how many more there are.
    pub fn reason(&self) -> Option<&str> {
        self.remarks.first().map(|remark| remark.sentence.as_str())
    }

    /// Of two looks that differ as this does in nothing but time, it is the same.
    pub fn signature(&self) -> String {
        let drifts = self.remarks.iter().filter(|remark| remark.weight == Weight::Drift);
        let mut named: Vec<String> = drifts.map(|remark| remark.difference.key()).collect();
        named.sort();
        named.dedup();
        named.join("; ")
    }
}

impl Difference {
    /// Without what changes from one look to the next.
    fn key(&self) -> String {
        match self {
            Self::StillAccepted { version } => format!("still accepted {version}"),
            Self::AcceptedInBrownout { version } => format!("accepted in brownout {version}"),
            Self::BlockedEarly { version } => format!("blocked early {version}"),
            Self::NoneNeededAccepted { .. } => "none needed accepted".to_owned(),
            Self::LateOnRecord { version } => format!("late on record {version}"),
            Self::AnswerNotDeclared { version, .. } => format!("answer not declared {version}"),
            Self::VersionUnknown { version } => format!("unknown {version}"),
            Self::StillAnswered { operation, .. } => format!("still answered {operation}"),
            Self::AnsweredInBrownout { operation, .. } => {
                format!("answered in brownout {operation}")
            }
            Self::OtherStatus { operation, status, .. } => {
                format!("other status {operation} {status}")
            }
            Self::GoneEarly { operation, .. } => format!("gone early {operation}"),
            Self::HeaderDiffers { operation, header, .. } => {
                format!("header differs {operation} {header}")
            }
            Self::HeaderUnreadable { operation, header, .. } => {
                format!("header unreadable {operation} {header}")
            }
            Self::OperationUnknown { operation } => format!("unknown {operation}"),
            Self::NothingFound => "nothing found".to_owned(),
        }
    }
}
