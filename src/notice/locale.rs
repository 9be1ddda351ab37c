//! Languages, as programs list them and readers ask for them.
//!
//! It knows which of several is closest to another, and no word of any.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A language tag such as `en` or `pt-BR` (RFC 5646, language and region only).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a locale: write a language such as `en`, or with its region `pt-BR`")]
pub struct BadLocale(String);

impl Default for Locale {
    fn default() -> Self {
        Self("en".to_owned())
    }
}

impl Locale {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From any language tag (RFC 5646): its language and region, whatever case
    /// they are in and whatever else it says.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.trim().split(['-', '_']);
        let language = parts.next()?.to_ascii_lowercase();
        let is_region =
            |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic());
        // What comes after a single letter is an extension.
        let region = parts.take_while(|part| part.len() > 1).find(is_region);
        match region {
            Some(region) => format!("{language}-{}", region.to_ascii_uppercase()).parse().ok(),
            None => language.parse().ok(),
        }
    }

    /// Without the region.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// The locale after its language, where that is a locale of its own: what a
    /// region leaves unsaid, its language says.
    pub fn and_language(&self) -> Vec<Self> {
        let language = Self(self.language().to_owned());
        if language == *self { vec![language] } else { vec![language, self.clone()] }
    }

    /// Scripts written from right to left, by the languages that use them.
    pub fn is_right_to_left(&self) -> bool {
        matches!(self.language(), "ar" | "dv" | "fa" | "he" | "ps" | "ur" | "yi")
    }

    /// Of `offered`, the locale that readers of this one are served best with:
    /// itself, or one of the same language, the one without a region first.
    pub fn closest<'l>(&self, offered: &'l [Self]) -> Option<&'l Self> {
        let same_language = || offered.iter().filter(|l| l.language() == self.language());
        let plain = || same_language().find(|l| l.as_str() == l.language());
        let exactly = offered.iter().find(|locale| *locale == self);
        exactly.or_else(plain).or_else(|| same_language().next())
    }

    /// A reader's form of address where the office has none of its own.
    pub fn greeting(&self) -> &'static str {
        match self.language() {
            "de" => "Guten Tag,",
            "es" => "Hola:",
            "fr" => "Bonjour,",
            _ => "Hello,",
        }
    }
}

impl FromStr for Locale {
    type Err = BadLocale;
    fn from_str(tag: &str) -> Result<Self, BadLocale> {
        let (language, region) = tag.split_once('-').unwrap_or((tag, "XX"));
        let is_language =
            matches!(language.len(), 2 | 3) && language.bytes().all(|b| b.is_ascii_lowercase());
        let is_region = region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
        if is_language && is_region {
            Ok(Self(tag.to_owned()))
        } else {
            Err(BadLocale(tag.to_owned()))
        }
    }
}

impl TryFrom<String> for Locale {
    type Error = BadLocale;
    fn try_from(tag: String) -> Result<Self, BadLocale> {
        tag.parse()
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> String {
        locale.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
