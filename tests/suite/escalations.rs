//! When escalations fall due, worked out from the notice alone.

use crate::declared;
use crate::generated::{days, lengths, notices, settings};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use fairwarning::notice::{Escalation, Notice, ProgramSettings};
use fairwarning::schedule::{
    What, Window, escalations, escalations_due, is_told_of, next_escalation, plan, reminders, rungs,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn office(at: &str) -> ProgramSettings {
    let text = "title: T\nkind: retirement\nannounced: 2025-01-01\nsummary: S.\n\
         schedule: {rows: {prod: {environment: prod, apis: [labels], cutoff: 2026-09-01}}}";
    let settings = declared::workspace(text).programs["parcels"].settings.clone();
    ProgramSettings {
        escalation: Some(Escalation { at: at.parse().unwrap(), to: None }),
        ..settings
    }
}

fn times(notice: &Notice, settings: &ProgramSettings) -> Vec<String> {
    let shown = |at: DateTime<Utc>| at.with_timezone(&settings.zone).format("%F %R").to_string();
    escalations(notice, settings).iter().map(|rung| shown(rung.at)).collect()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn one_rung_for_each_cutoff_at_the_offices_hour() {
    let notice = declared::notice_with("cutoff: 2026-09-01", "");
    assert_eq!(times(&notice, &office("10 days")), ["2026-08-22 09:00"]);
    let found = escalations(&notice, &office("10 days"));
    assert_eq!(found[0].key, "cutoff/2026-09-01T00:00:00-04:00", "whatever the rung");
    assert_eq!(escalations(&notice, &office("5 days"))[0].key, found[0].key);
}

#[test]
fn a_vague_date_counts_from_its_first_moment_and_an_unknown_one_not_at_all() {
    let quarter = declared::notice_with("cutoff: 2026-Q3", "");
    assert_eq!(times(&quarter, &office("7 days")), ["2026-06-24 09:00"]);
    for dates in ["cutoff: to be announced", "cutoff: already in effect", "deprecation: 2026-09-01"]
    {
        let notice = declared::notice_with(dates, "");
        assert_eq!(times(&notice, &office("7 days")), [""; 0], "{dates}");
    }
}

#[test]
fn without_a_declared_rung_there_is_none() {
    let notice = declared::notice_with("cutoff: 2026-09-01", "");
    let settings = ProgramSettings { escalation: None, ..office("7 days") };
    assert_eq!(times(&notice, &settings), [""; 0]);
    assert_eq!(next_escalation(&notice, &settings, DateTime::UNIX_EPOCH), None);
}

#[test]
fn a_rung_before_the_announcement_is_left_out() {
    let notice = declared::notice_with("cutoff: 2025-01-20", "");
    assert_eq!(times(&notice, &office("30 days")), [""; 0]);
}

#[test]
fn a_reader_is_told_of_a_milestone_by_whatever_named_the_same_moment() {
    let notice = declared::notice_with("cutoff: 2026-09-01", "");
    let moved = declared::notice_with("cutoff: 2026-10-01", "");
    let settings = office("10 days");
    let rung = &escalations(&notice, &settings)[0];
    let row = rung.reminders[0].row;
    assert!(is_told_of(&notice, rung, row));
    assert!(!is_told_of(&moved, rung, row));
}

#[test]
fn the_plan_lists_them_beside_reminders() {
    let notice = declared::notice_with("cutoff: 2026-09-01", "");
    let window = Window { from: at("2026-08-01T00:00:00Z"), until: at("2026-08-31T00:00:00Z") };
    let settings = office("10 days");
    let planned = plan(&notice, &settings, window);
    let found = planned.entries.iter().filter(|e| matches!(e.what, What::Escalation(_)));
    assert_eq!(found.count(), 1);
}

proptest! {
    /// Total, each once, due from its rung on and never after its cutoff.
    #[test]
    fn each_escalation_is_due_once_and_in_its_time(
        notice in notices(), office in settings(), lead in lengths()
    ) {
        let escalation = Some(Escalation { at: lead, to: None });
        let office = ProgramSettings { escalation, ..office };
        let all = escalations(&notice, &office);
        let keys: BTreeSet<_> = all.iter().map(|rung| (rung.at, &rung.key)).collect();
        prop_assert_eq!(keys.len(), all.len());
        for rung in &all {
            let second = TimeDelta::seconds(1);
            let is_due = |now| {
                escalations_due(&notice, &office, now).iter().any(|due| due.key == rung.key)
            };
            prop_assert!(is_due(rung.at));
            prop_assert!(!is_due(rung.at - second));
            for reminder in &rung.reminders {
                prop_assert!(rung.at < reminder.until);
                prop_assert!(reminder.until <= reminder.milestone.to_utc());
                prop_assert!(is_told_of(&notice, rung, reminder.row));
            }
            let last = rung.reminders.iter().map(|reminder| reminder.until).max().unwrap();
            prop_assert!(!is_due(last));
        }
    }

    /// The next one is known without looking at any database.
    #[test]
    fn the_next_one_is_the_first_that_becomes_due(
        notice in notices(), office in settings(), lead in lengths(), day in days()
    ) {
        let escalation = Some(Escalation { at: lead, to: None });
        let office = ProgramSettings { escalation, ..office };
        let now = day.and_time(NaiveTime::MIN).and_utc();
        let next = escalations(&notice, &office).iter().map(|r| r.at).find(|at| *at > now);
        prop_assert_eq!(next_escalation(&notice, &office, now), next);
    }

    /// The same arithmetic as a reminder with this lead.
    #[test]
    fn an_escalation_falls_where_a_reminder_would(
        notice in notices(), office in settings(), lead in lengths()
    ) {
        let escalation = Some(Escalation { at: lead, to: None });
        let office = ProgramSettings { escalation, ..office };
        let mut reminding = notice.clone();
        reminding.reminders = vec![lead];
        reminding.schedule.brownouts.clear();
        let reminded: Vec<_> =
            rungs(reminders(&reminding, &office)).iter().map(|r| (r.at, r.reminders.len())).collect();
        let mut plain = notice;
        plain.schedule.brownouts.clear();
        let found: Vec<_> =
            escalations(&plain, &office).iter().map(|r| (r.at, r.reminders.len())).collect();
        prop_assert_eq!(found, reminded);
    }
}
