//! What a mail server can do to one message, and what is right to make of it.

use crate::scripted_server::{Answer, Step};
use fairwarning::notice::Outcome;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Transient,
    Permanent,
    Closing,
    Closed,
    Silent,
    Dripping,
}

pub const ALL: [Fault; 6] = [
    Fault::Transient,
    Fault::Permanent,
    Fault::Closing,
    Fault::Closed,
    Fault::Silent,
    Fault::Dripping,
];

/// Where a fault is about one message alone.
pub const STEPS: [Step; 3] = [Step::Rcpt, Step::Data, Step::Content];

impl Fault {
    pub fn answer(self) -> Answer {
        match self {
            Self::Transient => Answer::Say("451 4.3.0 not now"),
            Self::Permanent => Answer::Say("554 5.7.1 never"),
            Self::Closing => Answer::SayAndClose("421 4.3.2 shutting down"),
            Self::Closed => Answer::Close,
            Self::Silent => Answer::Silence,
            Self::Dripping => Answer::Drip,
        }
    }
}

/// What a message comes to; `None` where the fault is the server's.
pub fn expected(step: Step, fault: Fault) -> Option<Outcome> {
    match (step, fault) {
        (_, Fault::Closing) => None,
        (_, Fault::Transient) => Some(Outcome::Deferred),
        (_, Fault::Permanent) => Some(Outcome::Rejected),
        (Step::Content, _) => Some(Outcome::Unknown),
        (_, Fault::Closed | Fault::Silent | Fault::Dripping) => Some(Outcome::Deferred),
    }
}
