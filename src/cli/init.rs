//! `fairwarning init`: a commented workspace to begin with.

use super::Exit;
use crate::clock::Clock;
use crate::notice::ProgramId;
use crate::workspace::{STARTER_NOTICE, starter, write_starter};
use std::path::PathBuf;

/// Write a commented workspace that passes `check`, to be changed into your own.
/// Nothing that is there is overwritten.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace to write; it may hold other programs already.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    /// The program's id, which is the name of its folder.
    #[arg(long, value_name = "NAME", default_value = "example")]
    program: ProgramId,
}

pub fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let files = starter(&arguments.program, clock.now().date_naive());
    write_starter(&arguments.dir, &files)?;
    let (dir, program) = (arguments.dir.display(), &arguments.program);
    for (below, _) in &files {
        say!("{}", arguments.dir.join(below).display());
    }
    say!();
    say!("Change them into your own, then:");
    say!("  fairwarning check {dir}");
    say!("  fairwarning render {program}/{STARTER_NOTICE} --to text --workspace {dir}");
    say!("  fairwarning publish {dir}");
    Ok(Exit::Clean)
}
