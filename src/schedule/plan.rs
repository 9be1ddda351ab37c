//! A notice's calendar between two moments: milestones, strikes of brownouts,
//! and reminders.
//!
//! Rows that share a date are one entry. Brownouts are worked out no further
//! than they are listed; how many more there are is counted from their ends.

use super::bounds::Instant;
use super::brownouts::Occurrences;
use super::escalations::escalations;
use super::milestones::{Milestone, MilestoneKind, milestones};
use super::reminders::{Rung, reminders, rungs};
use super::state::{State, fixed_edges, state};
use crate::notice::{BrownoutId, Date, EndpointId, Notice, ProgramSettings, Row, RowId};
use chrono_tz::Tz;
use std::ops::Range;

/// Strikes listed of one brownout: a weekly one fits a year.
pub const MAX_LISTED_STRIKES: usize = 53;

/// From its first moment to just before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from: Instant,
    pub until: Instant,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What<'n> {
    Milestone {
        kind: MilestoneKind,
        date: &'n Date,
        endpoint: Option<&'n EndpointId>,
    },
    Brownout {
        id: &'n BrownoutId,
        nth: u32,
    },
    Reminder(Rung<'n>),
    /// Second contacts of those who did not say that they are done.
    Escalation(Rung<'n>),
}

/// One entry of the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned<'n> {
    /// When it begins, or may begin at the earliest.
    pub at: Instant,
    /// When it ends, or may begin at the latest; open where nothing is said.
    pub until: Option<Instant>,
    /// Whose clocks it goes by.
    pub zone: Tz,
    pub what: What<'n>,
    /// Those it concerns; none where it concerns the notice as a whole.
    pub rows: Vec<&'n RowId>,
    /// Paused or cancelled: then it will not come as things stand.
    pub halted: Option<State>,
}

/// Strikes of a brownout that lie in the window and are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More<'n> {
    pub brownout: &'n BrownoutId,
    pub rows: Vec<&'n RowId>,
    pub count: u32,
    /// When the last of them begins.
    pub last: Instant,
}

/// A milestone that nobody knows the date of yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Undated<'n> {
    pub kind: MilestoneKind,
    pub date: &'n Date,
    pub rows: Vec<&'n RowId>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan<'n> {
    /// By the moment they begin.
    pub entries: Vec<Planned<'n>>,
    pub more: Vec<More<'n>>,
    pub undated: Vec<Undated<'n>>,
}

/// What `notice` brings within `window`.
pub fn plan<'n>(notice: &'n Notice, settings: &ProgramSettings, window: Window) -> Plan<'n> {
    let mut plan = Plan::default();
    add_milestones(&mut plan, notice, settings, window);
    for id in notice.schedule.brownouts.keys() {
        add_brownout(&mut plan, notice, id, window);
    }
    let is_listed = |at: Instant| window.from <= at && at < window.until;
    let all = reminders(notice, settings).into_iter().filter(|r| is_listed(r.at));
    add_rungs(&mut plan, settings, rungs(all), What::Reminder);
    let all = escalations(notice, settings).into_iter().filter(|rung| is_listed(rung.at));
    add_rungs(&mut plan, settings, all, What::Escalation);
    plan.entries.sort_by_key(|entry| entry.at);
    plan
}

fn add_rungs<'n>(
    plan: &mut Plan<'n>,
    settings: &ProgramSettings,
    rungs: impl IntoIterator<Item = Rung<'n>>,
    what: fn(Rung<'n>) -> What<'n>,
) {
    plan.entries.extend(rungs.into_iter().map(|rung| Planned {
        at: rung.at,
        until: rung.reminders.iter().map(|reminder| reminder.until).max(),
        zone: settings.zone,
        rows: rung.reminders.iter().map(|reminder| reminder.row).collect(),
        what: what(rung),
        halted: None,
    }));
}

