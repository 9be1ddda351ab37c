//! The gate before the mail server: closed for a while when the server fails,
//! so that no message pays for it.

use super::backoff;
use super::server::ServerFault;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    opens_at: Option<Instant>,
    /// Pauses since the server last worked.
    pauses: u32,
    reason: String,
    /// Told to nobody yet.
    is_news: bool,
}

/// The server failed, and nothing is sent for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    pub reason: String,
    pub wait: Duration,
    /// Pauses in a row, with this one.
    pub pauses: u32,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here can leave the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the gate. Several connections that fail together make one pause.
    pub fn close(&self, fault: ServerFault) {
        let mut state = self.state();
        if state.opens_at.is_some_and(|at| at > Instant::now()) {
            return;
        }
        let wait = backoff::wait(FIRST_PAUSE, state.pauses, LONGEST_PAUSE);
        state.opens_at = Some(Instant::now() + wait);
        state.pauses += 1;
        state.reason = fault.0;
        state.is_news = true;
    }

    /// The server took a message, or refused one in an orderly way.
    pub fn server_works(&self) {
        self.state().pauses = 0;
    }

    pub fn is_open(&self) -> bool {
        self.state().opens_at.is_none_or(|at| at <= Instant::now())
    }

    /// A pause that was not told yet.
    pub fn news(&self) -> Option<Pause> {
        let mut state = self.state();
        let is_news = std::mem::take(&mut state.is_news);
        let opens_at = state.opens_at.filter(|_| is_news)?;
        Some(Pause {
            reason: state.reason.clone(),
            wait: opens_at.saturating_duration_since(Instant::now()),
            pauses: state.pauses,
        })
    }
}
