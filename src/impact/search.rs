//! Full text search: which notices, APIs, environments and hosts say some words.
//!
//! The index is made of documents that somebody else wrote in one language. A word
//! finds every word that begins with it, whatever its case and accents, and a
//! document answers if it has all the words. How much one question may look at is
//! bounded, whatever is published.

use crate::notice::{ApiId, EnvironmentId, NoticeId, ProgramId};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer questions are no question, in bytes.
pub const MAX_SEARCH_BYTES: usize = 200;
/// Words after these are not looked at.
const MAX_WORDS: usize = 8;
/// How many different words one beginning may stand for.
const MAX_TERMS: usize = 256;
/// How many documents one word is looked for in: those in which it weighs most.
const MAX_POSTINGS: usize = 2_000;
/// How many documents an answer lists.
pub const MAX_HITS: usize = 50;
/// Letters of a text that an excerpt shows, about.
const EXCERPT_CHARS: usize = 180;

const IN_TITLE: u32 = 8;
const IN_NAME: u32 = 6;
const IN_TEXT: u32 = 1;

/// What a document is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    Program(ProgramId),
    Notice(ProgramId, NoticeId),
    Api(ProgramId, ApiId),
    Environment(ProgramId, EnvironmentId),
    Host(ProgramId, String),
}

/// What can be found.
#[derive(Debug, Clone)]
pub struct Document {
    pub matter: Matter,
    pub title: String,
    /// The program's title.
    pub program: String,
    /// Other names, such as ids.
    pub names: Vec<String>,
    pub text: String,
    /// What finds it without being shown, such as the APIs of a notice.
    pub also: Vec<String>,
}

/// Where a word stands, and how much it weighs there.
#[derive(Debug, Clone, Copy)]
struct Posting {
    document: u32,
    weight: u32,
}

/// The documents of one publication in one language.
#[derive(Debug, Default)]
pub struct Search {
    documents: Vec<Document>,
    terms: BTreeMap<String, Vec<Posting>>,
}

/// A piece of a text, and whether it is what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Piece {
    pub text: String,
    pub is_match: bool,
}

/// A document that answers.
#[derive(Debug)]
pub struct Hit<'s> {
    pub document: &'s Document,
    pub title: Vec<Piece>,
    /// Where the words stand in the text; its beginning where they do not.
    pub excerpt: Vec<Piece>,
}

impl Search {
    pub fn build(documents: Vec<Document>) -> Self {
        let mut terms: BTreeMap<String, Vec<Posting>> = BTreeMap::new();
        for (number, document) in documents.iter().enumerate() {
            let number = u32::try_from(number).expect("there are fewer than 2^32 documents");
            for (term, weight) in weights(document) {
                terms.entry(term).or_default().push(Posting { document: number, weight });
            }
        }
        for postings in terms.values_mut() {
            postings.sort_by_key(|p| (std::cmp::Reverse(p.weight), p.document));
            postings.truncate(MAX_POSTINGS);
        }
        Self { documents, terms }
    }

    /// How many documents have all the words of `asked`, and the best of them.
    pub fn find(&self, asked: &str) -> (usize, Vec<Hit<'_>>) {
        let words = asked_words(asked);
        let mut scores: Option<HashMap<u32, u32>> = None;
        for word in &words {
            let own = self.scores(word);
            scores = Some(match scores {
                None => own,
                Some(all) => {
                    let both = all.into_iter();
                    both.filter_map(|(n, score)| Some((n, score + own.get(&n)?))).collect()
                }
            });
        }
        let mut found: Vec<_> = scores.unwrap_or_default().into_iter().collect();
        found.sort_by_key(|(number, score)| {
            let document = &self.documents[*number as usize];
            (std::cmp::Reverse(*score), &document.matter)
        });
        let hit = |(number, _): &(u32, u32)| {
            let document = &self.documents[*number as usize];
            Hit {
                title: marked(&document.title, &words),
                excerpt: excerpt(&document.text, &words),
                document,
            }
        };
        (found.len(), found.iter().take(MAX_HITS).map(hit).collect())
    }

    /// What `word` weighs in each document that has it, or one that begins so.
    fn scores(&self, word: &str) -> HashMap<u32, u32> {
        let mut scores = HashMap::new();
        let after = self.terms.range(word.to_owned()..);
        let fitting = after.take_while(|(term, _)| term.starts_with(word)).take(MAX_TERMS);
        for (term, postings) in fitting {
            let is_whole = term == word;
            // A single letter is no beginning.
            if !is_whole && word.chars().nth(1).is_none() {
                continue;
            }
            for posting in postings {
                let weight = if is_whole { 2 * posting.weight } else { posting.weight };
                let best = scores.entry(posting.document).or_default();
                *best = weight.max(*best);
            }
        }
        scores
    }
}

