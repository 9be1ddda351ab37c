//! `/api/v1/office/notices/{program}/{id}/rehearsals`: who of those that were told of a
//! notice passes its test endpoints, who fails, who never tried.

use super::super::proof::OfficeRefusals;
use super::super::schemas;
use super::{private, shown_instant};
use crate::notice::{NoticePath, OfficeScope, Readiness};
use crate::store::{Rehearser, TriedFrom};
use crate::web::addresses::{no_notice, notice_path};
use crate::web::office::acting;
use crate::web::office::rehearsals::{self, STATES, announcement, counted, take_state};
use crate::web::paging::DEFAULT_LIMIT;
use crate::web::parameters::Parameters;
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use crate::web::tried::state_name;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Networks that are shown.
const NETWORKS: i64 = 100;

/// How those who were told of a notice stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeRehearsals {
    /// By the announcement.
    pub told: i64,
    /// By their last attempt that says anything of versions: `fails`, `unclear` where none
    /// does, `passes`; and `never` of whoever did not try.
    pub states: BTreeMap<&'static str, i64>,
    /// How they came from state to state, by the day (UTC).
    pub days: Vec<RehearsalDay>,
    /// Clients that used no host name of their own, by network: of the last 10,000 records,
    /// the most failures first.
    pub strangers: Vec<Strangers>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RehearsalDay {
    #[schema(example = "2026-03-01")]
    pub day: String,
    /// `never` with the first attempt.
    #[schema(example = "never")]
    pub from: &'static str,
    #[schema(example = "fails")]
    pub to: &'static str,
    pub people: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Strangers {
    /// Absent where the program keeps no address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "192.0.2.0/24")]
    pub network: Option<String>,
    pub passed: i64,
    pub failed: i64,
    pub unclear: i64,
    /// RFC 3339.
    pub last_at: String,
}

impl From<TriedFrom> for Strangers {
    fn from(from: TriedFrom) -> Self {
        let TriedFrom { peer, passed, failed, unclear, last_at } = from;
        Self { network: peer, passed, failed, unclear, last_at: shown_instant(last_at) }
    }
}

/// Somebody who was told.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRehearser {
    pub number: i64,
    #[schema(example = "ada@integrator.example")]
    pub address: String,
    #[schema(example = "fails")]
    pub state: &'static str,
    /// When the attempt was made that says so, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl From<Rehearser> for ShownRehearser {
    fn from(one: Rehearser) -> Self {
        Self {
            number: one.subscriber,
            address: one.address.to_string(),
            state: state_name(one.state),
            at: one.at.map(shown_instant),
        }
    }
}

/// A page of them, in the order in which they came. One before the end may be short.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRehearsers {
    pub items: Vec<ShownRehearser>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `Parameters`")]
pub struct RehearserParameters {
    /// Those who stand so: `fails`, `never`, `unclear` or `passes`.
    #[param(inline, example = "fails")]
    state: Option<schemas::ReadinessName>,
    /// Only those after this number: the member `next` of the page before.
    #[param(minimum = 0, maximum = 4294967295u32)]
    after: Option<u32>,
    /// How many to show at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// A notice that is published.
fn published(service: &Service, path: &(String, String)) -> Result<NoticePath, ApiError> {
    let path = notice_path(path)?;
    let snapshot = service.snapshot()?;
    snapshot.index.workspace().notice(&path).ok_or_else(|| no_notice(&path))?;
    Ok(path)
}

/// Who passes a notice's test endpoints: how many, day by day, and strangers by network.
///
/// Counted at most once a minute.
#[utoipa::path(
    get,
    path = "/api/v1/office/notices/{program}/{id}/rehearsals",
    tag = "office",
    operation_id = "getRehearsals",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "How those who were told stand", body = OfficeRehearsals),
        OfficeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn rehearsals(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    Parameters::read(request.query_string())?.finish()?;
    let path = published(&service, &path)?;
    let store = service.store();
    let known = match announcement(store, &path).await? {
        Some(begun) => {
            const SLOW: ApiError = ApiError::NotReady("it is being counted: ask again");
            counted(&service, begun.id, &path, service.now()).await.ok_or(SLOW)?
        }
        None => Arc::default(),
    };
    let strangers = store.strangers_by_network(&path, NETWORKS).await;
    let day = |change: &crate::store::ReadyOnDay| RehearsalDay {
        day: change.day.to_string(),
        from: state_name(change.before),
        to: change.state.as_str(),
        people: change.people,
    };
    let moved = known.by_day.iter().filter(|change| change.before != Some(change.state));
    Ok(private(&OfficeRehearsals {
        told: known.told,
        states: STATES.into_iter().map(|state| (state_name(state), known.of(state))).collect(),
        days: moved.map(day).collect(),
        strangers: strangers.map_err(ApiError::internal)?.into_iter().map(Into::into).collect(),
    }))
}

/// Those who were told of a notice and stand so with its test endpoints.
#[utoipa::path(
    get,
    path = "/api/v1/office/notices/{program}/{id}/rehearsals/integrators",
    tag = "office",
    operation_id = "listRehearsers",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
        RehearserParameters,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of them; those who fail, where no state is asked for",
            body = ShownRehearsers),
        OfficeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn rehearsers(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let mut parameters = Parameters::read(request.query_string())?;
    let state = take_state(&mut parameters).unwrap_or(Some(Readiness::Fails));
    let after: Option<u32> = parameters.take("after");
    let limit = parameters.take_limit().unwrap_or(DEFAULT_LIMIT);
    parameters.finish()?;
    let path = published(&service, &path)?;
    let Some(begun) = announcement(service.store(), &path).await? else {
        return Ok(private(&ShownRehearsers { items: Vec::new(), next: None }));
    };
    let (from, most) = (after.map_or(0, i64::from), i64::try_from(limit).unwrap_or(i64::MAX));
    let page = service.store().rehearsers((begun.id, &path), state, (from, most)).await;
    let page = page.map_err(ApiError::internal)?;
    let items = page.people.into_iter().map(Into::into).collect();
    Ok(private(&ShownRehearsers { items, next: page.next }))
}

/// Everybody who was told of a notice, and how they stand, as CSV.
///
/// Needs an editor, and is put on record.
#[utoipa::path(
    get,
    path = "/api/v1/office/notices/{program}/{id}/rehearsals.csv",
    tag = "office",
    operation_id = "exportRehearsers",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "`state`, `address` and `at` (RFC 4180)", body = String,
            content_type = "text/csv"),
        OfficeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn export_rehearsers(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Editor).await?;
    Parameters::read(request.query_string())?.finish()?;
    rehearsals::exported(&service, &actor, &published(&service, &path)?).await
}
