//! One message of a digest, as its template gets it.

use super::changes::ChangedView;
use super::coming::ComingView;
use super::{NoticeView, View};
use crate::notice::{PartSlot, Slot};
use crate::render::language::Language;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct PartView<'a> {
    /// Its place, counted from 1.
    pub number: usize,
    /// What kind of message it is, in words.
    pub kind: String,
    /// What it comes to, in a sentence.
    pub brief: String,
    pub notice: NoticeView<'a>,
    pub coming: Option<ComingView<'a>>,
    pub changed: Option<ChangedView>,
    /// The marks that are replaced for each recipient.
    pub apis: String,
    pub page: String,
    pub done: String,
}

impl<'a> PartView<'a> {
    /// The message at a place, counted from 0.
    pub fn new(at: usize, view: View<'a>) -> Self {
        let place = u16::try_from(at).unwrap_or(u16::MAX);
        let slot = |part| Slot::Part(part, place).to_string();
        Self {
            number: at + 1,
            kind: String::new(),
            brief: String::new(),
            notice: view.notice,
            coming: view.coming,
            changed: view.changed,
            apis: slot(PartSlot::YourApis),
            page: slot(PartSlot::Page),
            done: slot(PartSlot::Done),
        }
    }

    pub fn in_words(mut self, language: &Language<'_>) -> Self {
        let (word, brief) = match (&self.coming, &self.changed) {
            (Some(coming), _) => ("reminder", &coming.preheader),
            (_, Some(changed)) if changed.is_cancelled => {
                ("amendment-cancelled", &changed.preheader)
            }
            (_, Some(changed)) => ("change", &changed.preheader),
            _ => ("announcement", &self.notice.preheader),
        };
        self.brief.clone_from(brief);
        self.kind = language.say(word);
        self
    }
}
