//! Small checked values that declarations and messages share: URLs, texts,
//! mail addresses and lengths of time.

use super::meant_length;
use chrono::{Days, Months, NaiveDate, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An `http` or `https` URL, kept as the office wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpUrl {
    written: String,
    parsed: url::Url,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    #[error(
        "`{url}` is not a URL ({reason}): write it in full, such as `https://api.example.com/v1`"
    )]
    Form { url: String, reason: url::ParseError },
    #[error("`{0}` is not a web address: write one that begins with https:// or http://")]
    Scheme(String),
    #[error("`{0}` has a blank in it: write %20 for one")]
    Blank(String),
    #[error("`{0}` carries a user name or password: write it without them")]
    Credentials(String),
}

impl HttpUrl {
    pub fn as_str(&self) -> &str {
        &self.written
    }
    pub fn scheme(&self) -> &str {
        self.parsed.scheme()
    }
    /// Lower case, A-labels (RFC 3986 §3.2.2, RFC 5890).
    pub fn host(&self) -> &str {
        self.parsed.host_str().expect("http URLs have a host")
    }
    pub fn port(&self) -> u16 {
        self.parsed.port_or_known_default().expect("http and https have default ports")
    }
    pub fn path(&self) -> &str {
        self.parsed.path()
    }
    /// In normal form, for comparing.
    pub fn normalised(&self) -> &str {
        self.parsed.as_str()
    }
}

impl FromStr for HttpUrl {
    type Err = BadUrl;
    fn from_str(text: &str) -> Result<Self, BadUrl> {
        // A parser of URLs would drop line breaks and blanks around it in silence.
        if text.contains(char::is_whitespace) {
            return Err(BadUrl::Blank(text.to_owned()));
        }
        let parsed = url::Url::parse(text)
            .map_err(|reason| BadUrl::Form { url: text.to_owned(), reason })?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
            return Err(BadUrl::Scheme(text.to_owned()));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(BadUrl::Credentials(text.to_owned()));
        }
        Ok(Self { written: text.to_owned(), parsed })
    }
}

impl TryFrom<String> for HttpUrl {
    type Error = BadUrl;
    fn try_from(text: String) -> Result<Self, BadUrl> {
        text.parse()
    }
}

impl From<HttpUrl> for String {
    fn from(url: HttpUrl) -> String {
        url.written
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.written)
    }
}

/// Markdown that may name declared dates: `{{cutoff}}`, `{{row.cutoff}}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Text(pub String);

