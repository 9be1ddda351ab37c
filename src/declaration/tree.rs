//! A file's YAML as a tree of positions.
//!
//! It turns a path into a place, gives the file's values to serde, and can leave
//! out nodes that were found wrong, so that the rest of the file is still read.

use super::builder::build;
use super::positions::Locator;
use super::problem::{Code, Place, Problem};
use super::scalar::value_of_plain;
use super::source::{MAX_FILE_BYTES, SourceFile};
use saphyr_parser::Span;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A path from steps that are strings or numbers: `steps!["rows", id, "apis", 2]`.
macro_rules! steps {
    ($($step:expr),* $(,)?) => { [$($crate::declaration::tree::Step::from($step)),*] };
}
pub(crate) use steps;

pub type NodeId = usize;

#[derive(Debug)]
pub(super) enum Shape {
    Scalar { text: String, plain: bool },
    Map(Vec<Entry>),
    List(Vec<NodeId>),
    Alias(NodeId),
}

#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Span,
    pub value: NodeId,
}

#[derive(Debug)]
pub(super) struct Node {
    pub span: Span,
    pub shape: Shape,
    /// Nodes below and including this one, aliases expanded.
    pub weight: usize,
    pub removed: bool,
}

/// The tree of one file.
#[derive(Debug)]
pub struct Tree {
    pub(super) locator: Locator,
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
}

impl Tree {
    /// Reads positions; a file with a fatal problem has no tree. Duplicate keys
    /// are problems that leave a tree, in which the first of them counts.
    pub fn read(file: &SourceFile, problems: &mut Vec<Problem>) -> Option<Self> {
        if file.text.len() > MAX_FILE_BYTES {
            let limit = MAX_FILE_BYTES / (1024 * 1024);
            problems.push(Problem::error(
                Code::TooLarge,
                Place::new(&file.path, &file.text, 0..0),
                // How large it is, only whoever read it to its end would know.
                format!("the file is too large; at most {limit} MiB are read"),
            ));
            return None;
        }
        let locator = Locator::new(file);
        match build(&locator, problems) {
            Ok((nodes, root)) => Some(Self { locator, nodes, root }),
            Err(problem) => {
                problems.push(*problem);
                None
            }
        }
    }

    /// The value at `path`, or at the longest part of it that exists.
    pub fn place(&self, path: &[Step]) -> Place {
        let (node, key, _) = self.walk(path);
        let span = self.nodes[node].span;
        match (&self.nodes[node].shape, key) {
            // A whole block would underline half the file; its key says where.
            (Shape::Map(_) | Shape::List(_), Some(key)) => self.place_of(key),
            _ if node == self.root => self.place_of(Span::empty(span.start)),
            _ => self.place_of(span),
        }
    }

    /// The key that leads to `path`'s value.
    pub fn key_place(&self, path: &[Step]) -> Place {
        let (_, key, _) = self.walk(path);
        key.map_or_else(|| self.place(path), |key| self.place_of(key))
    }

    /// Where `needle` stands in the text of the value at `path`.
    pub fn place_of_text(&self, path: &[Step], needle: &str) -> Place {
        let place = self.place(path);
        match place.text[place.span.clone()].find(needle) {
            Some(at) => {
                let start = place.span.start + at;
                self.locator.place_of_bytes(start..start + needle.len())
            }
            None => place,
        }
    }

