//! What a page of the preview was asked for: the day, the reader, and how it
//! is to be shown.
//!
//! What cannot be read counts as not asked: an author who tries something out
//! is shown the notice, and sees in the form what it is shown for.

use crate::notice::{Locale, NoticePath, Program};
use crate::preview::{Channel, Occasion, Reader};
use crate::schedule::{Days, Instant};
use crate::web::paging::address;
use actix_web::http::Uri;
use actix_web::web::Query;
use chrono::{NaiveDate, NaiveTime};
use clap::ValueEnum as _;
use serde::{Deserialize, Serialize};

/// The form as browsers send it. An empty field is one that was left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Form {
    on: String,
    at: String,
    api: String,
    environment: String,
    locale: String,
    occasion: String,
    width: String,
    scheme: String,
}

/// How wide a document is shown. The names stand in the style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Width {
    Narrow,
    Wide,
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    Own,
    Light,
    Dark,
}

/// Where the pages are that answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    Preview,
    Office,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    site: Site,
    /// What a mail is sent for.
    pub occasion: Occasion,
    pub day: NaiveDate,
    pub time: NaiveTime,
    pub reader: Reader,
    pub locale: Locale,
    /// `None` where the channel's own is good.
    pub width: Option<Width>,
    pub scheme: Scheme,
    /// Whether the day was chosen; else it is today's.
    is_dated: bool,
    /// Whether the locale was chosen; else it is the program's first.
    is_translated: bool,
}

impl Asked {
    pub fn read(
        (site, uri): (Site, &Uri),
        (program, channel): (&Program, Channel),
        days: &Days,
        now: Instant,
    ) -> Self {
        let form = Query::<Form>::from_query(uri.query().unwrap_or_default());
        let form = form.map(Query::into_inner).unwrap_or_default();
        let day = NaiveDate::parse_from_str(&form.on, "%Y-%m-%d").ok();
        let time = ["%H:%M", "%H:%M:%S"]
            .iter()
            .find_map(|shape| NaiveTime::parse_from_str(&form.at, shape).ok());
        let locales = &program.settings.locales;
        let locale = locales.iter().find(|locale| locale.as_str() == form.locale);
        let occasion = Occasion::from_str(&form.occasion, false).unwrap_or_default();
        Self {
            site,
            occasion,
            day: days.within(day.unwrap_or_else(|| days.wall(now).0)),
            time: time.filter(|_| day.is_some()).unwrap_or(NaiveTime::MIN),
            reader: Reader {
                api: form.api.parse().ok(),
                environment: form.environment.parse().ok(),
            },
            is_translated: locale.is_some(),
            locale: locale.or(locales.first()).cloned().unwrap_or_default(),
            // The form sends what it shows; only another width was chosen.
            width: Width::named(&form.width).filter(|width| *width != Width::of(channel)),
            scheme: match form.scheme.as_str() {
                "light" => Scheme::Light,
                "dark" => Scheme::Dark,
                _ => Scheme::Own,
            },
            is_dated: day.is_some(),
        }
    }

    pub fn moment(&self, days: &Days) -> Instant {
        days.moment(self.day, self.time)
    }

    /// The same question about another moment.
    pub fn on(&self, day: NaiveDate, time: NaiveTime) -> Self {
        Self { day, time, is_dated: true, ..self.clone() }
    }

    pub fn site(&self) -> Site {
        self.site
    }

    /// The page of a channel that answers it.
    pub fn page(&self, path: &NoticePath, channel: Channel) -> String {
        let mut pairs = self.moment_pairs();
        pairs.extend(self.reader_pairs());
        pairs.extend(self.width.map(|width| ("width", width.name().to_owned())));
        if self.scheme != Scheme::Own {
            pairs.push(("scheme", self.scheme.name().to_owned()));
        }
        join(&self.site.page(path, channel), &pairs)
    }

    /// The channel's bytes alone. What they do not depend on is left out, so
    /// that a frame is not loaded again for it.
    pub fn raw(&self, path: &NoticePath, channel: Channel, content: Option<&str>) -> String {
        let mut pairs = if channel.has_states() { self.moment_pairs() } else { Vec::new() };
        let mut personal = self.reader_pairs();
        personal.retain(|(name, _)| channel.is_personal() || *name == "locale");
        personal.retain(|(name, _)| channel.has_occasions() || *name != "occasion");
        pairs.extend(personal);
        pairs.extend(content.map(|content| ("content", content.to_owned())));
        join(&self.site.raw(path, channel), &pairs)
    }

    fn moment_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.is_dated {
            pairs.push(("on", self.day.to_string()));
        }
        if self.time != NaiveTime::MIN {
            pairs.push(("at", shown_time(self.time)));
        }
        pairs
    }

    fn reader_pairs(&self) -> Vec<(&'static str, String)> {
        let Reader { api, environment } = &self.reader;
        let pairs = [
            ("api", api.as_ref().map(ToString::to_string)),
            ("environment", environment.as_ref().map(ToString::to_string)),
            ("locale", self.is_translated.then(|| self.locale.to_string())),
            ("occasion", (self.occasion != Occasion::default()).then(|| self.occasion.name())),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl Site {
    /// The page of a channel.
    pub fn page(self, NoticePath { program, notice }: &NoticePath, channel: Channel) -> String {
        let channel = channel.name();
        match self {
            Self::Preview => format!("/notices/{program}/{notice}/{channel}"),
            Self::Office => format!("/office/notices/{program}/{notice}/preview/{channel}"),
        }
    }

    fn raw(self, NoticePath { program, notice }: &NoticePath, channel: Channel) -> String {
        let channel = channel.name();
        match self {
            Self::Preview => format!("/raw/{program}/{notice}/{channel}"),
            Self::Office => format!("/office/notices/{program}/{notice}/raw/{channel}"),
        }
    }

    /// The style sheet of notices' pages, and their program's colours.
    pub fn style_sheets(self, NoticePath { program, notice }: &NoticePath) -> [String; 2] {
        match self {
            Self::Preview => {
                ["/own/style.css".to_owned(), format!("/own/brand/{program}/{notice}.css")]
            }
            Self::Office => {
                ["/static/style.css".to_owned(), format!("/static/brand/{program}.css")]
            }
        }
    }
}

impl Width {
    const ALL: [Self; 3] = [Self::Narrow, Self::Wide, Self::Full];

    /// Mails are laid out for 640 px, pages for whatever there is.
    pub fn of(channel: Channel) -> Self {
        if channel == Channel::Page { Self::Full } else { Self::Wide }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|width| width.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Narrow => "narrow",
            Self::Wide => "wide",
            Self::Full => "full",
        }
    }
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// As a browser's own field writes it.
pub fn shown_time(time: NaiveTime) -> String {
    let is_whole = time.format("%S").to_string() == "00";
    time.format(if is_whole { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

fn join(path: &str, pairs: &[(&'static str, String)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    address(path, &pairs)
}
