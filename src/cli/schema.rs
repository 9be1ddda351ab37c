//! `fairwarning schema`: the JSON Schema of a kind of file, for editors.

use super::Exit;
use crate::declaration::{FileKind, schema};
use clap::ValueEnum;

/// Print the JSON Schema of a kind of file. An editor that speaks YAML completes
/// and explains keys by it; a first line such as
/// `# yaml-language-server: $schema=../schemas/notice.schema.json` names it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The kind of file.
    #[arg(value_enum)]
    kind: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// program.yaml
    Program,
    /// apis.yaml
    Apis,
    /// A notice
    Notice,
    /// LOCALE/program.yaml
    TranslatedProgram,
    /// LOCALE/apis.yaml
    TranslatedApis,
    /// LOCALE/NOTICE.yaml
    TranslatedNotice,
}

pub fn run(arguments: &Arguments) -> Exit {
    print!(
        "{}",
        schema(match arguments.kind {
            Kind::Program => FileKind::Program,
            Kind::Apis => FileKind::Apis,
            Kind::Notice => FileKind::Notice,
            Kind::TranslatedProgram => FileKind::TranslatedProgram,
            Kind::TranslatedApis => FileKind::TranslatedApis,
            Kind::TranslatedNotice => FileKind::TranslatedNotice,
        })
    );
    Exit::Clean
}
