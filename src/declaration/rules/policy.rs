//! What a program promised about its notices: how long before, and on which
//! days not.

use super::super::notice::Context;
use super::super::problem::{Code, Problem, Severity};
use super::date_path;
use crate::notice::{
    Amendment, Date, Former, Length, Notice, Point, Row, RowId, Span, Stage, Weekends,
};
use crate::schedule::{Instant, bounds, plus};
use chrono::{Datelike, NaiveDate, Weekday};

pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    let mut told = Vec::new();
    for (id, row) in &notice.schedule.rows {
        let Some(cutoff) = &row.dates.cutoff else { continue };
        problems.extend(minimum_notice(context, notice, id, row, cutoff));
        // A general cutoff is judged once.
        let at = date_path(context, id, "cutoff");
        if !told.contains(&at) {
            problems.extend(weekend(context, id, cutoff));
            problems.extend(freeze(context, id, cutoff));
            told.push(at);
        }
    }
}

fn minimum_notice(
    context: &Context<'_>,
    notice: &Notice,
    id: &RowId,
    row: &Row,
    cutoff: &Date,
) -> Option<Problem> {
    let promised = context.settings.policy.minimum_notice.as_ref()?;
    let stage = context.catalogue().environments.get(&row.environment)?.stage;
    let least: Length = match stage {
        Stage::Test => promised.test?,
        Stage::Production => promised.production?,
    };
    let cutoff_at = bounds(cutoff, row.zone).earliest?;
    let (from, since) = counted_from(context, notice, id, row)?;
    let earliest = plus(from, least, 1, row.zone)?;
    (cutoff_at < earliest).then(|| {
        let day = earliest.with_timezone(&row.zone).date_naive();
        Problem::error(
            Code::ShortNotice,
            context.tree.place(&date_path(context, id, "cutoff")),
            format!("the cutoff of `{id}` comes less than {least} after {since}"),
        )
        .help(format!(
            "the program promises {least} for {stage} environments: {day} or later keeps it"
        ))
    })
}

/// The announcement, or the amendment that made the cutoff known or moved it
/// earlier, whichever is later.
fn counted_from(
    context: &Context<'_>,
    notice: &Notice,
    id: &RowId,
    row: &Row,
) -> Option<(Instant, &'static str)> {
    let announced = bounds(&notice.announced, context.zone);
    let mut from = (announced.latest.or(announced.earliest)?, "the announcement");
    for (number, amendment) in notice.amendments.iter().enumerate() {
        let Some(old) = former_cutoff(amendment, id) else { continue };
        let later = notice.amendments[number + 1..].iter().find_map(|a| former_cutoff(a, id));
        let Some(new) = later.or(row.dates.cutoff.as_ref()) else { continue };
        let (was, is) = (bounds(old, row.zone).earliest, bounds(new, row.zone).earliest);
        let is_sooner = is.is_some_and(|is| was.is_none_or(|was| is < was));
        let amended = bounds(&amendment.date, context.zone).latest;
        if let (true, Some(amended)) = (is_sooner, amended)
            && amended > from.0
        {
            from = (amended, "the amendment that set it");
        }
    }
    Some(from)
}

fn former_cutoff<'n>(amendment: &'n Amendment, row: &RowId) -> Option<&'n Date> {
    let concerns = amendment.rows.is_empty() || amendment.rows.contains(row);
    match &amendment.former {
        Former::Values(values) if concerns => values.cutoff.as_ref(),
        _ => None,
    }
}

/// The days on which a date may fall, where the office named them to the day.
fn days(date: &Date) -> Option<(NaiveDate, NaiveDate)> {
    match date.span {
        Span::At(point @ (Point::Day(_) | Point::Instant { .. })) => {
            Some((point.first_day(), point.last_day()))
        }
        Span::At(point) => Some((point.first_day(), point.last_day())),
        Span::Range { from, to } => Some((from.first_day(), to.last_day())),
        Span::NotBefore(_) | Span::ToBeAnnounced { .. } | Span::InEffect => None,
    }
}

fn weekend(context: &Context<'_>, id: &RowId, cutoff: &Date) -> Option<Problem> {
    let severity = match context.settings.policy.weekends {
        Weekends::Allowed => return None,
        Weekends::Discouraged => Severity::Warning,
        Weekends::Forbidden => Severity::Error,
    };
    let (day, last) = days(cutoff)?;
    let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    (day == last && is_weekend).then(|| {
        let place = context.tree.place(&date_path(context, id, "cutoff"));
        let message = format!("{day} is a {}", day.format("%A"));
        let monday = day.iter_days().find(|d| d.weekday() == Weekday::Mon).unwrap_or(day);
        Problem { severity, ..Problem::error(Code::WeekendCutoff, place, message) }
            .help(format!("the program's policy is against it; {monday} is the Monday after"))
    })
}

/// A vague cutoff breaks a freeze only if it cannot fall outside of it.
fn freeze(context: &Context<'_>, id: &RowId, cutoff: &Date) -> Option<Problem> {
    let (first, last) = days(cutoff)?;
    let freezes = &context.settings.policy.freezes;
    let freeze = freezes.iter().find(|f| f.from <= first && last <= f.until)?;
    let reason = freeze.reason.as_ref().map(|r| format!(" ({r})")).unwrap_or_default();
    let place = context.tree.place(&date_path(context, id, "cutoff"));
    let message = format!(
        "the cutoff of `{id}` falls into the freeze from {} to {}{reason}",
        freeze.from, freeze.until
    );
    let after = freeze.until.succ_opt().unwrap_or(freeze.until);
    Some(
        Problem::error(Code::FrozenCutoff, place, message)
            .help(format!("{after} is the first day after it")),
    )
}
