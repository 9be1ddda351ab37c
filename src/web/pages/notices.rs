//! The archive of notices, and the page of each.

use super::lines::Badge;
use super::{SCRIPT, Speech, public_page_with, subscribe, zone};
use crate::impact::Part;
use crate::notice::{Locale, Notice, Program, ProgramId, Row};
use crate::render::{Language, LanguageLink, PageLinks, When};
use crate::schedule::{Instant, state};
use crate::web::addresses::{no_notice, notice_path};
use crate::web::feeds::{NewsForm, calendar_address, news_address};
use crate::web::freshness::{Freshness, HTML, Moment};
use crate::web::languages;
use crate::web::paging::address;
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::SecondsFormat;
use serde::Serialize;

#[derive(Serialize)]
struct Archive<'a> {
    /// Absent on the page of all programs.
    program: Option<ProgramHead<'a>>,
    programs: Vec<ProgramNotices<'a>>,
    news_href: String,
    news_json_href: String,
    /// The program's dates.
    calendar_href: Option<String>,
}

#[derive(Serialize)]
struct ProgramHead<'a> {
    id: &'a str,
    title: &'a str,
    office: &'a str,
    home: Option<&'a str>,
    email: Option<&'a str>,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct ProgramNotices<'a> {
    head: ProgramHead<'a>,
    notices: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    title: &'a str,
    href: String,
    kind: String,
    announced: When,
    ends: Vec<&'a str>,
    needs: Vec<&'a str>,
    /// The last date by which something is cut off.
    last_cutoff: Option<When>,
    states: Vec<Badge>,
}

impl<'a> ProgramHead<'a> {
    fn new(program: &'a Program, locale: &'a Locale) -> Self {
        let settings = &program.settings;
        let contact = &settings.contact;
        let titles = program.titles(locale);
        Self {
            id: program.id.as_str(),
            title: titles.program(),
            office: titles.office(),
            home: settings.brand.home.as_ref().map(|url| url.as_str()),
            email: contact.email.as_ref().map(|email| email.as_str()),
            url: contact.url.as_ref().map(|url| url.as_str()),
        }
    }
}

