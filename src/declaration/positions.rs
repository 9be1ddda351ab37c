//! Where in a file something stands: from the parser's characters to bytes,
//! lines and columns.
//!
//! A file may hold as many problems as lines, so a place is looked up instead
//! of counted from the beginning each time. The index is made when it is first
//! needed, which for most files is never.

use super::problem::Place;
use super::source::SourceFile;
use saphyr_parser::Span;
use std::ops::Range;
use std::sync::OnceLock;

/// Characters between two entries of the index.
const STRIDE: usize = 256;

#[derive(Debug)]
pub(super) struct Locator {
    pub file: SourceFile,
    index: OnceLock<Index>,
}

#[derive(Debug)]
struct Index {
    /// The byte at which every `STRIDE`th character begins; empty for a text in
    /// ASCII, where characters are bytes.
    strides: Vec<usize>,
    /// The byte at which each line begins.
    lines: Vec<usize>,
}

impl Locator {
    pub fn new(file: &SourceFile) -> Self {
        Self { file: file.clone(), index: OnceLock::new() }
    }

    pub fn place(&self, span: Span) -> Place {
        self.place_of_bytes(self.bytes(span))
    }

    pub fn place_of_bytes(&self, span: Range<usize>) -> Place {
        let lines = &self.index().lines;
        let line = lines.partition_point(|begins| *begins <= span.start);
        let before = &self.file.text[lines[line - 1]..span.start];
        Place {
            file: self.file.path.clone(),
            text: self.file.text.clone(),
            line,
            column: before.chars().count() + 1,
            span,
        }
    }

    /// The bytes of what the parser found, without blanks at its end.
    fn bytes(&self, span: Span) -> Range<usize> {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        let end = end.max(start);
        start..start + self.file.text[start..end].trim_end().len()
    }

    fn byte(&self, character: usize) -> usize {
        let text = &self.file.text;
        let strides = &self.index().strides;
        if strides.is_empty() {
            return character.min(text.len());
        }
        let Some(from) = strides.get(character / STRIDE) else { return text.len() };
        let within = text[*from..].char_indices().nth(character % STRIDE);
        within.map_or(text.len(), |(at, _)| from + at)
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let text = &self.file.text;
            let strides = match text.is_ascii() {
                true => Vec::new(),
                false => text.char_indices().step_by(STRIDE).map(|(at, _)| at).collect(),
            };
            let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
            Index { strides, lines: std::iter::once(0).chain(after_breaks).collect() }
        })
    }
}
