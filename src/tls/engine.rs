//! The handshake behind the gate, which is OpenSSL's, by the terms of one endpoint.
//!
//! It knows no endpoint and no time of day; it tells what was agreed on, or how it failed.

use super::credentials::Credentials;
use super::gate::Versions;
use super::replayed::Replayed;
use crate::notice::{Alert, AlertSender, AttemptOutcome, TlsVersion};
use openssl::dh::Dh;
use openssl::error::ErrorStack;
use openssl::ssl::{
    AlpnError, Error, Ssl, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions, SslRef,
    SslSessionCacheMode, SslVersion, select_next_proto,
};
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_openssl::SslStream;

/// Everything that any client may speak.
const EVERY_CIPHER: &str = "ALL:@SECLEVEL=0";
/// OpenSSL takes TLS 1.0 and 1.1 at no higher level, because of SHA-1.
const OLD_CIPHERS: &str = "DEFAULT:@SECLEVEL=0";
const HTTP_1: &[u8] = b"\x08http/1.1";

/// OpenSSL's number for its part that speaks TLS, and what it adds to an alert that it got.
const OF_TLS: i32 = 20;
const ALERT_RECEIVED: i32 = 1000;
/// Nothing is shared: no cipher, no group, no signature algorithm.
const NOTHING_SHARED: [i32; 5] = [101, 118, 193, 295, 376];
/// The version is not taken after all.
const WRONG_VERSION: [i32; 4] = [191, 258, 267, 396];
/// What a client says of a certificate (RFC 8446 §6.2).
const OF_CERTIFICATES: [u8; 6] = [42, 43, 44, 45, 46, 48];

/// What is taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Terms {
    pub minimum: TlsVersion,
    pub maximum: TlsVersion,
    /// As OpenSSL writes them; its own choice when absent.
    pub ciphers: Option<String>,
    /// Whether every cipher and every key is taken.
    pub takes_all: bool,
}

impl Terms {
    pub fn versions(&self) -> Versions {
        Versions { minimum: self.minimum, maximum: self.maximum }
    }

    fn ciphers(&self) -> Option<&str> {
        match &self.ciphers {
            _ if self.takes_all => Some(EVERY_CIPHER),
            Some(written) => Some(written),
            None => (self.minimum < TlsVersion::Tls12).then_some(OLD_CIPHERS),
        }
    }

    /// Whether production has parameters for Diffie-Hellman without curves shows in nothing
    /// but that its ciphers are named.
    fn wants_finite_fields(&self) -> bool {
        let names = self.ciphers.as_deref().unwrap_or_default().split([':', ',']);
        let mut plain = names.map(|name| name.trim_start_matches('k'));
        self.takes_all || plain.any(|name| name.starts_with("DHE") || name.starts_with("EDH"))
    }
}

/// What a client and an endpoint agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    pub version: TlsVersion,
    /// As OpenSSL names it.
    pub cipher: &'static str,
}

/// A connection that TLS protects.
pub type Secured<S> = SslStream<Replayed<S>>;

/// A handshake that failed, and its connection where anybody may still be there.
pub struct Failed<S> {
    pub outcome: AttemptOutcome,
    pub alert: Option<Alert>,
    stream: Option<Secured<S>>,
}

impl<S> Failed<S> {
    /// The connection below TLS.
    pub fn stream(&mut self) -> Option<&mut Replayed<S>> {
        self.stream.as_mut().map(SslStream::get_mut)
    }
}

/// One endpoint's side of handshakes.
pub struct Acceptor(SslContext);

