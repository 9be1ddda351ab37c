//! Tokens of the office: made once, shown once, kept as a hash.
//!
//! It knows neither how a token arrives, in a header or a variable, nor what it
//! is shown for beyond the scope that needs.

mod sessions;

pub use sessions::{Session, begin, end, resume};

use crate::notice::{Actor, OfficeScope};
use crate::store::{NewToken, Store, StoreError, StoredToken};
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// 160 bits, which nobody guesses: a plain hash of it is as safe as a slow one.
const SECRET_BYTES: usize = 20;

/// So that a token found in a log or a repository is known for what it is.
const PREFIX: &str = "fairwarning_";

/// What a person would type; it is printed in lists and records.
const MAX_NAME_CHARS: usize = 60;

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("a token's name has 1 to {MAX_NAME_CHARS} printable characters")]
    BadName,
    #[error("there is, or was, a token called `{0}`: records name it, so choose another name")]
    NameTaken(String),
    #[error("this is not a token of this service; `fairwarning token create` makes one")]
    Unknown,
    #[error("the token `{0}` was revoked")]
    Revoked(String),
    #[error("the token `{0}` has expired")]
    Expired(String),
    #[error("the token `{name}` is for a {has}; this needs {needs}")]
    TooNarrow { name: String, has: OfficeScope, needs: OfficeScope },
    #[error("the machine gives no random numbers: {0}")]
    Randomness(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a token and gives the text that its holder presents. It cannot be read
/// again afterwards.
pub async fn create(
    store: &Store,
    name: &str,
    scope: OfficeScope,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<SecretString, TokenError> {
    let is_good = !name.trim().is_empty()
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.chars().any(is_unseen);
    if !is_good {
        return Err(TokenError::BadName);
    }
    let secret = secret()?;
    let hash = Sha256::digest(secret.as_bytes());
    let token = NewToken { name, scope, secret_hash: &hash, expires_at };
    match store.put_token(&token, now).await? {
        Some(id) => Ok(format!("{PREFIX}{id}_{secret}").into()),
        None => Err(TokenError::NameTaken(name.to_owned())),
    }
}

/// Controls, and what turns the direction of text or takes no room: a record must read
/// as it is.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn secret() -> Result<String, TokenError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(TokenError::Randomness)?;
    Ok(BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
}

/// Whose token it is, if it is good and reaches far enough.
pub async fn authenticate(
    store: &Store,
    presented: &str,
    needs: OfficeScope,
    now: DateTime<Utc>,
) -> Result<Actor, TokenError> {
    let token = shown(store, presented).await?;
    let actor = good(token, now)?;
    if actor.scope < needs {
        return Err(TokenError::TooNarrow { name: actor.name, has: actor.scope, needs });
    }
    Ok(actor)
}

/// The token that somebody shows, good or not.
async fn shown(store: &Store, presented: &str) -> Result<StoredToken, TokenError> {
    let parts = presented.trim().strip_prefix(PREFIX).and_then(|rest| rest.split_once('_'));
    let (id, secret) = parts.ok_or(TokenError::Unknown)?;
    let id: i64 = id.parse().map_err(|_| TokenError::Unknown)?;
    let (token, hash) = store.token(id).await?.ok_or(TokenError::Unknown)?;
    let shown = Sha256::digest(secret.as_bytes());
    if !bool::from(shown.as_slice().ct_eq(&hash)) {
        return Err(TokenError::Unknown);
    }
    Ok(token)
}

fn good(token: StoredToken, now: DateTime<Utc>) -> Result<Actor, TokenError> {
    if token.revoked_at.is_some() {
        return Err(TokenError::Revoked(token.name));
    }
    if token.expires_at.is_some_and(|end| end <= now) {
        return Err(TokenError::Expired(token.name));
    }
    Ok(Actor { name: token.name, scope: token.scope, token: Some(token.id) })
}
