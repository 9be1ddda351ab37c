//! Changes of what a program and its notices say in other languages: text by
//! text, because a reader of one language sees no other.

use super::{Change, Word, fields};
use crate::notice::Locale;
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

pub fn changes<T: Serialize>(old: &IndexMap<Locale, T>, new: &IndexMap<Locale, T>) -> Vec<Change> {
    let mut found = Vec::new();
    for (locale, texts) in new {
        match old.get(locale) {
            None => found.push(Change::new(Word::New, format!("translation {locale}"))),
            Some(before) => {
                let value = |texts: &T| serde_json::to_value(texts).unwrap_or_default();
                compare(&locale.to_string(), &value(before), &value(texts), &mut found);
            }
        }
    }
    let gone = old.keys().filter(|locale| !new.contains_key(*locale));
    found.extend(gone.map(|locale| Change::new(Word::Gone, format!("translation {locale}"))));
    found
}

/// Goes down to the texts that differ; `at` names the way there.
fn compare(at: &str, old: &Value, new: &Value, found: &mut Vec<Change>) {
    if old == new {
        return;
    }
    let below = |name: &str| format!("{at} {}", name.replace('_', " "));
    match (old, new) {
        (Value::Object(was), Value::Object(is)) => {
            let added = is.keys().filter(|name| !was.contains_key(*name));
            for name in was.keys().chain(added) {
                let of = |side: &serde_json::Map<_, _>| side.get(name).cloned().unwrap_or_default();
                compare(&below(name), &of(was), &of(is), found);
            }
        }
        (Value::Array(was), Value::Array(is)) => {
            for place in 0..was.len().max(is.len()) {
                let of = |side: &[Value]| side.get(place).cloned().unwrap_or_default();
                compare(&below(&(place + 1).to_string()), &of(was), &of(is), found);
            }
        }
        _ => found
            .push(Change::new(Word::Changed, at).values(fields::shown(old), fields::shown(new))),
    }
}
