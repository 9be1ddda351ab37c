//! Rows that say different things about the same API in the same place, and
//! general dates that nobody inherits.

use super::super::notice::Context;
use super::super::problem::{Code, Problem};
use super::super::tree::steps;
use crate::notice::{Notice, Row, RowId, Target};
use std::collections::HashMap;

/// Two rows overlap where they share environment, URL, API, version, operation
/// and cohort: a reader could not tell which date is theirs.
pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    // Only rows of one environment and cohort can overlap, and of those only
    // such as name the same API.
    let mut seen: HashMap<_, Vec<(&RowId, &Row, &Target)>> = HashMap::new();
    let mut told: Vec<(&RowId, &RowId)> = Vec::new();
    for (id, row) in &notice.schedule.rows {
        for target in &row.targets {
            let key = (&row.environment, &row.cohort, &target.api);
            let earlier = seen.entry(key).or_default();
            let clash = earlier.iter().find(|(other, other_row, other_target)| {
                other != &id && share_url(row, other_row) && share_part(target, other_target)
            });
            if let Some((other, ..)) = clash
                && !told.contains(&(*other, id))
            {
                told.push((*other, id));
                problems.push(overlap(context, other, id, target));
            }
            earlier.push((id, row, target));
        }
    }
}

fn overlap(context: &Context<'_>, first: &RowId, second: &RowId, target: &Target) -> Problem {
    let place = |id: &RowId| context.tree.key_place(&steps!["schedule", "rows", id.as_str()]);
    let message =
        format!("`{}` stands in two rows for the same place: `{first}` and `{second}`", target.api);
    Problem::error(Code::Overlap, place(second), message)
        .related(place(first), "the other row")
        .help("give the rows different URLs, versions or cohorts, or take the API out of one")
}

/// Rows without URLs concern the environment as a whole.
fn share_url(a: &Row, b: &Row) -> bool {
    a.urls.is_empty() || b.urls.is_empty() || a.urls.iter().any(|url| b.urls.contains(url))
}

fn share_part(a: &Target, b: &Target) -> bool {
    let versions = a.versions.is_empty()
        || b.versions.is_empty()
        || a.versions.iter().any(|v| b.versions.contains(v));
    let operations = match (&a.operation, &b.operation) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    versions && operations
}

/// A general date that every row overrides says nothing, and misleads.
pub fn check_general_dates(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    for (name, date) in notice.schedule.general.named() {
        if date.is_none() || notice.schedule.rows.is_empty() {
            continue;
        }
        // A row with a mistake in it may be the one that inherits.
        let own = |id: &&str| context.tree.has(&steps!["schedule", "rows", *id], name);
        if context.row_keys().iter().all(own) {
            let place = context.tree.key_place(&steps!["schedule", name]);
            let message =
                format!("every row has a `{name}` of its own, so nobody inherits this one");
            problems.push(
                Problem::error(Code::UnusedGeneralDate, place, message)
                    .help("take it out, or take out the rows' own where they should inherit it"),
            );
        }
    }
}
