//! `/office/proof`: who was told what about a notice, when, and with which reply.

use super::stamp::Stamp;
use super::{acting, page, person_address};
use crate::notice::{Actor, EmailAddress, NoticePath, OfficeScope};
use crate::proof::{Head, Told};
use crate::store::ToldRecord;
use crate::web::paging::{DEFAULT_LIMIT, address};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const TEMPLATE: &str = "page/office/proof.html";
pub const PATH: &str = "/office/proof";

#[derive(Serialize)]
struct ProofPage {
    /// Everything that was ever written about.
    notices: Vec<String>,
    notice: Option<String>,
    /// The address whose records these are alone.
    recipient: Option<String>,
    records: Vec<Record>,
    next_href: Option<String>,
    /// The end of the chain of seals.
    head: Option<String>,
    sought: String,
    error: Option<String>,
}

#[derive(Serialize)]
struct Record {
    at: Stamp,
    told: Told,
    person_href: String,
}

struct Asked {
    notice: Option<NoticePath>,
    recipient: Option<i64>,
    after: i64,
}

pub async fn show(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let mut parameters = Parameters::read(request.query_string())?;
    parameters.drop_empty();
    let notice = parameters.take("notice");
    let recipient: Option<u32> = parameters.take("recipient");
    let after: Option<u32> = parameters.take("after");
    parameters.finish()?;
    let after = after.map_or(0, i64::from);
    let asked = Asked { notice, recipient: recipient.map(i64::from), after };
    view(&service, &actor, &asked, (String::new(), None)).await
}

/// An address becomes the number of whoever has it: it stays out of the page's own
/// address, which histories and logs keep.
pub async fn find(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let notice: Result<NoticePath, _> = form.one("notice").parse();
    let notice = notice.map_err(|bad| ApiError::BadBody(format!("`notice`: {bad}")))?;
    let sought = form.one("address");
    let number = match sought.trim() {
        "" => Ok(None),
        typed => match typed.parse::<EmailAddress>() {
            Err(bad) => Err(bad.to_string()),
            Ok(address) => {
                let known = service.store().subscriber_number(&address).await;
                let known = known.map_err(ApiError::internal)?;
                known.map(Some).ok_or_else(|| "Nobody has this address any more.".to_owned())
            }
        },
    };
    match number {
        Ok(number) => {
            let to = link(&notice, number, None);
            Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish())
        }
        Err(error) => {
            let asked = Asked { notice: Some(notice), recipient: None, after: 0 };
            view(&service, &actor, &asked, (sought, Some(error))).await
        }
    }
}

fn link(notice: &NoticePath, recipient: Option<i64>, after: Option<i64>) -> String {
    let (notice, number) = (notice.to_string(), |number: i64| number.to_string());
    let (recipient, after) = (recipient.map(number), after.map(number));
    let pairs = [("recipient", recipient.as_deref()), ("after", after.as_deref())];
    let given = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
    address(PATH, &std::iter::once(("notice", notice.as_str())).chain(given).collect::<Vec<_>>())
}

async fn view(
    service: &Service,
    actor: &Actor,
    asked: &Asked,
    (sought, error): (String, Option<String>),
) -> Result<HttpResponse, ApiError> {
    let store = service.store();
    let records = match asked.notice.as_ref().filter(|_| error.is_none()) {
        None => Vec::new(),
        Some(notice) => {
            let most = DEFAULT_LIMIT as i64;
            let told = store.told(&notice.to_string(), asked.recipient, asked.after, most).await;
            told.map_err(ApiError::internal)?
        }
    };
    let last = records.last().filter(|_| records.len() == DEFAULT_LIMIT);
    let next = last.map(|last| last.record.id);
    let recipient = match asked.recipient {
        None => None,
        Some(number) => store.address_of(number).await.map_err(ApiError::internal)?,
    };
    let head = store.head().await.map_err(ApiError::internal)?;
    let record = |told: &ToldRecord| Record {
        at: told.record.at.into(),
        person_href: person_address(told.record.recipient),
        told: Told::from(told),
    };
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let view = ProofPage {
        notices: store.subjects().await.map_err(ApiError::internal)?,
        next_href: asked
            .notice
            .as_ref()
            .zip(next)
            .map(|(notice, next)| link(notice, asked.recipient, Some(next))),
        notice: asked.notice.as_ref().map(ToString::to_string),
        recipient: recipient.map(|address| address.to_string()),
        records: records.iter().map(record).collect(),
        head: head.map(|head| Head::from(&head).to_string()),
        sought,
        error,
    };
    page(service, actor, status, TEMPLATE, &view)
}
