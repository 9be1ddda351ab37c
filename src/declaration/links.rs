//! The web addresses that notices send their readers to.

use super::problem::Place;
use super::reader::{Read, read};
use super::source::ProgramSource;
use super::tree::{Step, steps};
use super::written::DeclaredNotice;
use crate::notice::HttpUrl;

/// Every such address with its place, each once. Addresses of environments are
/// not among them: what those answer is for a probe to say.
pub fn links(programs: &[ProgramSource]) -> Vec<(HttpUrl, Place)> {
    let mut found: Vec<(HttpUrl, Place)> = Vec::new();
    for (_, file) in programs.iter().flat_map(|program| &program.notices) {
        // Problems of the file are reported by `check`.
        let read = read::<DeclaredNotice>(file, &mut Vec::new());
        let Some(Read { tree, form: Some(notice) }) = read else { continue };
        for (at, url) in of_notice(&notice) {
            if !found.iter().any(|(known, _)| known == url) {
                found.push((url.clone(), tree.place(&at)));
            }
        }
    }
    found
}

fn of_notice(notice: &DeclaredNotice) -> Vec<(Vec<Step>, &HttpUrl)> {
    let mut all = Vec::new();
    let mut push = |at: &[Step], url: Option<_>| all.extend(url.map(|url| (at.to_vec(), url)));
    for (n, link) in notice.references.iter().enumerate() {
        push(&steps!["references", n, "url"], Some(&link.url));
    }
    for (n, check) in notice.checks.iter().enumerate() {
        push(&steps!["checks", n, "link", "url"], check.link.as_ref().map(|link| &link.url));
    }
    if let Some(provider) = &notice.behind.provider {
        push(&steps!["behind", "provider", "url"], provider.url.as_ref());
    }
    for (n, regulation) in notice.behind.regulations.iter().enumerate() {
        push(&steps!["behind", "regulations", n, "url"], regulation.url.as_ref());
    }
    if let Some(contact) = &notice.contact {
        push(&steps!["contact", "url"], contact.url.as_ref());
    }
    all
}
