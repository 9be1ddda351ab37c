//! The part of somebody's preferences that is about their webhook.

use crate::notice::WebhookState;
use crate::store::Webhook;
use crate::web::bodies::Form;
use crate::web::own;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::HttpRequest;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

/// How a change of it went.
#[derive(Default)]
pub struct WebhookNews {
    /// Shown once, in the answer to whoever asked for it.
    secret: Option<SecretString>,
    has_old_secret: bool,
    /// What was typed and cannot be used.
    bad_url: Option<String>,
}

impl WebhookNews {
    pub fn is_bad(&self) -> bool {
        self.bad_url.is_some()
    }
}

#[derive(Serialize)]
pub struct WebhookSection {
    /// As it is, or as it was typed.
    url: String,
    /// Empty where there is none.
    state: &'static str,
    /// The name of what is wrong, which has a word.
    trouble: Option<&'static str>,
    is_failing: bool,
    /// `ok`, or the name of what was wrong.
    tested: Option<&'static str>,
    secret: Option<String>,
    has_old_secret: bool,
    is_bad: bool,
}

impl WebhookSection {
    pub fn new(webhook: Option<&Webhook>, news: &WebhookNews) -> Self {
        let known = webhook.map(|webhook| webhook.url.to_string());
        let is_active = |webhook: &&Webhook| webhook.state == WebhookState::Active;
        let active = webhook.filter(is_active);
        let tested = active.and_then(|webhook| webhook.tested);
        Self {
            url: news.bad_url.clone().or(known).unwrap_or_default(),
            state: webhook.map_or("", |webhook| webhook.state.as_str()),
            trouble: webhook.and_then(|webhook| webhook.trouble).map(|trouble| trouble.as_str()),
            is_failing: active.is_some_and(|webhook| webhook.failing_since.is_some()),
            tested: tested.map(|told| told.map_or_else(|trouble| trouble.as_str(), |()| "ok")),
            secret: news.secret.as_ref().map(|secret| secret.expose_secret().to_owned()),
            has_old_secret: news.has_old_secret,
            is_bad: news.is_bad(),
        }
    }
}

/// Does what the form asks for; `None` where that is not about a webhook.
pub async fn change(
    request: &HttpRequest,
    service: &Service,
    subscriber: i64,
    form: &Form,
) -> Result<Option<WebhookNews>, ApiError> {
    let mut news = WebhookNews::default();
    match form.one("do").as_str() {
        "webhook-set" => {
            let url = form.one("url");
            match own::set(request, service, subscriber, &url).await? {
                Ok(secret) => news.secret = Some(secret),
                Err(_) => news.bad_url = Some(url),
            }
        }
        "webhook-secret" => {
            news.secret = own::renew(service, subscriber).await?;
            news.has_old_secret = true;
        }
        "webhook-test" => {
            own::test(request, service, subscriber).await?;
        }
        "webhook-enable" => {
            own::enable(request, service, subscriber).await?;
        }
        "webhook-remove" => {
            own::remove(service, subscriber).await?;
        }
        _ => return Ok(None),
    }
    Ok(Some(news))
}
