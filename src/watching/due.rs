//! When a target is asked next: by the declared rhythm, and after each edge of its schedule. Not
//! all at the same moment: each has a place of its own in a short while.

use crate::drift::next_look;
use crate::notice::{Program, Verdict, WatchStanding, WatchTarget};
use crate::schedule::{Instant, plus};
use chrono::TimeDelta;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Over this time looks are spread that would fall on one moment.
const SPREAD: TimeDelta = TimeDelta::seconds(30);

/// A first look in vain is followed by another one soon: it may have been a hiccup.
const AFTER_VAIN: TimeDelta = TimeDelta::minutes(5);

/// What is watched by nobody's declaration any more waits for the next publication.
const UNDECLARED: TimeDelta = TimeDelta::days(1);

/// The same for one target every time, and as good as any other.
fn place(target: &WatchTarget) -> TimeDelta {
    let mut hasher = DefaultHasher::new();
    target.hash(&mut hasher);
    let part = i64::from(hasher.finish() as u32);
    TimeDelta::milliseconds((SPREAD.num_milliseconds() * part) >> 32)
}

/// After something was published.
pub fn first_due(target: &WatchTarget, now: Instant) -> Instant {
    now + place(target)
}

/// After a look at `at`.
pub fn next_due(
    program: &Program,
    target: &WatchTarget,
    standing: &WatchStanding,
    at: Instant,
) -> Instant {
    let every = program.settings.watch.as_ref().map(|watch| watch.every);
    let by_rhythm = every.and_then(|every| plus(at, every, 1, program.settings.zone));
    let by_rhythm = by_rhythm.unwrap_or(at + UNDECLARED);
    let after_edge = next_look(program, target, at).map(|look| look + place(target));
    let is_vain = standing.in_vain == 1 || {
        // Known to be otherwise, and not found out this time.
        standing.in_vain > 0 && standing.verdict != Verdict::Undetermined
    };
    let again = is_vain.then_some(at + AFTER_VAIN);
    [Some(by_rhythm), after_edge, again].into_iter().flatten().min().unwrap_or(by_rhythm)
}
