//! Markdown to plain text, wrapped for a mail reader.

use super::events::events;
use pulldown_cmark::{Event, Tag, TagEnd};

/// Mail lines should have at most 78 characters (RFC 5322 §2.1.1); two are left
/// for the marks of a reply.
pub const WIDTH: usize = 76;

/// `markdown` as text, every line starting with `indent` blanks.
pub fn to_plain(markdown: &str, indent: usize) -> String {
    let mut writer = Writer { indent, ..Writer::default() };
    for event in events(markdown) {
        writer.take(event);
    }
    writer.end_block(false);
    writer.out.trim_end().to_owned()
}

/// `text` in lines of at most `WIDTH`; the first starts with `first`, the others
/// with as many blanks. A word longer than a line, such as a URL, stays whole.
pub fn wrapped(text: &str, first: &str) -> String {
    let hang = " ".repeat(first.chars().count());
    let mut lines = Vec::new();
    for (number, paragraph) in text.split('\n').enumerate() {
        let mut line = if number == 0 { first.to_owned() } else { hang.clone() };
        let mut is_empty = true;
        for word in paragraph.split([' ', '\t']).filter(|word| !word.is_empty()) {
            let len = line.chars().count() + usize::from(!is_empty) + word.chars().count();
            if !is_empty && len > WIDTH {
                lines.push(std::mem::replace(&mut line, hang.clone()));
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// Every line of `text` moved right, to the letter otherwise. An empty line gets
/// the blanks too, which tells it from the empty lines between blocks.
pub fn indented(text: &str, indent: usize) -> String {
    let blanks = " ".repeat(indent);
    let lines: Vec<_> = text.trim_end().split('\n').map(|line| format!("{blanks}{line}")).collect();
    lines.join("\n")
}

#[derive(Default)]
struct Writer {
    out: String,
    indent: usize,
    /// Text of the block being read.
    block: String,
    /// What the next block starts with: a bullet or number, once.
    bullet: Option<String>,
    /// For each open list, the next number of an ordered one.
    lists: Vec<Option<u64>>,
    /// For each open link, its target and where its text began.
    links: Vec<(String, usize)>,
    /// Whether the last block was an item without paragraphs of its own; the
    /// next item then follows without an empty line.
    after_tight_item: bool,
    /// Rows of a table follow each other like items.
    is_in_table: bool,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.block.push_str(&text),
            Event::Code(text) => self.block.push_str(&text),
            Event::SoftBreak => self.block.push(' '),
            Event::HardBreak => self.block.push('\n'),
            Event::Rule => {
                self.block.push_str("* * *");
                self.end_block(false);
            }
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Link { dest_url, .. } => {
                self.links.push((dest_url.into_string(), self.block.len()));
            }
            Tag::List(start) => {
                self.end_block(!self.lists.is_empty());
                self.lists.push(start);
            }
            Tag::Item => {
                let bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                self.bullet = Some(bullet);
                self.indent += 2;
            }
            Tag::BlockQuote(_) => {
                self.end_block(false);
                self.indent += 4;
            }
            Tag::CodeBlock(_) => self.end_block(false),
            Tag::Table(_) => {
                self.end_block(false);
                self.after_tight_item = false;
                self.is_in_table = true;
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => self.close_link(),
            TagEnd::Paragraph => self.end_block(false),
            TagEnd::TableCell => self.block.push_str(" | "),
            TagEnd::TableRow | TagEnd::TableHead => {
                self.block.truncate(self.block.trim_end_matches([' ', '|']).len());
                self.end_block(true);
            }
            TagEnd::Table => self.is_in_table = false,
            TagEnd::Item => {
                self.end_block(true);
                self.bullet = None;
                self.indent -= 2;
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.end_block(false);
                self.indent -= 4;
            }
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.block);
                self.separate();
                self.after_tight_item = false;
                self.out += &indented(&code, self.indent + 4);
                self.out.push('\n');
            }
            _ => {}
        }
    }

    /// `text (url)`, or the URL alone where it is its own text.
    fn close_link(&mut self) {
        let Some((url, start)) = self.links.pop() else { return };
        let text = self.block[start.min(self.block.len())..].trim();
        let is_own_text = text == url || url.strip_prefix("mailto:") == Some(text);
        if text.is_empty() {
            self.block += &url;
        } else if !is_own_text {
            self.block += &format!(" ({url})");
        }
    }

    fn end_block(&mut self, is_tight_item: bool) {
        let block = std::mem::take(&mut self.block);
        if block.trim().is_empty() {
            return;
        }
        self.separate();
        self.after_tight_item = is_tight_item;
        // The bullet hangs in the two columns that its item was moved right by.
        let blanks = match self.bullet.take() {
            Some(bullet) => format!("{}{bullet}", " ".repeat(self.indent - 2)),
            None => " ".repeat(self.indent),
        };
        self.out += &wrapped(block.trim(), &blanks);
        self.out.push('\n');
    }

    fn separate(&mut self) {
        let is_close = (self.bullet.is_some() || self.is_in_table) && self.after_tight_item;
        if !self.out.is_empty() && !is_close {
            self.out.push('\n');
        }
    }
}
