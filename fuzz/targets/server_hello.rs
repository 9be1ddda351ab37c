//! Any bytes as a server's answer, in pieces of any size: how they are cut changes nothing, and
//! reading comes to an end.
#![no_main]

use fairwarning_fuzz::notice::TlsVersion;
use fairwarning_fuzz::server_hello::{Answer, AnswerReader};
use libfuzzer_sys::fuzz_target;

/// More than is read of any answer.
const MANY: usize = 600 * 1024;

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (which, size, bytes) = input;
    let offered = TlsVersion::ALL[usize::from(which) % TlsVersion::ALL.len()];
    let size = usize::from(size).max(1);
    let whole = AnswerReader::new(offered).read(bytes);
    let mut reader = AnswerReader::new(offered);
    let cut = bytes.chunks(size).find_map(|part| reader.read(part));
    assert_eq!(whole, cut, "the answer hangs on how it is cut");
    if let Some(Answer::Lower(version)) = &cut {
        assert!(*version < offered, "what is lower was not offered");
    }
    if cut.is_none() && !bytes.is_empty() {
        let mut read = 0;
        while read < MANY && reader.read(bytes).is_none() {
            read += bytes.len();
        }
        assert!(read < MANY, "an answer without end is given up");
    }
});
