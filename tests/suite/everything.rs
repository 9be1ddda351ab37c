//! A notice that uses everything the language has, so that nothing it says can
//! be missing from a channel. It is translated into German, not into Spanish.

use fairwarning::declaration::{ProgramSource, SourceFile, TranslationSource, check};
use fairwarning::notice::{Locale, Notice, Program};

/// The program with its only notice, as declared.
pub fn everything() -> (Program, Notice) {
    everything_where(|text| text)
}

/// The same after a change to the notice's YAML.
pub fn everything_where(change: impl FnOnce(String) -> String) -> (Program, Notice) {
    let notice = change(include_str!("everything/notice.yaml").to_owned());
    checked(&notice, include_str!("everything/de/notice.yaml"))
}

/// The same after a change to the translated notice's YAML.
pub fn translated_where(change: impl FnOnce(String) -> String) -> (Program, Notice) {
    let translated = change(include_str!("everything/de/notice.yaml").to_owned());
    checked(include_str!("everything/notice.yaml"), &translated)
}

pub fn locale(tag: &str) -> Locale {
    tag.parse().expect("a locale")
}

fn checked(notice: &str, translated: &str) -> (Program, Notice) {
    let german = TranslationSource {
        locale: "de".to_owned(),
        program: Some(SourceFile::new(
            "de/program.yaml",
            include_str!("everything/de/program.yaml"),
        )),
        apis: Some(SourceFile::new("de/apis.yaml", include_str!("everything/de/apis.yaml"))),
        notices: vec![("berths".to_owned(), SourceFile::new("de/berths.yaml", translated))],
    };
    let checked = check(&[ProgramSource {
        id: "harbour".to_owned(),
        program: SourceFile::new("program.yaml", include_str!("everything/program.yaml")),
        apis: Some(SourceFile::new("apis.yaml", include_str!("everything/apis.yaml"))),
        notices: vec![("berths".to_owned(), SourceFile::new("berths.yaml", notice))],
        translations: vec![german],
    }]);
    let Some(mut workspace) = checked.workspace else { panic!("{:#?}", checked.problems) };
    let program = workspace.programs.swap_remove("harbour").unwrap();
    let notice = program.notices["berths"].clone();
    (program, notice)
}
