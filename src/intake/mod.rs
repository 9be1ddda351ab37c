//! What comes back by mail: bounces (RFC 3464) and complaints (RFC 5965).
//!
//! One message comes in, by whatever way, and a verdict goes out. Only what
//! carries a token that was signed here counts. This module never answers a
//! message, sends nothing, and knows nothing of how a round is filled.

mod maildir;
mod parts;
mod report;

pub use maildir::{Drained, MaildirError, drain};
pub use report::{Content, DeliveryReport, Reading, read};

use crate::links::Keys;
use crate::store::{Feedback, FeedbackKind, Recorded, Store, StoreError};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A report returns headers, not attachments. Larger ones are not looked at.
pub const MAX_MESSAGE_BYTES: usize = 1_048_576;

/// More than this many addresses are not tried: each costs a hash.
const MAX_TOKENS: usize = 32;

/// What became of a message that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is on record, about this row.
    Recorded {
        row: i64,
        kind: FeedbackKind,
        status: String,
        is_suppressed: bool,
    },
    /// The same report came in before.
    Again {
        row: i64,
    },
    Ignored(Ignored),
}

/// Why a message was ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// It carries a token that was not signed here.
    Forged,
    /// It carries no token at all.
    NoToken,
    /// It is about a message that this database does not have.
    UnknownMessage,
    /// Somebody is out of office.
    AutoReply,
    /// Neither a report nor an automatic answer.
    NotAReport,
    TooLarge,
}

impl Ignored {
    pub const ALL: [Self; 6] = [
        Self::Forged,
        Self::NoToken,
        Self::UnknownMessage,
        Self::AutoReply,
        Self::NotAReport,
        Self::TooLarge,
    ];

    /// Stable; what it is counted under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forged => "forged",
            Self::NoToken => "no-token",
            Self::UnknownMessage => "unknown-message",
            Self::AutoReply => "auto-reply",
            Self::NotAReport => "not-a-report",
            Self::TooLarge => "too-large",
        }
    }
}

impl Verdict {
    /// Stable; what it is counted under.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Recorded { kind, .. } => kind.as_str(),
            Self::Again { .. } => "again",
            Self::Ignored(why) => why.as_str(),
        }
    }
}

/// For terminals and logs: no address is in it.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded { row, kind, status, is_suppressed } => {
                write!(f, "{} about row {row}: {status}", kind.as_str())?;
                if *is_suppressed {
                    f.write_str("; the recipient is written to no more")?;
                }
                Ok(())
            }
            Self::Again { row } => write!(f, "known already, about row {row}"),
            Self::Ignored(why) => write!(f, "ignored: {}", why.as_str()),
        }
    }
}

/// Takes one message in, as it came over the wire. `recipient` is the address
/// it was delivered to, where the mail server tells. Any number of copies
/// count once.
pub async fn take_in(
    store: &Store,
    keys: &Keys,
    raw: &[u8],
    recipient: Option<&str>,
    at: DateTime<Utc>,
) -> Result<Verdict, StoreError> {
    let verdict = judge(store, keys, raw, recipient, at).await?;
    store.tally(&format!("intake {}", verdict.name())).await?;
    tracing::info!(%verdict, bytes = raw.len(), "mail taken in");
    Ok(verdict)
}

async fn judge(
    store: &Store,
    keys: &Keys,
    raw: &[u8],
    recipient: Option<&str>,
    at: DateTime<Utc>,
) -> Result<Verdict, StoreError> {
    if raw.len() > MAX_MESSAGE_BYTES {
        return Ok(Verdict::Ignored(Ignored::TooLarge));
    }
    let reading = report::read(raw, recipient);
    let report = match &reading.content {
        Content::AutoReply => return Ok(Verdict::Ignored(Ignored::AutoReply)),
        Content::Other => return Ok(Verdict::Ignored(Ignored::NotAReport)),
        Content::Delivery(report) => report.clone(),
        Content::Complaint { kind } => DeliveryReport {
            kind: FeedbackKind::Complaint,
            status: kind.clone(),
            diagnostic: String::new(),
            is_mailbox_gone: true,
        },
    };
    if reading.tokens.is_empty() {
        return Ok(Verdict::Ignored(Ignored::NoToken));
    }
    let tokens = reading.tokens.iter().take(MAX_TOKENS);
    let Some(row) = tokens.filter_map(|token| keys.verify_bounce(token).ok()).next() else {
        return Ok(Verdict::Ignored(Ignored::Forged));
    };
    let is_complaint = report.kind == FeedbackKind::Complaint;
    let suppress = report.is_mailbox_gone.then(|| match is_complaint {
        true => format!("complained: {}", report.status),
        false => format!("bounced: {}", report.status),
    });
    let DeliveryReport { kind, status, diagnostic, .. } = report;
    let is_suppressed = suppress.is_some();
    let digest = digest(row, kind, &status, &diagnostic, &reading.identity);
    let feedback = Feedback { row, kind, status: status.clone(), diagnostic, at, digest, suppress };
    Ok(match store.record_feedback(&feedback).await? {
        Recorded::New => Verdict::Recorded { row, kind, status, is_suppressed },
        Recorded::Again => Verdict::Again { row },
        Recorded::NoSuchRow => Verdict::Ignored(Ignored::UnknownMessage),
    })
}

/// Copies of one report differ in the lines that servers add on the way, and so
/// are known by what they say and by their Message-ID.
fn digest(row: i64, kind: FeedbackKind, status: &str, diagnostic: &str, identity: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [&row.to_string(), kind.as_str(), status, diagnostic, identity] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}
