//! Changes of plain fields, found by their names.

use super::{Change, Word};
use serde::Serialize;
use serde_json::{Map, Value};

/// Longer values are named and not shown: a changed summary is read in full.
const MAX_SHOWN_CHARS: usize = 120;

/// The fields in which two values of a type differ, but for those in `except`.
pub fn changes<T: Serialize>(prefix: &str, old: &T, new: &T, except: &[&str]) -> Vec<Change> {
    let (old, new) = (fields(old), fields(new));
    let added = new.keys().filter(|name| !old.contains_key(*name));
    let names = old.keys().chain(added).filter(|name| !except.contains(&name.as_str()));
    let differs = names.filter(|name| old.get(*name) != new.get(*name));
    let change = |name: &String| {
        let shown = |of: &Map<String, Value>| of.get(name).and_then(shown);
        Change::new(Word::Changed, format!("{prefix}{}", name.replace('_', " ")))
            .values(shown(&old), shown(&new))
    };
    differs.map(change).collect()
}

/// The model serialises to maps with text keys; what is no map has no fields.
fn fields<T: Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

pub fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            items.join(", ")
        }
        other => other.to_string(),
    };
    let is_short = text.chars().count() <= MAX_SHOWN_CHARS && !text.contains('\n');
    is_short.then_some(text)
}
