//! `/office/subscribers`: who hears of what, and finding one of them. Addresses
//! travel in forms, never in an address of ours: those are kept by histories and logs.

use super::{acting, page, person_address, record};
use crate::notice::{Actor, EmailAddress, OfficeScope};
use crate::store::{Deed, Listed, Store, StoreError};
use crate::subscribers;
use crate::web::paging::{DEFAULT_LIMIT, address};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, LOCATION};
use actix_web::web::{Bytes, Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Serialize;

const TEMPLATE: &str = "page/office/subscribers.html";
pub const PATH: &str = "/office/subscribers";

/// People written out at a time.
const CHUNK: i64 = 500;

#[derive(Serialize)]
struct SubscribersPage {
    people: Vec<Row>,
    next_href: Option<String>,
    is_first: bool,
    /// What was looked for and not found, and why.
    sought: String,
    error: Option<String>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    address: String,
    name: Option<String>,
    hears: Vec<String>,
    suppressed: Vec<String>,
}

pub async fn all(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let mut parameters = Parameters::read(request.query_string())?;
    let after: Option<u32> = parameters.take("after");
    parameters.finish()?;
    show(&service, &actor, after.map(i64::from), (String::new(), None)).await
}

/// Leads to the person with an address.
pub async fn find(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let sought = form.one("address");
    let error = match sought.parse::<EmailAddress>() {
        Err(bad) => bad.to_string(),
        Ok(address) => {
            let known = service.store().subscriber_number(&address).await;
            match known.map_err(ApiError::internal)? {
                Some(number) => {
                    let to = person_address(number);
                    return Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish());
                }
                None => "Nobody has this address.".to_owned(),
            }
        }
    };
    show(&service, &actor, None, (sought, Some(error))).await
}

async fn show(
    service: &Service,
    actor: &Actor,
    after: Option<i64>,
    (sought, error): (String, Option<String>),
) -> Result<HttpResponse, ApiError> {
    let people = service.store().subscribers(after.unwrap_or(0), DEFAULT_LIMIT as i64).await;
    let people = people.map_err(ApiError::internal)?;
    let last = people.last().filter(|_| people.len() == DEFAULT_LIMIT);
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let view = SubscribersPage {
        next_href: last.map(|last| address(PATH, &[("after", &last.id.to_string())])),
        people: people.iter().map(row).collect(),
        is_first: after.is_none(),
        sought,
        error,
    };
    page(service, actor, status, TEMPLATE, &view)
}

fn row(person: &Listed) -> Row {
    Row {
        href: person_address(person.id),
        address: person.address.to_string(),
        name: person.name.clone(),
        hears: person.interests.iter().map(ToString::to_string).collect(),
        suppressed: person.suppressed.clone(),
    }
}

/// Everybody, as a list that `recipients import` reads again. Written out as it is
/// read, so that it needs no room however long it is.
pub async fn export(
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Editor)?;
    let deed = Deed { actor: &actor.name, action: "exported", subject: "subscribers", detail: "" };
    record(&service, &deed).await?;
    let store = service.store().clone();
    let lines = stream::try_unfold(Some(0), move |after| {
        let store = store.clone();
        async move {
            let Some(after) = after else { return Ok::<_, actix_web::Error>(None) };
            let (bytes, last) = chunk(&store, after).await.map_err(failed)?;
            Ok((!bytes.is_empty()).then_some((bytes, last)))
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"subscribers.csv\""))
        .streaming(lines))
}

/// It is too late for another answer: the connection breaks off, and nobody takes
/// the beginning for the whole.
fn failed(failure: StoreError) -> actix_web::Error {
    tracing::error!(%failure, "an export broke off");
    actix_web::error::ErrorInternalServerError("the export broke off")
}

/// Some lines, and after whom to go on.
async fn chunk(store: &Store, after: i64) -> Result<(Bytes, Option<i64>), StoreError> {
    let people = store.subscribers(after, CHUNK).await?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    // A vector takes everything that is written into it.
    if after == 0 {
        subscribers::csv_header(&mut csv).ok();
    }
    for person in &people {
        subscribers::write_csv(&mut csv, person).ok();
    }
    let bytes = csv.into_inner().unwrap_or_default();
    Ok((bytes.into(), people.last().map(|last| last.id)))
}
