//! `/preferences/{token}`: what somebody hears and how, all that is known of them,
//! and the way out. The link stands at the foot of every mail.
//!
//! GET changes nothing. The token alone says whose page it is: there is no cookie
//! and no login.

use super::hearing::{self, Choice, Chosen, FieldErrors, Hearing};
use super::tried::Rehearsals;
use super::unsubscribe::failed;
use super::webhook::{self, WebhookNews, WebhookSection};
use super::{Speech, private};
use crate::notice::{EmailAddress, ProgramId, Wishes};
use crate::store::{Change, Webhook};
use crate::subscribers::{self, BadField, Heard, Preferences, Request};
use crate::web::bodies::Form;
use crate::web::own;
use crate::web::problem::ApiError;
use crate::web::routes::posted;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, HeaderName};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;

const TEMPLATE: &str = "page/preferences.html";

#[derive(Serialize)]
struct PreferencesPage<'a> {
    action: &'a str,
    address: String,
    /// Who is written to when they do not answer, as far as anybody else may see it.
    second_contact: Option<String>,
    sections: Vec<Section>,
    name: String,
    zone: String,
    zones: Vec<&'static str>,
    frequencies: Vec<Choice>,
    /// Such as one would write it.
    sample_zone: &'static str,
    locales: Vec<Choice>,
    errors: FieldErrors,
    has_errors: bool,
    is_saved: bool,
    is_tick_missing: bool,
    webhook: WebhookSection,
    /// Absent where there is nothing to rehearse.
    rehearsals: Option<Rehearsals>,
}

/// One program that they hear of.
#[derive(Serialize)]
struct Section {
    id: String,
    title: String,
    has_left: bool,
    /// Absent where the program is no longer published.
    hearing: Option<Hearing>,
    /// Where the fields cannot show what they hear exactly.
    finer: Vec<String>,
}

#[derive(Serialize)]
struct Erased {
    is_erased: bool,
}

/// How a change went, as the page tells it.
#[derive(Default)]
struct News {
    is_saved: bool,
    is_tick_missing: bool,
    bad: Vec<BadField>,
    /// What was typed and could not be used.
    typed: Option<Request>,
    webhook: WebhookNews,
}

pub fn resource() -> Resource {
    posted("/preferences/{token}", show, change)
}

async fn show(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    page(&request, &service, &token, News::default()).await
}

async fn change(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let form = Form::read(&request, body).await?;
    let known = known(&service, &token).await?;
    let Some(preferences) = known else { return erased(&request, &service) };
    let (store, keys, now) = (service.store(), service.keys(), service.now());
    let mut news = News { is_saved: true, ..News::default() };
    match form.one("do").as_str() {
        "hearing" => {
            let change = Change::Interests(wish(&service, &form)?);
            subscribers::change(store, &keys, &token, &change, now).await.map_err(failed)?;
        }
        "details" => news = details(&service, &token, &form).await?,
        "no-second-contact" => {
            let change = Change::NoSecondContact;
            subscribers::change(store, &keys, &token, &change, now).await.map_err(failed)?;
        }
        "leave" => {
            let programs = [program(&preferences, &form)?];
            subscribers::leave(store, &keys, &token, &programs, now).await.map_err(failed)?;
        }
        "leave-all" => {
            let heard = preferences.programs.iter();
            let programs: Vec<_> = heard.map(|heard| heard.wish.program.clone()).collect();
            subscribers::leave(store, &keys, &token, &programs, now).await.map_err(failed)?;
        }
        "return" => {
            let program = program(&preferences, &form)?;
            subscribers::return_to(store, &keys, &token, &program, now).await.map_err(failed)?;
        }
        "export" => return export(&service, &preferences).await,
        "erase" if form.one("sure") == "yes" => {
            subscribers::erase(store, &keys, &token).await.map_err(failed)?;
            tracing::info!("somebody erased themselves");
            return erased(&request, &service);
        }
        "erase" => news = News { is_tick_missing: true, ..News::default() },
        _ => {
            let person = preferences.person.id;
            let Some(about) = webhook::change(&request, &service, person, &form).await? else {
                return Err(ApiError::BadBody("`do` names nothing that can be done".to_owned()));
            };
            news = News { is_saved: !about.is_bad(), webhook: about, ..News::default() };
        }
    }
    page(&request, &service, &token, news).await
}

async fn known(service: &Service, token: &str) -> Result<Option<Preferences>, ApiError> {
    subscribers::preferences(service.store(), &service.keys(), token).await.map_err(failed)
}

/// One of those that they hear of; the form names no other.
fn program(preferences: &Preferences, form: &Form) -> Result<ProgramId, ApiError> {
    let named = form.one("program");
    let mut heard = preferences.programs.iter().map(|heard| &heard.wish.program);
    let found = heard.find(|program| program.as_str() == named);
    found.cloned().ok_or_else(|| ApiError::BadBody("`program` is not followed".to_owned()))
}

fn wish(service: &Service, form: &Form) -> Result<crate::notice::Wish, ApiError> {
    let snapshot = service.snapshot()?;
    let named = form.one("program");
    let program = snapshot.index.workspace().programs.get(named.as_str());
    let program = program.ok_or_else(|| ApiError::NotFound("no such program".to_owned()))?;
    let asked = Request {
        apis: form.all("api"),
        environments: form.all("environment"),
        kinds: form.all("kind"),
        ..Request::default()
    };
    asked.check_wish(program).map_err(ApiError::BadFields)
}

