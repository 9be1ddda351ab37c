//! A Postfix of the test's own: it relays to faulty servers, and its genuine
//! reports come back into a maildir.

use crate::mail_tools::{SETUP, free_port, wait_for};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub struct Postfix {
    pub port: u16,
    folder: TempDir,
}

/// The ports of the servers that recipients' domains lead to.
pub struct Relays {
    pub gone: u16,
    pub slow: u16,
    pub policy: u16,
}

impl Postfix {
    pub fn start(relays: &Relays) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        fs::set_permissions(&root, Permissions::from_mode(0o755)).unwrap();
        for (name, owner) in [
            ("conf", None),
            ("queue", None),
            ("data", Some("postfix")),
            ("mail", Some("nobody")),
            ("log", None),
        ] {
            fs::create_dir(root.join(name)).unwrap();
            if let Some(owner) = owner {
                run(Command::new("chown").arg(owner).arg(root.join(name)));
            }
        }
        let port = free_port();
        for name in ["main.cf", "master.cf"] {
            let from =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/postfix").join(name);
            let text = fs::read_to_string(from).unwrap();
            let text = text
                .replace("@ROOT@", &root.display().to_string())
                .replace("@PORT@", &port.to_string())
                .replace("@GONE@", &relays.gone.to_string())
                .replace("@SLOW@", &relays.slow.to_string())
                .replace("@POLICY@", &relays.policy.to_string());
            fs::write(root.join("conf").join(name), text).unwrap();
        }
        let server = Self { port, folder };
        run(Command::new(program()).arg("-c").arg(root.join("conf")).arg("start"));
        wait_for(port);
        server
    }

    /// Where everything to our sender's domain is delivered.
    pub fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail/inbox")
    }

    /// Waits until so many messages came back.
    pub async fn until_returned(&self, count: usize) {
        let begun = Instant::now();
        let returned = || fs::read_dir(self.maildir().join("new")).map_or(0, Iterator::count);
        while returned() < count {
            let log = fs::read_to_string(self.folder.path().join("log/postfix.log"));
            let is_late = begun.elapsed() > Duration::from_secs(60);
            assert!(!is_late, "{} of {count} came back: {log:?}", returned());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Ends the one process that was started here; its children end with it.
impl Drop for Postfix {
    fn drop(&mut self) {
        let pid = fs::read_to_string(self.folder.path().join("queue/pid/master.pid"));
        if let Ok(pid) = pid {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
    }
}

fn program() -> &'static str {
    let installed = Path::new("/usr/sbin/postfix").exists();
    if installed { "/usr/sbin/postfix" } else { "postfix" }
}

fn run(command: &mut Command) {
    let done = command.output().unwrap_or_else(|bad| panic!("{command:?}: {bad}; {SETUP}"));
    let told = [done.stdout, done.stderr].concat();
    assert!(done.status.success(), "{command:?} (as root?): {}", String::from_utf8_lossy(&told));
}
