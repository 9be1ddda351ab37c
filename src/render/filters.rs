//! The filters that every template may use, each in its engine's form.
//!
//! | filter | does |
//! |---|---|
//! | `say` | a fixed word or phrase in the language of `locale`, with its parts |
//! | `prose` | Markdown in the engine's form; `first=` starts it, as a bullet does |
//! | `href` | a URL that may stand in a link, or `about:invalid` |
//! | `code` | (Markdown, posts) a word or line to the letter |
//! | `fence` | (not HTML) a block of code to the letter; `language=` names its language |
//! | `line` | (Markdown, posts) prose in one line, for a cell of a table |
//! | `as_is` | (Markdown, posts) a URL between the template's own marks |
//! | `wrap` | (text) one paragraph in lines; `first=` starts it |
//! | `heading` | (text) a line underlined |
//! | `yaml` | (Markdown, posts) a scalar that every YAML reader takes for this string |

use super::engine::Form;
use super::language::{Lexicon, Part};
use super::prose;
use std::sync::Arc;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

pub(super) fn register(tera: &mut Tera, form: Form, lexicon: &Arc<Lexicon>) {
    tera.register_filter("href", href);
    let lexicon = lexicon.clone();
    tera.register_filter("say", move |word: &str, kwargs: Kwargs, state: &State| {
        say(&lexicon, word, &kwargs, state)
    });
    match form {
        Form::Html => {
            tera.register_filter("prose", |text: &str, _: Kwargs, _: &State| {
                Value::safe_string(&prose::to_html(text))
            });
        }
        Form::Plain => {
            tera.register_filter("prose", plain_prose);
            tera.register_filter("wrap", wrap);
            tera.register_filter("heading", heading);
            tera.register_filter("fence", |code: &str, kwargs: Kwargs, _: &State| {
                let indent = kwargs.get::<usize>("indent")?.unwrap_or(4);
                TeraResult::Ok(prose::indented(code, indent))
            });
        }
        Form::Markdown => {
            tera.set_escape_fn(|text, out| out.write_all(prose::escaped(text).as_bytes()));
            register_source(tera, |text| text, prose::fenced);
        }
        Form::Post => {
            tera.set_escape_fn(|text, out| {
                let text = prose::liquid_escaped(&prose::escaped(text));
                out.write_all(text.as_bytes())
            });
            register_source(tera, |text| prose::liquid_escaped(&text), highlighted);
        }
    }
}

/// What Markdown documents and posts share; `finish` has the last word.
fn register_source(tera: &mut Tera, finish: fn(String) -> String, fence: fn(&str, &str) -> String) {
    tera.register_filter("prose", move |text: &str, kwargs: Kwargs, _: &State| {
        let first = kwargs.get::<&str>("first")?.unwrap_or_default();
        let below = " ".repeat(first.chars().count());
        let rest = kwargs.get::<&str>("rest")?.unwrap_or(&below);
        let text = finish(prose::to_markdown(text));
        TeraResult::Ok(Value::safe_string(&hung(&text, first, rest)))
    });
    tera.register_filter("code", move |code: &str, _: Kwargs, _: &State| {
        Value::safe_string(&finish(prose::inline_code(code)))
    });
    tera.register_filter("fence", move |code: &str, kwargs: Kwargs, _: &State| {
        let language = kwargs.get::<&str>("language")?.unwrap_or("text");
        TeraResult::Ok(Value::safe_string(&fence(code, language_key(language))))
    });
    // A URL, an address or a date between marks of the template's own.
    tera.register_filter("as_is", move |text: &str, _: Kwargs, _: &State| {
        let text: String = text.chars().filter(|c| !c.is_whitespace() || *c == ' ').collect();
        Value::safe_string(&finish(text))
    });
    tera.register_filter("yaml", |text: &str, _: Kwargs, _: &State| {
        Value::safe_string(&yaml_scalar(text))
    });
    // A table's row is one line.
    tera.register_filter("line", move |text: &str, _: Kwargs, _: &State| {
        let text = finish(prose::to_markdown(text));
        let text: Vec<_> = text.split_whitespace().collect();
        Value::safe_string(&text.join(" ").replace('|', "\\|"))
    });
}

/// Stand for the parts of a phrase until the phrase is escaped. Declarations
/// cannot hold such characters, and what did would only show as itself.
const PART_OPEN: char = '\u{E002}';
const PART_CLOSE: char = '\u{E003}';

