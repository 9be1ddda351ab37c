//! `GET /api/v1/notices`: the notices, as a list and one in full.

use super::{
    CHANGED_SINCE, ListRefusals, Listing, NamedRefusals, PageParameters, Reading, no_guess, schemas,
};
use crate::impact::{AgendaQuery, RowSummary, ScheduledMilestone, ShownDate, Tabled, date_cell};
use crate::notice::{Kind, Notice, NoticePath, Program, ProgramId};

use crate::schedule::{Instant, state};
use crate::web::addresses::{no_notice, notice_path};
use crate::web::forms::{self, Form};
use crate::web::freshness::{Freshness, Moment};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `notices`")]
pub struct NoticesParameters {
    #[param(inline, example = "usps-web-tools")]
    program: Option<schemas::Id>,
    /// `deprecation`, `retirement`, `protocol`, `endpoint`, `version` or `authentication`.
    #[param(inline, example = "protocol")]
    kind: Option<schemas::KindOfNotice>,
    /// Only what was published otherwise after this moment: an RFC 3339 instant, or a
    /// day (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-05-20")]
    changed_since: Option<schemas::Moment>,
    /// The states at this moment instead of now: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-09-27")]
    on: Option<schemas::Moment>,
    /// What was declared at this moment, which also is the moment asked about
    /// unless `on` names another.
    #[param(inline)]
    as_of: Option<schemas::Moment>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `notice`")]
pub struct MomentParameters {
    /// The states at this moment instead of now: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-09-27")]
    on: Option<schemas::Moment>,
    /// What was declared at this moment, which also is the moment asked about
    /// unless `on` names another.
    #[param(inline)]
    as_of: Option<schemas::Moment>,
}

/// A notice in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeSummary {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "tls-1.2")]
    pub notice: String,
    #[schema(example = "USPS Web Tools Notice: TLS 1.2 Protocol Compliance")]
    pub title: String,
    #[schema(example = "protocol")]
    pub kind: &'static str,
    pub announced: ShownDate,
    /// What ends.
    #[schema(example = json!(["TLS 1.0", "TLS 1.1"]))]
    pub ends: Vec<String>,
    /// What is needed instead.
    #[schema(example = json!(["TLS 1.2 or above"]))]
    pub needs: Vec<String>,
    /// Changes whenever anything that the notice says changes.
    pub revision: String,
    /// How many rows are in each state.
    #[schema(example = json!({"cut-off": 4}))]
    pub states: BTreeMap<&'static str, usize>,
    /// The notice's page.
    #[schema(example = "/notices/usps-web-tools/tls-1.2")]
    pub page: String,
}

impl NoticeSummary {
    fn new(program: &Program, notice: &Notice, on: Instant) -> Self {
        let mut states = BTreeMap::new();
        for (id, row) in &notice.schedule.rows {
            *states.entry(state(notice, id, row, None, on).as_str()).or_default() += 1;
        }
        Self {
            program: program.id.to_string(),
            notice: notice.id.to_string(),
            title: notice.title.clone(),
            kind: notice.kind.as_str(),
            announced: ShownDate::new(&notice.announced, program.settings.zone),
            ends: notice.ends.clone(),
            needs: notice.needs.clone(),
            revision: program.revision(notice).to_string(),
            states,
            page: format!("/notices/{}/{}", program.id, notice.id),
        }
    }
}

impl Tabled for NoticeSummary {
    const COLUMNS: &'static [&'static str] = &[
        "program",
        "notice",
        "title",
        "kind",
        "announced",
        "ends",
        "needs",
        "states",
        "revision",
        "page",
    ];

    fn cells(&self) -> Vec<String> {
        let states = self.states.iter().map(|(state, count)| format!("{count} {state}"));
        vec![
            self.program.clone(),
            self.notice.clone(),
            self.title.clone(),
            self.kind.to_owned(),
            date_cell(Some(&self.announced)),
            self.ends.join("; "),
            self.needs.join("; "),
            states.collect::<Vec<_>>().join("; "),
            self.revision.clone(),
            self.page.clone(),
        ]
    }
}

/// A notice with its schedule.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeInFull<'a> {
    /// The publication that the answer comes from.
    pub publication: String,
    /// The moment at which the states hold.
    #[schema(example = "2020-09-27T04:00:00Z")]
    pub on: String,
    #[serde(flatten)]
    pub summary: NoticeSummary,
    /// The rows of the schedule, in the office's own order.
    pub rows: Vec<RowSummary>,
    /// Its dated events, in order of time.
    pub milestones: Vec<ScheduledMilestone>,
    /// Everything it says, to read: Markdown.
    pub markdown: String,
    /// Everything it says, fact by fact, with the members of the declaration
    /// language; inherited values and references are resolved.
    #[schema(value_type = Object)]
    pub declared: &'a Notice,
}

