//! Who acts for the office: a token in the header `Authorization` (RFC 6750 §2.1),
//! a browser that is logged in, or somebody for whom a trusted proxy vouches. It
//! does not know what a scope allows.

use super::cookie;
use crate::config::SingleSignOn;
use crate::notice::{Actor, OfficeScope};
use crate::tokens::{self, TokenError};
use crate::web::problem::ApiError;
use crate::web::same_site;
use crate::web::service::Service;
use crate::web::strangers::client;
use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use std::net::IpAddr;

/// What records print.
const MAX_NAME_CHARS: usize = 60;

/// Who asks, if they reach far enough.
pub async fn acting(
    request: &HttpRequest,
    service: &Service,
    needs: OfficeScope,
) -> Result<Actor, ApiError> {
    let actor = whoever_asks(request, service).await?;
    if is_a_browsers(request) {
        same_site::demand(request, service)?;
    }
    reaches(&actor, needs)?;
    Ok(actor)
}

/// Refuses what is beyond somebody.
pub fn reaches(actor: &Actor, needs: OfficeScope) -> Result<(), ApiError> {
    if actor.scope >= needs {
        return Ok(());
    }
    let Actor { name, scope, .. } = actor;
    Err(ApiError::Forbidden(format!("`{name}` is a {scope}; this needs {needs}")))
}

/// Who asks, however far they reach.
pub async fn whoever_asks(request: &HttpRequest, service: &Service) -> Result<Actor, ApiError> {
    if is_by_token(request) {
        return bearer(request, service).await;
    }
    let found = match cookie::of(request) {
        Some(secret) => {
            let session = tokens::resume(service.store(), &secret, service.now()).await;
            session.map_err(ApiError::internal)?
        }
        None => None,
    };
    let found = match (found, service.single_sign_on()) {
        (Some(actor), _) => Some(actor),
        (None, Some(trusted)) => vouched(request, trusted)?,
        (None, None) => None,
    };
    found.ok_or_else(|| {
        ApiError::Unauthorized(
            "this is for the office: send its token as `Authorization: Bearer TOKEN`".to_owned(),
        )
    })
}

/// Whether something is to be changed by what a browser adds by itself, which it adds
/// to another site's form as well.
pub fn is_a_browsers(request: &HttpRequest) -> bool {
    !request.method().is_safe() && !is_by_token(request)
}

/// Whether a token is shown. Other schemes are a proxy's own, which passes them on.
pub fn is_by_token(request: &HttpRequest) -> bool {
    let header = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
    let scheme = header.and_then(|value| value.split(|byte| *byte == b' ').next());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
}

async fn bearer(request: &HttpRequest, service: &Service) -> Result<Actor, ApiError> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = header.and_then(|value| value.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(ApiError::Unauthorized(
            "this is for the office: send its token as `Authorization: Bearer TOKEN`".to_owned(),
        ));
    }
    let (store, now) = (service.store(), service.now());
    // Nobody guesses a token: programs are not shut out for the bad ones of others. Those
    // count for the form all the same, where people log in.
    let known = tokens::authenticate(store, token, OfficeScope::Viewer, now).await;
    known.map_err(|refused| refusal(request, service, refused))
}

/// Refuses whoever failed too often of late.
pub fn attempt(request: &HttpRequest, service: &Service) -> Result<(), ApiError> {
    let wait = asker(request, service).and_then(|ip| service.logins().wait(ip, service.now()));
    wait.map_or(Ok(()), |seconds| Err(ApiError::TooMany(seconds)))
}

/// What a token that is not good is answered with; it counts as an attempt.
pub fn refusal(request: &HttpRequest, service: &Service, refused: TokenError) -> ApiError {
    match refused {
        TokenError::Store(failure) => ApiError::internal(failure),
        refused => {
            if let Some(ip) = asker(request, service) {
                // The last that is allowed is refused for what it is.
                let _ = service.logins().take(ip, service.now());
            }
            ApiError::Unauthorized(refused.to_string())
        }
    }
}

fn asker(request: &HttpRequest, service: &Service) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    client(peer, request.headers(), service.trusted_proxies())
}

/// Whom a trusted proxy vouches for. What anybody else writes into the header
/// counts nothing, and neither does a header that stands there twice.
fn vouched(request: &HttpRequest, trusted: &SingleSignOn) -> Result<Option<Actor>, ApiError> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let is_trusted = peer.is_some_and(|ip| trusted.proxies.iter().any(|known| known.contains(ip)));
    let once = |name: &str| {
        let mut lines = request.headers().get_all(name);
        let line = lines.next().filter(|_| lines.next().is_none());
        // Names may hold more than ASCII; what no text is names nobody.
        line.and_then(|line| std::str::from_utf8(line.as_bytes()).ok())
    };
    let name = once(&trusted.user_header).map(str::trim).filter(|name| !name.is_empty());
    let Some(name) = name.filter(|_| is_trusted) else { return Ok(None) };
    let named: Vec<&str> =
        once(&trusted.groups_header).unwrap_or_default().split(',').map(str::trim).collect();
    let fitting = trusted.groups.iter().filter(|(group, _)| named.contains(&group.as_str()));
    let name: String = name.chars().take(MAX_NAME_CHARS).collect();
    let scope = fitting.map(|(_, scope)| *scope).max().ok_or_else(|| {
        ApiError::Forbidden(format!("`{name}` is in no group that may work in the office"))
    })?;
    Ok(Some(Actor { name, scope, token: None }))
}
