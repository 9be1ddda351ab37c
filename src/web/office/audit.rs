//! `/office/audit`: who of the office did what, and when.

use super::stamp::Stamp;
use super::{acting, page};
use crate::notice::{Actor, OfficeScope};
use crate::store::StoredDeed;
use crate::web::paging::{DEFAULT_LIMIT, address};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const TEMPLATE: &str = "page/office/audit.html";
const PATH: &str = "/office/audit";

#[derive(Serialize)]
struct AuditPage {
    deeds: Vec<Row>,
    /// Further back.
    next_href: Option<String>,
    is_first: bool,
}

#[derive(Serialize)]
struct Row {
    at: Stamp,
    actor: String,
    action: String,
    subject: String,
    detail: String,
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
    let before = before.map(i64::from);
    let deeds = service.store().deeds(before, DEFAULT_LIMIT as i64).await;
    let deeds = deeds.map_err(ApiError::internal)?;
    let last = deeds.last().filter(|last| deeds.len() == DEFAULT_LIMIT && last.id > 1);
    let next_href = last.map(|last| address(PATH, &[("before", &last.id.to_string())]));
    let view =
        AuditPage { deeds: deeds.iter().map(row).collect(), next_href, is_first: before.is_none() };
    page(&service, &actor, StatusCode::OK, TEMPLATE, &view)
}

fn row(deed: &StoredDeed) -> Row {
    let StoredDeed { at, actor, action, subject, detail, .. } = deed.clone();
    Row { at: at.into(), actor, action, subject, detail }
}
