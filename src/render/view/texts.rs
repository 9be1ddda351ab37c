//! Texts with their named dates filled in, and small matters of wording.

use crate::notice::{Date, Dates, HttpUrl, Notice, Program, Text, placeholders};
use crate::render::dates::When;
use crate::render::language::Language;
use crate::render::prose;
use chrono_tz::Tz;

/// The dates that texts of one notice can name.
#[derive(Clone, Copy)]
pub struct Texts<'a, 's> {
    program: &'a Program,
    notice: &'a Notice,
    language: &'s Language<'s>,
}

impl<'a, 's> Texts<'a, 's> {
    pub fn new(program: &'a Program, notice: &'a Notice, language: &'s Language<'s>) -> Self {
        Self { program, notice, language }
    }

    /// The Markdown of `text` with every named date written out. What names no
    /// date stays as it stands: only `check` may complain.
    pub fn fill(&self, text: &Text) -> String {
        let mut filled = String::with_capacity(text.0.len());
        let mut last = 0;
        let mut code = None;
        for found in placeholders(&text.0) {
            if let Some((date, zone)) = self.date(found.row, found.name) {
                let when = self.when(date, zone).text;
                let code = code.get_or_insert_with(|| prose::code_ranges(&text.0));
                // Inside code a backslash would be shown.
                let is_code = code.iter().any(|code| code.contains(&found.range.start));
                filled += &text.0[last..found.range.start];
                filled += &if is_code { when } else { prose::escaped(&when) };
                last = found.range.end;
            }
        }
        filled + &text.0[last..]
    }

    pub fn fill_all<'t>(&self, texts: impl IntoIterator<Item = &'t Text>) -> Vec<String> {
        texts.into_iter().map(|text| self.fill(text)).collect()
    }

    pub fn when(&self, date: &Date, zone: Tz) -> When {
        When::new(date, zone, &self.program.settings.shown_zones, self.language)
    }

    fn date(&self, row: Option<&str>, name: &str) -> Option<(&'a Date, Tz)> {
        let schedule = &self.notice.schedule;
        match row {
            None => {
                let date = named(&schedule.general, name)?;
                Some((date, self.zone_of_general(name, date)))
            }
            Some(id) => {
                let row = schedule.rows.get(id)?;
                Some((named(&row.dates, name)?, row.zone))
            }
        }
    }

    /// A general date is told where the rows tell it that inherited it; the
    /// program's own clocks serve only where those differ.
    fn zone_of_general(&self, name: &str, date: &Date) -> Tz {
        let rows = self.notice.schedule.rows.values();
        let mut zones = rows
            .filter(|row| named(&row.dates, name).is_some_and(|own| own.span == date.span))
            .map(|row| row.zone);
        let first = zones.next().filter(|first| zones.all(|zone| zone == *first));
        first.unwrap_or(self.program.settings.zone)
    }
}

fn named<'d>(dates: &'d Dates, name: &str) -> Option<&'d Date> {
    dates.named().into_iter().find(|(known, _)| *known == name)?.1
}

/// As the office wrote it, unless it holds what only a parser forgives.
pub(super) fn shown_url(url: &HttpUrl) -> &str {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"`\\^{|}".contains(c);
    if url.as_str().chars().all(is_plain) { url.as_str() } else { url.normalised() }
}
