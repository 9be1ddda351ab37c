//! `GET /api/v1/notices/{program}/{id}/revisions` and `…/differences`: how a notice
//! came to say what it says.

use super::{
    ListRefusals, Listing, NamedRefusals, PageParameters, Reading, json, schemas, shown_instant,
};
use crate::impact::moment;
use crate::notice::{NoticePath, Program};
use crate::schedule::Instant;
use crate::store::Revision;
use crate::web::addresses::notice_path;
use crate::web::changes::{self, ShownChange};
use crate::web::freshness::{Freshness, JSON, Moment};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::header::{HeaderValue, LINK};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// Fewer digits than this may mean many revisions.
const FEWEST_DIGITS: usize = 12;

/// A publication in which a notice changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevisionHead {
    /// Changes whenever anything that the notice says changes.
    pub revision: String,
    /// The publication that it came with.
    #[schema(example = "5f2a9c01d3e4")]
    pub publication: String,
    /// RFC 3339, UTC.
    #[schema(example = "2020-05-20T14:00:00Z")]
    pub published: String,
}

impl From<&Revision> for RevisionHead {
    fn from(revision: &Revision) -> Self {
        Self {
            revision: revision.digest.to_string(),
            publication: revision.published_as.short().to_owned(),
            published: shown_instant(revision.published_at),
        }
    }
}

/// A revision, with what it changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRevision {
    #[serde(flatten)]
    pub head: RevisionHead,
    /// Since the revision before it.
    pub changes: Vec<ShownChange>,
}

/// What differs between two revisions of a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeDifferences {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "tls-1.2")]
    pub notice: String,
    /// Absent where there was no notice yet: all of it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<RevisionHead>,
    pub to: RevisionHead,
    /// Empty where both say the same.
    pub changes: Vec<ShownChange>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `Reading`")]
pub struct RevisionsParameters {
    /// The revisions that there were at this moment: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline)]
    as_of: Option<schemas::Moment>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `differences`")]
pub struct DifferencesParameters {
    /// The older side: a revision, by at least 12 digits of it, or a moment, for what
    /// was published then. The revision before `to` when absent.
    #[param(inline)]
    from: Option<schemas::RevisionOrMoment>,
    /// The newer side, named in the same way. The latest revision when absent.
    #[param(inline)]
    to: Option<schemas::RevisionOrMoment>,
}

/// The revisions of a notice, newest first.
///
/// One for each publication in which the notice changed, or anything it refers to, with
/// what changed. A notice that is declared no more keeps its revisions.
#[utoipa::path(
    get,
    path = "/api/v1/notices/{program}/{id}/revisions",
    tag = "notices",
    operation_id = "listRevisions",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
        RevisionsParameters,
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page of revisions", body = Listing<ShownRevision>,
            headers(("ETag" = String), ("Cache-Control" = String), ("Link" = String))),
        ListRefusals,
    )
)]
pub async fn revisions(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let reading = Reading::start_list(&request, &service).await?;
    let path = notice_path(&path.into_inner())?;
    let address = format!("/api/v1/notices/{path}/revisions");
    let asked = reading.finish(address, Vec::new(), None, false)?;
    let (snapshot, paging, moment) = (&asked.snapshot, &asked.paging, &asked.moment);
    let all = changes::revisions(&service, snapshot, &path).await?;
    let page = paging.page(all.len(), moment.at, &snapshot.digest);
    let (comparing, store) = (service.comparing(), service.store());
    let told = comparing.changes(store, &path, &all, page.range.clone()).await?;
    let freshness = Freshness::of(snapshot, moment, &paging.key());
    let link = HeaderValue::from_str(&page.header()).ok();
    let mut response = freshness.answer(&request, JSON, || {
        let shown = all[page.range].iter().zip(told);
        json(&Listing {
            publication: snapshot.digest.short().to_owned(),
            on: shown_instant(moment.at),
            until: moment.until.map(shown_instant),
            total: all.len(),
            items: shown
                .map(|(revision, changes)| ShownRevision { head: revision.into(), changes })
                .collect(),
            next: page.next,
            did_you_mean: BTreeMap::new(),
        })
    })?;
    if let Some(link) = link {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// What differs between two revisions of a notice.
///
/// Of its dates and rows, brownouts, texts and amendments, and of what it refers to.
#[utoipa::path(
    get,
    path = "/api/v1/notices/{program}/{id}/differences",
    tag = "notices",
    operation_id = "compareRevisions",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
        DifferencesParameters,
    ),
    responses(
        (status = 200, description = "The differences", body = NoticeDifferences,
            headers(("ETag" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn differences(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, mut parameters, .. } = Reading::start(&request, &service)?;
    let from: Option<Side> = parameters.take("from");
    let to: Option<Side> = parameters.take("to");
    parameters.finish()?;
    let path = notice_path(&path.into_inner())?;
    let all = changes::revisions(&service, &snapshot, &path).await?;
    let to = to.map_or(Ok(0), |to| to.place(&all))?;
    let from = match from {
        Some(from) => Some(from.place(&all)?),
        None => Some(to + 1).filter(|before| *before < all.len()),
    };
    let (to, from) = (&all[to], from.map(|from| &all[from]));
    let new = resolved(&service, to, &path).await?;
    let old = match from {
        Some(from) => Some(resolved(&service, from, &path).await?),
        None => None,
    };
    let moment = Moment::asked(to.published_at);
    let sides = (from.map(|from| from.digest.as_str()), to.digest.as_str());
    let freshness = Freshness::of(&snapshot, &moment, &format!("differences {path} {sides:?}"));
    freshness.answer(&request, JSON, || {
        json(&NoticeDifferences {
            program: path.program.to_string(),
            notice: path.notice.to_string(),
            from: from.map(RevisionHead::from),
            to: to.into(),
            changes: changes::between(old, new),
        })
    })
}

/// The notice as the revision's publication has it.
async fn resolved(
    service: &Service,
    revision: &Revision,
    path: &NoticePath,
) -> Result<Program, ApiError> {
    let found = service.snapshot_of(revision.publication).await?;
    let resolved = |snapshot: &Snapshot| {
        let (program, notice) = snapshot.index.workspace().notice(path)?;
        Some(program.resolved(notice))
    };
    let gone = || ApiError::internal("a revision's publication has no such notice");
    found.as_deref().and_then(resolved).ok_or_else(gone)
}

/// A side of a comparison, as it was asked for.
enum Side {
    Revision(String),
    Moment(Instant),
}

impl FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex && (FEWEST_DIGITS..=64).contains(&text.len()) {
            return Ok(Self::Revision(text.to_owned()));
        }
        moment(text).map(Self::Moment).map_err(|_| {
            format!("`{text}` is neither a revision, by 12 digits or more, nor a day or an instant")
        })
    }
}

impl Side {
    /// Its place among the revisions, newest first.
    fn place(&self, all: &[Revision]) -> Result<usize, ApiError> {
        let (found, none) = match self {
            Self::Revision(digits) => (
                all.iter().position(|revision| revision.digest.as_str().starts_with(digits)),
                format!("the notice has no revision {digits}"),
            ),
            Self::Moment(at) => (
                all.iter().position(|revision| revision.published_at <= *at),
                "the notice had not been published at that moment".to_owned(),
            ),
        };
        found.ok_or(ApiError::NotFound(none))
    }
}
