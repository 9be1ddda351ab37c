//! Pages of a long list: limits, opaque cursors and their links (RFC 8288).
//!
//! A cursor carries the publication, the moment the first page was asked at and
//! a digest of the question, so that following the links shows every line once,
//! however the clock moves on meanwhile.

use super::problem::ApiError;
use crate::notice::Digest;
use crate::schedule::Instant;
use chrono::DateTime;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use url::form_urlencoded::Serializer;

pub const DEFAULT_LIMIT: usize = 100;
pub const MAX_LIMIT: usize = 1_000;

/// What a cursor holds; the short names keep it short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    #[serde(rename = "p")]
    publication: String,
    #[serde(rename = "t")]
    on_us: i64,
    #[serde(rename = "q")]
    question: String,
    #[serde(rename = "n")]
    position: usize,
}

/// A list that is shown page by page: its address and the question asked of it.
pub struct Paging {
    path: &'static str,
    pairs: Vec<(&'static str, String)>,
    limit: Option<usize>,
    /// The page before this one told where to go on, and at which moment.
    cursor: Option<Cursor>,
}

/// One page: which part of the list, and the ways on.
pub struct Page {
    pub range: Range<usize>,
    pub next: Option<String>,
    pub first_link: String,
    pub next_link: Option<String>,
}

impl Paging {
    /// `pairs` are the question in normal form.
    pub fn new(
        path: &'static str,
        pairs: Vec<(&'static str, String)>,
        limit: Option<usize>,
        cursor: Option<&str>,
        publication: &Digest,
    ) -> Result<Self, ApiError> {
        let cursor = cursor.map(read).transpose()?;
        let paging = Self { path, pairs, limit, cursor };
        if let Some(cursor) = &paging.cursor {
            paging.accept(cursor, publication)?;
        }
        Ok(paging)
    }

    fn accept(&self, cursor: &Cursor, publication: &Digest) -> Result<(), ApiError> {
        // Instants that no page of ours was ever about.
        if !(FIRST_INSTANT_US..LAST_INSTANT_US).contains(&cursor.on_us) {
            return Err(ApiError::BadCursor(UNREADABLE));
        }
        if cursor.question != self.question() {
            return Err(ApiError::BadCursor(
                "the cursor was given out for other filters; keep those of the page it came from",
            ));
        }
        if cursor.publication != publication.short() {
            let (asked, present) = (cursor.publication.clone(), publication.short().to_owned());
            return Err(ApiError::StaleCursor { asked, present });
        }
        Ok(())
    }

    fn question(&self) -> String {
        Digest::of(&(self.path, &self.pairs)).short().to_owned()
    }

    /// The moment of the first page, for the pages after it.
    pub fn moment(&self) -> Option<Instant> {
        self.cursor.as_ref().and_then(|cursor| DateTime::from_timestamp_micros(cursor.on_us))
    }

    /// Everything about the question, in normal form.
    pub fn key(&self) -> String {
        let cursor = self.cursor.as_ref().map(|cursor| (cursor.on_us, cursor.position));
        format!("{} {:?} {:?} {cursor:?}", self.path, self.pairs, self.limit)
    }

    /// This page of a list of `total`, worked out for the moment `on`.
    pub fn page(&self, total: usize, on: Instant, publication: &Digest) -> Page {
        let start = self.cursor.as_ref().map_or(0, |cursor| cursor.position).min(total);
        let end = start.saturating_add(self.limit.unwrap_or(DEFAULT_LIMIT)).min(total);
        let next = (end < total).then(|| {
            let cursor = Cursor {
                publication: publication.short().to_owned(),
                on_us: on.timestamp_micros(),
                question: self.question(),
                position: end,
            };
            let json = serde_json::to_vec(&cursor).expect("a cursor has string keys only");
            BASE64URL_NOPAD.encode(&json)
        });
        let next_link = next.as_deref().map(|cursor| self.link(Some(cursor)));
        Page { range: start..end, next, first_link: self.link(None), next_link }
    }

    fn link(&self, cursor: Option<&str>) -> String {
        let limit = self.limit.map(|limit| limit.to_string());
        let further = [("limit", limit.as_deref()), ("cursor", cursor)];
        let pairs = self.pairs.iter().map(|(name, value)| (*name, value.as_str()));
        let given = further.into_iter().filter_map(|(name, value)| value.map(|v| (name, v)));
        address(self.path, &pairs.chain(given).collect::<Vec<_>>())
    }
}

/// A path with a query, which may be empty.
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

impl Page {
    /// The value of the `Link` header.
    pub fn header(&self) -> String {
        let next = self.next_link.as_ref().map(|link| format!("<{link}>; rel=\"next\", "));
        format!("{}<{}>; rel=\"first\"", next.unwrap_or_default(), self.first_link)
    }
}

const UNREADABLE: &str = "the cursor is not one of ours; follow the `next` link of a page";

/// The years 0 to 9999, which RFC 3339 can write.
const FIRST_INSTANT_US: i64 = -62_167_219_200_000_000;
const LAST_INSTANT_US: i64 = 253_402_300_800_000_000;

/// A cursor of ours is about 100 bytes long.
const MAX_CURSOR_BYTES: usize = 400;

fn read(text: &str) -> Result<Cursor, ApiError> {
    let decoded = (text.len() <= MAX_CURSOR_BYTES)
        .then(|| BASE64URL_NOPAD.decode(text.as_bytes()).ok())
        .flatten();
    decoded
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or(ApiError::BadCursor(UNREADABLE))
}
