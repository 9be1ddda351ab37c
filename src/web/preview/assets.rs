//! Style sheets, the script and the icon.

use super::PreviewSite;
use super::answers::no_notice;
use crate::web::addresses::notice_path;
use crate::web::freshness::CSS;
use crate::web::pages::ICON;
use crate::web::problem::ApiError;
use crate::web::security::Content;
use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Path};
use serde_json::json;

/// Keeps a page in step with the folder. It stands beside the templates, for
/// it is made for their elements.
const SCRIPT: &str = include_str!("../../../templates/page/preview/preview.js");

/// The preview's own, with nothing of the workspace in it.
pub async fn style(site: Data<PreviewSite>) -> Result<HttpResponse, ApiError> {
    let parts = ["page/style.css", "page/table.css", "page/preview/preview.css"];
    let css: Result<String, _> =
        parts.iter().map(|part| site.built_in.template(part, &json!({}))).collect();
    Ok(answer(CSS, css.map_err(ApiError::internal)?))
}

/// That of a notice's page, as the workspace wants it.
pub async fn own_style(site: Data<PreviewSite>) -> Result<HttpResponse, ApiError> {
    let parts = ["page/style.css", "page/table.css"];
    let templates = &site.preview.standing().templates;
    let made = templates.make(|renderer| -> Result<String, crate::render::RenderError> {
        parts.iter().map(|part| renderer.template(part, &json!({}))).collect()
    });
    Ok(answer(CSS, made.made.unwrap_or_default()))
}

/// The program's colours, as the shown version of a notice has them.
pub async fn own_brand(
    site: Data<PreviewSite>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (program, id) = path.into_inner();
    let id = id.strip_suffix(".css").unwrap_or(&id).to_owned();
    let path = notice_path(&(program, id))?;
    let standing = site.preview.standing();
    let version = standing.notices.get(&path).and_then(|shown| shown.version.as_ref());
    let Some(version) = version else { return no_notice(&site, &path) };
    let css = standing.templates.make(|renderer| renderer.brand_css(version.program()));
    Ok(answer(CSS, css.made.unwrap_or_default()))
}

pub async fn script() -> HttpResponse {
    answer("text/javascript; charset=utf-8", SCRIPT.to_owned())
}

pub async fn icon() -> HttpResponse {
    answer("image/svg+xml", ICON.to_owned())
}

fn answer(content_type: &'static str, body: String) -> HttpResponse {
    let mut response = HttpResponse::Ok().insert_header((CONTENT_TYPE, content_type)).body(body);
    response.extensions_mut().insert(Content::Framed);
    response
}
