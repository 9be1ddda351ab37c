//! Running a program that somebody else wrote: for a while, with little around it, and with a
//! bound on what it says.

use super::Trust;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// Of what it says, no more is kept.
const MAX_OUTPUT_BYTES: u64 = 64 * 1024;

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
        Ran::Ended { code, said, complained }
    };
    tokio::time::timeout(trust.patience, running).await.unwrap_or(Ran::TooLong)
}

/// All of it is read, so that the program does not wait for us; the beginning is kept.
async fn bounded(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut kept = Vec::new();
    let _ = (&mut stream).take(MAX_OUTPUT_BYTES).read_to_end(&mut kept).await;
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&kept).into_owned()
}
