//! What takes the place of an API that ends: said at all, offered where it is
//! needed, and there for longer.

use super::super::circles::{circles, drawn};
use super::super::notice::Context;
use super::super::problem::{Code, Place, Problem};
use super::super::tree::{Step, Tree, steps};
use super::date_path;
use crate::notice::{
    Api, ApiId, Catalogue, EnvironmentId, Kind, Notice, ProgramId, ReplacedBy, Replacement, Row,
    RowId, Stage, Workspace,
};
use crate::schedule::{Instant, bounds};
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};

/// An API that ends, and what is to take its place. Whether that lives longer
/// is known once all programs are read.
pub struct Ending {
    program: ProgramId,
    api: ApiId,
    stage: Stage,
    at: Instant,
    alternatives: Vec<Vec<Replacement>>,
    place: Place,
}

/// Only where APIs end as a whole; the end of a protocol or version leaves them.
fn ends_apis(kind: Kind) -> bool {
    matches!(kind, Kind::Deprecation | Kind::Retirement)
}

/// Judges what can be judged within the program, and adds what ends to `endings`.
pub fn check_replacements(
    context: &Context<'_>,
    program: &ProgramId,
    notice: &Notice,
    endings: &mut Vec<Ending>,
    problems: &mut Vec<Problem>,
) {
    if !ends_apis(notice.kind) {
        return;
    }
    let mut told: HashSet<&ApiId> = HashSet::new();
    for (id, row) in &notice.schedule.rows {
        let whole = row.targets.iter().filter(|t| t.versions.is_empty() && t.operation.is_none());
        for target in whole {
            let Some(api) = context.catalogue().apis.get(&target.api) else { continue };
            let is_new = told.insert(&target.api);
            match &api.replaced_by {
                None if is_new => problems.push(missing(context, id, &target.api)),
                Some(ReplacedBy::Alternatives(alternatives)) => {
                    if is_new && !is_offered(context.catalogue(), alternatives, &row.environment) {
                        problems.push(not_offered(context, id, &target.api, row));
                    }
                    endings.extend(ending(context, program, id, row, &target.api, alternatives));
                }
                _ => {}
            }
        }
    }
}

fn apis_of(context: &Context<'_>, row: &RowId) -> Place {
    context.tree.place(&steps!["schedule", "rows", row.as_str(), "apis"])
}

fn missing(context: &Context<'_>, row: &RowId, api: &ApiId) -> Problem {
    let message = format!("`{api}` ends, and nothing says what takes its place");
    Problem::error(Code::ReplacementMissing, apis_of(context, row), message).help(format!(
        "say so in apis.yaml: `{api}: {{…, replaced_by: [OTHER]}}`, or `replaced_by: none` where nothing does"
    ))
}

fn not_offered(context: &Context<'_>, id: &RowId, api: &ApiId, row: &Row) -> Problem {
    let message = format!("what replaces `{api}` is not available in `{}`", row.environment);
    Problem::error(Code::ReplacementUnavailable, apis_of(context, id), message).help(format!(
        "add `{}` to what `available` says of the replacement, or name another one",
        row.environment
    ))
}

/// Whether one of the alternatives is wholly available; APIs of other programs
/// have environments of their own.
fn is_offered(
    catalogue: &Catalogue,
    alternatives: &[Vec<Replacement>],
    environment: &EnvironmentId,
) -> bool {
    let offers = |api: &Api| api.available.is_empty() || api.available.contains(environment);
    let is_there = |replacement: &Replacement| {
        replacement.program.is_some() || catalogue.apis.get(&replacement.api).is_none_or(offers)
    };
    alternatives.iter().any(|together| together.iter().all(is_there))
}

