//! The world after the cutoff, as far as samples reach into it: every host that the notice names
//! becomes a test endpoint of ours that is open.

use crate::notice::{
    EndpointId, HttpUrl, Notice, NoticePath, Program, Purpose, Rehearsal, TestEndpoint, TlsVersion,
    Workspace,
};
use anyhow::{Context, bail};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// What is served, and where clients are sent.
#[derive(Serialize, Deserialize)]
pub struct Scene {
    /// One program with one notice.
    pub workspace: Workspace,
    pub path: NoticePath,
    /// Each host, and a name below it.
    pub hosts: BTreeSet<String>,
    pub ports: BTreeSet<u16>,
    /// Where a client that is not ready is turned away: the first test endpoint that enforces.
    pub url: HttpUrl,
    pub minimum: TlsVersion,
    pub maximum: TlsVersion,
    /// How long a program may take.
    pub patience: Duration,
}

impl Scene {
    pub fn new(program: &Program, notice: &Notice, patience: Duration) -> anyhow::Result<Self> {
        let path = NoticePath { program: program.id.clone(), notice: notice.id.clone() };
        let mut endpoints: IndexMap<EndpointId, TestEndpoint> = IndexMap::new();
        for (id, declared) in &notice.test_endpoints {
            let rehearsal = declared.rehearsal.clone().unwrap_or_else(|| accepting(declared));
            if declared.url.scheme() == "https" && notice.rehearsed_versions(&rehearsal).is_some() {
                endpoints.insert(id.clone(), opened(declared.url.clone(), rehearsal));
            }
        }
        let is_known = |endpoints: &IndexMap<EndpointId, TestEndpoint>, url: &HttpUrl| {
            let place = (url.host(), url.port());
            endpoints.values().any(|known| (known.url.host(), known.url.port()) == place)
        };
        let default = Rehearsal::default();
        for url in environments(program, notice) {
            let is_new = url.scheme() == "https" && !is_known(&endpoints, url);
            if is_new && notice.rehearsed_versions(&default).is_some() {
                let id = format!("environment-{}", endpoints.len());
                endpoints.insert(id.parse()?, opened(url.clone(), default.clone()));
            }
        }
        let enforcing = endpoints.values().find_map(|endpoint| {
            let rehearsal = endpoint.rehearsal.as_ref()?;
            let versions = notice.rehearsed_versions(rehearsal)?;
            (rehearsal.purpose == Purpose::Enforce).then(|| (endpoint.url.clone(), versions))
        });
        let Some((url, (minimum, maximum))) = enforcing else {
            bail!(
                "`{path}` does not say which versions of TLS are taken after the cutoff: name them \
                 in `needs`, or declare `rehearsal: {{minimum: TLS 1.2}}` at a test endpoint"
            );
        };
        let hosts = endpoints.values().map(|endpoint| endpoint.url.host().to_owned()).collect();
        let ports = endpoints.values().map(|endpoint| endpoint.url.port()).collect();
        let notice = Notice { test_endpoints: endpoints, ..notice.clone() };
        let notices = [(notice.id.clone(), notice)].into_iter().collect();
        let program = Program { notices, ..program.clone() };
        let programs = [(program.id.clone(), program)].into_iter().collect();
        let workspace = Workspace { programs };
        Ok(Self { workspace, path, hosts, ports, url, minimum, maximum, patience })
    }

    pub fn notice(&self) -> anyhow::Result<&Notice> {
        let found = self.workspace.notice(&self.path).map(|(_, notice)| notice);
        found.context("the scene was written without its notice")
    }

    /// The newest version that is turned away; none where every version is taken.
    pub fn unready(&self) -> Option<TlsVersion> {
        let older = TlsVersion::ALL.into_iter().rev().find(|version| *version < self.minimum);
        older.filter(|version| *version != TlsVersion::Ssl3)
    }
}

fn opened(url: HttpUrl, rehearsal: Rehearsal) -> TestEndpoint {
    TestEndpoint {
        url,
        text: None,
        accepts: Vec::new(),
        opens: None,
        closes: None,
        caveats: Vec::new(),
        rehearsal: Some(rehearsal),
    }
}

/// What an endpoint that somebody else runs is said to take.
fn accepting(declared: &TestEndpoint) -> Rehearsal {
    let named: BTreeSet<_> =
        declared.accepts.iter().flat_map(|text| TlsVersion::named_in(text)).collect();
    let (minimum, maximum) = (named.first().copied(), named.last().copied());
    Rehearsal { minimum, maximum, ..Rehearsal::default() }
}

/// The addresses that its rows speak of.
fn environments<'p>(program: &'p Program, notice: &'p Notice) -> impl Iterator<Item = &'p HttpUrl> {
    notice.schedule.rows.values().flat_map(|row| {
        let environment = program.catalogue.environments.get(&row.environment);
        row.urls.iter().filter_map(move |id| environment?.urls.get(id))
    })
}
