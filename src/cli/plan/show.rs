//! The plan as a table, JSON, CSV and iCalendar.

use super::NoticePlan;
use super::entry::{Entry, Line, declared, instant};
use crate::cli::count;
use crate::cli::output::{self, STYLE, printable};
use crate::notice::RowId;
use crate::render::{PlannedEvent, planned_calendar};
use crate::schedule::{Instant, MAX_LISTED_STRIKES, More, Undated};
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

pub fn table(entries: &[Entry<'_>], notes: &[String]) -> String {
    let mut out = String::new();
    if entries.is_empty() {
        out.push_str("Nothing is planned in this time.\n");
    } else {
        let mut table = Table::new();
        let head = ["When", "Zone", "What", "Notice", "Rows", "Recipients"];
        table
            .load_style(STYLE)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(head);
        if let Some(column) = table.column_mut(5) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for entry in entries {
            table.add_row([
                printable(&entry.when()),
                entry.planned.zone.name().to_owned(),
                entry.title(),
                format!("{}/{}", entry.of.program.id, entry.of.notice.id),
                joined(&entry.planned.rows),
                entry.recipients().map_or("-".to_owned(), |count| count.to_string()),
            ]);
        }
        out = format!("{table}\n");
    }
    for note in notes {
        out.push_str(note);
        out.push('\n');
    }
    out
}

/// What the entries leave out, in sentences.
pub fn notes(plans: &[NoticePlan<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    for NoticePlan { program, notice, plan, .. } in plans {
        for More { brownout, count: more, last, rows } in &plan.more {
            notes.push(format!(
                "{}/{}: {} more of brownout {brownout} ({}) until {}; {MAX_LISTED_STRIKES} of a \
                 brownout are listed.",
                program.id,
                notice.id,
                count(*more as usize, "strike"),
                joined(rows),
                instant(*last),
            ));
        }
        for Undated { kind, date, rows } in &plan.undated {
            let of = if rows.is_empty() { String::new() } else { format!(" of {}", joined(rows)) };
            let kind = kind.as_str().replace('-', " ");
            let date = printable(&declared(date));
            notes.push(format!("{}/{}: {kind}{of} is {date}.", program.id, notice.id));
        }
    }
    notes
}

fn joined(rows: &[&RowId]) -> String {
    rows.iter().map(|row| row.as_str()).collect::<Vec<_>>().join(", ")
}

#[derive(Serialize)]
struct Whole {
    entries: Vec<Line>,
    /// Strikes of brownouts that are not listed.
    more: Vec<MoreLine>,
    /// What has no date yet.
    undated: Vec<UndatedLine>,
}

#[derive(Serialize)]
struct MoreLine {
    program: String,
    notice: String,
    brownout: String,
    rows: Vec<String>,
    count: u32,
    last: String,
}

#[derive(Serialize)]
struct UndatedLine {
    program: String,
    notice: String,
    kind: &'static str,
    rows: Vec<String>,
    date: String,
}

pub fn json(entries: &[Entry<'_>], plans: &[NoticePlan<'_>]) -> anyhow::Result<String> {
    let names = |rows: &[&RowId]| rows.iter().map(ToString::to_string).collect();
    let (mut more, mut undated) = (Vec::new(), Vec::new());
    for NoticePlan { program, notice, plan, .. } in plans {
        let (program, notice) = (&program.id, &notice.id);
        more.extend(plan.more.iter().map(|left| MoreLine {
            program: program.to_string(),
            notice: notice.to_string(),
            brownout: left.brownout.to_string(),
            rows: names(&left.rows),
            count: left.count,
            last: instant(left.last),
        }));
        undated.extend(plan.undated.iter().map(|milestone| UndatedLine {
            program: program.to_string(),
            notice: notice.to_string(),
            kind: milestone.kind.as_str(),
            rows: names(&milestone.rows),
            date: milestone.date.span.to_string(),
        }));
    }
    let whole = Whole { entries: entries.iter().map(Entry::line).collect(), more, undated };
    Ok(serde_json::to_string_pretty(&whole)? + "\n")
}

const COLUMNS: [&str; 17] = [
    "at",
    "until",
    "zone",
    "kind",
    "date",
    "label",
    "lead",
    "before",
    "brownout",
    "test_endpoint",
    "program",
    "notice",
    "title",
    "rows",
    "environments",
    "halted",
    "recipients",
];

pub fn csv(entries: &[Entry<'_>]) -> anyhow::Result<String> {
    let cells = |entry: &Entry<'_>| {
        let line = entry.line();
        [
            line.at,
            line.until.unwrap_or_default(),
            line.zone,
            line.kind.to_owned(),
            line.date.unwrap_or_default(),
            line.label.unwrap_or_default(),
            line.lead.unwrap_or_default(),
            line.before.unwrap_or_default().to_owned(),
            line.brownout.unwrap_or_default(),
            line.test_endpoint.unwrap_or_default(),
            line.program,
            line.notice,
            line.title,
            line.rows.join(" "),
            line.environments.join(" "),
            line.halted.unwrap_or_default().to_owned(),
            line.recipients.map(|count| count.to_string()).unwrap_or_default(),
        ]
    };
    output::csv(COLUMNS, entries.iter().map(cells))
}

pub fn ics(entries: &[Entry<'_>], at: Instant) -> String {
    let event = |entry: &Entry<'_>| {
        let NoticePlan { program, notice, .. } = entry.of;
        let rows = joined(&entry.planned.rows);
        let recipients = entry.recipients().map(|n| count(n as usize, "recipient"));
        let lines = [format!("{}/{}", program.id, notice.id), rows];
        let lines = lines.into_iter().filter(|line| !line.is_empty()).chain(recipients);
        lines.collect::<Vec<_>>().join("\n")
    };
    let events: Vec<_> = entries
        .iter()
        .map(|entry| PlannedEvent {
            program: entry.of.program,
            notice: entry.of.notice,
            planned: entry.planned,
            description: event(entry),
        })
        .collect();
    planned_calendar(&events, at)
}
