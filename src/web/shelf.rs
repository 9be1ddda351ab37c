//! What was laid out of one publication: each body once, on a thread of its own,
//! however many ask for it at the same time.
//!
//! It knows neither what is laid out nor HTTP's methods.

use super::freshness::Freshness;
use super::problem::ApiError;
use crate::schedule::Instant;
use actix_web::web::Bytes;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Whoever asks for everything there is must not fill the memory: beyond this,
/// what was laid out first is let go of.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// A body with its validators.
#[derive(Clone)]
pub struct LaidOut {
    pub body: Bytes,
    pub freshness: Freshness,
}

type Place = Arc<OnceCell<LaidOut>>;

#[derive(Default)]
struct Kept {
    places: HashMap<String, Place>,
    /// The oldest in front.
    order: VecDeque<(String, usize)>,
    bytes: usize,
}

/// The bodies of one publication.
#[derive(Default)]
pub struct Shelf {
    kept: Mutex<Kept>,
}

impl Shelf {
    /// The body known by `key`, which `lay` makes where there is none. `published`
    /// is when what it is made of was.
    pub async fn body(
        &self,
        key: String,
        published: Instant,
        lay: impl FnOnce() -> Result<String, ApiError> + Send + 'static,
    ) -> Result<LaidOut, ApiError> {
        let place = self.lock().places.entry(key.clone()).or_default().clone();
        let laying = async {
            let body = tokio::task::spawn_blocking(lay).await.map_err(ApiError::internal)??;
            let body = Bytes::from(body);
            let freshness = Freshness::of_bytes(&body).last_modified(published);
            self.lock().keep(key.clone(), body.len());
            Ok(LaidOut { body, freshness })
        };
        let laid = place.get_or_try_init(|| laying).await;
        if laid.is_err() {
            self.lock().forget_failed(&key);
        }
        laid.cloned()
    }

    /// How many bytes are kept.
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, key: String, bytes: usize) {
        self.order.push_back((key, bytes));
        self.bytes += bytes;
        while self.bytes > MAX_BYTES && self.order.len() > 1 {
            let Some((oldest, its_bytes)) = self.order.pop_front() else { return };
            self.places.remove(&oldest);
            self.bytes -= its_bytes;
        }
    }

    /// What failed is tried again by whoever asks next, and takes no room.
    fn forget_failed(&mut self, key: &str) {
        if self.places.get(key).is_some_and(|place| !place.initialized()) {
            self.places.remove(key);
        }
    }
}
