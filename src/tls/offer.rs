//! What a probe says first: one ClientHello for each version, as bytes.
//!
//! Each offers a single version as the highest, so that what is answered tells of that version
//! alone. It knows no socket, and its randomness is handed to it.

use crate::notice::TlsVersion;

/// What a hello takes of randomness: 32 bytes of its own, and 32 of a key share.
pub type Randomness = [u8; 64];

/// Some balancers hang on hellos from 256 to 511 bytes long (RFC 7685 §4).
const HANGING: std::ops::Range<usize> = 256..512;
const RECORD_HEAD_BYTES: usize = 5;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const X25519: u16 = 0x001d;
/// "I renegotiate safely", said as a cipher where there are no extensions (RFC 5746 §3.3).
const SAFE_RENEGOTIATION: u16 = 0x00ff;

/// Extensions, by their numbers in IANA's registry.
mod extension {
    pub const SERVER_NAME: u16 = 0;
    pub const SUPPORTED_GROUPS: u16 = 10;
    pub const POINT_FORMATS: u16 = 11;
    pub const SIGNATURE_ALGORITHMS: u16 = 13;
    pub const PADDING: u16 = 21;
    pub const SUPPORTED_VERSIONS: u16 = 43;
    pub const KEY_EXCHANGE_MODES: u16 = 45;
    pub const KEY_SHARE: u16 = 51;
    pub const RENEGOTIATION_INFO: u16 = 0xff01;
}

/// Which ciphers, groups and signatures are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// What nearly every server has some of.
    Usual,
    /// What is left to try where a server finds none of these good.
    Unusual,
}

const USUAL_13: &[u16] = &[0x1301, 0x1302, 0x1303];
const UNUSUAL_13: &[u16] = &[0x1304, 0x1305, 0x1301, 0x1302, 0x1303];

/// ECDHE, DHE and RSA, with GCM, ChaCha20 and CBC.
const USUAL_12: &[u16] = &[
    0xc02c, 0xc02b, 0xc030, 0xc02f, 0xcca9, 0xcca8, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009,
    0xc014, 0xc013, 0x009f, 0x009e, 0xccaa, 0x006b, 0x0067, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d,
    0x003c, 0x0035, 0x002f, 0x000a,
];

/// The same without what TLS 1.2 brought, and with RC4.
const USUAL_OLD: &[u16] = &[
    0xc00a, 0xc009, 0xc014, 0xc013, 0x0039, 0x0033, 0x0035, 0x002f, 0xc008, 0xc012, 0x0016, 0x000a,
    0x0005, 0x0004,
];

/// CCM, ARIA, Camellia and pre-shared keys, then what was there before TLS 1.2.
const UNUSUAL_12: &[u16] = &[
    0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xc09c, 0xc09d, 0xc0a0, 0xc0a1, 0xc09e, 0xc09f, 0xc05c, 0xc05d,
    0xc060, 0xc061, 0xc050, 0xc051, 0xc072, 0xc073, 0xc076, 0xc077, 0x00ba, 0x00c0, 0x00be, 0x00c4,
    0xc02d, 0xc02e, 0xc031, 0xc032, 0x00a2, 0x00a3, 0x0040, 0x006a, 0x00a6, 0x00a7, 0x003b,
];

/// Camellia, SEED, IDEA, fixed ECDH, DSS, RC4, DES, anonymous, export, pre-shared and empty.
const UNUSUAL_OLD: &[u16] = &[
    0x0041, 0x0084, 0x0045, 0x0088, 0x0096, 0x009a, 0x0007, 0xc004, 0xc005, 0xc00e, 0xc00f, 0x0032,
    0x0038, 0x0013, 0xc007, 0xc011, 0x0018, 0x001b, 0x0034, 0x003a, 0xc018, 0xc019, 0x0009, 0x0015,
    0x0003, 0x0006, 0x0008, 0x0014, 0x008c, 0x008d, 0x0001, 0x0002, 0xc006, 0xc010,
];

