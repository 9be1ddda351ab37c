//! A message as the parts it is made of, as far as reports go: headers, and
//! where each part begins and ends.
//!
//! Messages within messages are not opened. A parser that opens them can be
//! sent one that is nested deeper than its stack.

use super::report::MAX_FIELDS;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{MessageParser, MimeHeaders};
use std::borrow::Cow;

/// A report has three.
const MAX_PARTS: usize = 64;

/// A report may be wrapped by a list or a virus scanner, and by both.
const MAX_DEPTH: usize = 3;

/// Names in lower case, and values in one line.
pub(super) type Fields = Vec<(String, String)>;

#[derive(Debug, Clone)]
pub(super) struct Part<'r> {
    /// Such as `message/delivery-status`; empty where none is named.
    pub kind: String,
    pub headers: Fields,
    boundary: Option<String>,
    body: &'r [u8],
}

impl<'r> Part<'r> {
    pub fn read(raw: &'r [u8]) -> Self {
        let (head, body) = raw.split_at(end_of_head(raw));
        let parsed = MessageParser::default().parse_headers(head);
        let Some(parsed) = parsed else {
            return Self { kind: String::new(), headers: Fields::new(), boundary: None, body };
        };
        let headers = parsed.headers_raw().take(MAX_FIELDS);
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), one_line(value)));
        let kind = parsed.content_type().map(|kind| {
            let name = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
            name.to_ascii_lowercase()
        });
        let boundary = parsed.content_type().and_then(|kind| kind.attribute("boundary"));
        Self {
            kind: kind.unwrap_or_default(),
            boundary: boundary.map(str::to_owned),
            headers: headers.collect(),
            body,
        }
    }

    /// The parts that are no wrappers, this one or those within it.
    pub fn collect(self, depth: usize, into: &mut Vec<Self>) {
        match &self.boundary {
            Some(boundary) if self.kind.starts_with("multipart/") && depth < MAX_DEPTH => {
                for part in between(self.body, boundary) {
                    Part::read(part).collect(depth + 1, into);
                }
            }
            _ if into.len() < MAX_PARTS => into.push(self),
            _ => {}
        }
    }

    /// The body as text, whatever it was encoded as.
    pub fn text(&self) -> String {
        let encoding = of_name(&self.headers, "content-transfer-encoding").next();
        let bytes = match encoding.unwrap_or_default().to_ascii_lowercase().as_str() {
            "base64" => base64_decode(self.body).map(Cow::Owned),
            "quoted-printable" => quoted_printable_decode(self.body).map(Cow::Owned),
            _ => None,
        };
        let bytes = bytes.unwrap_or(Cow::Borrowed(self.body));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Where the empty line after the headers ends.
fn end_of_head(raw: &[u8]) -> usize {
    let mut start = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        start += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    start
}

fn between<'r>(body: &'r [u8], boundary: &str) -> Vec<&'r [u8]> {
    let opens = format!("--{boundary}");
    let closes = format!("--{boundary}--");
    let mut parts = Vec::new();
    let (mut at, mut begun) = (0, None);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        if text == opens.as_bytes() || text == closes.as_bytes() {
            if let Some(begun) = begun.take() {
                parts.push(&body[begun..at]);
            }
            if text == closes.as_bytes() || parts.len() >= MAX_PARTS {
                return parts;
            }
            begun = Some(at + line.len());
        }
        at += line.len();
    }
    // A report that was cut off is read as far as it goes.
    parts.extend(begun.map(|begun| &body[begun..]));
    parts
}

pub(super) fn of_name<'f>(fields: &'f Fields, name: &'f str) -> impl Iterator<Item = &'f str> {
    fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
}

pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
