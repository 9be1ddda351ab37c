//! Reads what a server answers to a hello, as it arrives: whether it took the version.
//!
//! It knows no socket, keeps no more than one ServerHello, and never looks at certificates.

use crate::notice::TlsVersion;
use tls_parser::{TlsRecordType, parse_tls_handshake_server_hello, parse_tls_record_header};

/// The longest ServerHello that is read; real ones have some hundred bytes.
const MAX_HELLO_BYTES: usize = 16 * 1024;
/// The most that is read of an answer: a chain of certificates has some ten thousand.
const MAX_BYTES: usize = 512 * 1024;
/// Of a record's content, with what old ciphers and compression add (RFC 5246 §6.2.3).
const MAX_RECORD_BYTES: u16 = 16_384 + 2_048;
const SUPPORTED_VERSIONS: u16 = 43;

mod message {
    pub const HELLO_REQUEST: u8 = 0;
    pub const SERVER_HELLO: u8 = 2;
    pub const SERVER_HELLO_DONE: u8 = 14;
}

/// What a server's answer comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It chose the version that was offered. Up to TLS 1.2 it went on to ServerHelloDone, since
    /// some servers choose a version and then find that they cannot speak it.
    Accepted,
    /// It chose an older version.
    Lower(TlsVersion),
    /// An alert ended it (RFC 8446 §6).
    Alert(u8),
    /// It is not TLS from its first bytes on.
    NotTls,
    /// It began like TLS and is none.
    Broken(&'static str),
}

/// An answer while it is being read.
#[derive(Debug)]
pub struct AnswerReader {
    offered: TlsVersion,
    taken: usize,
    record: Part<5>,
    /// What is still to come of this record's content.
    left: usize,
    kind: TlsRecordType,
    head: Part<4>,
    /// What is still to come of this message's body.
    body_left: usize,
    hello: Vec<u8>,
    has_hello: bool,
    alert: Part<2>,
    warning: Option<u8>,
}

/// Some bytes of a fixed number.
#[derive(Debug)]
struct Part<const N: usize> {
    bytes: [u8; N],
    filled: usize,
}

impl<const N: usize> Default for Part<N> {
    fn default() -> Self {
        Self { bytes: [0; N], filled: 0 }
    }
}

impl<const N: usize> Part<N> {
    /// Takes what it lacks from the front of `bytes`, and tells once it is whole.
    fn fill(&mut self, bytes: &mut &[u8]) -> Option<[u8; N]> {
        let count = (N - self.filled).min(bytes.len());
        let (taken, rest) = bytes.split_at(count);
        self.bytes[self.filled..self.filled + count].copy_from_slice(taken);
        self.filled += count;
        *bytes = rest;
        (self.filled == N).then(|| {
            self.filled = 0;
            self.bytes
        })
    }
}

impl AnswerReader {
    pub fn new(offered: TlsVersion) -> Self {
        Self {
            offered,
            taken: 0,
            record: Part::default(),
            left: 0,
            kind: TlsRecordType::Handshake,
            head: Part::default(),
            body_left: 0,
            hello: Vec::new(),
            has_hello: false,
            alert: Part::default(),
            warning: None,
        }
    }

    /// Reads on; the answer is there as soon as the bytes settle it.
    pub fn read(&mut self, mut bytes: &[u8]) -> Option<Answer> {
        while !bytes.is_empty() {
            let before = bytes.len();
            let answer = match self.left {
                0 => self.read_record_head(&mut bytes),
                _ => self.read_content(&mut bytes),
            };
            self.taken += before - bytes.len();
            if answer.is_some() {
                return answer;
            }
            if self.taken > MAX_BYTES {
                return Some(Answer::Broken("its answer does not end"));
            }
        }
        None
    }

    /// The connection has ended: a warning was its last word, where there was one.
    pub fn ended(&self) -> Option<Answer> {
        self.warning.map(Answer::Alert)
    }

    /// Whether it chose the version and did not get further.
    pub fn has_chosen(&self) -> bool {
        self.has_hello
    }

    fn read_record_head(&mut self, bytes: &mut &[u8]) -> Option<Answer> {
        let is_first = self.taken == self.record.filled;
        let head = self.record.fill(bytes);
        let so_far = match &head {
            Some(head) => head.as_slice(),
            None => &self.record.bytes[..self.record.filled],
        };
        if !could_be_record(so_far) {
            return Some(match is_first {
                true => Answer::NotTls,
                false => Answer::Broken("its records are not those of TLS"),
            });
        }
        let head = head?;
        let Ok((_, header)) = parse_tls_record_header(&head) else {
            return Some(Answer::Broken("a record has no head"));
        };
        if header.len > MAX_RECORD_BYTES {
            return Some(match is_first {
                true => Answer::NotTls,
                false => Answer::Broken("a record is too long"),
            });
        }
        self.left = usize::from(header.len);
        self.kind = header.record_type;
        None
    }

