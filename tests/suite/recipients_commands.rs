//! The commands about recipients and keys, run as an office runs them.

use crate::test_office::TestOffice;
use std::process::{Command, Stdio};

/// The exit code, what was printed, and what was said beside it.
async fn run(office: &TestOffice, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    command
        .args(arguments)
        .current_dir(office.folder.path())
        .env("FAIRWARNING_DATABASE", &office.database.text)
        .stdin(Stdio::null());
    let ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

async fn office() -> TestOffice {
    let office = TestOffice::open_with_database_time().await;
    let list = "address,name,programs,apis,kinds\n\
        jo@example.org,\"=1+1\",parcel,rates;labels,protocol\nann@example.org,,letters,,\n";
    office.import(list).await.unwrap();
    office
}

#[tokio::test]
async fn everybody_is_exported_as_a_list_or_as_json() {
    let office = office().await;
    let (code, list, _) = run(&office, &["recipients", "export"]).await;
    assert_eq!(code, 0);
    assert_eq!(
        list,
        "address,name,programs,apis,environments,kinds,locale,zone,frequency,second_contact\n\
         jo@example.org,'=1+1,parcel,labels;rates,,protocol,,,each,\n\
         ann@example.org,,letters,,,,,,each,\n"
    );
    std::fs::write(office.folder.path().join("again.csv"), &list).unwrap();
    let (code, said, _) = run(&office, &["recipients", "import", "again.csv"]).await;
    assert_eq!((code, said.as_str()), (0, "2 rows read: 0 recipients added, 2 updated.\n"));
    let (_, json, _) = run(&office, &["recipients", "export", "--format", "json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["name"], "=1+1");
    assert_eq!(json[0]["hears"][0]["kind"], "protocol");
    let (_, masked, _) = run(&office, &["recipients", "list"]).await;
    assert!(masked.starts_with("j…@example.org  parcel:labels/protocol"), "{masked}");
}

#[tokio::test]
async fn an_address_is_suppressed_allowed_again_shown_and_erased() {
    let office = office().await;
    let jo = "jo@example.org";
    let because = ["--reason", "asked by phone", "--by", "help desk"];
    let (code, ..) = run(&office, &[&["recipients", "suppress", jo], &because[..]].concat()).await;
    assert_eq!(code, 0);
    let (code, _, said) =
        run(&office, &[&["recipients", "suppress", jo], &because[..]].concat()).await;
    assert!(code == 2 && said.contains("the first reason is kept"), "{code}: {said}");
    let (code, _, said) = run(&office, &["recipients", "suppress", jo]).await;
    assert!(code == 2 && said.contains("--reason"), "a reason is needed: {said}");
    let (code, ..) =
        run(&office, &["recipients", "unsuppress", jo, "--reason", "changed their mind"]).await;
    assert_eq!(code, 0);
    let (code, ..) = run(&office, &["recipients", "unsuppress", jo, "--reason", "again"]).await;
    assert_eq!(code, 2);
    let (_, shown, _) = run(&office, &["recipients", "show", "JO@example.org"]).await;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["person"]["address"], jo);
    assert_eq!(shown["suppression_history"][0]["author"], "help desk");
    assert_eq!(shown["suppression_history"][1]["reason"], "changed their mind");
    assert_eq!(run(&office, &["recipients", "erase", jo, "--suppress"]).await.0, 0);
    assert_eq!(run(&office, &["recipients", "erase", jo]).await.0, 2);
    let (_, shown, _) = run(&office, &["recipients", "show", jo]).await;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert!(shown.get("person").is_none());
    assert_eq!(shown["suppressed"][0]["scope"], "*");
}

#[tokio::test]
async fn erasing_leaves_the_address_in_no_file_of_the_database() {
    let office = office().await;
    let folder = office.folder.path().join("deep/in");
    let holding = || -> Vec<String> {
        let holds = |path: &std::path::Path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(14).any(|bytes| bytes == b"jo@example.org")
        };
        let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let files = files.filter(|path| holds(path));
        files.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert!(holding().contains(&"office.db-wal".to_owned()), "{:?}", holding());
    assert_eq!(run(&office, &["recipients", "erase", "jo@example.org"]).await.0, 0);
    assert_eq!(holding(), [""; 0]);
}

#[tokio::test]
async fn nobody_is_suppressed_for_a_program_that_there_is_not() {
    let office = office().await;
    let asked = ["recipients", "suppress", "jo@example.org", "--reason", "x", "--program"];
    let (code, said, why) = run(&office, &[&asked[..], &["parcels"]].concat()).await;
    assert_eq!((code, said.as_str()), (1, ""), "{why}");
    assert!(why.contains("there is no `parcels`") && why.contains("`parcel`"), "{why}");
    assert_eq!(run(&office, &[&asked[..], &["parcel"]].concat()).await.0, 0);
}

#[tokio::test]
async fn whoever_is_unknown_may_be_suppressed_while_being_erased() {
    let office = office().await;
    let unknown = "nobody@example.org";
    let (code, said, _) = run(&office, &["recipients", "erase", unknown, "--suppress"]).await;
    assert!(code == 0 && said.contains("it is suppressed from now on"), "{code}: {said}");
    let (_, shown, _) = run(&office, &["recipients", "show", unknown]).await;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["suppressed"][0]["scope"], "*");
}

#[tokio::test]
async fn keys_are_listed_by_number_and_rotated_without_a_secret_shown() {
    let office = office().await;
    let (code, listed, _) = run(&office, &["keys", "list"]).await;
    assert_eq!((code, listed.lines().count()), (0, 1), "{listed}");
    let (_, rotated, said) = run(&office, &["keys", "rotate"]).await;
    let lines: Vec<_> = rotated.lines().collect();
    assert_eq!(lines.len(), 2, "{rotated}");
    assert!(lines[0].ends_with("is good for older links") && lines[1].ends_with("signs"));
    assert!(rotated.len() < 120 && said.is_empty(), "{rotated}{said}");
}

#[test]
fn a_reader_who_has_enough_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fairwarning"))
        .args(["recipients", "export"])
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}
