//! Checks the dates that texts name.

use super::problem::{Code, Problem, suggestion};
use super::tree::{Step, Tree, steps};
use super::written::{DeclaredNotice, DeclaredSchedule};
use crate::notice::{DATE_NAMES, Dates, RowId, Text, placeholders};
use indexmap::IndexMap;

/// The dates that the texts of one notice, in whatever language, may name.
#[derive(Debug)]
pub struct NamedDates {
    general: Dates,
    /// With what they inherit; those with problems of their own too.
    rows: IndexMap<RowId, Dates>,
}

impl NamedDates {
    pub fn of(schedule: &DeclaredSchedule) -> Self {
        let general = schedule.general();
        let rows = schedule.rows.iter().map(|(id, row)| (id.clone(), row.dates(&general)));
        Self { rows: rows.collect(), general }
    }

    /// Reports what each text, at its path in `tree`, names and nobody declared.
    pub fn check(&self, tree: &Tree, texts: &[(Vec<Step>, &Text)], problems: &mut Vec<Problem>) {
        for (at, text) in texts {
            for placeholder in placeholders(&text.0) {
                let written = &text.0[placeholder.range.clone()];
                let wrong = match placeholder.row {
                    None => unresolved(&self.general, placeholder.name),
                    Some(row) => match self.rows.get(row) {
                        None => {
                            let rows = self.rows.keys().map(RowId::as_str);
                            Some((format!("there is no row `{row}`"), suggestion(row, rows)))
                        }
                        Some(dates) => unresolved(dates, placeholder.name),
                    },
                };
                if let Some((why, help)) = wrong {
                    let place = tree.place_of_text(at, written);
                    let message = format!("`{written}` names no declared date: {why}");
                    let problem = Problem::error(Code::UnresolvedPlaceholder, place, message);
                    problems.push(problem.help_opt(help));
                }
            }
        }
    }
}

fn unresolved(dates: &Dates, name: &str) -> Option<(String, Option<String>)> {
    match dates.named().iter().find(|(known, _)| *known == name) {
        None => {
            let why = format!("`{name}` is not a date that a schedule has");
            Some((why, suggestion(name, DATE_NAMES)))
        }
        Some((_, None)) => {
            let help = format!("declare `{name}`, or name a row's date: {{{{ROW.{name}}}}}");
            Some((format!("no `{name}` is declared for it"), Some(help)))
        }
        Some((_, Some(_))) => None,
    }
}

/// Every text of a notice with its path. Samples are code and not among them.
pub fn texts(notice: &DeclaredNotice) -> Vec<(Vec<Step>, &Text)> {
    let mut all = story(notice);
    all.extend(schedule(notice));
    all
}

fn story(notice: &DeclaredNotice) -> Vec<(Vec<Step>, &Text)> {
    let mut all = Vec::new();
    let mut push = |at: &[Step], text: Option<_>| all.extend(text.map(|t| (at.to_vec(), t)));
    push(&steps!["summary"], Some(&notice.summary));
    push(&steps!["affected"], notice.affected.as_ref());
    push(&steps!["audience", "text"], notice.audience.text.as_ref());
    for (n, step) in notice.steps.iter().enumerate() {
        push(&steps!["steps", n, "text"], Some(&step.text));
    }
    for (n, check) in notice.checks.iter().enumerate() {
        push(&steps!["checks", n, "text"], check.text.as_ref());
        push(&steps!["checks", n, "passes"], check.passes.as_ref());
        push(&steps!["checks", n, "fails"], check.fails.as_ref());
    }
    for (n, question) in notice.questions.iter().enumerate() {
        push(&steps!["questions", n, "answer"], Some(&question.answer));
    }
    if let Some(provider) = &notice.behind.provider {
        push(&steps!["behind", "provider", "text"], provider.text.as_ref());
    }
    for (n, regulation) in notice.behind.regulations.iter().enumerate() {
        push(&steps!["behind", "regulations", n, "text"], regulation.text.as_ref());
    }
    if let Some(contact) = &notice.contact {
        push(&steps!["contact", "text"], contact.text.as_ref());
    }
    if let Some(unaffected) = &notice.unaffected {
        push(&steps!["unaffected", "text"], unaffected.text.as_ref());
    }
    for (id, endpoint) in &notice.test_endpoints {
        push(&steps!["test_endpoints", id.as_str(), "text"], endpoint.text.as_ref());
        for (n, caveat) in endpoint.caveats.iter().enumerate() {
            push(&steps!["test_endpoints", id.as_str(), "caveats", n], Some(caveat));
        }
    }
    if let Some(post) = &notice.channels.post {
        push(&steps!["channels", "post", "excerpt"], post.excerpt.as_ref());
    }
    all
}

fn schedule(notice: &DeclaredNotice) -> Vec<(Vec<Step>, &Text)> {
    let mut all = Vec::new();
    let mut push = |at: &[Step], text: Option<_>| all.extend(text.map(|t| (at.to_vec(), t)));
    push(&steps!["schedule", "text"], notice.schedule.text.as_ref());
    for (id, row) in &notice.schedule.rows {
        push(&steps!["schedule", "rows", id.as_str(), "note"], row.note.as_ref());
        let opt_out = row.opt_out.as_ref().map(|opt_out| &opt_out.text);
        push(&steps!["schedule", "rows", id.as_str(), "opt_out", "text"], opt_out);
    }
    for (id, brownout) in &notice.schedule.brownouts {
        push(&steps!["schedule", "brownouts", id.as_str(), "note"], brownout.note.as_ref());
    }
    for (n, amendment) in notice.amendments.iter().enumerate() {
        push(&steps!["amendments", n, "reason"], amendment.reason.as_ref());
    }
    all
}