impl<'a> Entry<'a> {
    fn new(
        program: &'a Program,
        notice: &'a Notice,
        on: Instant,
        language: &'a Language<'_>,
    ) -> Self {
        let rows = || notice.schedule.rows.iter();
        let zone = program.settings.zone;
        let cutoff = |(id, row): (_, &'a Row)| Some((id, row.dates.cutoff.as_ref()?, row.zone));
        let last = rows().filter_map(cutoff).max_by_key(|(_, date, zone)| {
            let earliest = crate::schedule::bounds(date, *zone).earliest;
            (earliest.is_none(), earliest)
        });
        let titles = program.titles(language.locale());
        let [ends, needs] = titles.ends_and_needs(notice);
        let states = rows().map(|(id, row)| state(notice, id, row, None, on));
        Self {
            title: titles.notice(notice),
            href: format!("/notices/{}/{}", program.id, notice.id),
            kind: language.say(&format!("kind-{}", notice.kind.as_str())),
            announced: When::new(&titles.announced(notice), zone, &[], language),
            ends,
            needs,
            last_cutoff: last.map(|(id, date, zone)| {
                When::new(&titles.date(notice, id, "cutoff", date), zone, &[], language)
            }),
            states: Badge::tally(states, language),
        }
    }
}

/// `/notices`: every program's notices.
pub async fn all(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let reading = Reading::start(&request, &service)?;
    archive(&request, &service, reading, None)
}

/// `/notices/{program}`: one program's notices.
pub async fn of_program(
    request: HttpRequest,
    service: Data<Service>,
    program: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let reading = Reading::start(&request, &service)?;
    let id: Option<ProgramId> = program.parse().ok();
    let found = id.filter(|id| reading.snapshot.index.workspace().programs.contains_key(id));
    let id = found.ok_or_else(|| ApiError::NotFound("there is no such program".to_owned()))?;
    archive(&request, &service, reading, Some(&id))
}

fn archive(
    request: &HttpRequest,
    service: &Service,
    reading: Reading,
    only: Option<&ProgramId>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters, .. } = reading;
    let snapshot = snapshot.as_ref();
    let moment = Moment::now(snapshot, now);
    let lang = languages::asked(&mut parameters);
    let speech = Speech::of(request, &snapshot.renderer, lang.as_ref());
    let language = &speech.language;
    let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.as_str()));
    let program_id = only.map(|id| ("program", id.as_str()));
    let pairs: Vec<_> = program_id.into_iter().chain(lang).collect();
    let subscribe = subscribe::href(&pairs);
    let links = PageLinks { subscribe: Some(&subscribe), ..PageLinks::default() };
    let about = (snapshot, &moment, "page/notices.html", &speech, links);
    public_page_with(request, service, about, || {
        let index = &snapshot.index;
        let programs = index.workspace().programs.values();
        let shown = programs.filter(|program| only.is_none_or(|id| program.id == *id));
        let listed = shown.map(|program| {
            let places = index.notices_newest_first(Some(&program.id), None);
            let notices = places.into_iter().map(|place| index.notice(place));
            let entry = |(program, notice)| Entry::new(program, notice, moment.at, language);
            let head = ProgramHead::new(program, language.locale());
            ProgramNotices { head, notices: notices.map(entry).collect() }
        });
        let program = only.and_then(|id| index.workspace().programs.get(id));
        let news = News::of(program, &speech);
        let calendar_href =
            program.map(|of| calendar_address(of, &Part::Whole, &spoken(of, &speech)));
        let program = program.map(|program| ProgramHead::new(program, language.locale()));
        Archive {
            program,
            programs: listed.collect(),
            news_href: news.atom,
            news_json_href: news.json,
            calendar_href,
        }
    })
}

/// Where news of a program, or of all of them, can be subscribed to.
pub(super) struct News {
    pub atom: String,
    pub json: String,
}

impl News {
    pub fn of(program: Option<&Program>, speech: &Speech<'_>) -> Self {
        let locale = match program {
            Some(program) => spoken(program, speech),
            None => speech.language.locale().clone(),
        };
        let address = |form| news_address(program, form, &locale);
        Self { atom: address(NewsForm::Atom), json: address(NewsForm::Json) }
    }
}

/// The language of a program that is closest to the page's.
pub(super) fn spoken(program: &Program, speech: &Speech<'_>) -> Locale {
    let offered = &program.settings.locales;
    let wanted = Some(speech.language.locale()).filter(|_| speech.is_asked || speech.is_preferred);
    let closest = wanted.and_then(|wanted| wanted.closest(offered)).cloned();
    closest.unwrap_or_else(|| program.settings.default_locale())
}

