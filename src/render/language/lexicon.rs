//! The lists of words, one for each language, in Fluent's form.

use super::Part;
use crate::notice::Locale;
use crate::render::RenderError;
use crate::render::engine::built_in;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};

/// The language that has every word.
const COMPLETE: &str = "en";

/// Where lists stand among the templates.
const FOLDER: &str = "words/";
const EXTENSION: &str = ".ftl";

type List = FluentBundle<FluentResource>;

/// For each word, the parts it names.
type Words = BTreeMap<String, BTreeSet<String>>;

pub struct Lexicon {
    lists: BTreeMap<String, List>,
}

/// Whether a template of this name is a list of words.
pub fn is_list(path: &str) -> bool {
    path.ends_with(EXTENSION)
}

impl Lexicon {
    /// The built-in lists, with the words of `overrides` in place of theirs.
    pub fn new(overrides: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        let mut lexicon = Self { lists: BTreeMap::new() };
        let mut known = Words::new();
        for (path, source) in built_in(is_list) {
            let (locale, list) = read(&path, &source)?;
            if locale.as_str() == COMPLETE {
                known = words(&list);
            }
            lexicon.add(&locale, list);
        }
        for (path, source) in overrides.iter().filter(|(path, _)| is_list(path)) {
            let (locale, list) = read(path, source)?;
            refuse_unknown_parts(path, &words(&list), &known)?;
            lexicon.add(&locale, list);
        }
        Ok(lexicon)
    }

    fn add(&mut self, locale: &Locale, list: FluentResource) {
        let tag = locale.as_str().to_owned();
        let bundle = self.lists.entry(tag).or_insert_with_key(|tag| {
            let language = tag.parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![language]);
            // Marks around each part would stand in mails and addresses.
            bundle.set_use_isolating(false);
            bundle
        });
        bundle.add_resource_overriding(list);
    }

    /// The languages that have a list.
    pub fn locales(&self) -> impl Iterator<Item = Locale> {
        self.lists.keys().filter_map(|tag| tag.parse().ok())
    }

    /// The word in the locale `tag`, or its language, or English.
    pub fn say(&self, tag: &str, word: &str, parts: &[(&str, Part<'_>)]) -> Option<String> {
        let language = tag.split('-').next().unwrap_or_default();
        let mut lists = [tag, language, COMPLETE].into_iter().filter_map(|t| self.lists.get(t));
        let (list, message) =
            lists.find_map(|list| Some((list, list.get_message(word)?.value()?)))?;
        let mut args = FluentArgs::with_capacity(parts.len());
        for (name, part) in parts {
            match part {
                Part::Text(text) => args.set(*name, FluentValue::from(*text)),
                Part::Count(count) => args.set(*name, FluentValue::from(*count)),
            }
        }
        // What can go wrong here was refused when the list was read.
        Some(list.format_pattern(message, Some(&args), &mut Vec::new()).into_owned())
    }
}

fn read(path: &str, source: &str) -> Result<(Locale, FluentResource), RenderError> {
    let name = path.strip_prefix(FOLDER).and_then(|name| name.strip_suffix(EXTENSION));
    let locale: Option<Locale> = name.and_then(|name| name.parse().ok());
    let locale = locale.ok_or_else(|| RenderError::UnknownForm(path.to_owned()))?;
    match FluentResource::try_new(source.to_owned()) {
        Ok(list) => Ok((locale, list)),
        Err((_, errors)) => {
            let first = errors.first();
            let at = first.map_or(0, |error| error.pos.start.min(source.len()));
            let line = source.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
            let message = first.map_or_else(String::new, ToString::to_string);
            Err(RenderError::Words { list: path.to_owned(), line, message })
        }
    }
}

/// A part that a phrase is not given would stand in it as its own name.
fn refuse_unknown_parts(path: &str, own: &Words, known: &Words) -> Result<(), RenderError> {
    for (word, parts) in own {
        let Some(given) = known.get(word) else { continue };
        let Some(wrong) = parts.difference(given).next() else { continue };
        let given: Vec<_> = given.iter().map(|part| format!("${part}")).collect();
        let given = if given.is_empty() { "none".to_owned() } else { given.join(", ") };
        let message = format!("`{word}` names the part ${wrong}, and is given {given}");
        return Err(RenderError::Word { list: path.to_owned(), message });
    }
    Ok(())
}

fn words(list: &FluentResource) -> Words {
    let messages = list.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name, message.value.as_ref()?)),
        _ => None,
    });
    let parts_of = |pattern| {
        let mut parts = BTreeSet::new();
        collect_parts(pattern, &mut parts);
        parts
    };
    messages.map(|(word, pattern)| (word.to_owned(), parts_of(pattern))).collect()
}

fn collect_parts(pattern: &Pattern<&str>, parts: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            collect_from(expression, parts);
        }
    }
}

fn collect_from(expression: &Expression<&str>, parts: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(InlineExpression::VariableReference { id }) => {
            parts.insert(id.name.to_owned());
        }
        Expression::Inline(InlineExpression::Placeable { expression }) => {
            collect_from(expression, parts);
        }
        Expression::Inline(_) => {}
        Expression::Select { selector, variants } => {
            if let InlineExpression::VariableReference { id } = selector {
                parts.insert(id.name.to_owned());
            }
            variants.iter().for_each(|variant| collect_parts(&variant.value, parts));
        }
    }
}