    fn read_content(&mut self, bytes: &mut &[u8]) -> Option<Answer> {
        let (mut content, rest) = bytes.split_at(self.left.min(bytes.len()));
        *bytes = rest;
        self.left -= content.len();
        while !content.is_empty() {
            let answer = match self.kind {
                TlsRecordType::Alert => self.read_alert(&mut content),
                TlsRecordType::Handshake if self.body_left == 0 => self.read_head(&mut content),
                TlsRecordType::Handshake => self.read_body(&mut content),
                _ => Some(Answer::Broken("it sent data before the handshake was over")),
            };
            if answer.is_some() {
                return answer;
            }
        }
        None
    }

    /// A warning such as `unrecognized_name` ends nothing (RFC 6066 §3); closing does.
    fn read_alert(&mut self, content: &mut &[u8]) -> Option<Answer> {
        let [level, code] = self.alert.fill(content)?;
        match (level, code) {
            (1, 1..) => {
                self.warning = Some(code);
                None
            }
            _ => Some(Answer::Alert(code)),
        }
    }

    fn read_head(&mut self, content: &mut &[u8]) -> Option<Answer> {
        let [kind, a, b, c] = self.head.fill(content)?;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        match (kind, self.has_hello) {
            (message::SERVER_HELLO, false) if length == 0 || length > MAX_HELLO_BYTES => {
                Some(Answer::Broken("its ServerHello has an impossible length"))
            }
            (message::SERVER_HELLO, true) => Some(Answer::Broken("it sent two ServerHellos")),
            (message::SERVER_HELLO_DONE, true) if length == 0 => Some(Answer::Accepted),
            (message::SERVER_HELLO | message::HELLO_REQUEST, _) | (_, true) => {
                self.body_left = length;
                self.hello.clear();
                None
            }
            _ => Some(Answer::Broken("its first message is no ServerHello")),
        }
    }

    fn read_body(&mut self, content: &mut &[u8]) -> Option<Answer> {
        let (taken, rest) = content.split_at(self.body_left.min(content.len()));
        *content = rest;
        self.body_left -= taken.len();
        // Whatever comes behind the ServerHello is passed over.
        if self.has_hello || self.head.bytes[0] != message::SERVER_HELLO {
            return None;
        }
        self.hello.extend_from_slice(taken);
        if self.body_left > 0 {
            return None;
        }
        self.has_hello = true;
        self.judge_hello()
    }

    fn judge_hello(&self) -> Option<Answer> {
        let Some(number) = chosen_version(&self.hello) else {
            return Some(Answer::Broken("its ServerHello cannot be read"));
        };
        match TlsVersion::numbered(number) {
            // A ServerHello, or a HelloRetryRequest, which is one (RFC 8446 §4.1.4).
            Some(TlsVersion::Tls13) if self.offered == TlsVersion::Tls13 => Some(Answer::Accepted),
            Some(version) if version == self.offered => None,
            Some(version) if version < self.offered => Some(Answer::Lower(version)),
            _ => Some(Answer::Broken("it chose a version that was not offered")),
        }
    }
}

/// By what there is of a record's head.
fn could_be_record(head: &[u8]) -> bool {
    let is_kind = |kind: &u8| (20..=23).contains(kind);
    let is_minor = |minor: &u8| *minor <= 4;
    head.first().is_none_or(is_kind)
        && head.get(1).is_none_or(|major| *major == 3)
        && head.get(2).is_none_or(is_minor)
}

/// The version that a ServerHello chooses: its extension's, where there is one.
fn chosen_version(hello: &[u8]) -> Option<u16> {
    let (_, read) = parse_tls_handshake_server_hello(hello).ok()?;
    selected_version(read.version.0, read.ext.unwrap_or_default())
}

/// What `supported_versions` says (RFC 8446 §4.2.1), or `else_version` where it is not among the
/// extensions. None where they cannot be read to their end.
fn selected_version(else_version: u16, mut extensions: &[u8]) -> Option<u16> {
    let mut selected = else_version;
    while !extensions.is_empty() {
        let (number, rest) = split_u16(extensions)?;
        let (length, rest) = split_u16(rest)?;
        let (content, rest) = rest.split_at_checked(usize::from(length))?;
        if number == SUPPORTED_VERSIONS {
            let (version, nothing) = split_u16(content)?;
            selected = Some(version).filter(|_| nothing.is_empty())?;
        }
        extensions = rest;
    }
    Some(selected)
}

fn split_u16(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*number), rest))
}
