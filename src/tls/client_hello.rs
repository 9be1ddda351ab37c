//! The first bytes of a client: whether they are a hello, and what it offers.
//!
//! They are read as they come, in pieces of any size and in as many records as the client
//! likes. It knows no socket and decides nothing; it holds [`MAX_BYTES`] and no more.

use crate::notice::Framing;

/// Hellos are some hundred bytes, a few thousand with post-quantum keys and a ticket.
pub const MAX_BYTES: usize = 32 * 1024;
/// RFC 8446 §5.1.
const MAX_RECORD: usize = 16 * 1024;
const RECORD_HEADER: usize = 5;
const HANDSHAKE_HEADER: usize = 4;
/// RFC 5246 §E.2: the length, and what has one of its own.
const SSL2_HEADER: usize = 2;
const SSL2_FIXED: usize = 9;

const HANDSHAKE_RECORD: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_NAME: u16 = 0;
const SUPPORTED_VERSIONS: u16 = 43;
const HOST_NAME: u8 = 0;

/// Of HTTP as it is in use (RFC 9110 §9), and the preface of HTTP/2.
const METHODS: [&[u8]; 10] = [
    b"GET ",
    b"HEAD ",
    b"POST ",
    b"PUT ",
    b"DELETE ",
    b"CONNECT ",
    b"OPTIONS ",
    b"TRACE ",
    b"PATCH ",
    b"PRI * ",
];

/// What a client offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    pub framing: Framing,
    /// The highest version up to TLS 1.2, as it stands in the hello.
    pub legacy_version: u16,
    /// As they stand in `supported_versions`, greased ones included (RFC 8701); None where
    /// there is no such extension.
    pub supported_versions: Option<Vec<u16>>,
    /// Lower case; None where there is none or none that a host could have.
    pub server_name: Option<String>,
}

impl ClientHello {
    /// The versions that it names: all of them, or the highest alone.
    pub fn offered(&self) -> Vec<u16> {
        self.supported_versions.clone().unwrap_or_else(|| vec![self.legacy_version])
    }
}

/// What the first bytes turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Hello(ClientHello),
    PlainHttp,
    NotTls,
}

/// The first bytes so far.
#[derive(Debug, Default)]
pub struct FirstBytes {
    raw: Vec<u8>,
    /// Where the next record begins.
    next: usize,
    /// What the records before it hold.
    message: Vec<u8>,
}

impl FirstBytes {
    /// Takes more of them, and tells what they are once that is certain.
    pub fn push(&mut self, bytes: &[u8]) -> Option<Said> {
        self.raw.extend_from_slice(bytes);
        let said = match self.framing() {
            Framing::Nothing => return None,
            Framing::Tls => self.read_records(),
            Framing::Ssl2Hello => self.read_ssl2(),
            Framing::PlainHttp => {
                METHODS.iter().any(|m| self.raw.starts_with(m)).then_some(Said::PlainHttp)
            }
            Framing::Unknown => Some(Said::NotTls),
        };
        said.or_else(|| (self.raw.len() >= MAX_BYTES).then_some(Said::NotTls))
    }

    /// What they look like so far.
    pub fn framing(&self) -> Framing {
        let bytes = &self.raw;
        let matches =
            |at: usize, is_right: fn(u8) -> bool| bytes.get(at).is_none_or(|b| is_right(*b));
        let begins = |method: &&[u8]| {
            let shorter = method.len().min(bytes.len());
            method[..shorter] == bytes[..shorter]
        };
        match bytes.first() {
            None => Framing::Nothing,
            Some(&HANDSHAKE_RECORD)
                if matches(1, |major| major == 3) && matches(5, |kind| kind == CLIENT_HELLO) =>
            {
                Framing::Tls
            }
            Some(128..)
                if matches(2, |kind| kind == CLIENT_HELLO)
                    && matches(3, |major| major == 3 || major == 0) =>
            {
                Framing::Ssl2Hello
            }
            Some(_) if METHODS.iter().any(begins) => Framing::PlainHttp,
            Some(_) => Framing::Unknown,
        }
    }

    /// All of them, for whoever goes on with the handshake.
    pub fn into_raw(self) -> Vec<u8> {
        self.raw
    }

