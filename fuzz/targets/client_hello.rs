//! Any bytes as the first of a client, in pieces of any size: how they are cut changes nothing,
//! they are kept to be replayed, and reading comes to an end.
#![no_main]

use fairwarning_fuzz::client_hello::{FirstBytes, MAX_BYTES, Said};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (size, bytes) = input;
    let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
    let whole = FirstBytes::default().push(bytes);
    let mut first = FirstBytes::default();
    let mut pushed = 0;
    let mut said = None;
    for part in bytes.chunks(usize::from(size).max(1)) {
        pushed += part.len();
        said = first.push(part);
        if said.is_some() {
            break;
        }
    }
    assert_eq!(whole, said, "what they are hangs on how they are cut");
    assert_eq!(first.raw(), &bytes[..pushed], "they are kept as they came");
    match said {
        Some(Said::Hello(hello)) => assert!(!hello.offered().is_empty() || hello.supported_versions.is_some()),
        Some(_) => {}
        None => assert!(bytes.len() < MAX_BYTES, "what does not end is given up"),
    }
});
