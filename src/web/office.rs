//! Who asks on behalf of the office: a token in the header `Authorization`
//! (RFC 6750 §2.1). It does not know what a scope allows.

use super::problem::ApiError;
use super::service::Service;
use crate::notice::OfficeScope;
use crate::store::StoredToken;
use crate::tokens::{self, TokenError};
use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

/// The holder of the token that came with a request, if it reaches far enough.
pub async fn holder(
    request: &HttpRequest,
    service: &Service,
    needs: OfficeScope,
) -> Result<StoredToken, ApiError> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = header.and_then(|value| value.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(ApiError::Unauthorized(
            "this is for the office: send its token as `Authorization: Bearer TOKEN`".to_owned(),
        ));
    }
    match tokens::authenticate(service.store(), token, needs, service.now()).await {
        Ok(holder) => Ok(holder),
        Err(TokenError::Store(failure)) => Err(ApiError::internal(failure)),
        Err(narrow @ TokenError::TooNarrow { .. }) => Err(ApiError::Forbidden(narrow.to_string())),
        Err(refused) => Err(ApiError::Unauthorized(refused.to_string())),
    }
}
