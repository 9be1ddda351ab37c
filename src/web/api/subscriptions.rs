//! `POST /api/v1/subscriptions`: asking to be written to.

use crate::subscribers::Request;
use crate::web::problem::{ApiError, Problem};
use crate::web::routes::taking;
use crate::web::service::Service;
use crate::web::{asking, bodies};
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody wants to hear about. An empty list, or none, stands for all.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewSubscription {
    /// Where to write. One mail goes there and asks whether it is wanted.
    #[schema(required = true, example = "ada@integrator.example", max_length = 320)]
    pub address: String,
    /// For the salutation; one line.
    #[schema(example = "Ada", max_length = 100)]
    pub name: String,
    #[schema(required = true, max_length = 100, example = "usps-web-tools")]
    pub program: String,
    /// Wire names, case and all.
    #[schema(example = json!(["holdForPickup"]))]
    pub apis: Vec<String>,
    #[schema(example = json!(["prod"]))]
    pub environments: Vec<String>,
    /// Kinds of notice, as the list of notices names them.
    #[schema(example = json!(["protocol"]))]
    pub kinds: Vec<String>,
    /// One of the program's languages; its first when absent.
    #[schema(example = "en")]
    pub locale: String,
    /// From the time-zone database.
    #[schema(example = "America/New_York")]
    pub zone: String,
    /// `each` message as it comes, or one `weekly` digest; `each` when absent.
    #[schema(example = "weekly")]
    pub frequency: String,
}

/// The same for every address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    #[schema(example = "confirmation-asked")]
    pub status: &'static str,
    #[schema(example = "If mail can be sent to this address, a link to confirm is on its way.")]
    pub detail: &'static str,
}

impl From<NewSubscription> for Request {
    fn from(new: NewSubscription) -> Self {
        let NewSubscription {
            address,
            name,
            program,
            apis,
            environments,
            kinds,
            locale,
            zone,
            frequency,
        } = new;
        Self { address, name, program, apis, environments, kinds, locale, zone, frequency }
    }
}

pub fn resource() -> Resource {
    taking("/api/v1/subscriptions", subscribe)
}

/// Ask to be written to.
///
/// Nothing is sent but one mail with a link to confirm, which works for 24 hours;
/// while it waits no other is sent. The answer is the same whether the address is
/// known or not.
#[utoipa::path(
    post,
    path = "/api/v1/subscriptions",
    tag = "subscriptions",
    operation_id = "subscribe",
    request_body(content = NewSubscription, content_type = "application/json"),
    responses(
        (status = 202, description = "It was taken down", body = Asked),
        (status = 400, description = "The body is not JSON of this form", body = Problem,
            content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not `application/json`", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "Fields cannot be used; `errors` names each of them",
            body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many were asked for from the same address on the network",
            body = Problem, content_type = "application/problem+json",
            headers(("Retry-After" = u64, description = "In how many seconds to try again"))),
        (status = 503, description = "Nothing has been published yet", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn subscribe(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let new: NewSubscription = bodies::json(&request, body).await?;
    let snapshot = service.snapshot()?;
    asking::ask(&request, &service, &snapshot, &new.into()).await?;
    let asked = Asked {
        status: "confirmation-asked",
        detail: "If mail can be sent to this address, a link to confirm is on its way.",
    };
    Ok(HttpResponse::Accepted().insert_header((CACHE_CONTROL, "no-store")).json(asked))
}
