//! How many recipients hear of which rows: counted, and nothing written.

use super::{Audience, CHUNK_SUBSCRIBERS};
use crate::notice::{Notice, NoticeId, Program, RowId};
use crate::store::{Store, StoreError};
use std::collections::HashMap;

/// The recipients of one notice, by the rows that concern them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hearers {
    by_rows: HashMap<Vec<RowId>, u64>,
    /// The same without the rows that they said are done.
    by_open_rows: HashMap<Vec<RowId>, u64>,
    /// Those who hear of it because everyone does.
    others: u64,
}

impl Hearers {
    /// Everyone the notice itself goes to.
    pub fn total(&self) -> u64 {
        self.by_rows.values().sum::<u64>() + self.others
    }

    /// Those whom any of `rows` concerns.
    pub fn of(&self, rows: &[&RowId]) -> u64 {
        meeting(&self.by_rows, rows)
    }

    /// Those of them who have not said of all these rows that they are done.
    pub fn reminded_of(&self, rows: &[&RowId]) -> u64 {
        meeting(&self.by_open_rows, rows)
    }
}

fn meeting(counted: &HashMap<Vec<RowId>, u64>, rows: &[&RowId]) -> u64 {
    let meets = |concerned: &Vec<RowId>| concerned.iter().any(|row| rows.contains(&row));
    counted.iter().filter(|(rows, _)| meets(rows)).map(|(_, count)| count).sum()
}

/// Counts the recipients of every notice of `program` in one pass over its
/// subscribers. Whoever must not be written to is not counted.
pub async fn hearers(
    store: &Store,
    program: &Program,
) -> Result<HashMap<NoticeId, Hearers>, StoreError> {
    let audience = |notice: &Notice| (notice.id.clone(), Hearers::default());
    let mut counted: HashMap<_, _> = program.notices.values().map(audience).collect();
    let audiences: Vec<_> =
        program.notices.values().map(|n| (&n.id, Audience::of(program, n))).collect();
    let mut after = 0;
    loop {
        let page = store.audience(&program.id, None, after, CHUNK_SUBSCRIBERS).await?;
        let Some(last) = page.last() else { return Ok(counted) };
        let done = store.acknowledged_between(&program.id, after, last.id).await?;
        after = last.id;
        for listener in page.iter().filter(|listener| !listener.is_suppressed) {
            for (id, audience) in &audiences {
                let Some(concern) = audience.concern(listener) else { continue };
                let Some(hearers) = counted.get_mut(*id) else { continue };
                if concern.is_affected {
                    let is_open = |row: &&RowId| {
                        !done.contains(&(listener.id, (*id).clone(), (*row).clone()))
                    };
                    let open: Vec<RowId> = concern.rows.iter().filter(is_open).cloned().collect();
                    *hearers.by_open_rows.entry(open).or_default() += 1;
                    *hearers.by_rows.entry(concern.rows).or_default() += 1;
                } else {
                    hearers.others += 1;
                }
            }
        }
    }
}
