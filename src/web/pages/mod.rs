//! The pages people see. They are made on the server, need no script, and show
//! what the API says.

mod affected;
mod apis;
mod assets;
mod confirm;
mod done;
mod embed;
mod filters;
mod hearing;
mod lines;
mod notices;
mod preferences;
mod private;
mod problems;
mod reference;
mod rehearsal;
mod rehearsed;
mod search;
mod sitemap;
mod subscribe;
mod table;
mod tried;
mod unsubscribe;
mod webhook;
mod zone;

pub use apis::path as api_path;
pub use assets::{ICON, style};
pub use embed::PATH as EMBED;
pub use lines::Badge;
pub use problems::error_page;
pub use rehearsal::{RehearsalView, rehearsal_page};

use super::freshness::{Freshness, HTML, Moment};
use super::languages;
use super::problem::ApiError;
use super::routes::readable;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::notice::Locale;
use crate::render::{Clocks, Language, LanguageLink, PageLinks, Renderer};
use actix_web::web::{Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/", table::table))
        .service(readable(EMBED, embed::table))
        .service(readable("/notices", notices::all))
        .service(readable("/notices/{program}", notices::of_program))
        .service(readable("/notices/{program}/{id}", notices::notice))
        .service(readable("/search", search::search))
        .service(readable("/affected", affected::affected))
        .service(readable("/apis/{program}/{api}", apis::api))
        .service(readable("/api", reference::reference))
        .service(readable("/api/changelog", reference::changes))
        .service(readable("/problems/{code}", problems::explained))
        .service(readable("/static/style.css", assets::style))
        .service(readable("/static/office.css", assets::office))
        .service(readable("/static/brand/{program}.css", assets::brand))
        .service(readable("/static/icon.svg", assets::icon))
        .service(readable("/favicon.ico", assets::icon))
        .service(readable("/static/page.js", assets::script))
        .service(readable("/robots.txt", sitemap::robots))
        .service(readable("/sitemap.xml", sitemap::sitemap))
        .service(subscribe::resource())
        .service(confirm::resource())
        .service(preferences::resource())
        .service(tried::resource())
        .service(done::resource())
        .service(rehearsed::resource())
        .service(unsubscribe::resource());
}

/// What every page's frame needs, beside what the page itself says.
#[derive(Serialize)]
struct Framed<'a, T: Serialize> {
    links: PageLinks<'a>,
    locale: &'a str,
    direction: &'a str,
    /// What stands after a label.
    colon: String,
    /// Ends the address of another page that is to be in the same language.
    in_language: &'a str,
    #[serde(flatten)]
    page: T,
}

/// The language of a page that is not of one program.
struct Speech<'a> {
    language: Language<'a>,
    is_asked: bool,
    /// Whether others get the same address in another language.
    is_preferred: bool,
    in_language: String,
}

impl<'a> Speech<'a> {
    /// The closest to the one asked for that has words, else the default.
    fn new(renderer: &'a Renderer, asked: Option<&Locale>) -> Self {
        let spoken = asked.and_then(|asked| asked.closest(&renderer.locales()).cloned());
        let in_language = spoken.as_ref().map_or(String::new(), languages::in_address);
        let is_asked = spoken.is_some();
        let language = renderer.language(&spoken.unwrap_or_default());
        Self { language, is_asked, is_preferred: false, in_language }
    }

    /// What the address asks for, else what its reader likes best.
    fn of(request: &HttpRequest, renderer: &'a Renderer, asked: Option<&Locale>) -> Self {
        let speech = Self::new(renderer, asked);
        if speech.is_asked {
            return speech;
        }
        let preferred = languages::chosen(None, request, &languages::offered(renderer));
        Self { language: renderer.language(&preferred), is_preferred: true, ..speech }
    }

    /// The same for a reader with these clocks.
    fn read_by(self, clocks: Clocks) -> Self {
        Self { language: self.language.read_by(clocks), ..self }
    }

    /// The language, where the address asks for it.
    fn asked(&self) -> Option<&Locale> {
        self.is_asked.then(|| self.language.locale())
    }

