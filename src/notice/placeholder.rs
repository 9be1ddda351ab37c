//! Dates named inside text: `{{cutoff}}`, `{{prod-secure.cutoff}}`.
//!
//! This module finds what is shaped like a name. Which names mean something is
//! for `declaration` to check and for `render` to fill in.

use std::ops::Range;

/// The dates that text can name, as `Dates::named` gives them.
pub const DATE_NAMES: [&str; 4] = ["deprecation", "cutoff", "complete", "enforced"];

/// Something in double braces that is made of identifier characters alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder<'t> {
    /// Its bytes in the text, braces included.
    pub range: Range<usize>,
    /// Everything before the last dot: row ids may hold dots themselves.
    pub row: Option<&'t str>,
    pub name: &'t str,
}

/// Every placeholder of `text`, in order.
///
/// Blanks inside the braces are allowed, because `{{ cutoff }}` is what writers
/// of other template languages type and its meaning is not in doubt. Anything
/// else in braces, such as `{{7*7}}`, is text.
pub fn placeholders(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(open) = text.get(from..)?.find("{{").map(|at| from + at) {
            // Of three opening braces the last two belong to the name.
            let open = open + leading_braces(&text[open..]) - 2;
            let inside = open + 2;
            from = inside;
            let Some(close) = text[inside..].find("}}").map(|at| inside + at) else {
                continue;
            };
            if let Some((row, name)) = split_name(text[inside..close].trim_matches([' ', '\t'])) {
                from = close + 2;
                return Some(Placeholder { range: open..close + 2, row, name });
            }
        }
        None
    })
}

fn leading_braces(text: &str) -> usize {
    text.bytes().take_while(|b| *b == b'{').count()
}

fn split_name(inside: &str) -> Option<(Option<&str>, &str)> {
    let is_id = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    let (row, name) = match inside.rsplit_once('.') {
        Some((row, name)) => (Some(row), name),
        None => (None, inside),
    };
    (is_id(name) && row.is_none_or(is_id)).then_some((row, name))
}
