//! Versions of TLS, as protocols number them and as offices write them.

use super::Notice;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A version of TLS or of its predecessor, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TlsVersion {
    /// SSL 3.0 (RFC 6101).
    Ssl3,
    /// TLS 1.0 (RFC 2246).
    Tls10,
    /// TLS 1.1 (RFC 4346).
    Tls11,
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version of TLS: write one such as `TLS 1.2`")]
pub struct BadTlsVersion(String);

impl TlsVersion {
    pub const ALL: [Self; 5] = [Self::Ssl3, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// As it stands in a hello: 0x0300 to 0x0304.
    pub fn number(self) -> u16 {
        match self {
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// None for what is greased (RFC 8701), a draft, or not TLS.
    pub fn numbered(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.number() == number)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ssl3 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }

    /// Every version that a text such as `TLS v1.0`, `TLSv1.2 or above` or
    /// `TLS 1.1 and below` speaks of; empty where it speaks of something else.
    pub fn named_in(text: &str) -> BTreeSet<Self> {
        let (name, rest) = split_version(text);
        let Ok(named) = name.parse::<Self>() else { return BTreeSet::new() };
        let rest = rest.trim().to_ascii_lowercase();
        let ends_with = |words: &[&str]| words.iter().any(|word| rest.ends_with(word));
        let upwards = ends_with(&["above", "later", "newer", "higher", "up", "+"]);
        let downwards = ends_with(&["below", "earlier", "older", "lower"]);
        let is_meant = |version: &Self| match (upwards, downwards) {
            (true, _) => *version >= named,
            (_, true) => *version <= named,
            _ => *version == named,
        };
        match rest.is_empty() || upwards || downwards {
            true => Self::ALL.into_iter().filter(is_meant).collect(),
            false => BTreeSet::new(),
        }
    }
}

/// `TLS v1.2 or above` is `TLS v1.2` and the rest, behind the last digit.
fn split_version(text: &str) -> (&str, &str) {
    let end = text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |last| last + 1);
    text.split_at(end)
}

impl FromStr for TlsVersion {
    type Err = BadTlsVersion;

    /// `TLS 1.2`, `TLSv1.2`, `TLS v1.2`, `tls1.2`, `SSLv3`, `SSL 3.0`, `TLSv1`.
    fn from_str(text: &str) -> Result<Self, BadTlsVersion> {
        let lower = text.trim().to_ascii_lowercase();
        let bad = || BadTlsVersion(text.to_owned());
        let (is_tls, rest) = match (lower.strip_prefix("tls"), lower.strip_prefix("ssl")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            (None, None) => return Err(bad()),
        };
        let rest = rest.trim_start();
        let number = rest.strip_prefix('v').unwrap_or(rest).trim_start();
        Ok(match (is_tls, number) {
            (false, "3" | "3.0") => Self::Ssl3,
            (true, "1" | "1.0") => Self::Tls10,
            (true, "1.1") => Self::Tls11,
            (true, "1.2") => Self::Tls12,
            (true, "1.3") => Self::Tls13,
            _ => return Err(bad()),
        })
    }
}

impl TryFrom<String> for TlsVersion {
    type Error = BadTlsVersion;
    fn try_from(text: String) -> Result<Self, BadTlsVersion> {
        text.parse()
    }
}

impl From<TlsVersion> for String {
    fn from(version: TlsVersion) -> String {
        version.to_string()
    }
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a notice says of versions of TLS. Both are empty where it is about
/// something else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsChange {
    /// Not accepted any more after the cutoff.
    pub ends: BTreeSet<TlsVersion>,
    /// Whoever speaks one of these stays connected: at least the lowest is accepted.
    pub needs: BTreeSet<TlsVersion>,
}

impl Notice {
    /// What it says of versions of TLS, read from what ends and what is needed.
    pub fn tls_change(&self) -> TlsChange {
        let versions = |texts: &[String]| -> BTreeSet<TlsVersion> {
            texts.iter().flat_map(|text| TlsVersion::named_in(text)).collect()
        };
        TlsChange { ends: versions(&self.ends), needs: versions(&self.needs) }
    }
}
