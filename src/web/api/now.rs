//! `GET /api/v1/now`: what is blocked or browned out at this moment.

use super::{ListRefusals, Listing, PageParameters, Reading, no_guess, schemas};
use crate::impact::{PresentEnvironment, PresentQuery};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::IntoParams;

pub const PATH: &str = "/api/v1/now";

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `now`")]
pub struct NowParameters {
    #[param(inline, example = "usps-web-tools")]
    program: Option<schemas::Id>,
    #[param(inline, example = "prod")]
    environment: Option<schemas::Id>,
    /// Another moment: an RFC 3339 instant, or a day (`YYYY-MM-DD`), which begins
    /// at 00:00 UTC.
    #[param(inline, example = "2020-09-27")]
    on: Option<schemas::Moment>,
    /// What was declared at this moment, which also is the moment asked about
    /// unless `on` names another.
    #[param(inline)]
    as_of: Option<schemas::Moment>,
}

/// What is blocked or browned out at this moment.
///
/// One item for each environment in which calls fail or may fail. An environment
/// that is not named has nothing in force; `until` tells how long that stays true.
#[utoipa::path(
    get,
    path = "/api/v1/now",
    tag = "table",
    operation_id = "listInForce",
    params(NowParameters, PageParameters),
    responses(
        (status = 200, description = "A page of environments", body = Listing<PresentEnvironment>,
            headers(("ETag" = String), ("Cache-Control" = String), ("Link" = String))),
        ListRefusals,
    )
)]
pub async fn now(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start_list(&request, &service).await?;
    let parameters = &mut reading.parameters;
    let query = PresentQuery {
        program: parameters.take("program"),
        environment: parameters.take("environment"),
    };
    let on = parameters.take_moment("on");
    let mut pairs = query.pairs();
    pairs.extend(on.map(|on| ("on", super::shown_instant(on))));
    let asked = reading.finish(PATH, pairs, on, false)?;
    asked.answer(
        &request,
        |snapshot, on| snapshot.index.present(&query, on),
        |snapshot, line, on| snapshot.index.present_environment(line, on),
        no_guess,
    )
}
