//! Whether this node may still send what it claimed.
//!
//! Others take over what a silent node claimed. So a node whose own heartbeat
//! is late begins no send, and never sends what it had claimed before it was
//! late, even if it recovers: somebody else may have sent it by then.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Lifeline {
    lifetime: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    last_beat: Instant,
    /// Claims from before this are lost.
    recovered_at: Instant,
}

impl Lifeline {
    /// `registered_at` is from before the node was registered: it can only be
    /// earlier than what the database noted, which errs on the safe side.
    pub fn new(lifetime: Duration, registered_at: Instant) -> Self {
        let state = State { last_beat: registered_at, recovered_at: registered_at };
        Self { lifetime, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A heartbeat was committed that was begun at `begun_at`.
    pub fn beat(&self, begun_at: Instant) {
        let mut state = self.state();
        if Instant::now().duration_since(state.last_beat) >= self.lifetime {
            state.recovered_at = Instant::now();
        }
        state.last_beat = begun_at;
    }

    pub fn may_send(&self, claimed_at: Instant) -> bool {
        let state = self.state();
        claimed_at >= state.recovered_at && state.last_beat.elapsed() < self.lifetime
    }
}
