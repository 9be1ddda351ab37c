//! Delivering nodes: the program itself, started as a process of its own.

use super::offices::Office;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What takes longer has come to a halt.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What a node says when it has begun.
const WORKS: [&str; 2] = ["Serving on ", "Working on "];

#[derive(Debug, Clone, Copy)]
pub struct NodeSettings {
    pub connections: usize,
    pub heartbeat: Duration,
    /// How long it waits for an answer of the mail server.
    pub waits: Duration,
    /// By how much its clock is off, as libfaketime writes it (`+600s`).
    pub clock: Option<&'static str>,
}

pub struct Node {
    child: Child,
    log: PathBuf,
}

impl Node {
    pub fn start(office: &Office, port: u16, settings: NodeSettings) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_fairwarning")), office, port, settings)
    }

    /// The same, by a command that becomes the program in the end.
    pub fn start_by(
        mut command: Command,
        office: &Office,
        port: u16,
        settings: NodeSettings,
    ) -> Self {
        // A file can be shared by the whole of a service alone.
        let role = if office.text.starts_with("postgres") { "deliver" } else { "all" };
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let log = office.folder.path().join(format!("node-{number}.log"));
        let logged = OpenOptions::new().create(true).append(true).open(&log).expect("a log");
        let said = logged.try_clone().expect("the same log");
        command
            .args(["serve", "--role", role, "--listen", "127.0.0.1:0", "--database", &office.text])
            .arg(format!("--smtp-url=smtp://127.0.0.1:{port}"))
            .args(["--smtp-allow-plaintext", "--retry-seconds=1"])
            .arg(format!("--smtp-timeout-seconds={}", settings.waits.as_secs()))
            .arg("--public-url=https://notices.example.org")
            .arg(format!("--smtp-connections={}", settings.connections))
            .arg(format!("--heartbeat-ms={}", settings.heartbeat.as_millis()))
            .current_dir(office.folder.path())
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(logged);
        if let Some(off) = settings.clock {
            command.env("LD_PRELOAD", clock_library());
            // Stretches of time are measured as ever.
            command.env("FAKETIME", off).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let child = command.spawn().expect("the program starts");
        Self { child, log }
    }

    /// Without a chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it is over");
    }

    /// Fails with what it said last where it ended by itself.
    pub fn is_alive(&mut self) -> Result<(), String> {
        match self.child.try_wait().expect("it can be asked") {
            None => Ok(()),
            Some(status) => Err(self.last_words(status)),
        }
    }

    pub fn has_said(&self, words: &str) -> bool {
        fs::read_to_string(&self.log).is_ok_and(|log| log.contains(words))
    }

    /// Waits for something that this node brings about.
    pub async fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) -> Result<(), String> {
        let begun = Instant::now();
        while !done(self) {
            self.is_alive()?;
            if begun.elapsed() > PATIENCE {
                return Err(format!("it is waited in vain until {what}"));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    pub async fn end_well(mut self) -> Result<(), String> {
        // Before it says so, it does not listen for a signal either.
        self.until("it works", |node| WORKS.iter().any(|word| node.has_said(word))).await?;
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.expect("kill is there").success());
        let begun = Instant::now();
        loop {
            match self.child.try_wait().expect("it can be asked") {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(self.last_words(status)),
                None if begun.elapsed() > PATIENCE => {
                    return Err("a node told to end does not".to_owned());
                }
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    fn last_words(&self, status: ExitStatus) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(3).collect();
        format!("a node ended with {status}: {last:?}")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What sets a process's clock off.
fn clock_library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut found = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    found
        .find(|library| library.exists())
        .expect("run tools/setup-torture.sh first (make test does)")
}
