//! The forms of the preview's answers.

use super::PreviewSite;
use crate::notice::NoticePath;
use crate::preview::Standing;
use crate::web::freshness::HTML;
use crate::web::problem::ApiError;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use std::sync::Arc;

/// What the frame of every page needs, beside what the page itself says.
#[derive(Serialize)]
struct Framed<'a, T: Serialize> {
    folder: String,
    turn: &'a str,
    read_at: ReadAt,
    #[serde(flatten)]
    page: T,
}

/// A moment of reading, for people and for programs.
#[derive(Serialize)]
pub struct ReadAt {
    text: String,
    machine: String,
}

impl From<DateTime<Utc>> for ReadAt {
    fn from(at: DateTime<Utc>) -> Self {
        Self {
            text: at.format("%H:%M:%S UTC").to_string(),
            machine: at.to_rfc3339_opts(SecondsFormat::Secs, true),
        }
    }
}

/// The folder as it stands, with the name of its turn. The name is taken first:
/// a page that is older than its name would never be brought up to date.
pub fn present(site: &PreviewSite) -> (String, Arc<Standing>) {
    let turn = *site.preview.turns().borrow();
    (site.preview.name_of(turn), site.preview.standing())
}

pub fn page(
    site: &PreviewSite,
    (turn, standing): (&str, &Standing),
    status: StatusCode,
    template: &str,
    page: impl Serialize,
) -> Result<HttpResponse, ApiError> {
    let folder = site.preview.dir().display().to_string();
    let framed = Framed { folder, turn, read_at: standing.read_at.into(), page };
    let html = site.built_in.template(template, &framed).map_err(ApiError::internal)?;
    Ok(HttpResponse::build(status).insert_header((CONTENT_TYPE, HTML)).body(html))
}

/// There is nothing here now; a page that watches shows when there is.
pub fn missing(site: &PreviewSite, what: &str) -> Result<HttpResponse, ApiError> {
    #[derive(Serialize)]
    struct Missing<'a> {
        what: &'a str,
    }
    let (turn, standing) = present(site);
    let page_of = (&*turn, &*standing);
    page(site, page_of, StatusCode::NOT_FOUND, "page/preview/missing.html", Missing { what })
}

pub fn no_notice(site: &PreviewSite, path: &NoticePath) -> Result<HttpResponse, ApiError> {
    missing(site, &format!("The folder has no notice {path}."))
}

pub async fn nothing_here(
    request: HttpRequest,
    site: Data<PreviewSite>,
) -> Result<HttpResponse, ApiError> {
    let path: String = request.path().chars().take(200).collect();
    missing(&site, &format!("Nothing has the address {path}."))
}
