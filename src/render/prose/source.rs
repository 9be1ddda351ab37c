//! Markdown that stays Markdown: for documents, and for posts that a site's own
//! Liquid and Markdown will read.

use super::events::{is_allowed_url, options};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// `markdown` under the rules of every other form, otherwise to the letter.
pub fn to_markdown(markdown: &str) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    // For each open link or picture: its range, and its text's range so far.
    let mut open: Vec<(Range<usize>, Option<Range<usize>>, bool)> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                let html = &markdown[range.clone()];
                // A block's lines keep their ends, or they would run together.
                let lines: Vec<_> = html.split('\n').map(escaped).collect();
                edits.push((range, lines.join("\n")));
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let is_email = dest_url.contains('@') && !dest_url.contains(':');
                open.push((range, None, is_email || is_allowed_url(&dest_url)));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                // `![text](url)` without its mark is a link.
                if is_allowed_url(&dest_url) {
                    edits.push((range.start..range.start + 1, String::new()));
                }
                open.push((range, None, is_allowed_url(&dest_url)));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some((whole, text, false)) = open.pop() {
                    let text = text.map_or("", |text| &markdown[text]).to_owned();
                    edits.retain(|(edit, _)| !(whole.start <= edit.start && edit.end <= whole.end));
                    edits.push((whole, text));
                }
            }
            _ => {
                for (_, text, _) in &mut open {
                    let start = text.as_ref().map_or(range.start, |text| text.start);
                    *text = Some(start..range.end.max(start));
                }
            }
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    apply(markdown, &edits).trim_end().to_owned()
}

fn apply(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut last = 0;
    for (range, replacement) in edits {
        // Of edits that overlap, the first wins.
        if range.start >= last {
            edited += &text[last..range.start];
            edited += replacement;
            last = range.end;
        }
    }
    edited + &text[last..]
}

/// Plain text as Markdown that reads back as that text.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let chars: Vec<char> = text.chars().collect();
    let is_word = |at: Option<&char>| at.is_some_and(|c| c.is_alphanumeric());
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        let needs_escape = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' => true,
            // Inside a word it means nothing.
            '_' => !(is_word(before) && is_word(after)),
            '&' => after.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '#'),
            '#' | '>' | '+' | '-' | '=' => before.is_none(),
            // `1. ` at the start would be a list.
            '.' | ')' => {
                at > 0
                    && after.is_none_or(|c| c.is_whitespace())
                    && chars[..at].iter().all(char::is_ascii_digit)
            }
            _ => false,
        };
        if needs_escape {
            out.push('\\');
        }
        // A line break would end the paragraph or the table row.
        out.push(if matches!(c, '\n' | '\r') { ' ' } else { *c });
    }
    out
}

/// The longest run of backticks, which a fence around `code` must outdo.
fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

pub fn inline_code(code: &str) -> String {
    let fence = "`".repeat(longest_run(code) + 1);
    let code = code.replace(['\n', '\r'], " ");
    // Markdown takes one blank off each side; without it a leading backtick
    // would join the fence.
    let needs_blank = code.starts_with('`') || code.ends_with('`');
    let blank = if needs_blank { " " } else { "" };
    format!("{fence}{blank}{code}{blank}{fence}")
}

pub fn fenced(code: &str, language: &str) -> String {
    let fence = "`".repeat(longest_run(code).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", code.trim_end_matches('\n'))
}

/// Text that Liquid prints as it stands: each of its opening marks becomes an
/// output of that mark.
pub fn liquid_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        out += &rest[..at];
        out += &format!("{{{{ \"{}\" }}}}", &rest[at..at + 2]);
        rest = &rest[at + 2..];
    }
    out + rest
}
