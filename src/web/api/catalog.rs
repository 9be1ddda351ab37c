//! `/.well-known/api-catalog` (RFC 9727): where the API is, and what describes it, as
//! a set of links (RFC 9264).

use super::json;
use crate::web::freshness::Freshness;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::header::LINK;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

pub const PATH: &str = "/.well-known/api-catalog";

const LINKSET: &str =
    "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"";

#[derive(Serialize)]
struct Catalog {
    linkset: [Linked; 2],
}

#[derive(Serialize)]
struct Linked {
    anchor: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    item: Vec<Target>,
    #[serde(rename = "service-desc", skip_serializing_if = "Vec::is_empty")]
    service_desc: Vec<Target>,
    #[serde(rename = "service-doc", skip_serializing_if = "Vec::is_empty")]
    service_doc: Vec<Target>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status: Vec<Target>,
}

#[derive(Serialize)]
struct Target {
    href: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
}

/// Addresses are whole where the service knows its own, and else as RFC 3986 §4.2
/// lets them be relative to this one.
pub async fn catalog(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let whole = |path: &str| service.canonical(path).unwrap_or_else(|| path.to_owned());
    let to = |path: &str, media_type| Target { href: whole(path), media_type };
    let api = whole("/api/v1/");
    let listed = Linked {
        anchor: whole(PATH),
        item: vec![Target { href: api.clone(), media_type: None }],
        service_desc: Vec::new(),
        service_doc: Vec::new(),
        status: Vec::new(),
    };
    let described = Linked {
        anchor: api,
        item: Vec::new(),
        service_desc: vec![to("/openapi.json", Some("application/json"))],
        service_doc: ["/api", "/api/changelog"].map(|page| to(page, Some("text/html"))).into(),
        status: vec![to("/readyz", Some("application/json"))],
    };
    let body = json(&Catalog { linkset: [listed, described] })?;
    let freshness = Freshness::of_bytes(&body);
    let mut response = freshness.answer(&request, LINKSET, || Ok::<_, ApiError>(body))?;
    let link = format!("<{}>; rel=\"api-catalog\"", whole(PATH));
    if let Ok(link) = link.parse() {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}
