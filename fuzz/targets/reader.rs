//! Any bytes as a notice file, and as the translation of one: `check` answers,
//! and in time.
#![no_main]

use fairwarning_fuzz::declaration::{ProgramSource, SourceFile, TranslationSource, check};
use libfuzzer_sys::{Corpus, fuzz_target};
use std::sync::LazyLock;

/// The program that the tests of declarations use.
static PROGRAM: LazyLock<ProgramSource> = LazyLock::new(|| ProgramSource {
    id: "parcels".to_owned(),
    program: SourceFile::new(
        "program.yaml",
        include_str!("../../tests/suite/declarations/base/program.yaml"),
    ),
    apis: Some(SourceFile::new(
        "apis.yaml",
        include_str!("../../tests/suite/declarations/base/apis.yaml"),
    )),
    notices: vec![(
        "labels".to_owned(),
        SourceFile::new(
            "labels.yaml",
            include_str!("../../tests/suite/declarations/base/labels.yaml"),
        ),
    )],
    translations: Vec::new(),
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    let mut program = PROGRAM.clone();
    program.notices.push(("any".to_owned(), SourceFile::new("any.yaml", text)));
    program.translations.push(TranslationSource {
        locale: "de".to_owned(),
        notices: vec![("labels".to_owned(), SourceFile::new("de/labels.yaml", text))],
        ..TranslationSource::default()
    });
    let checked = check(&[program]);
    assert_eq!(
        checked.workspace.is_some(),
        checked.problems.iter().all(|problem| problem.severity.as_str() == "warning"),
        "a workspace is there exactly where nothing is an error",
    );
    for place in checked.problems.iter().map(|problem| &problem.place) {
        assert!(place.text.get(place.span.clone()).is_some(), "a place is a piece of its file");
    }
    Corpus::Keep
});
