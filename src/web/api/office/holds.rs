//! `/api/v1/office/holds`: stopping the sending, and letting it go on.

use super::super::proof::OfficeRefusals;
use super::suppressions::Changed;
use super::{ChangeRefusals, private, shown_instant};
use crate::notice::OfficeScope;
use crate::store::{Hold, HoldScope};
use crate::web::bodies;
use crate::web::office::{acting, deeds};
use crate::web::parameters::Parameters;
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A hold in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownHold {
    /// `everything`, a program, or a notice as PROGRAM/NOTICE.
    #[schema(example = "usps-web-tools/tls-1.2")]
    pub scope: String,
    #[schema(example = "a date is wrong")]
    pub reason: String,
    #[schema(example = "Ann")]
    pub by: String,
    /// RFC 3339.
    pub since: String,
}

impl From<Hold> for ShownHold {
    fn from(hold: Hold) -> Self {
        let since = shown_instant(hold.at);
        Self { scope: hold.scope.to_string(), reason: hold.reason, by: hold.by, since }
    }
}

/// The holds in force, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Holds {
    pub items: Vec<ShownHold>,
}

/// What to stop, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// A program, or a notice as PROGRAM/NOTICE; everything when absent.
    #[serde(default)]
    #[schema(example = "usps-web-tools/tls-1.2")]
    pub scope: Option<String>,
    /// At most 500 characters, in one line.
    #[schema(example = "a date is wrong")]
    pub reason: String,
}

/// What to let go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// Exactly what was held: a program, or a notice; everything when absent.
    #[serde(default)]
    #[schema(example = "usps-web-tools/tls-1.2")]
    pub scope: Option<String>,
}

fn scope(written: Option<&str>) -> Result<HoldScope, ApiError> {
    let read = written.map_or(Ok(HoldScope::Everything), str::parse);
    read.map_err(|bad| ApiError::BadBody(format!("scope: {bad}")))
}

/// What is held, by whom and why.
#[utoipa::path(
    get,
    path = "/api/v1/office/holds",
    tag = "office",
    operation_id = "listHolds",
    security(("token" = [])),
    responses((status = 200, description = "The holds in force", body = Holds), OfficeRefusals)
)]
pub async fn holds(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    Parameters::read(request.query_string())?.finish()?;
    let holds = service.store().holds().await.map_err(ApiError::internal)?;
    Ok(private(&Holds { items: holds.into_iter().map(ShownHold::from).collect() }))
}

/// Stop sending. What is in flight is finished. Needs an editor.
#[utoipa::path(
    post,
    path = "/api/v1/office/holds",
    tag = "office",
    operation_id = "hold",
    request_body(content = NewHold, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 200, description = "It is held; where it was before, the first reason is kept",
            body = Changed),
        ChangeRefusals,
        (status = 404, description = "There is no such program or notice", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn hold(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Editor).await?;
    let new: NewHold = bodies::json(&request, body).await?;
    let scope = scope(new.scope.as_deref())?;
    let reason = crate::notice::reason(&new.reason);
    let reason = reason.map_err(|why| ApiError::BadBody(format!("reason: {why}")))?;
    let changed = deeds::hold(&service, &actor, &scope, &reason).await?;
    Ok(private(&Changed { changed }))
}

/// Let sending go on. Needs an editor.
#[utoipa::path(
    post,
    path = "/api/v1/office/holds/release",
    tag = "office",
    operation_id = "releaseHold",
    request_body(content = Released, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 200, description = "It is not held any more, not by this hold", body = Changed),
        ChangeRefusals,
    )
)]
pub async fn release(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Editor).await?;
    let released: Released = bodies::json(&request, body).await?;
    let scope = scope(released.scope.as_deref())?;
    let changed = deeds::release(&service, &actor, &scope).await?;
    Ok(private(&Changed { changed }))
}
