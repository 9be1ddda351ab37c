//! Reminders: when each rung of a row's ladder is due, and when it is not.

use crate::declared;
use crate::generated::{days, lengths, notices, settings, zones};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use fairwarning::notice::{Date, Length, Notice, ProgramSettings, RowId, SendingHours};
use fairwarning::schedule::{
    Coming, ReminderKey, bounds, is_halted, next_reminder, reminders, reminders_due, rungs,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a test writes RFC 3339")
}

fn office() -> ProgramSettings {
    let text = "title: T\nkind: retirement\nannounced: 2025-01-01\nsummary: S.\n\
         schedule: {rows: {prod: {environment: prod, apis: [labels], cutoff: 2026-09-01}}}";
    declared::workspace(text).programs["parcels"].settings.clone()
}

/// A notice whose ladder is written like `30 days, 7 days`.
fn notice(dates: &str, ladder: &str, more: &str) -> Notice {
    let mut notice = declared::notice_with(dates, more);
    notice.reminders = ladder.split(", ").map(|lead| lead.parse().unwrap()).collect();
    notice
}

/// The moments at which reminders become due, as the office's clocks show them.
fn times(notice: &Notice, settings: &ProgramSettings) -> Vec<String> {
    let shown = |at: DateTime<Utc>| at.with_timezone(&settings.zone).format("%F %R").to_string();
    reminders(notice, settings).iter().map(|reminder| shown(reminder.at)).collect()
}

#[test]
fn rungs_are_counted_in_days_and_fall_at_nine_on_the_offices_clocks() {
    let notice = notice("cutoff: 2026-09-01", "30 days, 7 days", "");
    assert_eq!(times(&notice, &office()), ["2026-08-02 09:00", "2026-08-25 09:00"]);
}

#[test]
fn rungs_fall_when_the_sending_hours_begin() {
    let mut office = office();
    office.sending_hours = Some(SendingHours {
        from: NaiveTime::from_hms_opt(7, 15, 0).unwrap(),
        until: NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
        zone: Default::default(),
    });
    let notice = notice("cutoff: 2026-09-01", "1 day", "");
    assert_eq!(times(&notice, &office), ["2026-08-31 07:15"]);
}

#[test]
fn a_rung_keeps_its_hour_when_clocks_change_before_the_cutoff() {
    // New York leaves daylight time on 1 November 2026: 24 hours times seven
    // would be an hour off.
    let notice = notice("cutoff: 2026-11-05", "7 days, 1 day", "");
    assert_eq!(times(&notice, &office()), ["2026-10-29 09:00", "2026-11-04 09:00"]);
    let due: Vec<_> = reminders(&notice, &office()).iter().map(|r| r.at).collect();
    assert_eq!(due, [at("2026-10-29T13:00:00Z"), at("2026-11-04T14:00:00Z")]);
}

#[test]
fn an_hour_that_clocks_skip_or_repeat_is_still_one_rung() {
    let mut office = office();
    let hours = |hour| {
        Some(SendingHours {
            from: NaiveTime::from_hms_opt(hour, 30, 0).unwrap(),
            until: NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
            zone: Default::default(),
        })
    };
    office.sending_hours = hours(2);
    let skipped = notice("cutoff: 2026-03-09", "1 day", "");
    assert_eq!(times(&skipped, &office), ["2026-03-08 03:30"]);
    office.sending_hours = hours(1);
    let repeated = notice("cutoff: 2026-11-02", "1 day", "");
    let due: Vec<_> = reminders(&repeated, &office).iter().map(|r| r.at).collect();
    assert_eq!(due, [at("2026-11-01T05:30:00Z")], "the first of the two");
}

#[test]
fn a_month_before_the_thirty_first_is_the_last_of_a_shorter_month() {
    let notice_ = notice("cutoff: 2026-03-31", "1 month", "");
    assert_eq!(times(&notice_, &office()), ["2026-02-28 09:00"]);
    let leap = notice("cutoff: 2028-03-31", "1 month", "");
    assert_eq!(times(&leap, &office()), ["2028-02-29 09:00"]);
}

#[test]
fn a_year_before_a_leap_day_is_the_twenty_eighth() {
    let notice = notice("cutoff: 2028-02-29", "1 year, 1 day", "");
    assert_eq!(times(&notice, &office()), ["2027-02-28 09:00", "2028-02-28 09:00"]);
}

