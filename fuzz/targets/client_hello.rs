//! Any bytes as the first of a client: told apart alike in one piece and in many, judged
//! without a panic, and never held beyond the bound.
#![no_main]

use fairwarning_fuzz::client_hello::{FirstBytes, MAX_BYTES, Said};
use fairwarning_fuzz::gate::{Versions, judge};
use fairwarning_fuzz::notice::TlsVersion;
use libfuzzer_sys::fuzz_target;

const PIECES: [usize; 3] = [1, 7, 1_400];

fuzz_target!(|bytes: &[u8]| {
    let whole = FirstBytes::default().push(bytes);
    for size in PIECES {
        let mut first = FirstBytes::default();
        let said = bytes.chunks(size).find_map(|piece| first.push(piece));
        assert_eq!(said, whole, "pieces of {size} make no difference");
        assert!(first.raw().len() < MAX_BYTES + size, "no more is held");
        assert!(bytes.starts_with(first.raw()), "what is replayed is what came");
    }
    let Some(Said::Hello(hello)) = whole else { return };
    assert!(!hello.offered().is_empty(), "a hello offers something");
    if let Some(name) = &hello.server_name {
        assert!(name.len() <= 253 && !name.bytes().any(|b| b.is_ascii_uppercase()), "{name}");
    }
    for (minimum, maximum) in [
        (TlsVersion::Tls10, TlsVersion::Tls13),
        (TlsVersion::Tls12, TlsVersion::Tls12),
        (TlsVersion::Tls13, TlsVersion::Tls13),
    ] {
        if let Err(refusal) = judge(&hello, Versions { minimum, maximum }) {
            let [kind, major, minor, ..] = refusal.bytes;
            assert!((kind, major) == (21, 3) && minor <= 3, "an alert that is one");
        }
    }
});
