//! The command line: one file per command, one place for exit codes.
//!
//! Nobody imports this module. It alone prints to the terminal.

/// Prints a line. A reader who went away, such as `head`, has seen enough: the
/// command goes on, and ends with its own exit code.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($line)*);
    }};
}

mod announce;
mod approve;
mod backups;
mod check;
mod dead;
mod diff;
mod done;
mod explain;
mod forget;
mod gateway;
mod hold;
mod impacted;
mod init;
mod intake;
mod keys;
mod metrics;
mod migrate;
mod moment;
mod output;
mod plan;
mod preview;
mod probe;
mod problems;
mod proof;
mod publish;
mod recipients;
mod record;
mod rehearse;
mod render;
mod roles;
mod samples;
mod schema;
mod serve;
mod silent;
mod source;
mod status;
mod token;
mod watching;
mod webhook;

use crate::clock::Clock;
use crate::store::Gathering;
use clap::{Parser, Subcommand, ValueEnum};
use std::io::IsTerminal;
use std::process::ExitCode;

pub use problems::draw as draw_problem;

/// How a command ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, nothing to report.
    Clean,
    /// 2: the command did its work and found problems, which it printed.
    Problems,
    /// 3: there were only warnings, and `--strict` was asked for.
    Warnings,
    /// 4: what was asked for could not be found out, and nothing else was wrong.
    Undetermined,
    /// 75: a mail server that runs the command should do so again later
    /// (`EX_TEMPFAIL` of sysexits.h).
    TryAgain,
}

/// Deprecation notices and cutoff schedules: declared in YAML, checked,
/// rendered, mailed and served.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 clean, 1 the program failed, 2 problems or untold changes were found, \
                  3 warnings were found and --strict was given, \
                  4 `probe` could not find something out, 75 `intake` should be run again later."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How log lines are written to standard error; FAIRWARNING_LOG says which
    #[arg(long, global = true, env = "FAIRWARNING_LOG_FORMAT", value_enum)]
    #[arg(default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// An object a line, for programs
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Write a commented workspace to begin with
    Init(init::Arguments),
    /// Check declarations: every problem with its file, line and way out
    Check(check::Arguments),
    /// Say what a problem of `check` means, and how to mend it
    Explain(explain::Arguments),
    /// Print the JSON Schema of a kind of file, for editors
    Schema(schema::Arguments),
    /// Show a notice in any of its forms
    Render(render::Arguments),
    /// Show what changed between two workspaces, and what no amendment tells
    Diff(diff::Arguments),
    /// Look at every notice in a browser while it is being written
    Preview(preview::Arguments),
    /// Show what comes when: milestones, brownouts and reminders
    Plan(plan::Arguments),
    /// Ask URLs which versions of TLS they accept, and hold that against the schedule
    Probe(probe::Arguments),
    /// Publish a folder: what is served and announced from now on
    Publish(publish::Arguments),
    /// Show which APIs are affected, where and when
    Impacted(impacted::Arguments),
    /// Write what makes nginx or Envoy enforce and announce the declaration
    Gateway(Box<gateway::Arguments>),
    /// Bring recipients in and out, look at one, suppress or erase them
    Recipients(recipients::Arguments),
    /// Look at what announcing would send, and approve it
    Approve(approve::Arguments),
    /// Say who may act for the office
    Token(token::Arguments),
    /// List the keys that links are signed with, or make a new one
    Keys(keys::Arguments),
    /// Run a notice's samples against the world after the cutoff, and compare what it promises
    Samples(Box<samples::Arguments>),
    #[command(hide = true)]
    SamplesStage(samples::stage::Arguments),
    /// Send a published notice to whom it concerns
    Announce(Box<announce::Arguments>),
    /// Note that a recipient is done, and end the reminders of it for them
    Done(done::Arguments),
    /// Show what became of every message
    Status(status::Arguments),
    /// Show who was told what, and check that the record of it is whole
    Proof(proof::Arguments),
    /// Show messages that were given up, and try them anew
    Dead(dead::Arguments),
    /// Take in bounces and complaints, from standard input or a maildir
    Intake(intake::Arguments),
    /// Have recipients told by HTTP as well: set, list, test, enable, remove
    Webhook(webhook::Arguments),
    /// Stop sending: everything, a program, or one notice
    Hold(hold::HoldArguments),
    /// Let held sending go on
    Release(hold::ReleaseArguments),
    /// Serve the table, the pages and the API
    Serve(Box<serve::Arguments>),
    /// Write a copy of the database into a file, while it is in use
    Backup(backups::BackupArguments),
    /// Bring a backup back into an empty database
    Restore(backups::RestoreArguments),
    /// Make the database's tables, or bring them up to date
    Migrate(migrate::Arguments),
}

