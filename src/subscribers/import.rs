//! Reading a list of recipients from CSV, wholly or not at all.
//!
//! Every bad row is reported with its line and all that is wrong with it. The
//! list is read as a stream, and its length costs no memory.

use super::cells::bare;
use crate::links::Keys;
use crate::notice::{
    EmailAddress, Frequency, Interest, Kind, Locale, Program, ProgramId, Wish, Workspace,
};
use crate::store::{Kept, NewSubscriber, Store, StoreError};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use csv::ByteRecord;
use std::fmt::Display;
use std::io::Read;
use std::str::FromStr;

/// Longer lists are to be split: one file is one transaction.
pub const MAX_IMPORT_BYTES: u64 = 256 * 1024 * 1024;
pub const MAX_ROWS: u64 = 1_000_000;
/// A name longer than this would not fit a line of a mail's header.
pub(super) const MAX_NAME_CHARS: usize = 100;
/// APIs times environments times kinds times programs of one row.
pub(super) const MAX_INTERESTS: usize = 10_000;

pub(super) const COLUMNS: [&str; 9] =
    ["address", "name", "programs", "apis", "environments", "kinds", "locale", "zone", "frequency"];
const REQUIRED: [&str; 2] = ["address", "programs"];

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(
        "the first line must name the columns: {problems}; known are {}, of which {} are required",
        COLUMNS.join(", "),
        REQUIRED.join(" and ")
    )]
    Header { problems: String },
    #[error("{} of {rows} rows cannot be used; nothing was imported", bad.len())]
    BadRows { bad: Vec<BadRow>, rows: u64 },
    #[error("the list is too long: at most {MAX_ROWS} rows and {MAX_IMPORT_BYTES} bytes; split it")]
    TooLong,
    #[error("the list cannot be read: {0}")]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A row that cannot be used, and all the reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    pub line: u64,
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub rows: u64,
    pub added: u64,
    pub updated: u64,
}

/// Imports a list. What it says of a person replaces what was known: name,
/// locale, zone, and the interests in the programs that the list names for
/// them. Where it does not say how often, that stays. An address may stand on several lines; their interests add up.
pub async fn import_csv(
    store: &Store,
    keys: &Keys,
    workspace: &Workspace,
    list: impl Read + Send,
    at: DateTime<Utc>,
) -> Result<Imported, ImportError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(list.take(MAX_IMPORT_BYTES + 1));
    let columns = Columns::of(reader.byte_headers()?)?;
    let mut import = store.begin_import(at).await?;
    let mut rows = 0;
    let mut bad = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        rows += 1;
        if rows > MAX_ROWS || reader.position().byte() > MAX_IMPORT_BYTES {
            return Err(ImportError::TooLong);
        }
        match columns.read(&record, workspace) {
            Err(reasons) => {
                let line = record.position().map_or(0, csv::Position::line);
                bad.push(BadRow { line, reasons });
            }
            // Once a row was bad nothing will be kept; the rest is only checked.
            Ok(_) if !bad.is_empty() => {}
            Ok(row) => {
                let mailbox = keys.mailbox(&row.address);
                let programs = row.programs.clone();
                import.put(row.into_subscriber(mailbox), &programs).await?;
            }
        }
    }
    if !bad.is_empty() {
        return Err(ImportError::BadRows { bad, rows });
    }
    let Kept { added, updated } = import.commit().await?;
    Ok(Imported { rows, added, updated })
}

/// Where each column stands.
struct Columns([Option<usize>; COLUMNS.len()]);

