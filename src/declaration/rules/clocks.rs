//! General times that texts name, where the rows that inherit them have clocks
//! that differ: one wall time is several moments then, and a text tells one.

use super::super::notice::Context;
use super::super::problem::{Code, Problem};
use super::super::tree::{Step, steps};
use crate::notice::{Date, Dates, Point, Row, RowId, Span, Text, Timetable, placeholders};
use crate::schedule::bounds;

pub fn check(
    context: &Context<'_>,
    texts: &[(Vec<Step>, &Text)],
    schedule: &Timetable,
    problems: &mut Vec<Problem>,
) {
    let general = schedule.general.named();
    let ambiguous: Vec<_> = general
        .into_iter()
        .filter_map(|(name, date)| {
            let date = date.filter(|date| has_time(date))?;
            Some((name, two_moments(schedule, name, date)?))
        })
        .collect();
    if ambiguous.is_empty() {
        return;
    }
    for (at, text) in texts {
        for found in placeholders(&text.0).filter(|found| found.row.is_none()) {
            let known = ambiguous.iter().find(|(name, _)| *name == found.name);
            let Some((name, (first, other))) = known else { continue };
            let written = &text.0[found.range.clone()];
            let row = context.tree.key_place(&steps!["schedule", "rows", other.as_str()]);
            let message =
                format!("`{written}` is one moment in the row `{first}` and another in `{other}`");
            problems.push(
                Problem::error(
                    Code::UnresolvedPlaceholder,
                    context.tree.place_of_text(at, written),
                    message,
                )
                .related(row, "this row has other clocks")
                .help(format!("name a row's date: {{{{{first}.{name}}}}}")),
            );
        }
    }
}

/// A day is the same day by all clocks; a time of day is not the same time.
fn has_time(date: &Date) -> bool {
    let is_time = |point: &Point| matches!(point, Point::Instant { .. });
    match &date.span {
        Span::At(point) | Span::NotBefore(point) => is_time(point),
        Span::Range { from, to } => is_time(from) || is_time(to),
        Span::ToBeAnnounced { .. } | Span::InEffect => false,
    }
}

/// Two rows that inherit the date and tell it differently.
fn two_moments<'t>(
    schedule: &'t Timetable,
    name: &str,
    date: &Date,
) -> Option<(&'t RowId, &'t RowId)> {
    let named = |dates: &'t Dates| {
        dates.named().into_iter().find(|(known, _)| *known == name).and_then(|(_, date)| date)
    };
    let inherits = |row: &'t Row| named(&row.dates).is_some_and(|own| own.span == date.span);
    let mut rows = schedule.rows.iter().filter(|(_, row)| inherits(row));
    let (first_id, first) = rows.next()?;
    let moments = |row: &Row| bounds(date, row.zone);
    let (other_id, _) = rows.find(|(_, other)| moments(other) != moments(first))?;
    Some((first_id, other_id))
}
