//! Whether everything that was sealed is still there and still says the same.

use super::ProofError;
use super::chain::{Head, leaf, person, seal_of};
use crate::notice::{Digest, EmailAddress};
use crate::store::{KnownPerson, Person, Record, Seal, Store};
use std::collections::BTreeSet;
use std::fmt;

/// Seals or persons read at a time.
const PAGE: i64 = 500;

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A record says something else than when it was sealed.
    Changed { record: i64, seal: i64 },
    /// A seal has fewer or more records than it had.
    Records { seal: i64, sealed: i64, found: i64 },
    /// A seal's hash does not come out, though each of its records does.
    Seal { seal: i64 },
    /// Seals are missing before this one.
    Gap { before: i64 },
    /// Records name a seal that is not there.
    Astray { records: i64 },
    /// What an edition said was changed.
    Edition { edition: i64 },
    /// A recipient's address is not the one that was sealed.
    Person { recipient: i64 },
    /// The head that was kept elsewhere is not in the chain.
    Head { expected: String, found: Option<String> },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { record, seal } => {
                write!(f, "record {record} under seal {seal} was changed after it was sealed")
            }
            Self::Records { seal, sealed, found } => {
                write!(f, "seal {seal} covers {sealed} records, and {found} are there")
            }
            Self::Seal { seal } => write!(f, "seal {seal} does not fit the one before it"),
            Self::Gap { before } => write!(f, "seals are missing before seal {before}"),
            Self::Astray { records } => {
                write!(f, "{records} records lie under seals that are not there")
            }
            Self::Edition { edition } => {
                write!(f, "the text of edition {edition} was changed after it was sent")
            }
            Self::Person { recipient } => {
                write!(f, "the address of recipient {recipient} is not the one that was told")
            }
            Self::Head { expected, found: Some(found) } => {
                write!(f, "the head kept elsewhere is {expected}, and this chain has {found} there")
            }
            Self::Head { expected, found: None } => {
                write!(
                    f,
                    "the head kept elsewhere, {expected}, is not in this chain: it was cut off"
                )
            }
        }
    }
}

/// What a verification looked at and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    pub seals: u64,
    pub records: u64,
    pub findings: Vec<Finding>,
    pub head: Option<Head>,
}

impl Verified {
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Checks the whole chain, and that `expected` is part of it.
pub async fn verify(store: &Store, expected: Option<&Head>) -> Result<Verified, ProofError> {
    let mut verified = Verified::default();
    let mut editions = BTreeSet::new();
    let mut before: Option<Seal> = None;
    let mut at_expected = None;
    loop {
        let after = before.as_ref().map_or(0, |seal| seal.id);
        let page = store.seals(after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for seal in page {
            let records = store.sealed(seal.id).await?;
            editions.extend(records.iter().map(|record| (record.edition, digest_of(record))));
            check_seal(&mut verified, before.as_ref(), &seal, &records);
            if expected.is_some_and(|head| head.seal == seal.id) {
                at_expected = Some(Head::from(&seal));
            }
            before = Some(seal);
        }
    }
    verified.head = before.as_ref().map(Head::from);
    if let Some(expected) = expected.filter(|expected| at_expected.as_ref() != Some(*expected)) {
        let found = at_expected.map(|found| found.to_string());
        verified.findings.push(Finding::Head { expected: expected.to_string(), found });
    }
    let astray = store.astray().await?;
    verified.findings.extend((astray > 0).then_some(Finding::Astray { records: astray }));
    check_editions(store, &editions, &mut verified).await?;
    check_persons(store, &mut verified).await?;
    Ok(verified)
}

fn digest_of(record: &Record) -> String {
    record.edition_digest.clone()
}

fn check_seal(verified: &mut Verified, before: Option<&Seal>, seal: &Seal, records: &[Record]) {
    let last = before.map_or(0, |before| before.id);
    if seal.id != last + 1 || seal.parent != last {
        verified.findings.push(Finding::Gap { before: seal.id });
    }
    let found = i64::try_from(records.len()).unwrap_or(i64::MAX);
    if found != seal.records {
        let (seal, sealed) = (seal.id, seal.records);
        verified.findings.push(Finding::Records { seal, sealed, found });
    }
    let changed = records.iter().filter(|record| record.leaf.as_ref() != Some(&leaf(record)));
    let changed: Vec<_> =
        changed.map(|record| Finding::Changed { record: record.id, seal: seal.id }).collect();
    let leaves = records.iter().filter_map(|record| record.leaf.as_deref());
    let hash = seal_of(seal.id, before.map_or(&[], |before| &before.hash), leaves);
    if hash != seal.hash && found == seal.records {
        verified.findings.push(Finding::Seal { seal: seal.id });
    }
    verified.findings.extend(changed);
    verified.seals += 1;
    verified.records += records.len() as u64;
}

async fn check_editions(
    store: &Store,
    editions: &BTreeSet<(i64, String)>,
    verified: &mut Verified,
) -> Result<(), ProofError> {
    for (edition, digest) in editions {
        let kept = store.edition(*edition).await?;
        if kept.is_none_or(|kept| Digest::of(&kept).as_str() != digest) {
            verified.findings.push(Finding::Edition { edition: *edition });
        }
    }
    Ok(())
}

async fn check_persons(store: &Store, verified: &mut Verified) -> Result<(), ProofError> {
    let mut after = 0;
    loop {
        let page = store.known_persons(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.person.recipient;
        for known in page.iter().filter(|known| !is_as_sealed(known)) {
            verified.findings.push(Finding::Person { recipient: known.person.recipient });
        }
    }
}

/// Whether the digest covers both the address that is shown and what the person
/// is found by: either alone could be forged.
fn is_as_sealed(known: &KnownPerson) -> bool {
    let KnownPerson { person: Person { salt, digest, .. }, key, address } = known;
    let normal = address.parse().map(|address: EmailAddress| address.key());
    normal.is_ok_and(|normal| normal == *key)
        && salt.as_ref().is_some_and(|salt| person(salt, key) == *digest)
}
