//! Brownouts that cannot be meant: longer than their rhythm, past the cutoff,
//! too many, or two at once.

use super::super::notice::Context;
use super::super::problem::{Code, Place, Problem};
use super::super::tree::steps;
use crate::notice::{ApiId, Brownout, BrownoutId, Notice, Row, RowId, Subset};
use crate::schedule::{Instant, MAX_OCCURRENCES, Occurrences, bounds, is_within, plus};
use chrono_tz::Tz;
use std::collections::HashSet;

/// What brownouts are compared by: each with every other, one occurrence after
/// the other. More than these many would keep everybody waiting.
const MAX_BROWNOUTS: usize = 400;
const MAX_IN_ALL: usize = 100_000;

/// Clocks that agree this often, and the last time, agree.
const MAX_COMPARED: usize = 500;

pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    let all = &notice.schedule.brownouts;
    if let Some((id, _)) = all.get_index(MAX_BROWNOUTS) {
        let message = format!("the notice has more than {MAX_BROWNOUTS} brownouts");
        problems.push(too_many(declared(context, id), message));
        return;
    }
    let mut known: Vec<Strikes<'_>> = Vec::new();
    let mut number = 0;
    for (id, brownout) in all {
        let rows = struck(notice, brownout);
        let Some((_, first)) = rows.first() else { continue };
        let occurrences = Occurrences::new(brownout, first.zone);
        problems.extend(never(context, id, brownout, first, &occurrences));
        problems.extend(rhythm(context, id, &occurrences));
        problems.extend(count(context, id, brownout, first));
        problems.extend(two_clocks(context, id, brownout, &rows));
        problems.extend(
            rows.iter().find_map(|(row_id, row)| past_cutoff(context, id, brownout, row_id, row)),
        );
        let strikes = Strikes::of(id, brownout, first.zone);
        number += strikes.times.len();
        if number > MAX_IN_ALL {
            let message =
                format!("with this brownout they would happen more than {MAX_IN_ALL} times in all");
            problems.push(too_many(declared(context, id), message));
            return;
        }
        problems.extend(known.iter().filter_map(|other| both_at_once(context, other, &strikes)));
        known.push(strikes);
    }
}

/// A brownout, laid out for being compared with the others.
struct Strikes<'n> {
    id: &'n BrownoutId,
    rows: HashSet<&'n RowId>,
    /// `None` where it strikes all APIs.
    apis: Option<HashSet<&'n ApiId>>,
    is_named_later: bool,
    /// Start and end of each occurrence, in order.
    times: Vec<(Instant, Instant)>,
}

impl<'n> Strikes<'n> {
    fn of(id: &'n BrownoutId, brownout: &'n Brownout, zone: Tz) -> Self {
        let apis = match &brownout.subset {
            Subset::Targets(targets) => Some(targets.iter().map(|t| &t.api).collect()),
            Subset::All | Subset::Later { .. } => None,
        };
        Self {
            id,
            rows: brownout.rows.iter().collect(),
            apis,
            is_named_later: matches!(brownout.subset, Subset::Later { .. }),
            times: Occurrences::new(brownout, zone).iter().collect(),
        }
    }

    /// What is named later nobody can say yet.
    fn shares_apis(&self, other: &Self) -> bool {
        !self.is_named_later
            && !other.is_named_later
            && match (&self.apis, &other.apis) {
                (Some(own), Some(others)) => !own.is_disjoint(others),
                _ => true,
            }
    }

    /// Whether an occurrence of one lasts into one of the other.
    fn meets(&self, other: &Self) -> bool {
        let (mut own, mut others) = (self.times.iter().peekable(), other.times.iter().peekable());
        while let (Some((start, end)), Some((other_start, other_end))) = (own.peek(), others.peek())
        {
            if start < other_end && other_start < end {
                return true;
            }
            if end <= other_end {
                own.next()
            } else {
                others.next()
            };
        }
        false
    }
}

fn declared(context: &Context<'_>, id: &BrownoutId) -> Place {
    context.tree.key_place(&steps!["schedule", "brownouts", id.as_str()])
}

fn too_many(place: Place, message: String) -> Problem {
    Problem::error(Code::TooManyBrownouts, place, message)
        .help("let it happen less often, or end earlier")
}

fn struck<'n>(notice: &'n Notice, brownout: &'n Brownout) -> Vec<(&'n RowId, &'n Row)> {
    let find = |id| notice.schedule.rows.get_key_value(id);
    brownout.rows.iter().filter_map(find).collect()
}

fn place(context: &Context<'_>, id: &BrownoutId, key: &str) -> Place {
    context.tree.place(&steps!["schedule", "brownouts", id.as_str(), key])
}

