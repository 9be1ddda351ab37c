//! Escalations that cannot do what they are for: of a whole program, once its
//! notices are known.

use super::super::problem::{Code, Problem};
use super::super::tree::{Tree, steps};
use crate::notice::{Length, Notice, ProgramSettings};
use crate::schedule::{Instant, bounds, plus};

pub fn check<'n>(
    settings: &ProgramSettings,
    tree: &Tree,
    notices: impl Iterator<Item = &'n Notice>,
) -> Option<Problem> {
    let at = settings.escalation.as_ref()?.at;
    let place = || tree.place(&steps!["escalation", "at"]);
    if at.is_zero() {
        let message = "nobody is written to: at the cutoff itself it is too late to escalate";
        let never = Problem::warning(Code::EscalationNever, place(), message);
        return Some(never.help("write how long before a cutoff, such as `10 days`"));
    }
    if comes_before_every_announcement(settings, at, notices) {
        let message = format!("nobody is written to: no notice is announced {at} before a cutoff");
        let never = Problem::warning(Code::EscalationNever, place(), message);
        return Some(never.help("escalate later, after readers were told and reminded"));
    }
    let message = unreminded(settings, at)?;
    let early = Problem::warning(Code::EscalationBeforeReminders, place(), message);
    Some(early.help(
        "only reminders carry the link that says it is done: escalate later, or remind earlier",
    ))
}

/// Of notices whose cutoffs are known; without any nothing can be said.
fn comes_before_every_announcement<'n>(
    settings: &ProgramSettings,
    at: Length,
    notices: impl Iterator<Item = &'n Notice>,
) -> bool {
    let mut is_any_known = false;
    for notice in notices {
        let Some(announced) = bounds(&notice.announced, settings.zone).earliest else { continue };
        for row in notice.schedule.rows.values() {
            let cutoff =
                row.dates.cutoff.as_ref().and_then(|cutoff| bounds(cutoff, row.zone).earliest);
            let Some(cutoff) = cutoff.filter(|cutoff| *cutoff > announced) else { continue };
            if plus(announced, at, 1, row.zone).is_some_and(|earliest| earliest <= cutoff) {
                return false;
            }
            is_any_known = true;
        }
    }
    is_any_known
}

/// What is wrong where a ladder's first reminder comes no earlier than the escalation.
fn unreminded(settings: &ProgramSettings, at: Length) -> Option<String> {
    let long = |length: Length| plus(Instant::UNIX_EPOCH, length, 1, chrono_tz::UTC);
    let escalated = long(at)?;
    let mut ladders = settings.reminders.iter().filter(|(_, ladder)| !ladder.is_empty()).peekable();
    if ladders.peek().is_none() {
        return Some(
            "nobody can say in time that they are done: the program declares no reminders"
                .to_owned(),
        );
    }
    ladders.find_map(|(id, ladder)| {
        let first = ladder.iter().filter_map(|lead| long(*lead)).max()?;
        (first <= escalated).then(|| {
            format!("nobody can say in time that they are done: no reminder of the ladder `{id}` comes before {at}")
        })
    })
}