/// A row that can be used.
struct GoodRow {
    address: EmailAddress,
    name: Option<String>,
    locale: Option<Locale>,
    zone: Option<Tz>,
    frequency: Option<Frequency>,
    programs: Vec<ProgramId>,
    interests: Vec<Interest>,
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, ImportError> {
        let mut places = [None; COLUMNS.len()];
        let mut problems = Vec::new();
        for (at, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name).to_lowercase();
            match COLUMNS.iter().position(|known| *known == name) {
                None => problems.push(format!("unknown column `{name}`{}", hint(&name, COLUMNS))),
                Some(column) if places[column].is_some() => {
                    problems.push(format!("column `{name}` stands twice"));
                }
                Some(column) => places[column] = Some(at),
            }
        }
        for name in REQUIRED {
            if COLUMNS.iter().zip(places).any(|(known, at)| *known == name && at.is_none()) {
                problems.push(format!("column `{name}` is missing"));
            }
        }
        if problems.is_empty() {
            Ok(Self(places))
        } else {
            Err(ImportError::Header { problems: problems.join("; ") })
        }
    }

    fn read(&self, record: &ByteRecord, workspace: &Workspace) -> Result<GoodRow, Vec<String>> {
        let width = self.0.iter().flatten().count();
        if record.len() != width {
            return Err(vec![format!("it has {} fields; the header has {width}", record.len())]);
        }
        let mut fields = [""; COLUMNS.len()];
        for (field, at) in fields.iter_mut().zip(self.0) {
            let Some(bytes) = at.and_then(|at| record.get(at)) else { continue };
            let text = std::str::from_utf8(bytes);
            *field = bare(text.map_err(|_| vec!["it is not UTF-8".to_owned()])?);
        }
        let [address, name, programs, apis, environments, kinds, locale, zone, frequency] = fields;
        let mut reasons = Vec::new();
        if !is_usable_name(name) {
            let limit = format!("at most {MAX_NAME_CHARS} characters, none of them a control");
            reasons.push(format!("the name is not usable: {limit}"));
        }
        let address = required(address, &mut reasons);
        let locale = optional(locale, &mut reasons);
        let zone = optional_zone(zone, &mut reasons);
        let frequency = optional(frequency, &mut reasons);
        let named = Named {
            programs: split(programs),
            apis: split(apis),
            environments: split(environments),
            kinds: read_kinds(kinds, &mut reasons),
        };
        let interests = named.resolve(workspace, &mut reasons);
        match (address, reasons.is_empty()) {
            (Some(address), true) => Ok(GoodRow {
                address,
                name: (!name.is_empty()).then(|| name.to_owned()),
                locale,
                zone,
                frequency,
                programs: named.programs.iter().filter_map(|id| id.parse().ok()).collect(),
                interests,
            }),
            _ => Err(reasons),
        }
    }
}

impl GoodRow {
    fn into_subscriber(self, mailbox: Vec<u8>) -> NewSubscriber {
        let Self { address, name, locale, zone, frequency, interests, .. } = self;
        NewSubscriber { address, mailbox, name, locale, zone, frequency, interests }
    }
}

/// What a row names, before it was looked up.
struct Named<'a> {
    programs: Vec<&'a str>,
    apis: Vec<&'a str>,
    environments: Vec<&'a str>,
    kinds: Vec<Kind>,
}

impl Named<'_> {
    /// An API or environment belongs to those of the row's programs that have
    /// it. A program that has none of them would be followed whole, which the
    /// list hardly means; it is to stand on a line of its own.
    fn resolve(&self, workspace: &Workspace, reasons: &mut Vec<String>) -> Vec<Interest> {
        let mut programs: Vec<&Program> = Vec::new();
        for id in &self.programs {
            match workspace.programs.get(*id) {
                Some(program) => programs.push(program),
                None => {
                    let known = workspace.programs.keys().map(ProgramId::as_str);
                    reasons.push(format!("there is no program `{id}`{}", hint(id, known)));
                }
            }
        }
        if self.programs.is_empty() {
            reasons.push("it names no program".to_owned());
        }
        if programs.len() < self.programs.len() || programs.is_empty() {
            return Vec::new();
        }
        let apis = |p: &Program| p.catalogue.apis.keys().map(ToString::to_string).collect();
        let places =
            |p: &Program| p.catalogue.environments.keys().map(ToString::to_string).collect();
        look_up("API", &self.apis, &programs, apis, reasons);
        look_up("environment", &self.environments, &programs, places, reasons);
        let count = programs.len()
            * self.apis.len().max(1)
            * self.environments.len().max(1)
            * self.kinds.len().max(1);
        if count > MAX_INTERESTS {
            reasons.push(format!("it makes {count} interests; at most {MAX_INTERESTS}"));
        }
        if !reasons.is_empty() {
            return Vec::new();
        }
        programs.iter().flat_map(|program| self.interests_in(program)).collect()
    }

    fn interests_in(&self, program: &Program) -> Vec<Interest> {
        let wish = Wish {
            program: program.id.clone(),
            apis: keys_of(&self.apis, program.catalogue.apis.keys()),
            environments: keys_of(&self.environments, program.catalogue.environments.keys()),
            kinds: self.kinds.clone(),
        };
        wish.interests()
    }
}

