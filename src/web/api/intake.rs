//! `POST /api/v1/intake`: bounces and complaints, from mail servers and
//! providers that hand them over by HTTP.

use crate::intake::{self, MAX_MESSAGE_BYTES, Verdict};
use crate::web::problem::{ApiError, Problem};
use crate::web::routes::taking;
use crate::web::service::Service;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::web::{BytesMut, Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, Resource};
use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq;
use utoipa::{IntoParams, ToSchema};

/// Whoever hands mail over has all of it.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    /// bounce, delayed, delivered or complaint where it was recorded,
    /// unsubscribed where a reader left by it; again, forged, no-token, unknown-message, auto-reply, not-a-report or
    /// too-large where it was not.
    #[schema(example = "bounce")]
    pub verdict: &'static str,
    /// Whether the recipient is written to no more because of it.
    pub suppressed: bool,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The address the message was delivered to, where it is known.
    recipient: Option<String>,
}

pub fn resource() -> Resource {
    taking("/api/v1/intake", take_in)
}

/// Hand over one message.
///
/// The body is the message as it came over the wire (RFC 5322), a bounce or a
/// complaint. Any number of copies count once. What is no report about a message
/// of ours is ignored, which is no error.
#[utoipa::path(
    post,
    path = "/api/v1/intake",
    tag = "service",
    operation_id = "takeInMail",
    params(Parameters),
    request_body(content((String = "message/rfc822"), (String = "text/plain"))),
    security(("intake" = [])),
    responses(
        (status = 200, description = "It was taken in", body = Taken),
        (status = 400, description = "The parameters are not understood", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "The secret is missing or wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No secret is configured, so nothing is taken in",
            body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The message is too large", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn take_in(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let nothing = || ApiError::NotFound("nothing is taken in here".to_owned());
    let refused = || {
        let reason = "the header Authorization must carry the configured secret as a bearer token";
        ApiError::Unauthorized(reason.to_owned())
    };
    if !request.headers().contains_key(AUTHORIZATION) {
        return Err(refused());
    }
    let secret = service.intake_secret().ok_or_else(nothing)?;
    if !knows(&request, secret) {
        return Err(refused());
    }
    let parameters = Query::<Parameters>::from_query(request.query_string());
    let recipient = parameters.map_err(|_| ApiError::BadQuery("only `recipient` is known here"))?;
    let raw = read(body).await?;
    let (store, keys) = (service.store(), service.keys());
    let recipient = recipient.recipient.as_deref();
    let verdict = intake::take_in(store, &keys, &raw, recipient, service.now()).await;
    let verdict = verdict.map_err(ApiError::internal)?;
    let suppressed = matches!(verdict, Verdict::Recorded { is_suppressed: true, .. });
    let taken = Taken { verdict: verdict.name(), suppressed };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(taken))
}

/// Compares hashes, in constant time: neither the secret's length nor how much
/// of it was guessed can be measured.
fn knows(request: &HttpRequest, secret: &SecretString) -> bool {
    let given = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
    let Some((scheme, given)) = given.and_then(|given| given.split_at_checked("Bearer ".len()))
    else {
        return false;
    };
    let hash = |secret: &[u8]| Sha256::digest(secret);
    let is_same = hash(given).as_slice().ct_eq(&hash(secret.expose_secret().as_bytes()));
    scheme.eq_ignore_ascii_case(b"Bearer ") && bool::from(is_same)
}

async fn read(mut body: Payload) -> Result<BytesMut, ApiError> {
    let reading = async {
        let mut raw = BytesMut::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| ApiError::Timeout(BODY_TIMEOUT.as_secs()))?;
            if raw.len() + chunk.len() > MAX_MESSAGE_BYTES {
                return Err(ApiError::BodyTooLarge(MAX_MESSAGE_BYTES));
            }
            raw.extend_from_slice(&chunk);
        }
        Ok(raw)
    };
    let outcome = tokio::time::timeout(BODY_TIMEOUT, reading).await;
    outcome.unwrap_or(Err(ApiError::Timeout(BODY_TIMEOUT.as_secs())))
}
