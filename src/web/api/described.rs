//! What is added to the description once the code has described itself: the lists in
//! other forms, examples of answers, and what is deprecated.

use crate::web::deprecations::{Deprecation, TOLD_AT};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The lists that are tables, too.
const TABLES: [&str; 4] =
    ["/api/v1/apis", "/api/v1/impacted", "/api/v1/notices", "/api/v1/schedule"];

/// What the sample programs answer, by operation; a test asks them again.
static EXAMPLES: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples.json")).expect("a test reads the examples")
});

/// The request of an example, and its answer.
pub fn example(operation: &str) -> Option<(&'static str, &'static Value)> {
    let example = EXAMPLES.get(operation)?;
    Some((example["request"].as_str()?, &example["answer"]))
}

/// All of it, in the order in which one needs the other.
pub fn completed(mut document: Value, deprecations: &[Deprecation]) -> Value {
    in_forms(&mut document);
    with_descriptions(&mut document);
    with_examples(&mut document);
    deprecated(&mut document, deprecations);
    without_unused(&mut document);
    document
}

/// Each operation with its path and method.
pub fn operations(document: &mut Value) -> impl Iterator<Item = (String, String, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object_mut().into_iter().flatten();
        methods.map(|(method, operation)| (path.clone(), method.clone(), operation))
    })
}

/// The same lists with the form in their address.
fn in_forms(document: &mut Value) {
    for table in TABLES {
        let mut listed = document["paths"][table].clone();
        let operation = &mut listed["get"];
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        operation["operationId"] = json!(format!("{id}InForm"));
        let summary = operation["summary"].as_str().unwrap_or_default();
        operation["summary"] = json!(format!("{} In a form.", summary.trim()));
        operation["description"] = json!(format!(
            "The same as `{table}` in the form that the address names, whatever the client \
             accepts, such as for a link or a spreadsheet."
        ));
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            let form = json!({
                "name": "form", "in": "path", "required": true, "example": "csv",
                "description": "`json`, `csv` (RFC 4180) or `md`, a Markdown table.",
                "schema": {"type": "string", "enum": ["json", "csv", "md"]},
            });
            parameters.insert(0, form);
        }
        if let Some(paths) = document["paths"].as_object_mut() {
            paths.insert(format!("{table}.{{form}}"), listed);
        }
    }
}

/// One sentence may say all there is to say.
fn with_descriptions(document: &mut Value) {
    for (_, _, operation) in operations(document) {
        let is_told = operation["description"].as_str().is_some_and(|text| !text.is_empty());
        if !is_told {
            operation["description"] = operation["summary"].clone();
        }
    }
}

fn with_examples(document: &mut Value) {
    for (_, _, operation) in operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let Some((_, answer)) = example(&id) else { continue };
        let wanted = if answer.is_string() { "text/" } else { "json" };
        let responses = operation["responses"].as_object_mut().into_iter().flatten();
        let good = responses.filter(|(status, _)| status.starts_with('2'));
        for (_, response) in good {
            let contents = response["content"].as_object_mut().into_iter().flatten();
            for (_, content) in contents.filter(|(kind, _)| kind.contains(wanted)).take(1) {
                content["example"] = answer.clone();
            }
        }
    }
}

fn deprecated(document: &mut Value, deprecations: &[Deprecation]) {
    for (path, method, operation) in operations(document) {
        for found in deprecations.iter().filter(|one| one.path == path && method == "get") {
            match &found.parameter {
                None => mark(operation, found),
                Some(name) => {
                    let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
                    for parameter in parameters.filter(|p| p["name"] == **name) {
                        mark(parameter, found);
                    }
                }
            }
        }
    }
}

fn mark(described: &mut Value, found: &Deprecation) {
    let Deprecation { since, sunset, successor, reason, .. } = found;
    let instead = successor.as_ref().map_or(String::new(), |to| format!(" Use `{to}` instead."));
    let told = format!(
        "**Deprecated** since {since}, and gone after {sunset} at the earliest. \
         {reason}{instead} See `{TOLD_AT}#{}`.",
        found.anchor()
    );
    let text = described["description"].as_str().unwrap_or_default();
    described["description"] = json!(format!("{text}\n\n{told}").trim());
    described["deprecated"] = json!(true);
    described["x-sunset"] = json!(sunset.to_string());
}

/// Schemas of a list's items are written out in the list, and then nobody refers to them.
fn without_unused(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        referred(document, &mut used);
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
        let before = schemas.len();
        schemas.retain(|name, _| used.contains(name));
        if schemas.len() == before {
            return;
        }
    }
}

fn referred(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str);
            used.extend(
                name.and_then(|to| to.strip_prefix("#/components/schemas/")).map(str::to_owned),
            );
            members.values().for_each(|member| referred(member, used));
        }
        Value::Array(items) => items.iter().for_each(|item| referred(item, used)),
        _ => {}
    }
}
