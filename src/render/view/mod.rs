//! What a template gets: the notice as a reader sees it, apart from the model.
//!
//! A view borrows, names things, formats dates and drops what does not concern
//! the reader's rows. It is the same for every channel: texts are Markdown, in
//! which named dates have been filled in, and the `prose` filter of each channel
//! gives them its form. It decides no layout.

mod amendments;
mod apis;
mod brownouts;
mod changes;
mod coming;
mod digest;
mod schedule;
mod story;
mod texts;

use super::colour::Palette;
use super::dates::When;
use super::language::Language;
use crate::notice::{Notice, Program, RowId, Slot};
use crate::schedule::{Instant, Rung};
use serde::Serialize;

pub use apis::{names, place, place_among, row_apis};
pub use changes::Before;
pub use digest::PartView;
pub use texts::Texts;

/// Everything about one notice for one set of rows.
#[derive(Debug, Serialize)]
pub struct View<'a> {
    /// `mail` or `page`: parts that both share differ in a few places.
    pub medium: &'static str,
    pub locale: &'a str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// What stands after a label.
    pub colon: String,
    pub program: ProgramView<'a>,
    pub palette: Palette,
    pub slots: Slots,
    pub notice: NoticeView<'a>,
    /// What a reminder is about.
    pub coming: Option<coming::ComingView<'a>>,
    /// What a mail about changes is about.
    pub changed: Option<changes::ChangedView>,
    /// Whether it goes to somebody on their behalf.
    pub is_second: bool,
    /// What the office learns of an escalation.
    pub escalated: Option<Escalated>,
}

/// How many were told of a milestone, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Escalated {
    pub told: u64,
    /// Of those, how many did not say that they are done.
    pub silent: u64,
    /// Of those, for how many a second contact was written to.
    pub written: u64,
}

/// What a mail is about, beside the notice itself.
#[derive(Clone, Copy)]
pub enum About<'a> {
    Notice,
    Coming(&'a Rung<'a>),
    Changed(&'a Before<'a>),
}

#[derive(Debug, Serialize)]
pub struct ProgramView<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub office: &'a str,
    pub greeting: Option<&'a str>,
    pub closing: Option<&'a str>,
    pub home: Option<&'a str>,
}

/// The marks that are replaced for each recipient.
#[derive(Debug, Serialize)]
pub struct Slots {
    greeting: String,
    your_apis: String,
    unsubscribe: String,
    preferences: String,
    page: String,
    confirm: String,
    done: String,
    rehearse: String,
    first_contact: String,
    told_on: String,
}

impl Slots {
    pub fn new() -> Self {
        let slot = |slot: Slot| slot.to_string();
        Self {
            greeting: slot(Slot::Greeting),
            your_apis: slot(Slot::YourApis),
            unsubscribe: slot(Slot::Unsubscribe),
            preferences: slot(Slot::Preferences),
            page: slot(Slot::Page),
            confirm: slot(Slot::Confirm),
            done: slot(Slot::Done),
            rehearse: slot(Slot::Rehearse),
            first_contact: slot(Slot::FirstContact),
            told_on: slot(Slot::ToldOn),
        }
    }
}

