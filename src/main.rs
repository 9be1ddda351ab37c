//! The `fairwarning` program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    fairwarning::cli::main()
}
