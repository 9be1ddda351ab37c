//! Signing finished bytes (RFC 6376).

use crate::config::DkimSettings;
use mail_auth::common::crypto::{RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::ExposeSecret;

/// `From` stands twice, so that none can be added above the signed one. The
/// unsubscribe headers must be covered (RFC 8058 §4), and Content-Type, or the
/// body could be given another meaning.
const SIGNED_HEADERS: [&str; 20] = [
    "From",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Help",
    "List-Archive",
    "List-Post",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Feedback-ID",
];

pub(super) struct Signer(DkimSigner<RsaKey<Sha256>, Done>);

/// The reason without the key: neither error prints any of it.
#[derive(Debug, thiserror::Error)]
pub enum SigningFailed {
    #[error("--dkim-key-file holds no RSA private key in PEM form: {0}")]
    Key(String),
    #[error("the message cannot be signed: {0}")]
    Message(String),
}

impl Signer {
    pub fn new(settings: &DkimSettings) -> Result<Self, SigningFailed> {
        let pem = settings.key_pem.expose_secret().as_bytes();
        let der = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|bad| SigningFailed::Key(bad.to_string()))?;
        let key = RsaKey::<Sha256>::from_key_der(der)
            .map_err(|bad| SigningFailed::Key(bad.to_string()))?;
        let signer = DkimSigner::from_key(key)
            .domain(settings.domain.as_str())
            .selector(settings.selector.as_str())
            .headers(SIGNED_HEADERS)
            .header_canonicalization(Canonicalization::Relaxed)
            .body_canonicalization(Canonicalization::Relaxed);
        Ok(Self(signer))
    }

    /// The message with its signature above it.
    pub fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, SigningFailed> {
        let signature =
            self.0.sign(&message).map_err(|bad| SigningFailed::Message(bad.to_string()))?;
        let mut signed = signature.to_header().into_bytes();
        signed.reserve_exact(message.len());
        signed.extend(message);
        Ok(signed)
    }
}
