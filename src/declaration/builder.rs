//! Builds a file's tree from YAML events, within bounds.

use super::positions::Locator;
use super::problem::{Code, Problem};
use super::scalar::is_ambiguous;
use super::tree::{Entry, Node, NodeId, Shape};
use crate::notice::{SLOT_CLOSE, SLOT_OPEN};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use std::collections::HashMap;

/// Deeper nesting than this says nothing a notice could mean.
const MAX_DEPTH: usize = 48;
/// Values of one file, aliases expanded: what an alias bomb can cost at most. A
/// catalogue of ten thousand APIs has fewer.
const MAX_VALUES: usize = 200_000;

/// The nodes of the file, and which of them is the root.
pub(super) fn build(
    locator: &Locator,
    problems: &mut Vec<Problem>,
) -> Result<(Vec<Node>, NodeId), Box<Problem>> {
    let mut builder = Builder { locator, nodes: Vec::new(), anchors: HashMap::new(), problems };
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
        return Some(
            "inside `[ ]` and `{ }` a text with a brace, a bracket or a comma needs quotes",
        );
    }
    None
}

/// It would let a map take over another's keys. Readers of YAML disagree about
/// it, and rows inherit already what they leave out.
const MERGE_KEY: &str = "<<";

struct Builder<'f> {
    locator: &'f Locator,
    nodes: Vec<Node>,
    anchors: HashMap<usize, NodeId>,
    problems: &'f mut Vec<Problem>,
}

type Events<'p, 'f> = &'p mut Parser<'f, saphyr_parser::StrInput<'f>>;

impl<'f> Builder<'f> {
    fn document(&mut self) -> Result<NodeId, Box<Problem>> {
        let text: &'f str = &self.locator.file.text;
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
            let tab = self.locator.file.text.lines().nth(at.start.line().saturating_sub(1));
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
        Box::new(Problem::error(code, self.locator.place(span), message))
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
            Event::Scalar(text, style, anchor, tag) => {
                self.check_tag(tag.is_some(), span)?;
                self.check_characters(&text, span)?;
                let plain = style == ScalarStyle::Plain;
                if plain && is_ambiguous(&text) {
                    self.report_ambiguous(&text, span);
                }
                (anchor, Shape::Scalar { text: text.into_owned(), plain }, span)
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                let target = target.ok_or_else(|| {
                    self.problem(Code::Syntax, span, "this alias refers to what contains it")
                })?;
                (0, Shape::Alias(target), span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_tag(tag.is_some(), span)?;
                let (items, end) = self.list(parser, depth)?;
                (anchor, Shape::List(items), end)
            }
            Event::MappingStart(anchor, tag) => {
                self.check_tag(tag.is_some(), span)?;
                let (entries, end) = self.map(parser, depth)?;
                (anchor, Shape::Map(entries), end)
            }
            _ => return Err(self.problem(Code::Syntax, span, "a value is missing here")),
        };
        let span = Span::new(span.start, end.end);
        let id = self.nodes.len();
        let weight = self.weight(&shape);
        if weight > MAX_VALUES {
            let message = format!("the aliases expand to more than {MAX_VALUES} values");
            return Err(self.problem(Code::TooLarge, span, &message));
        }
        if id > MAX_VALUES {
            let message = format!("the file holds more than {MAX_VALUES} values");
            return Err(self.problem(Code::TooLarge, span, &message));
        }
        self.nodes.push(Node { span, shape, weight, removed: false });
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        Ok(id)
    }

    /// A tag says what a value is; here its key says so already.
    fn check_tag(&self, is_tagged: bool, span: Span) -> Result<(), Box<Problem>> {
        if !is_tagged {
            return Ok(());
        }
        let problem = self.problem(Code::Syntax, span, "a tag (`!…`) means nothing here");
        Err(Box::new(problem.help("leave it out; a text that looks like a number goes in quotes")))
    }

    fn report_ambiguous(&mut self, text: &str, span: Span) {
        let message = format!("`{text}` is a number to some readers of YAML, and a text to others");
        let problem = self.problem(Code::WrongType, span, &message);
        self.problems.push(problem.help(format!("write it in quotes: \"{text}\"")));
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
            if key == MERGE_KEY {
                self.report_merge_key(key_span);
                continue;
            }
            match seen.get(&key).copied() {
                Some(first) => self.report_duplicate(&key, key_span, first),
                None => {
                    seen.insert(key.clone(), key_span);
                    entries.push(Entry { key, key_span, value });
                }
            }
        }
    }

    fn report_merge_key(&mut self, span: Span) {
        let message = "merge keys (`<<`) are not read";
        let problem = self.problem(Code::UnknownKey, span, message);
        self.problems.push(problem.help(
            "write the keys out; a whole value can be repeated by an alias: `apis: &all [a, b]`, then `apis: *all`",
        ));
    }

    fn report_duplicate(&mut self, key: &str, span: Span, first: Span) {
        let place = |span| self.locator.place(span);
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
