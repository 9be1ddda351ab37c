//! `/api/v1/affected`: "am I affected?", for a text and for a list.
//!
//! No error repeats what was sent: it may carry somebody's password.

use super::refusals::BodyRefusals;
use super::{Refusals, json, schemas, shown_instant};
use crate::impact::{
    BadFilter, Because, Finding, ImpactedApi, MAX_PASTED, MAX_PASTED_BYTES, Pasted, Verdict,
};
use crate::web::bodies;
use crate::web::freshness::{Freshness, JSON, Moment};
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::routes::posted;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many entries a list may have.
const MAX_LISTED: usize = 500;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `affected`")]
pub struct AffectedParameters {
    /// APIs, hosts or URLs: one a line, or separated by commas or blanks; at most
    /// 100, and 4,000 bytes. User names, passwords, queries and fragments of URLs are dropped.
    #[param(inline, required = true, example = "holdForPickup,secure.shippingapis.com")]
    q: schemas::PastedText,
    /// The states at this moment instead of now: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-09-27")]
    on: Option<schemas::Moment>,
}

/// What to look up. Each entry is an API, a host or a URL.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// At most 500, in 16,384 bytes.
    #[schema(example = json!(["holdForPickup", "https://secure.shippingapis.com/"]))]
    pub asked: Vec<String>,
}

/// The answers, in the order of the entries; what was given twice is answered once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answers {
    /// The publication that the answers come from.
    #[schema(example = "5f2a9c01d3e4")]
    pub publication: String,
    /// The moment at which they hold, RFC 3339.
    #[schema(example = "2020-09-27T04:00:00Z")]
    pub on: String,
    /// When a state changes next. Absent when nothing more will change, or when
    /// a moment was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    pub items: Vec<Answer>,
}

/// What is known about one entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The entry, without whatever in it may be secret. Absent where it could not
    /// be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "holdForPickup")]
    pub asked: Option<String>,
    /// `not-affected` is said of what is declared and named by no current row
    /// alone; anything that was not found is `unknown`.
    pub answer: Verdict,
    pub because: Because,
    /// The APIs that the entry may mean by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apis: Vec<NamedApi>,
    /// The rows that say so, by cutoff: at most 100, and fewer where many entries
    /// are asked about.
    pub rows: Vec<ImpactedApi>,
    /// Whether there are more rows than these.
    pub has_more: bool,
}

/// An API of a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedApi {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "holdForPickup")]
    pub api: String,
}

pub fn resource() -> Resource {
    posted("/api/v1/affected", affected, affected_list)
}

/// Am I affected?
///
/// Each API, host or URL is affected, not affected or unknown, with the rows of the
/// table that say so.
#[utoipa::path(
    get,
    path = "/api/v1/affected",
    tag = "table",
    operation_id = "findAffected",
    params(AffectedParameters),
    responses(
        (status = 200, description = "An answer to each entry", body = Answers,
            headers(("ETag" = String), ("Cache-Control" = String))),
        Refusals,
    )
)]
pub async fn affected(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters, .. } = Reading::start(&request, &service)?;
    // Blanks ask about nothing, which is an answer; nothing at all is none.
    let text = parameters.take_text("q").filter(|text| !text.is_empty());
    let on = parameters.take_moment("on");
    let entries = text.as_deref().map(|text| entries(&snapshot, text)).transpose();
    let entries = match entries {
        Ok(Some(entries)) => entries,
        Ok(None) => {
            parameters.refuse(BadFilter::new("q", "give what to look up"));
            Vec::new()
        }
        Err(bad) => {
            parameters.refuse(bad);
            Vec::new()
        }
    };
    parameters.finish()?;
    let moment = on.map_or_else(|| Moment::now(&snapshot, now), Moment::asked);
    let asked = format!("affected {entries:?}");
    Freshness::of(&snapshot, &moment, &asked)
        .answer(&request, JSON, || answers(&snapshot, &entries, &moment))
}

/// Am I affected, asked about more than an address can hold?
///
/// The same for a list of up to 500 entries, each of which is taken as it is.
#[utoipa::path(
    post,
    path = "/api/v1/affected",
    tag = "table",
    operation_id = "findAffectedOfList",
    request_body(content = Question, content_type = "application/json"),
    responses(
        (status = 200, description = "An answer to each entry", body = Answers),
        BodyRefusals,
    )
)]
pub async fn affected_list(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    bodies::expect(&request, JSON)?;
    let body = bodies::read(body).await?;
    let question = read(&body)?;
    let snapshot = service.snapshot()?;
    let mut entries: Vec<Pasted> = Vec::new();
    for text in &question.asked {
        let entry = snapshot.index.pasted_entry(text);
        let is_fresh = |entry: &Pasted| entry.shown.is_none() || !entries.contains(entry);
        let fresh = entry.filter(is_fresh);
        entries.extend(fresh);
    }
    let moment = Moment::now(&snapshot, service.now());
    let body = answers(&snapshot, &entries, &moment)?;
    let mut response = HttpResponse::Ok();
    Ok(response.insert_header((CACHE_CONTROL, "no-store")).content_type(JSON).body(body))
}

/// Says where a body is wrong, and nothing of what stands there.
fn read(body: &[u8]) -> Result<Question, ApiError> {
    const FORM: &str = "write an object with the member `asked`, a list of texts";
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::BadBody(FORM.to_owned()));
    }
    let question: Question = serde_json::from_slice(body).map_err(|bad| {
        let (line, column) = (bad.line(), bad.column());
        ApiError::BadBody(format!("line {line} column {column}: {FORM}"))
    })?;
    match question.asked.len() {
        0..=MAX_LISTED => Ok(question),
        _ => Err(ApiError::BadBody(format!("`asked` may have at most {MAX_LISTED} entries"))),
    }
}

/// The entries of a text, if they are not too many.
pub fn entries(snapshot: &Snapshot, text: &str) -> Result<Vec<Pasted>, BadFilter> {
    if text.len() > MAX_PASTED_BYTES {
        let detail = format!("it is longer than {MAX_PASTED_BYTES} bytes");
        return Err(BadFilter::new("q", detail));
    }
    let entries = snapshot.index.pasted(text);
    match entries.len() {
        0..=MAX_PASTED => Ok(entries),
        _ => Err(BadFilter::new("q", format!("it has more than {MAX_PASTED} entries"))),
    }
}

fn answers(snapshot: &Snapshot, entries: &[Pasted], moment: &Moment) -> Result<Bytes, ApiError> {
    let findings = snapshot.index.affected(entries, moment.at);
    json(&Answers {
        publication: snapshot.digest.short().to_owned(),
        on: shown_instant(moment.at),
        until: moment.until.map(shown_instant),
        items: findings.into_iter().map(|found| Answer::new(snapshot, found, moment)).collect(),
    })
}

impl Answer {
    fn new(snapshot: &Snapshot, found: Finding, moment: &Moment) -> Self {
        let index = &snapshot.index;
        let named = |place| {
            let (program, id, _) = index.api(place);
            NamedApi { program: program.id.to_string(), api: id.to_string() }
        };
        let row = |line| ImpactedApi::new(&index.line(line), moment.at);
        Self {
            asked: found.asked,
            answer: found.verdict,
            because: found.because,
            apis: found.apis.into_iter().map(named).collect(),
            rows: found.lines.into_iter().map(row).collect(),
            has_more: found.has_more,
        }
    }
}
