//! Every token that leaves the house: the links by which somebody confirms,
//! changes or ends a subscription, and bounce addresses.
//!
//! A token carries the key's number, its purpose and its subject in clear, and
//! a keyed hash over all of it, so that it is good for that purpose and subject
//! alone and needs no table. This module is pure: it is given keys, and knows
//! neither where they are kept nor what a token's holder is then allowed.

mod forms;
mod webhooks;

pub use webhooks::{webhook_signature, written_secret};

use crate::notice::{EmailAddress, ProgramId};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

/// What a token says, once its hash was found to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Leave one program.
    Unsubscribe { subscriber: i64, program: ProgramId },
    /// The message of this outbox row came back.
    Bounce { row: i64 },
    /// What was asked for is wanted by whoever reads this mailbox. How long that
    /// may be said is kept with what was asked for.
    Confirm { pending: i64 },
    /// See, change and take away all that is known of a subscriber.
    Preferences { subscriber: i64 },
    /// What the message of this outbox row reminded of is done.
    Acknowledge { row: i64 },
    /// A subscriber tries a test endpoint. It is the first label of a host's name, which has
    /// 63 characters at the most (RFC 1035 §2.3.4).
    Rehearse { subscriber: i64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    #[error("the link is not complete, or not one of ours")]
    Malformed,
    #[error("the link is signed with a key that is no longer known")]
    UnknownKey,
    #[error("the link was altered")]
    Forged,
    #[error("the link is meant for something else")]
    OtherPurpose,
}

/// 128 bits: as much as nobody can guess, short enough for a mail address,
/// whose part before the `@` may have 64 characters.
const HASH_BYTES: usize = 16;

/// Longer than the longest token that is ever made; it bounds the work a
/// stranger can ask for.
pub const MAX_TOKEN_CHARS: usize = 256;

const UNSUBSCRIBE: u8 = 1;
const BOUNCE: u8 = 2;
const CONFIRM: u8 = 3;
const PREFERENCES: u8 = 4;
const ACKNOWLEDGE: u8 = 5;
const REHEARSE: u8 = 6;

/// The keys that tokens are made and read with. `Debug` shows their numbers
/// alone, since secrecy hides the rest.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Oldest first; the last one signs.
    links: Vec<(u32, SecretSlice<u8>)>,
    mailboxes: SecretSlice<u8>,
}

impl Keys {
    /// `None` without a key to sign with.
    pub fn new(mut links: Vec<(u32, SecretSlice<u8>)>, mailboxes: SecretSlice<u8>) -> Option<Self> {
        links.sort_by_key(|(id, _)| *id);
        (!links.is_empty()).then_some(Self { links, mailboxes })
    }

    /// How many keys of links there are.
    pub fn count(&self) -> usize {
        self.links.len()
    }