/// A mail address (RFC 5321 §4.1.2, RFC 6531), its domain in A-labels.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is not a mail address: {reason}")]
pub struct BadAddress {
    address: String,
    reason: String,
}

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn local_part(&self) -> &str {
        self.split().0
    }
    /// Lower case, A-labels.
    pub fn domain(&self) -> &str {
        self.split().1
    }
    fn split(&self) -> (&str, &str) {
        self.0.rsplit_once('@').expect("parsed addresses have a domain")
    }

    /// For logs and progress: `j…@example.org`. Enough to tell two domains
    /// apart, too little to write to.
    pub fn masked(&self) -> String {
        let (local, domain) = self.split();
        format!("{}…@{domain}", local.chars().next().unwrap_or('…'))
    }

    /// What counts as the same mailbox when suppressing: case is ignored,
    /// though RFC 5321 lets a server tell it apart; none in use does.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = BadAddress;
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        let bad = |reason: &str| BadAddress {
            address: text.chars().take(80).collect(),
            reason: reason.to_owned(),
        };
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| bad("it has no `@`"))?;
        let domain =
            idna::domain_to_ascii_strict(domain).map_err(|_| bad("its domain is not valid"))?;
        if domain.is_empty() || domain.len() > 253 {
            return Err(bad("its domain is not valid"));
        }
        if local.is_empty() || local.len() > 64 {
            return Err(bad("the part before `@` must have 1 to 64 bytes"));
        }
        if local.chars().any(|c| c.is_control() || c.is_whitespace()) || local.contains('"') {
            return Err(bad("the part before `@` has a space, a quote or a control character"));
        }
        let whole = format!("{local}@{domain}");
        email_address::EmailAddress::from_str(&whole).map_err(|e| bad(&e.to_string()))?;
        Ok(Self(whole))
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadAddress;
    fn try_from(text: String) -> Result<Self, BadAddress> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Masked, so that no `{:?}` in a log line prints an address.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A length of calendar or clock time: `90 days`, `3 months`, `2 hours`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Length {
    amount: u32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

const UNITS: [(Unit, &str); 6] = [
    (Unit::Minute, "minute"),
    (Unit::Hour, "hour"),
    (Unit::Day, "day"),
    (Unit::Week, "week"),
    (Unit::Month, "month"),
    (Unit::Year, "year"),
];

/// Ten years of minutes; beyond that a length is a mistake, not a plan.
const MAX_AMOUNT: u32 = 5_256_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a length of time: write {meant}", meant = length_meant(.0))]
pub struct BadLength(String);

fn length_meant(written: &str) -> String {
    const FORMS: &str = "a number and a unit, such as `90 days`, `3 months` or `2 hours`";
    meant_length(written).map_or_else(|| FORMS.to_owned(), |meant| format!("`{meant}`"))
}

impl Length {
    /// What a reader says that it looked for.
    pub const EXPECTED: &str = "a length of time";

    pub fn minutes(amount: u32) -> Self {
        Self { amount, unit: Unit::Minute }
    }

    pub fn days(amount: u32) -> Self {
        Self { amount, unit: Unit::Day }
    }

    pub fn amount(&self) -> u32 {
        self.amount
    }

    pub fn unit(&self) -> Unit {
        self.unit
    }

    pub fn years(amount: u32) -> Self {
        Self { amount, unit: Unit::Year }
    }

    /// Clock time, for units that have a fixed one.
    pub fn as_clock(&self) -> Option<TimeDelta> {
        match self.unit {
            Unit::Minute => TimeDelta::try_minutes(self.amount.into()),
            Unit::Hour => TimeDelta::try_hours(self.amount.into()),
            _ => None,
        }
    }

    /// `day` moved back by this much calendar; clock units leave it alone.
    /// A month before 31 March is the last day of February.
    pub fn before(&self, day: NaiveDate) -> Option<NaiveDate> {
        match self.unit {
            Unit::Minute | Unit::Hour => Some(day),
            Unit::Day => day.checked_sub_days(Days::new(self.amount.into())),
            Unit::Week => day.checked_sub_days(Days::new(u64::from(self.amount) * 7)),
            Unit::Month => day.checked_sub_months(Months::new(self.amount)),
            Unit::Year => day.checked_sub_months(Months::new(self.amount.checked_mul(12)?)),
        }
    }

    /// `day` moved on by this much calendar, `times` over, from the same start:
    /// repeated months do not drift away from the 31st.
    pub fn after(&self, day: NaiveDate, times: u32) -> Option<NaiveDate> {
        let amount = self.amount.checked_mul(times)?;
        match self.unit {
            Unit::Minute | Unit::Hour => Some(day),
            Unit::Day => day.checked_add_days(Days::new(amount.into())),
            Unit::Week => day.checked_add_days(Days::new(u64::from(amount) * 7)),
            Unit::Month => day.checked_add_months(Months::new(amount)),
            Unit::Year => day.checked_add_months(Months::new(amount.checked_mul(12)?)),
        }
    }

    pub fn is_zero(&self) -> bool {
        self.amount == 0
    }
}

impl FromStr for Length {
    type Err = BadLength;
    fn from_str(text: &str) -> Result<Self, BadLength> {
        let bad = || BadLength(text.to_owned());
        let (amount, unit) = text.trim().split_once(' ').ok_or_else(bad)?;
        if !amount.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let amount = amount.parse().ok().filter(|a| *a <= MAX_AMOUNT).ok_or_else(bad)?;
        let unit = unit.trim();
        UNITS
            .iter()
            .find(|(_, name)| unit.strip_suffix('s').unwrap_or(unit) == *name)
            .map(|(unit, _)| Self { amount, unit: *unit })
            .ok_or_else(bad)
    }
}

/// By hand, so that a bare number is refused with the words for a length: in quotes
/// it would be none either.
impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Length;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Length::EXPECTED)
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Length, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl From<Length> for String {
    fn from(length: Length) -> String {
        length.to_string()
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = UNITS.iter().find(|(unit, _)| *unit == self.unit).expect("all units listed").1;
        write!(f, "{} {name}{}", self.amount, if self.amount == 1 { "" } else { "s" })
    }
}
