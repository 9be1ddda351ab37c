//! What somebody may have meant who asked for a name that nothing has.

use super::index::Index;
use super::query::Query;

/// Below this likeness a guess confuses more than it helps.
const ALIKE: f64 = 0.8;

impl Index {
    /// For each filter of `query` whose name does not exist anywhere, the
    /// existing name most like it, where there is one.
    pub fn did_you_mean(&self, query: &Query) -> Vec<(&'static str, String)> {
        let unknown = self.unknown_names(query).into_iter();
        unknown.filter_map(|(filter, guess)| guess.map(|guess| (filter, guess))).collect()
    }

    /// The filters of `query` whose name does not exist anywhere, and what each may
    /// have meant. Titles are known too, because they are what tables show.
    pub fn unknown_names(&self, query: &Query) -> Vec<(&'static str, Option<String>)> {
        let programs = || self.workspace().programs.values();
        let catalogues = || programs().map(|program| &program.catalogue);
        let unknown = [
            query.program.as_ref().and_then(|asked| {
                let known = programs().map(|p| (p.id.as_str(), p.settings.title.as_str()));
                nearest("program", asked.as_str(), known)
            }),
            query.environment.as_ref().and_then(|asked| {
                let known = catalogues().flat_map(|c| &c.environments);
                let known = known.map(|(id, environment)| (id.as_str(), &*environment.title));
                nearest("environment", asked.as_str(), known)
            }),
            query.api.as_ref().and_then(|asked| {
                let known = catalogues().flat_map(|c| &c.apis);
                nearest("api", asked.as_str(), known.map(|(id, api)| (id.as_str(), &*api.title)))
            }),
            query.group.as_ref().and_then(|asked| {
                let known = catalogues().flat_map(|c| &c.groups);
                let known = known.map(|(id, group)| (id.as_str(), &*group.title));
                nearest("group", asked.as_str(), known)
            }),
            query.notice.as_ref().and_then(|asked| {
                let known = programs().flat_map(|program| &program.notices);
                let known = known.map(|(id, notice)| (id.as_str(), &*notice.title));
                nearest("notice", asked.as_str(), known)
            }),
            query.url.as_ref().and_then(|url| {
                let environments = catalogues().flat_map(|c| c.environments.values());
                let known = environments.flat_map(|environment| environment.urls.values());
                nearest("url", url.host(), known.map(|url| (url.host(), url.host())))
            }),
        ];
        unknown.into_iter().flatten().collect()
    }
}

/// Nothing where `asked` is known by its name. Case is ignored when comparing: wire
/// names are often remembered without it.
fn nearest<'k>(
    filter: &'static str,
    asked: &str,
    known: impl Iterator<Item = (&'k str, &'k str)>,
) -> Option<(&'static str, Option<String>)> {
    let lower = asked.to_lowercase();
    let mut best = (ALIKE, None);
    for (name, title) in known {
        if name == asked {
            return None;
        }
        let likeness = |known: &str| strsim::jaro_winkler(&lower, &known.to_lowercase());
        let likeness = likeness(name).max(likeness(title));
        if likeness > best.0 {
            best = (likeness, Some(name));
        }
    }
    Some((filter, best.1.map(str::to_owned)))
}