    pub fn sign(&self, token: &Token) -> String {
        let (id, secret) = self.links.last().expect("`new` refuses an empty list");
        let mut bytes = Vec::with_capacity(64);
        match token {
            Token::Unsubscribe { subscriber, program } => {
                bytes.push(UNSUBSCRIBE);
                bytes.extend(id.to_be_bytes());
                bytes.extend(subscriber.to_be_bytes());
                bytes.extend(program.as_str().as_bytes());
            }
            Token::Bounce { row: number }
            | Token::Confirm { pending: number }
            | Token::Preferences { subscriber: number }
            | Token::Acknowledge { row: number }
            | Token::Rehearse { subscriber: number } => {
                bytes.push(match token {
                    Token::Confirm { .. } => CONFIRM,
                    Token::Preferences { .. } => PREFERENCES,
                    Token::Acknowledge { .. } => ACKNOWLEDGE,
                    Token::Rehearse { .. } => REHEARSE,
                    _ => BOUNCE,
                });
                bytes.extend(id.to_be_bytes());
                bytes.extend(number.to_be_bytes());
            }
        }
        let hash = keyed(secret, &bytes).finalize().into_bytes();
        bytes.extend(&hash[..HASH_BYTES]);
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    /// Reads a token of any purpose. Case is ignored: some mail servers change
    /// it in addresses.
    pub fn verify(&self, text: &str) -> Result<Token, BadToken> {
        if text.len() > MAX_TOKEN_CHARS {
            return Err(BadToken::Malformed);
        }
        let bytes = BASE32_NOPAD
            .decode(text.to_ascii_uppercase().as_bytes())
            .map_err(|_| BadToken::Malformed)?;
        let content_bytes = bytes.len().checked_sub(HASH_BYTES).ok_or(BadToken::Malformed)?;
        let (content, hash) = bytes.split_at(content_bytes);
        let (purpose, rest) = content.split_first().ok_or(BadToken::Malformed)?;
        let (id, subject) = rest.split_first_chunk().ok_or(BadToken::Malformed)?;
        let id = u32::from_be_bytes(*id);
        let known = self.links.iter().find(|(known, _)| *known == id);
        let (_, secret) = known.ok_or(BadToken::UnknownKey)?;
        // Compares in constant time.
        keyed(secret, content).verify_truncated_left(hash).map_err(|_| BadToken::Forged)?;
        let (number, rest) = subject.split_first_chunk().ok_or(BadToken::Malformed)?;
        let number = i64::from_be_bytes(*number);
        match *purpose {
            UNSUBSCRIBE => {
                let program = std::str::from_utf8(rest).ok().and_then(|id| id.parse().ok());
                let program = program.ok_or(BadToken::Malformed)?;
                Ok(Token::Unsubscribe { subscriber: number, program })
            }
            BOUNCE if rest.is_empty() => Ok(Token::Bounce { row: number }),
            CONFIRM if rest.is_empty() => Ok(Token::Confirm { pending: number }),
            PREFERENCES if rest.is_empty() => Ok(Token::Preferences { subscriber: number }),
            ACKNOWLEDGE if rest.is_empty() => Ok(Token::Acknowledge { row: number }),
            REHEARSE if rest.is_empty() => Ok(Token::Rehearse { subscriber: number }),
            _ => Err(BadToken::Malformed),
        }
    }

    /// Reads an unsubscribe token and refuses every other.
    pub fn verify_unsubscribe(&self, text: &str) -> Result<(i64, ProgramId), BadToken> {
        match self.verify(text)? {
            Token::Unsubscribe { subscriber, program } => Ok((subscriber, program)),
            _ => Err(BadToken::OtherPurpose),
        }
    }

    /// Reads the token of a bounce address and refuses every other.
    pub fn verify_bounce(&self, text: &str) -> Result<i64, BadToken> {
        match self.verify(text)? {
            Token::Bounce { row } => Ok(row),
            _ => Err(BadToken::OtherPurpose),
        }
    }

    /// Reads the token of a confirmation and refuses every other.
    pub fn verify_confirm(&self, text: &str) -> Result<i64, BadToken> {
        match self.verify(text)? {
            Token::Confirm { pending } => Ok(pending),
            _ => Err(BadToken::OtherPurpose),
        }
    }

    /// Reads the token of somebody's preferences and refuses every other.
    pub fn verify_preferences(&self, text: &str) -> Result<i64, BadToken> {
        match self.verify(text)? {
            Token::Preferences { subscriber } => Ok(subscriber),
            _ => Err(BadToken::OtherPurpose),
        }
    }

    /// Reads the token of a link that says something is done, and refuses every
    /// other.
    pub fn verify_acknowledge(&self, text: &str) -> Result<i64, BadToken> {
        match self.verify(text)? {
            Token::Acknowledge { row } => Ok(row),
            _ => Err(BadToken::OtherPurpose),
        }
    }

    /// Reads the token in the name of a test endpoint and refuses every other.
    pub fn verify_rehearse(&self, text: &str) -> Result<i64, BadToken> {
        match self.verify(text)? {
            Token::Rehearse { subscriber } => Ok(subscriber),
            _ => Err(BadToken::OtherPurpose),
        }
    }

    /// What a mailbox is suppressed under: it tells nobody the address, and
    /// without the key nobody can try addresses out.
    pub fn mailbox(&self, address: &EmailAddress) -> Vec<u8> {
        keyed(&self.mailboxes, address.key().as_bytes()).finalize().into_bytes().to_vec()
    }
}

fn keyed(secret: &SecretSlice<u8>, content: &[u8]) -> Hmac<Sha256> {
    let mut hash = Hmac::<Sha256>::new_from_slice(secret.expose_secret())
        .expect("HMAC takes a key of any length");
    hash.update(content);
    hash
}
