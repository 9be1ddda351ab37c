//! When things happen: bounds, states and their edges.

use crate::declared::{notice, notice_with};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use fairwarning::notice::{ApiId, Date, Notice, RowId, Span};
use fairwarning::schedule::{
    MilestoneKind, Occurrences, State, bounds, last_edge, milestones, next_edge, state,
};
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a test writes RFC 3339")
}

fn date(text: &str) -> Date {
    Date::from(text.parse::<Span>().expect("a test writes a date"))
}

fn state_at(notice: &Notice, moment: &str) -> State {
    let (id, row) = notice.schedule.rows.first().expect("a row");
    state(notice, id, row, None, at(moment))
}

#[test]
fn a_day_begins_at_midnight_of_the_rows_zone() {
    let day = bounds(&date("2020-09-27"), chrono_tz::America::New_York);
    assert_eq!(day.earliest, Some(at("2020-09-27T04:00:00Z")));
    assert!(day.is_exact());
}

#[test]
fn a_month_happens_somewhere_between_its_first_and_its_last_moment() {
    let month = bounds(&date("2020-02"), chrono_tz::UTC);
    assert_eq!(month.earliest, Some(at("2020-02-01T00:00:00Z")));
    assert_eq!(month.latest, Some(at("2020-03-01T00:00:00Z")));
    let quarter = bounds(&date("2020-Q4"), chrono_tz::UTC);
    assert_eq!(quarter.latest, Some(at("2021-01-01T00:00:00Z")));
}

#[test]
fn a_midnight_that_clocks_skip_begins_when_they_resume() {
    // Brazil's clocks went from 00:00 to 01:00 on 4 November 2018.
    let day = bounds(&date("2018-11-04"), chrono_tz::America::Sao_Paulo);
    assert_eq!(day.earliest, Some(at("2018-11-04T03:00:00Z")));
    // Samoa skipped 30 December 2011 whole.
    let day = bounds(&date("2011-12-30"), chrono_tz::Pacific::Apia);
    assert_eq!(day.earliest, bounds(&date("2011-12-31"), chrono_tz::Pacific::Apia).earliest);
}

#[test]
fn a_wall_time_that_comes_twice_means_the_first() {
    let twice = bounds(&date("2020-11-01T01:30"), chrono_tz::America::New_York);
    assert_eq!(twice.earliest, Some(at("2020-11-01T05:30:00Z")));
}

#[test]
fn a_written_offset_is_taken_at_its_word() {
    let instant = bounds(&date("2020-07-01T09:00+01:00"), chrono_tz::Europe::Dublin);
    assert_eq!(instant.earliest, Some(at("2020-07-01T08:00:00Z")));
}

#[test]
fn what_is_to_be_announced_has_no_bounds() {
    let open = bounds(&date("to be announced"), chrono_tz::UTC);
    assert_eq!((open.earliest, open.latest), (None, None));
}

#[test]
fn a_row_is_cut_off_from_the_second_of_its_cutoff() {
    let notice = notice("cutoff: 2026-09-01, deprecation: 2026-06-01");
    assert_eq!(state_at(&notice, "2026-06-01T03:59:59Z"), State::Announced);
    assert_eq!(state_at(&notice, "2026-06-01T04:00:00Z"), State::Deprecated);
    assert_eq!(state_at(&notice, "2026-09-01T03:59:59Z"), State::Deprecated);
    assert_eq!(state_at(&notice, "2026-09-01T04:00:00Z"), State::CutOff);
}

#[test]
fn a_row_is_due_inside_a_vague_cutoff() {
    let notice = notice("cutoff: 2026-Q3");
    assert_eq!(state_at(&notice, "2026-07-01T03:59:59Z"), State::Announced);
    assert_eq!(state_at(&notice, "2026-07-01T04:00:00Z"), State::Due);
    assert_eq!(state_at(&notice, "2026-10-01T04:00:00Z"), State::CutOff);
}

#[test]
fn a_rolling_cutoff_is_due_until_it_is_complete() {
    let notice = notice("cutoff: 2026-09-01, complete: 2026-09-15");
    assert_eq!(state_at(&notice, "2026-09-01T04:00:00Z"), State::Due);
    assert_eq!(state_at(&notice, "2026-09-15T04:00:00Z"), State::CutOff);
}

#[test]
fn a_late_enforcement_outweighs_the_plan() {
    let notice = notice("cutoff: 2026-09-01, enforced: 2026-09-03T12:00");
    assert_eq!(state_at(&notice, "2026-09-02T00:00:00Z"), State::Due);
    assert_eq!(state_at(&notice, "2026-09-03T16:00:00Z"), State::CutOff);
}

