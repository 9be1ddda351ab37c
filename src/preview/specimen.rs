//! One notice on one channel, as somebody would get it.
//!
//! What differs by recipient is filled with samples, so that a specimen reads
//! like what arrives. Nothing is signed, stored or sent.

use super::{Channel, Occasion};
use crate::delivery::{self, ComposeError, Samples};
use crate::notice::{
    Amendment, AmendmentKind, Date, Edition, Former, Locale, Notice, NoticePath, OccasionKind,
    PartSlot, Point, Program, RowId, Slot, Span, escape_html, fill_slots,
};
use crate::render::{DigestPart, Escalated, PageLinks, PartMatter, RenderError, Renderer};
use crate::schedule::{
    Reminder, Rung, before_last_amendment, bounds, escalations, reminders, rungs,
};
use chrono::{DateTime, Utc};

#[derive(Debug, thiserror::Error)]
pub enum SpecimenError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the message cannot be put together: {0}")]
    Compose(#[from] ComposeError),
    #[error("the notice has nothing to remind of: no row with a dated cutoff lies ahead")]
    NothingComing,
    #[error(
        "nobody else is written to: the program declares no escalation, or no row has a dated \
         cutoff after it"
    )]
    NothingEscalates,
    #[error("the notice has no amendment, and so there is no change to tell of")]
    NothingChanged,
    #[error("the message is not text: {0}")]
    NotText(#[from] std::string::FromUtf8Error),
}

/// Messages in a digest about one notice: announced, changed, and coming.
const MAX_PARTS: u16 = 3;

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
            let parts =
                (0..MAX_PARTS).flat_map(|at| PartSlot::ALL.map(|part| Slot::Part(part, at)));
            let slots: Vec<Slot> = Slot::ALL.into_iter().chain(parts).collect();
            let values: Vec<_> =
                slots.iter().map(|slot| escape(&self.sample(renderer, *slot))).collect();
            let place = |slot| slots.iter().position(|known| *known == slot);
            fill_slots(text, |slot| place(slot).map_or("", |at| values[at].as_str()))
        };
        Ok(match channel {
            Channel::Text => fill(&self.mail(renderer)?.text, str::to_owned),
            Channel::Html => fill(&self.mail(renderer)?.html, escape_html),
            Channel::Eml => self.message(renderer, &self.mail(renderer)?)?,
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

    /// The mail, for whatever it is sent.
    pub fn mail(&self, renderer: &Renderer) -> Result<Edition, SpecimenError> {
        let Self { program, notice, locale, rows, on, .. } = *self;
        Ok(match self.occasion {
            Occasion::Announcement => self.edition(renderer)?,
            Occasion::Reminder => {
                let (rung, rows) = self.coming().ok_or(SpecimenError::NothingComing)?;
                renderer.reminder(program, notice, &rung, locale, &rows, on)?
            }
            Occasion::Escalation => {
                let rung = self.escalation()?;
                let concerned = rung.reminders.iter().map(|reminder| reminder.row.clone());
                let rows: Vec<_> = concerned.filter(|row| rows.contains(row)).collect();
                renderer.escalation(program, notice, &rung, locale, &rows, on)?
            }
            Occasion::Escalated => {
                let found = Escalated { told: 120, silent: 7, written: 4 };
                renderer.escalated(program, notice, &self.escalation()?, found, locale)?
            }
            Occasion::Change => {
                let before = before_last_amendment(notice);
                let before = before.ok_or(SpecimenError::NothingChanged)?;
                renderer.change((program, &before), (program, notice), locale, rows, on)?
            }
            Occasion::Digest => self.digest(renderer)?,
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

    /// The next rung, or else the last, with those of the rows that it is about.
    fn coming(&self) -> Option<(Rung<'_>, Vec<RowId>)> {
        let all = reminders(self.notice, &self.program.settings);
        let next = all.iter().find(|reminder| reminder.milestone > self.on).or(all.last())?;
        let is_same = |r: &&Reminder<'_>| (r.at, r.lead) == (next.at, next.lead);
        let rung = rungs(all.iter().filter(is_same).copied()).swap_remove(0);
        let concerned = rung.reminders.iter().map(|reminder| reminder.row.clone());
        let rows = concerned.filter(|row| self.rows.contains(row)).collect();
        Some((rung, rows))
    }

    /// Everything there is to tell, for whoever hears of it once a week.
    fn digest(&self, renderer: &Renderer) -> Result<Edition, RenderError> {
        let Self { program, notice, locale, rows, on, .. } = *self;
        let before = before_last_amendment(notice);
        let coming = self.coming();
        let mut parts = vec![DigestPart { program, notice, rows, matter: PartMatter::Whole }];
        if let Some(before) = &before {
            let matter = PartMatter::Change(program, before);
            parts.push(DigestPart { program, notice, rows, matter });
        }
        if let Some((rung, rows)) = &coming {
            let matter = PartMatter::Reminder(rung.clone());
            parts.push(DigestPart { program, notice, rows, matter });
        }
        renderer.digest(program, &parts, locale, on)
    }

    /// The next, or the last that there was.
    fn escalation(&self) -> Result<Rung<'_>, SpecimenError> {
        let is_ahead =
            |rung: &Rung<'_>| rung.reminders.iter().any(|reminder| reminder.milestone > self.on);
        let mut all = escalations(self.notice, &self.program.settings);
        let next = all.iter().position(is_ahead);
        let next = next.or(all.len().checked_sub(1)).ok_or(SpecimenError::NothingEscalates)?;
        Ok(all.swap_remove(next))
    }

    fn message(&self, renderer: &Renderer, edition: &Edition) -> Result<String, SpecimenError> {
        let Self { program, notice, apis, on, .. } = *self;
        let (first_contact, told_on) =
            (self.sample(renderer, Slot::FirstContact), self.sample(renderer, Slot::ToldOn));
        let parts = if self.occasion == Occasion::Digest { usize::from(MAX_PARTS) } else { 0 };
        let samples = Samples { apis, first_contact: &first_contact, told_on: &told_on, parts };
        let path = NoticePath { program: program.id.clone(), notice: notice.id.clone() };
        Ok(String::from_utf8(delivery::draft(program, &path, edition, samples, on)?)?)
    }

    /// What a recipient without a name would read. `.example` never resolves
    /// (RFC 2606).
    fn sample(&self, renderer: &Renderer, slot: Slot) -> String {
        let (program, site) = (self.program, "https://notices.example");
        match slot {
            Slot::Greeting => {
                let program = program.head_in_locale(self.locale);
                program.settings.greeting(self.locale).to_owned()
            }
            Slot::YourApis | Slot::Part(PartSlot::YourApis, _) => self.apis.to_owned(),
            Slot::Unsubscribe => format!("{site}/unsubscribe/sample"),
            Slot::Preferences => format!("{site}/preferences/sample"),
            Slot::Confirm => format!("{site}/confirm/sample"),
            Slot::Rehearse => "sample".to_owned(),
            Slot::FirstContact => "y…@recipient.example".to_owned(),
            Slot::ToldOn => {
                let zone = program.settings.zone;
                let announced = bounds(&self.notice.announced, zone).earliest.unwrap_or(self.on);
                let day = announced.with_timezone(&zone).date_naive();
                renderer.language(self.locale).day(day, false)
            }
            Slot::Done | Slot::Part(PartSlot::Done, _) => format!("{site}/done/sample"),
            Slot::Page | Slot::Part(PartSlot::Page, _) => {
                format!("{site}/notices/{}/{}", program.id, self.notice.id)
            }
        }
    }
}
