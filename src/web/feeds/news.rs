//! News of a program, or of all of them: Atom and JSON Feed.

use super::addresses::{NewsForm, news_address, news_page};
use super::calendars::LanguageParameter;
use crate::notice::{Locale, Program, ProgramId};
use crate::render::{NewsFeed, feed_name, named};
use crate::web::api::{NamedRefusals, Refusals, schemas};
use crate::web::freshness::{ATOM, JSON_FEED};
use crate::web::languages;
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

/// Feed readers keep what they have seen; the archive has the rest.
const MOST_ENTRIES: usize = 100;

/// Announcements and amendments of all programs as Atom.
///
/// The latest 100. An entry's id never changes; `updated` moves when the notice
/// is amended.
#[utoipa::path(
    get,
    path = "/feeds.atom",
    tag = "feeds",
    operation_id = "getNewsAsAtom",
    params(LanguageParameter),
    responses(
        (status = 200, description = "An Atom feed (RFC 4287)", body = String,
            content_type = "application/atom+xml",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        Refusals,
    )
)]
pub async fn atom(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    answer(&request, service, None, NewsForm::Atom).await
}

/// Announcements and amendments of all programs as JSON Feed.
///
/// The same entries as the Atom feed has.
#[utoipa::path(
    get,
    path = "/feeds.json",
    tag = "feeds",
    operation_id = "getNewsAsJsonFeed",
    params(LanguageParameter),
    responses(
        (status = 200, description = "A JSON Feed, version 1.1", body = Object,
            content_type = "application/feed+json",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        Refusals,
    )
)]
pub async fn json(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    answer(&request, service, None, NewsForm::Json).await
}

/// Announcements and amendments of a program as Atom.
///
/// The latest 100 of this program, in its own languages.
#[utoipa::path(
    get,
    path = "/feeds/{program}.atom",
    tag = "feeds",
    operation_id = "getProgramNewsAsAtom",
    params(("program" = inline(schemas::Id), Path, example = "usps-web-tools"), LanguageParameter),
    responses(
        (status = 200, description = "An Atom feed (RFC 4287)", body = String,
            content_type = "application/atom+xml",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn atom_of(
    request: HttpRequest,
    service: Data<Service>,
    program: Path<String>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, Some(&program), NewsForm::Atom).await
}

/// Announcements and amendments of a program as JSON Feed.
///
/// The same entries as its Atom feed has.
#[utoipa::path(
    get,
    path = "/feeds/{program}.json",
    tag = "feeds",
    operation_id = "getProgramNewsAsJsonFeed",
    params(("program" = inline(schemas::Id), Path, example = "usps-web-tools"), LanguageParameter),
    responses(
        (status = 200, description = "A JSON Feed, version 1.1", body = Object,
            content_type = "application/feed+json",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn json_of(
    request: HttpRequest,
    service: Data<Service>,
    program: Path<String>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, Some(&program), NewsForm::Json).await
}

/// Whose news, and in which language.
struct Asked {
    program: Option<ProgramId>,
    /// What the reader asked for, which not every program speaks.
    wanted: Option<Locale>,
    locale: Locale,
}

async fn answer(
    request: &HttpRequest,
    service: Data<Service>,
    program: Option<&str>,
    form: NewsForm,
) -> Result<HttpResponse, ApiError> {
    let nothing = || ApiError::NotFound("there is no such program".to_owned());
    let wanted = languages::asked(&mut Parameters::read(request.query_string())?);
    let snapshot = service.snapshot()?;
    let id = program.map(|id| id.parse::<ProgramId>().map_err(|_| nothing())).transpose()?;
    let known = |id| snapshot.index.workspace().programs.get(id).ok_or_else(nothing);
    let program = id.as_ref().map(known).transpose()?;
    let locale = match program {
        Some(program) => spoken(program, wanted.as_ref()),
        None => {
            let offered = snapshot.renderer.locales();
            let closest = wanted.as_ref().and_then(|wanted| wanted.closest(&offered));
            closest.cloned().unwrap_or_default()
        }
    };
    let path = news_address(program, form, &locale);
    let asked = Asked { program: id, wanted, locale: locale.clone() };
    let laid = {
        let (snapshot, path) = (snapshot.clone(), path.clone());
        move || feed(&snapshot, &service, &asked, &path, form)
    };
    let laid = snapshot.shelf.body(path, snapshot.created_at, laid).await?;
    let kind = match form {
        NewsForm::Atom => ATOM,
        NewsForm::Json => JSON_FEED,
    };
    let mut response =
        laid.freshness.answer(request, kind, || Ok::<_, ApiError>(laid.body.clone()))?;
    languages::tell(&mut response, &locale, &[]);
    Ok(response)
}

/// The program's language that is closest to the one wanted.
pub(super) fn spoken(program: &Program, wanted: Option<&Locale>) -> Locale {
    let closest = wanted.and_then(|wanted| wanted.closest(&program.settings.locales));
    closest.cloned().unwrap_or_else(|| program.settings.default_locale())
}

fn feed(
    snapshot: &Snapshot,
    service: &Service,
    asked: &Asked,
    path: &str,
    form: NewsForm,
) -> Result<String, ApiError> {
    let (index, renderer) = (&snapshot.index, &snapshot.renderer);
    let program = asked.program.as_ref().and_then(|id| index.workspace().programs.get(id));
    let news = index.news(asked.program.as_ref(), MOST_ENTRIES);
    // Only Atom has relative addresses; they begin where the feed was fetched.
    let address = |path: &str| {
        service.canonical(path).or_else(|| (form == NewsForm::Atom).then(|| path.to_owned()))
    };
    let entries = news.iter().map(|news| {
        let locale = match program {
            Some(_) => asked.locale.clone(),
            None => spoken(news.program, asked.wanted.as_ref()),
        };
        let page = format!("/notices/{}/{}", news.program.id, news.notice.id);
        let lang = super::addresses::in_language(news.program, &locale);
        let page = address(&format!("{page}{lang}"));
        renderer.news_entry(news, &locale, page, snapshot.created_at)
    });
    let entries = entries.collect::<Result<_, _>>().map_err(ApiError::internal)?;
    let language = renderer.language(&asked.locale);
    let (id, title) = match program {
        Some(program) => {
            let title = program.titles(&asked.locale).program();
            let title = format!("{title}{} {}", language.say("colon"), language.say("notices"));
            (feed_name(program, &asked.locale), title)
        }
        None => (name_of_all(snapshot, service, path), language.say("deprecation-notices")),
    };
    let page = address(&news_page(program, &asked.locale));
    let source = address(path);
    let feed = NewsFeed {
        id,
        title,
        locale: &asked.locale,
        page: page.as_deref(),
        source: source.as_deref(),
        published: snapshot.created_at,
        entries,
    };
    match form {
        NewsForm::Atom => feed.atom().map_err(ApiError::internal),
        NewsForm::Json => Ok(feed.json()),
    }
}

/// By the host that the world knows us by; until there is one, by the first
/// program's domain.
fn name_of_all(snapshot: &Snapshot, service: &Service, path: &str) -> String {
    let lang = path.find('?').map_or("", |at| &path[at..]);
    let programs = &snapshot.index.workspace().programs;
    let domain = programs.values().next().map(|p| p.settings.sender.address.domain());
    let host = service.public_host();
    let authority = host.as_deref().or(domain).unwrap_or("localhost");
    named(authority, &format!("notices{lang}"))
}
