//! Whether the process lives, and whether it can do its work.

use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The publication served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication: Option<String>,
}

/// The process lives.
///
/// It says nothing about the database.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "service",
    operation_id = "isAlive",
    responses((status = 200, description = "It lives", body = Health))
)]
pub async fn alive() -> HttpResponse {
    answer(Health { status: "ok", publication: None })
}

/// The store answers and a publication is loaded.
///
/// For whoever sends requests here, such as a load balancer.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "service",
    operation_id = "isReady",
    responses(
        (status = 200, description = "It is ready", body = Health),
        (status = 503, description = "It is not", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn ready(service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let snapshot = service.snapshot()?;
    service.reach_store().await?;
    let publication = Some(snapshot.digest.short().to_owned());
    Ok(answer(Health { status: "ok", publication }))
}

fn answer(health: Health) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(health)
}
