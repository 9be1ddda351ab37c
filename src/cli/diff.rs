//! `fairwarning diff`: what changed between two workspaces, for people, for a
//! review, or for programs.

use super::output::{self, printable};
use super::source::Source;
use super::{Exit, count};
use crate::config::DatabaseArguments;
use crate::diff::{Change, Diff, ProgramDiff, Told, diff};
use clap::ValueEnum;
use serde::Serialize;
use std::fmt::Write;

/// Show what changed, in the words of amendments, and what no amendment tells.
#[derive(clap::Args)]
#[command(
    after_help = "A and B: a folder, `current` or `publication:N`, or `git:REV[:DIR]`; DIR is \
    the other side's folder, or `notices`, where it is left out.\n\n\
    Exit codes: 0 no difference, or only such as amendments tell or need none; 1 the program \
    failed; 2 a date, a scope or a row changed and no amendment says so, or a side has problems."
)]
pub struct Arguments {
    /// The older side.
    #[arg(value_name = "A")]
    old: Source,
    /// The newer side.
    #[arg(value_name = "B")]
    new: Source,
    /// How to print the changes.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For a review.
    Markdown,
    /// For programs.
    Json,
}

/// The answer for programs.
#[derive(Serialize)]
struct Whole<'d> {
    from: String,
    to: String,
    undeclared: usize,
    programs: &'d [ProgramDiff],
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let Arguments { old, new, format, database } = arguments;
    let before = old.read(new.folder(), database).await?;
    let after = new.read(old.folder(), database).await?;
    let (Some(before), Some(after)) = (&before, &after) else {
        let of = |side: &Source, read: bool| (!read).then(|| side.to_string());
        let unsound: Vec<_> =
            [of(old, before.is_some()), of(new, after.is_some())].into_iter().flatten().collect();
        eprintln!("Nothing was compared: problems in {}.", unsound.join(" and "));
        return Ok(Exit::Problems);
    };
    let found = diff(before, after);
    let printed = match format {
        Format::Text => text(&found),
        Format::Markdown => markdown(&found, old, new),
        Format::Json => {
            let (from, to) = (old.to_string(), new.to_string());
            let undeclared = found.undeclared();
            let whole = Whole { from, to, undeclared, programs: &found.programs };
            serde_json::to_string_pretty(&whole)? + "\n"
        }
    };
    output::print(&printed)?;
    Ok(if found.undeclared() == 0 { Exit::Clean } else { Exit::Problems })
}

fn text(diff: &Diff) -> String {
    if diff.is_empty() {
        return "Nothing changed.\n".to_owned();
    }
    let mut out = String::new();
    for_each(diff, |place, title, changes| {
        let title = title.map_or(String::new(), |title| format!("  {title}"));
        line(&mut out, format_args!("{place}{title}"));
        for change in changes {
            let told = change.sentence(str::to_owned);
            line(&mut out, format_args!("  {:<11} {told}", change.word));
            for told in &change.amendments {
                line(&mut out, format_args!("      told by {}", amendment(told)));
            }
            if let Some(warning) = &change.undeclared {
                line(&mut out, format_args!("    ! {}", printable(warning)));
            }
            if let Some(advice) = change.advice() {
                line(&mut out, format_args!("      add  - {}", printable(&advice)));
            }
        }
        out.push('\n');
    });
    out.push_str(&summary(diff));
    out
}

/// A list and no table: texts of any length stand in it, and it reads well as
/// the comment of a review.
fn markdown(diff: &Diff, old: &Source, new: &Source) -> String {
    let (old, new) = (quoted(&old.to_string()), quoted(&new.to_string()));
    let mut out = format!("## Changes from {old} to {new}\n\n");
    if diff.is_empty() {
        out.push_str("Nothing changed.\n");
        return out;
    }
    for_each(diff, |place, title, changes| {
        let title = title.map_or(String::new(), |title| format!(": {}", escaped(title)));
        line(&mut out, format_args!("### {}{title}\n", quoted(place)));
        for change in changes {
            line(&mut out, format_args!("- **{}** {}", change.word, change.sentence(quoted)));
            for told in &change.amendments {
                line(&mut out, format_args!("  - told by {}", escaped(&amendment(told))));
            }
            if let Some(warning) = &change.undeclared {
                let advice = change.advice().map(|advice| quoted(&printable(&advice)));
                let advice = advice.map_or(String::new(), |advice| format!("; add {advice}"));
                let warning = escaped(&printable(warning));
                line(&mut out, format_args!("  - **Warning:** {warning}{advice}"));
            }
        }
        out.push('\n');
    });
    out.push_str(&summary(diff));
    out
}

/// Each program's own changes, then those of its notices.
fn for_each(diff: &Diff, mut each: impl FnMut(&str, Option<&str>, &[Change])) {
    for program in &diff.programs {
        if !program.changes.is_empty() {
            each(program.program.as_str(), None, &program.changes);
        }
        for notice in &program.notices {
            let place = format!("{}/{}", program.program, notice.notice);
            each(&place, Some(&printable(&notice.title)), &notice.changes);
        }
    }
}

fn amendment(told: &Told) -> String {
    let reason = told.reason.as_ref().map_or(String::new(), |reason| {
        let words: Vec<_> = reason.split_whitespace().collect();
        format!(": {}", printable(&words.join(" ")))
    });
    format!("the amendment of {} ({}){reason}", told.date, told.kind.as_str())
}

fn summary(diff: &Diff) -> String {
    let changes = count(diff.changes().count(), "change");
    match diff.undeclared() {
        0 => format!("{changes}, all of them told or in need of no amendment.\n"),
        n => format!("{changes}, {n} of which no amendment tells.\n"),
    }
}

/// Writing to a text never fails.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

/// As code, whatever is in it (CommonMark §6.1).
fn quoted(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if longest > 0 { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// As plain words: nothing in it is a mark-up.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, ',' | '.' | '/' | '-' | ':' | '(' | ')') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
