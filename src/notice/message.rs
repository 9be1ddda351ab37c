//! What is written to whom, and what became of it.

use super::{ApiId, EmailAddress, EnvironmentId, Kind, Locale, NoticePath, ProgramId, RowId};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A person or team that asked to hear, as recipients of a round are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// The store's key.
    pub id: i64,
    pub address: EmailAddress,
    pub name: Option<String>,
    pub locale: Option<Locale>,
    pub zone: Option<Tz>,
}

/// What a recipient wants to hear about. An absent part stands for all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interest {
    pub program: ProgramId,
    pub api: Option<ApiId>,
    pub environment: Option<EnvironmentId>,
    pub kind: Option<Kind>,
}

/// `parcel`, `parcel:rates`, `parcel:rates@prod`, `parcel@prod` or
/// `parcel/retirement`.
impl fmt::Display for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, api, environment, kind } = self;
        write!(f, "{program}")?;
        if let Some(api) = api {
            write!(f, ":{api}")?;
        }
        if let Some(environment) = environment {
            write!(f, "@{environment}")?;
        }
        kind.map_or(Ok(()), |kind| write!(f, "/{}", kind.as_str()))
    }
}

/// One reason to write, unique by its subject, kind and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    pub notice: NoticePath,
    pub kind: OccasionKind,
    /// The rung or revision that makes it this occasion and no other.
    pub key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OccasionKind {
    Announcement,
    Reminder,
    Change,
    Cancellation,
    Digest,
    Confirmation,
    /// To a second contact: nobody said by a declared rung that all is done.
    Escalation,
    /// To the office: how many did not.
    Escalated,
    Drift,
    Test,
    /// That somebody's webhook is called no more.
    Webhook,
}

impl OccasionKind {
    pub const ALL: [Self; 11] = [
        Self::Announcement,
        Self::Reminder,
        Self::Change,
        Self::Cancellation,
        Self::Digest,
        Self::Confirmation,
        Self::Escalation,
        Self::Escalated,
        Self::Drift,
        Self::Test,
        Self::Webhook,
    ];

    /// The stored name, and the folder of its mail template.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Announcement => "announcement",
            Self::Reminder => "reminder",
            Self::Change => "change",
            Self::Cancellation => "cancellation",
            Self::Digest => "digest",
            Self::Confirmation => "confirmation",
            Self::Escalation => "escalation",
            Self::Escalated => "escalated",
            Self::Drift => "drift",
            Self::Test => "test",
            Self::Webhook => "webhook",
        }
    }
}

/// What is rendered once and sent to everyone whose affected rows are the same.
///
/// Subject, text and HTML may hold slots, filled for each recipient at sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    pub locale: Locale,
    pub rows: Vec<RowId>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// An iCalendar object (RFC 5545), where the notice has dates.
    pub calendar: Option<String>,
    /// What webhooks are told beside it, as a JSON object: the event's type, the
    /// title, and the affected rows. Left out of the digest where there is none,
    /// so that editions from before there were webhooks keep theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// A place in an edition that differs by recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The recipient's name, or the office's own form of address.
    Greeting,
    /// The recipient's affected APIs, as a phrase.
    YourApis,
    Unsubscribe,
    /// Where what is heard, and how, can be changed.
    Preferences,
    /// The notice's page.
    Page,
    /// Where an address that was given is confirmed; in no other mail.
    Confirm,
    /// Where the recipient says that what a reminder is about is done.
    Done,
    /// By which the recipient is known at a test endpoint: the first label of a host's name.
    Rehearse,
    /// For whom a second contact is written to.
    FirstContact,
    /// When that one was told.
    ToldOn,
    /// The same of a message in a digest, by its place, counted from 0.
    Part(PartSlot, u16),
}

/// What differs by recipient of each message in a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartSlot {
    YourApis,
    Page,
    Done,
}

impl PartSlot {
    pub const ALL: [Self; 3] = [Self::YourApis, Self::Page, Self::Done];

