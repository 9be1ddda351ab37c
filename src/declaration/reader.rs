//! Reads one file into a typed form and collects every structural problem.
//!
//! serde stops at the first problem. So each wrong node is left out of the tree
//! and the file read again, until what remains is sound or nothing can be left
//! out any more.

use super::forms::form;
use super::problem::{Code, Problem, suggestion};
use super::source::SourceFile;
use super::tree::{Step, Tree};
use crate::notice::Length;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

/// Problems of structure reported for one file; the rest waits for the next run.
const MAX_STRUCTURAL_PROBLEMS: usize = 64;
/// Values read while looking for them: each problem costs another reading, and a
/// file of many values and many problems must not take long.
const MAX_VALUES_READ: usize = 100_000;

/// Stand-ins for keys that a notice must have, used when one is missing or was
/// left out, so that the rest of the notice is still checked. They are never
/// shown, because a notice with a problem goes no further.
const SUBSTITUTES: [(&str, &str); 4] =
    [("title", "?"), ("kind", "protocol"), ("announced", "to be announced"), ("summary", "?")];

/// A file as read: its positions, and its typed form where enough was sound.
pub struct Read<T> {
    pub tree: Tree,
    pub form: Option<T>,
}

/// `None` where the file is not YAML at all; the problem says so.
pub fn read<T: DeserializeOwned + JsonSchema>(
    file: &SourceFile,
    problems: &mut Vec<Problem>,
) -> Option<Read<T>> {
    let found = problems.len();
    let mut tree = Tree::read(file, problems)?;
    if problems.len() == found {
        // The common case, a sound file, needs no path of what is wrong.
        if let Ok(form) = T::deserialize(tree.value()) {
            return Some(Read { tree, form: Some(form) });
        }
    }
    let form = read_leaving_out(&mut tree, problems);
    Some(Read { tree, form })
}

fn read_leaving_out<T: DeserializeOwned + JsonSchema>(
    tree: &mut Tree,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    // Paths of parents that lost a child: a "missing" there is our own doing.
    let mut bereft: Vec<Vec<Step>> = Vec::new();
    let readings = (MAX_VALUES_READ / tree.weight()).clamp(1, MAX_STRUCTURAL_PROBLEMS);
    for _ in 0..readings {
        let error = match serde_path_to_error::deserialize::<_, T>(tree.value()) {
            Ok(form) => return Some(form),
            Err(error) => error,
        };
        let path = steps(error.path());
        let message = error.inner().to_string();
        let missing = message.strip_prefix("missing field `").and_then(|m| m.strip_suffix('`'));
        if missing.is_none() || !bereft.contains(&path) {
            problems.push(explain::<T>(tree, &path, &message));
        }
        let substitute = SUBSTITUTES.iter().find(|(key, _)| missing == Some(*key));
        if let (true, Some((key, text))) = (path.is_empty(), substitute) {
            tree.substitute(key, text);
            continue;
        }
        let mut out = path;
        while !tree.remove(&out) {
            out.pop()?;
        }
        out.pop();
        bereft.push(out);
    }
    None
}

