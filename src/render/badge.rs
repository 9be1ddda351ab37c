//! A badge: one fact as a small picture (SVG) for other people's pages.
//!
//! It is read by its words; the colour only repeats them.

use super::dates::When;
use super::engine::Form;
use super::language::Language;
use super::xml::lawful;
use super::{RenderError, Renderer};
use crate::impact::{Outlook, Subject};
use crate::notice::{Date, Kind, Locale, Program, Span};
use crate::schedule::State;
use serde::Serialize;

/// Longer texts are cut: a badge is read at a glance.
const MAX_CHARS: usize = 60;
/// On each side of a text, in pixels.
const MARGIN: usize = 6;

/// White text reads on each of them (WCAG 2.2 §1.4.3).
const GREEN: &str = "#2e6b34";
const BLUE: &str = "#1f5fa8";
const AMBER: &str = "#8a4b00";
const RED: &str = "#a61b1b";
const GREY: &str = "#5a5f66";

#[derive(Serialize)]
struct BadgeView<'a> {
    locale: &'a str,
    /// For those who do not see it.
    title: String,
    label: Side,
    message: Side,
    colour: &'static str,
    width: usize,
}

/// A text with its place, in pixels.
#[derive(Serialize)]
struct Side {
    text: String,
    /// Where its half begins, how wide that is, and where in it the text begins.
    from: usize,
    width: usize,
    text_from: usize,
    text_width: usize,
}

impl Renderer {
    /// The badge of `subject`, for which `outlook` is what to know.
    pub fn badge(
        &self,
        program: &Program,
        subject: &Subject,
        outlook: Option<&Outlook<'_>>,
        locale: &Locale,
    ) -> Result<String, RenderError> {
        let language = &self.language(locale);
        let name = name(program, subject, locale);
        let words = Words { program, language };
        let (label, message) = match outlook {
            None => (None, language.say("badge-no-change")),
            Some(outlook) => words.of(outlook),
        };
        let colon = language.say("colon");
        let title = match &label {
            Some(label) => format!("{name}{colon} {label}, {message}"),
            None => format!("{name}{colon} {message}"),
        };
        let label = Side::new(&label.unwrap_or(name), 0);
        let message = Side::new(&message, label.width);
        let view = BadgeView {
            locale: language.locale().as_str(),
            title: lawful(&title),
            width: label.width + message.width,
            label,
            message,
            colour: colour(outlook.map(|outlook| outlook.state)),
        };
        self.engines.render_as(Form::Html, "page/badge.svg", &view)
    }
}

fn colour(state: Option<State>) -> &'static str {
    match state {
        None => GREEN,
        Some(State::Announced) => BLUE,
        Some(State::Deprecated) => AMBER,
        Some(State::Due | State::Brownout | State::CutOff) => RED,
        Some(State::Paused | State::Cancelled) => GREY,
    }
}

fn name(program: &Program, subject: &Subject, locale: &Locale) -> String {
    let titles = program.titles(locale);
    match subject {
        Subject::Api(api) => titles.api(api).to_owned(),
        Subject::Environment(id) => titles.environment(id).to_owned(),
        Subject::ApiIn(api, id) => format!("{}, {}", titles.api(api), titles.environment(id)),
    }
}

/// What is said of a date: ahead, passed, and passed before anybody knew.
struct Verb {
    coming: &'static str,
    since: &'static str,
    already: &'static str,
}

const ENDS: Verb =
    Verb { coming: "badge-ends", since: "badge-ends-since", already: "badge-ends-already" };
const REQUIRED: Verb = Verb {
    coming: "badge-required",
    since: "badge-required-since",
    already: "badge-required-already",
};

struct Words<'a> {
    program: &'a Program,
    language: &'a Language<'a>,
}

impl Words<'_> {
    /// What it is about, where that is not the subject itself, and what of it.
    fn of(&self, outlook: &Outlook<'_>) -> (Option<String>, String) {
        let say = |word: &str| self.language.say(word);
        let [ends, needs] =
            self.program.titles(self.language.locale()).ends_and_needs(outlook.notice);
        // What is retired ends, whatever there is instead.
        let is_needed = !needs.is_empty()
            && !matches!(outlook.notice.kind, Kind::Retirement | Kind::Deprecation);
        let label = if is_needed { needs } else { ends };
        let label = (!label.is_empty()).then(|| label.join(", "));
        let verb = if is_needed { REQUIRED } else { ENDS };
        match (outlook.state, &outlook.row.dates.cutoff) {
            (State::Brownout, _) => (None, say("state-brownout")),
            (State::Paused | State::Cancelled, _) => (label, say("state-paused")),
            (_, None) => (label, say(&format!("state-{}", outlook.state.as_str()))),
            (State::CutOff, Some(date)) => (label, self.passed(&verb, date, outlook)),
            (_, Some(date)) => (label, self.coming(&verb, date, outlook)),
        }
    }

    fn coming(&self, verb: &Verb, date: &Date, outlook: &Outlook<'_>) -> String {
        match date.span {
            Span::ToBeAnnounced { .. } => self.language.say("badge-undated"),
            span => self.dated(verb.coming, span, outlook),
        }
    }

    /// What took a while is over since its end.
    fn passed(&self, verb: &Verb, date: &Date, outlook: &Outlook<'_>) -> String {
        match date.span {
            Span::InEffect | Span::ToBeAnnounced { .. } => self.language.say(verb.already),
            Span::Range { to, .. } => self.dated(verb.since, Span::At(to), outlook),
            span => self.dated(verb.since, span, outlook),
        }
    }

    fn dated(&self, word: &str, span: Span, outlook: &Outlook<'_>) -> String {
        let when = When::new(&Date::from(span), outlook.row.zone, &[], self.language);
        self.language.say_with(word, &[("date", (&when.text).into())])
    }
}

impl Side {
    fn new(text: &str, from: usize) -> Self {
        let text = lawful(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let text = match text.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => format!("{}…", text[..end].trim_end()),
            None => text,
        };
        let text_width = (text.chars().map(tenths).sum::<usize>() / 10).max(1);
        let width = text_width + 2 * MARGIN;
        Self { text, from, width, text_from: from + MARGIN, text_width }
    }
}

/// About how wide a character of Verdana is at 11 pixels, in tenths of one. The
/// picture holds texts to the width worked out here, whatever the font.
fn tenths(c: char) -> usize {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 41,
        'f' | 'r' | 't' | '(' | ')' | '-' | '/' | '[' | ']' => 48,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 105,
        c if c.is_ascii_uppercase() => 78,
        // Signs of East Asia and pictures are as wide as they are high.
        c if c >= '\u{1100}' => 112,
        _ => 70,
    }
}
