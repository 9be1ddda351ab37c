//! `GET /api/v1/impacted`: the impacted-API table.

use super::{
    CHANGED_SINCE, ListRefusals, Listing, PageParameters, Reading, schemas, shown_instant,
};
use crate::impact::ImpactedApi;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::IntoParams;

pub const PATH: &str = "/api/v1/impacted";

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `impact::Question`")]
pub struct ImpactedParameters {
    #[param(inline, example = "usps-web-tools")]
    program: Option<schemas::Id>,
    #[param(inline, example = "prod")]
    environment: Option<schemas::Id>,
    /// The API's wire name, case and all.
    #[param(inline, example = "holdForPickup")]
    api: Option<schemas::Id>,
    /// The group through which a notice names the API.
    #[param(inline)]
    group: Option<schemas::Id>,
    /// The notice's id within its program.
    #[param(inline)]
    notice: Option<schemas::Id>,
    /// One or more states, separated by commas or by repeating the parameter:
    /// `cancelled`, `paused`, `cut-off`, `due`, `brownout`, `deprecated`, `announced`.
    #[param(inline, example = "due,cut-off")]
    state: Option<schemas::States>,
    /// A host, or a URL at or below one that a row declares.
    #[param(inline, example = "secure.shippingapis.com")]
    url: Option<schemas::HostOrUrl>,
    /// The states at this moment instead of now: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-09-27")]
    on: Option<schemas::Moment>,
    /// Only cutoffs that may fall between the moment asked about and this much
    /// later: `30 days`, `6 months`, `2 hours`.
    #[param(inline, example = "30 days")]
    within: Option<schemas::Length>,
    /// Only what was published otherwise after this moment: an RFC 3339 instant, or a
    /// day (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-05-20")]
    changed_since: Option<schemas::Moment>,
    /// `cutoff` (the default), `api`, `environment`, `notice` (by its title), `program` or
    /// `state`.
    #[param(inline, example = "cutoff")]
    sort: Option<schemas::Order>,
    /// What was declared at this moment, which also is the moment asked about
    /// unless `on` names another.
    #[param(inline)]
    as_of: Option<schemas::Moment>,
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
        (status = 200, description = "A page of the table",
            content((Listing<ImpactedApi> = "application/json"), (String = "text/csv"),
                (String = "text/markdown")),
            headers(("ETag" = String), ("Cache-Control" = String),
                ("Link" = String, description = "rel `next` and `first` (RFC 8288)"))),
        ListRefusals,
    )
)]
pub async fn impacted(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start_list(&request, &service).await?;
    let question = reading.parameters.question();
    let since = reading.parameters.take_moment(CHANGED_SINCE);
    let moving = question.query.within.is_some();
    let mut pairs = question.pairs();
    pairs.extend(since.map(|since| (CHANGED_SINCE, shown_instant(since))));
    let asked = reading.finish(PATH, pairs, question.on, moving)?;
    let since = asked.since(&service, since).await?;
    asked.answer_in_form(
        &request,
        |snapshot, on| {
            let found = snapshot.index.query(&question.query, on);
            let Some(since) = &since else { return found };
            let is_new = |line: &u32| since.has_line(snapshot, *line, on);
            found.iter().copied().filter(is_new).collect()
        },
        |snapshot, line, on| ImpactedApi::new(&snapshot.index.line(line), on),
        |snapshot| snapshot.index.did_you_mean(&question.query),
    )
}
