//! A program: its office, its policies and its notices, as checked.

use super::{
    Amendment, Audience, Behind, CalendarDay, Catalogue, Channels, Check, Colour, Contact, Date,
    EmailAddress, EndpointId, EnvironmentId, ExpectedError, HttpUrl, LadderId, Length, Link,
    Locale, NoticeId, NoticePath, NoticeTexts, ProgramId, ProgramTexts, Question, Retention, Step,
    Target, TestEndpoint, Text, TimeOfDay, TimelineEntry, Timetable, ZoneName,
};
use chrono::{NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything that a folder of declarations says, checked and resolved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Workspace {
    pub programs: IndexMap<ProgramId, Program>,
}

impl Workspace {
    pub fn notice(&self, path: &NoticePath) -> Option<(&Program, &Notice)> {
        let program = self.programs.get(&path.program)?;
        Some((program, program.notices.get(&path.notice)?))
    }

    pub fn notices(&self) -> impl Iterator<Item = (&Program, &Notice)> {
        self.programs.values().flat_map(|p| p.notices.values().map(move |n| (p, n)))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Program {
    pub id: ProgramId,
    pub settings: ProgramSettings,
    pub catalogue: Catalogue,
    pub notices: IndexMap<NoticeId, Notice>,
    /// What the settings and the catalogue say in other languages.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub translations: IndexMap<Locale, ProgramTexts>,
}

// It holds no references and so needs no second form.
/// The program: who writes, to whom questions go, and how notices are sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramSettings {
    /// The name of the program.
    pub title: String,
    /// Who speaks in a notice.
    pub office: Office,
    /// Where questions go, unless a notice says otherwise.
    #[serde(default)]
    pub contact: Contact,
    /// Whom mails come from.
    pub sender: Sender,
    /// Where a date without a zone of its own begins.
    #[schemars(with = "ZoneName")]
    pub zone: Tz,
    /// Further zones in which exact times are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<ZoneName>")]
    pub shown_zones: Vec<Tz>,
    /// The languages that notices are written in; the first is the default.
    #[serde(default = "english")]
    pub locales: Vec<Locale>,
    /// What the office promises about its notices; `check` holds it to them.
    #[serde(default)]
    pub policy: Policy,
    /// Named ladders: how long before a cutoff, or the first strike of a brownout, to write
    /// again. A notice follows `default` unless it names another.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub reminders: IndexMap<LadderId, Vec<Length>>,
    /// When mail may leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending_hours: Option<SendingHours>,
    /// The weekly digest, for readers who asked for one.
    #[serde(default, skip_serializing_if = "DigestPolicy::is_default")]
    pub digest: DigestPolicy,
    /// When somebody else is written to, because nobody acknowledged in time: the
    /// second contact of each recipient who did not, and the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// What is kept of those who tried a test endpoint.
    #[serde(default, skip_serializing_if = "Retention::is_default")]
    pub rehearsals: Retention,
    /// How often its environments are asked what they accept; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<Watch>,
    /// How pages and mails look.
    #[serde(default)]
    pub brand: Brand,
}

impl ProgramSettings {
    /// `check` refuses an empty list of locales.
    pub fn default_locale(&self) -> Locale {
        self.locales.first().cloned().unwrap_or_default()
    }

    /// The form of address that readers of `locale` get, in these settings.
    pub fn greeting(&self, locale: &Locale) -> &str {
        self.office.greeting.as_deref().unwrap_or_else(|| locale.greeting())
    }
}

fn english() -> Vec<Locale> {
    vec![Locale::default()]
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// The name under a notice.
    pub name: String,
    /// How a notice begins, such as `Hello,`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<String>,
    /// How a notice ends, such as `Kind regards,`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The address that mails come from.
    pub address: EmailAddress,
    /// The office's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where answers go, if not to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<EmailAddress>,
}

/// What the office promises about its notices; `check` holds it to them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The least time between announcement and cutoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_notice: Option<MinimumNotice>,
    /// Whether a cutoff may fall on a Saturday or Sunday.
    #[serde(default)]
    pub weekends: Weekends,
    /// Stretches in which no cutoff may fall.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<Freeze>,
    /// Whether somebody must approve a notice before it is announced.
    #[serde(default)]
    pub approval: Approval,
}

/// Counted from the announcement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MinimumNotice {
    /// For environments whose stage is test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Length>,
    /// For environments whose stage is production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production: Option<Length>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekends {
    /// It may.
    #[default]
    Allowed,
    /// It may, with a warning.
    Discouraged,
    /// It may not.
    Forbidden,
}

