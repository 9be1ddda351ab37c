//! What somebody pastes who asks whether it is affected: names of APIs, hosts and
//! URLs, taken apart and cleaned.
//!
//! A pasted URL may carry a password, and a query may carry a key. Neither is
//! kept, so that nothing made of an entry can tell them.

use super::declared::host_key;
use url::Url;

/// How many entries one question may have.
pub const MAX_PASTED: usize = 100;
/// How long a question may be, in bytes.
pub const MAX_PASTED_BYTES: usize = 4_000;
/// The longest entry that is told again, in characters.
const MAX_SHOWN: usize = 200;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// As it may be told again. Absent where it could not be read, for then
    /// nobody knows what in it is secret.
    pub shown: Option<String>,
    pub(super) address: Option<PastedAddress>,
}

/// A host, perhaps with a port and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PastedAddress {
    pub(super) host: String,
    /// Absent where neither scheme nor port was given: any.
    pub(super) port: Option<u16>,
    /// Absent where it names the whole host.
    pub(super) path: Option<Segments>,
}

/// A path by its segments, as written and as a careless server may read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segments {
    exact: Vec<String>,
    loose: Vec<String>,
}

impl Segments {
    pub(super) fn new(path: &str) -> Self {
        let trimmed = path.strip_prefix('/').unwrap_or(path).trim_end_matches('/');
        let decoded = decoded(trimmed);
        let plain = |segment: &str| segment.split(';').next().unwrap_or_default().to_lowercase();
        let exact = match trimmed {
            "" => Vec::new(),
            some => some.split('/').map(ToOwned::to_owned).collect(),
        };
        let loose = decoded.split('/').map(plain).filter(|s| !s.is_empty() && s != ".");
        Self { exact, loose: loose.collect() }
    }

    pub(super) fn is_root(&self) -> bool {
        self.exact.is_empty()
    }

    /// Whether `other` certainly is here or below.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.exact.starts_with(&self.exact)
    }

    /// Whether one may be at, above or below the other.
    pub(super) fn may_touch(&self, other: &Self) -> bool {
        self.loose.starts_with(&other.loose) || other.loose.starts_with(&self.loose)
    }
}

impl Pasted {
    /// Reads one entry. Whatever can be read may be a name, too.
    pub(super) fn read(text: &str, is_title: impl Fn(&str) -> bool) -> Option<Self> {
        if is_title(text.trim()) {
            let shown = Some(text.trim().chars().take(MAX_SHOWN).collect());
            return Some(Self { shown, address: None });
        }
        let text = text.trim_matches(|c: char| c.is_whitespace() || "\"'`<>,;".contains(c));
        if text.is_empty() {
            return None;
        }
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        Some(match scheme.as_deref() {
            Some("http" | "https") => Self::of_address(text, true),
            Some(_) => Self { shown: None, address: None },
            None => Self::of_name_or_host(text),
        })
    }

    /// The entries of a text: one a line, or separated by commas or blanks. A line,
    /// or what stands between commas, that `is_title` is one entry, blanks and all.
    /// None is given twice.
    pub(super) fn all(text: &str, is_title: impl Fn(&str) -> bool) -> Vec<Self> {
        let mut entries: Vec<Self> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut add = |text: &str| {
            let entry = Self::read(text, &is_title);
            let fresh = entry.filter(|e| e.shown.as_ref().is_none_or(|s| seen.insert(s.clone())));
            entries.extend(fresh);
        };
        for part in text.split(['\n', '\r', ',']).map(str::trim) {
            if is_title(part) {
                add(part);
            } else {
                part.split_whitespace().for_each(&mut add);
            }
        }
        entries
    }

    /// A name stays as it is; anything that a URL could hide a secret in is told as
    /// the address that was understood, or not at all.
    fn of_name_or_host(text: &str) -> Self {
        let text = text.strip_prefix("//").unwrap_or(text);
        let is_plain = |c: char| c.is_alphanumeric() || " ._-/()&+".contains(c);
        let mut read = Self::of_address(text, false);
        if text.chars().all(is_plain) {
            read.shown = Some(text.chars().take(MAX_SHOWN).collect());
        }
        read
    }

    fn of_address(text: &str, has_scheme: bool) -> Self {
        if may_be_cut_short(text) {
            return Self { shown: None, address: None };
        }
        let Some((url, port)) = parsed(text, has_scheme) else {
            return Self { shown: None, address: None };
        };
        let host = host_key(url.host_str().unwrap_or_default()).to_owned();
        if host.is_empty() {
            return Self { shown: None, address: None };
        }
        // A user name with a slash in it begins what is read as the path.
        let path = if url.path().contains('@') { "" } else { url.path() };
        let segments = Segments::new(path);
        let rest = if segments.is_root() { "" } else { path };
        let scheme = if has_scheme { format!("{}://", url.scheme()) } else { String::new() };
        let given = match (has_scheme, url.port(), port) {
            (true, Some(port), _) | (false, _, Some(port)) => format!(":{port}"),
            _ => String::new(),
        };
        let shown = format!("{scheme}{host}{given}{rest}").chars().take(MAX_SHOWN).collect();
        let path = (!segments.is_root()).then_some(segments);
        Self { shown: Some(shown), address: Some(PastedAddress { host, port, path }) }
    }
}

/// Whether what is read as host and port may be the beginning of a user name and a
/// password with a slash, a question mark or a number sign in it.
fn may_be_cut_short(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.trim_start_matches('/');
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    tail.contains('@') && authority.contains([':', '@'])
}

/// What percent-encoding stands for (RFC 3986 §2.1).
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |at: usize| char::from(*tail.get(at)?).to_digit(16);
        let code = if *first == b'%' { digit(0).zip(digit(1)) } else { None };
        bytes.push(code.map_or(*first, |(high, low)| (high * 16 + low) as u8));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A URL and its port. Without a scheme a port counts only where it is written.
fn parsed(text: &str, has_scheme: bool) -> Option<(Url, Option<u16>)> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    if has_scheme {
        let url = Url::parse(text).ok()?;
        let port = url.port_or_known_default();
        return Some((url, port));
    }
    let url = Url::parse(&format!("https://{text}")).ok()?;
    // Each scheme leaves out its own default port, but not the other's.
    let other = Url::parse(&format!("http://{text}")).ok()?;
    let port = url.port().or(other.port());
    Some((url, port))
}
