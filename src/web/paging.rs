//! Pages of a long list: limits, opaque cursors and their links (RFC 8288).
//!
//! A cursor carries the publication, the moment the first page was asked at and
//! a digest of the question, so that following the links shows every line once,
//! however the clock moves on and whatever is published meanwhile.

use super::cursor::Cursor;
use super::problem::ApiError;
use crate::notice::Digest;
use crate::schedule::Instant;
use crate::store::PublicationId;
use chrono::DateTime;
use std::borrow::Cow;
use std::ops::Range;
use url::form_urlencoded::Serializer;

pub const DEFAULT_LIMIT: usize = 100;
pub const MAX_LIMIT: usize = 1_000;

/// A list that is shown page by page: its address and the question asked of it.
pub struct Paging {
    path: Cow<'static, str>,
    /// Ends the address in the links.
    suffix: &'static str,
    pairs: Vec<(&'static str, String)>,
    limit: Option<usize>,
    /// The publication that the list is of.
    id: PublicationId,
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
        path: Cow<'static, str>,
        pairs: Vec<(&'static str, String)>,
        limit: Option<usize>,
        cursor: Option<&str>,
        (id, publication): (PublicationId, &Digest),
    ) -> Result<Self, ApiError> {
        let cursor = cursor.map(Cursor::read).transpose()?;
        let paging = Self { path, suffix: "", pairs, limit, id, cursor };
        if let Some(cursor) = &paging.cursor {
            paging.accept(cursor, publication)?;
        }
        Ok(paging)
    }

    /// With this at the end of the address: the same list in another form.
    pub fn ending(self, suffix: &'static str) -> Self {
        Self { suffix, ..self }
    }

    /// The list's name, for a file of it.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn accept(&self, cursor: &Cursor, publication: &Digest) -> Result<(), ApiError> {
        if !cursor.is_of(self.id, publication) {
            return Err(cursor.stale());
        }
        // Instants that no page of ours was ever about.
        if !(FIRST_INSTANT_US..LAST_INSTANT_US).contains(&cursor.on_us) {
            return Err(ApiError::BadCursor("no page of ours was about that moment"));
        }
        if cursor.question != self.question() {
            return Err(ApiError::BadCursor(
                "the cursor was given out for other filters; keep those of the page it came from",
            ));
        }
        Ok(())
    }

    fn question(&self) -> String {
        Digest::of(&(&self.path, &self.pairs)).short().to_owned()
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
        let position = self.cursor.as_ref().map_or(0, |cursor| cursor.position);
        let start = usize::try_from(position).unwrap_or(usize::MAX).min(total);
        let end = start.saturating_add(self.limit.unwrap_or(DEFAULT_LIMIT)).min(total);
        // A list has fewer than 2^32 items, as the table has lines.
        let position = u32::try_from(end).ok().filter(|_| end < total);
        let next = position.map(|position| {
            let cursor = Cursor {
                number: self.id.get(),
                publication: publication.short().to_owned(),
                on_us: on.timestamp_micros(),
                question: self.question(),
                position,
            };
            cursor.to_string()
        });
        let next_link = next.as_deref().map(|cursor| self.link(Some(cursor)));
        Page { range: start..end, next, first_link: self.link(None), next_link }
    }

    fn link(&self, cursor: Option<&str>) -> String {
        let limit = self.limit.map(|limit| limit.to_string());
        let further = [("limit", limit.as_deref()), ("cursor", cursor)];
        let pairs = self.pairs.iter().map(|(name, value)| (*name, value.as_str()));
        let given = further.into_iter().filter_map(|(name, value)| value.map(|v| (name, v)));
        address(&format!("{}{}", self.path, self.suffix), &pairs.chain(given).collect::<Vec<_>>())
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

/// The years 0 to 9999, which RFC 3339 can write.
const FIRST_INSTANT_US: i64 = -62_167_219_200_000_000;
const LAST_INSTANT_US: i64 = 253_402_300_800_000_000;
