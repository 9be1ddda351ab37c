//! What readers of a row act on, as a digest for each row.
//!
//! Two revisions whose facts are the same need no mail between them: prose,
//! titles and recorded enforcement change no plan. Nothing here depends on the
//! time.

use super::bounds::{Bounds, bounds};
use crate::notice::{
    AmendmentKind, Brownout, BrownoutLength, Date, Digest, Environment, Facts, Notice, Program,
    Row, RowId, Subset, Target, UrlId,
};
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeSet;

/// A date as a reader acts on it: the office's own name for it is prose.
#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Dated {
    span: String,
    earliest: Option<i64>,
    latest: Option<i64>,
}

#[derive(Serialize)]
struct RowFacts<'n> {
    ends: &'n [String],
    needs: &'n [String],
    environment: &'n str,
    urls: BTreeSet<&'n str>,
    targets: BTreeSet<String>,
    cohort: Option<&'n str>,
    deprecation: Option<Dated>,
    cutoff: Option<Dated>,
    complete: Option<Dated>,
    /// Where one can opt out, and until when.
    opt_out: Option<(Option<&'n str>, Option<Dated>)>,
    brownouts: BTreeSet<Strike>,
    /// `paused` or `cancelled`.
    halted: Option<&'static str>,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Strike {
    start: Dated,
    end: Option<Dated>,
    lasts: Option<String>,
    every: Option<String>,
    until: Option<Dated>,
    subset: Option<BTreeSet<String>>,
    later: Option<Option<Dated>>,
}

/// The facts of every row of `notice`.
pub fn facts(program: &Program, notice: &Notice) -> Facts {
    let rows = notice.schedule.rows.iter();
    rows.map(|(id, row)| (id.clone(), digest(program, notice, id, row))).collect()
}

/// Whether the office has stopped the row: whatever was declared last stands,
/// whether its day has come or not.
pub fn standing_halt(notice: &Notice, row: &RowId) -> Option<AmendmentKind> {
    use AmendmentKind::{Cancelled, Paused, Resumed};
    let mut standing = notice.amendments.iter().rev().filter(|a| a.touches(row));
    let last = standing.find(|a| matches!(a.kind, Cancelled | Paused | Resumed))?;
    (last.kind != Resumed).then_some(last.kind)
}

fn digest(program: &Program, notice: &Notice, id: &RowId, row: &Row) -> String {
    let environment = program.catalogue.environments.get(&row.environment);
    let of = |date: &Option<Date>| date.as_ref().map(|date| dated(date, row.zone));
    let strikes = notice.schedule.brownouts.values().filter(|b| b.rows.contains(id));
    let facts = RowFacts {
        ends: &notice.ends,
        needs: &notice.needs,
        environment: row.environment.as_str(),
        urls: row.urls.iter().map(|id| url(environment, id)).collect(),
        targets: row.targets.iter().map(target).collect(),
        cohort: row.cohort.as_ref().map(|cohort| cohort.as_str()),
        deprecation: of(&row.dates.deprecation),
        cutoff: of(&row.dates.cutoff),
        complete: of(&row.dates.complete),
        opt_out: row
            .opt_out
            .as_ref()
            .map(|way| (way.url.as_ref().map(|url| url.normalised()), of(&way.by))),
        brownouts: strikes.map(|brownout| strike(brownout, row.zone)).collect(),
        halted: standing_halt(notice, id).map(AmendmentKind::as_str),
    };
    Digest::of(&facts).short().to_owned()
}

fn url<'n>(environment: Option<&'n Environment>, id: &'n UrlId) -> &'n str {
    let url = environment.and_then(|environment| environment.urls.get(id));
    url.map_or(id.as_str(), |url| url.normalised())
}

fn dated(date: &Date, zone: Tz) -> Dated {
    let Bounds { earliest, latest } = bounds(date, zone);
    let micros = |at: super::Instant| at.timestamp_micros();
    Dated {
        span: date.span.to_string(),
        earliest: earliest.map(micros),
        latest: latest.map(micros),
    }
}

fn strike(brownout: &Brownout, zone: Tz) -> Strike {
    let (end, lasts) = match &brownout.length {
        BrownoutLength::End(end) => (Some(dated(end, zone)), None),
        BrownoutLength::Lasts(length) => (None, Some(length.to_string())),
    };
    let (subset, later) = match &brownout.subset {
        Subset::All => (None, None),
        Subset::Targets(targets) => (Some(targets.iter().map(target).collect()), None),
        Subset::Later { by } => (None, Some(by.as_ref().map(|by| dated(by, zone)))),
    };
    let repeat = brownout.repeat.as_ref();
    Strike {
        start: dated(&brownout.start, zone),
        end,
        lasts,
        every: repeat.map(|repeat| repeat.every.to_string()),
        until: repeat.map(|repeat| dated(&repeat.until, zone)),
        subset,
        later,
    }
}

/// By wire name: through which group it is named is prose.
fn target(target: &Target) -> String {
    let versions = target.versions.join("+");
    let operation = target.operation.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{}@{versions} {operation}", target.api)
}
