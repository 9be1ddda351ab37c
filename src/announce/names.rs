//! Names that nobody can guess, for Message-IDs.

use super::AnnounceError;
use data_encoding::BASE32_NOPAD;

/// 100 bits: what stands before the `@` of a Message-ID tells nobody who the
/// recipient is or how many there are.
const NAME_CHARS: usize = 20;
/// Of which the name takes 100 bits.
const NAME_BYTES: usize = 13;
/// Asked of the machine at once: a million names would otherwise be a million calls.
const NAMES_AT_ONCE: usize = 256;

/// A supply of random bytes.
#[derive(Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
}

impl Names {
    /// A new Message-ID at `domain`, without angle brackets.
    pub fn message_id(&mut self, domain: &str) -> Result<String, AnnounceError> {
        if self.bytes.is_empty() {
            self.bytes.resize(NAME_BYTES * NAMES_AT_ONCE, 0);
            if let Err(failure) = getrandom::fill(&mut self.bytes) {
                // Zeros are nobody's name.
                self.bytes.clear();
                return Err(AnnounceError::Randomness(failure));
            }
        }
        let rest = self.bytes.len() - NAME_BYTES;
        let mut name = String::with_capacity(NAME_CHARS + 2 + domain.len());
        BASE32_NOPAD.encode_append(&self.bytes[rest..], &mut name);
        self.bytes.truncate(rest);
        name.truncate(NAME_CHARS);
        name.make_ascii_lowercase();
        name.push('@');
        name.push_str(domain);
        Ok(name)
    }
}
