//! A notice that uses everything the language has, so that nothing it says can
//! be missing from a channel.

use fairwarning::declaration::{ProgramSource, SourceFile, check};
use fairwarning::notice::{Notice, Program};

/// The program with its only notice, as declared.
pub fn everything() -> (Program, Notice) {
    everything_where(|text| text)
}

/// The same after a change to the notice's YAML.
pub fn everything_where(change: impl FnOnce(String) -> String) -> (Program, Notice) {
    let notice = change(include_str!("everything/notice.yaml").to_owned());
    let checked = check(&[ProgramSource {
        id: "harbour".to_owned(),
        program: SourceFile::new("program.yaml", include_str!("everything/program.yaml")),
        apis: Some(SourceFile::new("apis.yaml", include_str!("everything/apis.yaml"))),
        notices: vec![("berths".to_owned(), SourceFile::new("berths.yaml", &notice))],
        translations: Vec::new(),
    }]);
    let Some(mut workspace) = checked.workspace else { panic!("{:#?}", checked.problems) };
    let program = workspace.programs.swap_remove("harbour").unwrap();
    let notice = program.notices["berths"].clone();
    (program, notice)
}
