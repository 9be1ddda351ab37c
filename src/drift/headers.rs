//! `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) as they are sent, held against the dates of
//! the rows they are about.

use super::covering::Covering;
use super::said;
use crate::notice::{Date, Difference, Operation, Point as Moment, Remark, Span, Weight};
use crate::schedule::{Instant, bounds};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// What the headers of one answer say otherwise than the rows that cover its operation. One row
/// that agrees is enough.
pub(super) fn remarks(
    place: &str,
    operation: &Operation,
    sent: &BTreeMap<String, String>,
    rows: &[Covering<'_>],
    at: Instant,
) -> Vec<Remark> {
    let Some(first) = rows.first() else { return Vec::new() };
    let mut remarks = Vec::new();
    for (name, value) in sent {
        let header = match () {
            () if name.eq_ignore_ascii_case("deprecation") => Header::Deprecation,
            () if name.eq_ignore_ascii_case("sunset") => Header::Sunset,
            () => continue,
        };
        let value = value.trim();
        let Some(date) = header.read(value) else {
            let sentence = format!(
                "{place} sends `{}: {value}` for {operation}, which is not a date of {}",
                header.name(),
                header.standard(),
            );
            let (header, sent) = (header.name().to_owned(), value.to_owned());
            let difference =
                Difference::HeaderUnreadable { operation: operation.clone(), header, sent };
            remarks.push(said::remark(Weight::Note, difference, sentence).against(first, None, at));
            continue;
        };
        if rows.iter().any(|row| header.agrees(row, date)) {
            continue;
        }
        let declared = header.declared(first);
        let said = declared.map_or_else(|| "no date".to_owned(), |date| date.span.to_string());
        let sentence = format!(
            "{place} sends `{}: {value}` for {operation}, and the notice declares {said}",
            header.name(),
        );
        let (header, sent) = (header.name().to_owned(), value.to_owned());
        let difference = Difference::HeaderDiffers { operation: operation.clone(), header, sent };
        let moment = declared.and_then(|date| bounds(date, first.row.zone).earliest);
        let moment = moment.filter(|moment| *moment > Instant::MIN_UTC);
        remarks.push(said::remark(Weight::Drift, difference, sentence).against(first, moment, at));
    }
    remarks
}

#[derive(Clone, Copy)]
enum Header {
    Deprecation,
    Sunset,
}

impl Header {
    fn name(self) -> &'static str {
        match self {
            Self::Deprecation => "Deprecation",
            Self::Sunset => "Sunset",
        }
    }

    fn standard(self) -> &'static str {
        match self {
            Self::Deprecation => "RFC 9745",
            Self::Sunset => "RFC 8594",
        }
    }

    /// `@1688169599` (RFC 9745 §2.1), or an HTTP date (RFC 8594 §3).
    fn read(self, value: &str) -> Option<DateTime<Utc>> {
        match self {
            Self::Deprecation => {
                let seconds = value.strip_prefix('@')?.parse().ok()?;
                DateTime::from_timestamp(seconds, 0)
            }
            Self::Sunset => {
                let date = value.strip_suffix("GMT")?;
                Some(DateTime::parse_from_rfc2822(&format!("{date}+0000")).ok()?.to_utc())
            }
        }
    }

    fn declared<'p>(self, row: &Covering<'p>) -> Option<&'p Date> {
        let dates = &row.row.dates;
        match self {
            Self::Deprecation => dates.deprecation.as_ref(),
            Self::Sunset => dates.cutoff.as_ref(),
        }
    }

    /// A deprecation that nobody declared is no contradiction: the notice itself says as much. A
    /// sunset is a promise, and somebody has to have made it.
    fn agrees(self, row: &Covering<'_>, sent: Instant) -> bool {
        let (dates, zone) = (&row.row.dates, row.row.zone);
        let fits = |date: &Date| is_on(date, zone, sent);
        match self {
            Self::Deprecation => dates.deprecation.as_ref().is_none_or(fits),
            Self::Sunset => {
                let rolls = dates.cutoff.as_ref().zip(dates.complete.as_ref());
                let rolls = rolls.is_some_and(|(from, to)| {
                    let (from, to) = (reach(from, zone).0, reach(to, zone).1);
                    from.is_some_and(|from| from <= sent) && to.is_none_or(|to| sent <= to)
                });
                let dates = [&dates.cutoff, &dates.complete, &dates.enforced];
                rolls || dates.into_iter().flatten().any(fits)
            }
        }
    }
}

/// Whether an instant lies on a date: to the second where it is an instant, on a day from its
/// beginning to its end, by the row's clocks or by UTC, as headers are commonly made.
fn is_on(date: &Date, zone: Tz, sent: Instant) -> bool {
    match reach(date, zone) {
        (Some(from), Some(to)) => from <= sent && sent <= to,
        (Some(from), None) => from <= sent,
        (None, _) => false,
    }
}

fn reach(date: &Date, zone: Tz) -> (Option<Instant>, Option<Instant>) {
    let (here, utc) = (bounds(date, zone), bounds(date, Tz::UTC));
    let is_day = |remark: Moment| matches!(remark, Moment::Day(_));
    let day = match date.span {
        Span::At(remark) if is_day(remark) => TimeDelta::days(1),
        _ => TimeDelta::zero(),
    };
    let is_instant = matches!(date.span, Span::At(Moment::Instant { .. }));
    match (here.earliest, here.latest) {
        _ if matches!(date.span, Span::InEffect) => (Some(Instant::MIN_UTC), None),
        both if is_instant => both,
        (from, to) => (
            from.min(utc.earliest),
            to.max(utc.latest).and_then(|to| to.checked_add_signed(day)).filter(|_| to.is_some()),
        ),
    }
}
