//! What somebody may have meant who asked for a name that nothing has.

use super::index::Index;
use super::query::Query;
use crate::notice::Workspace;
use std::collections::{BTreeMap, BTreeSet};

/// Below this likeness a guess confuses more than it helps.
const ALIKE: f64 = 0.8;

/// Names compared for one guess, which takes about a millisecond.
const MOST_COMPARED: usize = 4_000;

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
        let names = &self.names;
        let hosts = &names.hosts;
        let unknown = [
            query.program.as_ref().and_then(|id| {
                let is_known = self.workspace().programs.contains_key(id);
                (!is_known).then(|| ("program", names.programs.nearest(id.as_str())))
            }),
            query.environment.as_ref().and_then(|id| {
                let is_known = programs().any(|p| p.catalogue.environments.contains_key(id));
                (!is_known).then(|| ("environment", names.environments.nearest(id.as_str())))
            }),
            query.api.as_ref().and_then(|id| {
                let is_known = programs().any(|p| p.catalogue.apis.contains_key(id));
                (!is_known).then(|| ("api", names.apis.nearest(id.as_str())))
            }),
            query.group.as_ref().and_then(|id| {
                let is_known = programs().any(|p| p.catalogue.groups.contains_key(id));
                (!is_known).then(|| ("group", names.groups.nearest(id.as_str())))
            }),
            query.notice.as_ref().and_then(|id| {
                let is_known = programs().any(|p| p.notices.contains_key(id));
                (!is_known).then(|| ("notice", names.notices.nearest(id.as_str())))
            }),
            query.url.as_ref().and_then(|url| {
                let is_known = hosts.has(url.host());
                (!is_known).then(|| ("url", hosts.nearest(url.host())))
            }),
        ];
        unknown.into_iter().flatten().collect()
    }
}

impl Index {
    /// APIs by name, with their titles; the first 500 of them.
    pub fn offered_apis(&self) -> &[(String, String)] {
        &self.names.offered_apis
    }

    /// Hosts that catalogues declare; the first 500 of them.
    pub fn offered_hosts(&self) -> &[String] {
        &self.names.offered_hosts
    }
}

/// More suggestions than this only make a page heavy.
const MOST_OFFERED: usize = 500;

/// What everything in a workspace is called.
#[derive(Default)]
pub(super) struct Names {
    /// The first of them, for a list to choose from.
    offered_apis: Vec<(String, String)>,
    offered_hosts: Vec<String>,
    programs: Known,
    environments: Known,
    apis: Known,
    groups: Known,
    notices: Known,
    hosts: Known,
}

/// Names in lower case, in order, each with the name it stands for.
#[derive(Default)]
struct Known(Vec<(Box<str>, Box<str>)>);

impl Names {
    pub(super) fn of(workspace: &Workspace) -> Self {
        let programs = || workspace.programs.values();
        let catalogues = || programs().map(|program| &program.catalogue);
        let environments = || catalogues().flat_map(|c| &c.environments);
        let hosts = || environments().flat_map(|(_, environment)| environment.urls.values());
        let apis =
            || catalogues().flat_map(|c| &c.apis).map(|(id, api)| (id.as_str(), &*api.title));
        let distinct: BTreeMap<_, _> = apis().collect();
        let offered = distinct.into_iter().take(MOST_OFFERED);
        let distinct: BTreeSet<_> = hosts().map(|url| url.host()).collect();
        let offered_hosts = distinct.into_iter().take(MOST_OFFERED).map(str::to_owned);
        Self {
            offered_apis: offered.map(|(id, title)| (id.to_owned(), title.to_owned())).collect(),
            offered_hosts: offered_hosts.collect(),
            programs: Known::of(programs().map(|p| (p.id.as_str(), p.settings.title.as_str()))),
            environments: Known::of(environments().map(|(id, e)| (id.as_str(), &*e.title))),
            apis: Known::of(apis()),
            groups: Known::of(
                catalogues().flat_map(|c| &c.groups).map(|(id, g)| (id.as_str(), &*g.title)),
            ),
            notices: Known::of(
                programs().flat_map(|p| &p.notices).map(|(id, n)| (id.as_str(), &*n.title)),
            ),
            hosts: Known::of(hosts().map(|url| (url.host(), url.host()))),
        }
    }
}

impl Known {
    /// Titles lead to names, too: they are what tables show.
    fn of<'k>(names: impl Iterator<Item = (&'k str, &'k str)>) -> Self {
        let both = names.flat_map(|(name, title)| [(name, name), (title, name)]);
        let mut known: Vec<(Box<str>, Box<str>)> =
            both.map(|(called, name)| (called.to_lowercase().into(), name.into())).collect();
        known.sort_unstable();
        known.dedup();
        known.shrink_to_fit();
        Self(known)
    }

    /// Whether something has this name, which is in lower case.
    fn has(&self, name: &str) -> bool {
        self.0.binary_search_by(|(called, _)| called.as_ref().cmp(name)).is_ok()
    }

    /// The name most like `asked`. Case is ignored: wire names are often remembered
    /// without it. What begins alike is most alike, so that of very many names those
    /// around its own place are looked at.
    fn nearest(&self, asked: &str) -> Option<String> {
        let lower = asked.to_lowercase();
        let place = self.0.partition_point(|(called, _)| **called < *lower);
        let first = place.saturating_sub(MOST_COMPARED / 2);
        let compared = self.0[first..].iter().take(MOST_COMPARED);
        let mut best = (ALIKE, None);
        for (called, name) in compared {
            let likeness = strsim::jaro_winkler(&lower, called);
            if likeness > best.0 {
                best = (likeness, Some(name));
            }
        }
        best.1.map(|name| name.to_string())
    }
}
