//! `/api/v1/preferences/{token}/webhook`: a subscriber's webhook, set by a program
//! that holds the link from their mail.

use super::shown_instant;
use crate::store::Webhook;
use crate::web::problem::{ApiError, Problem};
use crate::web::routes::{only, reading, taking};
use crate::web::service::Service;
use crate::web::{bodies, own};
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const PATH: &str = "/api/v1/preferences/{token}/webhook";

/// Where a webhook is to lead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// With TLS, on port 443 or from 1024 on, at a public address.
    #[schema(
        example = "https://hooks.example.org/deprecations",
        max_length = 1000,
        pattern = "^https://[^/@?#]+"
    )]
    pub url: String,
}

/// A webhook, and how it does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownWebhook {
    #[schema(example = "https://hooks.example.org/deprecations")]
    pub url: String,
    /// `pending` until it gave the challenge back, `active`, or `disabled`.
    #[schema(example = "active")]
    pub state: &'static str,
    /// `refused`, `unreachable`, `status`, `challenge`, `gone` or `failing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<&'static str>,
    /// Since when every call failed, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<String>,
    /// What came of the last test: `ok`, or as `trouble`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tested: Option<&'static str>,
    /// What events are signed with (Standard Webhooks). Told once, where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3mB2vFvVvXA=")]
    pub secret: Option<String>,
}

impl From<&Webhook> for ShownWebhook {
    fn from(webhook: &Webhook) -> Self {
        Self {
            url: webhook.url.to_string(),
            state: webhook.state.as_str(),
            trouble: webhook.trouble.map(|trouble| trouble.as_str()),
            failing_since: webhook.failing_since.map(shown_instant),
            tested: webhook.tested.map(|told| told.map_or_else(|t| t.as_str(), |()| "ok")),
            secret: None,
        }
    }
}

pub fn routes(config: &mut ServiceConfig) {
    let kept = only(PATH, "GET, HEAD, PUT, DELETE, OPTIONS")
        .route(reading(webhook))
        .route(web::put().to(set))
        .route(web::delete().to(remove));
    config
        .service(kept)
        .service(taking(&format!("{PATH}/secret"), renew))
        .service(taking(&format!("{PATH}/test"), test));
}

async fn owner(service: &Service, token: &str) -> Result<i64, ApiError> {
    let gone = || ApiError::NotFound("whoever the link was made for was erased".to_owned());
    own::subscriber(service, token).await?.ok_or_else(gone)
}

fn none() -> ApiError {
    ApiError::NotFound("there is no webhook".to_owned())
}

async fn shown(
    service: &Service,
    subscriber: i64,
    secret: Option<&str>,
) -> Result<ShownWebhook, ApiError> {
    let webhook = own::webhook(service, subscriber).await?.ok_or_else(none)?;
    Ok(ShownWebhook { secret: secret.map(str::to_owned), ..ShownWebhook::from(&webhook) })
}

fn private(mut response: actix_web::HttpResponseBuilder, told: &ShownWebhook) -> HttpResponse {
    response.insert_header((CACHE_CONTROL, "no-store")).json(told)
}

/// The webhook, and how it does.
///
/// Its secret was told once and is not told again.
#[utoipa::path(
    get,
    path = "/api/v1/preferences/{token}/webhook",
    tag = "subscriptions",
    operation_id = "getWebhook",
    params(("token" = String, Path, description = "From the link to the preferences in every mail")),
    responses(
        (status = 200, description = "The webhook, without its secret", body = ShownWebhook),
        (status = 404, description = "There is none, or the link was not made here", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn webhook(
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let subscriber = owner(&service, &token).await?;
    Ok(private(HttpResponse::Ok(), &shown(&service, subscriber, None).await?))
}

/// Say where the webhook leads.
///
/// A challenge is sent there within moments: an event of the type
/// `webhook.challenge`, signed like any other. The endpoint has to answer 2xx with
/// the value of `data.challenge` in the body, as plain text or as JSON under
/// `challenge`; only then is the webhook active, and told what is mailed.
#[utoipa::path(
    put,
    path = "/api/v1/preferences/{token}/webhook",
    tag = "subscriptions",
    operation_id = "setWebhook",
    params(("token" = String, Path, description = "From the link to the preferences in every mail")),
    request_body(content = NewWebhook, content_type = "application/json"),
    responses(
        (status = 202, description = "It was taken down; the secret is told this once",
            body = ShownWebhook),
        (status = 400, description = "The body is not of this form, or names an address that is not called",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The link was not made here", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not `application/json`", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many were asked for from the same address on the network",
            body = Problem, content_type = "application/problem+json",
            headers(("Retry-After" = u64, description = "In how many seconds to try again"))),
    )
)]
pub async fn set(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let subscriber = owner(&service, &token).await?;
    let new: NewWebhook = bodies::json(&request, body).await?;
    let set = own::set(&request, &service, subscriber, &new.url).await?;
    let secret = set.map_err(|own::BadAddress(why)| ApiError::BadBody(format!("url: {why}")))?;
    let told = shown(&service, subscriber, Some(secret.expose_secret())).await?;
    Ok(private(HttpResponse::Accepted(), &told))
}

/// Forget the webhook.
///
/// Mail goes on.
#[utoipa::path(
    delete,
    path = "/api/v1/preferences/{token}/webhook",
    tag = "subscriptions",
    operation_id = "removeWebhook",
    params(("token" = String, Path, description = "From the link to the preferences in every mail")),
    responses(
        (status = 204, description = "There is none any more"),
        (status = 404, description = "The link was not made here", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn remove(service: Data<Service>, token: Path<String>) -> Result<HttpResponse, ApiError> {
    let subscriber = owner(&service, &token).await?;
    own::remove(&service, subscriber).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Another secret.
///
/// For 24 hours events carry a signature by each of both.
#[utoipa::path(
    post,
    path = "/api/v1/preferences/{token}/webhook/secret",
    tag = "subscriptions",
    operation_id = "renewWebhookSecret",
    params(("token" = String, Path, description = "From the link to the preferences in every mail")),
    responses(
        (status = 200, description = "With the new secret, told this once", body = ShownWebhook),
        (status = 404, description = "There is none, or the link was not made here", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn renew(service: Data<Service>, token: Path<String>) -> Result<HttpResponse, ApiError> {
    let subscriber = owner(&service, &token).await?;
    let secret = own::renew(&service, subscriber).await?.ok_or_else(none)?;
    let told = shown(&service, subscriber, Some(secret.expose_secret())).await?;
    Ok(private(HttpResponse::Ok(), &told))
}

/// Have an event sent to try the webhook.
///
/// Of the type `webhook.test`, at most once a minute.
#[utoipa::path(
    post,
    path = "/api/v1/preferences/{token}/webhook/test",
    tag = "subscriptions",
    operation_id = "testWebhook",
    params(("token" = String, Path, description = "From the link to the preferences in every mail")),
    responses(
        (status = 202, description = "It is on its way; `tested` shows what came of it",
            body = ShownWebhook),
        (status = 404, description = "There is no active webhook, or the link was not made here",
            body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many were asked for from the same address on the network",
            body = Problem, content_type = "application/problem+json",
            headers(("Retry-After" = u64, description = "In how many seconds to try again"))),
    )
)]
pub async fn test(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let subscriber = owner(&service, &token).await?;
    if !own::test(&request, &service, subscriber).await? {
        return Err(ApiError::NotFound("there is no active webhook".to_owned()));
    }
    Ok(private(HttpResponse::Accepted(), &shown(&service, subscriber, None).await?))
}
