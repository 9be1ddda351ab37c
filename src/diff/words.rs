//! A change as a sentence.

use super::{Change, Word};
use crate::notice::{AmendmentKind, RowId};

impl Change {
    /// `cutoff of prod, test: 2026-09-01 → 2026-12-01`. `value` marks a value up.
    pub fn sentence(&self, value: impl Fn(&str) -> String) -> String {
        let shown = |text: &Option<String>| text.as_ref().map(|text| value(&printable(text)));
        let rows: Vec<_> = self.rows.iter().map(RowId::as_str).collect();
        let of = if rows.is_empty() { String::new() } else { format!(" of {}", rows.join(", ")) };
        let is_scope = self.what == "scope" && self.word == Word::Amended(AmendmentKind::Rescoped);
        let values = match (shown(&self.before), shown(&self.after)) {
            (Some(lost), Some(gained)) if is_scope => format!(" loses {lost} and gains {gained}"),
            (Some(lost), None) if is_scope => format!(" loses {lost}"),
            (None, Some(gained)) if is_scope => format!(" gains {gained}"),
            (Some(before), Some(after)) => format!(": {before} → {after}"),
            (None, Some(after)) => format!(": {after}"),
            (Some(before), None) => format!(": was {before}"),
            (None, None) => String::new(),
        };
        format!("{}{of}{values}", printable(&self.what))
    }
}

/// Without what a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
