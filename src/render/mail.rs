//! The mail edition: subject, text, HTML and calendar.

use super::colour::Palette;
use super::engine::Form;
use super::layout::tidy_text;
use super::view::{About, Before, Escalated, ProgramView, Slots, View};
use super::{RenderError, Renderer};
use crate::impact::{ImpactedApi, Located};
use crate::notice::{
    Edition, EventKind, Locale, Notice, OccasionKind, Program, RowId, WebhookTrouble,
};
use crate::schedule::Rung;
use chrono::{DateTime, Utc};
use css_inline::CSSInliner;
use serde::Serialize;
use serde_json::json;

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
struct PlainView<'a> {
    locale: &'a str,
    direction: &'static str,
    colon: String,
    program: ProgramView<'a>,
    palette: Palette,
    slots: Slots,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<WebhookView<'a>>,
}

/// A webhook that was disabled.
#[derive(Serialize)]
struct WebhookView<'a> {
    host: &'a str,
    /// The name of what is wrong, which has a word.
    trouble: &'static str,
}

impl Renderer {
    /// The mail that asks whether an address that was given to `program` wants to
    /// hear of it. Nothing that was given along stands in it: whoever fills in a
    /// form with somebody else's address gets no word through to them.
    pub fn confirmation(&self, program: &Program, locale: &Locale) -> Result<Edition, RenderError> {
        self.about_no_notice(OccasionKind::Confirmation, program, locale, None)
    }

    /// The mail that tells somebody that their webhook at `host` is called no more,
    /// and why.
    pub fn webhook_disabled(
        &self,
        program: &Program,
        locale: &Locale,
        host: &str,
        trouble: WebhookTrouble,
    ) -> Result<Edition, RenderError> {
        let webhook = WebhookView { host, trouble: trouble.as_str() };
        self.about_no_notice(OccasionKind::Webhook, program, locale, Some(webhook))
    }

