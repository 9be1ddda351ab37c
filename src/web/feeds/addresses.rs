//! The addresses of feeds.

use crate::impact::Part;
use crate::notice::{Locale, Program};
use crate::web::languages;

/// How an address ends that asks for a language of a program; nothing for its
/// first.
pub fn in_language(program: &Program, locale: &Locale) -> String {
    let is_first = program.settings.locales.first() == Some(locale);
    if is_first { String::new() } else { languages::in_address(locale) }
}

/// The path of the calendar of a part of a program.
pub fn calendar_address(program: &Program, part: &Part, locale: &Locale) -> String {
    let of = match part {
        Part::Whole => String::new(),
        Part::Notice(id) => format!("/notices/{id}"),
        Part::Api(id) => format!("/apis/{id}"),
        Part::Environment(id) => format!("/environments/{id}"),
    };
    format!("/feeds/{}{of}.ics{}", program.id, in_language(program, locale))
}

/// The form of a news feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsForm {
    Atom,
    Json,
}

/// The path of the news of a program, or of all of them.
pub fn news_address(program: Option<&Program>, form: NewsForm, locale: &Locale) -> String {
    let form = match form {
        NewsForm::Atom => "atom",
        NewsForm::Json => "json",
    };
    match program {
        Some(program) => format!("/feeds/{}.{form}{}", program.id, in_language(program, locale)),
        None => format!("/feeds.{form}{}", in_language_of_all(locale)),
    }
}

/// The path of the page that tells the same.
pub fn news_page(program: Option<&Program>, locale: &Locale) -> String {
    match program {
        Some(program) => format!("/notices/{}{}", program.id, in_language(program, locale)),
        None => format!("/notices{}", in_language_of_all(locale)),
    }
}

fn in_language_of_all(locale: &Locale) -> String {
    let is_default = *locale == Locale::default();
    if is_default { String::new() } else { languages::in_address(locale) }
}