/// The known keys that are named.
fn keys_of<'a, K: Clone + std::borrow::Borrow<str> + 'a>(
    named: &[&str],
    known: impl Iterator<Item = &'a K>,
) -> Vec<K> {
    known.filter(|key| named.contains(&(*key).borrow())).cloned().collect()
}

/// It must fit a line of a mail's header, and be no more than a line.
pub(super) fn is_usable_name(name: &str) -> bool {
    name.chars().count() <= MAX_NAME_CHARS && !name.chars().any(char::is_control)
}

fn read_kinds(kinds: &str, reasons: &mut Vec<String>) -> Vec<Kind> {
    let mut read: Vec<Kind> =
        split(kinds).into_iter().filter_map(|kind| required(kind, reasons)).collect();
    read.sort_unstable();
    read.dedup();
    read
}

fn look_up(
    what: &str,
    named: &[&str],
    programs: &[&Program],
    ids: impl Fn(&Program) -> Vec<String>,
    reasons: &mut Vec<String>,
) {
    let known: Vec<(&Program, Vec<String>)> = programs.iter().map(|p| (*p, ids(p))).collect();
    let all = || known.iter().flat_map(|(_, ids)| ids.iter().map(String::as_str));
    for name in named {
        if !all().any(|id| id == *name) {
            let hint = hint(name, all());
            reasons.push(format!("there is no {what} `{name}` in these programs{hint}"));
        }
    }
    for (program, ids) in &known {
        if !named.is_empty() && !ids.iter().any(|id| named.contains(&id.as_str())) {
            let id = &program.id;
            reasons.push(format!("`{id}` has no {what} of those named; give it a line of its own"));
        }
    }
}

fn split(list: &str) -> Vec<&str> {
    list.split([';', ' ']).map(str::trim).filter(|item| !item.is_empty()).collect()
}

fn required<T: FromStr<Err: Display>>(text: &str, reasons: &mut Vec<String>) -> Option<T> {
    text.parse().map_err(|bad: T::Err| reasons.push(bad.to_string())).ok()
}

fn optional<T: FromStr<Err: Display>>(text: &str, reasons: &mut Vec<String>) -> Option<T> {
    if text.is_empty() { None } else { required(text, reasons) }
}

fn optional_zone(text: &str, reasons: &mut Vec<String>) -> Option<Tz> {
    if text.is_empty() {
        return None;
    }
    let zone = text.parse().ok();
    if zone.is_none() {
        let hint = hint(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        reasons.push(format!("`{text}` is not a time zone such as Europe/Paris{hint}"));
    }
    zone
}

/// `; did you mean `…`?`, where something known is close enough.
fn hint<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(wrong, known).map(|id| format!("; did you mean `{id}`?")).unwrap_or_default()
}

/// What was perhaps meant.
pub(super) fn closest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    /// Below this a suggestion is more of a riddle than a help.
    const CLOSE_ENOUGH: f64 = 0.8;
    let wrong = wrong.to_lowercase();
    known
        .into_iter()
        .map(|id| (strsim::jaro_winkler(&wrong, &id.to_lowercase()), id))
        .filter(|(likeness, _)| *likeness >= CLOSE_ENOUGH)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, id)| id)
}
