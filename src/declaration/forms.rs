//! What a value ought to look like, as its file's schema has it: the way out where
//! a value of another kind stands.
//!
//! It knows the form alone, and nothing of what was declared.

use super::scalar::value_of_plain;
use super::tree::Step;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use serde_yaml::Value as Yaml;

/// References and alternatives followed to one form; schemas nest no deeper.
const MAX_TURNS: usize = 16;
/// Keys shown of a map; the rest is found in the schema.
const MAX_KEYS: usize = 3;

/// How to write what belongs at `path`, where `written` stands as a plain text.
pub fn form<T: JsonSchema>(path: &[Step], written: Option<&str>) -> Option<String> {
    let generator = SchemaSettings::draft07().into_generator();
    let root = generator.into_root_schema_for::<T>().to_value();
    let at = path.iter().try_fold(resolved(&root, &root), |at, step| {
        let below = match step {
            Step::Index(_) => at.get("items"),
            Step::Key(key) => at.get("properties").and_then(|all| all.get(key)).or(entry(at)),
        };
        below.map(|below| resolved(&root, below))
    })?;
    words(at).or_else(|| list(&root, at, written)).or_else(|| map(&root, at, path.is_empty()))
}

/// Without references and the alternative of saying nothing.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let is_nothing = |schema: &&Value| schema.get("type").is_some_and(|kind| kind == "null");
    let mut at = schema;
    for _ in 0..MAX_TURNS {
        let first = |key: &str| at.get(key)?.as_array()?.iter().find(|one| !is_nothing(one));
        let referred = at.get("$ref").and_then(Value::as_str);
        let referred = referred.and_then(|name| root.pointer(name.trim_start_matches('#')));
        match referred.or_else(|| first("allOf")).or_else(|| first("anyOf")) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// The schema of a map's values, where its keys are names.
fn entry(map: &Value) -> Option<&Value> {
    map.get("patternProperties")?.as_object()?.values().next()
}

fn is(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == kind,
        Some(Value::Array(kinds)) => kinds.iter().any(|one| one == kind),
        _ => false,
    }
}

fn words(schema: &Value) -> Option<String> {
    let all = schema.get("oneOf")?.as_array()?;
    let words: Option<Vec<_>> = all.iter().map(|one| one.get("const")?.as_str()).collect();
    Some(format!("known here: {}", words?.join(", ")))
}

fn list(root: &Value, schema: &Value, written: Option<&str>) -> Option<String> {
    if !is(schema, "array") {
        return None;
    }
    let items = resolved(root, schema.get("items")?);
    match (keys(items), written) {
        (Some(keys), _) => Some(format!("write a list, each entry as `- {keys}`")),
        // A comma or bracket would end the entry.
        (None, Some(one)) if !one.contains([',', '[', ']', '{', '}', '#', ':']) => {
            // What YAML takes for a number goes in quotes where a text belongs.
            let is_text = is(items, "string") && !matches!(value_of_plain(one), Yaml::String(_));
            let quote = if is_text { "\"" } else { "" };
            Some(format!("write a list: [{quote}{one}{quote}]"))
        }
        _ => Some("write a list, each entry as `- …`".to_owned()),
    }
}

fn map(root: &Value, schema: &Value, is_file: bool) -> Option<String> {
    if let Some(entry) = entry(schema) {
        let keys = keys(resolved(root, entry)).unwrap_or_else(|| "…".to_owned());
        return Some(format!("give each a name of its own: `NAME: {keys}`"));
    }
    if is_file {
        return Some("write keys, one on a line, such as `title: …`".to_owned());
    }
    keys(schema).map(|keys| format!("write keys, such as `{keys}`"))
}

/// The keys that must be there, or the first where none must.
fn keys(schema: &Value) -> Option<String> {
    let all = schema.get("properties")?.as_object()?;
    let needed = schema.get("required").and_then(Value::as_array).filter(|list| !list.is_empty());
    let names: Vec<_> = match needed {
        Some(list) => list.iter().filter_map(Value::as_str).take(MAX_KEYS).collect(),
        None => all.keys().map(String::as_str).take(1).collect(),
    };
    Some(format!(
        "{{{}}}",
        names.iter().map(|name| format!("{name}: …")).collect::<Vec<_>>().join(", ")
    ))
}
