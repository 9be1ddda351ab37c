//! Editions of a notice: mail, page, post, document, calendar and JSON.
//!
//! Text in, text out. It opens no file, asks no clock and knows no recipient:
//! what differs by recipient stays in an edition as a slot. It is the only
//! module that knows the template engine.

mod calendar;
mod colour;
mod dates;
mod documents;
mod engine;
mod error;
mod filters;
mod layout;
mod mail;
mod planned;
mod prose;
mod view;

pub use dates::When;
pub use documents::PageLinks;
pub use error::RenderError;
pub use planned::{PlannedEvent, planned_calendar};
pub use view::kind_in_words;

use engine::Engines;
use serde::Serialize;
use std::collections::BTreeMap;

/// The templates of one workspace, parsed and ready.
pub struct Renderer {
    engines: Engines,
    inliner: css_inline::CSSInliner<'static>,
}

impl Renderer {
    /// The built-in templates, with those of `overrides` (by path below
    /// `templates/`) in their place.
    pub fn new(overrides: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        let engines = Engines::new(overrides)?;
        Ok(Self { engines, inliner: mail::inliner() })
    }

    /// Any template by its path, for pages that are not about one notice.
    pub fn template(&self, name: &str, context: &impl Serialize) -> Result<String, RenderError> {
        self.engines.render(name, context)
    }
}
