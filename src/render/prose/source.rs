//! Markdown that stays Markdown: for documents, and for posts that a site's own
//! Liquid and Markdown will read.

use super::events::{is_allowed_url, options};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Parser, Tag, TagEnd};
use std::ops::Range;

/// `markdown` under the rules of every other form, otherwise to the letter.
///
/// What follows it in a document must not be drawn into it, nor the other way
/// round: links by reference become inline ones, their definitions go, and a
/// block of code that was left open is closed.
pub fn to_markdown(markdown: &str) -> String {
    // A second definition of the same name only comes to light once the first
    // is gone. Nobody means the third.
    const ROUNDS: usize = 4;
    let mut text = ruled(markdown);
    for _ in 0..ROUNDS {
        let next = ruled(&text);
        if next == text {
            return text;
        }
        text = next;
    }
    let lines: Vec<_> = text.split('\n').map(escaped).collect();
    lines.join("\n")
}

fn ruled(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, options());
    let definitions = parser.reference_definitions().iter();
    let mut edits = Edits::default();
    edits.0.extend(definitions.map(|(_, definition)| (definition.span.clone(), String::new())));
    let mut open: Vec<Open> = Vec::new();
    let mut unclosed = None;
    let mut depth = 0;
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                // A block's lines keep their ends, or they would run together.
                let lines: Vec<_> = markdown[range.clone()].split('\n').map(escaped).collect();
                edits.0.push((range, lines.join("\n")));
            }
            Event::Start(Tag::Link { dest_url, link_type, .. }) => {
                open.push(Open::new(range, false, link_type, dest_url));
            }
            Event::Start(Tag::Image { dest_url, link_type, .. }) => {
                open.push(Open::new(range, true, link_type, dest_url));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let Some(link) = open.pop() else { continue };
                let is_inside = open.iter().any(|outer| outer.is_allowed);
                edits.close(markdown, link, is_inside);
            }
            Event::Start(Tag::List(_) | Tag::BlockQuote(_)) => depth += 1,
            Event::End(TagEnd::List(_) | TagEnd::BlockQuote(_)) => depth -= 1,
            // What is open inside a list or quotation ends with it.
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if depth == 0 => {
                unclosed = missing_fence(markdown, &range);
            }
            _ => open.iter_mut().for_each(|link| link.take(&range)),
        }
    }
    edits.0.sort_by_key(|(range, _)| range.start);
    let mut text = edits.applied(markdown, 0..markdown.len()).trim_end().to_owned();
    if let Some(fence) = unclosed {
        text += "\n";
        text += &fence;
    }
    text
}

/// The parts of `markdown` that are code.
pub fn code_ranges(markdown: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(markdown, options()).into_offset_iter();
    let code = events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))));
    code.map(|(_, range)| range).collect()
}

/// A link or picture whose text is being read.
struct Open {
    whole: Range<usize>,
    text: Option<Range<usize>>,
    is_picture: bool,
    link_type: LinkType,
    target: String,
    is_allowed: bool,
}

impl Open {
    fn new(whole: Range<usize>, is_picture: bool, link_type: LinkType, target: CowStr<'_>) -> Self {
        let is_allowed = link_type == LinkType::Email || is_allowed_url(&target);
        let target = target.into_string();
        Self { whole, text: None, is_picture, link_type, target, is_allowed }
    }

    fn take(&mut self, range: &Range<usize>) {
        let start = self.text.as_ref().map_or(range.start, |text| text.start);
        self.text = Some(start..range.end.max(start));
    }
}

/// Parts of a text and what takes their place.
#[derive(Default)]
struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    fn close(&mut self, markdown: &str, link: Open, is_inside: bool) {
        let is_inline = matches!(link.link_type, LinkType::Inline | LinkType::Autolink);
        let is_kept = is_inline || link.link_type == LinkType::Email;
        let is_link = link.is_allowed && !is_inside;
        if is_link && is_kept && !link.is_picture {
            return;
        }
        let text = link.text.map_or(String::new(), |text| self.applied(markdown, text));
        let whole = link.whole;
        self.0.retain(|(edit, _)| !(whole.start <= edit.start && edit.end <= whole.end));
        let target = link.target.replace('<', "%3C").replace('>', "%3E");
        self.0.push((whole, if is_link { format!("[{text}](<{target}>)") } else { text }));
    }

    /// The part of `text` at `part`, with the edits that lie inside it made.
    fn applied(&self, text: &str, part: Range<usize>) -> String {
        let mut edited = String::with_capacity(part.len());
        let mut last = part.start;
        for (range, replacement) in &self.0 {
            // Of edits that overlap, the first wins.
            if range.start >= last && range.end <= part.end {
                edited += &text[last..range.start];
                edited += replacement;
                last = range.end;
            }
        }
        edited + &text[last..part.end]
    }
}

/// The fence that would close the block of code at `range`, if it has none.
fn missing_fence(markdown: &str, range: &Range<usize>) -> Option<String> {
    let block = markdown[range.clone()].trim_start();
    let mark = block.chars().next()?;
    let fence: String = block.chars().take_while(|c| *c == mark).collect();
    let last = block.trim_end().lines().skip(1).last().unwrap_or_default().trim();
    let is_closed = last.len() >= fence.len() && last.chars().all(|c| c == mark);
    (!is_closed && range.end == markdown.len()).then_some(fence)
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
