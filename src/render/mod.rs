//! Editions of a notice: mail, page, post, document, calendar and JSON.
//!
//! Text in, text out. It opens no file, asks no clock and knows no recipient:
//! what differs by recipient stays in an edition as a slot. It is the only
//! module that knows the template engine.

mod badge;
mod burndown;
mod calendar;
mod calendar_feed;
mod colour;
mod dates;
mod digest;
mod documents;
mod drift;
mod engine;
mod error;
mod filters;
pub mod gateway;
mod language;
mod layout;
mod mail;
mod news;
mod planned;
mod prose;
mod searchable;
mod timeline;
mod view;
mod xml;

pub use burndown::{BurnDown, Group};
pub use calendar_feed::CalendarFeed;
pub use dates::When;
pub use digest::{DigestPart, PartMatter};
pub use documents::{KeptParameter, LanguageLink, PageLinks, ZoneChoice};
pub use drift::Turned;
pub use error::RenderError;
pub use language::{Clocks, Language, Part};
pub use news::{NewsEntry, NewsFeed, feed_name, named};
pub use planned::{PlannedEvent, planned_calendar};
pub use prose::escaped as as_markdown;
pub use timeline::{Band, Drawn, Scale, Timeline};
pub use view::Escalated;

use crate::notice::{Locale, Notice, Program};
use engine::Engines;
use language::Lexicon;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The templates of one workspace, parsed and ready.
pub struct Renderer {
    engines: Engines,
    lexicon: Arc<Lexicon>,
    inliner: css_inline::CSSInliner<'static>,
}

impl Renderer {
    /// The built-in templates, with those of `overrides` (by path below
    /// `templates/`) in their place.
    pub fn new(overrides: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        let lexicon = Arc::new(Lexicon::new(overrides)?);
        let engines = Engines::new(overrides, &lexicon)?;
        Ok(Self { engines, lexicon, inliner: mail::inliner() })
    }

    /// A language to write in: its own words, English for those it lacks.
    pub fn language(&self, locale: &Locale) -> Language<'_> {
        Language::new(&self.lexicon, locale)
    }

    /// The languages that have words of their own, those of the workspace
    /// included.
    pub fn locales(&self) -> Vec<Locale> {
        self.lexicon.locales().collect()
    }

    /// What a notice says, as one plain text.
    pub fn plain_text(&self, program: &Program, notice: &Notice, locale: &Locale) -> String {
        let (translated, said) = program.in_locale(notice, locale);
        searchable::text(&translated, &said, &self.language(locale))
    }

    /// Any template by its path, for pages that are not about one notice.
    pub fn template(&self, name: &str, context: &impl Serialize) -> Result<String, RenderError> {
        self.engines.render(name, context)
    }
}
