//! The JSON Schema of each kind of file, for editors and outside validators.
//!
//! It is derived from the very types that files are read into, so that neither
//! can say more than the other. It knows the form alone: which names exist and
//! which dates fit together is for `check`.

use super::written::{DeclaredFormer, DeclaredNotice, DeclaredSubset};
use crate::notice::{
    Catalogue, CatalogueTexts, FormerValues, NoticeTexts, ProgramSettings, Reference, SettingsTexts,
};
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
    /// The same three in the folder of a locale: their texts alone.
    TranslatedProgram,
    TranslatedApis,
    TranslatedNotice,
}

impl FileKind {
    pub const ALL: [Self; 6] = [
        Self::Program,
        Self::Apis,
        Self::Notice,
        Self::TranslatedProgram,
        Self::TranslatedApis,
        Self::TranslatedNotice,
    ];

    fn is_translated(self) -> bool {
        matches!(self, Self::TranslatedProgram | Self::TranslatedApis | Self::TranslatedNotice)
    }

    /// The name under which its schema is kept.
    pub fn schema_file(self) -> &'static str {
        match self {
            Self::Program => "program.schema.json",
            Self::Apis => "apis.schema.json",
            Self::Notice => "notice.schema.json",
            Self::TranslatedProgram => "translated-program.schema.json",
            Self::TranslatedApis => "translated-apis.schema.json",
            Self::TranslatedNotice => "translated-notice.schema.json",
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
        FileKind::TranslatedProgram => {
            ("LOCALE/program.yaml", generator.into_root_schema_for::<SettingsTexts>())
        }
        FileKind::TranslatedApis => {
            ("LOCALE/apis.yaml", generator.into_root_schema_for::<CatalogueTexts>())
        }
        FileKind::TranslatedNotice => {
            ("A notice in another language", generator.into_root_schema_for::<NoticeTexts>())
        }
    };
    schema.insert("title".to_owned(), title.into());
    if kind.is_translated() {
        describe_texts(&mut schema);
    }
    allow_nothing(&mut schema);
    let json = serde_json::to_string_pretty(&schema).expect("a schema has string keys only");
    json + "\n"
}

/// Every key of a translation means what it means in the file it translates.
fn describe_texts(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(|keys| keys.as_object_mut());
    for (key, inner) in properties.into_iter().flatten() {
        let Some(inner) = inner.as_object_mut() else { continue };
        if let Some(target) = inner.remove("$ref") {
            // Beside a reference, draft 7 looks at nothing else.
            inner.insert("allOf".to_owned(), serde_json::json!([{"$ref": target}]));
        }
        let text = format!("`{key}` in this language; left out, it stays as it is.");
        inner.entry("description").or_insert_with(|| text.into());
    }
    transform_subschemas(&mut describe_texts, schema);
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
