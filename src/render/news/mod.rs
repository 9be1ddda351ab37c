//! News for feed readers: announcements and amendments as entries, in Atom and
//! as JSON Feed.
//!
//! An entry is known by an address that never changes (RFC 4151): neither when
//! its dates move nor when the service does. It does not know where feeds are
//! served.

mod atom;
mod json;

use super::engine::Form;
use super::view::View;
use super::{RenderError, Renderer};
use crate::impact::{News, Told};
use crate::notice::{Locale, Program};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

/// The year in which names were given first. It says by whose domain a name is
/// meant (RFC 4151 §2.1) and must stay, or every entry would be new to everybody.
const NAMED_IN: &str = "2026";

/// A feed: what it is called, and what it holds.
pub struct NewsFeed<'a> {
    /// Never changes.
    pub id: String,
    pub title: String,
    pub locale: &'a Locale,
    /// The page that tells the same.
    pub page: Option<&'a str>,
    /// Where the feed itself can be fetched again.
    pub source: Option<&'a str>,
    /// When what it holds was published.
    pub published: DateTime<Utc>,
    pub entries: Vec<NewsEntry>,
}

/// Something that was announced or amended.
pub struct NewsEntry {
    id: String,
    title: String,
    author: String,
    /// What kind of change it is: for programs, and in words.
    kind: (&'static str, String),
    locale: Locale,
    page: Option<String>,
    published: DateTime<Utc>,
    updated: DateTime<Utc>,
    summary: String,
    html: String,
}

#[derive(Serialize)]
struct EntryView<'a> {
    #[serde(flatten)]
    view: View<'a>,
    page: Option<&'a str>,
}

/// What a program's feed is known by, in each of its languages.
pub fn feed_name(program: &Program, locale: &Locale) -> String {
    let is_first = program.settings.locales.first() == Some(locale);
    let lang = if is_first { String::new() } else { format!("?lang={locale}") };
    named(program.settings.sender.address.domain(), &format!("{}{lang}", program.id))
}

/// A name that whoever has `authority`, a domain, gives.
pub fn named(authority: &str, name: &str) -> String {
    format!("tag:{authority},{NAMED_IN}:{name}")
}

impl Renderer {
    /// A piece of news as an entry. `page` is the notice's address; `at` stands in
    /// where nobody knows the date.
    pub fn news_entry(
        &self,
        news: &News<'_>,
        locale: &Locale,
        page: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<NewsEntry, RenderError> {
        let language = self.language(locale);
        let (program, notice) = news.program.in_locale(news.notice, locale);
        let mut view = View::new(&program, &notice, &language, &[], None);
        // Views have the newest amendment first.
        let place = match news.told {
            Told::Announcement => None,
            Told::Amendment(place) => view.notice.amendments.len().checked_sub(place + 1),
        };
        let amendments = std::mem::take(&mut view.notice.amendments);
        view.notice.amendments =
            place.and_then(|place| amendments.into_iter().nth(place)).into_iter().collect();
        let title = match view.notice.amendments.first() {
            Some(amendment) => format!("{}{} {}", amendment.title, view.colon, notice.title),
            None => notice.title.clone(),
        };
        let template = match news.told {
            Told::Announcement => "feed/announcement.html",
            Told::Amendment(_) => "feed/amendment.html",
        };
        let kind = (notice.kind.as_str(), view.notice.kind.clone());
        let summary = view.notice.preheader.clone();
        let view = EntryView { view, page: page.as_deref() };
        let html = self.engines.render_as(Form::Html, template, &view)?;
        let updated = news.updated.unwrap_or(at);
        Ok(NewsEntry {
            id: entry_name(news),
            title,
            author: program.settings.office.name.clone(),
            kind,
            locale: locale.clone(),
            published: news.published.unwrap_or(updated),
            updated,
            summary,
            html: html.trim().to_owned(),
            page,
        })
    }
}

/// Of an amendment by its day and kind, so that one which is recorded later, with
/// an earlier date, renames no other.
fn entry_name(news: &News<'_>) -> String {
    let (program, notice) = (news.program, news.notice);
    let mut name = format!("{}/{}", program.id, notice.id);
    if let Some(amendment) = news.amendment() {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let date: String = amendment.date.span.to_string().chars().map(plain).collect();
        name += &format!("/{date}/{}", amendment.kind.as_str());
        let alike = news.alike_before();
        if alike > 0 {
            name += &format!("/{}", alike + 1);
        }
    }
    named(program.settings.sender.address.domain(), &name)
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
