//! The texts of a translated notice, each with its path.

use super::tree::{Step, steps};
use crate::notice::{NoticeTexts, Text};

/// Those in which dates may be named.
pub fn texts(notice: &NoticeTexts) -> Vec<(Vec<Step>, &Text)> {
    let mut all = Texts::default();
    all.push(&steps!["summary"], &notice.summary);
    all.push(&steps!["affected"], &notice.affected);
    all.push(&steps!["audience", "text"], &notice.audience.text);
    all.push(&steps!["contact", "text"], &notice.contact.text);
    all.push(&steps!["unaffected", "text"], &notice.unaffected.text);
    all.push(&steps!["behind", "provider", "text"], &notice.behind.provider.text);
    all.push(&steps!["channels", "post", "excerpt"], &notice.channels.post.excerpt);
    for (n, regulation) in said(&notice.behind.regulations) {
        all.push(&steps!["behind", "regulations", n, "text"], &regulation.text);
    }
    for (n, step) in said(&notice.steps) {
        all.push(&steps!["steps", n, "text"], &step.text);
    }
    for (n, check) in said(&notice.checks) {
        all.push(&steps!["checks", n, "text"], &check.text);
        all.push(&steps!["checks", n, "passes"], &check.passes);
        all.push(&steps!["checks", n, "fails"], &check.fails);
    }
    for (n, question) in said(&notice.questions) {
        all.push(&steps!["questions", n, "answer"], &question.answer);
    }
    for (id, endpoint) in &notice.test_endpoints {
        let at = steps!["test_endpoints", id.as_str()];
        all.push(&[&at[..], &steps!["text"]].concat(), &endpoint.text);
        for (n, caveat) in endpoint.caveats.iter().enumerate() {
            all.push(&[&at[..], &steps!["caveats", n]].concat(), caveat);
        }
    }
    let schedule = &notice.schedule;
    all.push(&steps!["schedule", "text"], &schedule.text);
    for (id, row) in &schedule.rows {
        let at = steps!["schedule", "rows", id.as_str()];
        all.push(&[&at[..], &steps!["note"]].concat(), &row.note);
        all.push(&[&at[..], &steps!["opt_out", "text"]].concat(), &row.opt_out.text);
    }
    for (id, brownout) in &schedule.brownouts {
        all.push(&steps!["schedule", "brownouts", id.as_str(), "note"], &brownout.note);
    }
    for (n, amendment) in said(&notice.amendments) {
        all.push(&steps!["amendments", n, "reason"], &amendment.reason);
    }
    all.0
}

#[derive(Default)]
struct Texts<'n>(Vec<(Vec<Step>, &'n Text)>);

impl<'n> Texts<'n> {
    fn push(&mut self, at: &[Step], text: &'n Option<Text>) {
        self.0.extend(text.as_ref().map(|text| (at.to_vec(), text)));
    }
}

/// The entries of a list that say something, with their places.
fn said<T>(list: &[Option<T>]) -> impl Iterator<Item = (usize, &T)> {
    list.iter().enumerate().filter_map(|(n, entry)| Some((n, entry.as_ref()?)))
}
