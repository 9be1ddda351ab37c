//! Style sheets, the icon, and what search engines are told.

use crate::notice::ProgramId;
use crate::web::freshness::{CSS, Freshness, SVG};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

const TEXT: &str = "text/plain; charset=utf-8";

/// A gavel's head over its block, in the colour of whatever is around it.
pub const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>path{fill:#1f4e79}@media (prefers-color-scheme:dark){path{fill:#8ab8e6}}</style><path d="M4 26h16v3H4zM13.200 3.500 22.500 12.800l-2.500 2.500-1.200-.5-3.300 3.300L28 26.500 25.500 29 13.400 20.200l-.1.1.5 1.200-2.500 2.500L2 14.700l2.500-2.500 1.200.5 6.500-6.500-.5-1.200z"/></svg>"##;

/// Token pages say so themselves; not even asking is kinder.
const ROBOTS: &str = "User-agent: *\nDisallow: /u/\nDisallow: /done/\nDisallow: /confirm/\n\
     Disallow: /preferences/\nDisallow: /office\n";

pub async fn style(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let parts = ["page/style.css", "page/table.css", "page/forms.css"];
    let css: Result<String, _> = parts.iter().map(|part| service.page(part, &json!({}))).collect();
    let css = Bytes::from(css.map_err(ApiError::internal)?);
    Freshness::of_bytes(&css).answer(&request, CSS, || Ok(css.clone()))
}

/// What the office's pages have beside it.
pub async fn office(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let parts = ["page/preview/preview.css", "page/office/office.css"];
    let part = |part: &&str| service.built_in().template(part, &json!({}));
    let css: Result<String, _> = parts.iter().map(part).collect();
    let css = Bytes::from(css.map_err(ApiError::internal)?);
    Freshness::of_bytes(&css).answer(&request, CSS, || Ok(css.clone()))
}

/// A program's colours.
pub async fn brand(
    request: HttpRequest,
    service: Data<Service>,
    program: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let snapshot = service.snapshot()?;
    let id: Option<ProgramId> = program.parse().ok();
    let found = id.and_then(|id| snapshot.index.workspace().programs.get(&id));
    let program = found.ok_or_else(|| ApiError::NotFound("there is no such program".to_owned()))?;
    let css = Bytes::from(snapshot.renderer.brand_css(program).map_err(ApiError::internal)?);
    Freshness::of_bytes(&css).answer(&request, CSS, || Ok(css.clone()))
}

pub async fn icon(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let icon = Bytes::from_static(ICON.as_bytes());
    Freshness::of_bytes(&icon).answer(&request, SVG, || Ok(icon.clone()))
}

pub async fn robots(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let robots = Bytes::from_static(ROBOTS.as_bytes());
    Freshness::of_bytes(&robots).answer(&request, TEXT, || Ok(robots.clone()))
}
