//! Resolves the rows and brownouts of a notice's schedule.

use super::notice::Context;
use super::order;
use super::problem::{Code, Problem, suggestion};
use super::program::unknown;
use super::references::Scope;
use super::rules::abbreviated_zone;
use super::tree::{Step, steps};
use super::written::{DeclaredBrownout, DeclaredRow, DeclaredSchedule, DeclaredSubset};
use crate::notice::{
    ApiId, Brownout, BrownoutLength, Dates, Environment, Row, RowId, Subset, Target, Timetable,
    UrlId,
};
use crate::schedule::bounds;
use indexmap::IndexMap;
use std::collections::HashSet;

pub fn timetable(
    context: &Context<'_>,
    declared: &DeclaredSchedule,
    problems: &mut Vec<Problem>,
) -> Timetable {
    let general = declared.general();
    let zone_at = steps!["schedule", "zone"];
    problems.extend(abbreviated_zone(context.tree, &zone_at, declared.zone));
    if context.row_keys().is_empty() {
        let place = context.tree.place(&steps!["schedule", "rows"]);
        problems.push(
            Problem::error(Code::NoDate, place, "the schedule has no rows")
                .help("say in which environment what ends when: `prod: {environment: …, apis: […], cutoff: …}`"),
        );
    }
    let rows: IndexMap<RowId, Row> = declared
        .rows
        .iter()
        .filter_map(|(id, written)| {
            let row = row(context, declared, &general, id, written, problems)?;
            Some((id.clone(), row))
        })
        .collect();
    let brownouts = declared
        .brownouts
        .iter()
        .filter_map(|(id, written)| {
            let at = steps!["schedule", "brownouts", id.as_str()];
            Some((id.clone(), brownout(context, written, &rows, &at, problems)?))
        })
        .collect();
    Timetable { text: declared.text.clone(), general, rows, brownouts }
}

fn row(
    context: &Context<'_>,
    schedule: &DeclaredSchedule,
    general: &Dates,
    id: &RowId,
    written: &DeclaredRow,
    problems: &mut Vec<Problem>,
) -> Option<Row> {
    let at = |key: &str| steps!["schedule", "rows", id.as_str(), key];
    let tree = context.tree;
    problems.extend(abbreviated_zone(tree, &at("zone"), written.zone));
    if let Some(cohort) = &written.cohort {
        let known = context.catalogue_keys("cohorts");
        unknown(cohort.as_str(), &known, "cohort", (tree, &at("cohort")), problems);
    }
    let Some(environment) = context.catalogue().environments.get(&written.environment) else {
        let known = context.catalogue_keys("environments");
        let name = written.environment.as_str();
        unknown(name, &known, "environment", (tree, &at("environment")), problems);
        return None;
    };
    let urls = row_urls(context, environment, id, written, problems);
    let scope = Scope::Row { id: &written.environment, environment, urls: &urls };
    let own = steps!["schedule", "rows", id.as_str(), "apis"];
    let (references, place): (_, &[Step]) = match (&written.apis, &schedule.apis) {
        (Some(own_list), _) => (own_list.as_slice(), &own),
        (None, Some(all)) => (all.as_slice(), &steps!["schedule", "apis"]),
        (None, None) => (&[][..], &own),
    };
    let found = problems.len();
    let targets = context.targets(references, scope, place, problems);
    let row = steps!["schedule", "rows", id.as_str()];
    // What was left out of the row, or of the list, has its own problem.
    let left_out = tree.has_lost(&row) || tree.has_lost(place);
    if references.is_empty() && problems.len() == found && !left_out {
        let place = tree.key_place(&row);
        problems.push(
            Problem::error(Code::NoApis, place, format!("the row `{id}` names no APIs"))
                .help("add `apis: [...]` to the row, or to the schedule for all rows"),
        );
    }
    let zone = written.zone.or(schedule.zone).or(environment.zone).unwrap_or(context.zone);
    let dates = written.dates(general);
    order::check_row(context, id, &dates, zone, problems);
    Some(Row {
        environment: written.environment.clone(),
        urls,
        targets,
        cohort: written.cohort.clone(),
        zone,
        dates,
        opt_out: written.opt_out.clone(),
        note: written.note.clone(),
    })
}

