//! The pages people see. They are made on the server, need no script, and show
//! what the API says.

mod assets;
mod filters;
mod lines;
mod notices;
mod problems;
mod table;
mod unsubscribe;

pub use assets::ICON;
pub use lines::Badge;
pub use problems::error_page;

use super::freshness::{Freshness, HTML, Moment};
use super::problem::ApiError;
use super::routes::readable;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::render::PageLinks;
use actix_web::web::{Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/", table::table))
        .service(readable("/notices", notices::all))
        .service(readable("/notices/{program}", notices::of_program))
        .service(readable("/notices/{program}/{id}", notices::notice))
        .service(readable("/problems/{code}", problems::explained))
        .service(readable("/static/style.css", assets::style))
        .service(readable("/static/brand/{program}.css", assets::brand))
        .service(readable("/static/icon.svg", assets::icon))
        .service(readable("/favicon.ico", assets::icon))
        .service(readable("/robots.txt", assets::robots))
        .service(unsubscribe::resource());
}

/// What every page's frame needs, beside what the page itself says.
#[derive(Serialize)]
struct Framed<'a, T: Serialize> {
    links: PageLinks<'a>,
    #[serde(flatten)]
    page: T,
}

/// A public page that depends on the publication and the moment.
fn public_page<T: Serialize>(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    moment: &Moment,
    template: &str,
    view: impl FnOnce() -> T,
) -> Result<HttpResponse, ApiError> {
    let asked = format!("{template} {}", request.uri());
    Freshness::of(snapshot, moment, &asked).answer(request, HTML, || {
        render(service, snapshot, request.path(), template, view()).map(Bytes::from)
    })
}

fn render<T: Serialize>(
    service: &Service,
    snapshot: &Snapshot,
    path: &str,
    template: &str,
    page: T,
) -> Result<String, ApiError> {
    let canonical = service.canonical(path);
    let links = PageLinks { canonical: canonical.as_deref(), ..PageLinks::default() };
    let framed = Framed { links, page };
    snapshot.renderer.template(template, &framed).map_err(ApiError::internal)
}
