//! `GET /api/v1/office/overview`: how sending stands.

use super::super::proof::OfficeRefusals;
use super::{private, shown_instant};
use crate::notice::OfficeScope;
use crate::store::Overview;
use crate::web::office::acting;
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

/// The queue and who works on it, at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownOverview {
    /// RFC 3339, by the database's clock.
    pub at: String,
    /// Messages that wait, due or not.
    pub waiting: i64,
    /// Put aside because their domain is out of tokens.
    pub throttled: i64,
    /// Waiting for webhooks.
    pub webhook_calls: i64,
    /// In hand.
    pub claimed: i64,
    /// Waiting for weekly digests.
    pub gathered: i64,
    /// Since when the longest waiting message is due that nobody holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_due: Option<String>,
    /// Given up after the last attempt.
    pub dead: i64,
    /// Refused for good.
    pub rejected: i64,
    pub nodes_alive: i64,
    /// Fell silent within the last hour without taking leave.
    pub nodes_stale: i64,
    /// Nodes that wait for their mail server, and why.
    pub pauses: Vec<ShownPause>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShownPause {
    pub node: String,
    pub reason: String,
    /// RFC 3339.
    pub until: String,
}

impl From<Overview> for ShownOverview {
    fn from(overview: Overview) -> Self {
        let pauses = overview.pauses.into_iter().map(|pause| ShownPause {
            node: pause.node,
            reason: pause.reason,
            until: shown_instant(pause.until),
        });
        Self {
            at: shown_instant(overview.at),
            waiting: overview.waiting,
            throttled: overview.throttled,
            webhook_calls: overview.calls,
            claimed: overview.claimed,
            gathered: overview.gathered.iter().map(|gathering| gathering.messages).sum(),
            oldest_due: overview.oldest_due.map(shown_instant),
            dead: overview.dead,
            rejected: overview.rejected,
            nodes_alive: overview.nodes_alive,
            nodes_stale: overview.nodes_stale,
            pauses: pauses.collect(),
        }
    }
}

/// How sending stands: the queue, failures and nodes.
#[utoipa::path(
    get,
    path = "/api/v1/office/overview",
    tag = "office",
    operation_id = "getOverview",
    security(("token" = [])),
    responses(
        (status = 200, description = "At this moment", body = ShownOverview),
        OfficeRefusals,
    )
)]
pub async fn overview(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    Parameters::read(request.query_string())?.finish()?;
    let overview = service.store().overview().await.map_err(ApiError::internal)?;
    Ok(private(&ShownOverview::from(overview)))
}
