//! The files in `deploy/` say what the program and their readers understand.

use crate::schemas::tools;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const FILES: [&str; 4] = [
    "deploy/compose.yaml",
    "deploy/environment.example",
    "deploy/systemd/fairwarning.service",
    "deploy/systemd/fairwarning@.service",
];

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

fn run(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwarning"));
    let said = command.args(arguments).output().unwrap();
    let text = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
    (said.status.success(), text)
}

#[test]
fn every_setting_that_is_deployed_exists() {
    let (_, help) = run(&["serve", "--help"]);
    let mut named = BTreeSet::new();
    for file in FILES {
        for after in read(file).split("FAIRWARNING_").skip(1) {
            let is_name = |c: &char| c.is_ascii_uppercase() || *c == '_';
            let name: String = after.chars().take_while(is_name).collect();
            named.insert(format!("FAIRWARNING_{name}"));
        }
    }
    assert!(named.len() >= 6, "{named:?}");
    named.remove("FAIRWARNING_LOG");
    for name in named {
        assert!(help.contains(&name), "{name} is no setting of `serve`");
    }
}

#[test]
fn every_role_that_is_deployed_exists() {
    let roles = ["web", "announce", "deliver"];
    let compose = read("deploy/compose.yaml");
    for role in roles {
        assert!(compose.contains(&format!("--role={role}")), "{role} runs nowhere");
        // Far enough to refuse the database, and not the role.
        let (_, said) = run(&["serve", &format!("--role={role}"), "--database=postgres:x"]);
        assert!(said.contains("begins like a PostgreSQL URL"), "{said}");
    }
    let named = compose.matches("--role=").count();
    assert_eq!(named, roles.len(), "and no other");
}

#[test]
fn the_composition_is_valid_by_the_published_schema() {
    let checked = Command::new(tools().join("venv/bin/python"))
        .args(["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"])
        .arg("deploy/compose.yaml")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("check-jsonschema is missing: tools/setup-schema.sh installs it");
    let said = String::from_utf8([checked.stdout, checked.stderr].concat()).unwrap();
    assert!(checked.status.success(), "{said}");
}