fn add_milestones<'n>(
    plan: &mut Plan<'n>,
    notice: &'n Notice,
    settings: &ProgramSettings,
    window: Window,
) {
    let all = milestones(notice, settings.zone);
    // A brownout's strikes are listed one by one.
    for milestone in all.into_iter().filter(|m| m.kind != MilestoneKind::Brownout) {
        let Milestone { kind, row, date, zone, endpoint, .. } = milestone;
        let Some(at) = milestone.bounds.earliest else {
            let same = plan.undated.iter_mut().find(|u| u.kind == kind && u.date == date);
            match same.filter(|_| row.is_some()) {
                Some(undated) => undated.rows.extend(row),
                None => plan.undated.push(Undated { kind, date, rows: row.into_iter().collect() }),
            }
            continue;
        };
        let until = milestone.bounds.latest;
        if at >= window.until || until.is_some_and(|latest| latest < window.from) {
            continue;
        }
        let halted = row.and_then(|id| halted(notice, id, at));
        let what = What::Milestone { kind, date, endpoint };
        let is_same = |known: &&mut Planned<'n>| {
            row.is_some()
                && (&known.what, known.at, known.until) == (&what, at, until)
                && (known.zone, known.halted) == (zone, halted)
        };
        match plan.entries.iter_mut().find(is_same) {
            Some(known) => known.rows.extend(row),
            None => {
                let rows = row.into_iter().collect();
                plan.entries.push(Planned { at, until, zone, what, rows, halted });
            }
        }
    }
}

fn halted(notice: &Notice, id: &RowId, at: Instant) -> Option<State> {
    let row = notice.schedule.rows.get(id)?;
    let found = state(notice, id, row, None, at);
    matches!(found, State::Cancelled | State::Paused).then_some(found)
}

/// Rows of one zone whose strikes fall together.
struct Struck<'n> {
    zone: Tz,
    numbers: Vec<Range<u32>>,
    rows: Vec<&'n RowId>,
}

fn add_brownout<'n>(plan: &mut Plan<'n>, notice: &'n Notice, id: &'n BrownoutId, window: Window) {
    let brownout = &notice.schedule.brownouts[id];
    let mut groups: Vec<Struck<'n>> = Vec::new();
    for row_id in &brownout.rows {
        let Some((row_id, row)) = notice.schedule.rows.get_key_value(row_id) else { continue };
        let occurrences = Occurrences::new(brownout, row.zone);
        let mut numbers: Vec<Range<u32>> = Vec::new();
        for running in running(notice, row_id, row, window) {
            let Range { start, end } = occurrences.within(running.from, running.until);
            // One strike may reach across a pause.
            let start = numbers.last().map_or(start, |before| start.max(before.end));
            numbers.extend((start < end).then_some(start..end));
        }
        let known = groups.iter_mut().find(|g| g.zone == row.zone && g.numbers == numbers);
        match known {
            Some(group) => group.rows.push(row_id),
            None => groups.push(Struck { zone: row.zone, numbers, rows: vec![row_id] }),
        }
    }
    for Struck { zone, numbers, rows } in groups {
        let occurrences = Occurrences::new(brownout, zone);
        let total: u32 = numbers.iter().map(|range| range.end - range.start).sum();
        let listed = numbers.iter().cloned().flatten().take(MAX_LISTED_STRIKES);
        for nth in listed {
            let Some((start, end)) = occurrences.nth(nth) else { break };
            plan.entries.push(Planned {
                at: start,
                until: Some(end),
                zone,
                what: What::Brownout { id, nth },
                rows: rows.clone(),
                halted: None,
            });
        }
        let count = total.saturating_sub(MAX_LISTED_STRIKES as u32);
        let last = numbers.last().and_then(|range| occurrences.nth(range.end - 1));
        if let Some((last, _)) = last.filter(|_| count > 0) {
            plan.more.push(More { brownout: id, rows, count, last });
        }
    }
}

/// The parts of `window` in which the row is neither halted nor cut off.
fn running(notice: &Notice, id: &RowId, row: &Row, window: Window) -> Vec<Window> {
    let inside = |edge: &Instant| window.from < *edge && *edge < window.until;
    let mut edges: Vec<_> = fixed_edges(notice, id, row).filter(inside).collect();
    edges.extend([window.from, window.until]);
    edges.sort();
    let mut parts: Vec<Window> = Vec::new();
    for pair in edges.windows(2) {
        let [from, until] = [pair[0], pair[1]];
        let at_start = state(notice, id, row, None, from);
        if matches!(at_start, State::Cancelled | State::Paused | State::CutOff) {
            continue;
        }
        match parts.last_mut().filter(|part| part.until == from) {
            Some(part) => part.until = until,
            None => parts.push(Window { from, until }),
        }
    }
    parts
}