#[test]
fn hours_are_counted_by_the_clock() {
    let notice = notice("cutoff: 2026-09-01T14:00", "2 hours", "");
    assert_eq!(times(&notice, &office()), ["2026-09-01 12:00"]);
}

#[test]
fn a_vague_cutoff_counts_from_its_first_moment() {
    let quarter = notice("cutoff: 2026-Q3", "7 days", "");
    assert_eq!(times(&quarter, &office()), ["2026-06-24 09:00"]);
    let open = notice("cutoff: not before 2026-09-01", "7 days", "");
    assert_eq!(times(&open, &office()), ["2026-08-25 09:00"]);
}

#[test]
fn what_is_to_be_announced_or_in_effect_has_no_ladder() {
    for dates in ["cutoff: to be announced", "cutoff: already in effect", "deprecation: 2026-09-01"]
    {
        assert_eq!(times(&notice(dates, "7 days", ""), &office()), [""; 0], "{dates}");
    }
}

#[test]
fn what_falls_before_the_announcement_is_left_to_it() {
    let mut notice = notice("cutoff: 2025-01-20", "30 days, 7 days", "");
    assert_eq!(times(&notice, &office()), ["2025-01-13 09:00"]);
    notice.announced = "to be announced".parse::<fairwarning::notice::Span>().unwrap().into();
    assert_eq!(times(&notice, &office()).len(), 2, "there is no day to compare with");
}

#[test]
fn one_rung_written_in_two_ways_is_one_reminder() {
    let notice = notice("cutoff: 2026-09-01", "7 days, 1 week", "");
    assert_eq!(reminders(&notice, &office()).len(), 1);
}

#[test]
fn a_brownout_is_reminded_of_once_however_often_it_strikes() {
    let notice = notice(
        "cutoff: 2026-12-01",
        "7 days",
        "  brownouts:\n    weekly: {start: 2026-10-20T10:00, length: 2 hours, \
         repeat: {every: 1 week, until: 2026-11-20}}\n",
    );
    let found = reminders(&notice, &office());
    let shown: Vec<_> = found.iter().map(|r| (r.coming.as_str(), r.at)).collect();
    assert_eq!(
        shown,
        [("brownout", at("2026-10-13T13:00:00Z")), ("cutoff", at("2026-11-24T14:00:00Z"))]
    );
}

#[test]
fn a_row_that_is_paused_or_cancelled_is_not_reminded_of() {
    let halted = |kind: &str| {
        let amendments = format!("amendments:\n  - {{date: 2026-08-10, kind: {kind}}}\n");
        times(&notice("cutoff: 2026-09-01", "30 days, 7 days", &amendments), &office())
    };
    assert_eq!(halted("cancelled"), [""; 0], "also not before: it will not come");
    assert_eq!(halted("paused"), [""; 0]);
    let resumed = notice(
        "cutoff: 2026-09-01",
        "30 days, 14 days, 7 days",
        "amendments:\n  - {date: 2026-08-10, kind: paused}\n  - {date: 2026-08-20, kind: resumed}\n",
    );
    assert_eq!(times(&resumed, &office()), ["2026-08-02 09:00", "2026-08-25 09:00"]);
    assert_eq!(reminders_due(&resumed, &office(), at("2026-08-15T12:00:00Z")), []);
    assert_eq!(reminders_due(&resumed, &office(), at("2026-08-21T12:00:00Z")).len(), 1);
}

#[test]
fn nobody_is_reminded_of_what_was_enforced_early() {
    let notice = notice("cutoff: 2026-09-01, enforced: 2026-08-20", "30 days, 7 days", "");
    assert_eq!(times(&notice, &office()), ["2026-08-02 09:00"]);
    assert_eq!(reminders_due(&notice, &office(), at("2026-08-20T04:00:00Z")), []);
}