async fn details(service: &Service, token: &str, form: &Form) -> Result<News, ApiError> {
    let asked = Request {
        name: form.one("name"),
        locale: form.one("locale"),
        zone: form.one("zone"),
        frequency: form.one("frequency"),
        ..Request::default()
    };
    let snapshot = service.snapshot()?;
    match asked.check_details(&snapshot.renderer.locales()) {
        Err(bad) => Ok(News { bad, typed: Some(asked), ..News::default() }),
        Ok(Wishes { name, locale, zone, frequency, .. }) => {
            let change = Change::Details { name, locale, zone, frequency };
            let (store, keys, now) = (service.store(), service.keys(), service.now());
            subscribers::change(store, &keys, token, &change, now).await.map_err(failed)?;
            Ok(News { is_saved: true, ..News::default() })
        }
    }
}

async fn export(service: &Service, preferences: &Preferences) -> Result<HttpResponse, ApiError> {
    let address = &preferences.person.address;
    let known = subscribers::known_of(service.store(), &service.keys(), address).await;
    let known = known.map_err(ApiError::internal)?;
    let json = serde_json::to_string_pretty(&known).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((HeaderName::from_static("x-robots-tag"), "noindex, nofollow"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""))
        .content_type("application/json")
        .body(json + "\n"))
}

pub(super) fn erased(request: &HttpRequest, service: &Service) -> Result<HttpResponse, ApiError> {
    // A click that leaves must not fail because nothing is published.
    let snapshot = service.snapshot().ok();
    let renderer = snapshot.as_ref().map_or(service.built_in(), |snapshot| &snapshot.renderer);
    let speech = private::speech(request, renderer, None);
    let page = Erased { is_erased: true };
    private::page(service, StatusCode::OK, "page/erased.html", (&speech, &[]), page)
}

async fn page(
    request: &HttpRequest,
    service: &Service,
    token: &str,
    news: News,
) -> Result<HttpResponse, ApiError> {
    let Some(preferences) = known(service, token).await? else {
        return erased(request, service);
    };
    let snapshot = service.snapshot()?;
    let speech = private::speech(request, &snapshot.renderer, preferences.person.locale.as_ref());
    let is_good = news.bad.is_empty() && !news.is_tick_missing && !news.webhook.is_bad();
    let status = match is_good {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let webhook = own::webhook(service, preferences.person.id).await?;
    let shown = (request.path(), &speech);
    let rehearsals = Rehearsals::of(service, &snapshot, &preferences, shown).await?;
    let view = view(request.path(), &snapshot, (&preferences, webhook.as_ref()), &news, &speech);
    let view = PreferencesPage { rehearsals, ..view };
    private::page(service, status, TEMPLATE, (&speech, &[]), view)
}

fn view<'a>(
    action: &'a str,
    snapshot: &Snapshot,
    (preferences, webhook): (&Preferences, Option<&Webhook>),
    news: &News,
    speech: &Speech<'_>,
) -> PreferencesPage<'a> {
    let person = &preferences.person;
    let known = || Request {
        name: person.name.clone().unwrap_or_default(),
        locale: person.locale.as_ref().map(ToString::to_string).unwrap_or_default(),
        zone: person.zone.map(|zone| zone.name().to_owned()).unwrap_or_default(),
        frequency: person.frequency.as_str().to_owned(),
        ..Request::default()
    };
    let shown = news.typed.clone().unwrap_or_else(known);
    let sections = preferences.programs.iter().enumerate();
    let locale = match shown.locale.is_empty() {
        true => speech.language.locale().to_string(),
        false => shown.locale,
    };
    PreferencesPage {
        action,
        address: person.address.to_string(),
        second_contact: person.second_contact.as_ref().map(EmailAddress::masked),
        sections: sections.map(|(n, heard)| section(n, heard, snapshot, speech)).collect(),
        name: shown.name,
        zone: shown.zone,
        zones: hearing::zones(),
        frequencies: hearing::frequencies(&shown.frequency, &speech.language),
        sample_zone: "Europe/Paris",
        locales: hearing::languages(&snapshot.renderer.locales(), &locale, snapshot),
        errors: FieldErrors::new(&news.bad, &speech.language),
        has_errors: !news.bad.is_empty(),
        is_saved: news.is_saved,
        is_tick_missing: news.is_tick_missing,
        webhook: WebhookSection::new(webhook, &news.webhook),
        rehearsals: None,
    }
}

fn section(number: usize, heard: &Heard, snapshot: &Snapshot, speech: &Speech<'_>) -> Section {
    let Heard { wish, finer, has_left } = heard;
    let language = &speech.language;
    let program = snapshot.index.workspace().programs.get(&wish.program);
    let title = program.map(|program| program.titles(language.locale()).program().to_owned());
    let names = |list: &[_]| list.iter().map(ToString::to_string).collect::<Vec<String>>();
    let places: Vec<String> = wish.environments.iter().map(ToString::to_string).collect();
    let kinds: Vec<String> = wish.kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    let apis = names(&wish.apis);
    let chosen = Chosen { apis: &apis, environments: &places, kinds: &kinds };
    let prefix = format!("p{number}-");
    let told = |interest| hearing::interest_in_words(interest, program, language);
    Section {
        id: wish.program.to_string(),
        title: title.unwrap_or_else(|| wish.program.to_string()),
        has_left: *has_left,
        hearing: program.map(|program| Hearing::new(program, &prefix, &chosen, language)),
        finer: finer.iter().map(told).collect(),
    }
}