fn ending(
    context: &Context<'_>,
    program: &ProgramId,
    id: &RowId,
    row: &Row,
    api: &ApiId,
    alternatives: &[Vec<Replacement>],
) -> Option<Ending> {
    Some(Ending {
        program: program.clone(),
        api: api.clone(),
        stage: context.catalogue().environments.get(&row.environment)?.stage,
        at: bounds(row.dates.cutoff.as_ref()?, row.zone).earliest?,
        alternatives: alternatives.to_vec(),
        place: context.tree.place(&date_path(context, id, "cutoff")),
    })
}

/// Judges what takes all programs to judge: replacements that end themselves,
/// and those that lead back to where they began.
pub fn check_endings(
    workspace: &Workspace,
    endings: &[Ending],
    catalogues: &[(String, Tree)],
    problems: &mut Vec<Problem>,
) {
    let cutoffs = cutoffs(workspace);
    for ending in endings {
        let outlives = |replacement: &Replacement| {
            let program = replacement.program.as_ref().unwrap_or(&ending.program);
            let own = cutoffs.get(&(program, &replacement.api, ending.stage));
            own.is_none_or(|own| *own > ending.at)
        };
        if !ending.alternatives.iter().any(|together| together.iter().all(outlives)) {
            let message = format!("what replaces `{}` ends itself by then", ending.api);
            problems.push(
                Problem::error(Code::ReplacementEnds, ending.place.clone(), message)
                    .help("name a replacement that stays, or move one of the two cutoffs"),
            );
        }
    }
    check_circles(workspace, catalogues, problems);
}

/// Reports each circle once, where the first of its APIs is declared.
fn check_circles(
    workspace: &Workspace,
    catalogues: &[(String, Tree)],
    problems: &mut Vec<Problem>,
) {
    let mut apis = IndexMap::new();
    for (id, tree) in catalogues {
        let Some(program) = workspace.programs.get(id.as_str()) else { continue };
        let of_program = program.catalogue.apis.iter();
        apis.extend(of_program.map(|(api, declared)| ((&program.id, api), (declared, tree))));
    }
    let leads_to = |number: usize| {
        let Some(((program, _), (declared, _))) = apis.get_index(number) else { return Vec::new() };
        let Some(ReplacedBy::Alternatives(all)) = &declared.replaced_by else { return Vec::new() };
        let named = all.iter().flatten().map(|r| (r.program.as_ref().unwrap_or(program), &r.api));
        named.filter_map(|key| apis.get_index_of(&key)).collect()
    };
    for circle in circles(apis.len(), leads_to) {
        let on_it: Vec<_> = circle.iter().filter_map(|number| apis.get_index(*number)).collect();
        let Some(((_, first), (_, tree))) = on_it.first() else { continue };
        let names: Vec<_> = on_it.iter().map(|((_, api), _)| api.as_str()).collect();
        let at: [Step; 3] = steps!["apis", first.as_str(), "replaced_by"];
        let message = format!("the replacements go in a circle: {}", drawn(&names));
        problems.push(
            Problem::error(Code::ReplacementCircle, tree.place(&at), message)
                .help("follow the arrows: the last API must be one that stays"),
        );
    }
}

type Cutoffs<'w> = HashMap<(&'w ProgramId, &'w ApiId, Stage), Instant>;

/// The earliest cutoff of each API that ends as a whole, by stage.
fn cutoffs(workspace: &Workspace) -> Cutoffs<'_> {
    let mut found = Cutoffs::new();
    for (program, notice) in workspace.notices().filter(|(_, n)| ends_apis(n.kind)) {
        for row in notice.schedule.rows.values() {
            let environment = program.catalogue.environments.get(&row.environment);
            let cutoff = row.dates.cutoff.as_ref().and_then(|c| bounds(c, row.zone).earliest);
            let (Some(environment), Some(at)) = (environment, cutoff) else { continue };
            let whole =
                row.targets.iter().filter(|t| t.versions.is_empty() && t.operation.is_none());
            for target in whole {
                let known =
                    found.entry((&program.id, &target.api, environment.stage)).or_insert(at);
                *known = at.min(*known);
            }
        }
    }
    found
}
