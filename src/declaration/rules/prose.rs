//! Declared dates typed into text, where an amendment would not move them.

use super::super::notice::Context;
use super::super::problem::{Code, Problem};
use super::super::tree::Step;
use crate::notice::{Date, Point, Span, Text, Timetable};
use chrono::{Datelike, NaiveDate};
use indexmap::IndexMap;
use std::cell::OnceCell;
use std::collections::HashMap;

pub fn check(
    context: &Context<'_>,
    texts: &[(Vec<Step>, &Text)],
    schedule: &Timetable,
    problems: &mut Vec<Problem>,
) {
    let mut dates: HashMap<i32, Vec<Spelt>> = HashMap::new();
    for (day, placeholder) in declared(schedule) {
        dates.entry(day.year()).or_default().push(Spelt::new(day, placeholder));
    }
    for (at, text) in texts {
        // Every way to spell a day names its year, and few texts name one.
        let years = years_in(&text.0);
        for spelt in years.iter().filter_map(|year| dates.get(year)).flatten() {
            let Some(written) = spelt.found_in(&text.0) else { continue };
            let placeholder = &spelt.placeholder;
            let place = context.tree.place_of_text(at, written);
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
fn declared(schedule: &Timetable) -> IndexMap<NaiveDate, String> {
    let day = |date: &Date| match date.span {
        Span::At(point @ (Point::Day(_) | Point::Instant { .. })) => Some(point.first_day()),
        _ => None,
    };
    let mut found: IndexMap<NaiveDate, String> = IndexMap::new();
    let mut push = |date: Option<&Date>, name: String| {
        if let Some(day) = date.and_then(day) {
            found.entry(day).or_insert(name);
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

/// The years that `text` names, each once: runs of four digits.
fn years_in(text: &str) -> Vec<i32> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4);
    let mut years: Vec<i32> = runs.filter_map(|run| run.parse().ok()).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// A declared day, the name to use for it, and the ways to spell it.
struct Spelt {
    placeholder: String,
    ways: OnceCell<Vec<String>>,
    day: NaiveDate,
}

impl Spelt {
    fn new(day: NaiveDate, placeholder: String) -> Self {
        Self { placeholder, ways: OnceCell::new(), day }
    }

    fn found_in(&self, text: &str) -> Option<&str> {
        let ways = self.ways.get_or_init(|| ways(self.day));
        ways.iter().find(|way| stands_in(text, way)).map(String::as_str)
    }
}

/// The ways in which people spell `day`.
fn ways(day: NaiveDate) -> Vec<String> {
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
    ways
}

/// As a whole: `1/1/2026` is not meant inside `11/1/2026`.
fn stands_in(text: &str, way: &str) -> bool {
    text.match_indices(way).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + way.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_digit()) && !after.is_some_and(|c| c.is_ascii_digit())
    })
}
