//! Reading the folders of other languages from disk.

use fairwarning::workspace::{Loaded, load};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tempfile::TempDir;

const PROGRAM: &str = "parcels";

/// A workspace of the parcel program with its notice.
fn workspace() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(PROGRAM)).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/declarations/base");
    for name in ["program.yaml", "apis.yaml", "labels.yaml"] {
        fs::copy(base.join(name), dir.path().join(PROGRAM).join(name)).unwrap();
    }
    dir
}

fn write(dir: &TempDir, path: &str, text: &str) {
    let path = dir.path().join(PROGRAM).join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn locales(loaded: &Loaded) -> Vec<&str> {
    loaded.programs[0].translations.iter().map(|t| t.locale.as_str()).collect()
}

#[test]
fn a_folder_named_by_a_locale_translates_the_program_around_it() {
    let dir = workspace();
    write(&dir, "de/labels.yaml", "title: Alte Etiketten enden\n");
    write(&dir, "de/program.yaml", "title: Paket-API\n");
    write(&dir, "pt-BR/apis.yaml", "apis: {labels: {title: Etiquetas}}\n");
    let loaded = load(dir.path()).unwrap();
    assert_eq!(locales(&loaded), ["de", "pt-BR"]);
    let checked = loaded.check();
    let workspace = checked.workspace.unwrap_or_else(|| panic!("{:#?}", checked.problems));
    let program = workspace.programs.values().next().unwrap();
    let notice = &program.notices["labels"];
    let said = |tag: &str| {
        let locale = tag.parse().unwrap();
        let (program, notice) = program.in_locale(notice, &locale);
        (program.settings.title.clone(), notice.title.clone())
    };
    assert_eq!(said("de"), ("Paket-API".to_owned(), "Alte Etiketten enden".to_owned()));
    assert_eq!(said("pt-BR").1, "Old labels end");
}

#[test]
fn other_folders_and_empty_ones_are_left_alone() {
    let dir = workspace();
    write(&dir, "img/logo.svg", "<svg/>");
    write(&dir, "assets/data.yaml", "any: thing\n");
    write(&dir, ".de/labels.yaml", "title: x\n");
    fs::create_dir(dir.path().join("parcels/fr")).unwrap();
    let loaded = load(dir.path()).unwrap();
    assert_eq!(locales(&loaded), [""; 0]);
    assert!(loaded.check().problems.is_empty());
}

#[test]
fn a_name_that_is_nearly_a_locale_is_told_and_not_ignored() {
    for name in ["DE", "pt_br", "it"] {
        let dir = workspace();
        write(&dir, &format!("{name}/labels.yaml"), "title: x\n");
        let checked = load(dir.path()).unwrap().check();
        assert!(checked.workspace.is_none(), "{name}");
        assert_eq!(checked.problems.len(), 1, "{:#?}", checked.problems);
    }
}

#[test]
fn a_circle_of_links_is_a_problem_and_has_no_second_turn() {
    let dir = workspace();
    symlink(dir.path().join(PROGRAM), dir.path().join("parcels/de")).unwrap();
    symlink("fr", dir.path().join("parcels/fr")).unwrap();
    write(&dir, "pt-BR/labels.yaml", "title: Etiquetas\n");
    symlink("..", dir.path().join("parcels/pt-BR/de")).unwrap();
    let loaded = load(dir.path()).unwrap();
    assert_eq!(locales(&loaded), ["pt-BR"]);
    let messages: Vec<_> = loaded.unreadable.iter().map(|p| p.message.as_str()).collect();
    assert!(messages[0].contains("leads back to the folder it stands in"), "{messages:?}");
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(loaded.check().workspace.is_none());
}

#[test]
fn a_link_to_a_folder_elsewhere_is_followed() {
    let (dir, elsewhere) = (workspace(), tempfile::tempdir().unwrap());
    fs::write(elsewhere.path().join("labels.yaml"), "title: Alte Etiketten enden\n").unwrap();
    symlink(elsewhere.path(), dir.path().join("parcels/de")).unwrap();
    let checked = load(dir.path()).unwrap().check();
    assert!(checked.workspace.is_some(), "{:#?}", checked.problems);
}

#[test]
fn an_unreadable_file_of_a_language_is_a_problem() {
    let dir = workspace();
    fs::create_dir(dir.path().join("parcels/de")).unwrap();
    fs::write(dir.path().join("parcels/de/labels.yaml"), b"title: \xff\n").unwrap();
    write(&dir, "de/more.yml", "title: x\n");
    let loaded = load(dir.path()).unwrap();
    let messages: Vec<_> = loaded.unreadable.iter().map(|p| p.message.as_str()).collect();
    assert!(messages.iter().any(|m| m.contains("not UTF-8")), "{messages:?}");
    assert!(messages.iter().any(|m| m.contains(".yml")), "{messages:?}");
}
