//! Small notices for tests, declared in YAML and checked like any other.

use fairwarning::declaration::{ProgramSource, SourceFile, check};
use fairwarning::notice::{Notice, Workspace};
use std::path::Path;

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
        translations: Vec::new(),
    }]);
    match checked.workspace {
        Some(workspace) => workspace,
        None => panic!("{:#?}", checked.problems),
    }
}

/// A file of the sample programs.
pub fn sample_file(program: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("notices").join(program).join(name);
    std::fs::read_to_string(path).expect("the samples are part of the repository")
}

/// The three sample programs.
pub fn sample_workspace() -> Workspace {
    sample_workspace_where(|_| {})
}

/// The sample programs, one file of one of them with another text.
pub fn sample_workspace_with(program: &str, name: &str, text: &str) -> Workspace {
    sample_workspace_where(|programs| {
        let changed = programs.iter_mut().find(|p| p.id == program).expect("a sample program");
        let stem = name.trim_end_matches(".yaml");
        let (_, file) = changed.notices.iter_mut().find(|(id, _)| id == stem).expect("a notice");
        *file = SourceFile::new(name, text);
    })
}

fn sample_workspace_where(change: impl FnOnce(&mut Vec<ProgramSource>)) -> Workspace {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("notices");
    let mut programs = fairwarning::workspace::load(&folder).expect("the samples").programs;
    change(&mut programs);
    let checked = check(&programs);
    match checked.workspace {
        Some(workspace) => workspace,
        None => panic!("{:#?}", checked.problems),
    }
}
