//! How records and seals are hashed: pure.
//!
//! The form is versioned by the words each hash begins with; a later form takes
//! other words and leaves what was sealed alone.

use crate::store::{Record, Seal};
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// 128 bits: without them nobody can try addresses out.
pub const SALT_BYTES: usize = 16;

const PERSON: &[u8] = b"fairwarning person 1\n";
const LEAF: &[u8] = b"fairwarning record 1\n";
/// Of what a digest carried.
const CARRIED_LEAF: &[u8] = b"fairwarning record 2\n";
const SEAL: &[u8] = b"fairwarning seal 1\n";

/// The digest of a person, by the normal form of the address.
pub fn person(salt: &[u8], key: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(PERSON);
    hash.update(salt);
    hash.update(key.as_bytes());
    hash.finalize().to_vec()
}

/// The hash of a record: everything about it, in a fixed order.
pub fn leaf(record: &Record) -> Vec<u8> {
    #[derive(Serialize)]
    struct Sealed<'a> {
        id: i64,
        at_us: i64,
        outcome: &'a str,
        reply: &'a str,
        row: i64,
        recipient: i64,
        channel: i64,
        message_id: &'a str,
        subject: &'a str,
        kind: &'a str,
        key: &'a str,
        revision: &'a str,
        edition: i64,
        edition_digest: &'a str,
        person: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        carrier: Option<i64>,
    }
    let sealed = Sealed {
        id: record.id,
        at_us: record.at.timestamp_micros(),
        outcome: &record.outcome,
        reply: &record.reply,
        row: record.row,
        recipient: record.recipient,
        channel: record.channel,
        message_id: &record.message_id,
        subject: &record.subject,
        kind: &record.kind,
        key: &record.key,
        revision: &record.revision,
        edition: record.edition,
        edition_digest: &record.edition_digest,
        person: HEXLOWER.encode(record.person.as_deref().unwrap_or_default()),
        carrier: record.carrier,
    };
    let mut hash = Sha256::new();
    hash.update(record.carrier.map_or(LEAF, |_| CARRIED_LEAF));
    hash.update(serde_json::to_vec(&sealed).expect("a record has string keys only"));
    hash.finalize().to_vec()
}

/// The hash of a seal: the one before it, and its records.
pub fn seal_of<'a>(id: i64, before: &[u8], leaves: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(SEAL);
    hash.update(id.to_be_bytes());
    hash.update(before);
    for leaf in leaves {
        hash.update(leaf);
    }
    hash.finalize().to_vec()
}

/// A seal by number and hash: kept elsewhere, it shows later that nothing
/// before it was changed or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub seal: i64,
    pub hash: Vec<u8>,
}

impl From<&Seal> for Head {
    fn from(seal: &Seal) -> Self {
        Self { seal: seal.id, hash: seal.hash.clone() }
    }
}

/// `NUMBER:HASH`, the hash in lower-case hexadecimal.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seal, HEXLOWER.encode(&self.hash))
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (seal, hash) = text.trim().split_once(':')?;
            let hash = HEXLOWER.decode(hash.to_ascii_lowercase().as_bytes()).ok()?;
            Some(Self { seal: seal.parse().ok().filter(|seal| *seal > 0)?, hash })
        };
        read().ok_or_else(|| format!("`{text}` is not a head: write NUMBER:HASH, as --head prints"))
    }
}
