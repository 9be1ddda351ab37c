//! What a form carries to show that it was shown: a keyed hash over its name, whoever
//! it was shown to, and the hour.

use super::{HASH_BYTES, Keys, keyed};
use data_encoding::BASE32_NOPAD;
use hmac::Mac;

/// Begins what a form's token is made of; no other token begins so.
const FORM: u8 = 7;

const CONTENT_BYTES: usize = 9;

impl Keys {
    /// For the form of this name as it is shown in this hour (counted from 1970) to
    /// `holder`, which is empty where anybody may be shown it.
    pub fn form_token(&self, form: &str, holder: &str, hour: u32) -> String {
        let mut bytes = vec![FORM];
        bytes.extend(self.newest().to_be_bytes());
        bytes.extend(hour.to_be_bytes());
        let hash = self.form_hash(&bytes, form, holder).unwrap_or_default();
        bytes.extend(hash);
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    /// The hour in which this form was shown to this holder; `None` where it was not.
    pub fn form_shown_at(&self, token: &str, form: &str, holder: &str) -> Option<u32> {
        let token = (token.len() <= super::MAX_TOKEN_CHARS).then(|| token.to_ascii_uppercase())?;
        let bytes = BASE32_NOPAD.decode(token.as_bytes()).ok()?;
        let (content, hash) = bytes.split_at_checked(CONTENT_BYTES)?;
        let (purpose, rest) = content.split_first()?;
        let (_, hour) = rest.split_first_chunk::<4>()?;
        let right = self.form_hash(content, form, holder).filter(|_| *purpose == FORM)?;
        let is_right = bool::from(subtle::ConstantTimeEq::ct_eq(right.as_slice(), hash));
        is_right.then_some(u32::from_be_bytes(hour.try_into().ok()?))
    }

    /// Lengths keep the name and the holder apart. `None` where the key that the
    /// content names is not known.
    fn form_hash(&self, content: &[u8], form: &str, holder: &str) -> Option<Vec<u8>> {
        let id = u32::from_be_bytes(content.get(1..5)?.try_into().ok()?);
        let (_, secret) = self.links.iter().find(|(known, _)| *known == id)?;
        let mut all = content.to_vec();
        all.extend(u64::try_from(form.len()).ok()?.to_be_bytes());
        all.extend(form.as_bytes());
        all.extend(holder.as_bytes());
        Some(keyed(secret, &all).finalize().into_bytes()[..HASH_BYTES].to_vec())
    }
}