#[test]
fn a_cutoff_that_is_already_in_effect_has_always_been() {
    assert_eq!(
        state_at(&notice("cutoff: already in effect"), "1999-01-01T00:00:00Z"),
        State::CutOff
    );
}

#[test]
fn a_cutoff_not_before_a_day_is_due_from_it_and_never_certain() {
    let notice = notice("cutoff: not before 2026-09-01");
    assert_eq!(state_at(&notice, "2026-08-31T00:00:00Z"), State::Announced);
    assert_eq!(state_at(&notice, "2036-09-01T00:00:00Z"), State::Due);
}

#[test]
fn a_pause_holds_until_it_is_resumed_and_a_cancellation_stays() {
    let notice = notice_with(
        "cutoff: 2026-09-01",
        "amendments:
  - {date: 2026-07-01, kind: paused}
  - {date: 2026-08-01, kind: resumed}
  - {date: 2026-12-01, kind: cancelled}
",
    );
    assert_eq!(state_at(&notice, "2026-07-15T00:00:00Z"), State::Paused);
    assert_eq!(state_at(&notice, "2026-08-15T00:00:00Z"), State::Announced);
    assert_eq!(state_at(&notice, "2026-09-15T00:00:00Z"), State::CutOff);
    assert_eq!(state_at(&notice, "2027-01-01T00:00:00Z"), State::Cancelled);
}

#[test]
fn a_pause_of_one_row_leaves_the_others_alone() {
    let notice = notice_with(
        "cutoff: 2026-09-01}\n    other: {environment: test, apis: [labels], cutoff: 2026-09-01",
        "amendments:\n  - {date: 2026-07-01, kind: paused, rows: [other]}\n",
    );
    assert_eq!(state_at(&notice, "2026-07-15T00:00:00Z"), State::Announced);
    let other: RowId = "other".parse().unwrap();
    let row = &notice.schedule.rows[&other];
    assert_eq!(state(&notice, &other, row, None, at("2026-07-15T00:00:00Z")), State::Paused);
}

fn weekly() -> Notice {
    notice_with(
        "cutoff: 2026-12-01",
        "  brownouts:
    weekly:
      start: 2026-10-20T09:00
      length: 2 hours
      repeat: {every: 1 week, until: 2026-11-30}
      apis: [labels]
",
    )
}

#[test]
fn a_brownout_keeps_its_wall_time_when_clocks_change() {
    let notice = weekly();
    let brownout = notice.schedule.brownouts.values().next().unwrap();
    let starts: Vec<_> = Occurrences::new(brownout, chrono_tz::America::New_York)
        .iter()
        .map(|(start, _)| start.to_rfc3339())
        .collect();
    // New York leaves daylight time on 1 November 2026.
    assert_eq!(starts[0], "2026-10-20T13:00:00+00:00");
    assert_eq!(starts[1], "2026-10-27T13:00:00+00:00");
    assert_eq!(starts[2], "2026-11-03T14:00:00+00:00");
    assert_eq!(starts.len(), 6);
}

#[test]
fn a_brownout_that_repeats_until_a_day_begins_on_that_day_too() {
    let starts = |start: &str, until: &str| {
        let weeks = "length: 3 hours, repeat: {every: 4 weeks, until: 2026-11-08}";
        let mut notice = notice_with(
            "cutoff: 2026-11-13T16:00",
            &format!("  brownouts:\n    first: {{start: {start}, {weeks}}}\n"),
        );
        let brownout = &mut notice.schedule.brownouts[0];
        // `check` would refuse a repetition that never comes.
        brownout.repeat.as_mut().unwrap().until = date(until);
        Occurrences::new(brownout, chrono_tz::America::New_York).iter().count()
    };
    assert_eq!(starts("2026-09-30T07:00", "2026-10-28"), 2);
    assert_eq!(starts("2026-09-30T07:00", "2026-10-27"), 1);
    assert_eq!(starts("2026-09-30T07:00", "2026-10"), 2);
    assert_eq!(starts("2026-09-30T07:00", "2026-10-20..2026-10-28"), 2);
    // An instant is taken to the second.
    assert_eq!(starts("2026-09-30T07:00", "2026-10-28T07:00"), 2);
    assert_eq!(starts("2026-09-30T07:00", "2026-10-28T06:59"), 1);
    // The midnight after the last day is another day.
    assert_eq!(starts("2026-10-04T00:00", "2026-10"), 1);
}