/// `/notices/{program}/{id}`: a notice.
pub async fn notice(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters, .. } = Reading::start(&request, &service)?;
    parameters.drop_empty();
    let on = parameters.take_moment("on");
    let zone = zone::asked(&mut parameters);
    let asked = languages::asked(&mut parameters);
    parameters.keep_only(&[]);
    parameters.finish()?;
    let path = notice_path(&path.into_inner())?;
    let found = snapshot.index.workspace().notice(&path);
    let (program, notice) = found.ok_or_else(|| no_notice(&path))?;
    let offered = &program.settings.locales;
    let locale = languages::chosen(asked.as_ref(), &request, offered);
    let moment = match on {
        Some(on) => Moment::asked(on),
        None => Moment::of_notice(&snapshot, program, notice, now).showing_today(now),
    };
    let question = format!("page of {path} in {locale} on the clocks of {zone:?}");
    let freshness = Freshness::of(&snapshot, &moment, &question);
    let is_first = offered.first() == Some(&locale);
    let lang = Some(&locale).filter(|_| !is_first);
    let zone = zone::choice(request.path(), zone.as_deref(), on, lang);
    let mut response = freshness.answer(&request, HTML, || {
        let addresses = Addresses { request: &request, service: &service, program, on };
        let languages = addresses.languages(&snapshot);
        let any_language = addresses.any_language();
        let in_language = addresses.in_other_pages(&locale);
        let subscribe = addresses.subscribe(&locale);
        let (canonical, table) = (addresses.canonical(&locale), addresses.table(&locale));
        let (brand, json) =
            (format!("/static/brand/{}.css", program.id), format!("/api/v1/notices/{path}"));
        let part = Part::Notice(notice.id.clone());
        let calendar = calendar_address(program, &part, &locale);
        let news =
            [NewsForm::Atom, NewsForm::Json].map(|form| news_address(Some(program), form, &locale));
        let links = PageLinks {
            calendar: Some(&calendar),
            news: Some(&news[0]),
            news_json: Some(&news[1]),
            canonical: canonical.as_deref(),
            table: &table,
            brand: Some(&brand),
            json: Some(&json),
            subscribe: Some(&subscribe),
            since: on.is_none(),
            today: Some(moment.today()),
            languages: &languages,
            // Search engines take absolute addresses alone.
            alternates: if canonical.is_some() { &languages } else { &[] },
            any_language: any_language.as_deref().filter(|_| canonical.is_some()),
            in_language: &in_language,
            here: "notice",
            has_search: true,
            script: Some(SCRIPT),
            zone: Some(&zone),
            ..PageLinks::default()
        };
        let page = snapshot.renderer.page(program, notice, &locale, moment.at, &links);
        page.map(Bytes::from).map_err(ApiError::internal)
    })?;
    languages::tell(&mut response, &locale, offered);
    Ok(response)
}

/// The addresses of one notice's page in its languages.
struct Addresses<'a> {
    request: &'a HttpRequest,
    service: &'a Service,
    program: &'a Program,
    on: Option<Instant>,
}

impl Addresses<'_> {
    fn locales(&self) -> &[Locale] {
        let locales = &self.program.settings.locales;
        if locales.len() > 1 { locales } else { &[] }
    }

    /// Absolute where the public address is known, as search engines want it.
    fn in_language(&self, locale: Option<&Locale>) -> String {
        let on = self.on.map(|on| on.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        let lang = locale.map(|locale| (languages::PARAMETER, locale.as_str()));
        let on = on.as_deref().map(|on| ("on", on));
        let path = address(self.request.path(), &on.into_iter().chain(lang).collect::<Vec<_>>());
        self.service.canonical(&path).unwrap_or(path)
    }

    fn languages(&self, snapshot: &Snapshot) -> Vec<LanguageLink> {
        let link = |locale: &Locale| LanguageLink {
            locale: locale.clone(),
            title: snapshot.renderer.language(locale).own_name(),
            href: self.in_language(Some(locale)),
        };
        self.locales().iter().map(link).collect()
    }

    fn any_language(&self) -> Option<String> {
        (!self.locales().is_empty()).then(|| self.in_language(None))
    }

    fn canonical(&self, locale: &Locale) -> Option<String> {
        let is_default = self.program.settings.locales.first() == Some(locale);
        let lang = if is_default { String::new() } else { languages::in_address(locale) };
        self.service.canonical(&format!("{}{lang}", self.request.path()))
    }

    /// The form, with this program chosen.
    fn subscribe(&self, locale: &Locale) -> String {
        let lang = (*locale != Locale::default()).then(|| (languages::PARAMETER, locale.as_str()));
        let program = ("program", self.program.id.as_str());
        subscribe::href(&std::iter::once(program).chain(lang).collect::<Vec<_>>())
    }

    /// The table of all programs, in the language that is being read.
    fn table(&self, locale: &Locale) -> String {
        format!("/{}", self.in_other_pages(locale))
    }

    fn in_other_pages(&self, locale: &Locale) -> String {
        let is_default = *locale == Locale::default();
        if is_default { String::new() } else { languages::in_address(locale) }
    }
}
