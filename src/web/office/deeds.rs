//! What the office does to messages and people, and puts on record: the same from
//! a page and over the API.

use super::record;
use crate::notice::{Actor, EmailAddress, NoticePath, OfficeScope, Outcome};
use crate::store::{Cause, Deed, Hold, HoldScope, Letters, Scope};
use crate::tokens::{self, TokenError};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use chrono::TimeDelta;
use secrecy::SecretString;

/// Longer than this nobody should go without looking again.
pub const MAX_TOKEN_DAYS: u16 = 3_650;

/// Puts messages back into the queue; how many.
pub async fn retry(
    service: &Service,
    actor: &Actor,
    which: &Letters,
    outcomes: &[Outcome],
) -> Result<u64, ApiError> {
    let found = service.store().retry(which, outcomes).await.map_err(ApiError::internal)?;
    if found > 0 {
        let subject = which.to_string();
        let detail = format!("{found} back in the queue");
        let deed =
            Deed { actor: &actor.name, action: "retried", subject: &subject, detail: &detail };
        record(service, &deed).await?;
    }
    Ok(found)
}

/// Of which notice a path names; a notice that nothing was written about has no messages.
pub fn letters_of(row: &str, notice: &str) -> Result<Letters, ApiError> {
    if let Ok(row) = row.parse() {
        return Ok(Letters::Row(row));
    }
    let path: Result<NoticePath, _> = notice.parse();
    path.map(Letters::OfNotice).map_err(|bad| ApiError::BadBody(format!("`notice`: {bad}")))
}

/// Has an address written to no more. Whether it was written to before.
pub async fn suppress(
    service: &Service,
    actor: &Actor,
    address: &EmailAddress,
    scope: &Scope,
    reason: &str,
) -> Result<bool, ApiError> {
    let mailbox = service.keys().mailbox(address);
    let cause = Cause { reason, author: &actor.name };
    let done = service.store().suppress_by(&mailbox, scope, cause, service.now()).await;
    let is_new = done.map_err(ApiError::internal)?;
    if is_new {
        told(service, actor, "suppressed", address, &within(scope, reason)).await?;
    }
    Ok(is_new)
}

/// Allows writing to an address again. Whether that was forbidden before.
pub async fn lift(
    service: &Service,
    actor: &Actor,
    address: &EmailAddress,
    scope: &Scope,
    reason: &str,
) -> Result<bool, ApiError> {
    let mailbox = service.keys().mailbox(address);
    let cause = Cause { reason, author: &actor.name };
    let done = service.store().lift(&mailbox, scope, cause, service.now()).await;
    let is_lifted = done.map_err(ApiError::internal)?;
    if is_lifted {
        told(service, actor, "lifted the suppression of", address, &within(scope, reason)).await?;
    }
    Ok(is_lifted)
}

/// Erases whoever has this address. Whether anybody had it.
pub async fn erase(
    service: &Service,
    actor: &Actor,
    address: &EmailAddress,
) -> Result<bool, ApiError> {
    let erased = service.store().remove_subscriber(address).await.map_err(ApiError::internal)?;
    if erased {
        told(service, actor, "erased", address, "").await?;
    }
    Ok(erased)
}

/// The record outlives the person: it says no more than a log does.
async fn told(
    service: &Service,
    actor: &Actor,
    action: &str,
    address: &EmailAddress,
    detail: &str,
) -> Result<(), ApiError> {
    let subject = address.masked();
    record(service, &Deed { actor: &actor.name, action, subject: &subject, detail }).await
}

fn within(scope: &Scope, reason: &str) -> String {
    match scope {
        Scope::Everywhere => format!("of everything: {reason}"),
        Scope::Program(program) => format!("of {program}: {reason}"),
    }
}

/// Why there is no new token.
pub enum BadToken {
    /// Its name was given before.
    Taken(String),
    Wrong(String),
}

