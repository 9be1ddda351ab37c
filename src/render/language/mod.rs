//! Everything that differs between languages but is nobody's declaration: fixed
//! words, dates, lengths and lists.
//!
//! Words come from lists that a workspace may replace and extend; how dates and
//! lists are written comes from the Unicode locale data. It knows no notice.

mod calendar;
mod lexicon;

pub(super) use lexicon::{Lexicon, is_list};

use crate::notice::{Length, Locale, Unit};
use calendar::Calendar;
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use icu_list::ListFormatter;
use icu_list::options::{ListFormatterOptions, ListLength};
use std::cell::OnceCell;

/// What is put into a phrase.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    Text(&'a str),
    /// Decides between singular and plural.
    Count(usize),
}

impl<'a> From<&'a str> for Part<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Part<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Part<'_> {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

/// On whose clocks dates are told beside the office's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clocks {
    /// On nobody's: what is written is read anywhere.
    #[default]
    Office,
    /// On the reader's, whom a script may know better than we do.
    Unknown,
    Zone(Tz),
}

/// One language, ready to write in.
pub struct Language<'l> {
    lexicon: &'l Lexicon,
    locale: Locale,
    clocks: Clocks,
    /// Read from the locale data when first needed.
    calendar: OnceCell<Calendar>,
    lists: OnceCell<Option<ListFormatter>>,
}

impl<'l> Language<'l> {
    pub(super) fn new(lexicon: &'l Lexicon, locale: &Locale) -> Self {
        let (calendar, lists) = (OnceCell::new(), OnceCell::new());
        let clocks = Clocks::default();
        Self { lexicon, locale: locale.clone(), clocks, calendar, lists }
    }

    /// The same, for a reader with these clocks.
    pub fn read_by(self, clocks: Clocks) -> Self {
        Self { clocks, ..self }
    }

    pub fn clocks(&self) -> Clocks {
        self.clocks
    }

    fn calendar(&self) -> &Calendar {
        self.calendar.get_or_init(|| Calendar::new(&self.locale))
    }

    fn lists(&self) -> Option<&ListFormatter> {
        let read = || {
            let options = ListFormatterOptions::default().with_length(ListLength::Wide);
            let locale = calendar::data_locale(&self.locale);
            ListFormatter::try_new_and((&locale).into(), options).ok()
        };
        self.lists.get_or_init(read).as_ref()
    }

    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// `ltr` or `rtl`.
    pub fn direction(&self) -> &'static str {
        if self.locale.is_right_to_left() { "rtl" } else { "ltr" }
    }

    pub fn say(&self, word: &str) -> String {
        self.say_with(word, &[])
    }

    /// A phrase with its parts in place. A word that no list has stands for
    /// itself: only a workspace's own template can ask for one, and is refused
    /// there.
    pub fn say_with(&self, word: &str, parts: &[(&str, Part<'_>)]) -> String {
        let said = self.lexicon.say(self.locale.as_str(), word, parts);
        said.unwrap_or_else(|| word.to_owned())
    }

    /// What it is called by those who speak it; its tag where there is no list
    /// of its words.
    pub fn own_name(&self) -> String {
        let has_list = self.lexicon.locales().any(|l| l.language() == self.locale.language());
        if has_list { self.say("language") } else { self.locale.to_string() }
    }

    /// `a`, `a and b`, `a, b and c`.
    pub fn list<S: AsRef<str>>(&self, parts: &[S]) -> String {
        let parts: Vec<_> = parts.iter().map(AsRef::as_ref).collect();
        match self.lists() {
            Some(lists) => lists.format(parts.iter()).to_string(),
            None => parts.join(", "),
        }
    }

    /// `30 days`.
    pub fn length(&self, length: &Length) -> String {
        self.say_with(unit(length), &[("count", count(length))])
    }

    /// `every week`, `every 2 weeks`.
    pub fn every(&self, length: &Length) -> String {
        self.say_with(&format!("every-{}", unit(length)), &[("count", count(length))])
    }

    /// `27 September 2020`, or with its weekday before it.
    pub fn day(&self, date: NaiveDate, weekday: bool) -> String {
        self.calendar().day(date, weekday)
    }

    /// `27 September`.
    pub fn day_of_year(&self, date: NaiveDate) -> String {
        self.calendar().day_of_year(date)
    }

    /// `September 2020`.
    pub fn month_of(&self, date: NaiveDate) -> String {
        self.calendar().month_of(date)
    }

    /// `September`.
    pub fn month(&self, date: NaiveDate) -> String {
        self.calendar().month(date)
    }

    /// Whether `label` names this day, its month in words and its year, here or
    /// in a language that it may have been left in.
    pub fn names_day(&self, label: &str, date: NaiveDate) -> Option<Named> {
        let numbers: Vec<_> =
            label.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
        if numbers != [date.day().to_string(), date.year().to_string()] {
            return None;
        }
        let words = label.to_lowercase();
        let names = |month: String| words.contains(&month.to_lowercase());
        if names(self.month(date)) {
            return Some(Named::Here);
        }
        let mut others = self.lexicon.locales();
        others.any(|other| names(Calendar::new(&other).month(date))).then_some(Named::Elsewhere)
    }
}

/// In which language a label names its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Here,
    Elsewhere,
}

fn unit(length: &Length) -> &'static str {
    match length.unit() {
        Unit::Minute => "minutes",
        Unit::Hour => "hours",
        Unit::Day => "days",
        Unit::Week => "weeks",
        Unit::Month => "months",
        Unit::Year => "years",
    }
}

fn count(length: &Length) -> Part<'static> {
    Part::Count(length.amount() as usize)
}
