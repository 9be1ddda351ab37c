//! The test endpoints of one publication, and how a client's is found among them.

use crate::notice::{
    EndpointId, EndpointPath, Notice, NoticePath, Program, Purpose, RehearsalAnswer, TestEndpoint,
};
use crate::schedule::{Bounds, Instant, bounds};
use crate::store::PublicationId;
use crate::tls::credentials::Credentials;
use crate::tls::engine::{Acceptor, Terms};
use crate::web::snapshot::Snapshot;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// One endpoint, ready to take clients.
pub struct Endpoint {
    pub path: EndpointPath,
    /// As it is declared.
    pub url: String,
    host: String,
    port: u16,
    pub purpose: Purpose,
    pub terms: Terms,
    /// None where OpenSSL does not take its terms, which was logged.
    pub acceptor: Option<Arc<Acceptor>>,
    pub answer: Option<RehearsalAnswer>,
    opens: Option<Bounds>,
    closes: Option<Bounds>,
}

/// Whether an endpoint is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    Open,
    /// It opens then, or nobody knows when.
    Early(Option<Instant>),
    Late,
}

impl Endpoint {
    /// A client may try it from the first moment that its opening may mean, and until the
    /// last that its closing may.
    pub fn opening(&self, now: Instant) -> Opening {
        if self.closes.is_some_and(|closes| closes.has_come(now)) {
            return Opening::Late;
        }
        match self.opens {
            Some(opens) if !opens.may_have_come(now) => Opening::Early(opens.earliest),
            _ => Opening::Open,
        }
    }

    fn is_open(&self, now: Instant) -> bool {
        self.opening(now) == Opening::Open
    }
}

/// Whose client it is.
#[derive(Clone, Default)]
pub struct Found {
    pub endpoint: Option<Arc<Endpoint>>,
    /// What stands before the endpoint's host in the name that was asked for.
    pub token: Option<String>,
}

/// All endpoints of a publication.
pub struct Board {
    /// None before anything is published.
    pub publication: Option<PublicationId>,
    endpoints: Vec<Arc<Endpoint>>,
    by_host: HashMap<String, Vec<Arc<Endpoint>>>,
}

impl Board {
    pub fn empty() -> Self {
        Self { publication: None, endpoints: Vec::new(), by_host: HashMap::new() }
    }

    pub fn build(snapshot: &Snapshot, credentials: &Credentials) -> Self {
        let mut acceptors = BTreeMap::new();
        let mut endpoints = Vec::new();
        for (program, notice) in snapshot.index.workspace().notices() {
            let declared = notice.test_endpoints.iter();
            endpoints.extend(declared.filter_map(|(id, endpoint)| {
                let made = endpoint_of((program, notice, id), endpoint, |terms, path| {
                    let known = acceptors.entry(terms.clone());
                    known.or_insert_with(|| acceptor(terms, credentials, path)).clone()
                });
                made.map(Arc::new)
            }));
        }
        let mut by_host = HashMap::<_, Vec<_>>::new();
        for endpoint in &endpoints {
            by_host.entry(endpoint.host.clone()).or_default().push(endpoint.clone());
        }
        Self { publication: Some(snapshot.id), endpoints, by_host }
    }

    pub fn len(&self) -> usize {
        self.endpoints.len()
    }

    /// By the name that a client asked for; who asked for none is known by the port alone, or
    /// by there being one endpoint alone.
    pub fn find(&self, name: Option<&str>, port: u16, now: Instant) -> Found {
        let Some(name) = name else {
            return Found { endpoint: self.unnamed(port, now), token: None };
        };
        let at = |host: &str| pick(self.by_host.get(host)?.iter(), port, now);
        if let Some(endpoint) = at(name) {
            return Found { endpoint: Some(endpoint), token: None };
        }
        let Some((token, host)) = name.split_once('.') else { return Found::default() };
        let endpoint = at(host);
        let token = endpoint.is_some().then(|| token.to_owned());
        Found { endpoint, token }
    }

    fn unnamed(&self, port: u16, now: Instant) -> Option<Arc<Endpoint>> {
        let at_port: Vec<_> = self.endpoints.iter().filter(|one| one.port == port).collect();
        let meant = match at_port.is_empty() {
            true => self.endpoints.iter().collect(),
            false => at_port,
        };
        // Those of one host are one endpoint to whoever goes there.
        let first = meant.first()?;
        let is_one = meant.iter().all(|other| other.host == first.host);
        is_one.then(|| pick(meant.into_iter(), port, now)).flatten()
    }
}

/// Of those at one host: at the port, and open; else the first that is declared.
fn pick<'e>(
    endpoints: impl Iterator<Item = &'e Arc<Endpoint>>,
    port: u16,
    now: Instant,
) -> Option<Arc<Endpoint>> {
    endpoints.min_by_key(|one| (one.port != port, !one.is_open(now))).cloned()
}

fn endpoint_of(
    (program, notice, id): (&Program, &Notice, &EndpointId),
    declared: &TestEndpoint,
    mut acceptor: impl FnMut(&Terms, &EndpointPath) -> Option<Arc<Acceptor>>,
) -> Option<Endpoint> {
    let rehearsal = declared.rehearsal.as_ref()?;
    let (minimum, maximum) = notice.rehearsed_versions(rehearsal)?;
    let takes_all = rehearsal.purpose == Purpose::Observe;
    let ciphers = rehearsal.ciphers.clone();
    let terms = Terms { minimum, maximum, ciphers, takes_all };
    let notice_path = NoticePath { program: program.id.clone(), notice: notice.id.clone() };
    let path = EndpointPath { notice: notice_path, endpoint: id.clone() };
    let zone = program.settings.zone;
    Some(Endpoint {
        acceptor: acceptor(&terms, &path),
        path,
        url: declared.url.as_str().to_owned(),
        host: declared.url.host().to_owned(),
        port: declared.url.port(),
        purpose: rehearsal.purpose,
        terms,
        answer: rehearsal.answer.clone(),
        opens: declared.opens.as_ref().map(|date| bounds(date, zone)),
        closes: declared.closes.as_ref().map(|date| bounds(date, zone)),
    })
}

fn acceptor(
    terms: &Terms,
    credentials: &Credentials,
    path: &EndpointPath,
) -> Option<Arc<Acceptor>> {
    let made = Acceptor::new(terms, credentials);
    let made = made.inspect_err(|failure| {
        let (notice, endpoint) = (&path.notice, &path.endpoint);
        tracing::error!(
            %notice, %endpoint, %failure,
            "OpenSSL does not take these terms: correct `ciphers` in the notice's rehearsal, \
             or use a certificate that is strong enough for them"
        );
    });
    made.ok().map(Arc::new)
}
