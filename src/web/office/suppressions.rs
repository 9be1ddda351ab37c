//! `/office/suppressions`: who must not be written to, why, and what was said of it
//! last.

use super::stamp::Stamp;
use super::{acting, deeds, page, person, person_address};
use crate::notice::{Actor, EmailAddress, OfficeScope};
use crate::store::ListedEvent;
use crate::web::paging::{DEFAULT_LIMIT, address};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const TEMPLATE: &str = "page/office/suppressions.html";
pub const PATH: &str = "/office/suppressions";

#[derive(Serialize)]
struct SuppressionsPage<'a> {
    counts: Vec<Count>,
    events: Vec<Row>,
    next_href: Option<String>,
    is_first: bool,
    programs: Vec<String>,
    typed: &'a Typed,
    error: Option<&'a str>,
    done: Option<&'static str>,
}

#[derive(Serialize)]
struct Count {
    scope: String,
    reason: String,
    count: i64,
}

#[derive(Serialize)]
struct Row {
    at: Stamp,
    /// Absent where nobody with this mailbox is known any more.
    address: Option<String>,
    person_href: Option<String>,
    scope: String,
    action: String,
    reason: String,
    author: String,
}

#[derive(Default, Serialize)]
struct Typed {
    address: String,
    scope: String,
    reason: String,
}

#[derive(Default)]
struct News {
    typed: Typed,
    error: Option<String>,
    done: Option<&'static str>,
}

pub async fn all(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let mut parameters = Parameters::read(request.query_string())?;
    let before: Option<u32> = parameters.take("before");
    parameters.finish()?;
    show(&service, &actor, before.map(i64::from), News::default()).await
}

pub async fn change(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Editor)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let field = |name: &str| form.one(name);
    let typed = Typed { address: field("address"), scope: field("scope"), reason: field("reason") };
    let scope = person::scope(&typed.scope)?;
    let read = typed.address.parse::<EmailAddress>().map_err(|bad| bad.to_string());
    let (address, reason) =
        match read.and_then(|at| Ok((at, crate::notice::reason(&typed.reason)?))) {
            Ok(read) => read,
            Err(error) => {
                let news = News { typed, error: Some(error), done: None };
                return show(&service, &actor, None, news).await;
            }
        };
    let (is_done, done, already) = match form.one("do").as_str() {
        "suppress" => {
            let is_done = deeds::suppress(&service, &actor, &address, &scope, &reason).await?;
            let already = "This address was suppressed already; the first reason is kept.";
            (is_done, "Suppressed: what waits for this address is not sent either.", already)
        }
        "lift" => {
            let is_done = deeds::lift(&service, &actor, &address, &scope, &reason).await?;
            (is_done, "Lifted.", "This address was not suppressed so.")
        }
        _ => return Err(ApiError::BadBody("`do` names nothing that can be done".to_owned())),
    };
    let news = match is_done {
        true => News { done: Some(done), ..News::default() },
        false => News { typed, error: Some(already.to_owned()), done: None },
    };
    show(&service, &actor, None, news).await
}

async fn show(
    service: &Service,
    actor: &Actor,
    before: Option<i64>,
    news: News,
) -> Result<HttpResponse, ApiError> {
    let store = service.store();
    let counts = store.suppression_counts().await.map_err(ApiError::internal)?;
    let events = store.latest_suppressions(before, DEFAULT_LIMIT as i64).await;
    let events = events.map_err(ApiError::internal)?;
    let last = events.last().filter(|_| events.len() == DEFAULT_LIMIT);
    let snapshot = service.snapshot().ok();
    let programs = snapshot.iter().flat_map(|shown| shown.index.workspace().programs.keys());
    let count = |(scope, reason, count)| Count { scope, reason, count };
    let view = SuppressionsPage {
        counts: counts.into_iter().map(count).collect(),
        next_href: last.map(|last| address(PATH, &[("before", &last.id.to_string())])),
        events: events.into_iter().map(row).collect(),
        is_first: before.is_none(),
        programs: programs.map(ToString::to_string).collect(),
        typed: &news.typed,
        error: news.error.as_deref(),
        done: news.done,
    };
    let status = match news.error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    page(service, actor, status, TEMPLATE, &view)
}

fn row(listed: ListedEvent) -> Row {
    let ListedEvent { person, event, .. } = listed;
    let person_href = person.as_ref().map(|(number, _)| person_address(*number));
    Row {
        at: event.at.into(),
        address: person.map(|(_, address)| address),
        person_href,
        scope: event.scope,
        action: event.action,
        reason: event.reason,
        author: event.author,
    }
}
