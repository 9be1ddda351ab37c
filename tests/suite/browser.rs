//! What the pages do in a real browser: the program as it is run, a mail server that
//! keeps what it is sent, and Chromium, driven by the scenarios in `tests/browser`.

use crate::scripted_server::{Answer, ScriptedServer};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where the setup scripts put what the scenarios import.
fn tools() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let tools = target.join("tools");
    let is_there = tools.join("node_modules/puppeteer-core").exists();
    assert!(is_there, "run tools/setup.sh first; it installs what drives a browser");
    tools
}

/// The sample programs, served over a database of their own.
pub struct Site {
    pub address: String,
    pub folder: TempDir,
    /// Of somebody who may do everything.
    office_token: String,
    process: Child,
    mails: ScriptedServer,
}

impl Site {
    pub async fn start(more: &[&str]) -> Self {
        let mails = ScriptedServer::start(|_, _| Answer::Fine).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("mails")).unwrap();
        // Links lead to the site, so its address has to be known before it listens.
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let address = format!("http://{free}");
        let mut process = Command::new(env!("CARGO_BIN_EXE_fairwarning"))
            .arg("serve")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("notices"))
            .args(["--listen", &free.to_string(), "--public-url", &address])
            .args([&format!("--smtp-url=smtp://127.0.0.1:{}", mails.port)])
            .arg("--smtp-allow-plaintext")
            .args(more)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains(" on http://") {
            line.clear();
            let read = said.read_line(&mut line).unwrap();
            let log = || std::fs::read_to_string(folder.path().join("log")).unwrap();
            assert!(read > 0, "the service did not start: {}", log());
        }
        // It may go on talking.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let office_token = token(folder.path());
        Self { address, folder, office_token, process, mails }
    }

    /// Runs a scenario of `tests/browser` to its end, with what is mailed meanwhile in
    /// its reach.
    pub async fn run(&self, scenario: &str) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = self.folder.path().join("mails");
        let mut child = Command::new("node")
            .arg(root.join("tests/browser").join(scenario))
            .env("SITE", &self.address)
            .env("MAILS", &folder)
            .env("OFFICE_TOKEN", &self.office_token)
            .env("TOOLS", tools())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(self.folder.path().join("said")).unwrap())
            .spawn()
            .expect("tools/setup.sh installs node");
        let (mut kept, begun) = (0, Instant::now());
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            for mail in self.mails.log().messages.iter().skip(kept) {
                kept += 1;
                // Whole or not at all: somebody is looking.
                let (new, name) = (folder.join("new"), folder.join(format!("{kept:04}.eml")));
                std::fs::write(&new, &mail.content).unwrap();
                std::fs::rename(new, name).unwrap();
            }
            if begun.elapsed() > Duration::from_secs(240) {
                child.kill().unwrap();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let said = std::fs::read_to_string(self.folder.path().join("said")).unwrap();
        assert!(status.success(), "{scenario}: {status}\n{said}");
    }
}

fn token(folder: &Path) -> String {
    let made = Command::new(env!("CARGO_BIN_EXE_fairwarning"))
        .args(["token", "create", "tester", "--scope", "approver"])
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8(made.stdout).unwrap();
    let token = said.split_whitespace().find(|word| word.starts_with("fairwarning_"));
    token.unwrap_or_else(|| panic!("no token in {said}")).to_owned()
}

impl Drop for Site {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn the_table_is_filtered_sorted_shared_searched_and_read_on_ones_own_clocks() {
    Site::start(&[]).await.run("table.mjs").await;
}

#[tokio::test]
async fn whoever_asks_confirms_changes_and_leaves_with_and_without_a_script_and_by_keys_alone() {
    Site::start(&[]).await.run("subscribing.mjs").await;
}

#[tokio::test]
async fn the_office_approves_announces_tests_holds_and_finds_it_all_on_record() {
    Site::start(&[]).await.run("office.mjs").await;
}

#[tokio::test]
async fn every_page_is_accessible_at_any_width_in_either_scheme_and_its_console_is_silent() {
    Site::start(&[]).await.run("accessible.mjs").await;
}