/// The phrase `word`. It is text, and so are its parts but those that a template
/// captured, which have their marks already.
fn say(lexicon: &Lexicon, word: &str, kwargs: &Kwargs, state: &State) -> TeraResult<Value> {
    let locale = state.get::<String>("locale")?.unwrap_or_default();
    let given: Vec<_> = kwargs.iter().collect();
    let names: Vec<String> = given.iter().map(|(name, _)| name.to_string()).collect();
    let marks: Vec<String> =
        (0..given.len()).map(|n| format!("{PART_OPEN}{n}{PART_CLOSE}")).collect();
    let part = |n: usize, value: &Value| match value.as_u64().and_then(|n| n.try_into().ok()) {
        Some(count) => Part::Count(count),
        None => Part::Text(&marks[n]),
    };
    let parts: Vec<(&str, Part)> = given
        .iter()
        .enumerate()
        .map(|(n, (_, value))| (names[n].as_str(), part(n, value)))
        .collect();
    let phrase = lexicon.say(&locale, word, &parts);
    let phrase = phrase.ok_or_else(|| Error::message(format!("no list has the word `{word}`")))?;
    let mut phrase = if state.autoescaping_enabled() { state.escape(&phrase)? } else { phrase };
    for ((_, value), mark) in given.iter().zip(&marks) {
        if phrase.contains(mark.as_str()) {
            phrase = phrase.replace(mark.as_str(), &state.escape_if_needed(value)?);
        }
    }
    Ok(Value::safe_string(&phrase))
}

/// A key that a highlighter may know; anything else could close the tag it
/// stands in.
fn language_key(language: &str) -> &str {
    let is_key = |c: char| c.is_ascii_alphanumeric() || "+#._-".contains(c);
    if !language.is_empty() && language.chars().all(is_key) { language } else { "text" }
}

/// As Jekyll sites write samples.
fn highlighted(code: &str, language: &str) -> String {
    let code = prose::liquid_escaped(code.trim_end_matches('\n'));
    format!("{{% highlight {language} %}}\n{code}\n{{% endhighlight %}}")
}

/// `text` after `first`, its further lines after `rest`.
fn hung(text: &str, first: &str, rest: &str) -> String {
    let mut lines = text.split('\n');
    let mut out = format!("{first}{}", lines.next().unwrap_or_default());
    for line in lines {
        out.push('\n');
        out += if line.is_empty() { rest.trim_end() } else { rest };
        out += line;
    }
    out
}

/// Slots stand for links that we make ourselves.
fn href(url: &str, _: Kwargs, _: &State) -> String {
    let is_slot = url.starts_with(crate::notice::SLOT_OPEN);
    // A page's own paths and fragments have no scheme to refuse; `//host` has one.
    let is_local = (url.starts_with('/') && !url.starts_with("//")) || url.starts_with('#');
    let is_allowed = is_slot || is_local || prose::is_allowed_url(url);
    if is_allowed { url.to_owned() } else { "about:invalid".to_owned() }
}

fn plain_prose(text: &str, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    let first = kwargs.get::<&str>("first")?.unwrap_or_default();
    let width = first.chars().count();
    let text = prose::to_plain(text, width);
    Ok(match text.get(width..) {
        Some(rest) => format!("{first}{rest}"),
        None => first.trim_end().to_owned(),
    })
}

fn wrap(text: &str, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    let first = kwargs.get::<&str>("first")?.unwrap_or_default();
    Ok(prose::wrapped(text, first))
}

fn heading(text: &str, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    let mark = kwargs.get::<&str>("mark")?.unwrap_or("-");
    let lines = prose::wrapped(text, "");
    let width = lines.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    Ok(format!("{lines}\n{}", mark.repeat(width)))
}

/// Readers of YAML 1.1 take `no`, `12:30` and `1.20` for a boolean and two
/// numbers; what is not plainly words, or holds a digit, is quoted.
fn yaml_scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["yes", "no", "on", "off", "true", "false", "null", "y", "n"];
    let is_plain = |c: char| c.is_ascii_alphabetic() || "/_-. ".contains(c);
    let starts_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if starts_plain && !is_word && text.chars().all(is_plain) && text.trim() == text {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => {}
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                quoted += &format!("\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
