//! Checks the dates that texts name.

use super::problem::{Code, Problem, suggestion};
use super::tree::{Step, Tree, steps};
use super::written::{DeclaredNotice, DeclaredRow, DeclaredSchedule};
use crate::notice::{DATE_NAMES, Dates, RowId, Text, placeholders};
use indexmap::IndexMap;

/// The dates that the texts of one notice, in whatever language, may name.
#[derive(Debug)]
pub struct NamedDates {
    general: Named,
    /// With what they inherit; those with problems of their own too.
    rows: IndexMap<RowId, Named>,
    /// All that are written, those that cannot be read included.
    row_names: Vec<String>,
}

#[derive(Debug)]
struct Named {
    dates: Dates,
    /// The keys beside them. A date that is there but wrong has its own problem.
    written: Vec<String>,
}

impl NamedDates {
    pub fn of(schedule: &DeclaredSchedule, tree: &Tree) -> Self {
        let general = schedule.general();
        let keys = |at: &[Step]| -> Vec<String> {
            tree.keys(at).into_iter().map(ToOwned::to_owned).collect()
        };
        let shared = keys(&steps!["schedule"]);
        let named = |(id, row): (&RowId, &DeclaredRow)| {
            let mut written = keys(&steps!["schedule", "rows", id.as_str()]);
            written.extend(shared.iter().cloned());
            (id.clone(), Named { dates: row.dates(&general), written })
        };
        let rows = schedule.rows.iter().map(named).collect();
        let row_names = keys(&steps!["schedule", "rows"]);
        Self { rows, row_names, general: Named { dates: general, written: shared } }
    }

    /// Reports what each text, at its path in `tree`, names and nobody declared.
    pub fn check(&self, tree: &Tree, texts: &[(Vec<Step>, &Text)], problems: &mut Vec<Problem>) {
        for (at, text) in texts {
            for placeholder in placeholders(&text.0) {
                let written = &text.0[placeholder.range.clone()];
                let wrong = match placeholder.row {
                    None => self.general.unresolved(placeholder.name),
                    Some(row) => match self.rows.get(row) {
                        None => {
                            let rows = self.row_names.iter().map(String::as_str);
                            Some((format!("there is no row `{row}`"), suggestion(row, rows)))
                        }
                        Some(named) => named.unresolved(placeholder.name),
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

impl Named {
    fn unresolved(&self, name: &str) -> Option<(String, Option<String>)> {
        let is_written = self.written.iter().any(|key| key == name);
        if is_written && DATE_NAMES.contains(&name) {
            return None;
        }
        unresolved(&self.dates, name)
    }
}

/// Dates are filled into texts, and into nothing else: a name in braces anywhere
/// else would go out as it stands. So would one whose braces are not closed.
pub fn check_literals(tree: &Tree, notice: &DeclaredNotice, problems: &mut Vec<Problem>) {
    for (at, literal) in literals(notice) {
        for placeholder in placeholders(literal) {
            if !DATE_NAMES.contains(&placeholder.name) {
                continue;
            }
            let written = &literal[placeholder.range.clone()];
            problems.push(
                Problem::error(
                    Code::UnresolvedPlaceholder,
                    tree.place_of_text(&at, written),
                    format!("`{written}` is not filled in here, and would be read as it stands"),
                )
                .help("dates are filled into texts such as `summary`; here, leave it out"),
            );
        }
    }
    for (at, text) in texts(notice) {
        for name in DATE_NAMES {
            for (start, _) in text.0.match_indices(&format!("{name}}}")) {
                let opened = text.0[..start].rfind("{{");
                let after = &text.0[start + name.len()..];
                let is_name = opened.is_some_and(|open| {
                    text.0[open + 2..start]
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || " .-_".contains(c))
                });
                if is_name && !after.starts_with("}}") {
                    let open = opened.unwrap_or(start);
                    let written = &text.0[open..start + name.len() + 1];
                    problems.push(
                        Problem::error(
                            Code::UnresolvedPlaceholder,
                            tree.place_of_text(&at, written),
                            format!("`{written}` is not closed"),
                        )
                        .help(format!("write `{written}}}`")),
                    );
                }
            }
        }
    }
}

/// What is shown to the letter.
fn literals(notice: &DeclaredNotice) -> Vec<(Vec<Step>, &str)> {
    let mut all = vec![(steps!["title"].to_vec(), notice.title.as_str())];
    let lists = [("ends", &notice.ends), ("needs", &notice.needs)];
    for (key, list) in lists {
        all.extend(
            list.iter().enumerate().map(|(n, text)| (steps![key, n].to_vec(), text.as_str())),
        );
    }
    for (n, error) in notice.errors.iter().enumerate() {
        all.push((steps!["errors", n, "text"].to_vec(), &error.text));
    }
    for (n, question) in notice.questions.iter().enumerate() {
        all.push((steps!["questions", n, "question"].to_vec(), &question.question));
    }
    if let Some(subject) = notice.channels.mail.as_ref().and_then(|mail| mail.subject.as_ref()) {
        all.push((steps!["channels", "mail", "subject"].to_vec(), subject));
    }
    all
}

fn unresolved(dates: &Dates, name: &str) -> Option<(String, Option<String>)> {
    match dates.named().iter().find(|(known, _)| *known == name) {
        None => {
            let why = format!("`{name}` is not a date that a schedule has");
            let help = suggestion(name, DATE_NAMES).map(|help| match help.starts_with("known") {
                true => format!("{help}; of one row: {{{{ROW.cutoff}}}}"),
                false => help,
            });
            Some((why, help))
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
