//! Holding and releasing: everything, a program or a notice.

use super::deeds;
use crate::notice::{Actor, reason};
use crate::store::{Hold, HoldScope, Store};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct HoldView {
    /// As forms name it.
    scope: String,
    is_everything: bool,
    is_program: bool,
    reason: String,
    by: String,
    since: String,
}

impl HoldView {
    fn new(hold: &Hold) -> Self {
        Self {
            scope: hold.scope.to_string(),
            is_everything: hold.scope == HoldScope::Everything,
            is_program: matches!(hold.scope, HoldScope::Program(_)),
            reason: hold.reason.clone(),
            by: hold.by.clone(),
            since: super::minute(hold.at),
        }
    }
}

/// The holds in force, oldest first.
pub async fn in_force(store: &Store) -> Result<Vec<Hold>, ApiError> {
    store.holds().await.map_err(ApiError::internal)
}

pub fn shown<'a>(holds: impl IntoIterator<Item = &'a Hold>) -> Vec<HoldView> {
    holds.into_iter().map(HoldView::new).collect()
}

fn scope(text: &str) -> Result<HoldScope, ApiError> {
    if text == HoldScope::Everything.to_string() {
        return Ok(HoldScope::Everything);
    }
    text.parse().map_err(|bad| ApiError::BadBody(format!("`scope`: {bad}")))
}

/// Holds what is named, or says what is wrong with the reason.
pub async fn hold(
    service: &Service,
    actor: &Actor,
    (named, why): (&str, &str),
) -> Result<Option<String>, ApiError> {
    let scope = scope(named)?;
    let why = match reason(why) {
        Ok(why) => why,
        Err(wrong) => return Ok(Some(wrong)),
    };
    deeds::hold(service, actor, &scope, &why).await?;
    Ok(None)
}

/// Whoever releases what is not held changes nothing.
pub async fn release(service: &Service, actor: &Actor, named: &str) -> Result<(), ApiError> {
    deeds::release(service, actor, &scope(named)?).await?;
    Ok(())
}
