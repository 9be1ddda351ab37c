//! Small notices for tests, declared in YAML and checked like any other.

use fairwarning::declaration::{ProgramSource, SourceFile, check};
use fairwarning::notice::{Notice, Workspace};

/// A notice of the parcel program whose only row has these dates.
pub fn notice(dates: &str) -> Notice {
    notice_with(dates, "")
}

/// The same with more YAML after the rows.
pub fn notice_with(dates: &str, more: &str) -> Notice {
    let workspace = workspace(&format!(
        "title: Old labels end\nkind: retirement\nannounced: 2025-01-01\n\
         summary: Old labels end.\nschedule:\n  rows:\n    \
         prod: {{environment: prod, apis: [labels, tracking], {dates}}}\n{more}"
    ));
    workspace.programs["parcels"].notices["labels"].clone()
}

/// The parcel program with one notice, `labels`, of this text.
pub fn workspace(notice: &str) -> Workspace {
    let checked = check(&[ProgramSource {
        id: "parcels".to_owned(),
        program: SourceFile::new("program.yaml", include_str!("declarations/base/program.yaml")),
        apis: Some(SourceFile::new("apis.yaml", include_str!("declarations/base/apis.yaml"))),
        notices: vec![("labels".to_owned(), SourceFile::new("labels.yaml", notice))],
    }]);
    match checked.workspace {
        Some(workspace) => workspace,
        None => panic!("{:#?}", checked.problems),
    }
}
