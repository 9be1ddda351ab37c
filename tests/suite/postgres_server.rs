//! A PostgreSQL server as the program meets it: by the network, with a
//! password that shows nowhere, at first without a table.

use crate::databases::{Kind, TestDatabase};
use std::process::{Command, Stdio};

/// What the program says and how it ends, with everything it could log.
fn run(database: &str, arguments: &[&str]) -> (i32, String) {
    let said = Command::new(env!("CARGO_BIN_EXE_fairwarning"))
        .args(arguments)
        .env("FAIRWARNING_DATABASE", database)
        .env("FAIRWARNING_LOG", "trace")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [said.stdout, said.stderr].concat();
    (said.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn tables_are_made_by_their_own_command_and_only_once() {
    crate::databases::on(Kind::Postgres, || {
        let database = block_on(TestDatabase::empty_postgres());
        let (code, said) = run(&database.text, &["migrate"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("        1  first tables"), "{said}");
        assert!(said.contains("is up to date"), "{said}");
        let (code, said) = run(&database.text, &["migrate"]);
        assert!(code == 0 && said.contains("Nothing to do: postgres://"), "{code}: {said}");
    });
}

#[test]
fn the_password_is_in_no_log_no_error_and_no_help() {
    let database = block_on(TestDatabase::empty_postgres());
    let url = block_on(database.by_network());
    let password = url.split([':', '@']).nth(2).unwrap();
    assert_eq!(password.len(), 32, "it was cut out of the URL");
    for arguments in [&["migrate"][..], &["status"], &["recipients", "list"], &["help", "status"]] {
        let (code, said) = run(&url, arguments);
        assert!(code == 0 && !said.contains(password), "{arguments:?}: {code}: {said}");
    }
    let wrong = url.replace(password, "canary-of-the-password");
    for url in [&wrong, &wrong.replace("127.0.0.1", "nowhere.invalid")] {
        let (code, said) = run(url, &["migrate"]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("cannot open the database postgres://"), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn asking_a_server_makes_no_table_twice_and_needs_no_file() {
    let database = block_on(TestDatabase::empty_postgres());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "not needed by the socket\n").unwrap();
    let file = folder.path().join("password").display().to_string();
    let arguments = ["recipients", "list", "--database-password-file", &file];
    let (code, said) = run(&database.text, &arguments);
    assert!(code == 0 && said.contains("No recipients yet"), "{code}: {said}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}
