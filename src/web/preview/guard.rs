//! Around every answer of the preview: who may ask, and what the browser may do.

use super::PreviewSite;
use crate::web::security::{Content, secure};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, HOST, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use std::net::IpAddr;

pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let site = request.app_data::<Data<PreviewSite>>().cloned();
    let is_exposed = site.is_some_and(|site| site.is_exposed);
    // Not what a proxy claims: whoever reads drafts this way can claim as well.
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default().to_owned();
    let mut response = if is_exposed || is_loopback(&host) {
        next.call(request).await?.map_into_boxed_body()
    } else {
        // A web page may give its own name this machine's address, and would
        // read drafts through the browser of whoever looks at it.
        let refusal = "The preview answers by the names of this machine alone.\n";
        request.into_response(HttpResponse::MisdirectedRequest().body(refusal))
    };
    let content = response.response().extensions().get::<Content>().copied();
    let policy = content.unwrap_or(Content::Framing).policy();
    let headers = response.headers_mut();
    secure(headers, policy, "no-referrer");
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `localhost`, `127.0.0.1` or `[::1]`, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
