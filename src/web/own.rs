//! Whoever holds the link to somebody's preferences, and what they set by it of
//! their webhook: by the page, or by a program.

use super::asking::within_limits;
use super::problem::ApiError;
use super::service::Service;
use crate::notice::HttpUrl;
use crate::store::Webhook;
use crate::subscribers::{self, Preferences, SubscriberError, WebhookError};
use actix_web::HttpRequest;
use secrecy::SecretString;

/// Whose the link is; `None` once they were erased.
pub async fn subscriber(service: &Service, token: &str) -> Result<Option<i64>, ApiError> {
    let number = service.keys().verify_preferences(token).map_err(|_| ApiError::UnknownToken)?;
    let person = service.store().subscriber(number).await.map_err(ApiError::internal)?;
    Ok(person.map(|person| person.id))
}

/// All that is known of whoever the link is for; `None` once they were erased.
pub async fn preferences(service: &Service, token: &str) -> Result<Option<Preferences>, ApiError> {
    let known = subscribers::preferences(service.store(), &service.keys(), token).await;
    known.map_err(|failure| match failure {
        SubscriberError::Token(_) => ApiError::UnknownToken,
        SubscriberError::Store(failure) => ApiError::internal(failure),
    })
}

pub async fn webhook(service: &Service, subscriber: i64) -> Result<Option<Webhook>, ApiError> {
    service.store().webhook(subscriber).await.map_err(ApiError::internal)
}

/// Why an address cannot be a webhook's.
#[derive(Debug)]
pub struct BadAddress(pub String);

/// Longer addresses than this are somebody trying something.
const MAX_URL_CHARS: usize = 1_000;

/// Sets where the webhook leads and gives its secret. Nothing is called by this:
/// whoever delivers sends the challenge, so that nobody finds out by an answer of
/// ours what there is in our network.
pub async fn set(
    request: &HttpRequest,
    service: &Service,
    subscriber: i64,
    url: &str,
) -> Result<Result<SecretString, BadAddress>, ApiError> {
    let url = match checked(service, url) {
        Ok(url) => url,
        Err(bad) => return Ok(Err(bad)),
    };
    within_limits(request, service)?;
    let (store, keys) = (service.store(), service.keys());
    let set = subscribers::set_webhook(store, &keys, subscriber, &url, service.now()).await;
    tracing::info!(host = url.host(), "somebody set a webhook");
    set.map(Ok).map_err(failed)
}

fn checked(service: &Service, url: &str) -> Result<HttpUrl, BadAddress> {
    let url = url.trim();
    if url.chars().count() > MAX_URL_CHARS {
        return Err(BadAddress(format!("it has more than {MAX_URL_CHARS} characters")));
    }
    let url: HttpUrl = url.parse().map_err(|bad| BadAddress(format!("{bad}")))?;
    service.reach().judge(&url).map_err(|bad| BadAddress(bad.to_string()))?;
    Ok(url)
}

pub async fn renew(service: &Service, subscriber: i64) -> Result<Option<SecretString>, ApiError> {
    let (store, keys, now) = (service.store(), service.keys(), service.now());
    subscribers::renew_webhook_secret(store, &keys, subscriber, now).await.map_err(failed)
}

pub async fn remove(service: &Service, subscriber: i64) -> Result<bool, ApiError> {
    service.store().remove_webhook(subscriber).await.map_err(ApiError::internal)
}

/// Has a test sent; whether the webhook is active and so may be called.
pub async fn test(
    request: &HttpRequest,
    service: &Service,
    subscriber: i64,
) -> Result<bool, ApiError> {
    within_limits(request, service)?;
    let asked = subscribers::test_webhook(service.store(), subscriber, service.now()).await;
    asked.map_err(ApiError::internal)
}

/// Has the webhook prove itself again.
pub async fn enable(
    request: &HttpRequest,
    service: &Service,
    subscriber: i64,
) -> Result<bool, ApiError> {
    within_limits(request, service)?;
    let asked = subscribers::enable_webhook(service.store(), subscriber, service.now()).await;
    asked.map_err(ApiError::internal)
}

fn failed(reason: WebhookError) -> ApiError {
    ApiError::internal(reason)
}
