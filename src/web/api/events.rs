//! What webhooks are told, described (OpenAPI `webhooks`). What is sent is put
//! together by `delivery/webhooks`; a test holds both together.

use crate::impact::ImpactedApi;
use utoipa::{OpenApi, ToSchema};

/// What a mail says, for a program.
#[derive(ToSchema)]
#[allow(dead_code, reason = "described here, written by `delivery`")]
pub struct NoticeEvent {
    /// `notice.announced`, `notice.reminder`, `notice.changed` or `notice.cancelled`.
    #[schema(example = "notice.announced")]
    r#type: String,
    /// When it was made, RFC 3339; a repetition does not change it.
    #[schema(example = "2026-11-20T09:00:12.500Z")]
    timestamp: String,
    data: NoticeTold,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "described here, written by `delivery`")]
pub struct NoticeTold {
    #[schema(example = "usps-web-tools")]
    program: String,
    #[schema(example = "tls-1.2")]
    notice: String,
    /// The revision it was written from.
    revision: String,
    title: String,
    /// The notice's page.
    url: String,
    /// The notice in this API.
    api_url: String,
    #[schema(example = "en")]
    locale: String,
    /// As in the mail.
    subject: String,
    /// As in the mail, with what is for its reader alone left out.
    text: String,
    /// The affected rows as they stood when it was written.
    rows: Vec<ImpactedApi>,
    /// The owner's affected APIs, as a phrase.
    #[schema(example = "holdForPickup")]
    apis: String,
    /// Of the mail that says the same, without angle brackets.
    message_id: String,
}

/// What has to be given back before a webhook is told anything.
#[derive(ToSchema)]
#[allow(dead_code, reason = "described here, written by `delivery`")]
pub struct ChallengeEvent {
    /// `webhook.challenge`
    #[schema(example = "webhook.challenge")]
    r#type: String,
    timestamp: String,
    data: Challenge,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "described here, written by `delivery`")]
pub struct Challenge {
    challenge: String,
}

/// A notice is announced, reminded of, changed or cancelled.
///
/// It is sent at least once, and a repetition keeps `webhook-id`.
#[utoipa::path(
    post,
    path = "notice",
    tag = "subscriptions",
    operation_id = "noticeEvent",
    params(
        ("webhook-id" = String, Header, description = "The same for every attempt"),
        ("webhook-timestamp" = i64, Header, description = "Of the attempt, seconds since 1970"),
        ("webhook-signature" = String, Header,
            description = "`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body with dots between; \
                for a day after a new secret two of them, with a space between"),
    ),
    request_body(content = NoticeEvent, content_type = "application/json"),
    responses(
        (status = "2XX", description = "Accepted"),
        (status = 410, description = "Never again: the webhook is disabled"),
        (status = "default", description = "Not now: it is tried again, and not before `Retry-After`"),
    )
)]
#[allow(dead_code, reason = "described here, called by `delivery`")]
fn notice() {}

/// Whether whoever set the webhook answers there.
#[utoipa::path(
    post,
    path = "challenge",
    tag = "subscriptions",
    operation_id = "challengeEvent",
    request_body(content = ChallengeEvent, content_type = "application/json"),
    responses(
        (status = "2XX", description = "With the challenge as the body, or as JSON under `challenge`",
            body = Challenge),
    )
)]
#[allow(dead_code, reason = "described here, called by `delivery`")]
fn challenge() {}

#[derive(OpenApi)]
#[openapi(paths(notice, challenge))]
pub struct Events;
