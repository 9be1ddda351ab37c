//! Errors as pages, and what each kind of problem means.

use super::Speech;
use super::filters::capital;
use crate::render::PageLinks;
use crate::web::code::Code;
use crate::web::freshness::{Freshness, HTML};
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

#[derive(Serialize)]
struct ErrorPage<'a> {
    status: u16,
    title: &'a str,
    detail: String,
    /// Said once only: some details repeat the title.
    meaning: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct ExplainedPage {
    status: u16,
    title: &'static str,
    meaning: &'static str,
    code: &'static str,
}

/// The page for a problem; nothing where even that cannot be made.
pub fn error_page(service: &Service, problem: &Problem) -> Option<String> {
    let code = Code::ALL.into_iter().find(|code| code.name() == problem.code);
    let page = ErrorPage {
        status: problem.status,
        title: problem.title,
        detail: capital(&problem.detail),
        meaning: code.map_or("", Code::meaning),
        code: problem.code,
    };
    let speech = Speech::new(service.built_in(), None);
    let links = PageLinks { has_search: true, ..PageLinks::default() };
    let framed = speech.frame(links, page);
    let rendered = service.page("page/error.html", &framed);
    rendered.inspect_err(|failure| tracing::error!(%failure, "no error page")).ok()
}

/// What a problem's `type` leads to.
pub async fn explained(
    request: HttpRequest,
    service: Data<Service>,
    name: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let code = Code::ALL.into_iter().find(|code| code.name() == name.as_str());
    let code = code.ok_or_else(|| ApiError::NotFound("there is no such problem".to_owned()))?;
    let page = ExplainedPage {
        status: code.status().as_u16(),
        title: code.title(),
        meaning: code.meaning(),
        code: code.name(),
    };
    let canonical = service.canonical(request.path());
    let links =
        PageLinks { canonical: canonical.as_deref(), has_search: true, ..PageLinks::default() };
    let speech = Speech::new(service.built_in(), None);
    let framed = speech.frame(links, page);
    let page = service.page("page/problem.html", &framed).map_err(ApiError::internal)?;
    let page = Bytes::from(page);
    Freshness::of_bytes(&page).answer(&request, HTML, || Ok(page.clone()))
}
