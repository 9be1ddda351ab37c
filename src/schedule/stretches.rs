//! A row's states one after the other, for drawing them.

use super::bounds::Instant;
use super::state::{State, next_edge, state};
use crate::notice::{ApiId, Notice, Row, RowId};

/// A brownout every hour makes more stretches than can be told apart; beyond
/// this many the row is looked at from point to point instead.
const MAX_STRETCHES: usize = 120;
/// How many points that is.
const POINTS: i32 = 400;

/// The states of `row` between two moments, each with the moment it begins; with
/// an API, of that API in the row.
/// Neighbours differ; the first begins at `from`.
pub fn stretches(
    notice: &Notice,
    id: &RowId,
    row: &Row,
    api: Option<&ApiId>,
    from: Instant,
    until: Instant,
) -> Vec<(Instant, State)> {
    let at = |moment| (moment, state(notice, id, row, api, moment));
    let mut all = vec![at(from)];
    let mut moment = from;
    while let Some(edge) = next_edge(notice, id, row, moment).filter(|edge| *edge < until) {
        moment = edge;
        let here = at(edge);
        if all.last().is_none_or(|(_, before)| *before != here.1) {
            all.push(here);
        }
        if all.len() > MAX_STRETCHES {
            let step = (until - from) / POINTS;
            all = (0..POINTS).map(|n| at(from + step * n)).collect();
            all.dedup_by_key(|(_, state)| *state);
            break;
        }
    }
    all
}
