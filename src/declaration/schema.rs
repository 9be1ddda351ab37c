//! The JSON Schema of each kind of file, for editors and outside validators.
//!
//! It is derived from the very types that files are read into, so that neither
//! can say more than the other. It knows the form alone: which names exist and
//! which dates fit together is for `check`.

use super::written::{DeclaredFormer, DeclaredNotice, DeclaredSubset};
use crate::notice::{Catalogue, FormerValues, ProgramSettings, Reference};
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// The kinds of files that a program's folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Program,
    Apis,
    Notice,
}

impl FileKind {
    pub const ALL: [Self; 3] = [Self::Program, Self::Apis, Self::Notice];

    /// The name under which its schema is kept.
    pub fn schema_file(self) -> &'static str {
        match self {
            Self::Program => "program.schema.json",
            Self::Apis => "apis.schema.json",
            Self::Notice => "notice.schema.json",
        }
    }
}

/// The schema as JSON, ready to be written to a file.
pub fn schema(kind: FileKind) -> String {
    // Editors know draft 7 best; it says all that is needed.
    let generator = SchemaSettings::draft07().into_generator();
    let (title, mut schema) = match kind {
        FileKind::Program => ("program.yaml", generator.into_root_schema_for::<ProgramSettings>()),
        FileKind::Apis => ("apis.yaml", generator.into_root_schema_for::<Catalogue>()),
        FileKind::Notice => ("A notice", generator.into_root_schema_for::<DeclaredNotice>()),
    };
    schema.insert("title".to_owned(), title.into());
    allow_nothing(&mut schema);
    let json = serde_json::to_string_pretty(&schema).expect("a schema has string keys only");
    json + "\n"
}

/// `errors:` with nothing below it is an empty list, and a map likewise: a key is
/// often written before there is anything to say.
fn allow_nothing(schema: &mut Schema) {
    let is = |what: &str| schema.get("type").and_then(|t| t.as_str()) == Some(what);
    let is_map = is("object") && schema.get("properties").is_none();
    if is("array") || is_map {
        let kind = if is_map { "object" } else { "array" };
        schema.insert("type".to_owned(), vec![kind, "null"].into());
    }
    transform_subschemas(&mut allow_nothing, schema);
}

impl JsonSchema for DeclaredSubset {
    fn schema_name() -> Cow<'static, str> {
        "Subset".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let listed = generator.subschema_for::<Vec<Reference>>();
        json_schema!({
            "description": "A list of APIs, `to be named` or `to be named by DATE`.",
            "anyOf": [
                listed,
                {"type": "string", "enum": ["to be named"]},
                {"type": "string", "pattern": r"^to be named\s*(by .+)?$"}
            ]
        })
    }
}

impl JsonSchema for DeclaredFormer {
    fn schema_name() -> Cow<'static, str> {
        "Former".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let values = generator.subschema_for::<FormerValues>();
        json_schema!({
            "description": "The former values, or `not recorded`.",
            "anyOf": [{"type": "string", "enum": ["not recorded"]}, values]
        })
    }
}
