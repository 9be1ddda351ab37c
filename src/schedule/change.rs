//! Changes of dates in the words of amendments, and the history they tell.

use super::bounds::bounds;
use crate::notice::{Amendment, AmendmentKind, Date, Dates, Former, FormerValues, Notice, RowId};
use chrono_tz::Tz;

/// The word for a change from one date to another, each with its own zone.
///
/// A refinement comes first: an interval inside the old one is news, and nothing
/// that was said becomes wrong. What only moves on from one open end to a later
/// one is no refinement to a reader.
pub fn word((old, old_zone): (&Date, Tz), (new, new_zone): (&Date, Tz)) -> AmendmentKind {
    let (was, is) = (bounds(old, old_zone), bounds(new, new_zone));
    if was == is {
        let is_unknown = is.earliest.is_none() && old.span != new.span;
        return if is_unknown { AmendmentKind::Rescheduled } else { AmendmentKind::Corrected };
    }
    let begins_inside = was.earliest.is_none_or(|was| is.earliest.is_some_and(|is| is >= was));
    let ends_inside = was.latest.is_none_or(|was| is.latest.is_some_and(|is| is <= was));
    let stays_open = was.earliest.is_some() && was.latest.is_none() && is.latest.is_none();
    if begins_inside && ends_inside && !stays_open {
        return AmendmentKind::Refined;
    }
    let loses_its_end = is.latest.is_none();
    match (was.earliest, is.earliest) {
        (_, None) => AmendmentKind::Postponed,
        (Some(was), Some(is)) if is < was => AmendmentKind::Advanced,
        (Some(was), Some(is)) if is > was && loses_its_end => AmendmentKind::Postponed,
        (Some(was), Some(is)) if is > was => AmendmentKind::Extended,
        _ => AmendmentKind::Rescheduled,
    }
}

/// Whether `kind` is a true word for a change from `old` to `new`; more than
/// one may be.
pub fn describes(kind: AmendmentKind, old: &Date, new: &Date, zone: Tz) -> bool {
    let (was, is) = (bounds(old, zone), bounds(new, zone));
    let later = was.earliest.zip(is.earliest).is_some_and(|(was, is)| is > was);
    let earlier = was.earliest.zip(is.earliest).is_some_and(|(was, is)| is < was);
    match kind {
        AmendmentKind::Extended => later,
        AmendmentKind::Advanced => earlier,
        AmendmentKind::Postponed => later || is.earliest.is_none(),
        AmendmentKind::Refined => {
            was.earliest.is_none_or(|was| is.earliest.is_some_and(|is| is >= was))
                && was.latest.is_none_or(|was| is.latest.is_some_and(|is| is <= was))
        }
        AmendmentKind::Rescheduled | AmendmentKind::Corrected => old != new,
        AmendmentKind::Rescoped
        | AmendmentKind::Paused
        | AmendmentKind::Resumed
        | AmendmentKind::Cancelled => true,
    }
}

/// The dates as they stood before `amendment`, which led to `dates`. Where it
/// recorded no former value, the later one is all that is known.
pub fn undo(dates: &Dates, amendment: &Amendment) -> Dates {
    let Former::Values(former) = &amendment.former else { return dates.clone() };
    let FormerValues { deprecation, cutoff, complete, .. } = &**former;
    let or = |former: &Option<Date>, later: &Option<Date>| former.clone().or(later.clone());
    Dates {
        deprecation: or(deprecation, &dates.deprecation),
        cutoff: or(cutoff, &dates.cutoff),
        complete: or(complete, &dates.complete),
        enforced: dates.enforced.clone(),
    }
}

/// The dates of a row from the announcement to the present: the first as they
/// were announced, then as each amendment of the row left them.
pub fn history(notice: &Notice, id: &RowId) -> Vec<Dates> {
    let Some(row) = notice.schedule.rows.get(id) else { return Vec::new() };
    let mut steps = vec![row.dates.clone()];
    for amendment in notice.amendments.iter().rev().filter(|a| a.touches(id)) {
        let before = steps.last().map(|dates| undo(dates, amendment));
        steps.extend(before);
    }
    steps.reverse();
    steps
}

/// The notice as it stood before its last amendment, as far as that says; nothing
/// where there was none.
pub fn before_last_amendment(notice: &Notice) -> Option<Notice> {
    let mut before = notice.clone();
    let last = before.amendments.pop()?;
    for (id, row) in &mut before.schedule.rows {
        if last.touches(id) {
            row.dates = undo(&row.dates, &last);
        }
    }
    Some(before)
}
