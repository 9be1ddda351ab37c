//! Rows that cover a target, and what each of them demands at a moment.

use crate::notice::{
    ApiId, BrownoutId, EnvironmentId, Notice, NoticeId, Program, Row, RowId, Subset, UrlId,
};
use crate::schedule::{Instant, Occurrences, State, bounds, last_edge, next_edge, state};
use chrono::TimeDelta;

/// Servers are changed one after the other, and clocks differ: this long before and after an
/// edge nobody is held to it, or a quarter of the time to the next edge if that is shorter.
pub const SETTLING: TimeDelta = TimeDelta::minutes(5);

/// A row that covers a URL of an environment.
#[derive(Clone, Copy)]
pub(super) struct Covering<'p> {
    pub(super) notice: &'p Notice,
    pub(super) id: &'p RowId,
    pub(super) row: &'p Row,
}

/// What a row demands of what ends by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand<'p> {
    /// It goes on: its cutoff is to come, no sooner than this where that is known.
    Alive { until: Option<Instant> },
    /// It is over, since this moment where that is known.
    Over { since: Option<Instant> },
    /// It is struck by a brownout, since this moment.
    Struck { since: Instant, by: &'p BrownoutId },
    /// Either is right. Since the planned cutoff, where it is on record that it came later.
    Either { late_since: Option<Instant> },
}

/// The rows of every notice that cover this URL.
pub(super) fn covering<'p>(
    program: &'p Program,
    environment: &'p EnvironmentId,
    url: &'p UrlId,
) -> impl Iterator<Item = Covering<'p>> {
    program.notices.values().flat_map(move |notice| {
        let rows = notice.schedule.rows.iter();
        let here = rows.filter(move |(_, row)| row.environment == *environment);
        here.filter(move |(_, row)| row.urls.contains(url)).map(move |(id, row)| Covering {
            notice,
            id,
            row,
        })
    })
}

impl<'p> Covering<'p> {
    pub(super) fn notice_id(&self) -> NoticeId {
        self.notice.id.clone()
    }

    /// What it demands at `at`; with an API, of that API. None where it demands nothing.
    pub(super) fn demand(&self, api: Option<&ApiId>, at: Instant) -> Option<Demand<'p>> {
        let Self { notice, id, row } = *self;
        let now = state(notice, id, row, api, at);
        if matches!(now, State::Cancelled | State::Paused) {
            return None;
        }
        if self.settles(at) {
            return Some(Demand::Either { late_since: None });
        }
        let cutoff = row.dates.cutoff.as_ref().map(|date| bounds(date, row.zone));
        let known = |at: &Instant| *at > Instant::MIN_UTC;
        Some(match now {
            State::CutOff => Demand::Over { since: self.happened().filter(known) },
            State::Due => {
                let planned = cutoff.filter(|_| row.dates.enforced.is_some());
                let late = planned.filter(|planned| planned.has_come(at));
                Demand::Either { late_since: late.and_then(|planned| planned.latest) }
            }
            State::Brownout => self.struck(api, at)?,
            _ => Demand::Alive { until: cutoff.and_then(|cutoff| cutoff.earliest) },
        })
    }

    /// What a brownout of the row demands. Of a whole URL nothing is demanded where it strikes
    /// only some of its APIs, or those who are yet to be named.
    fn struck(&self, api: Option<&ApiId>, at: Instant) -> Option<Demand<'p>> {
        let Self { notice, id, row } = *self;
        let all = notice.schedule.brownouts.iter().filter(|(_, b)| b.rows.contains(id));
        let mut striking = all.filter_map(|(by, brownout)| {
            let occurrences = Occurrences::new(brownout, row.zone);
            let last = occurrences.last_edge(at).filter(|_| occurrences.strikes_at(at))?;
            let is_meant = match (&brownout.subset, api) {
                (Subset::All, _) => true,
                (Subset::Targets(targets), Some(api)) => targets.iter().any(|t| t.api == *api),
                (Subset::Targets(targets), None) => {
                    row.targets.iter().all(|own| targets.iter().any(|t| t.api == own.api))
                }
                (Subset::Later { .. }, _) => false,
            };
            is_meant.then_some(Demand::Struck { since: last, by })
        });
        Some(striking.next().unwrap_or(Demand::Either { late_since: None }))
    }

    /// When what ends by the row ended, by the rule of `schedule`: what is on record outweighs
    /// the plan, and a rolling cutoff ends when it is complete.
    fn happened(&self) -> Option<Instant> {
        let dates = &self.row.dates;
        let end = dates.enforced.as_ref().or(dates.complete.as_ref()).or(dates.cutoff.as_ref());
        end.and_then(|date| bounds(date, self.row.zone).latest)
    }

    fn edges(&self, at: Instant) -> (Option<Instant>, Option<Instant>) {
        let Self { notice, id, row } = *self;
        (last_edge(notice, id, row, at), next_edge(notice, id, row, at))
    }

    fn settles(&self, at: Instant) -> bool {
        let (last, next) = self.edges(at);
        let settling = settling(last, next);
        last.is_some_and(|last| at - last < settling)
            || next.is_some_and(|next| next - at < settling)
    }

    /// The first moment after `at` at which another answer may be demanded and nobody need wait
    /// any more for servers to settle.
    pub(super) fn next_settled(&self, at: Instant) -> Option<Instant> {
        let (last, next) = self.edges(at);
        let since_last = last.map(|last| last + settling(Some(last), next));
        let after_next = next.map(|next| {
            let Self { notice, id, row } = *self;
            next + settling(Some(next), next_edge(notice, id, row, next))
        });
        [since_last, after_next].into_iter().flatten().filter(|look| *look > at).min()
    }
}

fn settling(last: Option<Instant>, next: Option<Instant>) -> TimeDelta {
    match (last, next) {
        (Some(last), Some(next)) => SETTLING.min((next - last) / 4),
        _ => SETTLING,
    }
}
