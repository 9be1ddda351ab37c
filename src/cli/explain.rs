//! `fairwarning explain`: what a problem of `check` means, with an example that is
//! wrong and one that is mended.

use super::Exit;
use crate::declaration::{Code, explanation, suggestion};

/// Say what a problem means, why it matters and how to mend it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The code that `check` prints in brackets; all of them are listed without it.
    #[arg(value_parser = code)]
    code: Option<Code>,
}

fn code(text: &str) -> Result<Code, String> {
    let known = Code::all().iter().find(|code| code.as_str() == text);
    known.copied().ok_or_else(|| {
        let names = Code::all().iter().map(|code| code.as_str());
        suggestion(text, names)
            .unwrap_or_else(|| "`fairwarning explain` lists what is known".to_owned())
    })
}

pub fn run(arguments: &Arguments) -> Exit {
    match arguments.code {
        Some(code) => print!("{}", explanation(code)),
        None => {
            let widest = Code::all().iter().map(|code| code.as_str().len()).max().unwrap_or(0);
            for code in Code::all() {
                say!("{:widest$}  {}", code.as_str(), title(explanation(*code)));
            }
        }
    }
    Exit::Clean
}

/// What follows the code in an explanation's first line.
fn title(explanation: &str) -> &str {
    let first = explanation.lines().next().unwrap_or_default();
    first.split_once(": ").map_or(first, |(_, title)| title)
}