impl Acceptor {
    /// Fails where no cipher is left, or the certificate is too weak for the level.
    pub fn new(terms: &Terms, credentials: &Credentials) -> Result<Self, ErrorStack> {
        let mut context = SslContext::builder(SslMethod::tls_server())?;
        // Every attempt shows the whole handshake: none resumes an earlier one.
        context.set_session_cache_mode(SslSessionCacheMode::OFF);
        context.set_options(
            SslOptions::NO_TICKET | SslOptions::NO_COMPRESSION | SslOptions::NO_RENEGOTIATION,
        );
        context.set_num_tickets(0)?;
        context.set_mode(SslMode::RELEASE_BUFFERS | SslMode::ACCEPT_MOVING_WRITE_BUFFER);
        context.set_min_proto_version(Some(openssl_version(terms.minimum)))?;
        context.set_max_proto_version(Some(openssl_version(terms.maximum)))?;
        // First, for it says how strong a key must be.
        if let Some(ciphers) = terms.ciphers() {
            context.set_cipher_list(ciphers)?;
        }
        if terms.wants_finite_fields() {
            context.set_tmp_dh(&*Dh::get_2048_256()?)?;
        }
        context.set_alpn_select_callback(|_, offered| {
            select_next_proto(HTTP_1, offered).ok_or(AlpnError::NOACK)
        });
        identify(&mut context, credentials)?;
        Ok(Self(context.build()))
    }

    /// The handshake with a client whose `first` bytes were read already.
    pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        first: Vec<u8>,
        stream: S,
        patience: Duration,
    ) -> Result<(Secured<S>, Negotiated), Failed<S>> {
        let broken = |alert| Failed { outcome: AttemptOutcome::BrokenOff, alert, stream: None };
        let replayed = Replayed::new(first, stream);
        let begun = Ssl::new(&self.0).and_then(|ssl| SslStream::new(ssl, replayed));
        let Ok(mut stream) = begun else { return Err(broken(None)) };
        match timeout(patience, Pin::new(&mut stream).accept()).await {
            Err(_) => Err(broken(None)),
            Ok(Ok(())) => match negotiated(stream.ssl()) {
                Some(negotiated) => Ok((stream, negotiated)),
                None => Err(broken(None)),
            },
            Ok(Err(failure)) => {
                let (outcome, received) = told(&failure);
                let sent = stream.get_ref().alert();
                let alert = received
                    .map(|code| Alert { sent_by: AlertSender::Client, code })
                    .or(sent.map(|code| Alert { sent_by: AlertSender::Server, code }));
                Err(Failed { outcome, alert, stream: Some(stream) })
            }
        }
    }
}

fn identify(context: &mut SslContextBuilder, credentials: &Credentials) -> Result<(), ErrorStack> {
    context.set_certificate(&credentials.certificate)?;
    for further in &credentials.chain {
        context.add_extra_chain_cert(further.clone())?;
    }
    context.set_private_key(&credentials.key)?;
    context.check_private_key()
}

fn openssl_version(version: TlsVersion) -> SslVersion {
    match version {
        TlsVersion::Ssl3 => SslVersion::SSL3,
        TlsVersion::Tls10 => SslVersion::TLS1,
        TlsVersion::Tls11 => SslVersion::TLS1_1,
        TlsVersion::Tls12 => SslVersion::TLS1_2,
        TlsVersion::Tls13 => SslVersion::TLS1_3,
    }
}

fn negotiated(ssl: &SslRef) -> Option<Negotiated> {
    let chosen = ssl.version2()?;
    let version = TlsVersion::ALL.into_iter().find(|known| openssl_version(*known) == chosen)?;
    Some(Negotiated { version, cipher: ssl.current_cipher()?.name() })
}

/// What OpenSSL's reasons come to, and the alert that the client sent, where it did.
fn told(failure: &Error) -> (AttemptOutcome, Option<u8>) {
    let errors = failure.ssl_error().map(ErrorStack::errors).unwrap_or_default();
    let of_tls = errors.iter().filter(|error| error.library_code() == OF_TLS);
    let reasons: Vec<i32> = of_tls.map(|error| error.reason_code()).collect();
    let is_any = |known: &[i32]| reasons.iter().any(|reason| known.contains(reason));
    let received = reasons.iter().find_map(|reason| u8::try_from(reason - ALERT_RECEIVED).ok());
    let outcome = match received {
        Some(alert) if OF_CERTIFICATES.contains(&alert) => AttemptOutcome::DistrustsCertificate,
        None if is_any(&NOTHING_SHARED) => AttemptOutcome::NoSharedCipher,
        None if is_any(&WRONG_VERSION) => AttemptOutcome::TooOld,
        _ => AttemptOutcome::BrokenOff,
    };
    (outcome, received)
}
