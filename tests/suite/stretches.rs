//! The days and stretches by which a preview draws a notice.

use crate::everything::{everything, everything_where};
use chrono::{NaiveDate, NaiveTime};
use fairwarning::notice::{Date, Span};
use fairwarning::schedule::{Days, state, stretches};

fn span(text: &str) -> Date {
    text.parse::<Span>().unwrap().into()
}

const NOW: &str = "2026-05-01T12:00:00Z";

#[test]
fn stretches_tell_the_state_at_every_moment() {
    let (program, notice) = everything();
    let days = Days::of(&notice, program.settings.zone, NOW.parse().unwrap());
    let (from, until) =
        (days.moment(days.first, NaiveTime::MIN), days.moment(days.last, NaiveTime::MIN));
    for (id, row) in &notice.schedule.rows {
        let all = stretches(&notice, id, row, None, from, until);
        assert_eq!(all[0].0, from);
        assert!(all.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 != two[1].1), "{all:?}");
        for hour in 0..(until - from).num_hours() {
            let at = from + chrono::TimeDelta::hours(hour);
            let told = all.iter().rev().find(|(begin, _)| *begin <= at).unwrap().1;
            assert_eq!(told, state(&notice, id, row, None, at), "{id} at {at}");
        }
    }
}

#[test]
fn hourly_brownouts_stay_a_drawing() {
    let (program, notice) = everything_where(|text| {
        let text = text.replace("length: 2 hours", "length: 10 minutes");
        text.replace("{every: 1 week, until", "{every: 1 hour, until")
    });
    let days = Days::of(&notice, program.settings.zone, NOW.parse().unwrap());
    let (from, until) =
        (days.moment(days.first, NaiveTime::MIN), days.moment(days.last, NaiveTime::MIN));
    let (id, row) = notice.schedule.rows.get_key_value("quay").unwrap();
    let all = stretches(&notice, id, row, None, from, until);
    assert!((3..=400).contains(&all.len()), "{}", all.len());
}

#[test]
fn days_without_any_date_begin_today_and_a_slip_of_the_year_ends_them() {
    let (program, mut notice) = everything();
    let zone = program.settings.zone;
    notice.announced = span("to be announced");
    notice.schedule.rows.clear();
    notice.schedule.brownouts.clear();
    notice.test_endpoints.clear();
    notice.amendments.clear();
    let days = Days::of(&notice, zone, NOW.parse().unwrap());
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    assert_eq!((days.first, days.last), (day("2026-05-01"), day("2026-05-31")));
    notice.announced = span("1970-01-01..2970-01-01");
    let days = Days::of(&notice, zone, NOW.parse().unwrap());
    assert_eq!((days.first, days.count()), (day("1970-01-01"), 36_525));
    assert_eq!(days.within(day("2999-01-01")), days.last);
}
