//! What webhooks are signed with, and how, by the Standard Webhooks specification.

use super::{Keys, keyed};
use crate::notice::WebhookSeed;
use data_encoding::BASE64;
use hmac::Mac;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// Begins what a webhook's secret is made of; no token begins so.
const WEBHOOK: u8 = 6;

impl Keys {
    /// The number of the key that new secrets of webhooks are made with.
    pub fn newest(&self) -> u32 {
        self.links.last().expect("`new` refuses an empty list").0
    }

    /// What a subscriber's webhook is signed with, which stands in no table:
    /// another salt makes another one. `None` where the key is no longer known.
    pub fn webhook_secret(&self, seed: &WebhookSeed, subscriber: i64) -> Option<SecretSlice<u8>> {
        let (_, secret) = self.links.iter().find(|(id, _)| *id == seed.key)?;
        let mut content = vec![WEBHOOK];
        content.extend(seed.key.to_be_bytes());
        content.extend(subscriber.to_be_bytes());
        content.extend(&seed.salt);
        Some(SecretSlice::from(keyed(secret, &content).finalize().into_bytes().to_vec()))
    }
}

/// A webhook's secret as its owner keeps it.
pub fn written_secret(secret: &SecretSlice<u8>) -> SecretString {
    SecretString::from(format!("whsec_{}", BASE64.encode(secret.expose_secret())))
}

/// One signature over an id, the moment of the attempt in seconds since 1970, and
/// the bytes of the body.
pub fn webhook_signature(
    secret: &SecretSlice<u8>,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> String {
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend(body);
    format!("v1,{}", BASE64.encode(&keyed(secret, &signed).finalize().into_bytes()))
}