    fn about_no_notice(
        &self,
        kind: OccasionKind,
        program: &Program,
        locale: &Locale,
        webhook: Option<WebhookView<'_>>,
    ) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let program = program.head_in_locale(locale);
        let view = PlainView {
            locale: language.locale().as_str(),
            direction: language.direction(),
            colon: language.say("colon"),
            program: ProgramView::new(&program),
            palette: Palette::new(&program.settings.brand),
            slots: Slots::new(),
            webhook,
        };
        self.of_parts(kind, locale, &view)
    }

    /// A mail of `kind` that is about no notice: the templates of its folder, from `view`.
    pub(super) fn of_parts(
        &self,
        kind: OccasionKind,
        locale: &Locale,
        view: &impl Serialize,
    ) -> Result<Edition, RenderError> {
        let part = |form, name: &str| {
            let path = format!("mail/{}/{name}", kind.as_str());
            self.engines.render_as(form, &path, view)
        };
        let html = self.inliner.inline(&part(Form::Html, "body.html")?)?;
        let texts = (part(Form::Plain, "subject.txt")?, part(Form::Plain, "body.txt")?, html);
        Ok(tidied(locale, &[], texts, None))
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
        let mut view = View::about(&translated, &said, &language, rows, About::Notice);
        if kind == OccasionKind::Test {
            // Whoever gets a test is no subscriber by it.
            view.notice.story.test_endpoints.iter_mut().for_each(|tried| tried.own_host = None);
        }
        let beside = Beside {
            calendar: self.calendar(program, notice, locale, rows, at),
            event: event(EventKind::Announced, (program, notice), (&translated, &said), rows, at)?,
        };
        self.mail(kind, locale, rows, &view, beside)
    }

    /// The mail that reminds of `rung`, for readers whom `rows` of it concern.
    pub fn reminder(
        &self,
        program: &Program,
        notice: &Notice,
        rung: &Rung<'_>,
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        self.coming(OccasionKind::Reminder, (program, notice), rung, locale, rows, at)
    }

    /// The mail to second contacts of those whom `rows` of `rung` concern.
    pub fn escalation(
        &self,
        program: &Program,
        notice: &Notice,
        rung: &Rung<'_>,
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        self.coming(OccasionKind::Escalation, (program, notice), rung, locale, rows, at)
    }

    fn coming(
        &self,
        kind: OccasionKind,
        (program, notice): (&Program, &Notice),
        rung: &Rung<'_>,
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let (translated, said) = program.in_locale(notice, locale);
        let view = View::about(&translated, &said, &language, rows, About::Coming(rung));
        let view = View { is_second: kind == OccasionKind::Escalation, ..view };
        let beside = Beside {
            calendar: self.calendar(program, notice, locale, rows, at),
            event: event(EventKind::Reminder, (program, notice), (&translated, &said), rows, at)?,
        };
        self.mail(kind, locale, rows, &view, beside)
    }

    /// The mail to the office: what became of `rung`.
    pub fn escalated(
        &self,
        program: &Program,
        notice: &Notice,
        rung: &Rung<'_>,
        found: Escalated,
        locale: &Locale,
    ) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let (translated, said) = program.in_locale(notice, locale);
        let view = View::about(&translated, &said, &language, &[], About::Coming(rung));
        let view = View { escalated: Some(found), ..view };
        self.mail(OccasionKind::Escalated, locale, &[], &view, Beside::default())
    }

    /// As `change`, for second contacts who had heard of it.
    pub fn change_for_second(
        &self,
        before: (&Program, &Notice),
        now: (&Program, &Notice),
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        self.changed(before, now, locale, rows, (true, at))
    }

    /// The mail that says what changed from `before` to `now`, for readers who
    /// were told of `rows`. Where all of these were cancelled, it calls the whole
    /// off, and their calendars drop it.
    pub fn change(
        &self,
        before: (&Program, &Notice),
        now: (&Program, &Notice),
        locale: &Locale,
        rows: &[RowId],
        at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        self.changed(before, now, locale, rows, (false, at))
    }

    fn changed(
        &self,
        before: (&Program, &Notice),
        now: (&Program, &Notice),
        locale: &Locale,
        rows: &[RowId],
        (is_second, at): (bool, DateTime<Utc>),
    ) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let (old_program, old) = before.0.in_locale(before.1, locale);
        let (program, notice) = now.0.in_locale(now.1, locale);
        let before = Before { program: &old_program, notice: &old };
        let view = View::about(&program, &notice, &language, rows, About::Changed(&before));
        let view = View { is_second, ..view };
        let is_cancelled = view.changed.as_ref().is_some_and(|changed| changed.is_cancelled);
        if is_cancelled {
            let beside = Beside {
                calendar: self.cancelling_calendar(now.0, now.1, locale, rows, at),
                event: event(EventKind::Cancelled, now, (&program, &notice), rows, at)?,
            };
            return self.mail(OccasionKind::Cancellation, locale, rows, &view, beside);
        }
        let beside = Beside {
            calendar: self.calendar(now.0, now.1, locale, rows, at),
            event: event(EventKind::Changed, now, (&program, &notice), rows, at)?,
        };
        self.mail(OccasionKind::Change, locale, rows, &view, beside)
    }

    fn mail(
        &self,
        kind: OccasionKind,
        locale: &Locale,
        rows: &[RowId],
        view: &View<'_>,
        beside: Beside,
    ) -> Result<Edition, RenderError> {
        let event = Some(beside.event).filter(|event| !event.is_empty());
        let (rows, calendar) = (rows.to_vec(), beside.calendar);
        Ok(Edition { rows, calendar, event, ..self.of_parts(kind, locale, view)? })
    }
}

/// Subject, text and HTML as templates wrote them, and as they are kept.
pub(super) fn tidied(
    locale: &Locale,
    rows: &[RowId],
    (subject, text, html): (String, String, String),
    calendar: Option<String>,
) -> Edition {
    Edition {
        locale: locale.clone(),
        rows: rows.to_vec(),
        subject: one_line(&subject),
        text: tidy_text(&text),
        html: charset_first(&html),
        calendar,
        event: None,
    }
}

/// What an edition holds for programs rather than people.
#[derive(Default)]
struct Beside {
    calendar: Option<String>,
    event: String,
}

/// What webhooks are told of `rows` (all of them when empty), in the words of the
/// API, as it stands at `at`.
fn event(
    kind: EventKind,
    declared: (&Program, &Notice),
    (program, notice): (&Program, &Notice),
    rows: &[RowId],
    at: DateTime<Utc>,
) -> Result<String, RenderError> {
    let is_told = |id: &RowId| rows.is_empty() || rows.contains(id);
    let told = notice.schedule.rows.iter().filter(|(id, _)| is_told(id));
    let lines = told.flat_map(|(row_id, row)| {
        row.targets.iter().map(move |target| {
            ImpactedApi::new(&Located { program, notice, row_id, row, target }, at)
        })
    });
    let lines: Vec<ImpactedApi> = lines.collect();
    let event = json!({
        "type": kind.as_str(),
        "revision": declared.0.revision(declared.1),
        "title": notice.title,
        "rows": lines,
    });
    Ok(serde_json::to_string(&event)?)
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
