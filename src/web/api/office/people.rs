//! `/api/v1/office/subscribers`: who is known, what is known of them, and erasing
//! them.

use super::super::proof::OfficeRefusals;
use super::super::schemas;
use super::{ChangeRefusals, private};
use crate::notice::{EmailAddress, OfficeScope};
use crate::store::Listed;
use crate::subscribers::{self, Known};
use crate::web::bodies;
use crate::web::office::{acting, deeds};
use crate::web::paging::DEFAULT_LIMIT;
use crate::web::parameters::Parameters;
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `Parameters`")]
pub struct SubscriberParameters {
    /// Only those after this number: the member `next` of the page before.
    #[param(minimum = 0, maximum = 4294967295u32)]
    after: Option<u32>,
    /// How many to show at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// A subscriber in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownSubscriber {
    pub number: i64,
    #[schema(example = "ada@integrator.example")]
    pub address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// `each` or `weekly`.
    #[schema(example = "each")]
    pub frequency: &'static str,
    /// `PROGRAM`, `PROGRAM:API`, `PROGRAM@ENVIRONMENT`, `PROGRAM/KIND` and together.
    #[schema(example = json!(["usps-web-tools:holdForPickup@prod"]))]
    pub hears: Vec<String>,
    /// Programs that do not write to them; `*` is everything.
    pub suppressed: Vec<String>,
}

impl From<&Listed> for ShownSubscriber {
    fn from(listed: &Listed) -> Self {
        Self {
            number: listed.id,
            address: listed.address.to_string(),
            name: listed.name.clone(),
            locale: listed.locale.as_ref().map(ToString::to_string),
            frequency: listed.frequency.as_str(),
            hears: listed.interests.iter().map(ToString::to_string).collect(),
            suppressed: listed.suppressed.clone(),
        }
    }
}

/// A page of subscribers, in the order in which they came.
#[derive(Debug, Serialize, ToSchema)]
pub struct Subscribers {
    pub items: Vec<ShownSubscriber>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// Whom to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sought {
    #[schema(example = "ada@integrator.example", max_length = 320)]
    pub address: String,
}

/// By which number somebody is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    #[schema(example = 17)]
    pub number: i64,
}

/// Everybody who subscribed, in the order in which they came.
#[utoipa::path(
    get,
    path = "/api/v1/office/subscribers",
    tag = "office",
    operation_id = "listSubscribers",
    params(SubscriberParameters),
    security(("token" = [])),
    responses((status = 200, description = "A page of them", body = Subscribers), OfficeRefusals)
)]
pub async fn subscribers(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let mut parameters = Parameters::read(request.query_string())?;
    let after: Option<u32> = parameters.take("after");
    let limit = parameters.take_limit().unwrap_or(DEFAULT_LIMIT);
    parameters.finish()?;
    let (after, most) = (after.map_or(0, i64::from), i64::try_from(limit).unwrap_or(i64::MAX));
    let listed = service.store().subscribers(after, most).await.map_err(ApiError::internal)?;
    let next = listed.last().filter(|_| listed.len() == limit).map(|last| last.id);
    Ok(private(&Subscribers { items: listed.iter().map(ShownSubscriber::from).collect(), next }))
}

/// Find somebody by their address, which stays out of addresses of ours.
#[utoipa::path(
    post,
    path = "/api/v1/office/subscribers/find",
    tag = "office",
    operation_id = "findSubscriber",
    request_body(content = Sought, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 200, description = "They are known by this number", body = Found),
        ChangeRefusals,
        (status = 404, description = "Nobody has this address", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn find(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let sought: Sought = bodies::json(&request, body).await?;
    let address: EmailAddress =
        sought.address.parse().map_err(|bad| ApiError::BadBody(format!("address: {bad}")))?;
    let number = service.store().subscriber_number(&address).await.map_err(ApiError::internal)?;
    let nobody = || ApiError::NotFound("nobody has this address".to_owned());
    Ok(private(&Found { number: number.ok_or_else(nobody)? }))
}

async fn address(service: &Service, number: i64) -> Result<EmailAddress, ApiError> {
    let found = service.store().address_of(number).await.map_err(ApiError::internal)?;
    found.ok_or_else(|| ApiError::NotFound("nobody is known by this number".to_owned()))
}

/// All that is known of somebody, what was sent to them included.
#[utoipa::path(
    get,
    path = "/api/v1/office/subscribers/{number}",
    tag = "office",
    operation_id = "getSubscriber",
    params(("number" = inline(schemas::Number), Path, example = 1)),
    security(("token" = [])),
    responses(
        (status = 200, description = "All that is known", body = Known),
        OfficeRefusals,
        (status = 404, description = "Nobody is known by this number", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn subscriber(
    request: HttpRequest,
    service: Data<Service>,
    number: Path<i64>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    Parameters::read(request.query_string())?.finish()?;
    let address = address(&service, *number).await?;
    let known = subscribers::known_of(service.store(), &service.keys(), &address).await;
    Ok(private(&known.map_err(ApiError::internal)?))
}

/// Erase somebody.
///
/// What was sent to them stays on record without the address. Needs an editor.
#[utoipa::path(
    delete,
    path = "/api/v1/office/subscribers/{number}",
    tag = "office",
    operation_id = "eraseSubscriber",
    params(("number" = inline(schemas::Number), Path)),
    security(("token" = [])),
    responses(
        (status = 204, description = "They are gone"),
        OfficeRefusals,
        (status = 404, description = "Nobody is known by this number", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn erase(
    request: HttpRequest,
    service: Data<Service>,
    number: Path<i64>,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Editor).await?;
    Parameters::read(request.query_string())?.finish()?;
    deeds::erase(&service, &actor, &address(&service, *number).await?).await?;
    Ok(HttpResponse::NoContent().finish())
}
