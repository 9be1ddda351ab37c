//! Which requests an operation is: a method, and a path with places for values in it.

use crate::notice::{Api, ApiId, Catalogue, EnvironmentId, HttpUrl, Operation, Target};
use percent_encoding::percent_decode_str;

/// Requests, by method and path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// All of them where there is none.
    pub method: Option<String>,
    /// Without percent-encoding. Of an operation `{name}` stands for one segment.
    pub path: String,
    /// Whether everything below the path is meant, too.
    pub below: bool,
}

impl Pattern {
    /// Or why no gateway could tell it.
    fn operation(base: &HttpUrl, operation: &Operation) -> Result<Self, String> {
        let path = format!("{}{}", base.path().trim_end_matches('/'), operation.path());
        if path.len() > MAX_PATH_BYTES {
            return Err(format!("its path is longer than {MAX_PATH_BYTES} bytes"));
        }
        if path.contains(['?', '#']) {
            return Err(format!("`{operation}`: a query is no part of a path"));
        }
        let method = Some(operation.method().to_owned());
        let own = Self { method, path: decoded(&path), below: false };
        let is_mixed = |segment: &str| segment.contains(['{', '}', '*']);
        let has_mixed = own.segments().flatten().any(is_mixed);
        if has_mixed {
            return Err(format!("`{operation}`: only a whole segment can stand for a value"));
        }
        Ok(own)
    }

    fn below(path: &str) -> Self {
        Self { method: None, path: decoded(path), below: true }
    }

    /// The segments of the path; none for a place where any value may stand.
    pub fn segments(&self) -> impl Iterator<Item = Option<&str>> {
        let path = self.path.trim_start_matches('/').trim_end_matches(match self.below {
            true => '/',
            false => '\0',
        });
        path.split('/').map(|segment| {
            let is_place = segment.len() > 2 && segment.starts_with('{') && segment.ends_with('}');
            (!is_place).then_some(segment)
        })
    }

    /// Narrower ones first: a request is what the first that fits says.
    pub fn breadth(&self) -> impl Ord + use<> {
        let places = self.segments().filter(Option::is_none).count();
        (self.below, places, usize::MAX - self.path.len(), self.method.is_none())
    }

    /// Whether it is one of the requests of a path and everything below.
    pub fn is_under(&self, broad: &Self) -> bool {
        let root = broad.path.trim_end_matches('/');
        let rest = self.path.strip_prefix(root);
        broad.below && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// nginx reads no word of 4,096 bytes, and an escaped path is up to twice as long.
const MAX_PATH_BYTES: usize = 1_000;

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// The requests that a target is at `url`, each, or why it cannot be told.
pub fn patterns(
    catalogue: &Catalogue,
    environment: &EnvironmentId,
    url: &HttpUrl,
    target: &Target,
) -> Vec<Result<Pattern, String>> {
    if let Some(operation) = &target.operation {
        return vec![Pattern::operation(url, operation)];
    }
    let id = &target.api;
    let Some(api) = catalogue.apis.get(id) else { return Vec::new() };
    if !target.versions.is_empty() && target.versions.len() < api.versions.len() {
        let versions = target.versions.join(", ");
        return vec![Err(format!(
            "nothing in a request tells {versions} of `{id}` from its other versions: name operations"
        ))];
    }
    if !api.operations.is_empty() {
        return api.operations.iter().map(|own| Pattern::operation(url, own)).collect();
    }
    let is_here = |own: &&HttpUrl| (own.host(), own.port()) == (url.host(), url.port());
    let own = api.urls.iter().filter(is_here).map(|own| Ok(Pattern::below(own.path())));
    let own: Vec<_> = own.collect();
    if !own.is_empty() {
        return own;
    }
    vec![match is_alone(catalogue, environment, id) {
        true => Ok(Pattern::below(url.path())),
        false => Err(format!(
            "nothing in a request tells `{id}` from other APIs: declare its operations"
        )),
    }]
}

/// Whether nothing else answers in the environment.
fn is_alone(catalogue: &Catalogue, environment: &EnvironmentId, id: &ApiId) -> bool {
    let is_here = |api: &Api| api.available.is_empty() || api.available.contains(environment);
    catalogue.apis.iter().all(|(other, api)| other == id || !is_here(api))
}
