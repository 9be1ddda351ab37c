//! What we take back of our own API: which operation or parameter, since when, until
//! when, and what stands in its place.
//!
//! One table. The description, the pages about the API and the headers of every answer
//! concerned are made from it.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, LINK};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use std::borrow::Cow;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Where what is taken back is told.
pub const TOLD_AT: &str = "/api/changelog";

/// An operation that reads, or one parameter of it, that is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    /// As the description has it.
    pub path: Cow<'static, str>,
    /// The whole operation where none is named.
    pub parameter: Option<Cow<'static, str>>,
    /// The day from which it is deprecated.
    pub since: NaiveDate,
    /// The day from which it may be gone; never before `since`.
    pub sunset: NaiveDate,
    /// The address of what stands in its place.
    pub successor: Option<Cow<'static, str>>,
    /// One sentence.
    pub reason: Cow<'static, str>,
}

/// What is deprecated at present.
pub fn present() -> Vec<Deprecation> {
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default();
    vec![Deprecation {
        path: Cow::Borrowed("/api/v1/openapi.json"),
        parameter: None,
        since: day(2026, 11, 22),
        sunset: day(2027, 11, 30),
        successor: Some(Cow::Borrowed("/openapi.json")),
        reason: Cow::Borrowed(
            "The description tells of more than one version and has one address.",
        ),
    }]
}

impl Deprecation {
    /// Where it is told, on the page of changes.
    pub fn anchor(&self) -> String {
        let named = format!("{} {}", self.path, self.parameter.as_deref().unwrap_or_default());
        let words = named.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
        format!("deprecated-{}", words.collect::<Vec<_>>().join("-").to_lowercase())
    }

    /// Whether a request for an address of this pattern meets it.
    fn is_met_by(&self, pattern: &str, query: &str) -> bool {
        let gives = |name: &str| {
            url::form_urlencoded::parse(query.as_bytes()).any(|(given, _)| given == name)
        };
        self.path == pattern && self.parameter.as_deref().is_none_or(gives)
    }

    fn links(&self) -> impl Iterator<Item = String> {
        let told = format!("<{TOLD_AT}#{}>", self.anchor());
        let successor = self.successor.as_ref();
        let successor = successor.map(|to| format!("<{to}>; rel=\"successor-version\""));
        let about = ["deprecation", "sunset"]
            .map(|rel| format!("{told}; rel=\"{rel}\"; type=\"text/html\""));
        about.into_iter().chain(successor)
    }
}

fn begins(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Says of an answer what it meets, by RFC 9745 and RFC 8594. Where it meets several,
/// the first to have been taken back and the first to go count.
pub fn tell(headers: &mut HeaderMap, all: &[Deprecation], pattern: &str, query: &str) {
    let met: Vec<_> = all.iter().filter(|one| one.is_met_by(pattern, query)).collect();
    let since = met.iter().map(|one| begins(one.since)).min();
    let sunset = met.iter().map(|one| begins(one.sunset)).min();
    let (Some(since), Some(sunset)) = (since, sunset) else { return };
    let told = [
        (DEPRECATION, format!("@{}", since.timestamp())),
        (SUNSET, sunset.format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    ];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    for link in met.iter().flat_map(|one| one.links()) {
        if let Ok(link) = HeaderValue::try_from(link) {
            headers.append(LINK, link);
        }
    }
}
