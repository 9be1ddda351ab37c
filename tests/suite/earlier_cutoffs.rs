//! A cutoff that was announced is not brought nearer by the way; and whoever was
//! told hears of it.

use crate::reminded::date;
use crate::sample_office;
use fairwarning::schedule::earlier_cutoffs;
use std::path::Path;
use std::process::{Command, Stdio};

fn moved(to: &str) -> Vec<String> {
    let before = sample_office::workspace();
    let (_, old) = before.notice(&sample_office::notice()).unwrap();
    let mut new = old.clone();
    new.schedule.rows.get_mut("prod-first").unwrap().dates.cutoff = Some(date(to));
    earlier_cutoffs(old, &new).iter().map(|earlier| earlier.row.to_string()).collect()
}

#[test]
fn only_what_may_come_sooner_than_it_could_is_earlier() {
    assert_eq!(moved("2020-04-12"), ["prod-first"]);
    assert_eq!(moved("2020-Q2"), ["prod-first"], "it may come in its first days");
    for later in ["2020-04-13", "2020-04-13T10:00", "2020-05-01", "to be announced"] {
        assert_eq!(moved(later), [] as [&str; 0], "{later}");
    }
}

/// What the program says and how it ends.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let said = Command::new(env!("CARGO_BIN_EXE_fairwarning"))
        .args(arguments)
        .current_dir(folder)
        .env("FAIRWARNING_DATABASE", "sqlite:office.db")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [said.stdout, said.stderr].concat();
    (said.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_publication_that_moves_an_announced_cutoff_earlier_says_so_and_waits_for_consent() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("notices/usps-web-tools");
    copy(&samples, &folder.join("notices/usps-web-tools"));
    assert_eq!(run(folder, &["publish"]).0, 0);
    std::fs::write(folder.join("list.csv"), "address,programs\njo@example.org,usps-web-tools\n")
        .unwrap();
    assert_eq!(run(folder, &["recipients", "import", "list.csv"]).0, 0);

    let file = folder.join("notices/usps-web-tools/tls-1.2.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let edit = |from: &str, to: &str| {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(&file, text.replace(from, to)).unwrap();
    };
    edit("cutoff: 2020-04-13", "cutoff: 2020-04-14");
    assert_eq!(run(folder, &["publish"]).0, 0);
    edit("cutoff: 2020-04-14", "cutoff: 2020-04-13");
    assert_eq!(run(folder, &["publish"]).0, 0, "nothing was announced yet");

    let (code, said) = run(folder, &["announce", "usps-web-tools/tls-1.2", "--yes"]);
    assert_eq!(code, 0, "{said}");
    edit("cutoff: 2020-04-13", "cutoff: 2020-04-06");
    let (code, said) = run(folder, &["publish"]);
    assert_eq!(code, 2, "{said}");
    let named = "usps-web-tools/tls-1.2: prod-first-wave: the cutoff moves from 2020-04-13 to \
                 2020-04-06";
    assert!(said.contains(named), "{said}");
    let (code, said) = run(folder, &["publish", "--accept-earlier"]);
    assert_eq!(code, 0, "{said}");

    let (_, said) = run(folder, &["announce", "usps-web-tools/tls-1.2", "--dry-run"]);
    assert!(said.contains("1  were told what is no longer true, and hear what changed"), "{said}");
    let (code, said) = run(folder, &["announce", "usps-web-tools/tls-1.2", "--yes"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("What changed, to those who were told otherwise:"), "{said}");
    let mails: Vec<_> = std::fs::read_dir(folder.join("mail")).unwrap().collect();
    assert_eq!(mails.len(), 2);
    std::fs::write(&file, text).unwrap();
}
