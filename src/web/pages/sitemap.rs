//! `/robots.txt` and `/sitemap.xml`: what search engines may read, and where it is.

use super::api_path;
use crate::web::freshness::Freshness;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

const TEXT: &str = "text/plain; charset=utf-8";
const XML: &str = "application/xml";

/// The protocol allows no more in one file.
const MAX_ADDRESSES: usize = 50_000;

/// Token pages say so themselves; not even asking is kinder.
const ROBOTS: &str = "User-agent: *\nDisallow: /u/\nDisallow: /done/\nDisallow: /rehearsed/\nDisallow: /confirm/\n\
     Disallow: /preferences/\nDisallow: /search\nDisallow: /office\n";

pub async fn robots(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let map = service.canonical("/sitemap.xml").map(|map| format!("\nSitemap: {map}\n"));
    let robots = Bytes::from(format!("{ROBOTS}{}", map.unwrap_or_default()));
    Freshness::of_bytes(&robots).answer(&request, TEXT, || Ok(robots.clone()))
}

/// Only absolute addresses may stand in it, and we know ours where it is configured.
pub async fn sitemap(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let snapshot = service.snapshot()?;
    let (own, published) = (service.clone(), snapshot.created_at);
    if own.canonical("/").is_none() {
        return Err(ApiError::NotFound("no public address is configured".to_owned()));
    }
    let of = snapshot.clone();
    let lay = move || {
        let addresses: Vec<_> =
            paths(&of).filter_map(|path| own.canonical(&path)).take(MAX_ADDRESSES).collect();
        let view = json!({ "addresses": addresses });
        of.renderer.template("page/sitemap.xml", &view).map_err(ApiError::internal)
    };
    let laid = snapshot.shelf.body("sitemap".to_owned(), published, lay).await?;
    laid.freshness.answer(&request, XML, || Ok(laid.body.clone()))
}

fn paths(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    let programs = || snapshot.index.workspace().programs.values();
    let fixed = ["/", "/notices", "/affected", "/subscribe"].map(str::to_owned).into_iter();
    let notices = programs().flat_map(|program| {
        let own = format!("/notices/{}", program.id);
        let each = program.notices.keys().map(move |id| format!("/notices/{}/{id}", program.id));
        std::iter::once(own).chain(each)
    });
    let apis = programs()
        .flat_map(|program| program.catalogue.apis.keys().map(|api| api_path(&program.id, api)));
    fixed.chain(notices).chain(apis)
}
