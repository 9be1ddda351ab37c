//! Whether a line of the table reads as it did in an earlier publication.

use super::index::{Index, Located};
use super::line::ImpactedApi;
use crate::schedule::Instant;

impl Index {
    /// Whether `before` has a line that says the same at `on`.
    pub fn is_as_in(&self, line: u32, before: &Index, on: Instant) -> bool {
        let at = self.line(line);
        let Some((program, notice)) = before.workspace().notice(&at.path()) else { return false };
        let Some((_, row_id, row)) = notice.schedule.rows.get_full(at.row_id) else { return false };
        let mut targets = row.targets.iter().filter(|target| *target == at.target);
        targets.any(|target| {
            let then = Located { program, notice, row_id, row, target };
            ImpactedApi::new(&then, on) == ImpactedApi::new(&at, on)
        })
    }
}
