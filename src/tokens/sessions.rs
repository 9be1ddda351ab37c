//! Sessions: a browser in which the holder of a token is logged in.
//!
//! What the browser keeps is another secret than the token, and is good for less
//! long; the token's end is the session's. This knows no cookie.

use super::{TokenError, good, secret, shown};
use crate::notice::Actor;
use crate::store::{Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// A working day, with what came before and after it.
const LIFETIME: TimeDelta = TimeDelta::hours(12);

/// What whoever logged in has.
pub struct Session {
    /// For their browser alone.
    pub secret: SecretString,
    pub actor: Actor,
    pub ends_at: DateTime<Utc>,
}

/// Begins a session with a token that is good. How far it reaches is asked each
/// time that something is done.
pub async fn begin(
    store: &Store,
    presented: &str,
    now: DateTime<Utc>,
) -> Result<Session, TokenError> {
    let token = shown(store, presented).await?;
    let (id, until) = (token.id, token.expires_at);
    let actor = good(token, now)?;
    let latest = now + LIFETIME;
    let ends_at = until.map_or(latest, |until| until.min(latest));
    let secret = SecretString::from(secret()?);
    store.put_session(&hash(secret.expose_secret()), id, now, ends_at).await?;
    Ok(Session { secret, actor, ends_at })
}

/// Whose session it is, while it lasts.
pub async fn resume(
    store: &Store,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Option<Actor>, TokenError> {
    let Some(token) = store.session(&hash(secret), now).await? else { return Ok(None) };
    Ok(good(token, now).ok())
}

/// Ends a session, wherever its secret may be kept.
pub async fn end(store: &Store, secret: &str) -> Result<(), StoreError> {
    store.end_session(&hash(secret)).await
}

/// 160 random bits are behind it: a plain hash is as safe as a slow one.
fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
