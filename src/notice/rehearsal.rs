//! Rehearsals: what a test endpoint of ours takes, and who tried it.

use super::{EndpointId, Length, Notice, NoticePath, TlsVersion};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What a test endpoint does where `fairwarning serve` stands behind its address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// Whether clients are turned away as they will be, or taken as they are and told.
    #[serde(default)]
    pub purpose: Purpose,
    /// The lowest version of TLS it takes; the lowest one that the notice needs when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<TlsVersion>,
    /// The highest version of TLS it takes; TLS 1.3 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<TlsVersion>,
    /// The ciphers that production takes up to TLS 1.2, as OpenSSL writes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ciphers: Option<String>,
    /// What is answered on every path but `/`, where the endpoint tells what it saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<RehearsalAnswer>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Clients are turned away as they will be after the cutoff.
    #[default]
    Enforce,
    /// Every client is taken, from TLS 1.0 on, and told what it still speaks.
    Observe,
}

/// An HTTP answer, given as the API itself would give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearsalAnswer {
    /// Its status.
    #[serde(default = "ok")]
    pub status: u16,
    /// What it says, to the letter.
    pub body: String,
    /// The media type of what it says.
    #[serde(default = "plain")]
    pub content_type: String,
}

fn ok() -> u16 {
    200
}

fn plain() -> String {
    "text/plain; charset=utf-8".to_owned()
}

impl Notice {
    /// The lowest and the highest version that a rehearsal takes; None where neither it nor the
    /// notice says which is the lowest, which `check` refuses.
    pub fn rehearsed_versions(&self, rehearsal: &Rehearsal) -> Option<(TlsVersion, TlsVersion)> {
        let highest = rehearsal.maximum.unwrap_or(TlsVersion::Tls13);
        match rehearsal.purpose {
            Purpose::Observe => Some((TlsVersion::Tls10, TlsVersion::Tls13)),
            Purpose::Enforce => {
                let needed = || self.tls_change().needs.first().copied();
                Some((rehearsal.minimum.or_else(needed)?, highest))
            }
        }
    }
}

/// What is kept of those who tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// How long attempts are kept.
    #[serde(default = "half_a_year")]
    pub keep: Length,
    /// How much of an address is kept.
    #[serde(default)]
    pub peers: PeerDetail,
}

fn half_a_year() -> Length {
    Length::days(180)
}

impl Default for Retention {
    fn default() -> Self {
        Self { keep: half_a_year(), peers: PeerDetail::default() }
    }
}

impl Retention {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PeerDetail {
    /// All of it.
    Full,
    /// Its network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 one.
    #[default]
    Truncated,
    /// None of it.
    None,
}

/// A test endpoint of a published notice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EndpointPath {
    pub notice: NoticePath,
    pub endpoint: EndpointId,
}

/// One client at a test endpoint, however far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// None where nothing told which endpoint was meant.
    pub endpoint: Option<EndpointPath>,
    pub peer: IpAddr,
    /// The name that the client asked for (RFC 6066 §3), lower case.
    pub server_name: Option<String>,
    /// What stands before the endpoint's own host in that name, where anything does: it tells
    /// one integrator from another.
    pub token: Option<String>,
    pub framing: Framing,
    /// The versions it offered, greased ones and unknown ones included, as they stood in the
    /// hello: `supported_versions` where there is one, else the highest alone.
    pub offered: Vec<u16>,
    pub negotiated: Option<TlsVersion>,
    /// As OpenSSL names it.
    pub cipher: Option<String>,
    pub outcome: AttemptOutcome,
    /// The alert that ended it, whoever sent it (RFC 8446 §6).
    pub alert: Option<Alert>,
}

/// What the first bytes of a client were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// Records of TLS.
    Tls,
    /// A hello in the form of SSL 2.0, which may offer TLS 1.2 all the same (RFC 5246 §E.2).
    Ssl2Hello,
    /// HTTP without TLS.
    PlainHttp,
    /// Something else.
    Unknown,
    /// Nothing at all.
    Nothing,
}

/// What became of one client at a test endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// It is ready: after the cutoff nothing changes for it.
    Passed,
    /// It was taken, at an endpoint that observes, by a version that ends.
    Observed,
    /// It offered no version that is taken.
    TooOld,
    /// It offered nothing as old as what is taken.
    TooNew,
    /// It offered a version that is taken, and no cipher that is.
    NoSharedCipher,
    /// It did not trust our certificate: this says nothing about versions.
    DistrustsCertificate,
    /// It spoke HTTP without TLS.
    PlainHttp,
    /// What it sent is no hello.
    NotTls,
    /// It sent nothing, or too slowly.
    Silent,
    /// It went away before there was an outcome, or broke the handshake otherwise.
    BrokenOff,
    /// The endpoint was not open: before it opens or after it closes.
    NotOpen,
    /// It asked for a name that no endpoint has, or for none where several could be meant.
    UnknownName,
}

impl AttemptOutcome {
    pub const ALL: [Self; 12] = [
        Self::Passed,
        Self::Observed,
        Self::TooOld,
        Self::TooNew,
        Self::NoSharedCipher,
        Self::DistrustsCertificate,
        Self::PlainHttp,
        Self::NotTls,
        Self::Silent,
        Self::BrokenOff,
        Self::NotOpen,
        Self::UnknownName,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Observed => "observed",
            Self::TooOld => "too_old",
            Self::TooNew => "too_new",
            Self::NoSharedCipher => "no_shared_cipher",
            Self::DistrustsCertificate => "distrusts_certificate",
            Self::PlainHttp => "plain_http",
            Self::NotTls => "not_tls",
            Self::Silent => "silent",
            Self::BrokenOff => "broken_off",
            Self::NotOpen => "not_open",
            Self::UnknownName => "unknown_name",
        }
    }

    /// Whether it shows that the client will be turned away after the cutoff.
    pub fn is_failure(self) -> bool {
        matches!(
            self,
            Self::Observed | Self::TooOld | Self::TooNew | Self::NoSharedCipher | Self::PlainHttp
        )
    }
}

/// An alert of TLS, and who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Alert {
    pub sent_by: AlertSender,
    /// RFC 8446 §6, such as 70 for `protocol_version`.
    pub code: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertSender {
    Client,
    Server,
}

impl Alert {
    /// Its name in RFC 8446 §6, or in the RFC that retired it.
    pub fn name(self) -> &'static str {
        alert_name(self.code)
    }
}

/// The name of an alert in RFC 8446 §6 and its predecessors.
pub fn alert_name(code: u8) -> &'static str {
    match code {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => "unknown",
    }
}
