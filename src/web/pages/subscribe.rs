//! `/subscribe`: the form by which anybody asks to be written to.
//!
//! What it answers is the same for every address. It works without a script, and
//! what the address of the page names is ticked already.

use super::hearing::{self, Choice, Chosen, FieldErrors, Hearing};
use super::{Speech, public_page_with, render_with, tell_language};
use crate::notice::{Locale, Program};
use crate::render::PageLinks;
use crate::subscribers::{BadField, Request};
use crate::web::bodies::Form;
use crate::web::freshness::{HTML, Moment};
use crate::web::paging::address;
use crate::web::problem::ApiError;
use crate::web::routes::posted;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use crate::web::{asking, form_token, languages, same_site};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;

const TEMPLATE: &str = "page/subscribe.html";
pub const PATH: &str = "/subscribe";

#[derive(Serialize)]
struct SubscribePage {
    /// Absent until one is chosen.
    program: Option<Chosing>,
    programs: Vec<Link>,
    /// The page's own language, where it was asked for.
    lang: Option<String>,
    address: String,
    name: String,
    zone: String,
    zones: Vec<&'static str>,
    frequencies: Vec<Choice>,
    locales: Vec<Choice>,
    errors: FieldErrors,
    has_errors: bool,
    /// The form itself was too old, or not one of ours.
    is_stale: bool,
    is_asked: bool,
}

#[derive(Serialize)]
struct Chosing {
    id: String,
    title: String,
    office: String,
    zone: String,
    hearing: Hearing,
}

#[derive(Serialize)]
struct Link {
    title: String,
    href: String,
}

pub fn resource() -> Resource {
    posted(PATH, show, ask)
}

/// The address of the form with what is known already.
pub fn href(pairs: &[(&str, &str)]) -> String {
    address(PATH, pairs)
}

fn request_of(form: &Form) -> Request {
    Request {
        address: form.one("address"),
        name: form.one("name"),
        program: form.one("program"),
        apis: form.all("api"),
        environments: form.all("environment"),
        kinds: form.all("kind"),
        locale: form.one("locale"),
        zone: form.one("zone"),
        frequency: form.one("frequency"),
    }
}

async fn show(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let snapshot = service.snapshot()?;
    let form = Form::of_query(request.query_string());
    // An address that is given along is not shown: links are passed on.
    let asked = Request { address: String::new(), name: String::new(), ..request_of(&form) };
    let lang = Locale::from_tag(&form.one(languages::PARAMETER));
    let speech = Speech::of(&request, &snapshot.renderer, lang.as_ref());
    let now = service.now();
    let moment = Moment::now(&snapshot, now).ending(form_token::changes_at(now), now);
    let token = form_token::make(&service, PATH, "");
    let program = Some(asked.program.trim()).filter(|program| !program.is_empty());
    let itself = href(&program.map(|program| ("program", program)).into_iter().collect::<Vec<_>>());
    let links =
        PageLinks { form_token: Some(&token), itself: Some(&itself), ..PageLinks::default() };
    let about = (snapshot.as_ref(), &moment, TEMPLATE, &speech, links);
    public_page_with(&request, &service, about, || view(&snapshot, &asked, &[], &speech))
}

async fn ask(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    same_site::expect(&request, &service)?;
    let form = Form::read(&request, body).await?;
    let snapshot = service.snapshot()?;
    let asked = request_of(&form);
    let lang = Locale::from_tag(&form.one(languages::PARAMETER));
    let speech = Speech::of(&request, &snapshot.renderer, lang.as_ref());
    let (status, page) = match try_asking(&request, &service, &snapshot, &form, &asked).await {
        Ok(false) => {
            let page = view(&snapshot, &asked, &[], &speech);
            (StatusCode::FORBIDDEN, SubscribePage { is_stale: true, ..page })
        }
        Ok(true) => {
            let page = view(&snapshot, &asked, &[], &speech);
            (StatusCode::OK, SubscribePage { is_asked: true, ..page })
        }
        Err(ApiError::BadFields(bad)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, view(&snapshot, &asked, &bad, &speech))
        }
        Err(other) => return Err(other),
    };
    let token = form_token::make(&service, PATH, "");
    let links = PageLinks { form_token: Some(&token), ..PageLinks::default() };
    let html = render_with(&service, &snapshot, &request, (TEMPLATE, &speech, links), page)?;
    let mut response = HttpResponse::build(status).content_type(HTML).body(html);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    tell_language(&mut response, &snapshot, &speech);
    Ok(response)
}

/// Whether the form was one of ours, and what was asked for is kept.
async fn try_asking(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    form: &Form,
    asked: &Request,
) -> Result<bool, ApiError> {
    if !form_token::is_good_or_absent(request, service, form, PATH) {
        return Ok(false);
    }
    asking::ask(request, service, snapshot, asked).await.map(|()| true)
}

fn view(
    snapshot: &Snapshot,
    asked: &Request,
    bad: &[BadField],
    speech: &Speech<'_>,
) -> SubscribePage {
    let programs = &snapshot.index.workspace().programs;
    // Where there is one program alone, nobody is asked for it.
    let only = programs.values().next().filter(|_| programs.len() == 1);
    let program = programs.get(asked.program.trim()).or(only);
    let language = &speech.language;
    let lang = speech.asked().map(|locale| locale.to_string());
    let link = |program: &Program| {
        let lang = lang.as_deref().map(|lang| (languages::PARAMETER, lang));
        let pairs = std::iter::once(("program", program.id.as_str())).chain(lang);
        let title = program.titles(language.locale()).program().to_owned();
        Link { title, href: href(&pairs.collect::<Vec<_>>()) }
    };
    let others = programs.values().filter(|p| program.is_none_or(|chosen| p.id != chosen.id));
    let locales = program.map_or(&[][..], |program| &program.settings.locales);
    let spoken = language.locale().closest(locales).map_or("", Locale::as_str);
    let locale = if asked.locale.is_empty() { spoken } else { &asked.locale };
    SubscribePage {
        program: program.map(|program| chosing(program, asked, speech)),
        programs: others.map(link).collect(),
        address: asked.address.clone(),
        name: asked.name.clone(),
        zone: asked.zone.clone(),
        zones: if program.is_some() { hearing::zones() } else { Vec::new() },
        frequencies: hearing::frequencies(&asked.frequency, language),
        locales: hearing::languages(locales, locale, snapshot),
        errors: FieldErrors::new(bad, language),
        has_errors: !bad.is_empty(),
        is_stale: false,
        is_asked: false,
        lang,
    }
}

fn chosing(program: &Program, asked: &Request, speech: &Speech<'_>) -> Chosing {
    let language = &speech.language;
    let titles = program.titles(language.locale());
    let chosen =
        Chosen { apis: &asked.apis, environments: &asked.environments, kinds: &asked.kinds };
    Chosing {
        id: program.id.to_string(),
        title: titles.program().to_owned(),
        office: titles.office().to_owned(),
        zone: program.settings.zone.name().to_owned(),
        hearing: Hearing::new(program, "", &chosen, language),
    }
}
