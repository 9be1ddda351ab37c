//! What somebody filled in, looked up in what is published: every mistake with
//! its field, or wishes that can be kept.
//!
//! It knows neither forms nor JSON, and no language: whoever shows a mistake
//! words it.

use super::import::{MAX_INTERESTS, MAX_NAME_CHARS, closest, is_usable_name};
use crate::notice::{
    EmailAddress, Frequency, Kind, Locale, Program, ProgramId, Wish, Wishes, Workspace,
};
use chrono_tz::Tz;
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

/// As it was given; an empty text or list is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    pub address: String,
    pub name: String,
    pub program: String,
    pub apis: Vec<String>,
    pub environments: Vec<String>,
    pub kinds: Vec<String>,
    pub locale: String,
    pub zone: String,
    pub frequency: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Address,
    Name,
    Program,
    Apis,
    Environments,
    Kinds,
    Locale,
    Zone,
    Frequency,
}

impl Field {
    /// As it is named to programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Name => "name",
            Self::Program => "program",
            Self::Apis => "apis",
            Self::Environments => "environments",
            Self::Kinds => "kinds",
            Self::Locale => "locale",
            Self::Zone => "zone",
            Self::Frequency => "frequency",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    Missing,
    NotAnAddress,
    NotAName,
    Unknown,
    TooMany,
}

/// A field that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadField {
    pub field: Field,
    pub mistake: Mistake,
    /// What was given, as much of it as a message needs.
    pub given: String,
    /// What was perhaps meant.
    pub guess: Option<String>,
}

/// More of what was given than this tells nobody more.
const MAX_SHOWN_CHARS: usize = 80;

/// Mistakes beyond these are not looked at: each costs a search for what was meant.
const MAX_TOLD: usize = 20;

/// Longer texts are no value of any field; nobody need look at them closely.
const MAX_FIELD_BYTES: usize = 2_000;

impl BadField {
    fn new(field: Field, mistake: Mistake, given: &str) -> Self {
        let given = given.chars().filter(|c| !c.is_control()).take(MAX_SHOWN_CHARS).collect();
        Self { field, mistake, given, guess: None }
    }

    fn guessing<'a>(mut self, known: impl Iterator<Item = &'a str>) -> Self {
        self.guess = closest(&self.given, known).map(str::to_owned);
        self
    }
}

impl fmt::Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, mistake, given, guess } = self;
        match mistake {
            Mistake::Missing => f.write_str("it is missing"),
            Mistake::NotAnAddress => f.write_str("it is not a mail address"),
            Mistake::NotAName => {
                write!(f, "write at most {MAX_NAME_CHARS} characters in one line")
            }
            Mistake::TooMany => write!(f, "that is more than {MAX_INTERESTS} at once"),
            Mistake::Unknown => {
                write!(f, "there is no {} `{given}`", what(*field))?;
                match guess {
                    Some(guess) => write!(f, "; did you mean `{guess}`?"),
                    None => Ok(()),
                }
            }
        }
    }
}

fn what(field: Field) -> &'static str {
    match field {
        Field::Apis => "API",
        Field::Environments => "environment",
        Field::Kinds => "kind of notice",
        Field::Locale => "language here",
        Field::Zone => "time zone",
        other => other.as_str(),
    }
}

impl Request {
    /// What can be kept, or everything that is wrong.
    pub fn check(&self, workspace: &Workspace) -> Result<(EmailAddress, Wishes), Vec<BadField>> {
        let mut bad = Vec::new();
        let address = self.address(&mut bad);
        let name = self.checked_name(&mut bad);
        let program = self.program(workspace, &mut bad);
        let wish = program.map(|program| self.wish(program, &mut bad));
        let locale = program.and_then(|program| self.locale(program, &mut bad));
        let zone = self.zone(&mut bad);
        let frequency = self.frequency(&mut bad);
        match (address, wish) {
            (Some(address), Some(wish)) if bad.is_empty() => {
                Ok((address, Wishes { name, locale, zone, frequency, of: vec![wish] }))
            }
            _ => Err(bad),
        }
    }

    /// The parts that a person may change of themselves.
    pub fn check_details(&self, locales: &[Locale]) -> Result<Wishes, Vec<BadField>> {
        let mut bad = Vec::new();
        let name = self.checked_name(&mut bad);
        let locale = one_of(Field::Locale, &self.locale, locales, &mut bad);
        let zone = self.zone(&mut bad);
        let frequency = self.frequency(&mut bad);
        if bad.is_empty() {
            Ok(Wishes { name, locale, zone, frequency, of: Vec::new() })
        } else {
            Err(bad)
        }
    }

    /// What is to be heard of a program that is known.
    pub fn check_wish(&self, program: &Program) -> Result<Wish, Vec<BadField>> {
        let mut bad = Vec::new();
        let wish = self.wish(program, &mut bad);
        if bad.is_empty() { Ok(wish) } else { Err(bad) }
    }

