//! `/api/v1/office/notices/{program}/{id}`: what would be sent of a notice and to whom,
//! its approval, its announcement, and a test of it.

use super::super::proof::OfficeRefusals;
use super::super::schemas;
use super::{ChangeRefusals, private, shown_instant};
use crate::announce::{Forecast, Parts, Round, approval, margin, needs_approval};
use crate::notice::{NoticePath, OfficeScope, RowId};
use crate::store::{StoredApproval, StoredErrand};
use crate::web::addresses::notice_path;
use crate::web::bodies;
use crate::web::office::acting;
use crate::web::office::errands::form_key;
use crate::web::office::orders::{self, WantedTest};
use crate::web::parameters::Parameters;
use crate::web::problem::{ApiError, Problem};
use crate::web::service::Service;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The latest errands that are shown.
const ERRANDS: i64 = 20;

/// What would be sent of a notice now, and what was said about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeNotice {
    /// Stands for everything that decides what is sent to whom. Whoever approves or
    /// announces names it, and so has seen it.
    pub digest: String,
    pub parts: DigestOfParts,
    /// Whether the program wants an approval before anything is announced.
    pub is_approval_needed: bool,
    /// Why it may not be announced as it is; absent where it may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unapproved: Option<String>,
    /// The latest first.
    pub approvals: Vec<ShownApproval>,
    /// What was asked of whoever announces, the latest first.
    pub errands: Vec<ShownErrand>,
}

/// What the digest is made of, each by a digest of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct DigestOfParts {
    pub notice: String,
    pub templates: String,
    pub policy: String,
    pub audience: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShownApproval {
    #[schema(example = "Ann")]
    pub by: String,
    /// RFC 3339.
    pub at: String,
    pub at_most: u64,
    /// Whether it covers what would be sent now.
    pub holds: bool,
}

/// Something that was asked of whoever announces.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownErrand {
    /// `announce` or `test`.
    pub kind: String,
    pub by: String,
    /// RFC 3339.
    pub asked_at: String,
    /// `waiting`, `done` or `refused`.
    pub state: &'static str,
    /// What came of it, in words.
    pub outcome: String,
}

/// Whom announcing it would reach.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownForecast {
    pub total: u64,
    /// By language.
    pub by_locale: BTreeMap<String, u64>,
    /// By affected rows, in the schedule's order.
    pub by_rows: Vec<ForecastRows>,
    /// Affected, but unsubscribed or suppressed.
    pub suppressed: u64,
    /// Those who were told what is no longer true, and hear what changed.
    pub changed: u64,
    /// For how many an approval is that names no number.
    pub margin: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastRows {
    pub rows: Vec<String>,
    pub recipients: u64,
}

/// An approval of what was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApproval {
    /// Of what was seen, in full.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// For at most so many recipients; the forecast and 5 %, where it is absent.
    #[serde(default)]
    pub at_most: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GivenApproval {
    pub at_most: u64,
}

/// An announcement of what was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnnouncement {
    /// Of what was seen, in full.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// Only to the first so many; everybody else hears when it is announced without.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub canary: Option<u32>,
    /// Of your own making: what is asked twice under one key is asked once.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub key: Option<String>,
}

/// One mail to one address, as a reader would get it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTest {
    #[schema(example = "ann@office.example", max_length = 320)]
    pub address: String,
    /// One of the program's languages; its first, where it is absent.
    #[serde(default)]
    pub locale: Option<String>,
    /// As a reader who asked about this API alone.
    #[serde(default)]
    pub api: Option<String>,
    /// As a reader who asked about this environment alone.
    #[serde(default)]
    pub environment: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub key: Option<String>,
}

/// It is done by whoever announces, within seconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenDown {
    #[schema(example = "waiting")]
    pub state: &'static str,
}

impl ShownApproval {
    fn new(given: StoredApproval, parts: &Parts) -> Self {
        let holds = given.digest == parts.digest();
        Self { by: given.by, at: shown_instant(given.at), at_most: given.at_most, holds }
    }
}

impl From<StoredErrand> for ShownErrand {
    fn from(errand: StoredErrand) -> Self {
        Self {
            kind: errand.kind,
            by: errand.by,
            asked_at: shown_instant(errand.asked_at),
            state: errand.state.as_str(),
            outcome: errand.outcome,
        }
    }
}

impl From<&Forecast> for ShownForecast {
    fn from(forecast: &Forecast) -> Self {
        let named = |rows: &[RowId]| rows.iter().map(ToString::to_string).collect();
        let of_rows = |(rows, recipients): (&Vec<RowId>, &u64)| ForecastRows {
            rows: named(rows),
            recipients: *recipients,
        };
        Self {
            total: forecast.total(),
            by_locale: forecast.by_locale.iter().map(|(l, n)| (l.to_string(), *n)).collect(),
            by_rows: forecast.by_rows.iter().map(of_rows).collect(),
            suppressed: forecast.suppressed,
            changed: forecast.changed,
            margin: margin(forecast),
        }
    }
}

/// Somebody of the office, and the notice they ask about.
async fn asking(
    request: &HttpRequest,
    service: &Service,
    path: &(String, String),
) -> Result<NoticePath, ApiError> {
    acting(request, service, OfficeScope::Viewer).await?;
    Parameters::read(request.query_string())?.finish()?;
    notice_path(path)
}

