//! `GET /api/v1/search`: notices, APIs, environments and hosts by words.

use super::{Refusals, json, schemas};
use crate::impact::{BadFilter, Hit, MAX_SEARCH_BYTES, Matter, Piece};
use crate::notice::Locale;
use crate::web::freshness::{Freshness, JSON, Moment};
use crate::web::languages;
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::searching::{Searches, page_of};
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `search`")]
pub struct SearchParameters {
    /// Words, or beginnings of words, all of which must be there; the first 200 bytes
    /// and eight words count. Case and accents make no difference.
    #[param(inline, required = true, example = "tls pickup")]
    q: schemas::SearchedText,
    /// The language in which titles and texts are searched; English otherwise.
    #[param(inline, example = "en")]
    lang: Option<String>,
}

/// What was found, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// The publication that the answer comes from.
    #[schema(example = "5f2a9c01d3e4")]
    pub publication: String,
    #[schema(example = "en")]
    pub lang: String,
    /// How many there are; the first 50 are listed.
    pub total: usize,
    pub items: Vec<SearchHit>,
}

/// Something that has all the words.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// `program`, `notice`, `api`, `environment` or `host`.
    #[schema(example = "api")]
    pub kind: &'static str,
    #[schema(example = "usps-web-tools")]
    pub program: String,
    /// Its id; of a host, its name; of a program, absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "holdForPickup")]
    pub name: Option<String>,
    pub title: Vec<Piece>,
    /// What it says around the first of the words.
    pub excerpt: Vec<Piece>,
    /// The page about it.
    #[schema(example = "/apis/usps-web-tools/holdForPickup")]
    pub href: String,
}

/// Search by words.
///
/// Programs, notices, APIs, environments and hosts that have all of the words, those
/// first that are called so.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "table",
    operation_id = "search",
    params(SearchParameters),
    responses(
        (status = 200, description = "What was found", body = SearchAnswer,
            headers(("ETag" = String), ("Cache-Control" = String))),
        Refusals,
    )
)]
pub async fn search(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters, .. } = Reading::start(&request, &service)?;
    let asked = parameters.take_text("q");
    let lang = languages::asked(&mut parameters).unwrap_or_default();
    let asked = asked.filter(|asked| !asked.trim().is_empty()).unwrap_or_else(|| {
        parameters.refuse(BadFilter::new("q", "give what to look for"));
        String::new()
    });
    if asked.len() > MAX_SEARCH_BYTES {
        let detail = format!("it is longer than {MAX_SEARCH_BYTES} bytes");
        parameters.refuse(BadFilter::new("q", detail));
    }
    parameters.finish()?;
    let offered = languages::offered(&snapshot.renderer);
    let locale = lang.closest(&offered).cloned().unwrap_or_default();
    let index = Searches::of(&snapshot, &locale).await?;
    let moment = Moment::now(&snapshot, now);
    Freshness::of(&snapshot, &moment, &format!("search {locale} {asked}")).answer(
        &request,
        JSON,
        || {
            let (total, hits) = index.find(&asked);
            json(&SearchAnswer {
                publication: snapshot.digest.short().to_owned(),
                lang: locale.to_string(),
                total,
                items: hits.into_iter().map(|hit| SearchHit::new(hit, &locale)).collect(),
            })
        },
    )
}

impl SearchHit {
    fn new(hit: Hit<'_>, locale: &Locale) -> Self {
        let matter = &hit.document.matter;
        let (kind, program, name) = match matter {
            Matter::Program(program) => ("program", program, None),
            Matter::Notice(program, id) => ("notice", program, Some(id.to_string())),
            Matter::Api(program, id) => ("api", program, Some(id.to_string())),
            Matter::Environment(program, id) => ("environment", program, Some(id.to_string())),
            Matter::Host(program, host) => ("host", program, Some(host.clone())),
        };
        let is_default = *locale == Locale::default();
        let href = page_of(matter, Some(locale).filter(|_| !is_default));
        let program = program.to_string();
        Self { kind, program, name, href, title: hit.title, excerpt: hit.excerpt }
    }
}
