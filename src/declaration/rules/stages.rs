//! Test environments come first: integrators try the world after the cutoff
//! there before it reaches production.

use super::super::notice::Context;
use super::super::problem::{Code, Problem};
use super::date_path;
use crate::notice::{Notice, Row, RowId, Stage};
use crate::schedule::{Instant, bounds};
use std::collections::BTreeMap;

/// A row of one stage, with the bound of its cutoff that counts.
struct Bound<'n> {
    row: &'n RowId,
    at: Instant,
}

/// Compares, for each group or API that rows of both stages name, the latest
/// test cutoff with the earliest production cutoff.
pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    let mut latest_test: BTreeMap<_, Bound> = BTreeMap::new();
    let mut earliest_production: BTreeMap<_, Bound> = BTreeMap::new();
    for (id, row) in &notice.schedule.rows {
        let Some(environment) = context.catalogue().environments.get(&row.environment) else {
            continue;
        };
        let Some(cutoff) = &row.dates.cutoff else { continue };
        let bounds = bounds(cutoff, row.zone);
        for subject in subjects(row) {
            let key = (subject, row.cohort.as_ref());
            match environment.stage {
                Stage::Test => {
                    let Some(at) = bounds.latest.or(bounds.earliest) else { continue };
                    let known = latest_test.entry(key).or_insert(Bound { row: id, at });
                    if at > known.at {
                        *known = Bound { row: id, at };
                    }
                }
                Stage::Production => {
                    let Some(at) = bounds.earliest else { continue };
                    let known = earliest_production.entry(key).or_insert(Bound { row: id, at });
                    if at < known.at {
                        *known = Bound { row: id, at };
                    }
                }
            }
        }
    }
    let mut told = Vec::new();
    for (key, test) in &latest_test {
        let Some(production) = earliest_production.get(key) else { continue };
        if test.at > production.at && !told.contains(&(test.row, production.row)) {
            told.push((test.row, production.row));
            problems.push(late(context, test.row, production.row));
        }
    }
}

/// What a row is about, as it names it: groups where it names groups, so that a
/// second wave of the same APIs is a wave of its own.
fn subjects(row: &Row) -> Vec<&str> {
    let mut names: Vec<_> = row
        .targets
        .iter()
        .map(|t| t.group.as_ref().map_or(t.api.as_str(), |group| group.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn late(context: &Context<'_>, test: &RowId, production: &RowId) -> Problem {
    let place = |id| context.tree.place(&date_path(context, id, "cutoff"));
    let message =
        format!("the test row `{test}` may be cut off after the production row `{production}`");
    Problem::error(Code::TestAfterProduction, place(test), message)
        .related(place(production), "production is cut off here")
        .help("cut off the test environment first, so that integrators can try it")
}
