//! `/confirm/{token}`: the link in the one mail that an unconfirmed address gets.
//!
//! GET shows what was asked for and changes nothing; POST confirms it, any number
//! of times, or forgets it.

use super::hearing::Told;
use super::private;
use super::unsubscribe::failed;
use crate::links::Token;
use crate::store::Pending;
use crate::subscribers;
use crate::web::bodies::Form;
use crate::web::problem::ApiError;
use crate::web::routes::posted;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;

const TEMPLATE: &str = "page/confirm.html";

#[derive(Serialize)]
struct ConfirmPage<'a> {
    /// waiting, confirmed, refused or expired
    stand: &'static str,
    told: Vec<Told>,
    /// Where it was chosen.
    how_often: Option<String>,
    /// Where the form sends its answer: here.
    action: &'a str,
    /// Only to whoever confirmed.
    preferences: Option<String>,
}

pub fn resource() -> Resource {
    posted("/confirm/{token}", show, answer)
}

async fn show(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (store, keys) = (service.store(), service.keys());
    let described = subscribers::describe_pending(store, &keys, &token, service.now()).await;
    page(&request, &service, described.map_err(failed)?, false)
}

async fn answer(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let form = Form::read(&request, body).await?;
    let (store, keys, now) = (service.store(), service.keys(), service.now());
    if form.one("do") == "refuse" {
        let described = subscribers::describe_pending(store, &keys, &token, now).await;
        let described = described.map_err(failed)?;
        subscribers::refuse(store, &keys, &token).await.map_err(failed)?;
        tracing::info!("a subscription was refused");
        return page(&request, &service, described, true);
    }
    let confirmed = subscribers::confirm(store, &keys, &token, now).await.map_err(failed)?;
    tracing::info!(is_good = confirmed.is_some(), "a subscription was confirmed");
    page(&request, &service, confirmed, false)
}

fn page(
    request: &HttpRequest,
    service: &Service,
    pending: Option<Pending>,
    is_refused: bool,
) -> Result<HttpResponse, ApiError> {
    let snapshot = service.snapshot()?;
    let own = pending.as_ref().and_then(|pending| pending.wishes.locale.as_ref());
    let speech = private::speech(request, &snapshot.renderer, own);
    let (stand, status) = match &pending {
        None => ("expired", StatusCode::GONE),
        Some(pending) if pending.is_confirmed => ("confirmed", StatusCode::OK),
        Some(_) if is_refused => ("refused", StatusCode::OK),
        Some(_) => ("waiting", StatusCode::OK),
    };
    let preferences = pending.as_ref().filter(|pending| pending.is_confirmed).map(|pending| {
        let token = Token::Preferences { subscriber: pending.subscriber };
        format!("/preferences/{}", service.keys().sign(&token))
    });
    let wishes = pending.iter().flat_map(|pending| &pending.wishes.of);
    let view = ConfirmPage {
        stand,
        told: wishes.map(|wish| Told::of(wish, &snapshot, &speech.language)).collect(),
        how_often: pending.as_ref().and_then(|pending| {
            let frequency = pending.wishes.frequency?;
            Some(speech.language.say(&format!("frequency-{}", frequency.as_str())))
        }),
        action: request.path(),
        preferences,
    };
    private::page(service, status, TEMPLATE, (&speech, &[]), view)
}