impl<'a> ProgramView<'a> {
    pub fn new(program: &'a Program) -> Self {
        let settings = &program.settings;
        Self {
            id: program.id.as_str(),
            title: &settings.title,
            office: &settings.office.name,
            greeting: settings.office.greeting.as_deref(),
            closing: settings.office.closing.as_deref(),
            home: settings.brand.home.as_ref().map(texts::shown_url),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct NoticeView<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// The mail's subject.
    pub subject: &'a str,
    /// What kind of change it is, in words.
    pub kind: String,
    pub announced: When,
    /// The essential dates in a sentence, for inboxes that show one.
    pub preheader: String,
    pub ends: &'a [String],
    pub needs: &'a [String],
    pub summary: String,
    pub key_dates: Vec<schedule::KeyDate>,
    pub schedule: schedule::ScheduleView<'a>,
    pub api_lists: Vec<apis::ApiList<'a>>,
    pub replacements: Vec<apis::ReplacementView<'a>>,
    pub cohorts: Vec<apis::CohortView<'a>>,
    pub brownouts: Vec<brownouts::BrownoutView<'a>>,
    pub amendments: Vec<amendments::AmendmentView>,
    /// How long before each cutoff the office writes again, in words.
    pub reminders: Option<String>,
    #[serde(flatten)]
    pub story: story::StoryView<'a>,
}

impl<'a> View<'a> {
    /// `rows` are those that concern the reader; all of them when empty. With
    /// `on`, rows carry their state at that moment.
    pub fn new(
        program: &'a Program,
        notice: &'a Notice,
        language: &'a Language<'_>,
        rows: &[RowId],
        on: Option<Instant>,
    ) -> Self {
        let scope = Scope { program, notice, language, rows, on };
        Self {
            medium: if on.is_some() { "page" } else { "mail" },
            locale: language.locale().as_str(),
            direction: language.direction(),
            colon: language.say("colon"),
            program: ProgramView::new(program),
            palette: Palette::new(&program.settings.brand),
            slots: Slots::new(),
            notice: scope.notice_view(),
            coming: None,
            changed: None,
            is_second: false,
            escalated: None,
        }
    }

    /// As `new`, with what the mail is about.
    pub fn about(
        program: &'a Program,
        notice: &'a Notice,
        language: &'a Language<'_>,
        rows: &[RowId],
        about: About<'a>,
    ) -> Self {
        let scope = Scope { program, notice, language, rows, on: None };
        let view = Self::new(program, notice, language, rows, None);
        match about {
            About::Notice => view,
            About::Coming(rung) => Self { coming: Some(scope.coming(rung)), ..view },
            About::Changed(before) => Self { changed: Some(scope.changed(before)), ..view },
        }
    }
}

/// What a view is made of, passed to its parts.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a, 's> {
    program: &'a Program,
    notice: &'a Notice,
    language: &'s Language<'s>,
    rows: &'s [RowId],
    on: Option<Instant>,
}

impl<'a, 's> Scope<'a, 's> {
    fn notice_view(&self) -> NoticeView<'a> {
        let (notice, texts) = (self.notice, self.texts());
        let key_dates = self.key_dates();
        NoticeView {
            id: notice.id.as_str(),
            title: &notice.title,
            subject: subject(notice),
            kind: self.language.say(&format!("kind-{}", notice.kind.as_str())),
            announced: self.when(&notice.announced, self.program.settings.zone),
            preheader: self.preheader(&key_dates),
            ends: &notice.ends,
            needs: &notice.needs,
            summary: texts.fill(&notice.summary),
            key_dates,
            schedule: self.schedule(),
            api_lists: self.api_lists(),
            replacements: self.replacements(),
            cohorts: self.cohorts(),
            brownouts: self.brownouts(),
            amendments: self.amendments(),
            reminders: self.reminders(),
            story: self.story(),
        }
    }

    fn texts(&self) -> Texts<'a, 's> {
        Texts::new(self.program, self.notice, self.language)
    }

    fn when(&self, date: &crate::notice::Date, zone: chrono_tz::Tz) -> When {
        self.texts().when(date, zone)
    }

    fn concerns(&self, row: &RowId) -> bool {
        self.rows.is_empty() || self.rows.contains(row)
    }

    /// The rows that concern the reader, in the office's order.
    fn rows(&self) -> impl Iterator<Item = (&'a RowId, &'a crate::notice::Row)> {
        let scope = *self;
        scope.notice.schedule.rows.iter().filter(move |(id, _)| scope.concerns(id))
    }

    fn preheader(&self, key_dates: &[schedule::KeyDate]) -> String {
        let colon = self.language.say("colon");
        let fact = |title: &str, value: &str| format!("{title}{colon} {value}.");
        let dates = key_dates.iter().map(|key| fact(&key.title, &key.when.text));
        let ends = (!self.notice.ends.is_empty())
            .then(|| fact(&self.language.say("what-ends"), &self.notice.ends.join(", ")));
        ends.into_iter().chain(dates).collect::<Vec<_>>().join(" ")
    }
}

impl Scope<'_, '_> {
    fn reminders(&self) -> Option<String> {
        let leads = self.notice.reminders.iter().filter(|lead| !lead.is_zero());
        let lengths: Vec<_> = leads.map(|lead| self.language.length(lead)).collect();
        (!lengths.is_empty()).then(|| self.language.list(&lengths))
    }
}

fn subject(notice: &Notice) -> &str {
    let mail = notice.channels.mail.as_ref();
    mail.and_then(|mail| mail.subject.as_deref()).unwrap_or(&notice.title)
}
