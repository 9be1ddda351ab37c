//! `/office/notices/PROGRAM/NOTICE/approval`: what would be sent and to whom, what is
//! different from what was told, and somebody's word that it may be sent.
//!
//! It reads what filling a round reads, and fills none: it leaves an errand.

use super::errands::form_key;
use super::holds::in_force;
use super::notice::Head;
use super::orders::{CHANGED, announce_seen, approve_seen, declared, digest, refusal};
use super::{acting, minute, notice_href, page, see_other};
use crate::announce::{Forecast, Parts, Round, approval, margin, needs_approval};
use crate::diff::{NoticeDiff, notice_diff};
use crate::notice::{Actor, Locale, NoticePath, OccasionKind, OfficeScope};
use crate::store::{PublicationId, StoredApproval};
use crate::web::addresses::notice_path;
use crate::web::bodies::Form;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::time::{Duration, Instant as Stopwatch};

const TEMPLATE: &str = "page/office/approval.html";
/// More sets of rows than this are summed up.
const MAX_SETS: usize = 12;

#[derive(Serialize)]
struct ApprovalPage {
    head: Head,
    digest: String,
    /// The same, as people compare it.
    short: String,
    parts: [Part; 4],
    /// What readers were told last.
    since: Option<Since>,
    difference: Option<NoticeDiff>,
    is_needed: bool,
    /// Why it may not be announced as it is.
    unapproved: Option<String>,
    approvals: Vec<ApprovalView>,
    forecast: Option<ForecastView>,
    /// Counting them took longer than anybody waits.
    is_uncounted: bool,
    is_begun: bool,
    canary: String,
    at_most: String,
    held: Option<String>,
    /// Somebody is to say once more that it is to be announced.
    confirm: Option<Confirm>,
    news: Option<String>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Part {
    name: &'static str,
    digest: String,
}

#[derive(Serialize)]
struct Since {
    revision: String,
    published: String,
}

#[derive(Serialize)]
struct ApprovalView {
    by: String,
    at: String,
    at_most: u64,
    holds: bool,
}

#[derive(Serialize)]
struct ForecastView {
    total: u64,
    by_locale: Vec<(String, u64)>,
    by_rows: Vec<(String, u64)>,
    other_sets: Option<(usize, u64)>,
    suppressed: u64,
    changed: u64,
    already: i64,
    margin: u64,
    took_ms: u128,
}

#[derive(Serialize)]
struct Confirm {
    key: String,
    canary: Option<u32>,
}

/// What somebody asked for, and what came of it.
#[derive(Default)]
struct Asked {
    is_forecast: bool,
    canary: String,
    at_most: String,
    confirm: Option<Confirm>,
    news: Option<String>,
    error: Option<String>,
}

impl Asked {
    fn wrong(form: &Form, error: impl Into<String>) -> Self {
        Self {
            canary: form.one("canary"),
            at_most: form.one("at_most"),
            error: Some(error.into()),
            ..Self::default()
        }
    }
}

pub async fn show(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    address: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let path = notice_path(&address)?;
    let is_forecast = !Form::of_query(request.query_string()).one("forecast").is_empty();
    render(&service, &actor, &path, Asked { is_forecast, ..Asked::default() }).await
}

pub async fn change(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    address: Path<(String, String)>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Approver)?;
    let path = notice_path(&address)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let seen = form.one("digest");
    let asked = match form.one("do").as_str() {
        "approve" => give(&service, &actor, &path, &form).await?,
        "announce" => match canary(&form) {
            Err(wrong) => Asked::wrong(&form, wrong),
            Ok(_) if seen != digest(&service, &path)?.as_str() => Asked::wrong(&form, CHANGED),
            Ok(canary) => {
                let confirm = Some(Confirm { key: form_key()?, canary });
                Asked { confirm, is_forecast: true, ..Asked::default() }
            }
        },
        "confirm" => match canary(&form) {
            Err(wrong) => Asked::wrong(&form, wrong),
            Ok(canary) => match begin(&service, &actor, &path, (&form, canary)).await? {
                None => return Ok(see_other(&notice_href(&path))),
                Some(wrong) => Asked::wrong(&form, wrong),
            },
        },
        _ => return Err(ApiError::BadBody("`do` names nothing that can be done".to_owned())),
    };
    render(&service, &actor, &path, asked).await
}

/// How many are to hear first; everybody, where the field is empty.
fn canary(form: &Form) -> Result<Option<u32>, String> {
    let typed = form.one("canary");
    match typed.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(most) if most > 0 => Ok(Some(most)),
            _ => Err("Write to how many it goes first: a number from 1, or nothing.".to_owned()),
        },
    }
}

async fn give(
    service: &Service,
    actor: &Actor,
    path: &NoticePath,
    form: &Form,
) -> Result<Asked, ApiError> {
    let typed = form.one("at_most");
    let at_most = match typed.trim() {
        "" => None,
        text => match text.parse::<u64>() {
            Ok(most) => Some(most),
            Err(_) => {
                return Ok(Asked::wrong(form, "Write to how many it may go at most: a number."));
            }
        },
    };
    let given = approve_seen(service, actor, path, (&form.one("digest"), at_most)).await?;
    let at_most = match given {
        Ok(at_most) => at_most,
        Err(why) => return Ok(Asked::wrong(form, why)),
    };
    let news = Some(format!("Approved by {}, for at most {at_most} recipients.", actor.name));
    Ok(Asked { news, ..Asked::default() })
}