    /// All of them.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    fn read_records(&mut self) -> Option<Said> {
        let read = &self.raw[..self.raw.len().min(MAX_BYTES)];
        while let Some(header) = read.get(self.next..self.next + RECORD_HEADER) {
            let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
            if header[..2] != [HANDSHAKE_RECORD, 3] || !(1..=MAX_RECORD).contains(&length) {
                return Some(Said::NotTls);
            }
            let body = self.next + RECORD_HEADER;
            let Some(record) = read.get(body..body + length) else { break };
            self.message.extend_from_slice(record);
            self.next = body + length;
            if let Some(said) = read_message(&self.message) {
                return Some(said);
            }
        }
        None
    }

    fn read_ssl2(&self) -> Option<Said> {
        let header = self.raw.get(..SSL2_HEADER)?;
        let length = usize::from(u16::from_be_bytes([header[0] & 0x7f, header[1]]));
        if length < SSL2_FIXED {
            return Some(Said::NotTls);
        }
        let message = self.raw.get(SSL2_HEADER..SSL2_HEADER + length)?;
        let number = |at: usize| u16::from_be_bytes([message[at], message[at + 1]]);
        let parts: usize = [3, 5, 7].into_iter().map(|at| usize::from(number(at))).sum();
        // Ciphers take three bytes each.
        if SSL2_FIXED + parts != length || number(3) == 0 || number(3) % 3 != 0 {
            return Some(Said::NotTls);
        }
        Some(Said::Hello(ClientHello {
            framing: Framing::Ssl2Hello,
            legacy_version: number(1),
            supported_versions: None,
            server_name: None,
        }))
    }
}

/// What a message of the handshake is, once all of it is there.
fn read_message(message: &[u8]) -> Option<Said> {
    let header = message.get(..HANDSHAKE_HEADER)?;
    let length =
        usize::from(header[1]) << 16 | usize::from(header[2]) << 8 | usize::from(header[3]);
    if header[0] != CLIENT_HELLO || length > MAX_BYTES {
        return Some(Said::NotTls);
    }
    let body = message.get(HANDSHAKE_HEADER..HANDSHAKE_HEADER + length)?;
    Some(read_hello(body).map_or(Said::NotTls, Said::Hello))
}

/// RFC 8446 §4.1.2. What an extension says wrongly is as good as not said: whether the
/// handshake fails by it is for TLS itself to say.
fn read_hello(body: &[u8]) -> Option<ClientHello> {
    let mut rest = Bytes(body);
    let legacy_version = rest.number()?;
    rest.take(32)?;
    let session = rest.short()?;
    let ciphers = rest.long()?;
    let compressions = rest.short()?;
    let is_sound = session.len() <= 32
        && !ciphers.is_empty()
        && ciphers.len() % 2 == 0
        && !compressions.is_empty();
    let mut hello = ClientHello {
        framing: Framing::Tls,
        legacy_version,
        supported_versions: None,
        server_name: None,
    };
    if !is_sound || legacy_version >> 8 != 3 {
        return None;
    }
    // TLS before 1.3 may end here.
    if rest.0.is_empty() {
        return Some(hello);
    }
    let mut extensions = Bytes(rest.long()?);
    while !extensions.0.is_empty() {
        let (kind, said) = (extensions.number()?, extensions.long()?);
        match kind {
            SERVER_NAME if hello.server_name.is_none() => hello.server_name = server_name(said),
            SUPPORTED_VERSIONS if hello.supported_versions.is_none() => {
                hello.supported_versions = supported_versions(said);
            }
            _ => {}
        }
    }
    Some(hello)
}

/// RFC 6066 §3.
fn server_name(said: &[u8]) -> Option<String> {
    let mut names = Bytes(Bytes(said).long()?);
    while !names.0.is_empty() {
        let (kind, name) = (names.take(1)?[0], names.long()?);
        if kind == HOST_NAME {
            let name = std::str::from_utf8(name).ok()?.to_ascii_lowercase();
            let name = name.strip_suffix('.').unwrap_or(&name);
            return is_host(name).then(|| name.to_owned());
        }
    }
    None
}

/// As hosts are named in DNS: labels of letters, digits, `-` and `_` (RFC 1035 §2.3.4).
fn is_host(name: &str) -> bool {
    let is_lawful = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_lawful);
    name.len() <= 253 && name.split('.').all(is_label)
}

/// RFC 8446 §4.2.1.
fn supported_versions(said: &[u8]) -> Option<Vec<u16>> {
    let versions = Bytes(said).short()?;
    let is_sound = !versions.is_empty() && versions.len() % 2 == 0;
    is_sound
        .then(|| versions.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect())
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2).map(|two| u16::from_be_bytes([two[0], two[1]]))
    }

    /// What has its length before it in one byte.
    fn short(&mut self) -> Option<&'a [u8]> {
        let length = self.take(1)?[0];
        self.take(length.into())
    }

    /// What has its length before it in two bytes.
    fn long(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length.into())
    }
}
