//! How many of those who were told have not said that they are done, until the cutoff.

use crate::sample_office;
use crate::test_office::{TestOffice, mail_settings};
use chrono::{NaiveDate, TimeDelta};
use fairwarning::notice::RowId;
use fairwarning::render::{BurnDown, Group};
use fairwarning::store::Way;

crate::databases::on_postgres_too!(those_who_were_told_and_those_who_are_done_are_counted_by_day);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn group(told: &[(&str, i64)], done: &[(&str, i64)]) -> Group {
    let by_day = |days: &[(&str, i64)]| days.iter().map(|(on, n)| (day(on), *n)).collect();
    Group { told: by_day(told), done: by_day(done) }
}

#[test]
fn the_line_rises_as_people_are_told_and_falls_as_they_are_done() {
    let groups = [
        group(&[("2026-01-01", 60), ("2026-01-11", 10)], &[("2026-01-21", 20)]),
        group(&[("2026-01-01", 30)], &[("2026-01-31", 30)]),
    ];
    let burn = BurnDown::draw(&groups, day("2026-04-11"), day("2026-02-20")).unwrap();
    assert_eq!((burn.told, burn.open, burn.done_percent, burn.days_left), (100, 50, 50, 50));
    let steps: Vec<_> = burn.steps.iter().map(|s| (s.day.to_string(), s.told, s.open)).collect();
    let expected = [
        ("2026-01-31", 100, 50),
        ("2026-01-21", 100, 80),
        ("2026-01-11", 100, 100),
        ("2026-01-01", 90, 90),
    ];
    assert_eq!(steps, expected.map(|(day, told, open)| (day.to_owned(), told, open)));
    // A hundred days from left to right, a hundred people from bottom to top.
    let corners = "0.0,20.0 100.0,20.0 100.0,0.0 200.0,0.0 200.0,40.0 300.0,40.0 300.0,100.0 \
                   500.0,100.0";
    assert_eq!(burn.line, corners);
    assert_eq!(burn.here, 500.0);
    assert_eq!(burn.wanted, "500.0,100.0 1000.0,200");
}

#[test]
fn nothing_is_drawn_of_what_nobody_was_told() {
    assert_eq!(BurnDown::draw(&[Group::default()], day("2026-04-11"), day("2026-02-20")), None);
}

#[test]
fn a_cutoff_that_has_come_is_drawn_to_the_present_day() {
    let told = [group(&[("2026-01-01", 5)], &[])];
    let burn = BurnDown::draw(&told, day("2026-01-11"), day("2026-01-21")).unwrap();
    assert_eq!((burn.open, burn.days_left, burn.here), (5, 0, 1000.0));
}

#[tokio::test]
async fn those_who_were_told_and_those_who_are_done_are_counted_by_day() {
    let office = TestOffice::open().await;
    office.import_people(4).await;
    let filled = office.fill(None).await.unwrap();
    let folder = office.folder.path().join("mail");
    let settings = mail_settings(&["--mail-dir", folder.to_str().unwrap()]);
    office.deliver(filled.occasion, settings).await;
    let store = &office.store;
    let told = store.told_by_day(filled.occasion).await.unwrap();
    let begin = office.clock.now().date_naive();
    assert_eq!(told.iter().map(|told| (told.day, told.people)).collect::<Vec<_>>(), [(begin, 4)]);
    let notice = sample_office::notice();
    let rows: Vec<RowId> = ["prod-first", "prod-secure"].map(|row| row.parse().unwrap()).to_vec();
    let ids: Vec<i64> = office.outbox().await.iter().map(|row| row.recipient).collect();
    let say = async |who: i64, rows: &[RowId]| {
        let now = office.clock.now();
        store.acknowledge(who, &notice, rows, Way::Link, now).await.unwrap();
    };
    say(ids[0], &rows).await;
    say(ids[1], &rows[..1]).await;
    office.clock.pass(TimeDelta::days(3));
    say(ids[1], &rows[1..]).await;
    say(ids[2], &rows[..1]).await;
    // Somebody of whom nothing is known was told nothing.
    say(9_999, &rows).await;
    let mut done = store.done_by_day(&notice, &rows, filled.occasion).await.unwrap();
    done.sort_by_key(|done| (done.rows, done.day));
    let later = begin + TimeDelta::days(3);
    let found: Vec<_> = done.iter().map(|done| (done.rows, done.day, done.people)).collect();
    assert_eq!(found, [(1, later, 1), (2, begin, 1), (2, later, 1)]);
}
