//! Where a reminder asks whether all is done.
//!
//! GET shows what the link is about and changes nothing: scanners follow links.
//! POST says so, any number of times. The token alone says who is done with what.

use super::unsubscribe::failed;
use super::{Speech, private};
use crate::notice::{NoticePath, RowId};
use crate::subscribers::{self, Reminded};
use crate::web::problem::ApiError;
use crate::web::routes::posted;
use crate::web::service::Service;
use crate::web::{bodies, languages};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;

#[derive(Serialize)]
struct DonePage<'a> {
    /// The notice by its title, where it is still served; else its path.
    title: String,
    /// Its page, where it is still served.
    notice: Option<String>,
    places: Vec<String>,
    office: Option<&'a str>,
    /// Where the form sends its answer: here.
    action: &'a str,
    is_done: bool,
    /// This very request said so.
    is_done_now: bool,
    passed: bool,
    hindrance: Option<&'static str>,
}

pub fn resource() -> Resource {
    posted("/done/{token}", show, say)
}

async fn show(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let reminded = subscribers::describe_reminded(service.store(), &service.keys(), &token).await;
    let reminded = reminded.map_err(failed)?;
    page(&request, &service, &Asking::reminded(&reminded, false))
}

async fn say(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    bodies::read(body).await?;
    let (store, keys) = (service.store(), service.keys());
    let reminded = subscribers::say_done(store, &keys, &token, service.now()).await;
    let reminded = reminded.map_err(failed)?;
    tracing::info!(notice = %reminded.notice, already = reminded.is_done, "said to be done by link");
    page(&request, &service, &Asking::reminded(&reminded, true))
}

/// What somebody is asked about.
pub(super) struct Asking<'a> {
    pub notice: &'a NoticePath,
    pub rows: &'a [RowId],
    pub is_done: bool,
    /// This very request said so.
    pub is_done_now: bool,
    /// They are asked because a client of theirs passed.
    pub passed: bool,
    /// The word for why they cannot say so yet.
    pub hindrance: Option<&'static str>,
}

impl<'a> Asking<'a> {
    fn reminded(reminded: &'a Reminded, is_done_now: bool) -> Self {
        Self {
            notice: &reminded.notice,
            rows: &reminded.rows,
            is_done: reminded.is_done || is_done_now,
            is_done_now: is_done_now && !reminded.is_done,
            passed: false,
            hindrance: None,
        }
    }
}

pub(super) fn page(
    request: &HttpRequest,
    service: &Service,
    asking: &Asking<'_>,
) -> Result<HttpResponse, ApiError> {
    let snapshot = service.snapshot().ok();
    let path = asking.notice;
    let served = snapshot.as_ref().and_then(|s| s.index.workspace().notice(path));
    let offered = served.map_or(&[][..], |(program, _)| &program.settings.locales);
    let locale = languages::chosen(None, request, offered);
    let said = served.map(|(program, notice)| program.in_locale(notice, &locale));
    let place = |row| {
        let (program, notice) = said.as_ref()?;
        let row = notice.schedule.rows.get(row)?;
        let environment = program.catalogue.environments.get(&row.environment);
        Some(environment.map_or(row.environment.as_str(), |e| e.title.as_str()).to_owned())
    };
    let mut places: Vec<String> = asking.rows.iter().filter_map(place).collect();
    places.dedup();
    let view = DonePage {
        title: said.as_ref().map_or_else(|| path.to_string(), |(_, notice)| notice.title.clone()),
        notice: said.as_ref().map(|_| format!("/notices/{}/{}", path.program, path.notice)),
        places,
        office: said.as_ref().map(|(program, _)| program.settings.office.name.as_str()),
        action: request.path(),
        is_done: asking.is_done,
        is_done_now: asking.is_done_now,
        passed: asking.passed,
        hindrance: asking.hindrance,
    };
    let renderer = snapshot.as_ref().map_or(service.built_in(), |snapshot| &snapshot.renderer);
    let speech = Speech::new(renderer, Some(&locale));
    private::page(service, StatusCode::OK, "page/done.html", (&speech, offered), view)
}
