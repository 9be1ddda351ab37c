//! Certificates that nobody trusts, made anew for each run.

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What a server shows, as files of PEM.
#[derive(Clone)]
pub struct Certificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

pub struct Certificates {
    pub rsa: Certificate,
    pub elliptic: Certificate,
    pub expired: Certificate,
    /// Some 40 KB, more than two records hold.
    pub long_chain: Certificate,
    _folder: TempDir,
}

impl Certificates {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        let rsa_key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let elliptic_key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let rsa = signed(&rsa_key, 0, 30, 1);
        let mut long = vec![rsa.clone()];
        long.extend((2..50).map(|serial| signed(&rsa_key, 0, 30, serial)));
        Self {
            rsa: written(place, "rsa", &[rsa], &rsa_key),
            elliptic: written(place, "elliptic", &[signed(&elliptic_key, 0, 30, 1)], &elliptic_key),
            expired: written(place, "expired", &[signed(&rsa_key, -60, -30, 1)], &rsa_key),
            long_chain: written(place, "long", &long, &rsa_key),
            _folder: folder,
        }
    }
}

const DAY: i64 = 24 * 60 * 60;

/// Signed by itself, good from one day to another, counted from today.
fn signed(key: &PKey<Private>, from: i64, until: i64, serial: u32) -> X509 {
    let day = |days: i64| {
        let now = Asn1Time::days_from_now(0).unwrap();
        let epoch = Asn1Time::from_unix(0).unwrap();
        let since = epoch.diff(&now).unwrap();
        let seconds = i64::from(since.days) * DAY + i64::from(since.secs);
        Asn1Time::from_unix(seconds + days * DAY - 60).unwrap()
    };
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, "localhost").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(serial).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_not_before(&day(from)).unwrap();
    builder.set_not_after(&day(until)).unwrap();
    builder.set_pubkey(key).unwrap();
    let mut names = SubjectAlternativeName::new();
    names.dns("localhost").dns("*.example.org").ip("127.0.0.1");
    let names = names.build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(key, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn written(folder: &Path, name: &str, chain: &[X509], key: &PKey<Private>) -> Certificate {
    let made = Certificate {
        chain: folder.join(format!("{name}.pem")),
        key: folder.join(format!("{name}.key")),
    };
    let chain: Vec<u8> = chain.iter().flat_map(|one| one.to_pem().unwrap()).collect();
    fs::write(&made.chain, chain).unwrap();
    fs::write(&made.key, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    made
}