fn row_urls(
    context: &Context<'_>,
    environment: &Environment,
    id: &RowId,
    written: &DeclaredRow,
    problems: &mut Vec<Problem>,
) -> Vec<UrlId> {
    let at = steps!["schedule", "rows", id.as_str(), "urls"];
    let Some(urls) = &written.urls else {
        context.spend(environment.urls.len(), &steps!["schedule", "rows", id.as_str()], problems);
        return environment.urls.keys().cloned().collect();
    };
    for (index, url) in urls.iter().enumerate() {
        if environment.urls.contains_key(url) {
            continue;
        }
        let place = context.tree.place(&[&at[..], &steps![index]].concat());
        let message = format!("`{}` has no URL `{url}`", written.environment);
        let known: Vec<_> = environment.urls.keys().map(UrlId::as_str).collect();
        problems.push(
            Problem::error(Code::UnknownReference, place, message)
                .help_opt(suggestion(url.as_str(), known.iter().copied())),
        );
    }
    context.spend(urls.len(), &at, problems);
    urls.iter().filter(|url| environment.urls.contains_key(*url)).cloned().collect()
}

fn brownout(
    context: &Context<'_>,
    written: &DeclaredBrownout,
    rows: &IndexMap<RowId, Row>,
    at: &[Step],
    problems: &mut Vec<Problem>,
) -> Option<Brownout> {
    let tree = context.tree;
    let below = |key: &str| [at, &steps![key]].concat();
    let length = match (&written.end, written.length) {
        (Some(end), None) => BrownoutLength::End(end.clone()),
        (None, Some(length)) => BrownoutLength::Lasts(length),
        (None, None) if tree.has(at, "end") || tree.has(at, "length") => return None,
        _ => {
            problems.push(
                Problem::error(
                    Code::MissingKey,
                    tree.key_place(at),
                    "a brownout has either an `end` or a `length`",
                )
                .help("write one of them, such as `length: 2 hours`"),
            );
            return None;
        }
    };
    let struck: Vec<RowId> = match &written.rows {
        None => rows.keys().cloned().collect(),
        Some(ids) => {
            let known = context.row_keys();
            for (index, id) in ids.iter().enumerate() {
                let place = [at, &steps!["rows", index]].concat();
                unknown(id.as_str(), &known, "row", (tree, &place), problems);
            }
            ids.clone()
        }
    };
    let zone = struck.first().and_then(|id| rows.get(id)).map_or(context.zone, |row| row.zone);
    if let BrownoutLength::End(end) = &length {
        let (start, end) = (bounds(&written.start, zone), bounds(end, zone));
        if start.earliest.is_some() && end.latest.is_some() && end.latest <= start.earliest {
            let place = tree.place(&below("end"));
            problems.push(
                Problem::error(Code::DateOrder, place, "the brownout ends before it begins")
                    .related(tree.place(&below("start")), "it begins here"),
            );
        }
    }
    let subset = match &written.apis {
        None => Subset::All,
        Some(DeclaredSubset::Later { by }) => Subset::Later { by: by.clone() },
        Some(DeclaredSubset::Listed(references)) => {
            let place = below("apis");
            let found = context.targets(references, Scope::Program, &place, problems);
            // A group may hold APIs that none of the struck rows concerns.
            let concerned = concerned(&struck, rows);
            let is_struck = |target: &Target| concerned.contains(&target.api);
            Subset::Targets(found.into_iter().filter(is_struck).collect())
        }
    };
    Some(Brownout {
        rows: struck,
        start: written.start.clone(),
        length,
        repeat: written.repeat.clone(),
        subset,
        note: written.note.clone(),
    })
}

fn concerned<'r>(struck: &[RowId], rows: &'r IndexMap<RowId, Row>) -> HashSet<&'r ApiId> {
    let struck = struck.iter().filter_map(|id| rows.get(id));
    struck.flat_map(|row| &row.targets).map(|target| &target.api).collect()
}