#[test]
fn a_brownout_strikes_only_the_apis_it_names() {
    let notice = weekly();
    let (id, row) = notice.schedule.rows.first().unwrap();
    let labels: ApiId = "labels".parse().unwrap();
    let tracking: ApiId = "tracking".parse().unwrap();
    let during = at("2026-10-27T14:00:00Z");
    assert_eq!(state(&notice, id, row, Some(&labels), during), State::Brownout);
    assert_eq!(state(&notice, id, row, Some(&tracking), during), State::Announced);
    assert_eq!(
        state(&notice, id, row, Some(&labels), at("2026-10-27T15:00:00Z")),
        State::Announced
    );
}

#[test]
fn a_year_of_hourly_brownouts_is_worked_out_only_where_asked() {
    let notice = notice_with(
        "cutoff: 2028-01-01",
        "  brownouts:
    hourly: {start: 2027-01-01T00:00, length: 5 minutes, repeat: {every: 1 hour, until: 2027-12-31}}
",
    );
    assert_eq!(state_at(&notice, "2027-08-15T17:04:59Z"), State::Brownout);
    assert_eq!(state_at(&notice, "2027-08-15T17:05:00Z"), State::Announced);
    let (id, row) = notice.schedule.rows.first().unwrap();
    let next = next_edge(&notice, id, row, at("2027-08-15T17:05:00Z"));
    assert_eq!(next, Some(at("2027-08-15T18:00:00Z")));
}

#[test]
fn milestones_come_in_order_and_unknown_ones_last() {
    let notice = notice_with(
        "cutoff: to be announced, deprecation: 2026-06-01",
        "test_endpoints:
  new: {url: \"https://try.parcels.example\", opens: 2026-03-01, closes: 2026-07-01}
",
    );
    let kinds: Vec<_> = milestones(&notice, chrono_tz::UTC).iter().map(|m| m.kind).collect();
    assert_eq!(
        kinds,
        [
            MilestoneKind::Announced,
            MilestoneKind::EndpointOpens,
            MilestoneKind::Deprecation,
            MilestoneKind::EndpointCloses,
            MilestoneKind::Cutoff
        ]
    );
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec())
}

proptest! {
    #[test]
    fn bounds_are_total_and_in_order(zone in zones(), year in 1970i32..2999, day in 1u32..366, second in 0u32..86_400) {
        let day = chrono::NaiveDate::from_yo_opt(year, day).unwrap();
        let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        for text in [
            day.to_string(),
            day.and_time(time).format("%Y-%m-%dT%H:%M:%S").to_string(),
            day.format("%Y-%m").to_string(),
            day.format("%Y").to_string(),
            format!("{day}..{}", day + TimeDelta::days(40)),
        ] {
            let bounds = bounds(&date(&text), zone);
            prop_assert!(bounds.earliest.unwrap() <= bounds.latest.unwrap());
        }
    }

    #[test]
    fn a_later_day_never_begins_earlier(zone in zones(), day in 0i64..370_000, more in 0i64..400) {
        let first = chrono::NaiveDate::from_ymd_opt(1970, 1, 2).unwrap() + TimeDelta::days(day);
        let earliest = |day: chrono::NaiveDate| bounds(&Date::day(day), zone).earliest.unwrap();
        prop_assert!(earliest(first) <= earliest(first + TimeDelta::days(more)));
    }

    /// Between two neighbouring edges the state never changes.
    #[test]
    fn the_state_changes_at_edges_and_nowhere_else(second in 0i64..(3 * 365 * 86_400)) {
        let notice = notice_with(
            "cutoff: 2026-12-01, complete: 2026-12-20, deprecation: 2026-02",
            "  brownouts:
    weekly: {start: 2026-03-03T09:00, length: 2 hours, repeat: {every: 1 week, until: 2026-11-30}}
amendments:
  - {date: 2026-07-01T12:00, kind: paused}
  - {date: 2026-08-01, kind: resumed}
",
        );
        let (id, row) = notice.schedule.rows.first().unwrap();
        let moment = at("2025-06-01T00:00:00Z") + TimeDelta::seconds(second);
        let state_of = |moment| state(&notice, id, row, None, moment);
        if let Some(next) = next_edge(&notice, id, row, moment) {
            prop_assert!(next > moment);
            prop_assert_eq!(state_of(next - TimeDelta::seconds(1)), state_of(moment));
        }
        if let Some(last) = last_edge(&notice, id, row, moment) {
            prop_assert!(last <= moment);
            prop_assert_eq!(state_of(last), state_of(moment));
        }
    }
}