/// A stretch in which no cutoff may fall; both days are included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Its first day.
    #[serde(with = "calendar_day")]
    #[schemars(with = "CalendarDay")]
    pub from: NaiveDate,
    /// Its last day.
    #[serde(with = "calendar_day")]
    #[schemars(with = "CalendarDay")]
    pub until: NaiveDate,
    /// Why, as messages say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// Nobody need approve.
    #[default]
    None,
    /// Somebody must.
    Required,
}

/// When mail may leave, in wall time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendingHours {
    /// No mail leaves before this time of day.
    #[serde(with = "wall_time")]
    #[schemars(with = "TimeOfDay")]
    pub from: NaiveTime,
    /// No mail leaves after this time of day.
    #[serde(with = "wall_time")]
    #[schemars(with = "TimeOfDay")]
    pub until: NaiveTime,
    /// Whose clocks count.
    #[serde(default)]
    pub zone: SendingZone,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SendingZone {
    /// The program's clocks.
    #[default]
    Program,
    /// Each recipient's own clocks.
    Recipient,
}

/// When the weekly digest leaves: when the sending hours of its day open, or at
/// 09:00 where there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestPolicy {
    /// The day of the week.
    pub day: DigestDay,
}

impl DigestPolicy {
    /// Left out then, so that the digests of older publications stay as they are.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DigestDay {
    #[default]
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<DigestDay> for Weekday {
    fn from(day: DigestDay) -> Self {
        match day {
            DigestDay::Monday => Self::Mon,
            DigestDay::Tuesday => Self::Tue,
            DigestDay::Wednesday => Self::Wed,
            DigestDay::Thursday => Self::Thu,
            DigestDay::Friday => Self::Fri,
            DigestDay::Saturday => Self::Sat,
            DigestDay::Sunday => Self::Sun,
        }
    }
}

/// `YYYY-MM-DD` and nothing else, as dates of notices are written.
mod calendar_day {
    use crate::notice::Point;
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(day: &NaiveDate, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(d)?;
        match text.parse() {
            Ok(Point::Day(day)) => Ok(day),
            _ => Err(D::Error::custom(format!("`{text}` is not a day: write 2026-12-24"))),
        }
    }
}

/// `HH:MM`. Quoted in YAML, or some readers take 12:30 for a number.
mod wall_time {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(time: &NaiveTime, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(d)?;
        // chrono alone would also take `9:0` and blanks.
        let is_full = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
        let time = NaiveTime::parse_from_str(&text, "%H:%M").ok().filter(|_| is_full);
        time.ok_or_else(|| {
            D::Error::custom(format!("`{text}` is not a time of day: write \"09:00\""))
        })
    }
}

/// Whom to write to when nobody acknowledged in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// How long before the cutoff.
    pub at: Length,
    /// Where the office is told how many did not; its contact when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<EmailAddress>,
}

/// Whether the world is as announced, found out by asking it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// How often each URL is asked, beside after each cutoff and each edge of a brownout.
    pub every: Length,
    /// Who is told where something differs; the program's contact when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<EmailAddress>,
    /// Environments that are left alone, such as one that cannot be reached from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<EnvironmentId>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// The accent colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// The accent colour on dark screens; made of the other one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dark_colour: Option<Colour>,
    /// The address of the logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<HttpUrl>,
    /// The address of the office's own site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<HttpUrl>,
}

/// A declared announcement, checked: every reference resolved, every general
/// value inherited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    pub id: NoticeId,
    pub title: String,
    pub kind: Kind,
    pub announced: Date,
    pub ends: Vec<String>,
    pub needs: Vec<String>,
    #[serde(default)]
    pub behind: Behind,
    pub summary: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<TimelineEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Link>,
    /// The program's contact where the notice names none.
    pub contact: Contact,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unaffected: Option<Unaffected>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ExpectedError>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub test_endpoints: IndexMap<EndpointId, TestEndpoint>,
    pub schedule: Timetable,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<Amendment>,
    #[serde(default)]
    pub audience: Audience,
    /// How long before each cutoff to write again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Length>,
    #[serde(default)]
    pub channels: Channels,
    /// What it says in other languages.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub translations: IndexMap<Locale, NoticeTexts>,
}

/// What is explicitly out of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unaffected {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Use is discouraged; an end may follow.
    Deprecation,
    /// An API goes away.
    Retirement,
    /// A protocol, such as TLS 1.0, is accepted no more.
    Protocol,
    /// An address changes.
    Endpoint,
    /// A version of an API ends.
    Version,
    /// A way to authenticate ends.
    Authentication,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Deprecation,
        Self::Retirement,
        Self::Protocol,
        Self::Endpoint,
        Self::Version,
        Self::Authentication,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deprecation => "deprecation",
            Self::Retirement => "retirement",
            Self::Protocol => "protocol",
            Self::Endpoint => "endpoint",
            Self::Version => "version",
            Self::Authentication => "authentication",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            format!("`{text}` is not a kind of notice: write one of {}", all.join(", "))
        })
    }
}
