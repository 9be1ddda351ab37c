//! Brownouts that cannot be meant: longer than their rhythm, past the cutoff,
//! too many, or two at once.

use super::super::notice::Context;
use super::super::problem::{Code, Place, Problem};
use super::super::tree::steps;
use crate::notice::{Brownout, BrownoutId, Notice, Row, RowId, Subset};
use crate::schedule::{MAX_OCCURRENCES, Occurrences, bounds, is_within, plus};

pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    let brownouts: Vec<_> = notice.schedule.brownouts.iter().collect();
    for (number, (id, brownout)) in brownouts.iter().enumerate() {
        let rows = struck(notice, brownout);
        let Some((_, first)) = rows.first() else { continue };
        let occurrences = Occurrences::new(brownout, first.zone);
        problems.extend(never(context, id, brownout, first, &occurrences));
        problems.extend(rhythm(context, id, &occurrences));
        problems.extend(count(context, id, brownout, first));
        problems.extend(
            rows.iter().find_map(|(row_id, row)| past_cutoff(context, id, brownout, row_id, row)),
        );
        for (other_id, other) in &brownouts[..number] {
            problems.extend(both_at_once(context, notice, (other_id, other), (id, brownout)));
        }
    }
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
        .related(
            context.tree.key_place(&steps!["schedule", "brownouts", id.as_str()]),
            "declared here",
        )
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
        Problem::error(
            Code::TooManyBrownouts,
            place(context, id, "repeat"),
            format!("the brownout `{id}` would happen more than {MAX_OCCURRENCES} times"),
        )
        .help("let it happen less often, or end earlier")
    })
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
    notice: &Notice,
    (first_id, first): (&BrownoutId, &Brownout),
    (second_id, second): (&BrownoutId, &Brownout),
) -> Option<Problem> {
    let shared = first.rows.iter().find(|id| second.rows.contains(id))?;
    let row = notice.schedule.rows.get(shared)?;
    if !share_apis(&first.subset, &second.subset) {
        return None;
    }
    let other = Occurrences::new(second, row.zone);
    let strikes_in = |(start, end)| {
        other.strikes_at(start) || other.next_edge(start).is_some_and(|edge| edge < end)
    };
    Occurrences::new(first, row.zone).iter().any(strikes_in).then(|| {
        let key =
            |id: &BrownoutId| context.tree.key_place(&steps!["schedule", "brownouts", id.as_str()]);
        Problem::error(
            Code::BrownoutOverlap,
            key(second_id),
            format!(
                "the brownouts `{first_id}` and `{second_id}` strike `{shared}` at the same time"
            ),
        )
        .related(key(first_id), "the other brownout")
        .help("move one of them, or give them different APIs")
    })
}

fn share_apis(a: &Subset, b: &Subset) -> bool {
    match (a, b) {
        // Nobody can say yet.
        (Subset::Later { .. }, _) | (_, Subset::Later { .. }) => false,
        (Subset::All, _) | (_, Subset::All) => true,
        (Subset::Targets(a), Subset::Targets(b)) => {
            a.iter().any(|a| b.iter().any(|b| a.api == b.api))
        }
    }
}
