//! `/office/subscribers/NUMBER`: all that is known of one person, having them
//! written to no more, and erasing them.

use super::stamp::Stamp;
use super::{acting, deeds, page, record, subscribers as list};
use crate::notice::{Actor, EmailAddress, OfficeScope, ProgramId};
use crate::store::{Deed, Scope};
use crate::subscribers::{self, Known};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, LOCATION};
use actix_web::web::{Data, Path, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const TEMPLATE: &str = "page/office/person.html";

/// The latest messages that the page shows; the file has all.
const SHOWN_MESSAGES: usize = 100;

#[derive(Serialize)]
struct PersonPage<'a> {
    number: i64,
    known: &'a Known,
    hears: Vec<String>,
    messages: Vec<Message<'a>>,
    further_messages: usize,
    history: Vec<Event<'a>>,
    programs: Vec<String>,
    reason: &'a str,
    error: Option<&'a str>,
    done: Option<&'static str>,
}

#[derive(Serialize)]
struct Message<'a> {
    at: Stamp,
    about: &'a str,
    kind: &'a str,
    subject: &'a str,
    state: &'a str,
}

#[derive(Serialize)]
struct Event<'a> {
    at: Stamp,
    scope: &'a str,
    action: &'a str,
    reason: &'a str,
    author: &'a str,
}

/// How a change went.
#[derive(Default)]
struct News {
    reason: String,
    error: Option<String>,
    done: Option<&'static str>,
}

pub async fn show(
    service: Data<Service>,
    actor: ReqData<Actor>,
    number: Path<i64>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    view(&service, &actor, *number, &News::default()).await
}

/// The same as a file, for whoever asks for what is kept of them (GDPR, article 15).
pub async fn export(
    service: Data<Service>,
    actor: ReqData<Actor>,
    number: Path<i64>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let address = address_of(&service, *number).await?;
    let known = known(&service, &address).await?;
    let subject = address.masked();
    let deed = Deed { actor: &actor.name, action: "exported", subject: &subject, detail: "" };
    record(&service, &deed).await?;
    let json = serde_json::to_string_pretty(&known).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"subscriber.json\""))
        .content_type("application/json")
        .body(json + "\n"))
}

pub async fn change(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    number: Path<i64>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Editor)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let address = address_of(&service, *number).await?;
    if form.one("do") == "erase" {
        if form.one("sure") != "yes" {
            let error = Some("Tick that you are sure, then erase.".to_owned());
            return view(&service, &actor, *number, &News { error, ..News::default() }).await;
        }
        deeds::erase(&service, &actor, &address).await?;
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, list::PATH)).finish());
    }
    let typed = form.one("reason");
    let reason = match crate::notice::reason(&typed) {
        Ok(reason) => reason,
        Err(error) => {
            let news = News { reason: typed, error: Some(error), done: None };
            return view(&service, &actor, *number, &news).await;
        }
    };
    let scope = scope(&form.one("scope"))?;
    let (is_done, done) = match form.one("do").as_str() {
        "suppress" => {
            let done = deeds::suppress(&service, &actor, &address, &scope, &reason).await?;
            (done, "Suppressed: what waits for this address is not sent either.")
        }
        "lift" => (deeds::lift(&service, &actor, &address, &scope, &reason).await?, "Lifted."),
        _ => return Err(ApiError::BadBody("`do` names nothing that can be done".to_owned())),
    };
    let nothing = (!is_done).then(|| "It was so already.".to_owned());
    let news = News { error: nothing, done: is_done.then_some(done), ..News::default() };
    view(&service, &actor, *number, &news).await
}

/// `*`, or a program.
pub(super) fn scope(text: &str) -> Result<Scope, ApiError> {
    if text == "*" {
        return Ok(Scope::Everywhere);
    }
    let program: Result<ProgramId, _> = text.parse();
    program.map(Scope::Program).map_err(|bad| ApiError::BadBody(format!("`scope`: {bad}")))
}

async fn address_of(service: &Service, number: i64) -> Result<EmailAddress, ApiError> {
    let found = service.store().address_of(number).await.map_err(ApiError::internal)?;
    found.ok_or_else(|| ApiError::NotFound("nobody is known by this number any more".to_owned()))
}

async fn known(service: &Service, address: &EmailAddress) -> Result<Known, ApiError> {
    let known = subscribers::known_of(service.store(), &service.keys(), address).await;
    known.map_err(ApiError::internal)
}

async fn view(
    service: &Service,
    actor: &Actor,
    number: i64,
    news: &News,
) -> Result<HttpResponse, ApiError> {
    let known = known(service, &address_of(service, number).await?).await?;
    let listed = service.store().subscriber(number).await.map_err(ApiError::internal)?;
    let interests = listed.map(|listed| listed.interests).unwrap_or_default();
    let messages = known.messages.iter().rev().take(SHOWN_MESSAGES).map(|message| Message {
        at: message.made_at.into(),
        about: &message.about,
        kind: &message.kind,
        subject: &message.subject,
        state: &message.state,
    });
    let history = known.suppression_history.iter().rev().map(|event| Event {
        at: event.at.into(),
        scope: &event.scope,
        action: &event.action,
        reason: &event.reason,
        author: &event.author,
    });
    let snapshot = service.snapshot().ok();
    let programs = snapshot.iter().flat_map(|shown| shown.index.workspace().programs.keys());
    let view = PersonPage {
        number,
        hears: interests.iter().map(ToString::to_string).collect(),
        messages: messages.collect(),
        further_messages: known.messages.len().saturating_sub(SHOWN_MESSAGES),
        history: history.collect(),
        programs: programs.map(ToString::to_string).collect(),
        known: &known,
        reason: &news.reason,
        error: news.error.as_deref(),
        done: news.done,
    };
    let status = match news.error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    page(service, actor, status, TEMPLATE, &view)
}
