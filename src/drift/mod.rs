//! Whether the world is as declared: the schedule at a moment beside what a probe found then.
//!
//! It knows no socket and no database; what was found is handed to it. What it decides, and why:
//!
//! - **TLS is a matter of a whole URL.** Where rows of one URL disagree, because some APIs or
//!   some integrators have longer, a version has to go only when every row demands it, and is
//!   blocked early as long as one row still allows it.
//! - **Rows that are paused or cancelled demand nothing**, and keep no other row from demanding.
//! - **What may have happened is tolerated either way**: inside a vague or a rolling cutoff, and
//!   between a planned cutoff and the day on which its enforcement is on record. That it was late
//!   is said then, and is no drift: it is known.
//! - **Two layers.** A server that completes a handshake and answers an error over it blocks by
//!   HTTP, which is as good as by an alert.
//! - **Around an edge of the schedule** nobody is held to the second ([`SETTLING`]).
//! - **Nothing accepted at all is undetermined**, and never conforming: a server that is down
//!   refuses TLS 1.0, too.
//! - **Headers that are absent are no drift**: no declaration says that they are sent. One that
//!   is sent and says otherwise is.

mod covering;
mod headers;
mod operations;
mod said;
mod standing;
mod targets;
mod transport;

pub use covering::SETTLING;
pub use standing::Turn;
pub use targets::{next_look, targets, watched};

use crate::notice::{Finding, Judgement, Program, Remark, Verdict, WatchTarget, Weight};
use crate::schedule::Instant;

/// Holds what was found at a target, at each of its addresses, against the schedule at `at`.
pub fn judge(
    program: &Program,
    target: &WatchTarget,
    findings: &[Finding],
    at: Instant,
) -> Judgement {
    let mut remarks: Vec<Remark> = Vec::new();
    for finding in findings {
        let seen = match &target.operation {
            None => transport::remarks(program, target, finding, at),
            Some(operation) => operations::remarks(program, target, operation, finding, at),
        };
        for mut remark in seen {
            remark.addresses = finding.address.into_iter().collect();
            match remarks.iter_mut().find(|known| known.says_the_same(&remark)) {
                Some(known) => known.addresses.append(&mut remark.addresses),
                None => remarks.push(remark),
            }
        }
    }
    if findings.is_empty() {
        remarks.push(said::nothing_found(program, target, "it was not asked"));
    }
    for remark in &mut remarks {
        said::name_addresses(remark, findings.len());
    }
    remarks.sort_by_key(|remark| std::cmp::Reverse(remark.weight));
    let verdict = match remarks.first().map(|remark| remark.weight) {
        Some(Weight::Drift) => Verdict::Drifting,
        Some(Weight::Unknown) => Verdict::Undetermined,
        Some(Weight::Note) | None => Verdict::Conforming,
    };
    Judgement { verdict, remarks }
}

impl Remark {
    fn says_the_same(&self, other: &Self) -> bool {
        let key = |remark: &Self| {
            (remark.weight, remark.difference.clone(), remark.notice.clone(), remark.row.clone())
        };
        key(self) == key(other) && self.sentence == other.sentence
    }
}
