//! Declared dates typed into text, where an amendment would not move them.

use super::super::notice::Context;
use super::super::problem::{Code, Problem};
use super::super::tree::Step;
use crate::notice::{Date, Point, Span, Text, Timetable};
use chrono::{Datelike, NaiveDate};

pub fn check(
    context: &Context<'_>,
    texts: &[(Vec<Step>, &Text)],
    schedule: &Timetable,
    problems: &mut Vec<Problem>,
) {
    let dates = declared(schedule);
    for (at, text) in texts {
        for (day, placeholder) in &dates {
            let Some(written) = spelling_in(&text.0, *day) else { continue };
            let place = context.tree.place_of_text(at, &written);
            problems.push(
                Problem::warning(
                    Code::DateInProse,
                    place,
                    format!("`{written}` is a declared date, typed into the text"),
                )
                .help(format!("write `{{{{{placeholder}}}}}`, and an amendment moves it along")),
            );
        }
    }
}

/// The days that can be named in text, each with the name to use.
fn declared(schedule: &Timetable) -> Vec<(NaiveDate, String)> {
    let day = |date: &Date| match date.span {
        Span::At(point @ (Point::Day(_) | Point::Instant { .. })) => Some(point.first_day()),
        _ => None,
    };
    let mut found: Vec<(NaiveDate, String)> = Vec::new();
    let mut push = |date: Option<&Date>, name: String| {
        if let Some(day) = date.and_then(day)
            && !found.iter().any(|(known, _)| *known == day)
        {
            found.push((day, name));
        }
    };
    for (name, date) in schedule.general.named() {
        push(date, name.to_owned());
    }
    for (id, row) in &schedule.rows {
        for (name, date) in row.dates.named() {
            push(date, format!("{id}.{name}"));
        }
    }
    found
}

/// How `text` spells `day`, in one of the ways that people do.
fn spelling_in(text: &str, day: NaiveDate) -> Option<String> {
    let (d, m, y) = (day.day(), day.month(), day.year());
    let suffix = match d {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    let (long, short) = (day.format("%B").to_string(), day.format("%b").to_string());
    let mut ways = vec![
        day.to_string(),
        format!("{m}/{d}/{y}"),
        format!("{d}.{m}.{y}"),
        day.format("%d.%m.%Y").to_string(),
        day.format("%m/%d/%Y").to_string(),
    ];
    for month in [long, short] {
        ways.extend([
            format!("{d} {month} {y}"),
            format!("{d}{suffix} {month} {y}"),
            format!("{d}{suffix} of {month} {y}"),
            format!("{month} {d}, {y}"),
            format!("{month} {d}{suffix}, {y}"),
            format!("{month} {d}{suffix} {y}"),
        ]);
    }
    ways.into_iter().find(|way| stands_in(text, way))
}

/// As a whole: `1/1/2026` is not meant inside `11/1/2026`.
fn stands_in(text: &str, way: &str) -> bool {
    text.match_indices(way).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + way.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_digit()) && !after.is_some_and(|c| c.is_ascii_digit())
    })
}
