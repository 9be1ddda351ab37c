//! How many of those who were told of a cutoff have not said that they are done, day
//! by day until it comes: numbers in, a drawing out.
//!
//! It knows where things are in the drawing, and what to say to those who do not see
//! it. How it looks is for templates.

use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// The drawing's size, in its own units.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 200.0;

/// Days told in words; the drawing has all of them.
const MAX_STEPS: usize = 30;

/// Longer than this from the first word to the cutoff, and the years before the last
/// ones are left out: nobody could tell a day apart.
const MAX_DAYS: i64 = 1_500;

/// Readers who were told of the same rows.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// How many were told on a day.
    pub told: BTreeMap<NaiveDate, i64>,
    /// And how many said on a day, as the last thing, that all of it is done; below zero
    /// where more went back on it.
    pub done: BTreeMap<NaiveDate, i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BurnDown {
    pub told: i64,
    pub open: i64,
    /// Of those told.
    pub done_percent: i64,
    pub first: NaiveDate,
    pub cutoff: NaiveDate,
    pub days_left: i64,
    /// Corners of the line, up to today.
    pub line: String,
    /// The same, closed at the bottom.
    pub area: String,
    /// From where things stand straight to nobody at the cutoff.
    pub wanted: String,
    /// Where today is.
    pub here: f64,
    /// The days on which it changed, the latest first.
    pub steps: Vec<Step>,
    pub has_more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub day: NaiveDate,
    pub told: i64,
    pub open: i64,
}

impl BurnDown {
    /// Nothing where nobody was told yet.
    pub fn draw(groups: &[Group], cutoff: NaiveDate, today: NaiveDate) -> Option<Self> {
        let mut changes: BTreeMap<NaiveDate, (i64, i64)> = BTreeMap::new();
        for group in groups {
            for (day, people) in &group.told {
                changes.entry(*day).or_default().0 += people;
            }
            for (day, people) in &group.done {
                changes.entry(*day).or_default().1 += people;
            }
        }
        let mut steps: Vec<Step> = Vec::with_capacity(changes.len());
        let (mut told, mut done) = (0, 0);
        for (day, (more, fewer)) in changes {
            told += more;
            done += fewer;
            steps.push(Step { day, told, open: (told - done).max(0) });
        }
        let (begin, now) = (steps.first()?.day, steps.last()?.clone());
        let today = today.max(now.day);
        let last = cutoff.max(today);
        let first = begin.max(last - chrono::Days::new(MAX_DAYS.unsigned_abs()));
        let scale = Scale { first, last, most: steps.iter().map(|step| step.open).max()?.max(1) };
        let line = scale.line(&steps, today);
        let here = scale.x(today);
        let now_y = scale.y(now.open);
        let has_more = steps.len() > MAX_STEPS;
        let area = format!("{:.1},{HEIGHT} {line} {here:.1},{HEIGHT}", scale.x(begin));
        let wanted = format!("{here:.1},{now_y:.1} {:.1},{HEIGHT}", scale.x(cutoff));
        steps.reverse();
        steps.truncate(MAX_STEPS);
        Some(Self {
            told: now.told,
            open: now.open,
            done_percent: (now.told - now.open) * 100 / now.told.max(1),
            first,
            cutoff,
            days_left: (cutoff - today).num_days().max(0),
            line,
            area,
            wanted,
            here,
            steps,
            has_more,
        })
    }
}

struct Scale {
    first: NaiveDate,
    last: NaiveDate,
    most: i64,
}

impl Scale {
    fn x(&self, day: NaiveDate) -> f64 {
        let all = (self.last - self.first).num_days().max(1) as f64;
        let share = (day - self.first).num_days() as f64 / all;
        share.clamp(0.0, 1.0) * WIDTH
    }

    fn y(&self, people: i64) -> f64 {
        HEIGHT - HEIGHT * (people as f64 / self.most as f64)
    }

    /// A step at each day on which it changed, and level until `today`.
    fn line(&self, steps: &[Step], today: NaiveDate) -> String {
        let mut corners: Vec<String> = Vec::with_capacity(2 * steps.len() + 1);
        let mut before: Option<f64> = None;
        for step in steps {
            let (x, y) = (self.x(step.day), self.y(step.open));
            corners.extend(before.map(|before| format!("{x:.1},{before:.1}")));
            corners.push(format!("{x:.1},{y:.1}"));
            before = Some(y);
        }
        corners.extend(before.map(|y| format!("{:.1},{y:.1}", self.x(today))));
        corners.join(" ")
    }
}
