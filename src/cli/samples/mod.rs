//! `fairwarning samples`: runs what a notice tells its readers to run, and compares what it
//! promises they will see with what real clients get.
//!
//! Everything is run in a network of its own, in which the hosts of the notice are test
//! endpoints of ours and nothing else can be reached.

mod clients;
mod programs;
mod report;
mod scene;
pub mod stage;

use super::source::{FOLDER, Source};
use super::{Exit, count};
use crate::config::DatabaseArguments;
use crate::notice::{Notice, NoticePath};
use anyhow::{Context, bail};
use clap::ValueEnum;
use report::Report;
use scene::Scene;
use stage::{SCENE, Told};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// Run a notice's samples against the world after the cutoff, and compare what it promises.
#[derive(clap::Args)]
pub struct Arguments {
    /// The notice: PROGRAM/NOTICE, such as `onepagecrm/tls-1.2`.
    notice: NoticePath,
    /// Run them; without it they are listed. They are programs that the notice declares: run
    /// those that you would run yourself.
    #[arg(long)]
    run: bool,
    /// How to print what came of it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Exit with 3 where something could not be run.
    #[arg(long)]
    strict: bool,
    /// How long one program may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3_600))]
    timeout: u64,
    /// Where declarations are read: a folder, `current` (what is published), `publication:N`, or
    /// `git:REV[:DIR]`.
    #[arg(long, value_name = "SOURCE", default_value = FOLDER)]
    from: Source,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Whom programs trust beside their own authorities, and how old their OpenSSL is made.
#[derive(Clone)]
pub struct Trust {
    authority: PathBuf,
    /// The same in the form that Java reads.
    java: PathBuf,
    /// What makes clients old: for OpenSSL, and for Ruby.
    old: Option<(PathBuf, PathBuf)>,
    /// How long a program may take.
    patience: Duration,
}

impl Trust {
    fn variables(&self) -> impl Iterator<Item = (&'static str, OsString)> {
        let mut java = OsString::from("-Djavax.net.ssl.trustStorePassword=fairwarning");
        java.push(" -Djavax.net.ssl.trustStore=");
        java.push(&self.java);
        let authority = || self.authority.clone().into_os_string();
        let named = [
            ("SSL_CERT_FILE", authority()),
            ("CURL_CA_BUNDLE", authority()),
            ("REQUESTS_CA_BUNDLE", authority()),
            ("NODE_EXTRA_CA_CERTS", authority()),
            ("JAVA_TOOL_OPTIONS", java),
        ];
        let old = self.old.iter().flat_map(|(openssl, ruby)| {
            let mut required = OsString::from("-r");
            required.push(ruby);
            [("OPENSSL_CONF", openssl.clone().into_os_string()), ("RUBYOPT", required)]
        });
        named.into_iter().chain(old)
    }
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let Some(workspace) = arguments.from.read(None, &arguments.database).await? else {
        return Ok(Exit::Problems);
    };
    let path = &arguments.notice;
    let (program, notice) = workspace.notice(path).with_context(|| {
        let known: Vec<_> =
            workspace.notices().map(|(p, n)| format!("{}/{}", p.id, n.id)).collect();
        format!("there is no notice `{path}`; there are {}", known.join(", "))
    })?;
    if !arguments.run {
        list(path, notice);
        return Ok(Exit::Clean);
    }
    let scene = Scene::new(program, notice, Duration::from_secs(arguments.timeout))?;
    let told = outside(&scene).await?;
    let report = Report::new(notice, &scene, &told);
    match arguments.format {
        Format::Json => say!("{}", serde_json::to_string_pretty(&report)?),
        Format::Text => report.print(),
    }
    Ok(match (report.differs(), report.is_whole()) {
        (true, _) => Exit::Problems,
        (false, false) if arguments.strict => Exit::Warnings,
        _ => Exit::Clean,
    })
}

fn list(path: &NoticePath, notice: &Notice) {
    let samples = notice.checks.iter().map(|check| check.samples.len()).sum();
    let (samples, errors) = (count(samples, "sample"), count(notice.errors.len(), "error"));
    say!("{path} declares {samples} and promises {errors}:");
    for check in &notice.checks {
        for sample in &check.samples {
            let title = sample.title.as_deref().unwrap_or(&check.title);
            let expected = sample.expect.as_deref().unwrap_or("that it ends well");
            say!("  {title} ({}): expects {expected}", sample.language);
        }
    }
    for error in &notice.errors {
        say!("  error: {}", error.text);
    }
    say!("`fairwarning samples {path} --run` runs them.");
}

/// Starts the stage in namespaces of its own: in its network there is nothing but itself, and its
/// hosts file leads there. Whoever may make such namespaces may run samples.
async fn outside(scene: &Scene) -> anyhow::Result<Told> {
    let folder = tempfile::tempdir().context("cannot make a folder to work in")?;
    let mut hosts = String::from("127.0.0.1 localhost\n");
    for host in &scene.hosts {
        let _ = writeln!(hosts, "127.0.0.1 {host}");
    }
    fs::write(folder.path().join("hosts"), hosts)?;
    fs::write(folder.path().join(SCENE), serde_json::to_vec(scene)?)?;
    let program = std::env::current_exe().context("this program does not find itself")?;
    let output = in_own_network(&program, folder.path()).output().await;
    let output = match output {
        Err(failure) if failure.kind() == std::io::ErrorKind::NotFound => {
            bail!(
                "`unshare` is not installed: samples are run in a network of their own (util-linux)"
            )
        }
        other => other.context("a network of its own cannot be made")?,
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!(
            "samples could not be run in a network of their own: {}\nThis system may not let you \
             make one: run it as root, or where user namespaces are allowed",
            complaint.trim()
        );
    }
    eprint!("{complaint}");
    serde_json::from_slice(&output.stdout).context("the stage said something else")
}

/// The hosts file is laid over the system's own for its eyes alone; `lo` is the only device.
fn in_own_network(program: &Path, folder: &Path) -> tokio::process::Command {
    const PREPARE: &str = "ip link set lo up && mount --bind \"$1/hosts\" /etc/hosts && \
                           exec \"$0\" samples-stage \"$1\"";
    let mut command = tokio::process::Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child"])
        .args(["sh", "-c", PREPARE])
        .arg(program)
        .arg(folder)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("FAIRWARNING_LOG", "warn")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}
