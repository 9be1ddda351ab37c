//! Whether dates come in an order that makes sense.

use super::notice::Context;
use super::problem::{Code, Problem};
use super::tree::{Step, steps};
use crate::notice::{Date, Dates, EndpointId, RowId, Span, TestEndpoint};
use crate::schedule::bounds;
use chrono_tz::Tz;

/// Announced, deprecated, cut off, complete: none of them after the next.
pub fn check_row(
    context: &Context<'_>,
    id: &RowId,
    dates: &Dates,
    zone: Tz,
    problems: &mut Vec<Problem>,
) {
    if dates.named().iter().all(|(_, date)| date.is_none()) {
        let row = steps!["schedule", "rows", id.as_str()];
        let written =
            |name| context.tree.has(&row, name) || context.tree.has(&steps!["schedule"], name);
        if dates.named().iter().any(|(name, _)| written(name)) {
            return;
        }
        let place = context.tree.key_place(&steps!["schedule", "rows", id.as_str()]);
        problems.push(
            Problem::error(Code::NoDate, place, format!("the row `{id}` has no date")).help(
                "give it a `cutoff`, or the schedule one for all rows; `to be announced` will do",
            ),
        );
        return;
    }
    problems.extend(inherited_end(context, id, dates));
    let planned = [
        ("announced", Some(context.announced)),
        ("deprecation", dates.deprecation.as_ref()),
        ("cutoff", dates.cutoff.as_ref()),
        ("complete", dates.complete.as_ref()),
    ];
    let planned: Vec<_> = planned.into_iter().filter_map(|(n, d)| Some((n, d?))).collect();
    for pair in planned.windows(2) {
        let [(first_name, first), (then_name, then)] = pair else { continue };
        // A deprecation may well have been in effect before this announcement.
        let is_new = *first_name != "announced" || *then_name == "cutoff";
        if is_new && comes_after(first, then, zone) {
            let (first_at, then_at) =
                (place_of(context, id, first_name), place_of(context, id, then_name));
            problems.push(
                Problem::error(
                    Code::DateOrder,
                    context.tree.place(&then_at),
                    format!(
                        "`{then_name}` {} comes before `{first_name}` {}",
                        then.span, first.span
                    ),
                )
                .related(context.tree.place(&first_at), format!("`{first_name}` is declared here"))
                .help(
                    "announced, deprecation, cutoff, complete: each comes no later than the next",
                ),
            );
        }
    }
}

/// A row whose cutoff nobody knows yet would be cut off all the same once the end
/// that is meant for the other rows has come.
fn inherited_end(context: &Context<'_>, id: &RowId, dates: &Dates) -> Option<Problem> {
    let row = steps!["schedule", "rows", id.as_str()];
    let has_own = |name| context.tree.has(&row, name);
    let open =
        dates.cutoff.as_ref().filter(|cutoff| !cutoff.is_announced() && has_own("cutoff"))?;
    let ends = [("complete", &dates.complete), ("enforced", &dates.enforced)];
    let (name, end) = ends
        .into_iter()
        .filter(|(name, _)| !has_own(name))
        .find_map(|(name, end)| Some((name, end.as_ref().filter(|end| end.is_announced())?)))?;
    let place = |name| context.tree.place(&place_of(context, id, name));
    let message =
        format!("the cutoff of `{id}` is {}, and it inherits `{name}` {}", open.span, end.span);
    Some(
        Problem::error(Code::DateOrder, place("cutoff"), message)
            .related(place(name), "this holds for the row too")
            .help(format!("give the row a `{name}` of its own; `to be announced` will do")),
    )
}

/// Whether `first` may end up after `then`, by the bounds of both.
fn comes_after(first: &Date, then: &Date, zone: Tz) -> bool {
    if matches!(then.span, Span::InEffect) {
        return false;
    }
    let (a, b) = (bounds(first, zone), bounds(then, zone));
    let starts_later = a.earliest.zip(b.earliest).is_some_and(|(a, b)| a > b);
    let ends_later = a.latest.zip(b.latest).is_some_and(|(a, b)| a > b);
    let has_no_end = a.earliest.is_some() && a.latest.is_none() && b.latest.is_some();
    starts_later || ends_later || has_no_end
}

/// A row's own date, or the general one it inherits.
pub fn place_of(context: &Context<'_>, id: &RowId, name: &str) -> Vec<Step> {
    if name == "announced" {
        return steps!["announced"].to_vec();
    }
    let row = steps!["schedule", "rows", id.as_str()];
    if context.tree.has(&row, name) {
        return [&row[..], &steps![name]].concat();
    }
    steps!["schedule", name].to_vec()
}

pub fn check_endpoint(
    context: &Context<'_>,
    id: &EndpointId,
    endpoint: &TestEndpoint,
    problems: &mut Vec<Problem>,
) {
    let (Some(opens), Some(closes)) = (&endpoint.opens, &endpoint.closes) else { return };
    if comes_after(opens, closes, context.zone) {
        let at = |key: &str| context.tree.place(&steps!["test_endpoints", id.as_str(), key]);
        problems.push(
            Problem::error(Code::DateOrder, at("closes"), "the endpoint closes before it opens")
                .related(at("opens"), "it opens here"),
        );
    }
}
