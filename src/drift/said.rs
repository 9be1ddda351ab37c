//! What differs, in sentences for the office. English, as everything that an office reads.

use super::covering::Covering;
use crate::notice::{Difference, Program, Remark, TlsVersion, WatchTarget, Weight};
use crate::schedule::Instant;
use chrono::TimeDelta;

/// Small numbers are written out.
const NUMBERS: [&str; 13] = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

/// `three days`, `one hour`, `40 minutes`: the largest unit that fits, whole ones of it.
pub(super) fn length(time: TimeDelta) -> String {
    let time = time.abs();
    let (count, unit) = match (time.num_days(), time.num_hours(), time.num_minutes()) {
        (days @ 1.., ..) => (days, "day"),
        (_, hours @ 1.., _) => (hours, "hour"),
        (.., minutes) => (minutes.max(1), "minute"),
    };
    let written = usize::try_from(count).ok().and_then(|count| NUMBERS.get(count));
    let number = written.map_or_else(|| count.to_string(), |word| (*word).to_owned());
    format!("{number} {unit}{}", if count == 1 { "" } else { "s" })
}

/// ` three days after its cutoff`, as far as the moment is known.
pub(super) fn after_cutoff(since: Option<Instant>, at: Instant) -> String {
    match since {
        Some(since) => format!(" {} after its cutoff", length(at - since)),
        None => " after its cutoff".to_owned(),
    }
}

/// ` two days early`.
pub(super) fn early(until: Option<Instant>, at: Instant) -> String {
    match until {
        Some(until) => format!(" {} early", length(until - at)),
        None => " although no cutoff is set".to_owned(),
    }
}

/// As tables and mails show the environment.
pub(super) fn place<'p>(program: &'p Program, target: &'p WatchTarget) -> &'p str {
    let environment = program.catalogue.environments.get(&target.environment);
    environment.map_or(target.environment.as_str(), |environment| environment.title.as_str())
}

/// `TLS 1.0 and TLS 1.1`.
pub(super) fn versions(versions: impl IntoIterator<Item = TlsVersion>) -> String {
    let names: Vec<_> = versions.into_iter().map(TlsVersion::as_str).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

pub(super) fn remark(weight: Weight, difference: Difference, sentence: String) -> Remark {
    let (addresses, notice, row) = (Vec::new(), None, None);
    let (declared, seconds_after) = (None, None);
    Remark { weight, difference, addresses, notice, row, declared, seconds_after, sentence }
}

impl Remark {
    /// With the row that says otherwise, and the moment that it names.
    pub(super) fn against(
        self,
        row: &Covering<'_>,
        declared: Option<Instant>,
        at: Instant,
    ) -> Self {
        Self {
            notice: Some(row.notice_id()),
            row: Some(row.id.clone()),
            declared,
            seconds_after: declared.map(|declared| (at - declared).num_seconds()),
            ..self
        }
    }
}

pub(super) fn nothing_found(program: &Program, target: &WatchTarget, why: &str) -> Remark {
    let sentence = format!("nothing could be found out about {}: {why}", place(program, target));
    remark(Weight::Unknown, Difference::NothingFound, sentence)
}

/// Where not all of `asked` addresses show it, those that do are named.
pub(super) fn name_addresses(remark: &mut Remark, asked: usize) {
    remark.addresses.sort();
    remark.addresses.dedup();
    if remark.addresses.len() >= asked {
        remark.addresses.clear();
    }
    let Some((last, rest)) = remark.addresses.split_last() else { return };
    let rest: Vec<_> = rest.iter().map(ToString::to_string).collect();
    let named = match rest.is_empty() {
        true => last.to_string(),
        false => format!("{} and {last}", rest.join(", ")),
    };
    remark.sentence = format!("{}, at {named}", remark.sentence);
}
