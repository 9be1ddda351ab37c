//! What takes long to count, counted now and then: everybody who looks meanwhile sees
//! the same.

use crate::notice::RowId;
use crate::render::BurnDown;
use crate::schedule::Instant;
use crate::store::{RoundCounts, ToldOnDay};
use chrono::TimeDelta;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use tokio::sync::Mutex;

/// More than this are not looked at within a minute.
const MAX_KEPT: usize = 256;

/// Of a round under way.
pub const COUNTS_LAST: TimeDelta = TimeDelta::seconds(10);

/// Of what changes by the day: with hundreds of thousands of recipients it takes most
/// of a second.
pub const CHARTS_LAST: TimeDelta = TimeDelta::seconds(60);

/// What was made, and when, by what it is of. One is made at a time, so that many who
/// look at once ask the database once.
pub struct Kept<K, V>(Mutex<HashMap<K, (Instant, V)>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    pub async fn get<E>(
        &self,
        key: K,
        (now, lasts): (Instant, TimeDelta),
        make: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        let mut kept = self.0.lock().await;
        if let Some((at, made)) = kept.get(&key)
            && *at <= now
            && now - *at < lasts
        {
            return Ok(made.clone());
        }
        let made = make.await?;
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(key, (now, made.clone()));
        Ok(made)
    }
}

/// A cutoff: its notice, the occasion that told of it, and its rows.
pub type CutoffKey = (i64, Vec<RowId>, Instant);

/// Everything of this kind.
#[derive(Default)]
pub struct Figures {
    /// By occasion.
    pub counts: Kept<i64, RoundCounts>,
    pub told: Kept<i64, Arc<Vec<ToldOnDay>>>,
    pub burn_downs: Kept<CutoffKey, Option<BurnDown>>,
    /// By publication, and the number of what was announced.
    pub ahead: Kept<(i64, i64), Arc<super::ahead::Ahead>>,
}
