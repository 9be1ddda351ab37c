//! What must be asked to know whether the world is as declared: URLs that a notice about TLS
//! covers, and operations that a notice ends and that anybody can ask for.

use super::covering::covering;
use super::operations::operations_of;
use crate::notice::{EnvironmentId, HttpUrl, Operation, Program, UrlId};
use crate::schedule::Instant;
use serde::{Deserialize, Serialize};

/// One thing to ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    pub environment: EnvironmentId,
    pub url_id: UrlId,
    /// What is asked: the URL, or the operation's place below it.
    pub url: HttpUrl,
    /// The operation whose fate is asked after; None where it is which versions of TLS the URL
    /// accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
}

impl Target {
    /// A URL of an environment, to be asked which versions of TLS it accepts.
    pub fn url(program: &Program, environment: &EnvironmentId, url_id: &UrlId) -> Option<Self> {
        let url = program.catalogue.environments.get(environment)?.urls.get(url_id)?.clone();
        let (environment, url_id) = (environment.clone(), url_id.clone());
        Some(Self { environment, url_id, url, operation: None })
    }
}

/// Everything that the notices of a program make worth asking, in the order of its catalogue.
pub fn targets(program: &Program) -> Vec<Target> {
    let mut all = Vec::new();
    for (environment, declared) in &program.catalogue.environments {
        for url_id in declared.urls.keys() {
            let of_tls = covering(program, environment, url_id)
                .any(|row| row.notice.tls_change() != Default::default());
            let url = Target::url(program, environment, url_id);
            all.extend(url.filter(|url| of_tls && url.url.scheme() == "https"));
            all.extend(operations_of(program, environment, url_id));
        }
    }
    all
}

/// Those that `serve` keeps an eye on: none where the program declares no watch.
pub fn watched(program: &Program) -> Vec<Target> {
    let Some(watch) = &program.settings.watch else { return Vec::new() };
    let mut all = targets(program);
    all.retain(|target| !watch.except.contains(&target.environment));
    all
}

/// The first moment after `at` at which another answer may be demanded of a target, its servers
/// given time to settle; None where nothing changes any more.
pub fn next_look(program: &Program, target: &Target, at: Instant) -> Option<Instant> {
    let rows = covering(program, &target.environment, &target.url_id);
    rows.filter_map(|row| row.next_settled(at)).min()
}
