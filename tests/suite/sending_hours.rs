//! Sending hours: mail leaves inside them, on whatever day clocks change.

use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use fairwarning::notice::{SendingHours, SendingZone};
use fairwarning::schedule::opening;
use proptest::prelude::*;

fn hours(from: &str, until: &str) -> SendingHours {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    SendingHours { from: time(from), until: time(until), zone: SendingZone::Program }
}

fn opens(hours: &SendingHours, zone: Tz, at: &str) -> String {
    let at: DateTime<Utc> = at.parse().unwrap();
    let opening = opening(hours, zone, at);
    let shown = |at: DateTime<Utc>| at.with_timezone(&zone).format("%m-%d %H:%M").to_string();
    format!("{} to {}", shown(opening.opens), opening.closes.map_or("-".to_owned(), shown))
}

#[test]
fn inside_the_hours_mail_leaves_now_and_else_when_they_begin() {
    let office = hours("09:00", "17:00");
    let zone = chrono_tz::America::New_York;
    assert_eq!(opens(&office, zone, "2020-03-30T15:30:00Z"), "03-30 11:30 to 03-30 17:00");
    assert_eq!(opens(&office, zone, "2020-03-30T12:59:00Z"), "03-30 09:00 to 03-30 17:00");
    assert_eq!(opens(&office, zone, "2020-03-30T21:00:00Z"), "03-31 09:00 to 03-31 17:00");
    let tokyo = chrono_tz::Asia::Tokyo;
    assert_eq!(opens(&office, tokyo, "2020-03-30T15:30:00Z"), "03-31 09:00 to 03-31 17:00");
}

#[test]
fn hours_that_clocks_skip_begin_the_next_day() {
    let night = hours("02:00", "02:30");
    let zone = chrono_tz::America::New_York;
    assert_eq!(opens(&night, zone, "2020-03-08T05:00:00Z"), "03-09 02:00 to 03-09 02:30");
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec())
}

proptest! {
    #[test]
    fn mail_never_leaves_outside_the_hours_nor_before_it_is_due(
        zone in zones(), from in 0u32..1439, lasts in 1u32..1440,
        at in 0i64..2_000_000_000,
    ) {
        let time = |minute: u32| NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
        let until = (from + lasts).min(1439);
        let hours =
            SendingHours { from: time(from), until: time(until), zone: SendingZone::Program };
        let at = Utc.timestamp_opt(at, 0).unwrap();
        let opening = opening(&hours, zone, at);
        prop_assert!(opening.opens >= at);
        let wall = opening.opens.with_timezone(&zone).time();
        prop_assert!(hours.from <= wall && wall < hours.until, "{wall} in {zone}");
        let closes = opening.closes.unwrap();
        prop_assert!(opening.opens < closes);
        prop_assert!(opening.opens - at < chrono::TimeDelta::days(4), "it waits no longer");
        prop_assert!(closes - opening.opens <= chrono::TimeDelta::hours(26));
    }
}
