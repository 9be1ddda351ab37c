//! When the weekly digest leaves, and what cannot wait for it.

use crate::generated::{days, notices, settings, zones};
use chrono::{Datelike, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use fairwarning::notice::{DigestDay, RowId};
use fairwarning::schedule::{Instant, Occurrences, State, next_digest, pressing, state};
use proptest::prelude::*;

const DAYS: [DigestDay; 7] = [
    DigestDay::Monday,
    DigestDay::Tuesday,
    DigestDay::Wednesday,
    DigestDay::Thursday,
    DigestDay::Friday,
    DigestDay::Saturday,
    DigestDay::Sunday,
];

fn moments() -> impl Strategy<Value = Instant> {
    (days(), 0u32..86_400).prop_map(|(day, second)| {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        day.and_time(time).and_utc()
    })
}

proptest! {
    #[test]
    fn the_next_digest_is_on_its_day_within_eight_days(
        settings in settings(), day in 0usize..7, zone in zones(), now in moments(),
    ) {
        let mut settings = settings;
        settings.digest.day = DAYS[day];
        let digest = next_digest(&settings, zone, now);
        prop_assert!(now < digest && digest <= now + TimeDelta::days(8), "{digest}");
        prop_assert_eq!(digest.with_timezone(&zone).weekday(), Weekday::from(DAYS[day]));
        let again = next_digest(&settings, zone, digest);
        prop_assert!(again > digest + TimeDelta::days(5));
    }

    #[test]
    fn nobody_reads_of_a_cutoff_in_a_digest_after_it(
        notice in notices(), settings in settings(), zone in zones(), now in moments(),
    ) {
        let digest = next_digest(&settings, zone, now);
        let pressing = pressing(&notice, &settings, now);
        for (id, row) in &notice.schedule.rows {
            let at = |moment| state(&notice, id, row, None, moment);
            if at(now) == State::CutOff || !pressing.allows(std::slice::from_ref(id), digest) {
                continue;
            }
            prop_assert!(!matches!(at(digest), State::CutOff | State::Due), "{id} by {digest}");
            for brownout in notice.schedule.brownouts.values().filter(|b| b.rows.contains(id)) {
                let first = Occurrences::new(brownout, row.zone).nth(0);
                let strikes = first.is_some_and(|(start, _)| now < start && start <= digest);
                prop_assert!(!strikes || at(digest) != State::Brownout, "{id} is struck before");
            }
        }
    }

    #[test]
    fn who_is_told_of_more_rows_waits_no_longer(
        notice in notices(), settings in settings(), now in moments(),
    ) {
        let digest = next_digest(&settings, Tz::UTC, now);
        let pressing = pressing(&notice, &settings, now);
        let all: Vec<RowId> = notice.schedule.rows.keys().cloned().collect();
        let each = all.iter().all(|row| pressing.allows(std::slice::from_ref(row), digest));
        prop_assert_eq!(pressing.allows(&all, digest), each);
    }
}

#[test]
fn without_sending_hours_it_leaves_at_nine_on_monday() {
    let settings = crate::sample_office::workspace().programs["parcel"].settings.clone();
    let new_york = settings.zone;
    let next = |now: &str| next_digest(&settings, new_york, now.parse().unwrap()).to_rfc3339();
    assert_eq!(next("2020-01-14T12:00:00Z"), "2020-01-20T14:00:00+00:00");
    assert_eq!(next("2020-01-20T13:59:59Z"), "2020-01-20T14:00:00+00:00");
    assert_eq!(next("2020-01-20T14:00:00Z"), "2020-01-27T14:00:00+00:00");
    // Clocks were set forward on Sunday, 8 March.
    assert_eq!(next("2020-03-08T00:00:00Z"), "2020-03-09T13:00:00+00:00");
}
