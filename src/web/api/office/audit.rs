//! `GET /api/v1/office/audit`: who of the office did what, and when.

use super::super::proof::OfficeRefusals;
use super::{Backward, BackwardParameters, private, shown_instant};
use crate::notice::OfficeScope;
use crate::store::StoredDeed;
use crate::web::office::acting;
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that somebody of the office did.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ShownDeed {
    pub number: i64,
    /// RFC 3339.
    #[schema(example = "2026-11-22T09:00:12Z")]
    pub at: String,
    /// The name of a token, or what single sign-on calls them.
    #[schema(example = "Ann")]
    pub actor: String,
    #[schema(example = "approved")]
    pub action: String,
    /// What it was done to; an address is masked.
    #[schema(example = "onepagecrm/tls-1.2")]
    pub subject: String,
    pub detail: String,
}

impl From<StoredDeed> for ShownDeed {
    fn from(deed: StoredDeed) -> Self {
        let StoredDeed { id, at, actor, action, subject, detail } = deed;
        let at = shown_instant(at);
        Self { number: id, at, actor, action, subject, detail }
    }
}

/// Who of the office did what, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/office/audit",
    tag = "office",
    operation_id = "listAudit",
    params(BackwardParameters),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of deeds", body = Backward<ShownDeed>),
        OfficeRefusals,
    )
)]
pub async fn audit(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let mut parameters = Parameters::read(request.query_string())?;
    let (before, limit) = BackwardParameters::take(&mut parameters);
    parameters.finish()?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let deeds = service.store().deeds(before, most).await;
    let deeds = deeds.map_err(ApiError::internal)?.into_iter().map(ShownDeed::from);
    Ok(private(&Backward::new(deeds.collect(), limit, |deed| deed.number)))
}
