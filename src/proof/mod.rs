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
use crate::store::{Person, Record, Store, StoreError};
use chain::{SALT_BYTES, leaf, person, seal_of};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};
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
        let mut records = store.unsealed(RECORDS_PER_SEAL).await?;
        if records.is_empty() {
            return Ok(sealed);
        }
        name_persons(store, &mut records).await?;
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

/// Gives a digest to everyone among `records` who has none.
async fn name_persons(store: &Store, records: &mut [Record]) -> Result<(), ProofError> {
    let nameless = records.iter().filter(|record| record.person.is_none());
    let nameless: BTreeSet<i64> = nameless.map(|record| record.recipient).collect();
    if nameless.is_empty() {
        return Ok(());
    }
    let nameless: Vec<i64> = nameless.into_iter().collect();
    let mut keys: HashMap<i64, String> =
        store.unnamed_persons(&nameless).await?.into_iter().collect();
    let mut persons = Vec::new();
    for recipient in nameless {
        let mut salt = vec![0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(ProofError::Randomness)?;
        let key = keys.remove(&recipient);
        // Whoever was erased before the first seal stays without a salt, and
        // the digest is of something that nobody knows.
        let digest = person(&salt, key.as_deref().unwrap_or_default());
        persons.push(Person { recipient, salt: key.is_some().then_some(salt), digest });
    }
    store.put_persons(&persons).await?;
    // Another process may have been first, and then its digests hold.
    let ids: Vec<i64> = persons.iter().map(|person| person.recipient).collect();
    let kept: HashMap<i64, Vec<u8>> = store.person_digests(&ids).await?.into_iter().collect();
    for record in records.iter_mut().filter(|record| record.person.is_none()) {
        record.person = kept.get(&record.recipient).cloned();
    }
    Ok(())
}
