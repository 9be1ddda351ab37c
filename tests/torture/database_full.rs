//! The disk below a SQLite file is full for a while: a small disk in memory,
//! which only the node sees, and a file beside the database that takes the rest.
//!
//! SQLite means the same by a full disk as by `max_page_count`, which only the
//! connection itself could set.

use super::figures::Figures;
use super::nodes::{Node, NodeSettings};
use super::offices::Prepared;
use crate::scripted_server::{Answer, ScriptedServer};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A disk of its own in a mount namespace of its own: it needs no right to mount
/// for everybody, and is gone with the process that holds it.
struct SmallDisk {
    holder: Child,
    folder: TempDir,
    is_root: bool,
}

const HOLD: &str = r#"mount -t tmpfs -o "size=$2" torture "$1" && echo ready && exec cat"#;

impl SmallDisk {
    fn mount(bytes: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let is_root = folder.path().metadata().expect("its owner").uid() == 0;
        let mut command = Command::new("unshare");
        if !is_root {
            command.args(["--user", "--map-root-user"]);
        }
        let mut holder = command
            .args(["--mount", "sh", "-c", HOLD, "holder"])
            .arg(folder.path())
            .arg(bytes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare is there: tools/setup-torture.sh");
        let mut said = String::new();
        let out = holder.stdout.take().expect("it was piped");
        BufReader::new(out).read_line(&mut said).expect("it can be read");
        assert_eq!(said, "ready\n", "a disk in a namespace of its own can be mounted");
        Self { holder, folder, is_root }
    }

    /// The program, where the disk can be seen.
    fn command(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string(), "--mount"]);
        if !self.is_root {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.arg(env!("CARGO_BIN_EXE_fairwarning"));
        command
    }

    /// A file on it, as the node names it.
    fn inside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same file, as everybody else reaches it.
    fn outside(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.inside(name).strip_prefix("/").expect("it is absolute"))
    }

    fn fill(&self) {
        let mut ballast = File::create(self.outside("ballast")).expect("room for a name");
        let mut size = 1 << 20;
        // A block at a time in the end, so that not one is left.
        while size >= 4096 {
            match ballast.write_all(&vec![1; size]) {
                Ok(()) => {}
                Err(full) if full.kind() == ErrorKind::StorageFull => size /= 2,
                Err(other) => panic!("the disk cannot be filled: {other}"),
            }
        }
    }

    fn free(&self) {
        fs::remove_file(self.outside("ballast")).expect("it was there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Fills the disk in every round, when a tenth of it has arrived, for as long.
pub async fn fill_the_disk(
    prepared: &Prepared,
    rounds: usize,
    settings: NodeSettings,
    lasts: Duration,
) -> Figures {
    let name = format!("SQLite, disk full for {} s", lasts.as_secs());
    // What was sent is recorded as soon as there is room.
    let mut figures = Figures::of(name, 0);
    let begun = Instant::now();
    for _ in 0..rounds {
        round(prepared, settings, lasts, &mut figures).await;
    }
    figures.took = begun.elapsed();
    figures
}

async fn round(
    prepared: &Prepared,
    settings: NodeSettings,
    lasts: Duration,
    figures: &mut Figures,
) {
    let recipients = prepared.recipients;
    let size = fs::metadata(prepared.file()).expect("the prepared database").len();
    let disk = SmallDisk::mount(2 * size + (32 << 20));
    fs::copy(prepared.file(), disk.outside("office.db")).expect("room for it");
    let office = prepared.at(&disk.inside("office.db"));
    let server = ScriptedServer::counting(|_, _| Answer::Fine).await;
    let mut node = Node::start_by(disk.command(), &office, server.port, settings);
    let went = async {
        node.until("a tenth arrives", |_| server.taken() >= recipients / 10).await?;
        disk.fill();
        node.until("the disk is felt", |node| node.has_said("disk is full")).await?;
        let before = server.taken();
        tokio::time::sleep(lasts).await;
        let during = server.taken() - before;
        disk.free();
        node.until("all arrive", |_| server.taken() >= recipients).await?;
        Ok((before, during))
    };
    match went.await {
        Ok((before, during)) => {
            // Those that were in hand, and none after them.
            let in_hand = settings.connections;
            figures.promise(before + in_hand < recipients, || "it was full too late".to_owned());
            figures.promise(during <= in_hand, || format!("{during} were sent unrecorded"));
        }
        Err(why) => figures.promise(false, || why),
    }
    figures.end(vec![node], &server).await;
    figures.count(&server, recipients);
    let accepted = accepted(prepared, &disk).await;
    figures.promise(accepted == recipients, || format!("{accepted} are on record as accepted"));
}

/// What stands in the file, read where everybody can see it.
async fn accepted(prepared: &Prepared, disk: &SmallDisk) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["office.db", "office.db-wal"] {
        // The log is gone where the node had time to write it back.
        if disk.outside(name).exists() {
            fs::copy(disk.outside(name), folder.path().join(name)).expect("a copy");
        }
    }
    let copy = prepared.at(&folder.path().join("office.db"));
    let store = copy.store().await;
    let accepted = copy.accepted(&store).await.expect("it can be read");
    store.close().await;
    accepted
}
