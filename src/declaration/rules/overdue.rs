//! Announcements that were promised by a day that has passed. The only rule that
//! asks for the present moment; without one it says nothing.

use super::super::notice::Context;
use super::super::problem::{Code, Place, Problem};
use super::super::tree::steps;
use super::date_path;
use crate::notice::{Date, Notice, Span, Subset};
use crate::schedule::bounds;

pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    for (id, row) in &notice.schedule.rows {
        for (name, date) in row.dates.named() {
            let Some(Date { span: Span::ToBeAnnounced { by: Some(by) }, .. }) = date else {
                continue;
            };
            let place = || context.tree.place(&date_path(context, id, name));
            let what = format!("`{name}` of `{id}`");
            problems.extend(overdue(context, &Date::day(*by), &what, place));
        }
    }
    for (id, brownout) in &notice.schedule.brownouts {
        if let Subset::Later { by: Some(by) } = &brownout.subset {
            let place =
                || context.tree.place(&steps!["schedule", "brownouts", id.as_str(), "apis"]);
            problems.extend(overdue(context, by, &format!("the APIs of `{id}`"), place));
        }
    }
}

/// A day that was promised has passed when the next one begins.
fn overdue(
    context: &Context<'_>,
    by: &Date,
    what: &str,
    place: impl Fn() -> Place,
) -> Option<Problem> {
    let now = context.now?;
    let latest = bounds(by, context.zone).latest?;
    (latest + chrono::TimeDelta::days(1) <= now).then(|| {
        let message = format!("{what}: to be announced by {}, which has passed", by.span);
        Problem::error(Code::OverdueAnnouncement, place(), message)
            .help("announce it, or say by when it will be")
    })
}
