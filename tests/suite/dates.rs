//! Dates as declarations write them.

use fairwarning::notice::{Date, Point, Span};
use proptest::prelude::*;

fn point() -> impl Strategy<Value = Point> {
    let day = (1970i32..=2999, 1u32..=12, 1u32..=31)
        .prop_filter_map("a real day", |(y, m, d)| chrono::NaiveDate::from_ymd_opt(y, m, d));
    prop_oneof![
        day.clone().prop_map(Point::Day),
        (day, 0u32..86_400).prop_map(|(day, second)| Point::Instant {
            at: day.and_time(
                chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap()
            ),
            offset: None,
        }),
        (1970i32..=2999, 1u32..=12).prop_map(|(year, month)| Point::Month { year, month }),
        (1970i32..=2999, 1u32..=4).prop_map(|(year, quarter)| Point::Quarter { year, quarter }),
        (1970i32..=2999).prop_map(Point::Year),
    ]
}

proptest! {
    #[test]
    fn a_date_reads_back_as_it_was_written(point in point()) {
        for span in [Span::At(point), Span::NotBefore(point), Span::Range { from: point, to: point }] {
            prop_assert_eq!(span.to_string().parse::<Span>().unwrap(), span);
        }
    }

    #[test]
    fn no_text_makes_the_date_parser_panic(text in "\\PC{0,40}") {
        let _ = text.parse::<Span>();
    }

    #[test]
    fn nearly_a_date_never_panics(text in "[0-9QT:Z+.\\-]{0,30}") {
        let _ = text.parse::<Span>();
    }
}

#[test]
fn every_written_form_is_understood() {
    for text in [
        "2020-09-27",
        "2020-09-27T14:00",
        "2020-09-27T14:00:05Z",
        "2020-09-27T14:00-05:00",
        "2020-09",
        "2020-Q3",
        "2020",
        "2020-09-27..2020-10-04",
        "not before 2020-06",
        "to be announced",
        "to be announced by 2020-06-01",
        "already in effect",
    ] {
        assert!(text.parse::<Span>().is_ok(), "{text}");
    }
}

#[test]
fn days_that_do_not_exist_are_refused() {
    for text in ["2019-02-29", "2020-13", "2020-Q5", "2020-04-31", "2020-04-30T24:00"] {
        let bad = text.parse::<Span>().unwrap_err().to_string();
        assert!(bad.contains("does not exist"), "{text}: {bad}");
    }
}

#[test]
fn a_range_that_ends_before_it_begins_is_refused() {
    for text in [
        "2020-10-04..2020-09-27",
        "2020-10-04T12:00..2020-10-04T11:59",
        "2020-10-04T12:00-05:00..2020-10-04T12:00Z",
    ] {
        let bad = text.parse::<Span>().unwrap_err().to_string();
        assert!(bad.contains("ends before it begins"), "{text}: {bad}");
    }
}

#[test]
fn the_offices_own_wording_is_kept() {
    let date: Date = serde_json::from_str(r#"{"date":"2020-07-01","label":"1st July"}"#).unwrap();
    assert_eq!(date.label.as_deref(), Some("1st July"));
    assert_eq!(
        serde_json::to_string(&date).unwrap(),
        r#"{"date":"2020-07-01","label":"1st July"}"#
    );
}
