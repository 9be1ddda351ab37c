//! Cursors: where a list goes on, in which publication, about which moment.
//!
//! Opaque to clients and of one length: 64 hexadecimal digits.

use super::problem::ApiError;
use crate::notice::Digest;
use crate::store::PublicationId;
use std::fmt;

/// What each part takes of the text, in digits.
const NUMBER: usize = 16;
const DIGEST: usize = 12;
const POSITION: usize = 8;

pub const CURSOR_DIGITS: usize = 2 * NUMBER + 2 * DIGEST + POSITION;

const UNREADABLE: &str = "the cursor is not one of ours; follow the `next` link of a page";

/// Where a page of a list begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The store's number of the publication, by which it is found again.
    pub number: i64,
    /// What it said: another database may give the number to another one.
    pub publication: String,
    /// The moment of the first page, in microseconds since 1970.
    pub on_us: i64,
    /// A digest of the question.
    pub question: String,
    pub position: u32,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, publication, on_us, question, position } = self;
        write!(f, "{number:016x}{publication}{on_us:016x}{question}{position:08x}")
    }
}

impl Cursor {
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let is_hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() != CURSOR_DIGITS || !is_hex {
            return Err(ApiError::BadCursor(UNREADABLE));
        }
        let mut rest = text;
        let mut next = |digits| {
            let (part, after) = rest.split_at(digits);
            rest = after;
            part
        };
        // Two's complement, as it was written.
        let signed = |part: &str| u64::from_str_radix(part, 16).map(u64::cast_signed);
        let unreadable = |_| ApiError::BadCursor(UNREADABLE);
        Ok(Self {
            number: signed(next(NUMBER)).map_err(unreadable)?,
            publication: next(DIGEST).to_owned(),
            on_us: signed(next(NUMBER)).map_err(unreadable)?,
            question: next(DIGEST).to_owned(),
            position: u32::from_str_radix(next(POSITION), 16).map_err(unreadable)?,
        })
    }

    /// The publication that the first page was of.
    pub fn begun(&self) -> PublicationId {
        PublicationId::numbered(self.number)
    }

    pub fn is_of(&self, id: PublicationId, publication: &Digest) -> bool {
        self.number == id.get() && self.publication == publication.short()
    }

    /// What to say where there is no such publication.
    pub fn stale(&self) -> ApiError {
        ApiError::StaleCursor(self.publication.clone())
    }
}
