//! Dates as a language writes them, after the Unicode locale data (CLDR).

use crate::notice::Locale;
use chrono::{Datelike, NaiveDate};
use icu_calendar::{Date, Iso};
use icu_datetime::fieldsets::{M, MD, YM, YMD, YMDE};
use icu_datetime::{DateTimeFormatter, DateTimeFormatterPreferences};
use icu_locale_core::preferences::extensions::unicode::keywords::CalendarAlgorithm;

/// Plain English is written as in most of the world, day before month.
pub fn data_locale(locale: &Locale) -> icu_locale_core::Locale {
    let tag = if locale.as_str() == "en" { "en-GB" } else { locale.as_str() };
    tag.parse().unwrap_or(icu_locale_core::Locale::UNKNOWN)
}

/// The forms of one language. A form that the data lacks is written in digits;
/// none is known to lack any.
pub struct Calendar {
    locale: Locale,
    weekday: Option<DateTimeFormatter<YMDE>>,
    day: Option<DateTimeFormatter<YMD>>,
    day_of_year: Option<DateTimeFormatter<MD>>,
    month_of: Option<DateTimeFormatter<YM>>,
    month: Option<DateTimeFormatter<M>>,
}

impl Calendar {
    pub fn new(locale: &Locale) -> Self {
        let mut forms = DateTimeFormatterPreferences::from(&data_locale(locale));
        // Declared dates are Gregorian; some languages would count other years.
        forms.calendar_algorithm = Some(CalendarAlgorithm::Gregory);
        Self {
            locale: locale.clone(),
            weekday: DateTimeFormatter::try_new(forms, YMDE::long()).ok(),
            day: DateTimeFormatter::try_new(forms, YMD::long()).ok(),
            day_of_year: DateTimeFormatter::try_new(forms, MD::long()).ok(),
            month_of: DateTimeFormatter::try_new(forms, YM::long()).ok(),
            month: DateTimeFormatter::try_new(forms, M::long()).ok(),
        }
    }

    pub fn day(&self, date: NaiveDate, weekday: bool) -> String {
        let text = match (weekday, &self.weekday, &self.day) {
            (true, Some(form), _) => form.format(&read(date)).to_string(),
            (false, _, Some(form)) => form.format(&read(date)).to_string(),
            _ => date.to_string(),
        };
        // One comma fewer: our sentences have enough of them.
        let text = if self.locale.as_str() == "en" { text.replace(", ", " ") } else { text };
        self.first_of_month(date, text)
    }

    pub fn day_of_year(&self, date: NaiveDate) -> String {
        let form = self.day_of_year.as_ref();
        let text = form.map_or_else(|| date.to_string(), |f| f.format(&read(date)).to_string());
        self.first_of_month(date, text)
    }

    pub fn month_of(&self, date: NaiveDate) -> String {
        // The library's form for this language asserts that it cannot be.
        if self.locale.language() == "pt" {
            return format!("{} de {}", self.month(date), date.year());
        }
        let form = self.month_of.as_ref();
        form.map_or_else(|| date.format("%Y-%m").to_string(), |f| f.format(&read(date)).to_string())
    }

    pub fn month(&self, date: NaiveDate) -> String {
        let form = self.month.as_ref();
        form.map_or_else(|| date.format("%m").to_string(), |f| f.format(&read(date)).to_string())
    }

    /// French counts the first day of a month and no other (1er mai), which the
    /// data leaves to the writer.
    fn first_of_month(&self, date: NaiveDate, text: String) -> String {
        if self.locale.language() != "fr" || date.day() != 1 {
            return text;
        }
        let words = text.split(' ').map(|word| if word == "1" { "1er" } else { word });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Years of declared dates have four digits, so each of them exists there too.
fn read(date: NaiveDate) -> Date<Iso> {
    let part = |n: u32| u8::try_from(n).unwrap_or(1);
    let read = Date::try_new_iso(date.year(), part(date.month()), part(date.day()));
    read.expect("a day of the calendar is one in both libraries")
}
