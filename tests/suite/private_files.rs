//! What holds addresses, keys and personal links is for its owner alone, whatever
//! the shell allows others.

use crate::test_office::TestOffice;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the program as a shell does that lets everybody read.
fn run(folder: &Path, database: &str, arguments: &[&str]) -> String {
    let said = Command::new("sh")
        .args(["-c", "umask 022 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_fairwarning")])
        .args(arguments)
        .current_dir(folder)
        .env("FAIRWARNING_DATABASE", database)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
    assert!(said.status.success(), "{text}");
    text
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_new_database_and_its_folder_are_their_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "sqlite:var/made/office.db", &["migrate"]);
    let made = folder.path().join("var/made");
    assert_eq!([mode(&made), mode(&folder.path().join("var"))], [0o700; 2]);
    assert_eq!(mode(&made.join("office.db")), 0o600);
}

#[test]
fn a_database_that_was_there_keeps_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "sqlite:office.db", &["migrate"]);
    let file = folder.path().join("office.db");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    run(folder.path(), "sqlite:office.db", &["migrate"]);
    assert_eq!(mode(&file), 0o640);
}

#[tokio::test]
async fn the_log_beside_the_database_takes_after_it() {
    let office = TestOffice::open().await;
    let files = fs::read_dir(office.folder.path().join("deep/in")).unwrap();
    let modes: Vec<_> = files.map(|file| mode(&file.unwrap().path())).collect();
    assert_eq!(modes, [0o600; 3], "the database, its log and the index of that");
}

#[tokio::test]
async fn mail_in_files_is_its_owners_alone() {
    let office = TestOffice::open_with_database_time().await;
    office.import_people(1).await;
    let announce = ["announce", "parcel/tls-1.2", "--yes", "--mail-dir", "made/mail"];
    let (folder, database) = (office.folder.path(), office.database.text.as_str());
    run(folder, database, &announce);
    let mail = folder.join("made/mail");
    assert_eq!([mode(&mail), mode(&folder.join("made"))], [0o700; 2]);
    let modes: Vec<_> =
        fs::read_dir(&mail).unwrap().map(|file| mode(&file.unwrap().path())).collect();
    assert_eq!(modes, [0o600]);
}
