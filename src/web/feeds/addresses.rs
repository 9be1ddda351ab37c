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
