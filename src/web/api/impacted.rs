//! `GET /api/v1/impacted`: the impacted-API table.

use super::{Listing, PageParameters, Reading};
use crate::impact::ImpactedApi;
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::IntoParams;

pub const PATH: &str = "/api/v1/impacted";

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `impact::Question`")]
pub struct ImpactedParameters {
    #[param(example = "usps-web-tools")]
    program: Option<String>,
    #[param(example = "prod")]
    environment: Option<String>,
    /// The API's wire name, case and all.
    #[param(example = "holdForPickup")]
    api: Option<String>,
    /// The group through which a notice names the API.
    group: Option<String>,
    /// The notice's id within its program.
    notice: Option<String>,
    /// One or more states, separated by commas or by repeating the parameter:
    /// `cancelled`, `paused`, `cut-off`, `due`, `brownout`, `deprecated`, `announced`.
    #[param(example = "due,cut-off")]
    state: Option<String>,
    /// A host, or a URL at or below one that a row declares.
    #[param(example = "secure.shippingapis.com")]
    url: Option<String>,
    /// The states at this moment instead of now: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(example = "2020-09-27")]
    on: Option<String>,
    /// Only cutoffs that may fall between the moment asked about and this much
    /// later: `30 days`, `6 months`, `2 hours`.
    #[param(example = "30 days")]
    within: Option<String>,
    /// `cutoff` (the default), `api`, `environment`, `program` or `state`.
    #[param(example = "cutoff")]
    sort: Option<String>,
}

/// Which APIs are affected, where, and when.
///
/// One line for each API in each row of each notice. A name that does not
/// exist gives an empty list and, where something is spelled like it,
/// `did_you_mean`.
#[utoipa::path(
    get,
    path = "/api/v1/impacted",
    tag = "table",
    operation_id = "listImpactedApis",
    params(ImpactedParameters, PageParameters),
    responses(
        (status = 200, description = "A page of the table", body = Listing<ImpactedApi>,
            headers(("ETag" = String), ("Cache-Control" = String),
                ("Link" = String, description = "rel `next` and `first` (RFC 8288)"))),
        (status = 304, description = "The client already has this answer"),
        (status = 400, description = "A parameter or the cursor is not understood",
            body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "The cursor belongs to an earlier publication: start again",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Nothing has been published yet",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn impacted(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start(&request, &service)?;
    let question = reading.parameters.question();
    let moving = question.query.within.is_some();
    let asked = reading.finish(PATH, question.pairs(), question.on, moving)?;
    asked.answer(
        &request,
        |snapshot, on| snapshot.index.query(&question.query, on),
        |snapshot, line, on| ImpactedApi::new(&snapshot.index.line(line), on),
        |snapshot| snapshot.index.did_you_mean(&question.query),
    )
}
