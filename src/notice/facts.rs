//! What was said of each row, by digest: two that differ say something else.

use super::RowId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is said of a row that is no longer in the notice.
const GONE: &str = "gone";

/// By row, a digest of what its readers act on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<RowId, String>);

impl Facts {
    pub fn get(&self, row: &RowId) -> Option<&str> {
        self.0.get(row).map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn rows(&self) -> impl Iterator<Item = &RowId> {
        self.0.keys()
    }

    /// Those of some rows; of one that is gone, that it is.
    pub fn of(&self, rows: &[RowId]) -> Self {
        let said = |row: &RowId| self.get(row).unwrap_or(GONE).to_owned();
        Self(rows.iter().map(|row| (row.clone(), said(row))).collect())
    }

    /// What is said later counts.
    pub fn say(&mut self, later: &Self) {
        self.0.extend(later.0.iter().map(|(row, said)| (row.clone(), said.clone())));
    }

    /// The rows of which `now` says something else, or nothing any more.
    pub fn superseded_by<'f>(&'f self, now: &'f Self) -> impl Iterator<Item = &'f RowId> {
        self.rows().filter(|row| self.get(row) != Some(now.get(row).unwrap_or(GONE)))
    }
}

impl FromIterator<(RowId, String)> for Facts {
    fn from_iter<I: IntoIterator<Item = (RowId, String)>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}