    fn address(&self, bad: &mut Vec<BadField>) -> Option<EmailAddress> {
        let given = self.address.trim();
        let read = (given.len() <= MAX_FIELD_BYTES).then(|| given.parse().ok()).flatten();
        if read.is_none() {
            let mistake = if given.is_empty() { Mistake::Missing } else { Mistake::NotAnAddress };
            bad.push(BadField::new(Field::Address, mistake, given));
        }
        read
    }

    fn checked_name(&self, bad: &mut Vec<BadField>) -> Option<String> {
        let name = self.name.trim();
        if !is_usable_name(name) {
            bad.push(BadField::new(Field::Name, Mistake::NotAName, name));
        }
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn program<'w>(
        &self,
        workspace: &'w Workspace,
        bad: &mut Vec<BadField>,
    ) -> Option<&'w Program> {
        let given = self.program.trim();
        if given.is_empty() {
            bad.push(BadField::new(Field::Program, Mistake::Missing, ""));
            return None;
        }
        let found = workspace.programs.get(given);
        if found.is_none() {
            let known = workspace.programs.keys().map(ProgramId::as_str);
            bad.push(BadField::new(Field::Program, Mistake::Unknown, given).guessing(known));
        }
        found
    }

    fn wish(&self, program: &Program, bad: &mut Vec<BadField>) -> Wish {
        let Program { id, catalogue, .. } = program;
        let kinds = Kind::ALL.map(Kind::as_str);
        let named: Vec<&str> = named(Field::Kinds, &self.kinds, || kinds.into_iter(), bad);
        let wish = Wish {
            program: id.clone(),
            apis: owned(named_of(Field::Apis, &self.apis, || catalogue.apis.keys(), bad)),
            environments: owned(named_of(
                Field::Environments,
                &self.environments,
                || catalogue.environments.keys(),
                bad,
            )),
            kinds: Kind::ALL.into_iter().filter(|kind| named.contains(&kind.as_str())).collect(),
        };
        if wish.count() > MAX_INTERESTS {
            bad.push(BadField::new(Field::Apis, Mistake::TooMany, ""));
        }
        wish
    }

    fn locale(&self, program: &Program, bad: &mut Vec<BadField>) -> Option<Locale> {
        one_of(Field::Locale, &self.locale, &program.settings.locales, bad)
    }

    fn zone(&self, bad: &mut Vec<BadField>) -> Option<Tz> {
        let given = self.zone.trim();
        if given.is_empty() {
            return None;
        }
        let read = given.parse().ok();
        if read.is_none() {
            let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            bad.push(BadField::new(Field::Zone, Mistake::Unknown, given).guessing(known));
        }
        read
    }

    fn frequency(&self, bad: &mut Vec<BadField>) -> Option<Frequency> {
        let given = self.frequency.trim();
        let read = Frequency::from_str(given).ok();
        if read.is_none() && !given.is_empty() {
            bad.push(BadField::new(Field::Frequency, Mistake::Unknown, given));
        }
        read
    }
}

fn one_of(field: Field, given: &str, known: &[Locale], bad: &mut Vec<BadField>) -> Option<Locale> {
    let given = given.trim();
    if given.is_empty() {
        return None;
    }
    let read = known.iter().find(|locale| locale.as_str() == given).cloned();
    if read.is_none() {
        let known = known.iter().map(Locale::as_str);
        bad.push(BadField::new(field, Mistake::Unknown, given).guessing(known));
    }
    read
}

/// The known ones that are named, in the order in which they are known.
fn named_of<'k, K: Borrow<str> + 'k, I: Iterator<Item = &'k K>>(
    field: Field,
    given: &[String],
    known: impl Fn() -> I,
    bad: &mut Vec<BadField>,
) -> Vec<&'k K> {
    let ids = || known().map(Borrow::borrow);
    let named = named(field, given, ids, bad);
    known().filter(|key| named.contains(&(*key).borrow())).collect()
}

fn named<'k, I: Iterator<Item = &'k str>>(
    field: Field,
    given: &[String],
    known: impl Fn() -> I,
    bad: &mut Vec<BadField>,
) -> Vec<&'k str> {
    let mut found = Vec::new();
    for given in given.iter().map(|given| given.trim()).filter(|given| !given.is_empty()) {
        match known().find(|id| *id == given) {
            Some(id) => found.push(id),
            None if bad.len() >= MAX_TOLD => {}
            None => {
                let wrong = BadField::new(field, Mistake::Unknown, given).guessing(known());
                // Once is enough for each, and a few are enough to learn from.
                if !bad.contains(&wrong) {
                    bad.push(wrong);
                }
            }
        }
    }
    found
}

fn owned<K: Clone>(keys: Vec<&K>) -> Vec<K> {
    keys.into_iter().cloned().collect()
}
