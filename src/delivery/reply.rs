//! One exchange with a mail server, and what a refusal means.

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Response, Severity};
use std::error::Error as _;
use std::fmt;
use std::time::Duration;

/// Longer replies are cut: they are kept with every message.
const MAX_REPLY_CHARS: usize = 400;

/// Why an exchange did not end as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 4yz
    Transient { code: u16, reply: String },
    /// 5yz
    Permanent { code: u16, reply: String },
    /// No reply, or none that can be read. The connection is of no more use.
    Broken(String),
}

impl Refusal {
    /// Whether the server means itself and no message: it closes (421), or
    /// wants another kind of login or encryption (RFC 4954, RFC 3207).
    pub fn is_about_server(&self) -> bool {
        matches!(
            self,
            Self::Transient { code: 421 | 454, .. } | Self::Permanent { code: 530 | 535 | 538, .. }
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transient { reply, .. } | Self::Permanent { reply, .. } => f.write_str(reply),
            Self::Broken(reason) => f.write_str(reason),
        }
    }
}

/// Waits for one exchange, but not for ever: the library bounds connecting alone.
pub(super) async fn exchange<T>(
    limit: Duration,
    exchange: impl Future<Output = Result<T, Error>>,
) -> Result<T, Refusal> {
    match tokio::time::timeout(limit, exchange).await {
        Ok(answered) => answered.map_err(|error| refusal(&error)),
        Err(_) => Err(Refusal::Broken(format!("no answer within {} s", limit.as_secs()))),
    }
}

fn refusal(error: &Error) -> Refusal {
    let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let Some(status) = error.status() else {
        // A rejected certificate comes wrapped several times; the last reason
        // is the one that helps.
        return Refusal::Broken(one_line(&innermost(error)));
    };
    let code = status.to_string().parse().unwrap_or_default();
    let reply = one_line(&format!("{status} {text}"));
    match status.severity {
        Severity::TransientNegativeCompletion => Refusal::Transient { code, reply },
        _ => Refusal::Permanent { code, reply },
    }
}

fn innermost(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = inner.to_string();
        source = inner.source();
    }
    if text == "incomplete response" {
        text = "the connection was closed".to_owned();
    }
    text
}

/// A positive reply, as it is kept.
pub(super) fn kept(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(&format!("{} {}", response.code(), lines.join(" ")))
}

fn one_line(text: &str) -> String {
    let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = printable.split_whitespace().collect();
    words.join(" ").chars().take(MAX_REPLY_CHARS).collect()
}
