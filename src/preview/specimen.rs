//! One notice on one channel, as somebody would get it.
//!
//! What differs by recipient is filled with samples, so that a specimen reads
//! like what arrives. Nothing is signed, stored or sent.

use super::{Channel, Occasion};
use crate::delivery::{self, ComposeError};
use crate::notice::{
    Amendment, AmendmentKind, Date, Edition, Former, Locale, Notice, NoticePath, OccasionKind,
    Point, Program, RowId, Slot, Span, escape_html, fill_slots,
};
use crate::render::{PageLinks, RenderError, Renderer};
use crate::schedule::{Reminder, before_last_amendment, reminders, rungs};
use chrono::{DateTime, Utc};

#[derive(Debug, thiserror::Error)]
pub enum SpecimenError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the message cannot be put together: {0}")]
    Compose(#[from] ComposeError),
    #[error("the notice has nothing to remind of: no row with a dated cutoff lies ahead")]
    NothingComing,
    #[error("the notice has no amendment, and so there is no change to tell of")]
    NothingChanged,
    #[error("the message is not text: {0}")]
    NotText(#[from] std::string::FromUtf8Error),
}

/// Whose eyes it is seen with, and when.
pub struct Specimen<'a> {
    pub program: &'a Program,
    pub notice: &'a Notice,
    pub locale: &'a Locale,
    /// The rows that concern the recipient.
    pub rows: &'a [RowId],
    /// The recipient's affected APIs, as a phrase.
    pub apis: &'a str,
    /// What a mail is sent for; other channels know no occasions.
    pub occasion: Occasion,
    /// The moment whose states are shown.
    pub on: DateTime<Utc>,
    pub links: PageLinks<'a>,
}

impl Specimen<'_> {
    pub fn render(&self, renderer: &Renderer, channel: Channel) -> Result<String, SpecimenError> {
        let Self { program, notice, locale, on, .. } = *self;
        let fill = |text: &str, escape: fn(&str) -> String| {
            let values = Slot::ALL.map(|slot| escape(&self.sample(slot)));
            let place = |slot| Slot::ALL.iter().position(|known| *known == slot);
            fill_slots(text, |slot| place(slot).map_or("", |at| values[at].as_str()))
        };
        Ok(match channel {
            Channel::Text => fill(&self.mail(renderer)?.text, str::to_owned),
            Channel::Html => fill(&self.mail(renderer)?.html, escape_html),
            Channel::Eml => self.message(&self.mail(renderer)?)?,
            Channel::Page => renderer.page(program, notice, locale, on, &self.links)?,
            Channel::Post => renderer.post(program, notice, locale)?,
            Channel::Markdown => renderer.markdown(program, notice, locale)?,
            Channel::Ics => {
                let calendar = renderer.calendar(program, notice, locale, self.rows, on);
                calendar.unwrap_or_default()
            }
            Channel::Json => renderer.json(program, notice, locale, on)?,
        })
    }

    pub fn edition(&self, renderer: &Renderer) -> Result<Edition, RenderError> {
        let Self { program, notice, locale, rows, on, .. } = *self;
        renderer.edition(program, notice, OccasionKind::Announcement, locale, rows, on)
    }

    fn mail(&self, renderer: &Renderer) -> Result<Edition, SpecimenError> {
        let Self { program, notice, locale, rows, on, .. } = *self;
        Ok(match self.occasion {
            Occasion::Announcement => self.edition(renderer)?,
            Occasion::Reminder => {
                let all = reminders(notice, &program.settings);
                let next = all.iter().find(|reminder| reminder.milestone > on);
                let next = next.or(all.last()).ok_or(SpecimenError::NothingComing)?;
                let is_same = |r: &&Reminder<'_>| (r.at, r.lead) == (next.at, next.lead);
                let rung = rungs(all.iter().filter(is_same).copied()).swap_remove(0);
                let concerned = rung.reminders.iter().map(|reminder| reminder.row.clone());
                let rows: Vec<_> = concerned.filter(|row| rows.contains(row)).collect();
                renderer.reminder(program, notice, &rung, locale, &rows, on)?
            }
            Occasion::Change => {
                let before = before_last_amendment(notice);
                let before = before.ok_or(SpecimenError::NothingChanged)?;
                renderer.change((program, &before), (program, notice), locale, rows, on)?
            }
            Occasion::Cancellation => {
                let mut off = notice.clone();
                off.amendments.push(Amendment {
                    date: Date::from(Span::At(Point::Day(on.date_naive()))),
                    kind: AmendmentKind::Cancelled,
                    reason: None,
                    rows: Vec::new(),
                    former: Former::Unchanged,
                });
                renderer.change((program, notice), (program, &off), locale, rows, on)?
            }
        })
    }

    fn message(&self, edition: &Edition) -> Result<String, SpecimenError> {
        let Self { program, notice, apis, on, .. } = *self;
        let path = NoticePath { program: program.id.clone(), notice: notice.id.clone() };
        Ok(String::from_utf8(delivery::draft(program, &path, edition, apis, on)?)?)
    }

    /// What a recipient without a name would read. `.example` never resolves
    /// (RFC 2606).
    fn sample(&self, slot: Slot) -> String {
        let (program, site) = (self.program, "https://notices.example");
        match slot {
            Slot::Greeting => {
                let program = program.head_in_locale(self.locale);
                program.settings.greeting(self.locale).to_owned()
            }
            Slot::YourApis => self.apis.to_owned(),
            Slot::Unsubscribe => format!("{site}/unsubscribe/sample"),
            Slot::Preferences => format!("{site}/preferences/sample"),
            Slot::Confirm => format!("{site}/confirm/sample"),
            Slot::Part(..) => String::new(),
            Slot::Done => format!("{site}/done/sample"),
            Slot::Page => format!("{site}/notices/{}/{}", program.id, self.notice.id),
        }
    }
}