    fn name(self) -> &'static str {
        match self {
            Self::YourApis => "part_apis",
            Self::Page => "part_page",
            Self::Done => "part_done",
        }
    }
}

impl Slot {
    /// Those that any mail may have.
    pub const ALL: [Self; 10] = [
        Self::Greeting,
        Self::YourApis,
        Self::Unsubscribe,
        Self::Preferences,
        Self::Page,
        Self::Confirm,
        Self::Done,
        Self::Rehearse,
        Self::FirstContact,
        Self::ToldOn,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::YourApis => "your_apis",
            Self::Unsubscribe => "unsubscribe",
            Self::Preferences => "preferences",
            Self::Page => "page",
            Self::Confirm => "confirm",
            Self::Done => "done",
            Self::Rehearse => "rehearse",
            Self::FirstContact => "first_contact",
            Self::ToldOn => "told_on",
            Self::Part(part, _) => part.name(),
        }
    }

    fn named(text: &str) -> Option<Self> {
        let Some((name, at)) = text.split_once(PART_MARK) else {
            return Self::ALL.into_iter().find(|slot| slot.name() == text);
        };
        let part = PartSlot::ALL.into_iter().find(|part| part.name() == name)?;
        Some(Self::Part(part, at.parse().ok()?))
    }
}

/// Stands between a slot's name and its place.
const PART_MARK: char = '-';

/// Slots stand between two private-use characters, which `declaration` refuses
/// in any text, so that nothing declared can imitate one.
pub const SLOT_OPEN: char = '\u{E000}';
pub const SLOT_CLOSE: char = '\u{E001}';

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part, at) => {
                write!(f, "{SLOT_OPEN}{}{PART_MARK}{at}{SLOT_CLOSE}", part.name())
            }
            slot => write!(f, "{SLOT_OPEN}{}{SLOT_CLOSE}", slot.name()),
        }
    }
}

/// Copies `template` with every slot replaced by what `value` gives for it.
pub fn fill_slots<V: AsRef<str>>(template: &str, value: impl Fn(Slot) -> V) -> String {
    let mut filled = String::with_capacity(template.len() + 256);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(SLOT_OPEN) {
        filled.push_str(before);
        let (name, after) = after.split_once(SLOT_CLOSE).unwrap_or((after, ""));
        if let Some(slot) = Slot::named(name) {
            filled.push_str(value(slot).as_ref());
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Plain text for an element's content or a quoted attribute. A slot's value
/// goes through it before it is filled into HTML.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The office's form of address with a recipient's name in it: `Hello,` becomes
/// `Hello Ada,`. What ends the form of address stays at the end.
pub fn greet(form: &str, name: Option<&str>) -> String {
    let Some(name) = name else { return form.to_owned() };
    let words = form.trim_end_matches(|c: char| c.is_ascii_punctuation());
    format!("{words} {name}{}", &form[words.len()..])
}

/// How messages leave. A round is sent in the way it was announced to be sent,
/// whatever else a process beside it is set up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    Smtp,
    Files,
}

impl Carrier {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Files => "files",
        }
    }
}

/// What became of one attempt to deliver, or of a row that was never tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The server took responsibility (2xx after the final dot).
    Accepted,
    /// A transient refusal; it will be tried again.
    Deferred,
    /// A permanent refusal (5xx).
    Rejected,
    /// The connection broke between the final dot and the reply (RFC 1047).
    Unknown,
    /// Its facts were superseded before it was sent.
    Withdrawn,
    /// Its time had passed before it was sent.
    Overtaken,
    /// The address must not be written to.
    Suppressed,
    /// Given up after the last attempt.
    Dead,
}

impl Outcome {
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Deferred,
        Self::Rejected,
        Self::Unknown,
        Self::Withdrawn,
        Self::Overtaken,
        Self::Suppressed,
        Self::Dead,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Withdrawn => "withdrawn",
            Self::Overtaken => "overtaken",
            Self::Suppressed => "suppressed",
            Self::Dead => "dead",
        }
    }

    /// Whether the row will be tried again.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Deferred | Self::Unknown)
    }
}
