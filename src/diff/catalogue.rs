//! Changes of a program's settings and of its catalogue, in every language.

use super::{Change, Word, fields, translations};
use crate::notice::Program;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt::Display;
use std::hash::Hash;

pub fn changes(old: &Program, new: &Program) -> Vec<Change> {
    let mut changes = fields::changes("", &old.settings, &new.settings, &[]);
    let (was, is) = (&old.catalogue, &new.catalogue);
    entries("environment", &was.environments, &is.environments, &mut changes);
    entries("API", &was.apis, &is.apis, &mut changes);
    entries("group", &was.groups, &is.groups, &mut changes);
    entries("cohort", &was.cohorts, &is.cohorts, &mut changes);
    changes.extend(translations::changes(&old.translations, &new.translations));
    changes
}

fn entries<K: Display + Eq + Hash, V: Serialize + PartialEq>(
    what: &str,
    old: &IndexMap<K, V>,
    new: &IndexMap<K, V>,
    changes: &mut Vec<Change>,
) {
    for (id, entry) in new {
        match old.get(id) {
            None => changes.push(Change::new(Word::New, format!("{what} {id}"))),
            Some(before) => {
                let prefix = format!("{what} {id}: ");
                changes.extend(fields::changes(&prefix, before, entry, &[]));
            }
        }
    }
    let gone = old.keys().filter(|id| !new.contains_key(*id));
    changes.extend(gone.map(|id| Change::new(Word::Gone, format!("{what} {id}"))));
}
