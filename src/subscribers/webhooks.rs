//! A subscriber's webhook: set, proven anew, given another secret, and removed.

use crate::links::{Keys, written_secret};
use crate::notice::{HttpUrl, WebhookSeed};
use crate::store::{Asked, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

/// How long the secret before signs beside a new one.
pub const OLD_SECRET_SIGNS: TimeDelta = TimeDelta::hours(24);

const SALT_BYTES: usize = 16;

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("the machine gives no random numbers: {0}")]
    Randomness(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Has a subscriber's webhook lead to `url`, and gives its secret: it is told
/// once, and stands nowhere. The webhook is called once it answered a challenge.
pub async fn set_webhook(
    store: &Store,
    keys: &Keys,
    subscriber: i64,
    url: &HttpUrl,
    at: DateTime<Utc>,
) -> Result<SecretString, WebhookError> {
    let seed = seed(keys)?;
    store.put_webhook(subscriber, url, &seed, at).await?;
    Ok(told(keys, &seed, subscriber))
}

/// Another secret; the present one signs beside it for a day. `None` where there
/// is no webhook.
pub async fn renew_webhook_secret(
    store: &Store,
    keys: &Keys,
    subscriber: i64,
    at: DateTime<Utc>,
) -> Result<Option<SecretString>, WebhookError> {
    let seed = seed(keys)?;
    let is_there = store.rotate_webhook(subscriber, &seed, at + OLD_SECRET_SIGNS, at).await?;
    Ok(is_there.then(|| told(keys, &seed, subscriber)))
}

/// Has it prove itself again; whether it is not active and so may.
pub async fn enable_webhook(
    store: &Store,
    subscriber: i64,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    store.ask_webhook(subscriber, Asked::Challenge, at).await
}

/// Has a test sent to it; whether it is active and so may be.
pub async fn test_webhook(
    store: &Store,
    subscriber: i64,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    store.ask_webhook(subscriber, Asked::Test, at).await
}

fn seed(keys: &Keys) -> Result<WebhookSeed, WebhookError> {
    let mut salt = vec![0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(WebhookError::Randomness)?;
    Ok(WebhookSeed { key: keys.newest(), salt })
}

fn told(keys: &Keys, seed: &WebhookSeed, subscriber: i64) -> SecretString {
    let secret = keys.webhook_secret(seed, subscriber);
    written_secret(&secret.expect("the newest key is known"))
}