fn never(
    context: &Context<'_>,
    id: &BrownoutId,
    brownout: &Brownout,
    row: &Row,
    occurrences: &Occurrences<'_>,
) -> Option<Problem> {
    let repeat = brownout.repeat.as_ref()?;
    bounds(&brownout.start, row.zone).earliest?;
    let until =
        context.tree.place(&steps!["schedule", "brownouts", id.as_str(), "repeat", "until"]);
    let start = place(context, id, "start");
    let span = &repeat.until.span;
    if occurrences.nth(0).is_none() {
        let message = format!("the brownout `{id}` never happens: it repeats until {span}");
        let problem = Problem::error(Code::BrownoutNever, until, message);
        return Some(
            problem
                .related(start, "it begins only here")
                .help("let it repeat until a day after it begins"),
        );
    }
    if occurrences.nth(1).is_some() {
        return None;
    }
    let message = format!("the brownout `{id}` happens once: it repeats until {span}");
    let every = repeat.every;
    Some(
        Problem::error(Code::BrownoutNever, until, message)
            .related(start, format!("it would come again {every} after this"))
            .help("let it repeat until then, or take `repeat` out"),
    )
}

fn rhythm(
    context: &Context<'_>,
    id: &BrownoutId,
    occurrences: &Occurrences<'_>,
) -> Option<Problem> {
    let ((_, end), (next, _)) = (occurrences.nth(0)?, occurrences.nth(1)?);
    (end > next).then(|| {
        Problem::error(
            Code::BrownoutOutlastsRhythm,
            place(context, id, "repeat"),
            format!("the brownout `{id}` begins again before it has ended"),
        )
        .related(declared(context, id), "declared here")
        .help("shorten it, or leave more time between its occurrences")
    })
}

fn count(
    context: &Context<'_>,
    id: &BrownoutId,
    brownout: &Brownout,
    row: &Row,
) -> Option<Problem> {
    let repeat = brownout.repeat.as_ref()?;
    let first = bounds(&brownout.start, row.zone).earliest?;
    let beyond = plus(first, repeat.every, MAX_OCCURRENCES, row.zone)?;
    is_within(beyond, &repeat.until, row.zone).then(|| {
        too_many(
            place(context, id, "repeat"),
            format!("the brownout `{id}` would happen more than {MAX_OCCURRENCES} times"),
        )
    })
}

/// Rows of several zones may share a brownout only where their clocks agree.
fn two_clocks(
    context: &Context<'_>,
    id: &BrownoutId,
    brownout: &Brownout,
    rows: &[(&RowId, &Row)],
) -> Option<Problem> {
    let ((first_id, first), others) = rows.split_first()?;
    let mut agreeing = HashSet::from([first.zone]);
    let times = |zone| {
        let occurrences = Occurrences::new(brownout, zone);
        occurrences.iter().take(MAX_COMPARED).chain(occurrences.last())
    };
    let (other_id, other) = others.iter().find(|(_, other)| {
        !agreeing.contains(&other.zone) && {
            let agrees = times(first.zone).eq(times(other.zone));
            agreeing.extend(agrees.then_some(other.zone));
            !agrees
        }
    })?;
    let row = |id: &RowId| context.tree.key_place(&steps!["schedule", "rows", id.as_str()]);
    Some(
        Problem::error(
            Code::BrownoutTwoClocks,
            place(context, id, "start"),
            format!(
                "the brownout `{id}` strikes `{first_id}` by the clocks of {} and `{other_id}` by \
                 those of {}, at another moment",
                first.zone, other.zone
            ),
        )
        .related(row(other_id), "this row has other clocks")
        .help("declare a brownout for each zone, with its `rows`"),
    )
}

fn past_cutoff(
    context: &Context<'_>,
    id: &BrownoutId,
    brownout: &Brownout,
    row_id: &RowId,
    row: &Row,
) -> Option<Problem> {
    let cutoff = bounds(row.dates.cutoff.as_ref()?, row.zone).earliest?;
    let (_, end) = Occurrences::new(brownout, row.zone).last()?;
    let has_own_rows = context.tree.has(&steps!["schedule", "brownouts", id.as_str()], "rows");
    (end > cutoff).then(|| {
        let key = if brownout.repeat.is_some() { "repeat" } else { "start" };
        Problem::error(
            Code::BrownoutAfterCutoff,
            place(context, id, key),
            format!("the brownout `{id}` lasts beyond the cutoff of `{row_id}`"),
        )
        .related(context.tree.place(&super::date_path(context, row_id, "cutoff")), "the cutoff")
        .help(if has_own_rows || context.row_keys().len() == 1 {
            "after its cutoff an API is gone for good; end the brownouts before it"
        } else {
            "a brownout without `rows` strikes every row: name those that it strikes, or end it \
             before the cutoff"
        })
    })
}

fn both_at_once(
    context: &Context<'_>,
    first: &Strikes<'_>,
    second: &Strikes<'_>,
) -> Option<Problem> {
    let shared = first.rows.intersection(&second.rows).min_by_key(|id| id.as_str())?;
    (first.shares_apis(second) && first.meets(second)).then(|| {
        Problem::error(
            Code::BrownoutOverlap,
            declared(context, second.id),
            format!(
                "the brownouts `{}` and `{}` strike `{shared}` at the same time",
                first.id, second.id
            ),
        )
        .related(declared(context, first.id), "the other brownout")
        .help("move one of them, or give them different APIs")
    })
}