    fn frame<T: Serialize>(&'a self, links: PageLinks<'a>, page: T) -> Framed<'a, T> {
        Framed {
            links: PageLinks { in_language: &self.in_language, ..links },
            locale: self.language.locale().as_str(),
            direction: self.language.direction(),
            colon: self.language.say("colon"),
            in_language: &self.in_language,
            page,
        }
    }
}

/// A public page that depends on the publication and the moment.
fn public_page<T: Serialize>(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    moment: &Moment,
    template: &str,
    speech: &Speech<'_>,
    view: impl FnOnce() -> T,
) -> Result<HttpResponse, ApiError> {
    let asked = (snapshot, moment, template, speech, PageLinks::default());
    public_page_with(request, service, asked, view)
}

/// The same with what the page itself knows of its links.
fn public_page_with<T: Serialize>(
    request: &HttpRequest,
    service: &Service,
    (snapshot, moment, template, speech, links): (
        &Snapshot,
        &Moment,
        &str,
        &Speech<'_>,
        PageLinks<'_>,
    ),
    view: impl FnOnce() -> T,
) -> Result<HttpResponse, ApiError> {
    let locale = speech.language.locale();
    let form = links.form_token.unwrap_or_default();
    let asked = format!("{template} in {locale} {form} {}", request.uri());
    let freshness = Freshness::of(snapshot, moment, &asked);
    let mut response = freshness.answer(request, HTML, || {
        let page = render_with(service, snapshot, request, (template, speech, links), view());
        page.map(Bytes::from)
    })?;
    tell_language(&mut response, snapshot, speech);
    Ok(response)
}

fn tell_language(response: &mut HttpResponse, snapshot: &Snapshot, speech: &Speech<'_>) {
    let others = speech.is_preferred.then(|| languages::offered(&snapshot.renderer));
    languages::tell(response, speech.language.locale(), &others.unwrap_or_default());
}

fn render<T: Serialize>(
    service: &Service,
    snapshot: &Snapshot,
    request: &HttpRequest,
    template: &str,
    speech: &Speech<'_>,
    page: T,
) -> Result<String, ApiError> {
    let links = PageLinks::default();
    render_with(service, snapshot, request, (template, speech, links), page)
}

fn render_with<T: Serialize>(
    service: &Service,
    snapshot: &Snapshot,
    request: &HttpRequest,
    (template, speech, links): (&str, &Speech<'_>, PageLinks<'_>),
    page: T,
) -> Result<String, ApiError> {
    let path = request.path();
    let canonical_in = |locale: &Locale| {
        let is_default = *locale == Locale::default();
        let lang = if is_default { String::new() } else { languages::in_address(locale) };
        service.canonical(&format!("{path}{lang}"))
    };
    let link = |locale: &Locale, href: String| LanguageLink {
        locale: locale.clone(),
        title: snapshot.renderer.language(locale).own_name(),
        href,
    };
    let offered = languages::offered(&snapshot.renderer);
    let itself = links.itself.unwrap_or(path);
    let shown = offered.iter().map(|locale| link(locale, languages::of_page(itself, locale)));
    let shown: Vec<_> = shown.collect();
    let alternates: Vec<_> =
        offered.iter().filter_map(|locale| Some(link(locale, canonical_in(locale)?))).collect();
    let canonical = canonical_in(speech.language.locale());
    let any_language = service.canonical(path);
    let table = format!("/{}", speech.in_language);
    let links = PageLinks {
        canonical: canonical.as_deref(),
        table: &table,
        languages: &shown,
        alternates: &alternates,
        any_language: any_language.as_deref(),
        here: here(path),
        has_search: path != SEARCH,
        script: Some(SCRIPT),
        ..links
    };
    let framed = speech.frame(links, page);
    snapshot.renderer.template(template, &framed).map_err(ApiError::internal)
}

const SEARCH: &str = "/search";
const SCRIPT: &str = "/static/page.js";

/// The page's name among the site's.
fn here(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("") => "table",
        Some("affected") => "affected",
        Some("notices") if path == "/notices" => "notices",
        Some("subscribe") => "subscribe",
        _ => "elsewhere",
    }
}
