//! Answers that took many lines, kept while they are asked for: whoever reads page
//! after page of one of them does not have it found again for each.
//!
//! It knows neither the question nor what is found.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Numbers held at most, 8 MB of them with the questions. Beyond this it begins anew.
const MOST: usize = 2_000_000;

/// What keeping an answer takes beside the two, in numbers.
const OF_EACH: usize = 32;

/// Which lines answer a question.
pub type Lines = Arc<[u32]>;

#[derive(Default)]
struct Kept {
    answers: HashMap<String, Lines>,
    /// Of all lines, and of the questions as if they were lines.
    numbers: usize,
}

#[derive(Default)]
pub(super) struct Found(Mutex<Kept>);

impl Found {
    /// What was found for `key`, or else what `find` finds.
    pub(super) fn or_find(&self, key: String, find: impl FnOnce() -> Lines) -> Lines {
        // Nothing in here can leave it half changed.
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lines) = lock().answers.get(&key) {
            return lines.clone();
        }
        let lines = find();
        let mut kept = lock();
        // A question that nothing answers takes room as well.
        let numbers = lines.len() + key.len() / size_of::<u32>() + OF_EACH;
        if kept.numbers + numbers > MOST {
            *kept = Kept::default();
        }
        kept.numbers += numbers;
        kept.answers.insert(key, lines.clone());
        lines
    }
}
