//! Generated dates, schedules and notices, for properties that must hold of
//! any of them. They need not make sense: what is total holds for nonsense too.

use crate::declared;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use fairwarning::notice::{
    Amendment, AmendmentKind, Brownout, BrownoutLength, Date, Dates, Former, Length, Notice, Point,
    ProgramSettings, Repeat, RowId, SendingHours, SendingZone, Span, Subset,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Days on which clocks change somewhere, leap days, and ends of months.
const AWKWARD_DAYS: [&str; 12] = [
    "2024-02-29",
    "2028-02-29",
    "2025-03-31",
    "2025-05-31",
    "2026-03-08",
    "2026-03-29",
    "2026-04-05",
    "2026-10-04",
    "2026-10-25",
    "2026-11-01",
    "2025-12-31",
    "2027-01-01",
];

pub fn zones() -> impl Strategy<Value = Tz> {
    let awkward = [
        chrono_tz::America::New_York,
        chrono_tz::Europe::Berlin,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::Pacific::Kiritimati,
        chrono_tz::Etc::GMTPlus12,
    ];
    prop_oneof![
        prop::sample::select(awkward.to_vec()),
        prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec())
    ]
}

/// From 2024 to 2029.
pub fn days() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    let awkward: Vec<NaiveDate> = AWKWARD_DAYS.iter().map(|day| day.parse().unwrap()).collect();
    prop_oneof![
        (0i64..2190).prop_map(move |day| first + TimeDelta::days(day)),
        prop::sample::select(awkward)
    ]
}

fn times() -> impl Strategy<Value = NaiveTime> {
    (0u32..86_400).prop_map(|s| NaiveTime::from_num_seconds_from_midnight_opt(s, 0).unwrap())
}

pub fn points() -> impl Strategy<Value = Point> {
    use chrono::Datelike;
    (days(), times(), 0..8).prop_map(|(day, time, form)| match form {
        0..=3 => Point::Day(day),
        4 => Point::Instant { at: day.and_time(time), offset: None },
        5 => Point::Month { year: day.year(), month: day.month() },
        6 => Point::Quarter { year: day.year(), quarter: day.month0() / 3 + 1 },
        _ => Point::Year(day.year()),
    })
}

pub fn dates() -> impl Strategy<Value = Date> {
    (points(), days(), 1i64..90, 0..12).prop_map(|(point, day, more, form)| {
        Date::from(match form {
            0 => Span::Range { from: Point::Day(day), to: Point::Day(day + TimeDelta::days(more)) },
            1 => Span::NotBefore(point),
            2 => Span::ToBeAnnounced { by: None },
            3 => Span::ToBeAnnounced { by: Some(day) },
            4 => Span::InEffect,
            _ => Span::At(point),
        })
    })
}

pub fn lengths() -> impl Strategy<Value = Length> {
    let units = ["minute", "hour", "day", "week", "month", "year"];
    let text = (0u32..40, prop::sample::select(units.to_vec()));
    prop_oneof![
        text.prop_map(|(amount, unit)| format!("{amount} {unit}s").parse().unwrap()),
        (1u32..120).prop_map(Length::days)
    ]
}

fn row_dates() -> impl Strategy<Value = Dates> {
    let fields =
        (option::of(dates()), option::weighted(0.9, dates()), option::of(dates()), dates(), 0..5);
    fields.prop_map(|(deprecation, cutoff, complete, enforced, is_recorded)| Dates {
        deprecation,
        cutoff,
        complete,
        enforced: (is_recorded == 0).then_some(enforced),
    })
}

fn brownouts() -> impl Strategy<Value = Brownout> {
    let every = prop::sample::select(vec!["1 hour", "7 hours", "1 day", "1 week", "1 month"]);
    let repeat = option::of((every, dates()));
    (days(), times(), 1u32..50, repeat, 0usize..3).prop_map(|(day, time, minutes, repeat, rows)| {
        Brownout {
            rows: ["a", "b"][..rows.min(2)].iter().map(|id| id.parse().unwrap()).collect(),
            start: Span::At(Point::Instant { at: day.and_time(time), offset: None }).into(),
            length: BrownoutLength::Lasts(format!("{minutes} minutes").parse().unwrap()),
            repeat: repeat.map(|(every, until)| Repeat { every: every.parse().unwrap(), until }),
            subset: Subset::All,
            note: None,
        }
    })
}

fn halts() -> impl Strategy<Value = Vec<Amendment>> {
    use AmendmentKind::{Cancelled, Paused, Resumed};
    let kind = prop::sample::select(vec![Paused, Paused, Resumed, Resumed, Cancelled]);
    let rows = prop::sample::select(vec![vec![], vec!["a"], vec!["b"]]);
    let one = (dates(), kind, rows).prop_map(|(date, kind, rows)| Amendment {
        date,
        kind,
        reason: None,
        rows: rows.iter().map(|id| id.parse().unwrap()).collect(),
        former: Former::Unchanged,
    });
    vec(one, 0..4)
}

/// A notice with the rows `a`, `b` and `c`, each in a zone of its own, of which
/// the first two may share their dates.
pub fn notices() -> impl Strategy<Value = Notice> {
    let rows = vec((row_dates(), zones()), 3);
    let ladder = vec(lengths(), 0..6);
    let parts = (
        dates(),
        rows,
        any::<bool>(),
        ladder,
        vec(brownouts(), 0..3),
        halts(),
        option::of(halts()),
    );
    parts.prop_map(|(announced, rows, is_shared, ladder, brownouts, halts, none)| {
        let mut notice = declared::notice("cutoff: 2026-09-01");
        let row = notice.schedule.rows[0].clone();
        let ids = ["a", "b", "c"].map(|id| id.parse::<RowId>().unwrap());
        let rows = ids.into_iter().zip(rows);
        notice.schedule.rows = rows
            .map(|(id, (dates, zone))| {
                (id, fairwarning::notice::Row { dates, zone, ..row.clone() })
            })
            .collect();
        if is_shared {
            notice.schedule.rows[1] = notice.schedule.rows[0].clone();
        }
        notice.announced = announced;
        notice.reminders = ladder;
        let named = brownouts.into_iter().enumerate();
        notice.schedule.brownouts =
            named.map(|(n, b)| (format!("brownout-{n}").parse().unwrap(), b)).collect();
        notice.amendments = if none.is_some() { halts } else { Vec::new() };
        notice
    })
}

/// The base program with other clocks and hours.
pub fn settings() -> impl Strategy<Value = ProgramSettings> {
    (zones(), option::of(0u32..24)).prop_map(|(zone, hour)| {
        let text = "title: T\nkind: retirement\nannounced: 2025-01-01\nsummary: S.\n\
             schedule: {rows: {prod: {environment: prod, apis: [labels], cutoff: 2026-09-01}}}";
        let settings = declared::workspace(text).programs["parcels"].settings.clone();
        let hours = hour.map(|hour| SendingHours {
            from: NaiveTime::from_hms_opt(hour, 30, 0).unwrap(),
            until: NaiveTime::from_hms_opt(23, 59, 0).unwrap(),
            zone: SendingZone::Program,
        });
        ProgramSettings { zone, sending_hours: hours, ..settings }
    })
}
