//! Reminders, changes and cancellations as a reader sees them: short, absolute,
//! and in their language.

use crate::everything::{everything, locale};
use crate::reminded::date;
use fairwarning::notice::{
    Amendment, AmendmentKind, Edition, Former, FormerValues, Notice, Program, RowId, Text,
};
use fairwarning::render::Renderer;
use fairwarning::schedule::{before_last_amendment, reminders, rungs};
use std::collections::BTreeMap;

const LANGUAGES: [&str; 4] = ["en", "de", "es", "fr"];

fn renderer() -> Renderer {
    Renderer::new(&BTreeMap::new()).unwrap()
}

fn at() -> chrono::DateTime<chrono::Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn quay() -> RowId {
    "quay".parse().unwrap()
}

/// Each reminder of the notice, in a language.
fn all_reminders(program: &Program, notice: &Notice, tag: &str) -> Vec<Edition> {
    let all = rungs(reminders(notice, &program.settings));
    assert!(!all.is_empty());
    let rows = |rung: &fairwarning::schedule::Rung<'_>| -> Vec<RowId> {
        rung.reminders.iter().map(|reminder| reminder.row.clone()).collect()
    };
    let locale = locale(tag);
    let edition =
        |rung| renderer().reminder(program, notice, rung, &locale, &rows(rung), at()).unwrap();
    all.iter().map(edition).collect()
}

fn moved(notice: &Notice) -> Notice {
    let mut moved = notice.clone();
    let row = moved.schedule.rows.get_mut(&quay()).unwrap();
    let cutoff = row.dates.cutoff.replace(date("2026-11-02"));
    moved.amendments.push(Amendment {
        date: date("2026-03-02"),
        kind: AmendmentKind::Extended,
        reason: Some(Text("The **tide** was late.".to_owned())),
        rows: vec![quay()],
        former: Former::Values(Box::new(FormerValues { cutoff, ..FormerValues::default() })),
    });
    moved
}

fn change(now: &Notice, tag: &str, rows: &[RowId]) -> Edition {
    let (program, before) = everything();
    let (before, now) = ((&program, &before), (&program, now));
    renderer().change(before, now, &locale(tag), rows, at()).unwrap()
}

fn assert_well_set(mail: &Edition) {
    assert!(mail.subject.starts_with("Re: "), "{}", mail.subject);
    for line in mail.text.lines() {
        let is_unbreakable = line.contains("https://") || line.starts_with("    ");
        assert!(line.chars().count() <= 76 || is_unbreakable, "{line}");
        assert!(line == "-- " || line.trim_end() == line, "blanks at the end of {line:?}");
    }
    assert!(!mail.text.contains("\n\n\n\n"), "{}", mail.text);
    for part in [&mail.text, &mail.html] {
        assert!(!part.contains("{ $"), "{part}");
    }
}

#[test]
fn a_reminder_is_short_and_says_what_comes_where_and_when_in_each_language() {
    let (program, notice) = everything();
    for (tag, kind) in
        LANGUAGES.into_iter().zip(["Reminder", "Erinnerung", "Recordatorio", "Rappel"])
    {
        for mail in all_reminders(&program, &notice, tag) {
            assert_well_set(&mail);
            assert!(mail.text.lines().next().unwrap().ends_with(kind), "{}", mail.text);
            assert!(mail.text.lines().count() < 90, "{}", mail.text);
            for slot in ["done", "page", "unsubscribe", "your_apis", "greeting"] {
                assert!(mail.text.contains(slot) && mail.html.contains(slot), "{slot} in {tag}");
            }
            assert!(mail.text.contains("2026"), "its date is absolute");
        }
    }
}

#[test]
fn a_reminder_of_a_brownout_says_the_rhythm_and_one_of_a_cutoff_does_not() {
    let (program, notice) = everything();
    let all = rungs(reminders(&notice, &program.settings));
    let mails = all_reminders(&program, &notice, "en");
    let mut seen = [0, 0];
    for (rung, mail) in all.iter().zip(mails) {
        let is_brownout = rung.key.starts_with("brownout");
        seen[usize::from(is_brownout)] += 1;
        assert_eq!(mail.text.contains("Planned brownouts"), is_brownout, "{}", mail.text);
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

#[test]
fn a_change_says_first_what_was_and_what_is_and_why() {
    let (_, notice) = everything();
    let moved = moved(&notice);
    for (tag, word) in LANGUAGES.into_iter().zip(["Extended", "Verl", "Prorrogad", "Prolong"]) {
        let mail = change(&moved, tag, &[quay()]);
        assert_well_set(&mail);
        let told = mail.text.find("2 November 2026").or(mail.text.find("2026")).unwrap();
        assert!(told < 900, "it comes first: {}", mail.text);
        assert!(mail.text.contains(word), "{word} in {}", mail.text);
        assert!(mail.html.contains("</del>"), "{tag}");
        assert!(mail.html.contains("tide"), "the reason, in {tag}: {}", mail.html);
    }
}

#[test]
fn a_row_that_did_not_change_is_not_among_the_changes() {
    let (_, notice) = everything();
    let moved = moved(&notice);
    let rows: Vec<RowId> = moved.schedule.rows.keys().cloned().collect();
    let mail = change(&moved, "en", &rows);
    assert_eq!(mail.text.matches("* Extended").count(), 1, "{}", mail.text);
    assert_eq!(mail.html.matches("class=\"changed\"").count(), 1);
}

#[test]
fn a_row_that_is_gone_or_new_is_told_of() {
    let (_, notice) = everything();
    let mut fewer = notice.clone();
    fewer.schedule.rows.shift_remove(&quay());
    let rows: Vec<RowId> = notice.schedule.rows.keys().cloned().collect();
    let mail = change(&fewer, "en", &rows);
    assert!(mail.text.contains("* No longer part of this notice"), "{}", mail.text);
    let mut more = notice.clone();
    let row = more.schedule.rows[&quay()].clone();
    more.schedule.rows.insert("pier".parse().unwrap(), row);
    let rows: Vec<RowId> = more.schedule.rows.keys().cloned().collect();
    assert!(change(&more, "en", &rows).text.contains("* New: "));
}

#[test]
fn a_cancellation_is_short_and_takes_the_dates_back() {
    let (_, notice) = everything();
    let mut off = notice.clone();
    off.amendments.push(Amendment {
        date: date("2026-03-02"),
        kind: AmendmentKind::Cancelled,
        reason: Some(Text("The machines stay.".to_owned())),
        rows: Vec::new(),
        former: Former::Unchanged,
    });
    let rows: Vec<RowId> = off.schedule.rows.keys().cloned().collect();
    for tag in LANGUAGES {
        let mail = change(&off, tag, &rows);
        assert_well_set(&mail);
        assert!(mail.text.lines().count() < 60, "{}", mail.text);
        assert!(mail.text.contains("The machines stay."), "{}", mail.text);
        assert!(!mail.text.contains("90 "), "it promises no reminders: {}", mail.text);
        let calendar = mail.calendar.unwrap();
        assert!(calendar.contains("METHOD:CANCEL\r\n") && !calendar.contains("METHOD:PUBLISH"));
        let events = calendar.matches("BEGIN:VEVENT").count();
        assert_eq!(calendar.matches("STATUS:CANCELLED").count(), events);
    }
}

#[test]
fn before_its_last_amendment_a_notice_had_the_former_dates() {
    let (_, notice) = everything();
    let before = before_last_amendment(&moved(&notice)).unwrap();
    assert_eq!(before.schedule.rows[&quay()].dates, notice.schedule.rows[&quay()].dates);
    assert_eq!(before.amendments, notice.amendments);
}