/// `1 notice`, `2 notices`, `2 processes`.
fn count(n: usize, what: &str) -> String {
    let ending = match (n, what.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{n} {what}{ending}")
}

/// A recipient, and by which way where that is not mail.
fn by_channel(recipient: String, channel: &str) -> String {
    match channel {
        "mail" => recipient,
        other => format!("{recipient} ({other})"),
    }
}

/// What waits for weekly digests of one program.
fn gathered(gathering: &Gathering) -> String {
    let Gathering { program, messages, next } = gathering;
    let messages = count(usize::try_from(*messages).unwrap_or(usize::MAX), "message");
    let next = next.format("%Y-%m-%d %H:%M UTC");
    format!("Gathered for weekly digests of {program}: {messages}; the next leave at {next}")
}

/// Said by every command that works on what was published.
const NOTHING_PUBLISHED: &str =
    "nothing was published to this database yet: `fairwarning publish` comes first";

/// Parses the arguments, runs the command and reports how it ended.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_tracing(arguments.log_format);
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        unreachable!("main runs once, before anything opens a connection");
    }
    match run(arguments) {
        Ok(Exit::Clean) => ExitCode::SUCCESS,
        Ok(Exit::Problems) => ExitCode::from(2),
        Ok(Exit::Warnings) => ExitCode::from(3),
        Ok(Exit::Undetermined) => ExitCode::from(4),
        Ok(Exit::TryAgain) => ExitCode::from(75),
        Err(failure) if is_read_no_more(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether a command could not print, because its reader, such as `head`, went away
/// with enough. Where a database or a mail server went away, another error says so.
fn is_read_no_more(failure: &anyhow::Error) -> bool {
    let by_csv = failure.downcast_ref::<csv::Error>().and_then(|failure| match failure.kind() {
        csv::ErrorKind::Io(reason) => Some(reason),
        _ => None,
    });
    let reason = failure.downcast_ref::<std::io::Error>().or(by_csv);
    reason.is_some_and(|reason| reason.kind() == std::io::ErrorKind::BrokenPipe)
}

#[tokio::main]
async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let clock = Clock::system();
    match arguments.command {
        Command::Check(arguments) => check::run(&arguments, &clock).await,
        Command::Diff(arguments) => diff::run(&arguments).await,
        Command::Impacted(arguments) => impacted::run(&arguments, &clock).await,
        Command::Gateway(arguments) => gateway::run(&arguments, &clock).await,
        Command::Samples(arguments) => samples::run(&arguments).await,
        Command::SamplesStage(arguments) => samples::stage::run_inside(&arguments, &clock).await,
        Command::Plan(arguments) => plan::run(&arguments, &clock).await,
        Command::Probe(arguments) => probe::run(&arguments, &clock).await,
        Command::Publish(arguments) => publish::run(&arguments, &clock).await,
        Command::Approve(arguments) => approve::run(arguments, &clock).await,
        Command::Token(arguments) => token::run(arguments, &clock).await,
        Command::Announce(arguments) => announce::run(*arguments, &clock).await,
        Command::Done(arguments) => done::run(arguments, &clock).await,
        Command::Status(arguments) => status::run(arguments, &clock).await,
        Command::Proof(arguments) => proof::run(arguments, &clock).await,
        Command::Dead(arguments) => dead::run(arguments, &clock).await,
        Command::Intake(arguments) => intake::run(&arguments, &clock).await,
        Command::Webhook(arguments) => webhook::run(arguments, &clock).await,
        Command::Hold(arguments) => hold::hold(arguments, &clock).await,
        Command::Release(arguments) => hold::release(arguments, &clock).await,
        Command::Keys(arguments) => keys::run(&arguments, &clock).await,
        Command::Recipients(arguments) => recipients::run(arguments, &clock).await,
        Command::Backup(arguments) => backups::back_up(&arguments).await,
        Command::Restore(arguments) => backups::restore(&arguments).await,
        Command::Migrate(arguments) => migrate::run(&arguments).await,
        Command::Init(arguments) => init::run(&arguments, &clock),
        Command::Explain(arguments) => Ok(explain::run(&arguments)),
        Command::Schema(arguments) => Ok(schema::run(&arguments)),
        Command::Preview(arguments) => preview::run(&arguments, &clock).await,
        Command::Render(arguments) => render::run(&arguments, &clock),
        Command::Serve(arguments) => serve::run(&arguments, &clock).await,
    }
}

/// Log lines go to standard error, so that output can be piped.
fn start_tracing(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("FAIRWARNING_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("fairwarning=info,warn"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