/// Notices, the latest announcement first.
///
/// Each with what ends, what is needed instead, and how many of its rows are in each
/// state.
#[utoipa::path(
    get,
    path = "/api/v1/notices",
    tag = "notices",
    operation_id = "listNotices",
    params(NoticesParameters, PageParameters),
    responses(
        (status = 200, description = "A page of notices",
            content((Listing<NoticeSummary> = "application/json"), (String = "text/csv"),
                (String = "text/markdown")),
            headers(("ETag" = String), ("Cache-Control" = String), ("Link" = String))),
        ListRefusals,
    )
)]
pub async fn notices(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start_list(&request, &service).await?;
    let program: Option<ProgramId> = reading.parameters.take("program");
    let kind: Option<Kind> = reading.parameters.take("kind");
    let on = reading.parameters.take_moment("on");
    let since = reading.parameters.take_moment(CHANGED_SINCE);
    let filters = [
        ("program", program.as_ref().map(ToString::to_string)),
        ("kind", kind.map(|kind| kind.as_str().to_owned())),
        ("on", on.map(super::shown_instant)),
        (CHANGED_SINCE, since.map(super::shown_instant)),
    ];
    let pairs = filters.into_iter().filter_map(|(name, value)| value.map(|v| (name, v)));
    let asked = reading.finish("/api/v1/notices", pairs.collect(), on, false)?;
    let since = asked.since(&service, since).await?;
    asked.answer_in_form(
        &request,
        |snapshot, _| {
            let mut found = snapshot.index.notices_newest_first(program.as_ref(), kind);
            if let Some(since) = &since {
                found.retain(|number| {
                    let (program, notice) = snapshot.index.notice(*number);
                    let (program, notice) = (program.id.clone(), notice.id.clone());
                    since.has_notice(&NoticePath { program, notice })
                });
            }
            found
        },
        |snapshot, number, on| {
            let (program, notice) = snapshot.index.notice(number);
            NoticeSummary::new(program, notice, on)
        },
        no_guess,
    )
}

/// One notice in full.
///
/// Its rows with their states, its milestones, everything it says to read, and everything
/// it declares. As Markdown by `Accept: text/markdown`, or with `.md` at the end of the
/// address.
#[utoipa::path(
    get,
    path = "/api/v1/notices/{program}/{id}",
    tag = "notices",
    operation_id = "getNotice",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, description = "The notice's id within its program", example = "tls-1.2"),
        MomentParameters,
    ),
    responses(
        (status = 200, description = "The notice",
            content((NoticeInFull<'static> = "application/json"), (String = "text/markdown")),
            headers(("ETag" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn notice(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start_as_of(&request, &service).await?;
    let on = reading.parameters.take_moment("on");
    let on = reading.moment(on);
    let Reading { snapshot, now, parameters, .. } = reading;
    parameters.finish()?;
    let (path, form) = in_form(&snapshot, path.into_inner(), &request)?;
    let found = snapshot.index.workspace().notice(&path);
    let (program, notice) = found.ok_or_else(|| no_notice(&path))?;
    let moment =
        on.map_or_else(|| Moment::of_notice(&snapshot, program, notice, now), Moment::asked);
    let question = format!("notice {path} as {:?}", form.form);
    let freshness = Freshness::of(&snapshot, &moment, &question);
    let mut response = freshness.answer(&request, form.form.content_type(), || {
        let index = &snapshot.index;
        let milestones = index.agenda(&AgendaQuery::of(&path), moment.at);
        let markdown =
            snapshot.renderer.markdown(program, notice, &program.settings.default_locale());
        if form.form == Form::Markdown {
            return markdown.map(Bytes::from).map_err(ApiError::internal);
        }
        super::json(&NoticeInFull {
            publication: snapshot.digest.short().to_owned(),
            on: super::shown_instant(moment.at),
            summary: NoticeSummary::new(program, notice, moment.at),
            rows: RowSummary::all(program, notice, moment.at),
            milestones: milestones.iter().map(|number| index.milestone(*number)).collect(),
            markdown: markdown.map_err(ApiError::internal)?,
            declared: notice,
        })
    })?;
    form.tell(&mut response, &format!("{}-{}", program.id, notice.id));
    Ok(response)
}

/// An id may end as a suffix does: a notice of that name comes first.
fn in_form(
    snapshot: &Snapshot,
    (program, id): (String, String),
    request: &HttpRequest,
) -> Result<(NoticePath, forms::Asked), ApiError> {
    let accepted = match Form::accepted(request) {
        Form::Markdown => Form::Markdown,
        Form::Json | Form::Csv => Form::Json,
    };
    let path = notice_path(&(program.clone(), id.clone()))?;
    let is_there = |path: &NoticePath| snapshot.index.workspace().notice(path).is_some();
    let named = [Form::Markdown, Form::Json].into_iter().find_map(|form| {
        let id = id.strip_suffix(form.suffix())?;
        let path = notice_path(&(program.clone(), id.to_owned())).ok()?;
        Some((path, form))
    });
    match named {
        Some((named, form)) if !is_there(&path) => {
            Ok((named, forms::Asked { form, is_named: true }))
        }
        _ => Ok((path, forms::Asked { form: accepted, is_named: false })),
    }
}
