//! What must be asked to know whether the world is as declared: URLs that a notice about TLS
//! covers, and operations that a notice ends and that anybody can ask for.

use super::covering::covering;
use super::operations::operations_of;
use crate::notice::{EnvironmentId, Program, UrlId, WatchTarget};
use crate::schedule::Instant;

impl WatchTarget {
    /// A URL of an environment, to be asked which versions of TLS it accepts.
    pub fn url(program: &Program, environment: &EnvironmentId, url_id: &UrlId) -> Option<Self> {
        let url = program.catalogue.environments.get(environment)?.urls.get(url_id)?.clone();
        let (environment, url_id) = (environment.clone(), url_id.clone());
        Some(Self { environment, url_id, url, operation: None })
    }
}

/// Everything that the notices of a program make worth asking, in the order of its catalogue.
pub fn targets(program: &Program) -> Vec<WatchTarget> {
    let mut all = Vec::new();
    for (environment, declared) in &program.catalogue.environments {
        for url_id in declared.urls.keys() {
            let of_tls = covering(program, environment, url_id)
                .any(|row| row.notice.tls_change() != Default::default());
            let url = WatchTarget::url(program, environment, url_id);
            all.extend(url.filter(|url| of_tls && url.url.scheme() == "https"));
            all.extend(operations_of(program, environment, url_id));
        }
    }
    all
}

/// Those that `serve` keeps an eye on: none where the program declares no watch.
pub fn watched(program: &Program) -> Vec<WatchTarget> {
    let Some(watch) = &program.settings.watch else { return Vec::new() };
    let mut all = targets(program);
    all.retain(|target| !watch.except.contains(&target.environment));
    all
}

/// The first moment after `at` at which another answer may be demanded of a target, its servers
/// given time to settle; None where nothing changes any more.
pub fn next_look(program: &Program, target: &WatchTarget, at: Instant) -> Option<Instant> {
    let rows = covering(program, &target.environment, &target.url_id);
    rows.filter_map(|row| row.next_settled(at)).min()
}
