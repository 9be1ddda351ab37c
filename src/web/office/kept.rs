//! What takes long to count, counted now and then: everybody who looks meanwhile sees
//! the same.

use crate::notice::RowId;
use crate::render::BurnDown;
use crate::schedule::Instant;
use crate::store::{RoundCounts, StoreError, ToldOnDay};
use chrono::TimeDelta;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;
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

/// What takes seconds with hundreds of thousands of recipients: it is made beside the
/// answer, which waits a little for it and else has what was made before.
pub struct Slow<K, V>(Mutex<HashMap<K, Held<V>>>);

/// How long an answer waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whoever made it for longer will not come back with it.
const GIVEN_UP: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone)]
struct Held<V> {
    at: Instant,
    made: Option<V>,
    is_being_made: bool,
}

impl<K, V> Default for Slow<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K, V> Slow<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Nothing where it was never made before and takes longer than anybody waits.
    pub async fn get(
        self: &Arc<Self>,
        key: K,
        (now, lasts): (Instant, TimeDelta),
        make: impl Future<Output = Result<V, StoreError>> + Send + 'static,
    ) -> Option<V> {
        let mut kept = self.0.lock().await;
        let before = kept.get(&key).cloned();
        if let Some(held) = &before
            && held.at <= now
            && now - held.at < if held.is_being_made { GIVEN_UP } else { lasts }
        {
            return held.made.clone();
        }
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        let made = before.and_then(|held| held.made);
        let under_way = Held { at: now, made: made.clone(), is_being_made: true };
        kept.insert(key.clone(), under_way);
        drop(kept);
        let this = self.clone();
        let making = tokio::spawn(async move {
            let made = make.await;
            let mut kept = this.0.lock().await;
            match made {
                Ok(made) => {
                    let held = Held { at: now, made: Some(made.clone()), is_being_made: false };
                    kept.insert(key, held);
                    Some(made)
                }
                Err(failure) => {
                    tracing::warn!(%failure, "what the office counts cannot be counted");
                    kept.remove(&key);
                    None
                }
            }
        });
        match tokio::time::timeout(PATIENCE, making).await {
            Ok(Ok(new)) => new.or(made),
            _ => made,
        }
    }
}

/// Cutoffs by the occasion that told of them, their rows and their moment.
pub type CutoffKeys = Vec<(i64, Vec<RowId>, Instant)>;

/// Everything of this kind.
#[derive(Default)]
pub struct Figures {
    /// By occasion.
    pub counts: Kept<i64, RoundCounts>,
    pub told: Kept<i64, Arc<Vec<ToldOnDay>>>,
    /// By the cutoffs of a page; of those of which nobody was told there is none.
    pub burn_downs: Arc<Slow<CutoffKeys, Arc<Vec<Option<BurnDown>>>>>,
    /// By the announcement and the notice.
    pub rehearsals: Arc<Slow<(i64, String), Arc<super::rehearsals::Counted>>>,
    /// Held by whoever counts an audience.
    pub forecasting: Mutex<()>,
    /// By publication, and the number of what was announced.
    pub ahead: Kept<(i64, i64), Arc<super::ahead::Ahead>>,
}