/// Each word of a document once, with the most that it weighs.
fn weights(document: &Document) -> HashMap<String, u32> {
    let mut weights: HashMap<String, u32> = HashMap::new();
    let mut add = |text: &str, weight: u32| {
        for (term, _) in terms(text) {
            let best = weights.entry(term).or_default();
            *best = weight.max(*best);
        }
    };
    // Who is called so and nothing else comes first.
    let is_one_word = words(&document.title).nth(1).is_none();
    add(&document.title, if is_one_word { 2 * IN_TITLE } else { IN_TITLE });
    document.names.iter().for_each(|name| add(name, IN_NAME));
    document.also.iter().for_each(|also| add(also, IN_TEXT));
    add(&document.program, IN_TEXT);
    add(&document.text, IN_TEXT);
    weights
}

/// Without case and accents.
fn folded(word: &str) -> String {
    let plain = word.nfkd().filter(|c| !is_combining_mark(*c));
    plain.flat_map(char::to_lowercase).collect::<String>().replace('ß', "ss")
}

/// The words of `text`, where each stands; also the parts of `holdForPickup`.
fn terms(text: &str) -> Vec<(String, Range<usize>)> {
    let mut terms = Vec::new();
    for whole in words(text) {
        let word = &text[whole.clone()];
        terms.push((folded(word), whole.clone()));
        let mut from = 0;
        let mut before = None;
        for (at, c) in word.char_indices() {
            if c.is_uppercase() && before.is_some_and(char::is_lowercase) {
                terms.push((folded(&word[from..at]), whole.start + from..whole.start + at));
                from = at;
            }
            before = Some(c);
        }
        if from > 0 {
            terms.push((folded(&word[from..]), whole.start + from..whole.end));
        }
    }
    terms
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let mut rest = 0;
    std::iter::from_fn(move || {
        let from = rest + text[rest..].find(is_word)?;
        let length = text[from..].find(|c| !is_word(c)).unwrap_or(text.len() - from);
        rest = from + length;
        Some(from..rest)
    })
}

fn asked_words(asked: &str) -> Vec<String> {
    let mut cut = asked.len().min(MAX_SEARCH_BYTES);
    while !asked.is_char_boundary(cut) {
        cut -= 1;
    }
    let asked = &asked[..cut];
    let mut all: Vec<_> = words(asked).take(MAX_WORDS).map(|word| folded(&asked[word])).collect();
    all.dedup();
    all
}

/// `text` in pieces, with the words that were looked for apart.
fn marked(text: &str, asked: &[String]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut last = 0;
    for (_, place) in matches(text, asked) {
        if place.start < last {
            continue;
        }
        push(&mut pieces, &text[last..place.start], false);
        push(&mut pieces, &text[place.clone()], true);
        last = place.end;
    }
    push(&mut pieces, &text[last..], false);
    pieces
}

fn matches(text: &str, asked: &[String]) -> Vec<(String, Range<usize>)> {
    let is_asked = |term: &String| {
        asked.iter().any(|word| {
            term == word || (word.chars().nth(1).is_some() && term.starts_with(word.as_str()))
        })
    };
    terms(text).into_iter().filter(|(term, _)| is_asked(term)).collect()
}

fn push(pieces: &mut Vec<Piece>, text: &str, is_match: bool) {
    if !text.is_empty() {
        pieces.push(Piece { text: text.to_owned(), is_match });
    }
}

/// The stretch of `text` around the first word that was looked for.
fn excerpt(text: &str, asked: &[String]) -> Vec<Piece> {
    let first = matches(text, asked).first().map_or(0, |(_, place)| place.start);
    let before = text[..first].char_indices().rev().take(EXCERPT_CHARS / 3).last();
    let from = before.map_or(first, |(at, _)| at);
    // Words are not cut.
    let from = if from == 0 { 0 } else { from + text[from..].find(' ').map_or(0, |at| at + 1) };
    let from = from.min(first);
    let rest = &text[from..];
    let end = rest.char_indices().nth(EXCERPT_CHARS).map_or(rest.len(), |(at, _)| at);
    let end = if end == rest.len() { end } else { rest[..end].rfind(' ').unwrap_or(end) };
    let mut pieces = marked(&rest[..end], asked);
    if from > 0 {
        pieces.insert(0, Piece { text: "… ".to_owned(), is_match: false });
    }
    if end < rest.len() {
        push(&mut pieces, " …", false);
    }
    pieces
}