fn steps(path: &serde_path_to_error::Path) -> Vec<Step> {
    path.iter()
        .map_while(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Turns serde's words into the reader's.
fn explain<T: JsonSchema>(tree: &Tree, path: &[Step], message: &str) -> Problem {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let first = quoted.first().copied().unwrap_or_default();
    if message.starts_with("unknown field") {
        return Problem::error(
            Code::UnknownKey,
            tree.key_place(path),
            format!("`{first}` is not a key that is known here"),
        )
        .help_opt(suggestion(first, quoted[1..].iter().copied()));
    }
    if message.starts_with("unknown variant") {
        return Problem::error(
            Code::InvalidValue,
            tree.place(path),
            format!("`{first}` is not a value that is known here"),
        )
        .help_opt(choice(first, &quoted[1..]));
    }
    if message.starts_with("missing field") {
        return Problem::error(
            Code::MissingKey,
            tree.key_place(path),
            format!("`{first}` is missing"),
        )
        .help(format!("add `{first}:` here"));
    }
    if message.starts_with("invalid type") {
        let problem = wrong_type(tree, path, message);
        return match problem.help {
            Some(_) => problem,
            None => problem.help_opt(form::<T>(path, tree.plain_scalar(path))),
        };
    }
    if let Some(rest) = message.strip_prefix("invalid value: string \"")
        && let Some((written, expected)) = rest.split_once("\", expected ")
    {
        let message = format!("`{written}` is not a value that is known here");
        return Problem::error(Code::InvalidValue, tree.place(path), message)
            .help(format!("write {expected}"));
    }
    if message.starts_with("failed to parse timezone") {
        let written = tree.plain_scalar(path).unwrap_or_default();
        let message = format!("`{written}` is not a time zone");
        return Problem::error(Code::InvalidValue, tree.place(path), message)
            .help("write its IANA name, such as America/New_York or UTC");
    }
    // Our own messages end with the way out.
    match message.split_once(": write ") {
        Some((what, way_out)) => Problem::error(Code::InvalidValue, tree.place(path), what)
            .help(format!("write {way_out}")),
        None => Problem::error(Code::InvalidValue, tree.place(path), message),
    }
}

/// What is meant may be none of the words that look like it, and they are few.
fn choice(written: &str, known: &[&str]) -> Option<String> {
    let suggested = suggestion(written, known.iter().copied())?;
    if known.len() < 2 || !suggested.ends_with('?') {
        return Some(suggested);
    }
    Some(format!("{suggested} Known here: {}", known.join(", ")))
}

/// An unquoted `1.20` is a number to YAML and would lose its last digit.
fn wrong_type(tree: &Tree, path: &[Step], message: &str) -> Problem {
    let (found, expected) =
        message.trim_start_matches("invalid type: ").split_once(", expected ").unwrap_or_default();
    let plain = tree.plain_scalar(path).filter(|text| !text.is_empty());
    if let (true, Some(written)) = (expected.starts_with("a string"), plain) {
        let kind = if found.starts_with("boolean") { "a truth value" } else { "a number" };
        return Problem::error(
            Code::WrongType,
            tree.place(path),
            format!("`{written}` without quotes is {kind} to YAML, not a text"),
        )
        .help(format!("write it in quotes: \"{written}\""));
    }
    let is_count = |text: &&str| text.bytes().all(|b| b.is_ascii_digit());
    if let (Length::EXPECTED, Some(written)) = (expected, plain.filter(is_count)) {
        let message = format!("`{written}` is not a length of time: it has no unit");
        return Problem::error(Code::WrongType, tree.place(path), message)
            .help(format!("write its unit, such as `{written} days`"));
    }
    let expected = match expected {
        e if e.starts_with("struct ") => "a map of keys",
        "a string" => "a text",
        "a sequence" => "a list",
        "a map" => "a map of keys",
        // An enum is told by the name of its reader, which says nothing.
        e if e.ends_with(" enum") || e.starts_with("enum ") => "one word",
        e if is_number_type(e) => "a whole number",
        e => e,
    };
    Problem::error(
        Code::WrongType,
        tree.place(path),
        format!("{expected} is expected here, and this is {}", found_words(found)),
    )
}

/// `u16` and its like.
fn is_number_type(name: &str) -> bool {
    name.strip_prefix(['u', 'i']).is_some_and(|bits| bits.parse::<u8>().is_ok())
}

fn found_words(found: &str) -> String {
    match found.split(' ').next().unwrap_or_default() {
        "string" => format!("the text {}", found.trim_start_matches("string ")),
        "integer" | "floating" => "a number".to_owned(),
        "boolean" => "a truth value".to_owned(),
        "unit" => "nothing".to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "a map of keys".to_owned(),
        _ => found.to_owned(),
    }
}