/// X25519, X448, and the curves of NIST and Brainpool.
const USUAL_GROUPS: &[u16] = &[X25519, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c];
/// Those too, finite fields, Brainpool's for TLS 1.3, and older curves.
const UNUSUAL_GROUPS: &[u16] = &[
    0x001e, 0x0100, 0x0101, 0x001f, 0x0020, 0x0021, 0x001a, 0x001b, 0x001c, 0x0016, 0x0015, 0x0013,
    0x0019, 0x0018, 0x0017, X25519,
];

/// ECDSA, RSA-PSS and RSA from SHA-256 on, Ed25519, and SHA-1 for old certificates.
const SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x0401, 0x0501, 0x0601, 0x0807, 0x0808,
    0x0203, 0x0201, 0x0402, 0x0202,
];

/// A ClientHello in a record, that offers `version` as the highest; TLS 1.3 alone, because
/// it is offered by a list. `host` is the name that is asked for (RFC 6066 §3), which an address
/// is not.
pub fn client_hello(
    version: TlsVersion,
    choice: Choice,
    host: Option<&str>,
    randomness: &Randomness,
) -> Vec<u8> {
    let (random, share) = randomness.split_at(32);
    let mut fixed = Vec::with_capacity(256);
    // TLS 1.3 hides behind 1.2 (RFC 8446 §4.1.2).
    put(&mut fixed, version.number().min(TlsVersion::Tls12.number()));
    fixed.extend_from_slice(random);
    // No session is resumed.
    fixed.push(0);
    let ciphers = numbers(&ciphers(version, choice));
    put_sized(&mut fixed, &ciphers);
    // No compression.
    fixed.extend_from_slice(&[1, 0]);
    let mut extensions = match version {
        // It has none; a server of that age may stumble over them.
        TlsVersion::Ssl3 => return framed(version, fixed, &[]),
        _ => extensions(version, choice, host, share),
    };
    let length = RECORD_HEAD_BYTES + 4 + fixed.len() + 2 + extensions.len();
    if HANGING.contains(&length) {
        let missing = HANGING.end.saturating_sub(length + 4);
        put(&mut extensions, extension::PADDING);
        put_sized(&mut extensions, &vec![0; missing]);
    }
    framed(version, fixed, &extensions)
}

fn ciphers(version: TlsVersion, choice: Choice) -> Vec<u16> {
    let usual = choice == Choice::Usual;
    let mut ciphers = match (version, usual) {
        (TlsVersion::Tls13, true) => USUAL_13.to_vec(),
        (TlsVersion::Tls13, false) => UNUSUAL_13.to_vec(),
        (TlsVersion::Tls12, true) => USUAL_12.to_vec(),
        (TlsVersion::Tls12, false) => [UNUSUAL_12, UNUSUAL_OLD].concat(),
        (_, true) => USUAL_OLD.to_vec(),
        (_, false) => UNUSUAL_OLD.to_vec(),
    };
    if version == TlsVersion::Ssl3 {
        ciphers.push(SAFE_RENEGOTIATION);
    }
    ciphers
}

fn extensions(version: TlsVersion, choice: Choice, host: Option<&str>, share: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut add = |number: u16, content: &[u8]| {
        put(&mut all, number);
        put_sized(&mut all, content);
    };
    if let Some(host) = host {
        let mut name = vec![0];
        put_sized(&mut name, host.as_bytes());
        add(extension::SERVER_NAME, &sized(&name));
    }
    let groups = if choice == Choice::Usual { USUAL_GROUPS } else { UNUSUAL_GROUPS };
    add(extension::SUPPORTED_GROUPS, &sized(&numbers(groups)));
    if version >= TlsVersion::Tls12 {
        add(extension::SIGNATURE_ALGORITHMS, &sized(&numbers(SIGNATURES)));
    }
    if version < TlsVersion::Tls13 {
        add(extension::POINT_FORMATS, &[1, 0]);
        add(extension::RENEGOTIATION_INFO, &[0]);
        return all;
    }
    let [high, low] = version.number().to_be_bytes();
    add(extension::SUPPORTED_VERSIONS, &[2, high, low]);
    add(extension::KEY_EXCHANGE_MODES, &[1, 1]);
    let mut shares = Vec::new();
    // Any 32 bytes are a key of X25519. Without a share a server says which group it would like
    // by a HelloRetryRequest (RFC 8446 §4.2.8), which tells the version as well.
    if choice == Choice::Usual {
        put(&mut shares, X25519);
        put_sized(&mut shares, share);
    }
    add(extension::KEY_SHARE, &sized(&shares));
    all
}