#[test]
fn overdue_rungs_fold_into_the_latest_and_a_passed_cutoff_has_none() {
    let notice = notice("cutoff: 2026-09-01", "60 days, 30 days, 7 days", "");
    let due = |now: &str| -> Vec<Length> {
        reminders_due(&notice, &office(), at(now)).iter().map(|r| r.lead).collect()
    };
    let leads = |text: &[&str]| text.iter().map(|t| t.parse().unwrap()).collect::<Vec<Length>>();
    assert_eq!(due("2026-07-03T12:59:59Z"), leads(&[]));
    assert_eq!(due("2026-07-03T13:00:00Z"), leads(&["60 days"]));
    assert_eq!(due("2026-08-26T00:00:00Z"), leads(&["7 days"]));
    assert_eq!(due("2026-09-01T03:59:59Z"), leads(&["7 days"]));
    assert_eq!(due("2026-09-01T04:00:00Z"), leads(&[]));
}

#[test]
fn rows_that_share_date_and_lead_are_one_occasion() {
    let notice = notice(
        "cutoff: 2026-09-01}\n    twin: {environment: prod, apis: [labels], cohort: extended, cutoff: 2026-09-01}\n    \
         test: {environment: test, apis: [labels], cutoff: 2026-08-01",
        "7 days",
        "",
    );
    let rungs = rungs(reminders(&notice, &office()));
    let rows = |n: usize| rungs[n].reminders.iter().map(|r| r.row.as_str()).collect::<Vec<_>>();
    assert_eq!(rungs.len(), 2);
    assert_eq!((rows(0), rows(1)), (vec!["test"], vec!["prod", "twin"]));
    assert_eq!(rungs[1].key, "cutoff/7 days/2026-09-01T00:00:00-04:00");
}

#[test]
fn a_key_survives_a_revision_that_leaves_its_date_alone() {
    let keys = |notice: &Notice| -> Vec<String> {
        reminders(notice, &office()).iter().map(|r| r.key().to_string()).collect()
    };
    let before = notice("cutoff: 2026-09-01", "30 days, 7 days", "");
    let mut reworded = before.clone();
    reworded.title = "Another title".to_owned();
    reworded.reminders.push("1 day".parse().unwrap());
    assert_eq!(keys(&before)[..], keys(&reworded)[..2]);
    assert_eq!(keys(&before)[1], "prod/cutoff/7 days/2026-09-01T00:00:00-04:00");
    let moved = notice("cutoff: 2026-10-01", "30 days, 7 days", "");
    assert!(keys(&moved).iter().all(|key| !keys(&before).contains(key)));
    let mut hours = office();
    hours.zone = chrono_tz::Asia::Tokyo;
    let later: Vec<_> = reminders(&before, &hours).iter().map(|r| r.key().to_string()).collect();
    assert_eq!(keys(&before), later, "another sending hour repeats no reminder");
}

#[test]
fn a_text_that_is_no_key_is_refused() {
    for text in ["", "prod/cutoff/7 days", "prod/sunset/7 days/2026-09-01T00:00:00Z", "a/b/c/d"] {
        assert!(text.parse::<ReminderKey>().is_err(), "{text}");
    }
}

