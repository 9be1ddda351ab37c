//! Public answers of one publication, kept as they were given: whoever asks the
//! same again gets the same bytes, without anybody reading the question again.
//!
//! An answer is kept if its maker said for how long it stays the same
//! (`Freshness`), under its address and under those headers of the request that
//! its `Vary` names. It knows neither questions nor what they are answered from.

use super::encodings::{Coding, LEAST_BYTES, is_compressible};
use super::freshness::{Freshness, MAX_AGE_SECONDS};
use super::parts::body_of;
use crate::schedule::Instant;
use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LINK, TryIntoHeaderValue as _, VARY,
};
use actix_web::web::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use tokio::sync::OnceCell;

/// Half of what is kept at most, codings and headers included: when as much has
/// been kept anew, whatever was not asked for since then is let go of.
const GENERATION_BYTES: usize = 8 * 1024 * 1024;
/// What the headers of an answer take beside its body, about.
const HEADERS_BYTES: usize = 2_048;

/// One way in which an answer is given.
struct Form {
    freshness: Freshness,
    tag: HeaderValue,
    /// Those that somebody gets who has the answer already come first.
    headers: Vec<(HeaderName, HeaderValue)>,
    of_known: usize,
    body: Bytes,
}

/// An answer as it was given once.
pub struct Answer {
    plain: Form,
    is_encodable: bool,
    /// By `Coding`; each laid out when it is first asked for.
    encoded: [OnceCell<Option<Form>>; 2],
}

#[derive(Clone)]
enum Place {
    Answer(Arc<Answer>),
    /// The answer also depends on these headers of the request.
    Varies(Arc<[HeaderName]>),
}

#[derive(Default)]
struct Generations {
    young: HashMap<Box<str>, Place>,
    young_bytes: usize,
    old: HashMap<Box<str>, Place>,
}

/// What became of an answer that might be kept.
pub enum Kept {
    Kept(ServiceRequest, Arc<Answer>),
    AsItIs(ServiceResponse),
}

/// The answers of one publication.
#[derive(Default)]
pub struct Answers(RwLock<Generations>);

/// `public, max-age=…` for each number of seconds there can be.
static MAX_AGES: LazyLock<Vec<HeaderValue>> = LazyLock::new(|| {
    let written = |seconds| HeaderValue::try_from(format!("public, max-age={seconds}"));
    (0..=MAX_AGE_SECONDS).map(|seconds| written(seconds).expect("it is ASCII")).collect()
});

/// What a client that has the answer keeps (RFC 9110 §15.4.5).
const NOT_OF_KNOWN: [HeaderName; 4] = [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, LINK];

impl Form {
    fn new(freshness: Freshness, mut headers: HeaderMap, body: Bytes) -> Option<Self> {
        let tag = freshness.tag().clone().try_into_value().ok()?;
        headers.insert(ETAG, tag.clone());
        // How long it may be kept is said each time anew.
        headers.remove(CACHE_CONTROL);
        let (rest, mut headers): (Vec<_>, Vec<_>) =
            headers.into_iter().partition(|(name, _)| NOT_OF_KNOWN.contains(name));
        let of_known = headers.len();
        headers.extend(rest);
        Some(Self { freshness, tag, headers, of_known, body })
    }

    fn is_known_to(&self, request: &ServiceRequest) -> bool {
        let asked = request.headers().get(IF_NONE_MATCH);
        asked.is_some_and(|tag| *tag == self.tag) || self.freshness.is_known_to(request)
    }

    fn response(&self, request: &ServiceRequest, now: Instant) -> HttpResponse {
        let is_known = self.is_known_to(request);
        let mut response = match is_known {
            true => HttpResponse::new(StatusCode::NOT_MODIFIED),
            false => HttpResponse::with_body(StatusCode::OK, body_of(self.body.clone())),
        };
        let told = if is_known { &self.headers[..self.of_known] } else { &self.headers[..] };
        let headers = response.headers_mut();
        for (name, value) in told {
            headers.append(name.clone(), value.clone());
        }
        let seconds = usize::try_from(self.freshness.max_age_seconds(now)).unwrap_or(0);
        if let Some(max_age) = MAX_AGES.get(seconds) {
            headers.insert(CACHE_CONTROL, max_age.clone());
        }
        response
    }
}

impl Answer {
    /// Nothing where it says how to be kept in words of its own.
    fn new(freshness: &Freshness, mut headers: HeaderMap, body: Bytes) -> Option<Self> {
        let is_public = |value: &HeaderValue| value.as_bytes().starts_with(b"public, max-age=");
        headers.get(CACHE_CONTROL).filter(|value| is_public(value))?;
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_encodable = body.len() >= LEAST_BYTES
            && !headers.contains_key(CONTENT_ENCODING)
            && content_type.is_some_and(is_compressible);
        if is_encodable {
            vary_by_coding(&mut headers);
        }
        let plain = Form::new(freshness.clone(), headers, body)?;
        Some(Self { plain, is_encodable, encoded: Default::default() })
    }

    /// In the form that the client likes best. Laying it out anew is done on a
    /// thread of its own: nobody else waits for it.
    pub async fn give(&self, request: &ServiceRequest, now: Instant) -> HttpResponse {
        let coding = if self.is_encodable { Coding::chosen(request) } else { None };
        let Some(coding) = coding else { return self.plain.response(request, now) };
        let place = &self.encoded[coding as usize];
        let form = match place.get() {
            Some(form) => form,
            None => place.get_or_init(|| self.lay_out(coding)).await,
        };
        form.as_ref().unwrap_or(&self.plain).response(request, now)
    }

