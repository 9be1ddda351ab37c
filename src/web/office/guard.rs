//! Around every page of the office: nobody sees one without being known, and
//! nobody keeps one.

use super::{LOGIN, acting, login};
use crate::web::problem::ApiError;
use crate::web::same_site;
use crate::web::service::Service;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, LOCATION};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError as _};

/// Whoever asks is in the request's extensions, as `ReqData<Actor>`; how far they
/// reach is for the page to judge.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let service = request.app_data::<Data<Service>>().cloned();
    let is_open = request.path() == LOGIN;
    let known = match service.filter(|_| !is_open) {
        None => Ok(()),
        Some(service) => let_in(&request, &service).await,
    };
    let mut response = match known {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(ApiError::Unauthorized(_)) => {
            let to = login::address_of(request.uri());
            let response = HttpResponse::SeeOther().insert_header((LOCATION, to)).finish();
            request.into_response(response)
        }
        Err(refusal) => request.into_response(refusal.error_response()),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    );
    Ok(response)
}

async fn let_in(request: &ServiceRequest, service: &Service) -> Result<(), ApiError> {
    let actor = acting::whoever_asks(request.request(), service).await?;
    if acting::is_a_browsers(request.request()) {
        // Besides, its forms carry a token.
        same_site::expect(request.request(), service)?;
    }
    request.extensions_mut().insert(actor);
    Ok(())
}
