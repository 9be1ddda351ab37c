//! Holding and releasing: everything, a program or a notice.

use super::record;
use crate::notice::{Actor, NoticePath, ProgramId, reason};
use crate::store::{Deed, Hold, HoldScope, Store};
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
    let unknown = || ApiError::BadBody("`scope` names nothing that can be held".to_owned());
    if text == "everything" {
        return Ok(HoldScope::Everything);
    }
    if text.contains('/') {
        return Ok(HoldScope::Notice(text.parse::<NoticePath>().map_err(|_| unknown())?));
    }
    Ok(HoldScope::Program(text.parse::<ProgramId>().map_err(|_| unknown())?))
}

/// Holds what is named, or says what is wrong with the reason. Only what is published
/// can be held.
pub async fn hold(
    service: &Service,
    actor: &Actor,
    (named, why): (&str, &str),
) -> Result<Option<String>, ApiError> {
    let scope = scope(named)?;
    let snapshot = service.snapshot()?;
    let workspace = snapshot.index.workspace();
    let is_known = match &scope {
        HoldScope::Everything => true,
        HoldScope::Program(program) => workspace.programs.contains_key(program),
        HoldScope::Notice(path) => workspace.notice(path).is_some(),
    };
    if !is_known {
        return Err(ApiError::NotFound(format!("there is no `{scope}`")));
    }
    let why = match reason(why) {
        Ok(why) => why,
        Err(wrong) => return Ok(Some(wrong)),
    };
    let subject = scope.to_string();
    let hold = Hold { scope, reason: why, by: actor.name.clone(), at: service.now() };
    if service.store().hold(&hold).await.map_err(ApiError::internal)? {
        let (actor, detail) = (actor.name.as_str(), hold.reason.as_str());
        let deed = Deed { actor, action: "held", subject: &subject, detail };
        record(service, &deed).await?;
    }
    Ok(None)
}

/// Whoever releases what is not held changes nothing.
pub async fn release(service: &Service, actor: &Actor, named: &str) -> Result<(), ApiError> {
    let scope = scope(named)?;
    let (store, now) = (service.store(), service.now());
    let is_released = store.release_hold(&scope, &actor.name, now).await;
    if is_released.map_err(ApiError::internal)? {
        let subject = scope.to_string();
        let deed =
            Deed { actor: &actor.name, action: "released", subject: &subject, detail: "" };
        record(service, &deed).await?;
    }
    Ok(())
}
