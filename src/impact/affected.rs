//! "Am I affected?": what is known about entries that somebody pasted.
//!
//! Not affected is said of what was looked up and found free; whatever was not
//! found, or found in part, is unknown.

use super::declared::{Address, ApiPlace, Touched};
use super::index::Index;
use super::pasted::{Pasted, PastedAddress};
use crate::schedule::{Instant, State};
use serde::Serialize;
use utoipa::ToSchema;

/// How many lines all answers of one question show together.
const MAX_LINES: usize = 1_000;
/// How many lines one answer shows.
const MAX_LINES_EACH: usize = 100;

/// What is known about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Affected,
    NotAffected,
    Unknown,
}

/// Why that is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// Rows of current notices name it.
    Named,
    /// It is declared, and no row names it.
    NotNamed,
    /// Every row that names it was cancelled.
    Cancelled,
    /// No program declares it.
    NotDeclared,
    /// Its host is declared, but not with this scheme, port or path, or only in part.
    PartlyDeclared,
    /// It is no API name, host or web address.
    Unreadable,
}

/// The answer about one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The entry as it may be told again.
    pub asked: Option<String>,
    pub verdict: Verdict,
    pub because: Because,
    /// The APIs that the entry may mean by name.
    pub apis: Vec<ApiPlace>,
    /// The lines that say so, in the table's own order.
    pub lines: Vec<u32>,
    /// Whether there are more lines than shown.
    pub has_more: bool,
}

/// What was found on one way of reading an entry.
#[derive(Default)]
struct Found {
    live: Vec<u32>,
    cancelled: Vec<u32>,
    /// Whether something declared certainly holds the whole entry.
    is_covered: bool,
    /// Whether something declared has to do with it.
    is_known: bool,
}

impl Index {
    /// The entries of a text: one a line, or separated by commas or blanks.
    pub fn pasted(&self, text: &str) -> Vec<Pasted> {
        Pasted::all(text, |line| self.declared.is_title(line))
    }

    /// One entry, whatever stands in it. Nothing, where nothing does.
    pub fn pasted_entry(&self, text: &str) -> Option<Pasted> {
        Pasted::read(text, |line| self.declared.is_title(line))
    }

    /// The answers about `entries` at `on`, in their order.
    pub fn affected(&self, entries: &[Pasted], on: Instant) -> Vec<Finding> {
        let each = (MAX_LINES / entries.len().max(1)).clamp(1, MAX_LINES_EACH);
        entries.iter().map(|entry| self.finding(entry, on, each)).collect()
    }

    fn finding(&self, entry: &Pasted, on: Instant, most: usize) -> Finding {
        let asked = entry.shown.clone();
        let apis = asked.as_deref().map_or_else(Vec::new, |name| self.apis_named(name));
        let by_name = self.of_apis(&apis, on, most);
        let by_address = match &entry.address {
            Some(address) => self.of_address(address, on, most),
            None => Found::default(),
        };
        let (verdict, because) = judge(&asked, &by_name, &by_address);
        let lines =
            |pick: fn(&Found) -> &Vec<u32>| [pick(&by_name).as_slice(), pick(&by_address)].concat();
        let mut lines = match because {
            Because::Cancelled => lines(|found| &found.cancelled),
            _ => lines(|found| &found.live),
        };
        lines.sort_unstable();
        lines.dedup();
        let has_more = lines.len() > most;
        lines.truncate(most);
        Finding { asked, verdict, because, apis, lines, has_more }
    }

    fn of_apis(&self, apis: &[ApiPlace], on: Instant, most: usize) -> Found {
        let is_known = !apis.is_empty();
        let mut found = Found { is_known, is_covered: is_known, ..Found::default() };
        for api in apis {
            found.take(self, self.lines_of(*api), on, most);
        }
        found
    }

    fn of_address(&self, asked: &PastedAddress, on: Instant, most: usize) -> Found {
        let declared = self.declared.at_host(&asked.host);
        let mut found = Found { is_known: !declared.is_empty(), ..Found::default() };
        for address in declared.iter().filter(|address| asked.may_touch(address)) {
            found.is_covered |= asked.is_within(address);
            match &address.touched {
                Touched::By(lines) => found.take(self, lines.iter().copied(), on, most),
                Touched::With(api) => found.take(self, self.lines_of(*api), on, most),
            }
        }
        found
    }
}

impl Found {
    /// One line more than is shown tells that there are more.
    fn take(&mut self, index: &Index, lines: impl Iterator<Item = u32>, on: Instant, most: usize) {
        let mut live = 0;
        let mut cancelled = 0;
        for line in lines {
            let is_cancelled = index.line(line).state(on) == State::Cancelled;
            let (list, count) = match is_cancelled {
                true => (&mut self.cancelled, &mut cancelled),
                false => (&mut self.live, &mut live),
            };
            if *count <= most {
                list.push(line);
                *count += 1;
            }
            if live > most {
                break;
            }
        }
    }
}

/// What is free by one reading of an entry may still be unknown by the other.
fn judge(asked: &Option<String>, by_name: &Found, by_address: &Found) -> (Verdict, Because) {
    let any = |is: fn(&Found) -> bool| is(by_name) || is(by_address);
    if asked.is_none() && !any(|found| found.is_known) {
        return (Verdict::Unknown, Because::Unreadable);
    }
    if any(|found| !found.live.is_empty()) {
        return (Verdict::Affected, Because::Named);
    }
    if any(|found| found.is_known && !found.is_covered) {
        return (Verdict::Unknown, Because::PartlyDeclared);
    }
    if !any(|found| found.is_known) {
        return (Verdict::Unknown, Because::NotDeclared);
    }
    let is_cancelled = any(|found| !found.cancelled.is_empty());
    let because = if is_cancelled { Because::Cancelled } else { Because::NotNamed };
    (Verdict::NotAffected, because)
}

impl PastedAddress {
    fn is_port(&self, declared: &Address) -> bool {
        self.port.is_none_or(|port| port == declared.port)
    }

    fn may_touch(&self, declared: &Address) -> bool {
        let touches = |path: &super::pasted::Segments| path.may_touch(&declared.path);
        self.is_port(declared) && self.path.as_ref().is_none_or(touches)
    }

    /// A whole host is declared only where its root is.
    fn is_within(&self, declared: &Address) -> bool {
        match &self.path {
            Some(path) => declared.path.covers(path),
            None => declared.path.is_root(),
        }
    }
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::NotAffected => "not-affected",
            Self::Unknown => "unknown",
        }
    }
}

impl Because {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::NotNamed => "not-named",
            Self::Cancelled => "cancelled",
            Self::NotDeclared => "not-declared",
            Self::PartlyDeclared => "partly-declared",
            Self::Unreadable => "unreadable",
        }
    }
}
