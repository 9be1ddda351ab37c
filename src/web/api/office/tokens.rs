//! `/api/v1/office/tokens`: who may act for the office.

use super::super::proof::OfficeRefusals;
use super::{ChangeRefusals, private, shown_instant};
use crate::notice::OfficeScope;
use crate::store::StoredToken;
use crate::web::bodies;
use crate::web::office::{acting, deeds};
use crate::web::parameters::Parameters;
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownToken {
    #[schema(example = "Ann")]
    pub name: String,
    /// `viewer`, `editor` or `approver`.
    #[schema(example = "approver")]
    pub scope: &'static str,
    /// RFC 3339.
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

impl From<StoredToken> for ShownToken {
    fn from(token: StoredToken) -> Self {
        Self {
            name: token.name,
            scope: token.scope.as_str(),
            created_at: shown_instant(token.created_at),
            expires_at: token.expires_at.map(shown_instant),
            revoked_at: token.revoked_at.map(shown_instant),
        }
    }
}

/// All tokens there ever were, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    pub items: Vec<ShownToken>,
}

/// Who is to act, how far and how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedToken {
    /// Records name it; no two tokens ever have the same name.
    #[schema(example = "Ann", min_length = 1, max_length = 60)]
    pub name: String,
    /// `viewer`, `editor` or `approver`.
    #[schema(example = "viewer", pattern = "^(viewer|editor|approver)$")]
    pub scope: String,
    /// For how many days it is good.
    #[schema(minimum = 1, maximum = 3650, example = 365)]
    pub days: u16,
}

/// A new token, told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    #[schema(example = "fairwarning_1_k5jq2l6c3vz7mdxw4hqn7tqkxk5jq2l6")]
    pub token: String,
}

/// Which token to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokedToken {
    #[schema(example = "Ann")]
    pub name: String,
}

/// Who may act for the office, and until when.
#[utoipa::path(
    get,
    path = "/api/v1/office/tokens",
    tag = "office",
    operation_id = "listTokens",
    security(("token" = [])),
    responses((status = 200, description = "All tokens", body = Tokens), OfficeRefusals)
)]
pub async fn tokens(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    Parameters::read(request.query_string())?.finish()?;
    let tokens = service.store().tokens().await.map_err(ApiError::internal)?;
    Ok(private(&Tokens { items: tokens.into_iter().map(ShownToken::from).collect() }))
}

/// Make a token. Needs an approver.
#[utoipa::path(
    post,
    path = "/api/v1/office/tokens",
    tag = "office",
    operation_id = "createToken",
    request_body(content = WantedToken, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 201, description = "It is told this once", body = MadeToken),
        ChangeRefusals,
        (status = 409, description = "There is, or was, a token of this name", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn create(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Approver).await?;
    let wanted: WantedToken = bodies::json(&request, body).await?;
    let WantedToken { name, scope, days } = wanted;
    let made = deeds::make_token(&service, &actor, &name, &scope, days).await?;
    let made = made.map_err(|refused| match refused {
        deeds::BadToken::Taken(why) => ApiError::Conflict(why),
        deeds::BadToken::Wrong(why) => ApiError::BadBody(why),
    })?;
    let token = made.expose_secret().to_owned();
    let mut response = HttpResponse::Created();
    Ok(response.insert_header((CACHE_CONTROL, "no-store")).json(MadeToken { token }))
}

/// End a token at once. Needs an approver.
#[utoipa::path(
    post,
    path = "/api/v1/office/tokens/revoke",
    tag = "office",
    operation_id = "revokeToken",
    request_body(content = RevokedToken, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 204, description = "It is good no more, and neither are its sessions"),
        ChangeRefusals,
        (status = 404, description = "There is no such token that is still good", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Approver).await?;
    let RevokedToken { name } = bodies::json(&request, body).await?;
    if deeds::revoke_token(&service, &actor, &name).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(ApiError::NotFound("there is no such token that is still good".to_owned()))
}
