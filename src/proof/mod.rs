//! Proof of who was told what: outcomes sealed into a chain of hashes, and the
//! chain checked again.
//!
//! A seal covers records through a salted digest of the person, so that erasing
//! the address and the salt leaves every seal verifiable. This module neither
//! sends nor decides what is sent.

mod chain;
mod report;
mod verify;

pub use chain::Head;
pub use report::Told;
pub use verify::{Finding, Verified, verify};

use crate::clock::Clock;
use crate::notice::EmailAddress;
use crate::store::{Person, Record, Store, StoreError};
use chain::{SALT_BYTES, leaf, person, seal_of};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;

/// Records under one seal: a transaction that keeps no other write waiting long.
const RECORDS_PER_SEAL: i64 = 500;

#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    #[error("the machine gives no random numbers: {0}")]
    Randomness(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Seals everything that happened so far, and tells how many records that were.
/// Several processes may do so at once: each record is sealed once.
pub async fn seal(store: &Store, now: DateTime<Utc>) -> Result<u64, ProofError> {
    let mut sealed = 0;
    loop {
        let records = store.unsealed(RECORDS_PER_SEAL).await?;
        if records.is_empty() {
            return Ok(sealed);
        }
        if name_persons(store, &records).await? {
            continue;
        }
        let head = store.head().await?;
        let (parent, before) = head.map_or((0, Vec::new()), |head| (head.id, head.hash));
        let leaves: Vec<(i64, Vec<u8>)> = records.iter().map(|r| (r.id, leaf(r))).collect();
        let hash = seal_of(parent + 1, &before, leaves.iter().map(|(_, leaf)| leaf.as_slice()));
        // Where another process was quicker, its seal is the head now.
        if store.append_seal(parent, &leaves, &hash, now).await? {
            sealed += leaves.len() as u64;
        }
    }
}

/// How often a service seals what happened since.
const SEAL_EVERY: Duration = Duration::from_secs(2);

/// Seals until the program ends. A failure is logged, and what was not sealed
/// then is sealed later.
pub async fn keep_sealing(store: Store, clock: Clock) {
    let mut ticks = tokio::time::interval(SEAL_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(failure) = seal(&store, clock.now()).await {
            tracing::warn!(%failure, "outcomes cannot be sealed; they will be later");
        }
    }
}

/// Gives a digest to everyone among `records` who has none, and tells whether
/// there was anybody. Another process may be first, and then its digests hold.
async fn name_persons(store: &Store, records: &[Record]) -> Result<bool, ProofError> {
    let nameless: BTreeMap<i64, &Record> =
        records.iter().filter(|r| r.person.is_none()).map(|r| (r.recipient, r)).collect();
    let mut persons = Vec::with_capacity(nameless.len());
    for (recipient, record) in nameless {
        let mut salt = vec![0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(ProofError::Randomness)?;
        let key = record.address.as_ref().map(EmailAddress::key);
        // Whoever was erased before the first seal stays without a salt, and
        // the digest is of something that nobody knows.
        let digest = person(&salt, key.as_deref().unwrap_or_default());
        persons.push(Person { recipient, salt: key.is_some().then_some(salt), digest });
    }
    store.put_persons(&persons).await?;
    Ok(!persons.is_empty())
}
