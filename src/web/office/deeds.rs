//! What the office does to messages and people, and puts on record: the same from
//! a page and over the API.

use super::record;
use crate::notice::{Actor, EmailAddress, NoticePath, Outcome};
use crate::store::{Cause, Deed, Letters, Scope};
use crate::web::problem::ApiError;
use crate::web::service::Service;

/// A reason that is longer is a report.
pub const MAX_REASON_CHARS: usize = 500;

/// A reason in one line, as it is kept.
pub fn reason(text: &str) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    match line.chars().count() {
        0 => Err("say why, in a few words".to_owned()),
        1..=MAX_REASON_CHARS => Ok(line),
        _ => Err(format!("a reason may have at most {MAX_REASON_CHARS} characters")),
    }
}

/// Puts messages back into the queue; how many.
pub async fn retry(
    service: &Service,
    actor: &Actor,
    which: &Letters,
    outcomes: &[Outcome],
) -> Result<u64, ApiError> {
    let found = service.store().retry(which, outcomes).await.map_err(ApiError::internal)?;
    if found > 0 {
        let subject = match which {
            Letters::Row(row) => format!("message {row}"),
            Letters::OfNotice(path) => path.to_string(),
        };
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