    /// The keys of the map at `path`, those left out included.
    pub fn keys(&self, path: &[Step]) -> Vec<&str> {
        let (node, _, complete) = self.walk_all(path);
        match &self.nodes[self.target(node)].shape {
            Shape::Map(entries) if complete => entries.iter().map(|e| e.key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the map at `path` was written with `key`, be its value right or
    /// wrong: what is there but wrong has its own problem already.
    pub fn has(&self, path: &[Step], key: &str) -> bool {
        self.keys(path).contains(&key)
    }

    /// Whether something directly below `path` was left out.
    pub fn has_lost(&self, path: &[Step]) -> bool {
        let (node, _, complete) = self.walk_all(path);
        let lost = |id: &NodeId| self.nodes[*id].removed;
        complete
            && match &self.nodes[self.target(node)].shape {
                Shape::List(items) => items.iter().any(lost),
                Shape::Map(entries) => entries.iter().any(|entry| lost(&entry.value)),
                _ => lost(&node),
            }
    }

    /// The text of a plain scalar, as written.
    pub fn plain_scalar(&self, path: &[Step]) -> Option<&str> {
        let (node, _, complete) = self.walk(path);
        match &self.nodes[self.target(node)].shape {
            Shape::Scalar { text, plain: true } if complete => Some(text),
            _ => None,
        }
    }

    /// Leaves out the value at `path`; false where it was not found.
    pub fn remove(&mut self, path: &[Step]) -> bool {
        let (node, _, complete) = self.walk(path);
        let found = complete && node != self.root;
        self.nodes[node].removed |= found;
        found
    }

    /// Gives the file's map a value for `key`, so that the rest can be read.
    pub fn substitute(&mut self, key: &str, text: &str) {
        let (span, value) = (self.nodes[self.root].span, self.nodes.len());
        let shape = Shape::Scalar { text: text.to_owned(), plain: false };
        if let Shape::Map(entries) = &mut self.nodes[self.root].shape {
            entries.push(Entry { key: key.to_owned(), key_span: Span::empty(span.start), value });
            self.nodes.push(Node { span, shape, weight: 1, removed: false });
        }
    }

    fn walk(&self, path: &[Step]) -> (NodeId, Option<Span>, bool) {
        self.walk_where(path, |node| !node.removed)
    }

    fn walk_all(&self, path: &[Step]) -> (NodeId, Option<Span>, bool) {
        self.walk_where(path, |_| true)
    }

    fn walk_where(
        &self,
        path: &[Step],
        counts: impl Fn(&Node) -> bool,
    ) -> (NodeId, Option<Span>, bool) {
        let (mut node, mut key_span) = (self.root, None);
        for step in path {
            let next = match (&self.nodes[self.target(node)].shape, step) {
                (Shape::Map(entries), Step::Key(key)) => entries
                    .iter()
                    .find(|e| e.key == *key && counts(&self.nodes[e.value]))
                    .map(|e| (e.value, Some(e.key_span))),
                (Shape::List(items), Step::Index(index)) => items
                    .iter()
                    .filter(|item| counts(&self.nodes[**item]))
                    .nth(*index)
                    .map(|item| (*item, None)),
                _ => None,
            };
            let Some(next) = next else { return (node, key_span, false) };
            (node, key_span) = next;
        }
        (node, key_span, true)
    }

    pub(super) fn target(&self, node: NodeId) -> NodeId {
        match self.nodes[node].shape {
            Shape::Alias(target) => target,
            _ => node,
        }
    }

    fn place_of(&self, span: Span) -> Place {
        self.locator.place(span)
    }

    /// How many values there are, aliases expanded.
    pub fn weight(&self) -> usize {
        self.nodes[self.root].weight
    }

    /// The tree as values, without what was removed.
    pub fn value(&self) -> serde_yaml::Value {
        self.value_of(self.root)
    }

    fn value_of(&self, node: NodeId) -> serde_yaml::Value {
        use serde_yaml::Value;
        let kept = |id: NodeId| !self.nodes[id].removed;
        match &self.nodes[node].shape {
            Shape::Scalar { text, plain: false } => Value::String(text.clone()),
            Shape::Scalar { text, plain: true } => value_of_plain(text),
            Shape::Alias(target) => self.value_of(*target),
            Shape::List(items) => {
                items.iter().filter(|i| kept(**i)).map(|i| self.value_of(*i)).collect()
            }
            Shape::Map(entries) => {
                let kept = entries.iter().filter(|e| kept(e.value));
                let pairs = kept.map(|e| (Value::String(e.key.clone()), self.value_of(e.value)));
                Value::Mapping(pairs.collect())
            }
        }
    }
}
