//! Wall times that clocks skip or show twice, and offsets that the zone does
//! not have then.

use super::super::notice::Context;
use super::super::problem::{Code, Place, Problem};
use super::super::tree::{Step, Tree, steps};
use super::date_path;
use crate::notice::{BrownoutLength, Date, Notice, Point, Span};
use crate::schedule::{WallTime, wall_time};
use chrono::{FixedOffset, NaiveDateTime};
use chrono_tz::Tz;

pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    let mut check = |date: &Date, zone: Tz, at: Vec<Step>| {
        for point in points(&date.span) {
            problems.extend(judge(context, point, zone, &at));
        }
    };
    check(&notice.announced, context.zone, steps!["announced"].to_vec());
    let mut told: Vec<Vec<Step>> = Vec::new();
    for (id, row) in &notice.schedule.rows {
        for (name, date) in row.dates.named() {
            let Some(date) = date else { continue };
            let at = date_path(context, id, name);
            // A general date is told once, not once for each row that inherits it.
            if !told.contains(&at) {
                told.push(at.clone());
                check(date, row.zone, at);
            }
        }
    }
    for (id, brownout) in &notice.schedule.brownouts {
        let row = brownout.rows.first().and_then(|id| notice.schedule.rows.get(id));
        let zone = row.map_or(context.zone, |row| row.zone);
        let at = |key: &str| steps!["schedule", "brownouts", id.as_str(), key].to_vec();
        check(&brownout.start, zone, at("start"));
        if let BrownoutLength::End(end) = &brownout.length {
            check(end, zone, at("end"));
        }
    }
    for (id, endpoint) in &notice.test_endpoints {
        for (name, date) in [("opens", &endpoint.opens), ("closes", &endpoint.closes)] {
            if let Some(date) = date {
                let at = steps!["test_endpoints", id.as_str(), name].to_vec();
                check(date, context.zone, at);
            }
        }
    }
}

fn points(span: &Span) -> Vec<Point> {
    match *span {
        Span::At(point) | Span::NotBefore(point) => vec![point],
        Span::Range { from, to } => vec![from, to],
        Span::ToBeAnnounced { .. } | Span::InEffect => Vec::new(),
    }
}

fn judge(context: &Context<'_>, point: Point, zone: Tz, at: &[Step]) -> Option<Problem> {
    let Point::Instant { at: wall, offset } = point else { return None };
    let place = || context.tree.place(at);
    let shown = wall.format("%H:%M on %Y-%m-%d");
    match (wall_time(wall, zone), offset) {
        (WallTime::Never, _) => Some(
            Problem::error(
                Code::WallTimeSkipped,
                place(),
                format!("clocks in {zone} never show {shown}: they are put forward over it"),
            )
            .help("choose a time before or after the change of clocks"),
        ),
        (WallTime::Twice { first, second }, None) => Some(
            Problem::error(
                Code::WallTimeTwice,
                place(),
                format!("clocks in {zone} show {shown} twice: they are put back over it"),
            )
            .help(format!(
                "write the offset behind it: {first} for the first, {second} for the second"
            )),
        ),
        (WallTime::Twice { first, second }, Some(offset))
            if offset == first || offset == second =>
        {
            None
        }
        (WallTime::Once(own), Some(offset)) if own != offset => {
            Some(mismatch(place(), zone, (wall, offset), own))
        }
        (WallTime::Twice { first, .. }, Some(offset)) => {
            Some(mismatch(place(), zone, (wall, offset), first))
        }
        (WallTime::Once(_), _) => None,
    }
}

fn mismatch(
    place: Place,
    zone: Tz,
    (wall, written): (NaiveDateTime, FixedOffset),
    own: FixedOffset,
) -> Problem {
    let message =
        format!("the offset {written} is not the one of {zone} at that moment, which is {own}");
    // Whether the clock or the moment was meant, only the office can say.
    let moment = (wall - written).and_utc().with_timezone(&zone).format("%Y-%m-%dT%H:%M");
    let elsewhere = if written.local_minus_utc() == 0 { ", or `zone: UTC` in the row" } else { "" };
    Problem::error(Code::OffsetMismatch, place, message).help(format!(
        "for that moment write `{moment}`{elsewhere}; for that time on the zone's clocks leave the \
         offset out"
    ))
}

/// Names that look like zones and mean one fixed offset, or rules that ended
/// long ago: nobody who writes `EST` means an office without daylight time.
const ABBREVIATIONS: [&str; 11] =
    ["CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"];

pub fn abbreviated_zone(tree: &Tree, at: &[Step], zone: Option<Tz>) -> Option<Problem> {
    let name = zone?.name();
    ABBREVIATIONS.contains(&name).then(|| {
        Problem::error(
            Code::ZoneAbbreviation,
            tree.place(at),
            format!("`{name}` is an abbreviation, not a place whose clocks are known"),
        )
        .help("write the IANA name of a place, such as America/New_York, or UTC")
    })
}
