//! What is held at the moment, as the senders see it: so that not even a
//! message that was claimed before the hold is begun after it.

use super::Event;
use crate::store::Hold;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How old the senders' view may be. Claiming asks the database itself.
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(super) struct Holding(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    holds: Vec<Hold>,
    looked_at: Option<Instant>,
    /// Whether somebody was told that the round is held.
    is_told: bool,
}

impl Holding {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here can leave the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_due(&self) -> bool {
        self.state().looked_at.is_none_or(|at| at.elapsed() >= LOOK_EVERY)
    }

    /// Takes over what is held now, and says what is news to who sends `round`.
    pub fn replace(&self, holds: Vec<Hold>, round: Option<&str>) -> Option<Event> {
        let mut state = self.state();
        let hold = round.and_then(|round| holds.iter().find(|hold| hold.covers(round)).cloned());
        let was_told = std::mem::replace(&mut state.is_told, hold.is_some());
        state.holds = holds;
        state.looked_at = Some(Instant::now());
        match (was_told, hold) {
            (false, Some(hold)) => Some(Event::Held(hold)),
            (true, None) => Some(Event::Released),
            _ => None,
        }
    }

    pub fn covers(&self, subject: &str) -> bool {
        self.state().holds.iter().any(|hold| hold.covers(subject))
    }
}
