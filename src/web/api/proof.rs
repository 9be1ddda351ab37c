//! `GET /api/v1/proof/…`: who was told what, for the office alone.

use super::{private, schemas};
use crate::impact::BadFilter;
use crate::notice::{EmailAddress, OfficeScope};
use crate::proof::{Head, Told};
use crate::web::addresses::notice_path;
use crate::web::office::acting;
use crate::web::paging::DEFAULT_LIMIT;
use crate::web::parameters::Parameters;
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::{IntoParams, IntoResponses, ToSchema};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `proof`")]
pub struct ProofParameters {
    /// Only what this address was told.
    #[param(inline)]
    recipient: Option<schemas::Address>,
    /// Only records after this one: the member `next` of the page before.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many records to show at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Records about one notice, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proof {
    pub items: Vec<Told>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// The end of the chain of seals.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainHead {
    /// `NUMBER:HASH`; absent before anything was sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// What the office's questions may be answered with instead.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum OfficeRefusals {
    /// A parameter is not understood; `errors` names each of them
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// There is no token, or it is not good
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// The token does not reach that far
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(Problem),
}

/// Who was told what about a notice, when, and with which reply.
///
/// Each attempt to deliver is a record, sealed into a chain.
#[utoipa::path(
    get,
    path = "/api/v1/proof/{program}/{id}",
    tag = "office",
    operation_id = "listProof",
    params(
        ("program" = inline(schemas::Id), Path),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program"),
        ProofParameters,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of records", body = Proof),
        OfficeRefusals,
        (status = 404, description = "No notice can have this address",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn proof(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let mut parameters = Parameters::read(request.query_string())?;
    let recipient: Option<EmailAddress> = parameters.take("recipient");
    let after: Option<i64> = parameters.take("after");
    if after.is_some_and(|after| after < 0) {
        parameters.refuse(BadFilter::new("after", "write a number from 0"));
    }
    let limit = parameters.take_limit().unwrap_or(DEFAULT_LIMIT);
    parameters.finish()?;
    let path = notice_path(&path.into_inner())?;
    let store = service.store();
    let known = match &recipient {
        None => None,
        Some(address) => {
            match store.subscriber_number(address).await.map_err(ApiError::internal)? {
                Some(known) => Some(known),
                None => return Ok(private(&Proof { items: Vec::new(), next: None })),
            }
        }
    };
    let (after, most) = (after.unwrap_or(0), i64::try_from(limit).unwrap_or(i64::MAX));
    let told = store.told(&path.to_string(), known, after, most).await;
    let items: Vec<Told> = told.map_err(ApiError::internal)?.iter().map(Told::from).collect();
    let next = items.last().filter(|_| items.len() == limit).map(|last| last.record);
    Ok(private(&Proof { items, next }))
}

/// The end of the chain of seals, to be kept elsewhere.
///
/// Whoever keeps it can tell later whether a record was changed.
#[utoipa::path(
    get,
    path = "/api/v1/proof/head",
    tag = "office",
    operation_id = "getProofHead",
    security(("token" = [])),
    responses((status = 200, description = "The head", body = ChainHead), OfficeRefusals)
)]
pub async fn head(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    Parameters::read(request.query_string())?.finish()?;
    let head = service.store().head().await.map_err(ApiError::internal)?;
    Ok(private(&ChainHead { head: head.map(|head| Head::from(&head).to_string()) }))
}
