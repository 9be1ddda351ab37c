//! Builds a file's tree from YAML events, within bounds.

use super::problem::{Code, Place, Problem};
use super::source::SourceFile;
use super::tree::{Entry, Node, NodeId, Shape, byte_range};
use crate::notice::{SLOT_CLOSE, SLOT_OPEN};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use std::collections::HashMap;

/// Deeper nesting than this says nothing a notice could mean.
const MAX_DEPTH: usize = 48;
/// Nodes after expanding aliases. It bounds what an alias bomb can cost.
const MAX_NODES: usize = 1_000_000;

/// The nodes of `file`, and which of them is the root.
pub(super) fn build(
    file: &SourceFile,
    problems: &mut Vec<Problem>,
) -> Result<(Vec<Node>, NodeId), Box<Problem>> {
    let mut builder = Builder { file, nodes: Vec::new(), anchors: HashMap::new(), problems };
    let root = builder.document()?;
    Ok((builder.nodes, root))
}

/// What the commonest slips look like to a parser, and what to do about them.
fn syntax_help(message: &str) -> Option<&'static str> {
    if message.contains("mapping values are not allowed") {
        return Some("a text with `: ` in it needs quotes: title: \"Labels: version 1 ends\"");
    }
    if message.contains("illegal placement of ':'") {
        return Some("is a `[`, `{` or quote above not closed?");
    }
    if message.contains("expected ',' or ']'") || message.contains("expected ',' or '}'") {
        return Some("inside `[ ]` and `{ }` a text with `{{…}}` or a comma needs quotes");
    }
    None
}

struct Builder<'f> {
    file: &'f SourceFile,
    nodes: Vec<Node>,
    anchors: HashMap<usize, NodeId>,
    problems: &'f mut Vec<Problem>,
}

type Events<'p, 'f> = &'p mut Parser<'f, saphyr_parser::StrInput<'f>>;

impl<'f> Builder<'f> {
    fn document(&mut self) -> Result<NodeId, Box<Problem>> {
        let text: &'f str = &self.file.text;
        let mut parser = Parser::new_from_str(text);
        let mut root = None;
        while let Some(event) = parser.next_event() {
            match self.checked(event)? {
                (Event::StreamStart | Event::DocumentEnd | Event::Nothing, _) => {}
                (Event::DocumentStart(_), span) => {
                    if root.is_some() {
                        let message = "a second document begins here; a file holds one";
                        return Err(self.problem(Code::Syntax, span, message));
                    }
                    let event = self.next(&mut parser)?;
                    root = Some(self.node(event, &mut parser, 1)?);
                }
                (Event::StreamEnd, span) => {
                    return root
                        .ok_or_else(|| self.problem(Code::Syntax, span, "the file is empty"));
                }
                (_, span) => return Err(self.problem(Code::Syntax, span, "unexpected content")),
            }
        }
        Err(self.problem(Code::Syntax, Span::default(), "the file ends early"))
    }

    fn next(&self, parser: Events<'_, 'f>) -> Result<(Event<'f>, Span), Box<Problem>> {
        let event = parser.next_event();
        self.checked(event.unwrap_or(Ok((Event::StreamEnd, Span::default()))))
    }

