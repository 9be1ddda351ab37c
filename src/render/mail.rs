//! The mail edition: subject, text, HTML and calendar.

use super::colour::Palette;
use super::engine::Form;
use super::layout::tidy_text;
use super::view::{ProgramView, Slots, View};
use super::{RenderError, Renderer};
use crate::notice::{Edition, Locale, Notice, OccasionKind, Program, RowId};
use chrono::{DateTime, Utc};
use css_inline::CSSInliner;
use serde::Serialize;

/// Mail readers drop what stands in `<style>` to differing degrees, so each rule
/// is written to its elements; only media queries stay, which cannot be.
pub(super) fn inliner() -> CSSInliner<'static> {
    CSSInliner::options()
        .keep_style_tags(false)
        .keep_at_rules(true)
        .minify_css(true)
        .load_remote_stylesheets(false)
        .build()
}

/// A mail that is about no notice.
#[derive(Serialize)]
struct ConfirmationView<'a> {
    locale: &'a str,
    direction: &'static str,
    colon: String,
    program: ProgramView<'a>,
    palette: Palette,
    slots: Slots,
}

impl Renderer {
    /// The mail that asks whether an address that was given to `program` wants to
    /// hear of it. Nothing that was given along stands in it: whoever fills in a
    /// form with somebody else's address gets no word through to them.
    pub fn confirmation(&self, program: &Program, locale: &Locale) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let program = program.head_in_locale(locale);
        let view = ConfirmationView {
            locale: language.locale().as_str(),
            direction: language.direction(),
            colon: language.say("colon"),
            program: ProgramView::new(&program),
            palette: Palette::new(program.settings.brand.colour),
            slots: Slots::new(),
        };
        let part = |form, name: &str| {
            let path = format!("mail/{}/{name}", OccasionKind::Confirmation.as_str());
            self.engines.render_as(form, &path, &view)
        };
        let html = part(Form::Html, "body.html")?;
        Ok(Edition {
            locale: locale.clone(),
            rows: Vec::new(),
            subject: one_line(&part(Form::Plain, "subject.txt")?),
            text: tidy_text(&part(Form::Plain, "body.txt")?),
            html: charset_first(&self.inliner.inline(&html)?),
            calendar: None,
        })
    }

    /// The mail of `kind` for readers whom `rows` concern (all rows when empty).
    ///
    /// Slots stay in it. Whoever fills them in the HTML escapes the values.
    /// `at` stamps the calendar and decides nothing else.
    pub fn edition(
        &self,
        program: &Program,
        notice: &Notice,
        kind: OccasionKind,
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let (translated, said) = program.in_locale(notice, locale);
        let view = View::new(&translated, &said, &language, rows, None);
        let part = |form, name: &str| {
            let path = format!("mail/{}/{name}", kind.as_str());
            self.engines.render_as(form, &path, &view)
        };
        let html = part(Form::Html, "body.html")?;
        Ok(Edition {
            locale: locale.clone(),
            rows: rows.to_vec(),
            subject: one_line(&part(Form::Plain, "subject.txt")?),
            text: tidy_text(&part(Form::Plain, "body.txt")?),
            html: charset_first(&self.inliner.inline(&html)?),
            calendar: self.calendar(program, notice, locale, rows, at),
        })
    }
}

/// The inliner puts the style sheet at the head's beginning, and pushes the
/// charset out of the first 1,024 bytes, where HTML wants it.
fn charset_first(html: &str) -> String {
    const CHARSET: &str = r#"<meta charset="utf-8">"#;
    match html.split_once(CHARSET) {
        Some((before, after)) => {
            format!("{before}{after}").replacen("<head>", &format!("<head>\n{CHARSET}"), 1)
        }
        None => html.to_owned(),
    }
}

/// A line break in a subject would begin another header.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
