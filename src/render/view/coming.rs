//! What a reminder says is coming, to whom, and when.

use super::Scope;
use super::apis::ApiCell;
use crate::render::dates::When;
use crate::schedule::{Coming, Rung};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct ComingView<'a> {
    /// `cutoff` or `brownout`.
    pub what: &'static str,
    pub title: String,
    /// Absolute: when it is read is not known when it is written.
    pub when: Vec<When>,
    pub rows: Vec<ComingRow<'a>>,
    /// The dates in a sentence, for inboxes that show one.
    pub preheader: String,
}

#[derive(Debug, Serialize)]
pub struct ComingRow<'a> {
    pub id: &'a str,
    pub place: &'a str,
    pub region: Option<&'a str>,
    pub urls: Vec<&'a str>,
    pub apis: ApiCell<'a>,
    pub when: When,
}

impl<'a> Scope<'a, '_> {
    /// The rows of `rung` that concern the reader.
    pub(super) fn coming(&self, rung: &Rung<'_>) -> ComingView<'a> {
        let what = match rung.reminders.first().map(|reminder| reminder.coming) {
            Some(Coming::Brownout(_)) => "brownout",
            Some(Coming::Cutoff) | None => "cutoff",
        };
        let title = self.language.say(&format!("event-{what}"));
        let mut rows: Vec<ComingRow<'a>> = Vec::new();
        for reminder in rung.reminders.iter().filter(|reminder| self.concerns(reminder.row)) {
            let schedule = &self.notice.schedule;
            let Some((id, row)) = schedule.rows.get_key_value(reminder.row) else { continue };
            let date = match reminder.coming {
                Coming::Cutoff => row.dates.cutoff.as_ref(),
                Coming::Brownout(id) => schedule.brownouts.get(id).map(|b| &b.start),
            };
            let Some(date) = date.filter(|_| rows.iter().all(|known| known.id != id.as_str()))
            else {
                continue;
            };
            let view = self.row_view(id, row);
            rows.push(ComingRow {
                id: view.id,
                place: view.place,
                region: view.region,
                urls: view.urls,
                apis: view.apis,
                when: self.when(date, row.zone),
            });
        }
        let mut when: Vec<When> = Vec::new();
        for row in &rows {
            if !when.contains(&row.when) {
                when.push(row.when.clone());
            }
        }
        let colon = self.language.say("colon");
        let dates: Vec<_> = when.iter().map(|when| when.text.as_str()).collect();
        let places: Vec<_> = rows.iter().map(|row| row.place).collect();
        let preheader =
            format!("{title}{colon} {} ({}).", dates.join(", "), self.language.list(&places));
        ComingView { what, title, when, rows, preheader }
    }
}