proptest! {
    /// Total, each once, none before its rung, none after its milestone.
    #[test]
    fn each_reminder_is_due_once_and_in_its_time(notice in notices(), office in settings()) {
        let all = reminders(&notice, &office);
        let keys: BTreeSet<_> = all.iter().map(|r| r.key()).collect();
        prop_assert_eq!(keys.len(), all.len());
        for reminder in &all {
            prop_assert!(reminder.at < reminder.until);
            prop_assert!(reminder.until <= reminder.milestone.to_utc());
            let stands = |row: &RowId, now| {
                !is_halted(&notice, row, &notice.schedule.rows[row], now)
            };
            prop_assert!(stands(reminder.row, reminder.at));
            let is_due = |now| {
                reminders_due(&notice, &office, now).iter().any(|due| due.key() == reminder.key())
            };
            let second = TimeDelta::seconds(1);
            prop_assert!(!is_due(reminder.at - second));
            prop_assert!(is_due(reminder.at));
            prop_assert_eq!(is_due(reminder.until - second), stands(reminder.row, reminder.until - second));
            prop_assert!(!is_due(reminder.until));
            prop_assert_eq!(&reminder.key().to_string().parse::<ReminderKey>().unwrap(), &reminder.key());
        }
    }

    /// At any moment a row has at most one reminder of each milestone.
    #[test]
    fn at_any_moment_a_milestone_has_at_most_one_reminder(
        notice in notices(), office in settings(), day in days(), second in 0i64..86_400
    ) {
        let now = day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::seconds(second);
        let due = reminders_due(&notice, &office, now);
        let different: BTreeSet<_> = due.iter().map(|r| (r.row, r.coming)).collect();
        prop_assert_eq!(different.len(), due.len());
        for reminder in &due {
            let row = &notice.schedule.rows[reminder.row];
            prop_assert!(!is_halted(&notice, reminder.row, row, now));
        }
    }

    /// Calendar units land on the calendar's day, whatever clocks did between.
    #[test]
    fn a_rung_lies_its_lead_before_the_rows_day(
        day in days(), zone in zones(), office in settings(), leads in prop::collection::vec(lengths(), 1..6)
    ) {
        let mut notice = declared::notice("cutoff: 2026-09-01");
        notice.schedule.rows[0].zone = zone;
        notice.schedule.rows[0].dates.cutoff = Some(Date::day(day));
        notice.announced = Date::day("1970-01-02".parse().unwrap());
        notice.reminders = leads;
        let hour = office.sending_hours.as_ref().map_or(NaiveTime::from_hms_opt(9, 0, 0).unwrap(), |h| h.from);
        let cutoff = bounds(&Date::day(day), zone).earliest.unwrap();
        // Where clocks skip a midnight, the day begins at the next one.
        let day = cutoff.with_timezone(&zone).date_naive();
        for reminder in reminders(&notice, &office) {
            prop_assert_eq!(reminder.coming, Coming::Cutoff);
            if let Some(clock) = reminder.lead.as_clock() {
                prop_assert_eq!(reminder.at, cutoff - clock);
                continue;
            }
            let wall = reminder.at.with_timezone(&office.zone).naive_local();
            let expected = reminder.lead.before(day).unwrap();
            let back = expected - wall.date();
            // The office's hour of that day may come after the row's midnight.
            prop_assert!((TimeDelta::days(-1)..=TimeDelta::days(3)).contains(&back), "{wall} {expected}");
            let is_plain = chrono::TimeZone::from_local_datetime(&office.zone, &wall.date().and_time(hour)).single().is_some();
            prop_assert!(!is_plain || wall.time() == hour, "{wall}");
            if office.zone == zone && is_plain {
                prop_assert_eq!(wall.date(), expected);
            }
        }
    }

    /// Every lead of the ladder has its rung, unless the announcement takes it.
    #[test]
    fn no_rung_is_forgotten(day in days(), zone in zones(), office in settings(), lead in lengths()) {
        let mut notice = declared::notice("cutoff: 2026-09-01");
        notice.schedule.rows[0].zone = zone;
        notice.schedule.rows[0].dates.cutoff = Some(Date::day(day));
        notice.announced = Date::day("1970-01-02".parse().unwrap());
        notice.reminders = vec![lead];
        let expected = usize::from(!lead.is_zero());
        prop_assert_eq!(reminders(&notice, &office).len(), expected);
    }

    /// Merging loses and doubles nothing, and what is merged belongs together.
    #[test]
    fn occasions_hold_every_reminder_once(notice in notices(), office in settings()) {
        let all = reminders(&notice, &office);
        let merged = rungs(all.clone());
        let count: usize = merged.iter().map(|rung| rung.reminders.len()).sum();
        prop_assert_eq!(count, all.len());
        let keys: BTreeSet<_> = merged.iter().map(|rung| &rung.key).collect();
        prop_assert_eq!(keys.len(), merged.len(), "an occasion's key is its own");
        for rung in &merged {
            for reminder in &rung.reminders {
                prop_assert_eq!(reminder.at, rung.at);
                prop_assert_eq!(reminder.lead, rung.reminders[0].lead);
                prop_assert_eq!(reminder.milestone.to_utc(), rung.reminders[0].milestone.to_utc());
            }
        }
    }

    #[test]
    fn the_next_reminder_is_the_first_after_the_moment(
        notice in notices(), office in settings(), day in days()
    ) {
        let now = day.and_time(NaiveTime::MIN).and_utc();
        let all = reminders(&notice, &office);
        let expected = all.iter().map(|r| r.at).filter(|at| *at > now).min();
        prop_assert_eq!(next_reminder(&notice, &office, now), expected);
        prop_assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }
}
