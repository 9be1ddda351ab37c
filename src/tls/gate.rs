//! The gate of a test endpoint: whether a hello is let through to the handshake, or else
//! what it is answered.
//!
//! It knows versions and nothing else: whether ciphers are shared and certificates trusted
//! shows in the handshake.

use super::client_hello::ClientHello;
use crate::notice::{AttemptOutcome, TlsVersion};

/// RFC 8446 §6.2.
pub const UNEXPECTED_MESSAGE: u8 = 10;
pub const PROTOCOL_VERSION: u8 = 70;
pub const INTERNAL_ERROR: u8 = 80;
pub const UNRECOGNIZED_NAME: u8 = 112;

const ALERT_RECORD: u8 = 21;
const FATAL: u8 = 2;
/// How long an alert is on the wire, before there are keys to seal it.
pub const ALERT_BYTES: usize = 7;

/// The versions that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    pub minimum: TlsVersion,
    pub maximum: TlsVersion,
}

/// Why a client is turned away, and what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub outcome: AttemptOutcome,
    pub alert: u8,
    /// The alert as a record of a version that the client speaks.
    pub bytes: [u8; ALERT_BYTES],
}

/// Whether `hello` offers a version that is taken. Whoever names the highest alone speaks
/// those below it as well, for all one can tell.
pub fn judge(hello: &ClientHello, versions: Versions) -> Result<(), Refusal> {
    let is_taken = |number: &u16| {
        let known = TlsVersion::numbered(*number);
        known.is_some_and(|known| versions.minimum <= known && known <= versions.maximum)
    };
    let is_let_through = match &hello.supported_versions {
        Some(offered) => offered.iter().any(is_taken),
        // TLS 1.3 is never agreed on without the extension (RFC 8446 §4.2.1).
        None => hello.legacy_version.min(TlsVersion::Tls12.number()) >= versions.minimum.number(),
    };
    if is_let_through {
        return Ok(());
    }
    let mut known = hello.offered().into_iter().filter_map(TlsVersion::numbered).peekable();
    let is_new = known.peek().is_some() && known.all(|version| version > versions.maximum);
    let outcome = if is_new { AttemptOutcome::TooNew } else { AttemptOutcome::TooOld };
    Err(refuse(Some(hello), outcome, PROTOCOL_VERSION))
}

/// The answer to a client, by its hello where it sent one.
pub fn refuse(hello: Option<&ClientHello>, outcome: AttemptOutcome, alert: u8) -> Refusal {
    let spoken = hello.map_or(TlsVersion::Tls10.number(), spoken);
    let [major, minor] = spoken.to_be_bytes();
    Refusal { outcome, alert, bytes: [ALERT_RECORD, major, minor, 0, 2, FATAL, alert] }
}

/// The highest version of records that it understands: those of TLS 1.3 say TLS 1.2.
fn spoken(hello: &ClientHello) -> u16 {
    let known = hello.offered().into_iter().filter_map(TlsVersion::numbered).max();
    let known = known.map_or(hello.legacy_version, TlsVersion::number);
    known.clamp(TlsVersion::Ssl3.number(), TlsVersion::Tls12.number())
}

/// The alert that a record holds, where it is one that nothing seals.
pub fn alert_of(record: &[u8]) -> Option<u8> {
    match record {
        [ALERT_RECORD, 3, _, 0, 2, _, alert, ..] => Some(*alert),
        _ => None,
    }
}
