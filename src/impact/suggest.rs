//! What somebody may have meant who asked for a name that nothing has.

use super::index::Index;
use super::query::Query;

/// Below this likeness a guess confuses more than it helps.
const ALIKE: f64 = 0.8;

impl Index {
    /// For each filter of `query` whose name does not exist anywhere, the
    /// existing name most like it, where there is one.
    pub fn did_you_mean(&self, query: &Query) -> Vec<(&'static str, String)> {
        let programs = || self.workspace().programs.values();
        let catalogues = || programs().map(|program| &program.catalogue);
        let guesses = [
            query.program.as_ref().and_then(|id| {
                nearest("program", id.as_str(), programs().map(|program| program.id.as_str()))
            }),
            query.environment.as_ref().and_then(|id| {
                let known = catalogues().flat_map(|c| c.environments.keys());
                nearest("environment", id.as_str(), known.map(|id| id.as_str()))
            }),
            query.api.as_ref().and_then(|id| {
                let known = catalogues().flat_map(|c| c.apis.keys());
                nearest("api", id.as_str(), known.map(|id| id.as_str()))
            }),
            query.group.as_ref().and_then(|id| {
                let known = catalogues().flat_map(|c| c.groups.keys());
                nearest("group", id.as_str(), known.map(|id| id.as_str()))
            }),
            query.notice.as_ref().and_then(|id| {
                let known = programs().flat_map(|program| program.notices.keys());
                nearest("notice", id.as_str(), known.map(|id| id.as_str()))
            }),
            query.url.as_ref().and_then(|url| {
                let environments = catalogues().flat_map(|c| c.environments.values());
                let known = environments.flat_map(|environment| environment.urls.values());
                nearest("url", url.host(), known.map(|url| url.host()))
            }),
        ];
        guesses.into_iter().flatten().collect()
    }
}

/// Case is ignored when comparing: wire names are often remembered without it.
fn nearest<'k>(
    filter: &'static str,
    asked: &str,
    known: impl Iterator<Item = &'k str>,
) -> Option<(&'static str, String)> {
    let lower = asked.to_lowercase();
    let mut best = (ALIKE, None);
    for name in known {
        if name == asked {
            return None;
        }
        let likeness = strsim::jaro_winkler(&lower, &name.to_lowercase());
        if likeness > best.0 {
            best = (likeness, Some(name));
        }
    }
    best.1.map(|name| (filter, name.to_owned()))
}