fn framed(version: TlsVersion, mut hello: Vec<u8>, extensions: &[u8]) -> Vec<u8> {
    if !extensions.is_empty() {
        put_sized(&mut hello, extensions);
    }
    // A record says TLS 1.0 at most, as all clients' first one does (RFC 8446 §5.1).
    let record_version = version.number().min(TlsVersion::Tls10.number());
    let mut message = vec![CLIENT_HELLO, 0];
    put_sized(&mut message, &hello);
    let mut record = vec![HANDSHAKE];
    put(&mut record, record_version);
    put_sized(&mut record, &message);
    record
}

fn put(bytes: &mut Vec<u8>, number: u16) {
    bytes.extend_from_slice(&number.to_be_bytes());
}

/// With its length before it. Nothing here comes near 64 KiB: a name has 253 bytes at most.
fn put_sized(bytes: &mut Vec<u8>, content: &[u8]) {
    let content = &content[..content.len().min(usize::from(u16::MAX))];
    put(bytes, u16::try_from(content.len()).unwrap_or(u16::MAX));
    bytes.extend_from_slice(content);
}

fn sized(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 2);
    put_sized(&mut bytes, content);
    bytes
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tls_parser::{TlsMessage, TlsMessageHandshake, parse_tls_plaintext};

    fn every_hello(host: Option<&str>) -> Vec<(TlsVersion, Choice, Vec<u8>)> {
        let choices = [Choice::Usual, Choice::Unusual];
        let pairs = TlsVersion::ALL.into_iter().flat_map(|v| choices.map(|choice| (v, choice)));
        pairs.map(|(v, choice)| (v, choice, client_hello(v, choice, host, &[7; 64]))).collect()
    }

    #[test]
    fn a_usual_hello_stays_under_256_bytes() {
        for (version, choice, hello) in every_hello(Some("api.production.example.org")) {
            if choice == Choice::Usual {
                assert!(hello.len() < 256, "{version} takes {} bytes", hello.len());
            }
        }
    }

    #[test]
    fn no_hello_has_a_length_that_balancers_hang_on() {
        for labels in 0..60 {
            let name = format!("{}example.org", "abc.".repeat(labels));
            for (version, choice, hello) in every_hello(Some(&name)) {
                assert!(!HANGING.contains(&hello.len()), "{version} {choice:?}: {}", hello.len());
            }
        }
    }

    #[test]
    fn a_hello_is_read_by_others_as_it_was_meant() {
        for (version, choice, hello) in every_hello(Some("example.org")) {
            let (rest, record) = parse_tls_plaintext(&hello).unwrap();
            assert!(rest.is_empty());
            let [TlsMessage::Handshake(TlsMessageHandshake::ClientHello(read))] = &record.msg[..]
            else {
                panic!("{version} {choice:?} is no ClientHello");
            };
            assert_eq!(read.version.0, version.number().min(0x0303));
            let read_ciphers: Vec<u16> = read.ciphers.iter().map(|cipher| cipher.0).collect();
            assert_eq!(read_ciphers, ciphers(version, choice));
            assert_eq!(read.ext.is_some(), version != TlsVersion::Ssl3);
        }
    }
}
