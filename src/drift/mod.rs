//! Whether the world is as declared: the schedule at a moment beside what a probe found then.
//!
//! It knows no socket and no database; what was found is handed to it. What it decides, and why:
//!
//! - **TLS is a matter of a whole URL.** Where rows of one URL disagree, because some APIs or
//!   some integrators have longer, a version has to go only when every row demands it, and is
//!   blocked early as long as one row still allows it.
//! - **Rows that are paused or cancelled demand nothing**, and keep no other row from demanding.
//! - **What may have happened is tolerated either way**: inside a vague or a rolling cutoff, and
//!   between a planned cutoff and the day on which its enforcement is on record. That it was late
//!   is said then, and is no drift: it is known.
//! - **Two layers.** A server that completes a handshake and answers an error over it blocks by
//!   HTTP, which is as good as by an alert.
//! - **Around an edge of the schedule** nobody is held to the second ([`SETTLING`]).
//! - **Nothing accepted at all is undetermined**, and never conforming: a server that is down
//!   refuses TLS 1.0, too.
//! - **Headers that are absent are no drift**: no declaration says that they are sent. One that
//!   is sent and says otherwise is.

mod covering;
mod headers;
mod operations;
mod said;
mod standing;
mod targets;
mod transport;

pub use covering::SETTLING;
pub use standing::{Standing, Turn};
pub use targets::{Target, next_look, targets, watched};

use crate::notice::{Finding, NoticeId, Operation, Program, RowId, TlsVersion};
use crate::schedule::Instant;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

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
    pub points: Vec<Point>,
}

/// One thing that was seen, or could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    pub weight: Weight,
    #[serde(flatten)]
    pub fact: Fact,
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
    pub declared: Option<Instant>,
    /// From there to when it was seen; below nothing where that moment is still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_after: Option<i64>,
    /// For people, in English and without a full stop.
    pub sentence: String,
}

/// How much a point counts.
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
pub enum Fact {
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

/// Holds what was found at a target, at each of its addresses, against the schedule at `at`.
pub fn judge(program: &Program, target: &Target, findings: &[Finding], at: Instant) -> Judgement {
    let mut points: Vec<Point> = Vec::new();
    for finding in findings {
        let seen = match &target.operation {
            None => transport::points(program, target, finding, at),
            Some(operation) => operations::points(program, target, operation, finding, at),
        };
        for mut point in seen {
            point.addresses = finding.address.into_iter().collect();
            match points.iter_mut().find(|known| known.says_the_same(&point)) {
                Some(known) => known.addresses.append(&mut point.addresses),
                None => points.push(point),
            }
        }
    }
    if findings.is_empty() {
        points.push(said::nothing_found(program, target, "it was not asked"));
    }
    for point in &mut points {
        said::name_addresses(point, findings.len());
    }
    points.sort_by_key(|point| std::cmp::Reverse(point.weight));
    let verdict = match points.first().map(|point| point.weight) {
        Some(Weight::Drift) => Verdict::Drifting,
        Some(Weight::Unknown) => Verdict::Undetermined,
        Some(Weight::Note) | None => Verdict::Conforming,
    };
    Judgement { verdict, points }
}

impl Point {
    fn says_the_same(&self, other: &Self) -> bool {
        let key = |point: &Self| {
            (point.weight, point.fact.clone(), point.notice.clone(), point.row.clone())
        };
        key(self) == key(other) && self.sentence == other.sentence
    }
}

impl Judgement {
    /// What differs, in words: the first point, and how many more there are.
    pub fn reason(&self) -> Option<&str> {
        self.points.first().map(|point| point.sentence.as_str())
    }

    /// Of two looks that differ as this does in nothing but time, it is the same.
    pub fn signature(&self) -> String {
        let drifts = self.points.iter().filter(|point| point.weight == Weight::Drift);
        let mut named: Vec<String> = drifts.map(|point| point.fact.key()).collect();
        named.sort();
        named.dedup();
        named.join("; ")
    }
}

impl Fact {
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
