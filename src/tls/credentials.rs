//! The certificate and the key of test endpoints, and the files that hold them.
//!
//! Files are compared by what is in them, not by when they were written: they are small, and
//! tools that renew certificates write them in every way there is.

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use std::fmt;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum BadCredentials {
    #[error("cannot read {0}: {1}; name a file that this process may read")]
    Unreadable(String, std::io::Error),
    #[error("{0} holds no certificate: write it as PEM, the server's own first, then its chain")]
    NoCertificate(String),
    #[error("{0} holds no private key without a passphrase: write one as PEM")]
    NoKey(String),
    #[error("the key in {key} is not that of the first certificate in {certificate}")]
    Unlike { certificate: String, key: String },
}

/// A certificate, those that lead to its root, and its key.
#[derive(Clone)]
pub struct Credentials {
    pub(super) certificate: X509,
    pub(super) chain: Vec<X509>,
    pub(super) key: PKey<Private>,
}

/// The key is nobody's business.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

/// Where they are, and what was there when somebody last looked.
pub struct CredentialFiles {
    certificate: PathBuf,
    key: PathBuf,
    seen: Option<[Vec<u8>; 2]>,
}

impl CredentialFiles {
    pub fn new(certificate: &Path, key: &Path) -> Self {
        Self { certificate: certificate.to_owned(), key: key.to_owned(), seen: None }
    }

    /// What they hold.
    pub fn read(&mut self) -> Result<Credentials, BadCredentials> {
        self.take().1
    }

    /// The same, where it is not what they held the last time: what was wrong then is not
    /// told again.
    pub fn look(&mut self) -> Option<Result<Credentials, BadCredentials>> {
        let (is_new, read) = self.take();
        is_new.then_some(read)
    }

    fn take(&mut self) -> (bool, Result<Credentials, BadCredentials>) {
        let certificate = named("the certificate", &self.certificate);
        let key = named("the key", &self.key);
        let read = |path: &Path, name: &str| {
            std::fs::read(path).map_err(|why| BadCredentials::Unreadable(name.to_owned(), why))
        };
        let found = read(&self.certificate, &certificate)
            .and_then(|certificate| Ok([certificate, read(&self.key, &key)?]));
        // What is no longer there is remembered as nothing at all.
        let present = found.as_ref().ok().cloned().unwrap_or_default();
        let is_new = self.seen.as_ref() != Some(&present);
        self.seen = Some(present);
        (is_new, found.and_then(|[pem, secret]| parse((&certificate, &pem), (&key, &secret))))
    }
}

fn named(what: &str, path: &Path) -> String {
    format!("{what} `{}`", path.display())
}

fn parse(
    (certificate, pem): (&str, &[u8]),
    (name, secret): (&str, &[u8]),
) -> Result<Credentials, BadCredentials> {
    let none = || BadCredentials::NoCertificate(certificate.to_owned());
    let mut chain = X509::stack_from_pem(pem).map_err(|_| none())?;
    if chain.is_empty() {
        return Err(none());
    }
    let first = chain.remove(0);
    // Without a callback OpenSSL would ask for a passphrase at the terminal.
    let key = PKey::private_key_from_pem_callback(secret, |_| Ok(0));
    let key = key.map_err(|_| BadCredentials::NoKey(name.to_owned()))?;
    let is_its_key = first.public_key().is_ok_and(|public| public.public_eq(&key));
    if !is_its_key {
        let (certificate, key) = (certificate.to_owned(), name.to_owned());
        return Err(BadCredentials::Unlike { certificate, key });
    }
    Ok(Credentials { certificate: first, chain, key })
}
