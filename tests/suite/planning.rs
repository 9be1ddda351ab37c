//! The calendar of one notice: what lies in a window, merged, listed and counted.

use crate::declared::{notice_with, workspace};
use crate::generated::{days, notices, settings};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use fairwarning::notice::{Notice, ProgramSettings, Row, RowId, Span};
use fairwarning::schedule::{
    MAX_LISTED_STRIKES, Occurrences, Plan, State, What, Window, next_edge, plan, reminders, state,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a test writes RFC 3339")
}

fn office() -> ProgramSettings {
    let text = "title: T\nkind: retirement\nannounced: 2025-01-01\nsummary: S.\n\
         schedule: {rows: {prod: {environment: prod, apis: [labels], cutoff: 2026-09-01}}}";
    workspace(text).programs["parcels"].settings.clone()
}

fn year(from: &str) -> Window {
    let from = at(from);
    Window { from, until: from + TimeDelta::days(365) }
}

/// `kind rows` of every entry, in order.
fn listed(plan: &Plan<'_>) -> Vec<String> {
    let entry = |entry: &fairwarning::schedule::Planned<'_>| {
        let rows: Vec<_> = entry.rows.iter().map(|row| row.as_str()).collect();
        let what = match &entry.what {
            What::Milestone { kind, .. } => kind.to_string(),
            What::Brownout { id, nth } => format!("{id}/{nth}"),
            What::Reminder(rung) | What::Escalation(rung) => rung.reminders[0].lead.to_string(),
        };
        let halted = entry.halted.map(|state| format!(" ({state})")).unwrap_or_default();
        format!("{what} {}{halted}", rows.join("+"))
    };
    plan.entries.iter().map(entry).collect()
}

const TWINS: &str = "cutoff: 2026-09-01}\n    twin: {environment: prod, cohort: extended, apis: [labels], \
     cutoff: 2026-09-01}\n    late: {environment: prod, apis: [holdForPickup], cutoff: to be announced";

#[test]
fn rows_that_share_a_date_are_one_entry_and_undated_ones_are_named() {
    let notice = notice_with(TWINS, "");
    let plan = plan(&notice, &office(), year("2026-01-01T00:00:00Z"));
    assert_eq!(listed(&plan), ["30 days prod+twin", "7 days prod+twin", "cutoff prod+twin"]);
    assert_eq!(plan.undated.len(), 1);
    assert_eq!(plan.undated[0].rows, [&"late".parse::<RowId>().unwrap()]);
}

#[test]
fn a_window_takes_its_first_moment_and_leaves_its_last() {
    let notice = notice_with("cutoff: 2026-09-01", "");
    let cutoff = at("2026-09-01T04:00:00Z");
    let second = TimeDelta::seconds(1);
    let between = |from, until| listed(&plan(&notice, &office(), Window { from, until }));
    assert_eq!(between(cutoff, cutoff + second), ["cutoff prod"]);
    assert_eq!(between(cutoff - second, cutoff), [""; 0]);
}

#[test]
fn a_vague_cutoff_is_planned_as_long_as_it_may_come() {
    let notice = notice_with("cutoff: 2026-Q3", "");
    assert_eq!(listed(&plan(&notice, &office(), year("2026-09-30T00:00:00Z"))), ["cutoff prod"]);
    assert_eq!(listed(&plan(&notice, &office(), year("2026-10-02T00:00:00Z"))), [""; 0]);
}

#[test]
fn a_year_of_hourly_brownouts_is_listed_to_its_limit_and_counted() {
    let notice = notice_with(
        "cutoff: 2028-01-01",
        "  brownouts:
    hourly: {start: 2027-01-01T00:00, length: 5 minutes, repeat: {every: 1 hour, until: 2027-12-31}}
",
    );
    let plan = plan(&notice, &office(), year("2027-01-01T05:00:00Z"));
    let strikes = plan.entries.iter().filter(|e| matches!(e.what, What::Brownout { .. }));
    assert_eq!(strikes.count(), MAX_LISTED_STRIKES);
    let more = &plan.more[0];
    assert_eq!(more.count as usize, 365 * 24 - MAX_LISTED_STRIKES);
    assert_eq!(more.last, at("2028-01-01T04:00:00Z"));
}

