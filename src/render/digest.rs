//! The weekly digest: several messages to one reader as one mail.

use super::colour::Palette;
use super::view::{About, Before, PartView, ProgramView, Slots, View};
use super::{RenderError, Renderer};
use crate::notice::{Edition, Locale, Notice, OccasionKind, Program, RowId};
use crate::schedule::Rung;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// One of the messages, as it would have been by itself.
pub struct DigestPart<'a> {
    pub program: &'a Program,
    pub notice: &'a Notice,
    /// Those that concern the reader.
    pub rows: &'a [RowId],
    pub matter: PartMatter<'a>,
}

/// What it is about.
pub enum PartMatter<'a> {
    Whole,
    Reminder(Rung<'a>),
    /// What changed since the notice stood so.
    Change(&'a Program, &'a Notice),
}

#[derive(Serialize)]
struct DigestView<'a> {
    locale: &'a str,
    direction: &'static str,
    colon: String,
    /// Parts are laid out as in mails.
    medium: &'static str,
    program: ProgramView<'a>,
    palette: Palette,
    slots: Slots,
    /// Of notices, of which one may have several messages.
    count: usize,
    preheader: String,
    members: Vec<PartView<'a>>,
}

/// What a part says in the reader's language, and said before.
struct Said<'a> {
    part: &'a DigestPart<'a>,
    now: (Cow<'a, Program>, Cow<'a, Notice>),
    before: Option<(Cow<'a, Program>, Cow<'a, Notice>)>,
}

impl Renderer {
    /// The mail that tells of all of `parts`, in their order. Slots stay in it, those
    /// of each part under its place; `at` stamps the calendar.
    pub fn digest(
        &self,
        program: &Program,
        parts: &[DigestPart<'_>],
        locale: &Locale,
        at: DateTime<Utc>,
    ) -> Result<Edition, RenderError> {
        let language = self.language(locale);
        let program = program.head_in_locale(locale);
        let said: Vec<Said<'_>> = parts.iter().map(|part| said(part, locale)).collect();
        let befores: Vec<Option<Before<'_>>> = said.iter().map(Said::before).collect();
        let members = said.iter().zip(&befores).enumerate().map(|(at, (said, before))| {
            let about = match (&said.part.matter, before) {
                (PartMatter::Reminder(rung), _) => About::Coming(rung),
                (_, Some(before)) => About::Changed(before),
                _ => About::Notice,
            };
            let (program, notice) = (&said.now.0, &said.now.1);
            PartView::new(at, View::about(program, notice, &language, said.part.rows, about))
        });
        let members: Vec<_> = members.map(|member| member.in_words(&language)).collect();
        let titles: Vec<&str> = members.iter().map(|member| member.notice.title).collect();
        let notices: BTreeSet<_> =
            parts.iter().map(|part| (&part.program.id, &part.notice.id)).collect();
        let view = DigestView {
            locale: language.locale().as_str(),
            direction: language.direction(),
            colon: language.say("colon"),
            medium: "mail",
            program: ProgramView::new(&program),
            palette: Palette::new(&program.settings.brand),
            slots: Slots::new(),
            count: notices.len(),
            preheader: titles.join(" · "),
            members,
        };
        let calendar = self.calendar_of_parts(&program.settings.title, parts, locale, at);
        Ok(Edition { calendar, ..self.of_parts(OccasionKind::Digest, locale, &view)? })
    }
}

fn said<'a>(part: &'a DigestPart<'a>, locale: &Locale) -> Said<'a> {
    let before = match &part.matter {
        PartMatter::Change(program, notice) => Some(program.in_locale(notice, locale)),
        PartMatter::Whole | PartMatter::Reminder(_) => None,
    };
    Said { part, now: part.program.in_locale(part.notice, locale), before }
}

impl Said<'_> {
    fn before(&self) -> Option<Before<'_>> {
        let (program, notice) = self.before.as_ref()?;
        Some(Before { program, notice })
    }
}
