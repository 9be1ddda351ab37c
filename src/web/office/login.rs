//! `/office/login`: a token for a session.

use super::{HOME, LOGIN, acting, cookie, record};
use crate::notice::Actor;
use crate::store::Deed;
use crate::tokens;
use crate::web::bodies::Form;
use crate::web::form_token;
use crate::web::paging::address;
use crate::web::problem::ApiError;
use crate::web::same_site;
use crate::web::service::Service;
use actix_web::http::header::LOCATION;
use actix_web::http::{StatusCode, Uri};
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret as _;
use serde::Serialize;

const TEMPLATE: &str = "page/office/login.html";

#[derive(Serialize)]
struct LoginPage<'a> {
    action: &'static str,
    to: &'a str,
    /// Why the last attempt failed.
    error: Option<String>,
}

/// Where somebody logs in whose request was turned away, and comes back from.
pub fn address_of(uri: &Uri) -> String {
    match uri.path_and_query().map_or(HOME, |wanted| wanted.as_str()) {
        HOME => LOGIN.to_owned(),
        wanted => address(LOGIN, &[("to", wanted)]),
    }
}

pub async fn show(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let wanted = Form::of_query(request.query_string()).one("to");
    page(&service, StatusCode::OK, inside(&wanted), None)
}

pub async fn log_in(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    same_site::expect(&request, &service)?;
    let form = Form::read(&request, body).await?;
    let wanted = form.one("to");
    let to = inside(&wanted);
    if !form_token::is_good(&service, &form, HOME, "") {
        let why = "This page stood open for too long. Log in once more.".to_owned();
        return page(&service, StatusCode::UNPROCESSABLE_ENTITY, to, Some(why));
    }
    acting::attempt(&request, &service)?;
    let now = service.now();
    let session = match tokens::begin(service.store(), &form.one("token"), now).await {
        Ok(session) => session,
        Err(refused) => match acting::refusal(&request, &service, refused) {
            ApiError::Unauthorized(why) => {
                return page(&service, StatusCode::UNPROCESSABLE_ENTITY, to, Some(why));
            }
            failure => return Err(failure),
        },
    };
    let deed = Deed { actor: &session.actor.name, action: "logged in", subject: "", detail: "" };
    record(&service, &deed).await?;
    let cookie = cookie::begin(&request, session.secret.expose_secret(), session.ends_at, now);
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((LOCATION, to)).finish())
}

pub async fn log_out(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    super::form(&request, &service, &actor, body).await?;
    if let Some(secret) = cookie::of(&request) {
        tokens::end(service.store(), &secret).await.map_err(ApiError::internal)?;
    }
    let cookie = cookie::end(&request);
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((LOCATION, LOGIN)).finish())
}

/// Somewhere in the office, whatever the address asks for.
fn inside(wanted: &str) -> &str {
    let rest = wanted.strip_prefix(HOME);
    let is_inside = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_up = wanted.contains("..") || wanted.to_ascii_lowercase().contains("%2e");
    let is_good = is_inside && is_plain && !wanted.contains("//") && !is_up;
    if is_good { wanted } else { HOME }
}

fn page(
    service: &Service,
    status: StatusCode,
    to: &str,
    error: Option<String>,
) -> Result<HttpResponse, ApiError> {
    super::outside_page(service, status, TEMPLATE, &LoginPage { action: LOGIN, to, error })
}
