//! `GET /api/v1/schedule`: the milestones of all notices, in order of time.

use super::{ListRefusals, Listing, PageParameters, Reading, no_guess, schemas};
use crate::impact::{AgendaQuery, ScheduledMilestone};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::IntoParams;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `schedule`")]
pub struct ScheduleParameters {
    #[param(inline, example = "usps-web-tools")]
    program: Option<schemas::Id>,
    /// The notice's id within its program.
    #[param(inline)]
    notice: Option<schemas::Id>,
    /// Only milestones of rows and brownouts in this environment.
    #[param(inline, example = "prod")]
    environment: Option<schemas::Id>,
    /// Leave out what has certainly passed before this moment: an RFC 3339
    /// instant, or a day (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-04-01")]
    from: Option<schemas::Moment>,
    /// Leave out what cannot happen before this moment, and what has no date yet.
    #[param(inline, example = "2020-10-01")]
    until: Option<schemas::Moment>,
    /// Only milestones that may fall between the moment asked about and this much
    /// later: `30 days`, `6 months`, `2 hours`.
    #[param(inline, example = "30 days")]
    within: Option<schemas::Length>,
    /// The moment asked about instead of now: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-04-01")]
    on: Option<schemas::Moment>,
    /// What was declared at this moment, which also is the moment asked about
    /// unless `on` names another.
    #[param(inline)]
    as_of: Option<schemas::Moment>,
}

/// What happens when.
///
/// A repeating brownout is one milestone, at its first start. What has no
/// date yet comes last.
#[utoipa::path(
    get,
    path = "/api/v1/schedule",
    tag = "table",
    operation_id = "listMilestones",
    params(ScheduleParameters, PageParameters),
    responses(
        (status = 200, description = "A page of milestones",
            content((Listing<ScheduledMilestone> = "application/json"), (String = "text/csv"),
                (String = "text/markdown")),
            headers(("ETag" = String), ("Cache-Control" = String), ("Link" = String))),
        ListRefusals,
    )
)]
pub async fn schedule(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start_list(&request, &service).await?;
    let parameters = &mut reading.parameters;
    let query = AgendaQuery {
        program: parameters.take("program"),
        notice: parameters.take("notice"),
        environment: parameters.take("environment"),
        from: parameters.take_moment("from"),
        until: parameters.take_moment("until"),
        within: parameters.take("within"),
    };
    let on = parameters.take_moment("on");
    let mut pairs = query.pairs();
    pairs.extend(on.map(|on| ("on", super::shown_instant(on))));
    let asked = reading.finish("/api/v1/schedule", pairs, on, query.within.is_some())?;
    asked.answer_in_form(
        &request,
        |snapshot, on| snapshot.index.agenda(&query, on),
        |snapshot, number, _| snapshot.index.milestone(number),
        no_guess,
    )
}