pub async fn make_token(
    service: &Service,
    actor: &Actor,
    name: &str,
    scope: &str,
    days: u16,
) -> Result<Result<SecretString, BadToken>, ApiError> {
    let scope: OfficeScope = match scope.parse() {
        Ok(scope) => scope,
        Err(bad) => return Ok(Err(BadToken::Wrong(format!("scope: {bad}")))),
    };
    if !(1..=MAX_TOKEN_DAYS).contains(&days) {
        let why = format!("days: write for how many it is good, 1 to {MAX_TOKEN_DAYS}");
        return Ok(Err(BadToken::Wrong(why)));
    }
    let (now, name) = (service.now(), name.trim());
    let end = now + TimeDelta::days(i64::from(days));
    match tokens::create(service.store(), name, scope, Some(end), now).await {
        Ok(made) => {
            let detail = format!("{scope}, good until {}", end.format("%Y-%m-%d"));
            let action = "made token";
            let deed = Deed { actor: &actor.name, action, subject: name, detail: &detail };
            record(service, &deed).await?;
            Ok(Ok(made))
        }
        Err(bad @ TokenError::NameTaken(_)) => Ok(Err(BadToken::Taken(bad.to_string()))),
        Err(bad @ TokenError::BadName) => Ok(Err(BadToken::Wrong(bad.to_string()))),
        Err(failure) => Err(ApiError::internal(failure)),
    }
}

/// Whether there was such a token that was still good.
pub async fn revoke_token(service: &Service, actor: &Actor, name: &str) -> Result<bool, ApiError> {
    let revoked = service.store().revoke_token(name, service.now()).await;
    let revoked = revoked.map_err(ApiError::internal)?;
    if revoked {
        let action = "revoked token";
        record(service, &Deed { actor: &actor.name, action, subject: name, detail: "" }).await?;
    }
    Ok(revoked)
}

/// Stops sending within a scope that exists. Whether it was not held already.
pub async fn hold(
    service: &Service,
    actor: &Actor,
    scope: &HoldScope,
    reason: &str,
) -> Result<bool, ApiError> {
    if !is_known(service, scope).await? {
        return Err(ApiError::NotFound(format!("there is no `{scope}`")));
    }
    let (scope, by) = (scope.clone(), actor.name.clone());
    let hold = Hold { scope, reason: reason.to_owned(), by, at: service.now() };
    let is_new = service.store().hold(&hold).await.map_err(ApiError::internal)?;
    if is_new {
        let subject = hold.scope.to_string();
        let deed =
            Deed { actor: &actor.name, action: "held", subject: &subject, detail: &hold.reason };
        record(service, &deed).await?;
    }
    Ok(is_new)
}

/// Ends the hold of exactly this scope. Whether there was one.
pub async fn release(
    service: &Service,
    actor: &Actor,
    scope: &HoldScope,
) -> Result<bool, ApiError> {
    let released = service.store().release_hold(scope, &actor.name, service.now()).await;
    let released = released.map_err(ApiError::internal)?;
    if released {
        let subject = scope.to_string();
        let deed = Deed { actor: &actor.name, action: "released", subject: &subject, detail: "" };
        record(service, &deed).await?;
    }
    Ok(released)
}

/// Whether it is published, or was written about.
async fn is_known(service: &Service, scope: &HoldScope) -> Result<bool, ApiError> {
    let snapshot = service.snapshot().ok();
    let workspace = snapshot.as_ref().map(|shown| shown.index.workspace());
    let is_published = match scope {
        HoldScope::Everything => true,
        HoldScope::Program(id) => workspace.is_some_and(|all| all.programs.contains_key(id)),
        HoldScope::Notice(path) => workspace.is_some_and(|all| all.notice(path).is_some()),
    };
    if is_published {
        return Ok(true);
    }
    let subjects = service.store().subjects().await.map_err(ApiError::internal)?;
    let name = scope.to_string();
    let is_of = |subject: &String| *subject == name || subject.starts_with(&format!("{name}/"));
    Ok(subjects.iter().any(is_of))
}
