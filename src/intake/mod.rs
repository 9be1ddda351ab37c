//! What comes back by mail: bounces (RFC 3464), complaints (RFC 5965), and the
//! wish to leave (RFC 2369).
//!
//! One message comes in, by whatever way, and a verdict goes out. Only what
//! carries a token that was signed here counts. This module never answers a
//! message, sends nothing, and knows nothing of how a round is filled.

mod maildir;
mod parts;
mod report;

pub use maildir::{Drained, MaildirError, drain};
pub use report::{Content, DeliveryReport, Reading, Returned, read};

use crate::links::Keys;
use crate::store::{Feedback, FeedbackKind, Recorded, Store, StoreError};
use crate::subscribers::{self, SubscriberError};
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
    /// A reader left by mail.
    Unsubscribed,
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
            Self::Unsubscribed => "unsubscribed",
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
            Self::Unsubscribed => f.write_str("unsubscribed by mail"),
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
        Content::Unsubscribe { token } => return leave(store, keys, token, at).await,
        Content::Delivery(report) => report.clone(),
        Content::Complaint { kind } => DeliveryReport {
            kind: FeedbackKind::Complaint,
            status: kind.clone(),
            diagnostic: String::new(),
            is_mailbox_gone: true,
        },
    };
    let row = match row_of(store, keys, &reading).await? {
        Ok(row) => row,
        Err(why) => return Ok(Verdict::Ignored(why)),
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

/// The message a report is about: by the token of its return path, or, where
/// that was cut off, by the link in it that leads away, which is signed as well.
async fn row_of(
    store: &Store,
    keys: &Keys,
    reading: &Reading,
) -> Result<Result<i64, Ignored>, StoreError> {
    let Reading { tokens, returned, .. } = reading;
    let mut found = tokens.iter().take(MAX_TOKENS).filter_map(|t| keys.verify_bounce(t).ok());
    if let Some(row) = found.next() {
        return Ok(Ok(row));
    }
    for token in returned.leaving.iter().take(MAX_TOKENS) {
        let Ok((subscriber, _)) = keys.verify_unsubscribe(token) else { continue };
        let row = store.row_of_message(subscriber, &returned.message_id).await?;
        return Ok(row.ok_or(Ignored::UnknownMessage));
    }
    let has_any = !tokens.is_empty() || !returned.leaving.is_empty();
    Ok(Err(if has_any { Ignored::Forged } else { Ignored::NoToken }))
}

async fn leave(
    store: &Store,
    keys: &Keys,
    token: &str,
    at: DateTime<Utc>,
) -> Result<Verdict, StoreError> {
    match subscribers::unsubscribe(store, keys, token, at).await {
        Ok(_) => Ok(Verdict::Unsubscribed),
        Err(SubscriberError::Store(failure)) => Err(failure),
        Err(_) => Ok(Verdict::Ignored(Ignored::Forged)),
    }
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
