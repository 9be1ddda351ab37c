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
mod subscribe;
mod table;
mod unsubscribe;
mod webhook;

pub use assets::ICON;
pub use embed::PATH as EMBED;
pub use lines::Badge;
pub use problems::error_page;

use super::freshness::{Freshness, HTML, Moment};
use super::languages;
use super::problem::ApiError;
use super::routes::readable;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::notice::Locale;
use crate::render::{Language, PageLinks, Renderer};
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
        .service(readable("/affected", affected::affected))
        .service(readable("/apis/{program}/{api}", apis::api))
        .service(readable("/problems/{code}", problems::explained))
        .service(readable("/static/style.css", assets::style))
        .service(readable("/static/office.css", assets::office))
        .service(readable("/static/brand/{program}.css", assets::brand))
        .service(readable("/static/icon.svg", assets::icon))
        .service(readable("/favicon.ico", assets::icon))
        .service(readable("/robots.txt", assets::robots))
        .service(subscribe::resource())
        .service(confirm::resource())
        .service(preferences::resource())
        .service(done::resource())
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
    in_language: String,
}

impl<'a> Speech<'a> {
    /// The closest to the one asked for that has words, else the default.
    fn new(renderer: &'a Renderer, asked: Option<&Locale>) -> Self {
        let spoken = asked.and_then(|asked| asked.closest(&renderer.locales()).cloned());
        let in_language = spoken.as_ref().map_or(String::new(), languages::in_address);
        let is_asked = spoken.is_some();
        Self { language: renderer.language(&spoken.unwrap_or_default()), is_asked, in_language }
    }

    /// The language, where it is not the default one.
    fn asked(&self) -> Option<&Locale> {
        self.is_asked.then(|| self.language.locale())
    }

    fn frame<T: Serialize>(&'a self, links: PageLinks<'a>, page: T) -> Framed<'a, T> {
        Framed {
            links,
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
    let asked = format!("{template} {}", request.uri());
    let freshness = Freshness::of(snapshot, moment, &asked);
    let mut response = freshness.answer(request, HTML, || {
        render(service, snapshot, request.path(), template, speech, view()).map(Bytes::from)
    })?;
    languages::tell(&mut response, speech.language.locale(), &[]);
    Ok(response)
}

fn render<T: Serialize>(
    service: &Service,
    snapshot: &Snapshot,
    path: &str,
    template: &str,
    speech: &Speech<'_>,
    page: T,
) -> Result<String, ApiError> {
    let canonical = service.canonical(&format!("{path}{}", speech.in_language));
    let table = format!("/{}", speech.in_language);
    let links =
        PageLinks { canonical: canonical.as_deref(), table: &table, ..PageLinks::default() };
    let framed = speech.frame(links, page);
    snapshot.renderer.template(template, &framed).map_err(ApiError::internal)
}
