//! Titles in another language, one at a time: for tables that name many things
//! of many programs, where a translated copy of each would be too much.

use super::{DateText, Listed, ProgramTexts, RowTexts, ScheduleTexts};
use crate::notice::{
    ApiId, CohortId, Date, EnvironmentId, GroupId, Locale, Notice, Program, RowId,
};
use std::borrow::Cow;

/// What a program calls things in one language.
#[derive(Clone, Copy)]
pub struct Titles<'a> {
    program: &'a Program,
    locale: &'a Locale,
}

impl Program {
    pub fn titles<'a>(&'a self, locale: &'a Locale) -> Titles<'a> {
        Titles { program: self, locale }
    }
}

impl<'a> Titles<'a> {
    pub fn program(&self) -> &'a str {
        self.own(|texts| texts.settings.title.as_ref()).unwrap_or(&self.program.settings.title)
    }

    pub fn office(&self) -> &'a str {
        self.own(|texts| texts.settings.office.name.as_ref())
            .unwrap_or(&self.program.settings.office.name)
    }

    pub fn environment(&self, id: &'a EnvironmentId) -> &'a str {
        let known = self.program.catalogue.environments.get(id);
        self.own(|texts| texts.catalogue.environments.get(id)?.title.as_ref())
            .unwrap_or_else(|| known.map_or(id.as_str(), |known| &known.title))
    }

    pub fn api(&self, id: &'a ApiId) -> &'a str {
        let known = self.program.catalogue.apis.get(id);
        self.own(|texts| texts.catalogue.apis.get(id)?.title.as_ref())
            .unwrap_or_else(|| known.map_or(id.as_str(), |known| &known.title))
    }

    pub fn group(&self, id: &'a GroupId) -> &'a str {
        let known = self.program.catalogue.groups.get(id);
        self.own(|texts| texts.catalogue.groups.get(id)?.title.as_ref())
            .unwrap_or_else(|| known.map_or(id.as_str(), |known| &known.title))
    }

    pub fn cohort(&self, id: &'a CohortId) -> &'a str {
        let known = self.program.catalogue.cohorts.get(id);
        self.own(|texts| texts.catalogue.cohorts.get(id)?.title.as_ref())
            .unwrap_or_else(|| known.map_or(id.as_str(), |known| &known.title))
    }

    pub fn notice(&self, notice: &'a Notice) -> &'a str {
        let mut own = self.locale.and_language().into_iter().rev();
        let own = own.find_map(|locale| notice.translations.get(&locale)?.title.as_ref());
        own.unwrap_or(&notice.title)
    }

    /// When the notice was announced, under its name in this language.
    pub fn announced(&self, notice: &'a Notice) -> Cow<'a, Date> {
        let mut own = self.locale.and_language().into_iter().rev();
        let label =
            own.find_map(|locale| notice.translations.get(&locale)?.announced.label.clone());
        labelled(&notice.announced, label)
    }

    /// A row's own date called `name`, under its name in this language.
    pub fn date(&self, notice: &Notice, row: &RowId, name: &str, date: &'a Date) -> Cow<'a, Date> {
        let of = |dates: [(&str, &DateText); 4]| {
            let (_, own) = dates.into_iter().find(|(known, _)| *known == name)?;
            own.label.clone()
        };
        let general = notice.schedule.general.named();
        let is_general = general.iter().any(|(known, d)| *known == name && *d == Some(date));
        let labels = self.locale.and_language().into_iter().rev().filter_map(|locale| {
            let schedule = &notice.translations.get(&locale)?.schedule;
            let inherited = || of(schedule.named()).filter(|_| is_general);
            schedule.rows.get(row).and_then(|own| of(own.named())).or_else(inherited)
        });
        labelled(date, labels.into_iter().next())
    }

    /// What ends, and what is needed instead.
    pub fn ends_and_needs(&self, notice: &'a Notice) -> [Vec<&'a str>; 2] {
        let own = self.locale.and_language();
        let own = own.iter().rev().find_map(|locale| notice.translations.get(locale));
        let said = |all: &'a [String], own: Option<&'a Listed<String>>| {
            let own = |n: usize| own.and_then(|own| own.get(n)?.as_ref());
            all.iter().enumerate().map(|(n, text)| own(n).unwrap_or(text).as_str()).collect()
        };
        let ends = said(&notice.ends, own.map(|own| &own.ends));
        [ends, said(&notice.needs, own.map(|own| &own.needs))]
    }

    /// The most particular translation that says it.
    fn own(&self, text: impl Fn(&'a ProgramTexts) -> Option<&'a String>) -> Option<&'a str> {
        let locales = self.locale.and_language().into_iter().rev();
        let mut texts = locales.filter_map(|locale| self.program.translations.get(&locale));
        texts.find_map(text).map(String::as_str)
    }
}

fn labelled(date: &Date, label: Option<String>) -> Cow<'_, Date> {
    match label {
        Some(label) => Cow::Owned(Date { label: Some(label), ..date.clone() }),
        None => Cow::Borrowed(date),
    }
}

/// The names of dates, by what the dates are called.
macro_rules! named {
    ($($form:ident),*) => {$(
        impl $form {
            fn named(&self) -> [(&'static str, &DateText); 4] {
                [
                    ("deprecation", &self.deprecation),
                    ("cutoff", &self.cutoff),
                    ("complete", &self.complete),
                    ("enforced", &self.enforced),
                ]
            }
        }
    )*};
}

named!(RowTexts, ScheduleTexts);