    fn checked(
        &self,
        event: Result<(Event<'f>, Span), ScanError>,
    ) -> Result<(Event<'f>, Span), Box<Problem>> {
        event.map_err(|error| {
            let at = Span::empty(*error.marker());
            if error.info().contains("recursion limit") {
                return self.problem(Code::TooLarge, at, "nested too deep to be read");
            }
            let tab = self.file.text.lines().nth(at.start.line().saturating_sub(1));
            let problem = self.problem(Code::Syntax, at, error.info());
            if tab.is_some_and(|line| line.trim_start_matches(' ').starts_with('\t')) {
                return Box::new(problem.help("YAML is indented with spaces; this line has a tab"));
            }
            match syntax_help(error.info()) {
                Some(help) => Box::new(problem.help(help)),
                None => problem,
            }
        })
    }

    fn problem(&self, code: Code, span: Span, message: &str) -> Box<Problem> {
        let range = byte_range(&self.file.text, span);
        let place = Place::new(&self.file.path, &self.file.text, range);
        Box::new(Problem::error(code, place, message))
    }

    fn node(
        &mut self,
        (event, span): (Event<'f>, Span),
        parser: Events<'_, 'f>,
        depth: usize,
    ) -> Result<NodeId, Box<Problem>> {
        if depth > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep");
            return Err(self.problem(Code::TooLarge, span, &message));
        }
        let (anchor, shape, end) = match event {
            Event::Scalar(text, style, anchor, _) => {
                self.check_characters(&text, span)?;
                let plain = style == ScalarStyle::Plain;
                (anchor, Shape::Scalar { text: text.into_owned(), plain }, span)
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                let target = target.ok_or_else(|| {
                    self.problem(Code::Syntax, span, "this alias refers to what contains it")
                })?;
                (0, Shape::Alias(target), span)
            }
            Event::SequenceStart(anchor, _) => {
                let (items, end) = self.list(parser, depth)?;
                (anchor, Shape::List(items), end)
            }
            Event::MappingStart(anchor, _) => {
                let (entries, end) = self.map(parser, depth)?;
                (anchor, Shape::Map(entries), end)
            }
            _ => return Err(self.problem(Code::Syntax, span, "a value is missing here")),
        };
        let span = Span::new(span.start, end.end);
        let id = self.nodes.len();
        let weight = self.weight(&shape);
        if weight > MAX_NODES || id > MAX_NODES {
            return Err(self.problem(Code::TooLarge, span, "the aliases expand to too much"));
        }
        self.nodes.push(Node { span, shape, weight, removed: false });
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        Ok(id)
    }

    /// Control characters could break headers and files further on, and two
    /// private-use characters mark the slots of a mail.
    fn check_characters(&self, text: &str, span: Span) -> Result<(), Box<Problem>> {
        let unwanted = |c: &char| {
            (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(*c, SLOT_OPEN | SLOT_CLOSE)
        };
        match text.chars().find(unwanted) {
            None => Ok(()),
            Some(found) => {
                let message = format!("the character U+{:04X} cannot be used", u32::from(found));
                Err(self.problem(Code::InvalidValue, span, &message))
            }
        }
    }

    fn weight(&self, shape: &Shape) -> usize {
        let of = |id: &NodeId| self.nodes[*id].weight;
        1 + match shape {
            Shape::Scalar { .. } => 0,
            Shape::Alias(target) => of(target),
            Shape::List(items) => items.iter().map(of).sum(),
            Shape::Map(entries) => entries.iter().map(|e| of(&e.value)).sum(),
        }
    }

    fn list(
        &mut self,
        parser: Events<'_, 'f>,
        depth: usize,
    ) -> Result<(Vec<NodeId>, Span), Box<Problem>> {
        let mut items = Vec::new();
        loop {
            match self.next(parser)? {
                (Event::SequenceEnd, span) => return Ok((items, span)),
                event => items.push(self.node(event, parser, depth + 1)?),
            }
        }
    }

    fn map(
        &mut self,
        parser: Events<'_, 'f>,
        depth: usize,
    ) -> Result<(Vec<Entry>, Span), Box<Problem>> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, Span> = HashMap::new();
        loop {
            let (key, key_span) = match self.next(parser)? {
                (Event::MappingEnd, span) => return Ok((entries, span)),
                (Event::Scalar(text, ..), span) => (text.into_owned(), span),
                (_, span) => {
                    return Err(self.problem(Code::Syntax, span, "a key must be a plain word"));
                }
            };
            let event = self.next(parser)?;
            let value = self.node(event, parser, depth + 1)?;
            match seen.get(&key).copied() {
                Some(first) => self.report_duplicate(&key, key_span, first),
                None => {
                    seen.insert(key.clone(), key_span);
                    entries.push(Entry { key, key_span, value });
                }
            }
        }
    }

    fn report_duplicate(&mut self, key: &str, span: Span, first: Span) {
        let place =
            |span| Place::new(&self.file.path, &self.file.text, byte_range(&self.file.text, span));
        let problem = Problem::error(
            Code::DuplicateKey,
            place(span),
            format!("`{key}` is declared a second time"),
        )
        .related(place(first), "first declared here")
        .help("keep one of the two");
        self.problems.push(problem);
    }
}
