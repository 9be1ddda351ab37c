//! `/office/drift`: whether environments are as declared, by what the watch found.

use super::stamp::Stamp;
use super::{acting, notice_href, page};
use crate::notice::{
    Acceptance, Actor, Finding, HttpFinding, NoticePath, OfficeScope, Program, ProgramId, Remark,
    TlsVersion, Verdict, Weight,
};
use crate::store::{StoredChange, StoredWatch};
use crate::web::paging::address;
use crate::web::parameters::Parameters;
use crate::web::preview::desk::Choice;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::sync::Arc;

const LIST: &str = "page/office/drift.html";
const ONE: &str = "page/office/watched.html";
pub const PATH: &str = "/office/drift";

/// More of a history than this is nobody's to read at once.
const CHANGES: i64 = 100;

#[derive(Serialize)]
struct DriftPage {
    programs: Vec<Choice>,
    verdicts: Vec<Choice>,
    is_any: bool,
    /// Whether any program has anything watched.
    is_watching: bool,
    watched: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    href: String,
    program: String,
    /// The environment.
    place: String,
    url: String,
    operation: Option<String>,
    /// A name of a verdict; absent where it was not asked yet.
    verdict: Option<&'static str>,
    since: Option<Stamp>,
    looked: Option<Stamp>,
    due: Stamp,
    remarks: Vec<RemarkView>,
}

#[derive(Serialize)]
struct RemarkView {
    sentence: String,
    is_drift: bool,
    notice: Option<String>,
    notice_href: Option<String>,
}

#[derive(Serialize)]
struct WatchedPage {
    one: Entry,
    addresses: Vec<AddressView>,
    changes: Vec<ChangeView>,
}

/// What one address showed.
#[derive(Serialize)]
struct AddressView {
    address: Option<String>,
    failure: Option<String>,
    /// What was answered without TLS.
    plain: Option<String>,
    versions: Vec<VersionView>,
}

#[derive(Serialize)]
struct VersionView {
    version: &'static str,
    /// accepted, refused or unknown
    is: &'static str,
    detail: String,
    http: Option<String>,
}

#[derive(Serialize)]
struct ChangeView {
    at: Stamp,
    verdict: &'static str,
    sentences: Vec<String>,
}

struct Asked {
    program: Option<ProgramId>,
    verdict: Option<Verdict>,
}

pub async fn all(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let mut parameters = Parameters::read(request.query_string())?;
    parameters.drop_empty();
    let asked = Asked { program: parameters.take("program"), verdict: parameters.take("verdict") };
    parameters.finish()?;
    let snapshot = service.snapshot().ok();
    let watched = service.store().watched(None).await.map_err(ApiError::internal)?;
    let is_watching = !watched.is_empty();
    let meets = |watch: &StoredWatch| {
        let found = watch.standing.as_ref().map(|standing| standing.verdict);
        asked.program.as_ref().is_none_or(|program| watch.program == *program)
            && (asked.verdict.is_none() || found == asked.verdict)
    };
    let programs = programs(&watched, snapshot.as_ref(), asked.program.as_ref());
    let entry = |watch| Entry::new(watch, snapshot.as_ref());
    let view = DriftPage {
        programs,
        verdicts: verdicts(asked.verdict),
        is_any: asked.program.is_some() || asked.verdict.is_some(),
        is_watching,
        watched: watched.into_iter().filter(meets).map(entry).collect(),
    };
    page(&service, &actor, StatusCode::OK, LIST, &view)
}

pub async fn one(
    service: Data<Service>,
    actor: ReqData<Actor>,
    number: Path<String>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let nothing = || ApiError::NotFound("nothing that is watched has this number".to_owned());
    let number = number.parse::<u32>().map(i64::from).map_err(|_| nothing())?;
    let store = service.store();
    let watch = store.watched_target(number).await.map_err(ApiError::internal)?;
    let mut watch = watch.ok_or_else(nothing)?;
    let changes = store.watch_changes(number, CHANGES).await.map_err(ApiError::internal)?;
    let findings = std::mem::take(&mut watch.findings);
    let view = WatchedPage {
        one: Entry::new(watch, service.snapshot().ok().as_ref()),
        addresses: findings.iter().map(AddressView::new).collect(),
        changes: changes.iter().map(ChangeView::new).collect(),
    };
    page(&service, &actor, StatusCode::OK, ONE, &view)
}

fn declared<'s>(snapshot: Option<&'s Arc<Snapshot>>, program: &ProgramId) -> Option<&'s Program> {
    snapshot?.index.workspace().programs.get(program)
}

