//! `/office`: how everything stands, and what comes next.

use super::{acting, page};
use crate::notice::{Actor, OfficeScope};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use serde::Serialize;

const TEMPLATE: &str = "page/office/overview.html";

#[derive(Serialize)]
struct OverviewPage {
    publication: Option<String>,
}

pub async fn overview(
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let publication = service.snapshot().ok().map(|shown| shown.digest.short().to_owned());
    page(&service, &actor, StatusCode::OK, TEMPLATE, &OverviewPage { publication })
}
