//! The lines of a file around a place, cut up for showing the place in them.

use crate::declaration::Place;
use serde::Serialize;

/// Lines before and after the place, so that it is recognised.
const AROUND: usize = 2;
/// A place that is longer is shown by its beginning.
const MAX_MARKED: usize = 6;
/// A longer line was not written by hand.
const MAX_LINE_CHARS: usize = 400;

/// A line in three parts, the second of which is the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub number: usize,
    pub before: String,
    pub marked: String,
    pub after: String,
    /// Whether some of the place is in it, be it only where something is missing.
    pub is_marked: bool,
}

/// Nothing for a file that could not be read.
pub fn excerpt(place: &Place) -> Vec<Line> {
    if place.text.is_empty() {
        return Vec::new();
    }
    let (first, last) = (place.line, last_line(place).min(place.line + MAX_MARKED - 1));
    let mut lines = Vec::new();
    let mut end = 0;
    // A place may be behind the last line's end, where something is missing.
    for (index, full) in place.text.split_inclusive('\n').chain([""]).enumerate() {
        let (number, start) = (index + 1, end);
        end += full.len();
        if number + AROUND < first {
            continue;
        }
        if number > last + AROUND {
            break;
        }
        let text = full.trim_end_matches(['\n', '\r']);
        let cut = |at: usize| floor(text, at.saturating_sub(start).min(text.len()));
        let is_marked = (first..=last).contains(&number);
        if full.is_empty() && !is_marked {
            break;
        }
        let (from, to) = match is_marked {
            true => (cut(place.span.start), cut(place.span.end)),
            false => (text.len(), text.len()),
        };
        lines.push(Line {
            number,
            before: short(&text[..from]),
            marked: short(&text[from..to]),
            after: short(&text[to..]),
            is_marked,
        });
    }
    lines
}

fn last_line(place: &Place) -> usize {
    let within = place.text.get(place.span.clone()).unwrap_or_default();
    place.line + within.trim_end_matches('\n').matches('\n').count()
}

/// The nearest boundary between characters at or below `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn short(text: &str) -> String {
    let text = text.replace('\t', "    ");
    match text.char_indices().nth(MAX_LINE_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
