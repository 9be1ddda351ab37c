//! Where somebody whose client passed at a test endpoint may say that they are done.
//!
//! The way here is told by the test endpoint itself and by the page of their attempts. The
//! name that the client asked for says who it is. GET changes nothing.

use super::done::{Asking, page};
use super::unsubscribe::failed;
use crate::notice::NoticePath;
use crate::subscribers::{self, Rehearsed};
use crate::web::addresses::notice_path;
use crate::web::bodies;
use crate::web::problem::ApiError;
use crate::web::routes::posted;
use crate::web::service::Service;
use crate::web::tried;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};

type Address = (String, String, String);

pub fn resource() -> Resource {
    posted("/rehearsed/{token}/{program}/{id}", show, say)
}

async fn show(
    request: HttpRequest,
    service: Data<Service>,
    address: Path<Address>,
) -> Result<HttpResponse, ApiError> {
    let (token, program, id) = address.into_inner();
    let notice = declared(&service, (program, id))?;
    let (store, keys) = (service.store(), service.keys());
    let found = subscribers::describe_rehearsed(store, &keys, &token, &notice).await;
    answer(&request, &service, &found.map_err(failed)?, false)
}

async fn say(
    request: HttpRequest,
    service: Data<Service>,
    address: Path<Address>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    bodies::read(body).await?;
    let (token, program, id) = address.into_inner();
    let notice = declared(&service, (program, id))?;
    let (store, keys, now) = (service.store(), service.keys(), service.now());
    let before = subscribers::describe_rehearsed(store, &keys, &token, &notice).await;
    let was_done = before.map_err(failed)?.is_done;
    let found = subscribers::say_rehearsed(store, &keys, &token, &notice, now).await;
    let found = found.map_err(failed)?;
    if found.is_done && !was_done {
        tracing::info!(%notice, "said to be done after a rehearsal");
    }
    answer(&request, &service, &found, !was_done)
}

/// A notice that is published now.
fn declared(service: &Service, named: (String, String)) -> Result<NoticePath, ApiError> {
    let path = notice_path(&named)?;
    let snapshot = service.snapshot()?;
    match snapshot.index.workspace().notice(&path) {
        Some(_) => Ok(path),
        None => Err(ApiError::NotFound(format!("there is no notice `{path}`"))),
    }
}

fn answer(
    request: &HttpRequest,
    service: &Service,
    found: &Rehearsed,
    is_done_now: bool,
) -> Result<HttpResponse, ApiError> {
    let asking = Asking {
        notice: &found.notice,
        rows: &found.rows,
        is_done: found.is_done,
        is_done_now: found.is_done && is_done_now,
        passed: found.may_say_done(),
        hindrance: tried::hindrance(found),
    };
    page(request, service, &asking)
}
