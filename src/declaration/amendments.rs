//! Checks amendments: that each kind says what its values did.

use super::notice::Context;
use super::problem::{Code, Problem, suggestion};
use super::program::unknown;
use super::tree::{Step, steps};
use super::written::{DeclaredAmendment, DeclaredFormer};
use crate::notice::{Amendment, AmendmentKind, Date, Former, FormerValues, Row, RowId, Timetable};
use crate::schedule::describes;
use chrono_tz::Tz;

pub fn amendments(
    context: &Context<'_>,
    declared: &[DeclaredAmendment],
    timetable: &Timetable,
    problems: &mut Vec<Problem>,
) -> Vec<Amendment> {
    let amendments: Vec<_> =
        declared.iter().enumerate().map(|(n, a)| amendment(context, n, a, problems)).collect();
    for (index, amendment) in amendments.iter().enumerate() {
        if let Former::Values(former) = &amendment.former {
            let later = &amendments[index + 1..];
            check_values(context, index, amendment, former, later, timetable, problems);
        }
    }
    amendments
}

fn amendment(
    context: &Context<'_>,
    index: usize,
    written: &DeclaredAmendment,
    problems: &mut Vec<Problem>,
) -> Amendment {
    let known = context.row_keys();
    for (n, row) in written.rows.iter().enumerate() {
        let at = steps!["amendments", index, "rows", n];
        if written.kind == AmendmentKind::Cancelled && !known.contains(&row.as_str()) {
            problems.push(gone(context, row, &at));
            continue;
        }
        unknown(row.as_str(), &known, "row", (context.tree, &at), problems);
    }
    let changes_values = !matches!(
        written.kind,
        AmendmentKind::Paused | AmendmentKind::Resumed | AmendmentKind::Cancelled
    );
    let former = match &written.former {
        None => Former::Unchanged,
        Some(DeclaredFormer::NotRecorded) => Former::NotRecorded,
        Some(DeclaredFormer::Values(values)) => Former::Values(values.clone()),
    };
    let kind = written.kind.as_str();
    let place = || context.tree.place(&steps!["amendments", index, "kind"]);
    let written_wrong = context.tree.has(&steps!["amendments", index], "former");
    if changes_values && former == Former::Unchanged && !written_wrong {
        problems.push(
            Problem::error(
                Code::AmendmentMismatch,
                place(),
                format!("an amendment that {} says what stood before", verb(written.kind)),
            )
            .help("add `former: {cutoff: …}` with the old values, or `former: not recorded`"),
        );
    }
    if !changes_values && former != Former::Unchanged {
        problems.push(Problem::error(
            Code::AmendmentMismatch,
            place(),
            format!("`{kind}` changes no value, so it has no `former`"),
        ));
    }
    Amendment {
        date: written.date.clone(),
        kind: written.kind,
        reason: written.reason.clone(),
        rows: written.rows.clone(),
        former,
    }
}

/// Whoever was told of a row must be able to see that it was cancelled.
fn gone(context: &Context<'_>, row: &RowId, at: &[Step]) -> Problem {
    let message = format!("the cancelled row `{row}` is not in the schedule any more");
    let closest = suggestion(row.as_str(), context.row_keys());
    let way_out = "keep the row: the amendment cancels it, and readers see that it was announced";
    Problem::error(Code::CancelledRowGone, context.tree.place(at), message)
        .help(closest.filter(|c| c.starts_with("did")).unwrap_or_else(|| way_out.to_owned()))
}

fn verb(kind: AmendmentKind) -> &'static str {
    match kind {
        AmendmentKind::Extended => "extends",
        AmendmentKind::Advanced => "advances",
        AmendmentKind::Postponed => "postpones",
        AmendmentKind::Refined => "refines",
        AmendmentKind::Rescheduled => "reschedules",
        AmendmentKind::Rescoped => "rescopes",
        AmendmentKind::Corrected => "corrects",
        AmendmentKind::Paused | AmendmentKind::Resumed | AmendmentKind::Cancelled => "halts",
    }
}

type Field = (&'static str, fn(&FormerValues) -> Option<&Date>, fn(&Row) -> Option<&Date>);

const FIELDS: [Field; 3] = [
    ("deprecation", |f| f.deprecation.as_ref(), |r| r.dates.deprecation.as_ref()),
    ("cutoff", |f| f.cutoff.as_ref(), |r| r.dates.cutoff.as_ref()),
    ("complete", |f| f.complete.as_ref(), |r| r.dates.complete.as_ref()),
];

/// Rows looked at for those that an amendment does describe.
const MAX_ROWS_LOOKED_AT: usize = 100;

/// Compares each former value with the one that took its place: the former
/// value of the next amendment of that row, or what stands in the row now.
fn check_values(
    context: &Context<'_>,
    index: usize,
    amendment: &Amendment,
    former: &FormerValues,
    later: &[Amendment],
    timetable: &Timetable,
    problems: &mut Vec<Problem>,
) {
    for (name, of_former, of_row) in FIELDS {
        let Some(old) = of_former(former) else { continue };
        let change = |(id, row): (_, &Row)| {
            let next = later.iter().filter(|a| a.touches(id)).find_map(|a| match &a.former {
                Former::Values(values) => of_former(values),
                _ => None,
            });
            Some((id, next.or_else(|| of_row(row))?.clone(), row.zone))
        };
        let changes = || {
            let rows = timetable.rows.iter().filter(|(id, _)| amendment.touches(id));
            rows.filter_map(change)
        };
        let is_right =
            |(_, new, zone): &(&RowId, Date, Tz)| describes(amendment.kind, old, new, *zone);
        let Some((id, new, zone)) = changes().find(|change| !is_right(change)) else { continue };
        let right: Vec<_> = changes().take(MAX_ROWS_LOOKED_AT).filter(is_right).collect();
        let at = steps!["amendments", index, "former", name];
        let kind = amendment.kind.as_str();
        let (was, is) = (&old.span, &new.span);
        let message = format!(
            "`{kind}` does not describe a change of `{name}` of `{id}` from `{was}` to `{is}`"
        );
        let help = match right.is_empty() {
            true => better_kind(old, &new, zone),
            false => {
                let rows: Vec<_> = right.iter().map(|(id, ..)| id.as_str()).collect();
                Some(format!(
                    "it does for other rows; name those alone: `rows: [{}]`",
                    rows.join(", ")
                ))
            }
        };
        problems.push(
            Problem::error(Code::AmendmentMismatch, context.tree.place(&at), message)
                .help_opt(help),
        );
    }
}

/// The word for what happened, where there is one.
fn better_kind(old: &Date, new: &Date, zone: Tz) -> Option<String> {
    use AmendmentKind::{Advanced, Extended, Postponed, Refined};
    let fits = |kind: &AmendmentKind| describes(*kind, old, new, zone);
    let kind = [Refined, Extended, Advanced, Postponed].into_iter().find(fits)?;
    Some(format!("this change is `{}`", kind.as_str()))
}