/// What would be sent of a notice now, what was approved and what was asked.
#[utoipa::path(
    get,
    path = "/api/v1/office/notices/{program}/{id}",
    tag = "office",
    operation_id = "getOfficeNotice",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The notice as the office sees it", body = OfficeNotice),
        OfficeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn office_notice(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let path = asking(&request, &service, &path).await?;
    let (store, snapshot) = (service.store(), service.snapshot()?);
    let (program, notice) = orders::declared(&snapshot, &path)?;
    let parts = Parts::of(program, notice, &snapshot.templates);
    let unapproved = approval(store, (program, notice), &snapshot.templates, snapshot.id).await;
    let approvals = store.approvals(&path).await.map_err(ApiError::internal)?;
    let errands = store.errands_about(&path, ERRANDS).await.map_err(ApiError::internal)?;
    let of = |digest: &crate::notice::Digest| digest.as_str().to_owned();
    Ok(private(&OfficeNotice {
        digest: of(&parts.digest()),
        is_approval_needed: needs_approval(program),
        unapproved: unapproved.map_err(ApiError::internal)?.map(|why| why.to_string()),
        approvals: approvals.into_iter().map(|given| ShownApproval::new(given, &parts)).collect(),
        errands: errands.into_iter().map(ShownErrand::from).collect(),
        parts: DigestOfParts {
            notice: of(&parts.notice),
            templates: of(&parts.templates),
            policy: of(&parts.policy),
            audience: of(&parts.audience),
        },
    }))
}

/// Whom announcing a notice would reach. It reads the audience, and takes its time.
#[utoipa::path(
    get,
    path = "/api/v1/office/notices/{program}/{id}/forecast",
    tag = "office",
    operation_id = "forecastAudience",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The forecast", body = ShownForecast),
        OfficeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn forecast(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let path = asking(&request, &service, &path).await?;
    let round = Round::load(service.store(), &path).await.map_err(orders::refusal)?;
    let forecast = round.forecast(service.store()).await.map_err(orders::refusal)?;
    Ok(private(&ShownForecast::from(&forecast)))
}

/// Approve what would be sent. Needs an approver.
#[utoipa::path(
    post,
    path = "/api/v1/office/notices/{program}/{id}/approval",
    tag = "office",
    operation_id = "approve",
    params(("program" = inline(schemas::Id), Path), ("id" = inline(schemas::Id), Path)),
    request_body(content = NewApproval, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 200, description = "It is approved", body = GivenApproval),
        ChangeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The digest is not of what would be sent now", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn approve(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Approver).await?;
    let path = notice_path(&path)?;
    let NewApproval { digest, at_most } = bodies::json(&request, body).await?;
    let given = orders::approve_seen(&service, &actor, &path, (&digest, at_most)).await?;
    Ok(private(&GivenApproval { at_most: given.map_err(ApiError::Conflict)? }))
}

/// Announce what would be sent. Needs an approver.
///
/// It is done by whoever announces, within seconds; what came of it stands among the
/// errands of the notice.
#[utoipa::path(
    post,
    path = "/api/v1/office/notices/{program}/{id}/announcement",
    tag = "office",
    operation_id = "announce",
    params(("program" = inline(schemas::Id), Path), ("id" = inline(schemas::Id), Path)),
    request_body(content = NewAnnouncement, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 202, description = "It was taken down", body = TakenDown),
        ChangeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The digest is not of what would be sent now, or nobody approved that",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn announce(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Approver).await?;
    let path = notice_path(&path)?;
    let NewAnnouncement { digest, canary, key } = bodies::json(&request, body).await?;
    if canary == Some(0) {
        return Err(ApiError::BadBody("canary: write 1 or more, or leave it out".to_owned()));
    }
    let key = chosen(key)?;
    let asked = (digest.as_str(), canary);
    taken(orders::announce_seen(&service, &actor, (&key, &path), asked).await?)
}

/// Send one mail to one address, as a reader would get it. Needs an editor.
#[utoipa::path(
    post,
    path = "/api/v1/office/notices/{program}/{id}/test",
    tag = "office",
    operation_id = "sendTest",
    params(("program" = inline(schemas::Id), Path), ("id" = inline(schemas::Id), Path)),
    request_body(content = NewTest, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 202, description = "It was taken down", body = TakenDown),
        ChangeRefusals,
        (status = 404, description = "There is no such notice", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The tests of this hour are used up", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub async fn test(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Editor).await?;
    let path = notice_path(&path)?;
    let NewTest { address, locale, api, environment, key } = bodies::json(&request, body).await?;
    let wanted = WantedTest {
        address: &address,
        locale: locale.as_deref().unwrap_or_default(),
        api: api.as_deref().unwrap_or_default(),
        environment: environment.as_deref().unwrap_or_default(),
    };
    let key = chosen(key)?;
    taken(orders::send_test(&service, &actor, (&key, &path), &wanted).await?)
}

/// What makes a request twice the same; one of ours where none is given.
fn chosen(key: Option<String>) -> Result<String, ApiError> {
    key.map_or_else(form_key, Ok)
}

fn taken(refused: Option<String>) -> Result<HttpResponse, ApiError> {
    match refused {
        Some(why) => Err(ApiError::Conflict(why)),
        None => Ok(HttpResponse::Accepted()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(TakenDown { state: "waiting" })),
    }
}