    async fn lay_out(&self, coding: Coding) -> Option<Form> {
        let body = self.plain.body.clone();
        let encoded = tokio::task::spawn_blocking(move || coding.encode(&body)).await.ok()??;
        let mut headers: HeaderMap = self.plain.headers.iter().cloned().collect();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        Form::new(self.plain.freshness.encoded(coding.name()), headers, encoded.into())
    }

    /// At most, when every coding is laid out.
    fn bytes(&self) -> usize {
        let forms = if self.is_encodable { 1 + Coding::ALL.len() } else { 1 };
        (self.plain.body.len() / 2 + HEADERS_BYTES) * forms + self.plain.body.len()
    }
}

impl Answers {
    /// The answer kept for such a request, if it still holds.
    pub fn find(&self, request: &ServiceRequest, now: Instant) -> Option<Arc<Answer>> {
        let key = request.uri().path_and_query()?.as_str();
        let place = match self.place(key)? {
            Place::Varies(names) => self.place(&varied(key, &names, request.headers()))?,
            place => place,
        };
        match place {
            Place::Answer(answer) => answer.plain.freshness.holds_at(now).then_some(answer),
            Place::Varies(_) => None,
        }
    }

    /// Keeps what was answered, if it may be.
    pub fn keep(&self, response: ServiceResponse) -> Kept {
        let freshness = response.response().extensions().get::<Freshness>().cloned();
        let names = varies_by(response.headers());
        let (Some(freshness), Some(names)) = (freshness, names) else {
            return Kept::AsItIs(response);
        };
        let is_whole = response.status() == StatusCode::OK;
        let key = response.request().uri().path_and_query().map(|asked| asked.as_str().to_owned());
        let Some(key) = key.filter(|_| is_whole) else { return Kept::AsItIs(response) };
        let (request, response) = response.into_parts();
        let headers = response.headers().clone();
        let (response, body) = response.into_parts();
        let body = match body.try_into_bytes() {
            Ok(body) => body,
            Err(body) => {
                return Kept::AsItIs(ServiceResponse::new(request, response.set_body(body)));
            }
        };
        let Some(answer) = Answer::new(&freshness, headers, body.clone()) else {
            let body = actix_web::body::BoxBody::new(body);
            return Kept::AsItIs(ServiceResponse::new(request, response.set_body(body)));
        };
        let answer = Arc::new(answer);
        let bytes = answer.bytes() + key.len();
        if names.is_empty() {
            self.put(key, Place::Answer(answer.clone()), bytes);
        } else {
            self.put(varied(&key, &names, request.headers()), Place::Answer(answer.clone()), bytes);
            self.put(key, Place::Varies(names.into()), HEADERS_BYTES);
        }
        Kept::Kept(ServiceRequest::from_request(request), answer)
    }

    fn place(&self, key: &str) -> Option<Place> {
        {
            let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = kept.young.get(key) {
                return Some(place.clone());
            }
            kept.old.get(key)?;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let (key, place) = kept.old.remove_entry(key)?;
        let bytes = match &place {
            Place::Answer(answer) => answer.bytes() + key.len(),
            Place::Varies(_) => HEADERS_BYTES,
        };
        let gone = kept.add(key, place.clone(), bytes);
        drop(kept);
        forget(gone);
        Some(place)
    }

    fn put(&self, key: String, place: Place, bytes: usize) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let gone = kept.add(key.into_boxed_str(), place, bytes);
        drop(kept);
        forget(gone);
    }

    /// How many bytes are kept, about.
    pub fn bytes(&self) -> usize {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let sizes = kept.young.values().chain(kept.old.values()).map(|place| match place {
            Place::Answer(answer) => answer.bytes(),
            Place::Varies(_) => HEADERS_BYTES,
        });
        sizes.sum()
    }
}

impl Generations {
    /// Keeps it, and hands out what is to be forgotten.
    #[must_use]
    fn add(&mut self, key: Box<str>, place: Place, bytes: usize) -> HashMap<Box<str>, Place> {
        if let Some(before) = self.young.insert(key, place) {
            // It is counted once for each time, which only forgets it sooner.
            drop(before);
        }
        self.young_bytes += bytes;
        if self.young_bytes < GENERATION_BYTES {
            return HashMap::new();
        }
        self.young_bytes = 0;
        std::mem::replace(&mut self.old, std::mem::take(&mut self.young))
    }
}

/// Giving back the memory of many answers takes a while, and nobody waits for it.
fn forget(gone: HashMap<Box<str>, Place>) {
    if !gone.is_empty() {
        tokio::task::spawn_blocking(move || drop(gone));
    }
}

/// Says that another client may get another coding.
pub fn vary_by_coding(headers: &mut HeaderMap) {
    let before = headers.get_all(VARY).filter_map(|line| line.to_str().ok());
    let names: Vec<_> = before.chain(["accept-encoding"]).collect();
    if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
        headers.insert(VARY, names);
    }
}

/// The headers of a request that an answer depends on; nothing where it depends
/// on more than headers tell. Its coding is chosen each time.
fn varies_by(headers: &HeaderMap) -> Option<Vec<HeaderName>> {
    let mut names = Vec::new();
    for line in headers.get_all(VARY) {
        for name in line.to_str().ok()?.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            // `*` is no name.
            names.push(HeaderName::try_from(name).ok().filter(|name| name.as_str() != "*")?);
        }
    }
    names.retain(|name| *name != ACCEPT_ENCODING);
    Some(names)
}

/// The key of an answer that depends on `names`. A line feed stands in no header.
fn varied(key: &str, names: &[HeaderName], headers: &HeaderMap) -> String {
    let mut varied = key.to_owned();
    for name in names {
        varied.push('\n');
        for line in headers.get_all(name) {
            varied.push_str(&String::from_utf8_lossy(line.as_bytes()));
            varied.push(',');
        }
    }
    varied
}
