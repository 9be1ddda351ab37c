//! Running a program that somebody else wrote: for a while, with little around it, and with a
//! bound on what it says.

use super::Trust;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// Of what it says, no more is kept.
const MAX_OUTPUT_BYTES: u64 = 256 * 1024;

/// What a program came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    Ended {
        /// None where a signal ended it.
        code: Option<i32>,
        said: String,
        complained: String,
    },
    Missing,
    TooLong,
    /// It said more than is kept, so that nobody can tell what it said last.
    TooMuch,
}

/// Runs it in `folder`, which also is its home, with nothing else of our environment than where
/// programs are. It trusts whom `trust` names.
pub async fn run(words: &[&str], folder: &Path, trust: &Trust, input: &str) -> Ran {
    let [program, arguments @ ..] = words else { return Ran::Missing };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("HOME", folder)
        .env("LANG", "C.UTF-8")
        .envs(trust.variables())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let Ok(mut child) = command.spawn() else { return Ran::Missing };
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let running = async {
        let writing = async {
            if let Some(mut stdin) = stdin {
                // A program that wants no input may be gone already.
                let _ = stdin.write_all(input.as_bytes()).await;
            }
        };
        let ((), said, complained) = tokio::join!(writing, bounded(stdout), bounded(stderr));
        let code = child.wait().await.ok().and_then(|status| status.code());
        match (said, complained) {
            (Some(said), Some(complained)) => Ran::Ended { code, said, complained },
            _ => Ran::TooMuch,
        }
    };
    tokio::time::timeout(trust.patience, running).await.unwrap_or(Ran::TooLong)
}

/// All of it is read, so that the program does not wait for us; None where it is too much.
async fn bounded(stream: Option<impl AsyncRead + Unpin>) -> Option<String> {
    let Some(mut stream) = stream else { return Some(String::new()) };
    let mut kept = Vec::new();
    let _ = (&mut stream).take(MAX_OUTPUT_BYTES).read_to_end(&mut kept).await;
    let more = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    let is_all = more.is_ok_and(|bytes| bytes == 0);
    is_all.then(|| String::from_utf8_lossy(&kept).into_owned())
}