/// Those that have anything watched.
fn programs(
    watched: &[StoredWatch],
    snapshot: Option<&Arc<Snapshot>>,
    chosen: Option<&ProgramId>,
) -> Vec<Choice> {
    let mut ids: Vec<_> = watched.iter().map(|watch| &watch.program).collect();
    ids.sort();
    ids.dedup();
    let choice = |id: &ProgramId| Choice {
        value: id.to_string(),
        title: declared(snapshot, id)
            .map_or_else(|| id.to_string(), |program| program.settings.title.clone()),
        is_chosen: chosen == Some(id),
    };
    ids.into_iter().map(choice).collect()
}

fn verdicts(chosen: Option<Verdict>) -> Vec<Choice> {
    let choice = |verdict: Verdict| Choice {
        value: verdict.as_str().to_owned(),
        title: verdict.as_str().to_owned(),
        is_chosen: chosen == Some(verdict),
    };
    Verdict::ALL.into_iter().rev().map(choice).collect()
}

impl Entry {
    fn new(watch: StoredWatch, snapshot: Option<&Arc<Snapshot>>) -> Self {
        let StoredWatch { id, program, target, due_at, looked_at, standing, judgement, .. } = watch;
        let found = declared(snapshot, &program);
        let environment =
            found.and_then(|found| found.catalogue.environments.get(&target.environment));
        let remarks = judgement.map(|judgement| judgement.remarks).unwrap_or_default();
        Self {
            href: address(&format!("{PATH}/{id}"), &[]),
            program: found
                .map_or_else(|| program.to_string(), |found| found.settings.title.clone()),
            place: environment
                .map_or_else(|| target.environment.to_string(), |known| known.title.clone()),
            url: target.url.to_string(),
            operation: target.operation.map(|operation| operation.to_string()),
            verdict: standing.as_ref().map(|standing| standing.verdict.as_str()),
            since: standing.map(|standing| standing.since.into()),
            looked: looked_at.map(Stamp::from),
            due: due_at.into(),
            remarks: remarks.into_iter().map(|remark| RemarkView::new(&program, remark)).collect(),
        }
    }
}

impl RemarkView {
    fn new(program: &ProgramId, remark: Remark) -> Self {
        let sentence = remark.capitalised();
        let path = remark.notice.map(|notice| NoticePath { program: program.clone(), notice });
        Self {
            sentence,
            is_drift: remark.weight == Weight::Drift,
            notice: path.as_ref().map(ToString::to_string),
            notice_href: path.as_ref().map(notice_href),
        }
    }
}

impl ChangeView {
    fn new(change: &StoredChange) -> Self {
        let remarks = change.judgement.remarks.iter();
        Self {
            at: change.at.into(),
            verdict: change.judgement.verdict.as_str(),
            sentences: remarks.map(|remark| remark.capitalised()).collect(),
        }
    }
}

impl AddressView {
    fn new(finding: &Finding) -> Self {
        let version = |(version, acceptance): (&TlsVersion, &Acceptance)| {
            let (is, detail) = accepted(acceptance);
            let http = finding.http.get(version).map(answered);
            VersionView { version: version.as_str(), is, detail, http }
        };
        Self {
            address: finding.address.map(|address| address.to_string()),
            failure: finding.failure.clone(),
            plain: finding.plain.as_ref().map(answered),
            versions: finding.transport.iter().map(version).collect(),
        }
    }
}

fn accepted(acceptance: &Acceptance) -> (&'static str, String) {
    match acceptance {
        Acceptance::Accepted => ("accepted", String::new()),
        Acceptance::Refused { by } => ("refused", by.to_string()),
        Acceptance::Undetermined { why } => ("unknown", why.clone()),
    }
}

fn answered(http: &HttpFinding) -> String {
    match http {
        HttpFinding::Answered { status, headers, .. } => {
            let headers = headers.iter().map(|(name, value)| format!(", {name}: {value}"));
            format!("{status}{}", headers.collect::<String>())
        }
        HttpFinding::Failed { why } => why.clone(),
    }
}

/// What the overview says of it: how many drift.
pub async fn trouble(service: &Service) -> Result<Option<(String, &'static str)>, ApiError> {
    let counts = service.store().watch_counts().await.map_err(ApiError::internal)?;
    let drifting = counts.iter().filter(|count| count.verdict == Some(Verdict::Drifting));
    let drifting: i64 = drifting.map(|count| count.targets).sum();
    Ok((drifting > 0).then(|| (format!("{drifting} not as declared"), PATH)))
}