#[test]
fn brownouts_rest_while_a_row_is_paused_and_end_with_its_cutoff() {
    let mut notice = notice_with(
        "cutoff: 2026-09-01",
        "  brownouts:
    weekly: {start: 2026-07-06T09:00, length: 1 hour, repeat: {every: 1 week, until: 2026-08-31}}
amendments:
  - {date: 2026-07-10, kind: paused}
  - {date: 2026-08-05, kind: resumed}
",
    );
    // `check` would refuse it; a plan holds to the cutoff all the same.
    let weekly = &mut notice.schedule.brownouts[0];
    weekly.repeat.as_mut().unwrap().until = "2026-12-31".parse::<Span>().unwrap().into();
    let plan = plan(&notice, &office(), year("2026-07-01T00:00:00Z"));
    assert_eq!(
        listed(&plan),
        [
            "weekly/0 prod",
            "weekly/5 prod",
            "weekly/6 prod",
            "weekly/7 prod",
            "7 days prod",
            "weekly/8 prod",
            "cutoff prod"
        ]
    );
}

#[test]
fn a_strike_that_reaches_across_a_pause_is_listed_once() {
    let notice = notice_with(
        "cutoff: 2026-09-01",
        "  brownouts:
    long: {start: 2026-07-06T09:00, length: 10 hours}
amendments:
  - {date: 2026-07-06T12:00, kind: paused}
  - {date: 2026-07-06T13:00, kind: resumed}
",
    );
    let window = Window { from: at("2026-07-01T00:00:00Z"), until: at("2026-07-20T00:00:00Z") };
    assert_eq!(listed(&plan(&notice, &office(), window)), ["long/0 prod"]);
}

#[test]
fn a_cutoff_that_will_not_come_says_so() {
    let notice =
        notice_with("cutoff: 2026-09-01", "amendments:\n  - {date: 2026-05-01, kind: cancelled}\n");
    let plan = plan(&notice, &office(), year("2026-08-01T00:00:00Z"));
    assert_eq!(listed(&plan), ["cutoff prod (cancelled)"]);
}

/// Every strike of a brownout on one row that a client could feel, counted the
/// long way.
fn felt(notice: &Notice, id: &RowId, row: &Row, n: usize, window: Window) -> usize {
    let (_, brownout) = notice.schedule.brownouts.get_index(n).unwrap();
    let stops = [State::Cancelled, State::Paused, State::CutOff];
    let runs = |at| !stops.contains(&state(notice, id, row, None, at));
    let strikes = Occurrences::new(brownout, row.zone).iter();
    let is_felt = |(start, end): &(DateTime<Utc>, DateTime<Utc>)| {
        let (start, end) = ((*start).max(window.from), (*end).min(window.until));
        let mut moments = std::iter::successors(Some(start), |at| next_edge(notice, id, row, *at));
        start < end && moments.by_ref().take_while(|at| *at < end).any(runs)
    };
    strikes.filter(is_felt).count()
}

proptest! {
    #[test]
    fn whatever_is_planned_lies_in_the_window_and_in_order(
        notice in notices(), office in settings(), day in days(), length in 1i64..800
    ) {
        let from = day.and_time(NaiveTime::MIN).and_utc();
        let window = Window { from, until: from + TimeDelta::days(length) };
        let plan = plan(&notice, &office, window);
        prop_assert!(plan.entries.windows(2).all(|pair| pair[0].at <= pair[1].at));
        for entry in &plan.entries {
            prop_assert!(entry.at < window.until);
            prop_assert!(entry.until.is_none_or(|until| until >= window.from));
            let rows: BTreeSet<_> = entry.rows.iter().collect();
            prop_assert!(rows.len() == entry.rows.len() || matches!(entry.what, What::Reminder(_) | What::Escalation(_)));
        }
        let inside = |at| window.from <= at && at < window.until;
        let planned: usize = plan.entries.iter().map(|entry| match &entry.what {
            What::Reminder(rung) => rung.reminders.len(),
            _ => 0,
        }).sum();
        prop_assert_eq!(planned, reminders(&notice, &office).iter().filter(|r| inside(r.at)).count());
    }

    /// What is listed and what is counted add up to every strike.
    #[test]
    fn every_strike_is_listed_or_counted(
        notice in notices(), office in settings(), day in days(), length in 1i64..60
    ) {
        let from = day.and_time(NaiveTime::MIN).and_utc();
        let window = Window { from, until: from + TimeDelta::days(length) };
        let plan = plan(&notice, &office, window);
        for (n, (brownout, declared)) in notice.schedule.brownouts.iter().enumerate() {
            for id in &declared.rows {
                let row = &notice.schedule.rows[id];
                let is_ours = |what: &What<'_>| matches!(what, What::Brownout { id, .. } if *id == brownout);
                let listed = plan.entries.iter().filter(|e| is_ours(&e.what) && e.rows.contains(&id)).count();
                let more = plan.more.iter().find(|m| m.brownout == brownout && m.rows.contains(&id));
                prop_assert!(more.is_none() || listed == MAX_LISTED_STRIKES);
                let counted = listed + more.map_or(0, |more| more.count as usize);
                prop_assert_eq!(counted, felt(&notice, id, row, n, window), "{} {}", brownout, id);
            }
        }
    }
}
