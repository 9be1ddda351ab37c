//! Certificates that nobody trusts but whoever is told to, for a day of trying things out.

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};

/// An authority of a moment, and a certificate that it signed, as PEM.
pub struct Throwaway {
    pub authority: Vec<u8>,
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
}

/// 128 bits that are no other certificate's (RFC 5280 §4.1.2.2).
const SERIAL_BITS: i32 = 127;
const VALID_DAYS: u32 = 2;
const RSA_BITS: u32 = 2_048;

impl Throwaway {
    /// For these hosts and any one name below each.
    pub fn new<'h>(hosts: impl Iterator<Item = &'h str>) -> Result<Self, ErrorStack> {
        let (authority_key, key) = (new_key()?, new_key()?);
        let authority_name = name("fairwarning samples")?;
        let mut authority = begun(&authority_name, &authority_name, &authority_key)?;
        authority.append_extension(BasicConstraints::new().critical().ca().build()?)?;
        authority.append_extension(KeyUsage::new().critical().key_cert_sign().build()?)?;
        authority.sign(&authority_key, MessageDigest::sha256())?;
        let mut certificate = begun(&name("samples")?, &authority_name, &key)?;
        let mut names = SubjectAlternativeName::new();
        for host in hosts {
            match host.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
                Ok(address) => names.ip(&address.to_string()),
                Err(_) => names.dns(host).dns(&format!("*.{host}")),
            };
        }
        let names = names.build(&certificate.x509v3_context(None, None))?;
        certificate.append_extension(names)?;
        certificate.append_extension(BasicConstraints::new().build()?)?;
        certificate.sign(&authority_key, MessageDigest::sha256())?;
        Ok(Self {
            authority: authority.build().to_pem()?,
            certificate: certificate.build().to_pem()?,
            key: key.private_key_to_pem_pkcs8()?,
        })
    }
}

fn new_key() -> Result<PKey<Private>, ErrorStack> {
    // Clients that know no elliptic curves would be turned away for those.
    PKey::from_rsa(Rsa::generate(RSA_BITS)?)
}

fn name(text: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", text)?;
    Ok(name.build())
}

fn begun(
    subject: &X509Name,
    issuer: &X509Name,
    key: &PKey<Private>,
) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    let mut serial = BigNum::new()?;
    serial.rand(SERIAL_BITS, MsbOption::MAYBE_ZERO, false)?;
    builder.set_serial_number(&*serial.to_asn1_integer()?)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(VALID_DAYS)?)?;
    Ok(builder)
}
