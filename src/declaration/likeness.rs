//! Whether a translation has the shape of what it translates.
//!
//! It compares trees and knows no key by name: whatever a translation says, its
//! original must say at the same place. A map of an original stands for a value
//! of the same name, and a value for a map, for a date may be either.

use super::problem::{Code, Problem, suggestion};
use super::tree::{NodeId, Shape, Step, Tree};
use std::collections::HashMap;

/// Whoever translated another file would be told this often.
const MAX_PROBLEMS: usize = 64;

/// Reports whatever `translation` says and `original` does not.
pub fn check(translation: &Tree, original: &Tree, problems: &mut Vec<Problem>) {
    let mut comparison = Comparison { translation, original, found: Vec::new(), path: Vec::new() };
    comparison.node(translation.root, original.root);
    problems.append(&mut comparison.found);
}

struct Comparison<'t> {
    translation: &'t Tree,
    original: &'t Tree,
    found: Vec<Problem>,
    path: Vec<Step>,
}

impl<'t> Comparison<'t> {
    fn node(&mut self, own: NodeId, original: NodeId) {
        let (translation, from) = (self.translation, self.original);
        if translation.nodes[own].removed || self.found.len() >= MAX_PROBLEMS {
            return;
        }
        let own = &translation.nodes[translation.target(own)].shape;
        match (own, &from.nodes[from.target(original)].shape) {
            (Shape::Map(entries), Shape::Map(known)) => {
                let known: HashMap<_, _> =
                    known.iter().map(|e| (e.key.as_str(), e.value)).collect();
                for entry in entries {
                    self.path.push(Step::Key(entry.key.clone()));
                    match known.get(entry.key.as_str()) {
                        Some(original) => self.node(entry.value, *original),
                        None => self.report_unknown(&entry.key, &known, entry.value),
                    }
                    self.path.pop();
                }
            }
            (Shape::List(items), Shape::List(known)) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    match known.get(index) {
                        Some(original) => self.node(*item, *original),
                        None => self.report_surplus(items.len(), known.len()),
                    }
                    self.path.pop();
                    if index >= known.len() {
                        break;
                    }
                }
            }
            (Shape::Scalar { text, plain: false }, _) if text.trim().is_empty() => {
                let place = self.translation.place(&self.path);
                let problem =
                    Problem::error(Code::InvalidValue, place, "an empty text translates nothing");
                self.found.push(problem.help("leave it out: readers then get the default text"));
            }
            _ => {}
        }
    }

    fn report_unknown(&mut self, key: &str, known: &HashMap<&str, NodeId>, value: NodeId) {
        let is_nothing = matches!(
            &self.translation.nodes[value].shape,
            Shape::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null")
        );
        if self.translation.nodes[value].removed || is_nothing {
            return;
        }
        let place = self.translation.key_place(&self.path);
        let file = &self.original.locator.file.path;
        let at: Vec<String> = self.path.iter().map(shown).collect();
        let message = format!("`{key}` translates nothing: {file} has no `{}`", at.join("."));
        let parent = &self.path[..self.path.len() - 1];
        let mut names: Vec<_> = known.keys().copied().collect();
        names.sort_unstable();
        let closest = super::problem::closest(key, names.iter().copied());
        let help = match closest {
            Some(_) => suggestion(key, names.iter().copied()),
            None => Some("take it out, or say it in the default language too".to_owned()),
        };
        let problem = Problem::error(Code::UnknownReference, place, message).help_opt(help);
        self.found.push(match parent {
            [] => problem,
            _ => problem.related(self.original.key_place(parent), "this is what it translates"),
        });
    }

    fn report_surplus(&mut self, has: usize, may: usize) {
        let place = self.translation.place(&self.path);
        let list = &self.path[..self.path.len() - 1];
        let message = format!(
            "the list has {has} entries and what it translates has {may}; they match by position"
        );
        self.found.push(
            Problem::error(Code::UnknownReference, place, message)
                .related(self.original.key_place(list), "this is what it translates")
                .help("take out what is too many; an empty entry leaves a text as it is"),
        );
    }
}

fn shown(step: &Step) -> String {
    match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => (index + 1).to_string(),
    }
}
