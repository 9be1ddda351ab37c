//! The rungs at which somebody else is written to: a declared while before each
//! cutoff, by the same arithmetic as reminders.
//!
//! What was sent, and who said that they are done, is not known here.

use super::bounds::Instant;
use super::reminders::{Coming, Ladder, Reminder, Rung, first_cutoff, rungs};
use crate::notice::{Notice, ProgramSettings, RowId};
use chrono::SecondsFormat;

/// Every escalation of `notice`, by the moment it becomes due: one for the rows
/// that are cut off together. There is none where a date is unknown, where the rung
/// comes before the announcement, and where the row is halted then.
pub fn escalations<'n>(notice: &'n Notice, settings: &ProgramSettings) -> Vec<Rung<'n>> {
    merged(each(notice, settings))
}

/// Those to be sent at `now`: their rung has come, and their cutoff has not.
pub fn escalations_due<'n>(
    notice: &'n Notice,
    settings: &ProgramSettings,
    now: Instant,
) -> Vec<Rung<'n>> {
    let mut due = each(notice, settings);
    due.retain(|rung| rung.is_due(notice, now));
    merged(due)
}

/// The first moment after `after` at which an escalation becomes due.
pub fn next_escalation(
    notice: &Notice,
    settings: &ProgramSettings,
    after: Instant,
) -> Option<Instant> {
    each(notice, settings).iter().map(|rung| rung.at).filter(|at| *at > after).min()
}

/// Whether a reader of `notice` learned from it that `row` is cut off when the rung
/// says so.
pub fn is_told_of(notice: &Notice, rung: &Rung<'_>, row: &RowId) -> bool {
    let milestone = rung.reminders.iter().find(|reminder| reminder.row == row);
    let first = notice.schedule.rows.get(row).and_then(first_cutoff);
    milestone.is_some_and(|reminder| first == Some(reminder.milestone.to_utc()))
}

fn each<'n>(notice: &'n Notice, settings: &ProgramSettings) -> Vec<Reminder<'n>> {
    let Some(escalation) = &settings.escalation else { return Vec::new() };
    let leads = &[escalation.at];
    let rungs = notice.schedule.rows.iter().flat_map(|(id, row)| {
        let ladder = Ladder { notice, settings, leads, id, row };
        first_cutoff(row).map(|first| ladder.rungs(Coming::Cutoff, first)).unwrap_or_default()
    });
    rungs.collect()
}

/// Another rung for the same cutoff would make no second escalation of it, and so
/// the key does not name the rung.
fn merged(each: Vec<Reminder<'_>>) -> Vec<Rung<'_>> {
    let mut merged = rungs(each);
    for rung in &mut merged {
        let Some(first) = rung.reminders.first() else { continue };
        let milestone = first.milestone.to_rfc3339_opts(SecondsFormat::Secs, true);
        rung.key = format!("{}/{milestone}", first.coming.as_str());
    }
    merged
}
