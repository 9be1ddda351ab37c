//! How many recipients hear of which rows: counted, and nothing written.

use super::{Audience, CHUNK_SUBSCRIBERS};
use crate::notice::{Notice, NoticeId, Program, RowId};
use crate::store::{Store, StoreError};
use std::collections::HashMap;

/// The recipients of one notice, by the rows that concern them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hearers {
    by_rows: HashMap<Vec<RowId>, u64>,
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
        let meets = |concerned: &Vec<RowId>| concerned.iter().any(|row| rows.contains(&row));
        self.by_rows.iter().filter(|(rows, _)| meets(rows)).map(|(_, count)| count).sum()
    }
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
        after = last.id;
        for listener in page.iter().filter(|listener| !listener.is_suppressed) {
            for (id, audience) in &audiences {
                let Some(concern) = audience.concern(listener) else { continue };
                let Some(hearers) = counted.get_mut(*id) else { continue };
                if concern.is_affected {
                    *hearers.by_rows.entry(concern.rows).or_default() += 1;
                } else {
                    hearers.others += 1;
                }
            }
        }
    }
}
