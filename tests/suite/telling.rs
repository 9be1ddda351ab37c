//! What a row's readers act on: what changes it, and what does not.

use crate::everything::everything;
use crate::reminded::date;
use fairwarning::notice::{Amendment, AmendmentKind, Facts, Former, Notice, Program, RowId, Text};
use fairwarning::schedule::facts;

fn told(edit: impl FnOnce(&mut Program, &mut Notice, &RowId)) -> Vec<String> {
    let (mut program, mut notice) = everything();
    let before = facts(&program, &notice);
    let row = notice.schedule.rows.keys().next().unwrap().clone();
    edit(&mut program, &mut notice, &row);
    let after: Facts = facts(&program, &notice);
    before.superseded_by(&after).map(|row| row.to_string()).collect()
}

fn amendment(kind: AmendmentKind, rows: Vec<RowId>) -> Amendment {
    let date = date("2030-01-01");
    Amendment { date, kind, reason: None, rows, former: Former::Unchanged }
}

#[test]
fn prose_titles_and_recorded_enforcement_are_no_other_facts() {
    let none: [&str; 0] = [];
    assert_eq!(told(|_, notice, _| notice.summary = Text("Other words.".to_owned())), none);
    assert_eq!(told(|_, notice, _| notice.title = "Another title".to_owned()), none);
    assert_eq!(told(|program, _, _| program.settings.title = "Another".to_owned()), none);
    let enforced = |_: &mut Program, notice: &mut Notice, row: &RowId| {
        notice.schedule.rows[row].dates.enforced = Some(date("2030-01-01"));
    };
    assert_eq!(told(enforced), none);
    let corrected = |_: &mut Program, notice: &mut Notice, _: &RowId| {
        notice.amendments.push(amendment(AmendmentKind::Corrected, Vec::new()));
    };
    assert_eq!(told(corrected), none);
}

#[test]
fn each_dated_change_of_a_row_is_told_of_that_row() {
    let mut first = String::new();
    told(|_, _, row| first = row.to_string());
    for name in ["deprecation", "cutoff", "complete"] {
        let moved = told(|_, notice, row| {
            let dates = &mut notice.schedule.rows[row].dates;
            let moved = Some(date("2031-05-05"));
            match name {
                "deprecation" => dates.deprecation = moved,
                "cutoff" => dates.cutoff = moved,
                _ => dates.complete = moved,
            }
        });
        assert_eq!(moved, [first.clone()], "{name}");
    }
    for kind in [AmendmentKind::Paused, AmendmentKind::Cancelled] {
        let halted = told(|_, notice, row| {
            notice.amendments.push(amendment(kind, vec![row.clone()]));
        });
        assert_eq!(halted, [first.clone()], "{kind:?}");
    }
    let moved = told(|_, notice, row| {
        notice.schedule.rows[row].targets.pop();
    });
    assert_eq!(moved, [first.clone()]);
}

#[test]
fn what_ends_is_a_fact_of_every_row_and_a_row_that_is_gone_is_told_of() {
    let (_, notice) = everything();
    let all = told(|_, notice, _| notice.ends.push("more".to_owned()));
    assert_eq!(all.len(), notice.schedule.rows.len());
    let gone = told(|_, notice, row| {
        notice.schedule.rows.shift_remove(row);
    });
    assert_eq!(gone.len(), 1);
}

#[test]
fn a_pause_that_was_taken_back_leaves_the_facts_as_they_were() {
    let resumed = told(|_, notice, row| {
        for kind in [AmendmentKind::Paused, AmendmentKind::Resumed] {
            notice.amendments.push(amendment(kind, vec![row.clone()]));
        }
    });
    assert_eq!(resumed, [] as [&str; 0]);
}

#[test]
fn a_row_said_to_be_gone_is_not_gone_once_more() {
    let (program, mut notice) = everything();
    let row = notice.schedule.rows.keys().next().unwrap().clone();
    notice.schedule.rows.shift_remove(&row);
    let now = facts(&program, &notice);
    assert_eq!(now.of(&[row]).superseded_by(&now).count(), 0);
}