/// Leaves the errand, or says why not.
async fn begin(
    service: &Service,
    actor: &Actor,
    path: &NoticePath,
    (form, canary): (&Form, Option<u32>),
) -> Result<Option<String>, ApiError> {
    let (key, seen) = (form.one("key"), form.one("digest"));
    announce_seen(service, actor, (&key, path), (&seen, canary)).await
}

async fn render(
    service: &Service,
    actor: &Actor,
    path: &NoticePath,
    asked: Asked,
) -> Result<HttpResponse, ApiError> {
    let (store, snapshot) = (service.store(), service.snapshot()?);
    let (program, notice) = declared(&snapshot, path)?;
    let parts = Parts::of(program, notice, &snapshot.templates);
    let digest = parts.digest();
    let approvals = store.approvals(path).await.map_err(ApiError::internal)?;
    let unapproved = approval(store, (program, notice), &snapshot.templates, snapshot.id).await;
    let told = told(service, path).await?;
    let language = service.built_in().language(&Locale::default());
    let holds = in_force(store).await?;
    let forecast = if asked.is_forecast { forecast(service, path).await? } else { None };
    let hold = holds.iter().find(|hold| hold.covers(&path.to_string()));
    let part =
        |name, digest: &crate::notice::Digest| Part { name, digest: digest.short().to_owned() };
    let view = ApprovalPage {
        head: Head::new((program, notice), path, "approval", service.now(), &language),
        parts: [
            part("notice", &parts.notice),
            part("templates", &parts.templates),
            part("policy of sending", &parts.policy),
            part("audience", &parts.audience),
        ],
        difference: told.as_ref().and_then(|told| {
            let before = told.index.workspace().programs.get(&path.program);
            notice_diff(before, program, notice)
        }),
        is_begun: told.is_some(),
        since: told.map(|told| Since {
            revision: told.digest.short().to_owned(),
            published: minute(told.created_at),
        }),
        is_needed: needs_approval(program),
        unapproved: unapproved.map_err(ApiError::internal)?.map(|why| why.reason()),
        approvals: approvals.iter().map(|given| ApprovalView::new(given, &digest)).collect(),
        is_uncounted: asked.is_forecast && forecast.is_none(),
        forecast,
        short: digest.short().to_owned(),
        digest: digest.as_str().to_owned(),
        canary: asked.canary,
        at_most: asked.at_most,
        held: hold.map(ToString::to_string),
        confirm: asked.confirm,
        news: asked.news,
        error: asked.error,
    };
    let is_wrong = view.error.is_some();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(service, actor, status, TEMPLATE, &view)
}

/// The publication that readers were told last, where anybody was told.
async fn told(
    service: &Service,
    path: &NoticePath,
) -> Result<Option<std::sync::Arc<Snapshot>>, ApiError> {
    let store = service.store();
    let told = store.told_notice(path).await.map_err(ApiError::internal)?;
    let publication: Option<PublicationId> = match told {
        Some(told) => Some(told.publication),
        None => {
            let occasions = store.occasions_about(path).await.map_err(ApiError::internal)?;
            let begun = occasions.iter().find(|o| o.kind == OccasionKind::Announcement);
            begun.map(|begun| begun.publication)
        }
    };
    match publication {
        Some(id) => Ok(Some(service.publication(id).await?)),
        None => Ok(None),
    }
}

impl ApprovalView {
    fn new(given: &StoredApproval, digest: &crate::notice::Digest) -> Self {
        Self {
            by: given.by.clone(),
            at: minute(given.at),
            at_most: given.at_most,
            holds: given.digest == *digest,
        }
    }
}

/// Everybody who subscribed is looked at: one page does so at a time, and no longer
/// than this.
const PATIENCE: Duration = Duration::from_secs(30);

/// Counts the audience, and the time that takes.
async fn forecast(service: &Service, path: &NoticePath) -> Result<Option<ForecastView>, ApiError> {
    let counting = async {
        let _turn = service.figures().forecasting.lock().await;
        // How long people wait is shown to them; no test is about it.
        let begun = Stopwatch::now();
        let store = service.store();
        let round = Round::load(store, path).await?;
        let forecast = round.forecast(store).await?;
        let already = round.begun.as_ref().map_or(0, |begun| begun.filled);
        Ok(ForecastView::new(&forecast, already, begun.elapsed().as_millis()))
    };
    match tokio::time::timeout(PATIENCE, counting).await {
        Ok(counted) => counted.map(Some).map_err(refusal),
        Err(_) => Ok(None),
    }
}

impl ForecastView {
    fn new(forecast: &Forecast, already: i64, took_ms: u128) -> Self {
        let named = |rows: &[crate::notice::RowId]| {
            rows.iter().map(crate::notice::RowId::as_str).collect::<Vec<_>>().join(", ")
        };
        let mut sets: Vec<_> = forecast.by_rows.iter().map(|(r, n)| (named(r), *n)).collect();
        sets.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let rest = sets.split_off(sets.len().min(MAX_SETS));
        let other: u64 = rest.iter().map(|(_, count)| count).sum();
        Self {
            total: forecast.total(),
            by_locale: forecast.by_locale.iter().map(|(l, n)| (l.to_string(), *n)).collect(),
            by_rows: sets,
            other_sets: (!rest.is_empty()).then_some((rest.len(), other)),
            suppressed: forecast.suppressed,
            changed: forecast.changed,
            already,
            margin: margin(forecast),
            took_ms,
        }
    }
}
