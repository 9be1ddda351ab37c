//! How many requests are worked on, so that a crowd is turned away before it takes
//! the memory.
//!
//! It knows nothing of what the work is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The places at work.
#[derive(Debug)]
pub struct Work {
    taken: Arc<AtomicUsize>,
    most: usize,
}

/// A place that is given back when the request is done with, however that comes.
#[derive(Debug)]
pub struct Working(Arc<AtomicUsize>);

impl Work {
    pub fn new(most: usize) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// A place, if there is one.
    pub fn begin(&self) -> Option<Working> {
        let before = self.taken.fetch_add(1, Ordering::Relaxed);
        // Dropping it gives back what was taken too much.
        let working = Working(self.taken.clone());
        (before < self.most).then_some(working)
    }

    pub fn under_way(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
