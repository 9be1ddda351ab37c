//! Asking to be written to, by the form or by a program: what both have in common.

use super::problem::ApiError;
use super::service::Service;
use super::snapshot::Snapshot;
use super::strangers;
use crate::subscribers::{self, Request};
use actix_web::HttpRequest;

/// Takes one of what a stranger may ask for in an hour, or refuses.
pub fn within_limits(request: &HttpRequest, service: &Service) -> Result<(), ApiError> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let client = strangers::client(peer, request.headers(), service.trusted_proxies());
    match client {
        Some(client) => service.limits().take(client, service.now()).map_err(ApiError::TooMany),
        None => Ok(()),
    }
}

/// Keeps what was asked for, if it can be used and there was not too much before.
/// What comes of it is decided later, and shows in no answer.
pub async fn ask(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    asked: &Request,
) -> Result<(), ApiError> {
    let checked = asked.check(snapshot.index.workspace());
    let (address, wishes) = checked.map_err(ApiError::BadFields)?;
    within_limits(request, service)?;
    let (store, keys) = (service.store(), service.keys());
    let kept = subscribers::ask(store, &keys, &address, &wishes, service.now()).await;
    kept.map_err(ApiError::internal)?;
    tracing::info!(program = asked.program.trim(), "a subscription was asked for");
    Ok(())
}
