//! `/office`: how everything stands, and what comes next.

use super::ahead::{NextReminder, ahead};
use super::burndown::{Charts, charts};
use super::errands::{ErrandView, waiting};
use super::holds::{self, HoldView};
use super::{HOME, acting, drift, minute, notice_href, page, see_other};
use crate::impact::{AgendaQuery, Index, ScheduledMilestone};
use crate::notice::{Actor, OfficeScope};
use crate::schedule::Instant;
use crate::store::{Gathering, NodePause, Overview};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;
use std::sync::Arc;

const TEMPLATE: &str = "page/office/overview.html";

const MILESTONES: usize = 8;
/// A notice may have as many at once as it has rows.
const MOST_LOOKED_AT: usize = 100;
const CHARTS: usize = 4;
const ERRANDS: i64 = 10;

/// A message that is due for longer is worth a word.
const LATE: TimeDelta = TimeDelta::minutes(5);

#[derive(Serialize)]
struct OverviewPage {
    published: Option<Published>,
    holds: Vec<HoldView>,
    /// What may be held.
    programs: Vec<Choice>,
    error: Option<String>,
    queue: QueueView,
    troubles: Vec<Trouble>,
    errands: Vec<ErrandView>,
    milestones: Vec<MilestoneView>,
    reminders: Vec<ReminderView>,
    charts: Charts,
}

#[derive(Serialize)]
struct Published {
    digest: String,
    at: String,
}

#[derive(Serialize)]
struct Choice {
    id: String,
    title: String,
}

#[derive(Serialize)]
struct QueueView {
    waiting: i64,
    throttled: i64,
    calls: i64,
    claimed: i64,
    nodes: i64,
    /// How long the oldest is due.
    late: Option<String>,
    gathered: Vec<GatheringView>,
}

#[derive(Serialize)]
struct GatheringView {
    program: String,
    messages: i64,
    next: String,
}

/// Something that somebody should look at.
#[derive(Serialize)]
struct Trouble {
    what: String,
    detail: String,
    href: Option<&'static str>,
}

#[derive(Serialize)]
struct MilestoneView {
    when: String,
    kind: &'static str,
    title: String,
    href: String,
    environments: Vec<String>,
}

#[derive(Serialize)]
struct ReminderView {
    when: String,
    title: String,
    href: String,
    of: &'static str,
    lead: String,
    at_most: i64,
}

pub async fn overview(
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    show(&service, &actor, None).await
}

/// Pausing and resuming: of everything, or of one program.
pub async fn change(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Editor)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let scope = form.one("scope");
    let wrong = match form.one("do").as_str() {
        "hold" => holds::hold(&service, &actor, (&scope, &form.one("reason"))).await?,
        "release" => {
            holds::release(&service, &actor, &scope).await?;
            None
        }
        _ => return Err(ApiError::BadBody("`do` names nothing that can be done".to_owned())),
    };
    match wrong {
        Some(wrong) => show(&service, &actor, Some(wrong)).await,
        None => Ok(see_other(HOME)),
    }
}

async fn show(
    service: &Arc<Service>,
    actor: &Actor,
    error: Option<String>,
) -> Result<HttpResponse, ApiError> {
    let (store, now) = (service.store(), service.now());
    let overview = store.overview().await.map_err(ApiError::internal)?;
    let holds = holds::in_force(store).await?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut troubles = troubles(&overview);
    if let Some((what, href)) = drift::trouble(service).await? {
        let detail = "What an environment does differs from what is declared.".to_owned();
        troubles.insert(0, Trouble { what, detail, href: Some(href) });
    }
    let mut view = OverviewPage {
        published: None,
        holds: holds::shown(&holds),
        programs: Vec::new(),
        error,
        troubles,
        queue: QueueView::new(overview),
        errands: waiting(store, ERRANDS).await?,
        milestones: Vec::new(),
        reminders: Vec::new(),
        charts: Charts::default(),
    };
    if let Ok(snapshot) = service.snapshot() {
        let ahead = ahead(service, &snapshot, now).await?;
        let digest = snapshot.digest.short().to_owned();
        view.published = Some(Published { digest, at: minute(snapshot.created_at) });
        view.programs = programs(&snapshot.index);
        view.milestones = milestones(&snapshot.index, now);
        view.reminders = ahead.reminders.iter().map(ReminderView::new).collect();
        view.charts = charts(service, &snapshot, &ahead.cutoffs, now, CHARTS).await;
    }
    page(service, actor, status, TEMPLATE, &view)
}

fn programs(index: &Index) -> Vec<Choice> {
    let programs = index.workspace().programs.values();
    let choice = |program: &crate::notice::Program| Choice {
        id: program.id.to_string(),
        title: program.settings.title.clone(),
    };
    programs.map(choice).collect()
}

/// What begins from now on; what is under way stands elsewhere.
fn milestones(index: &Index, now: Instant) -> Vec<MilestoneView> {
    let query = AgendaQuery { from: Some(now), ..AgendaQuery::default() };
    let numbers = index.agenda(&query, now);
    let all = numbers.iter().map(|number| index.milestone(*number));
    let coming = all.filter(|milestone| {
        milestone.date.earliest.as_deref().and_then(|at| at.parse::<Instant>().ok()) >= Some(now)
    });
    let mut listed: Vec<MilestoneView> = Vec::new();
    for milestone in coming.take(MOST_LOOKED_AT) {
        let next = MilestoneView::new(milestone);
        match listed.iter().position(|known| known.is_same(&next)) {
            Some(known) => listed[known].environments.extend(next.environments),
            None if listed.len() == MILESTONES => break,
            None => listed.push(next),
        }
    }
    listed
}

impl MilestoneView {
    /// Whether it differs in its place alone.
    fn is_same(&self, other: &Self) -> bool {
        (&self.when, self.kind, &self.href) == (&other.when, other.kind, &other.href)
    }

    fn new(milestone: ScheduledMilestone) -> Self {
        let date = milestone.date.date;
        // A time is on the clocks of its place.
        let time = NaiveDateTime::parse_from_str(&date, "%Y-%m-%dT%H:%M:%S").ok();
        let timed = time.map(|at| format!("{} {}", at.format("%Y-%m-%d %H:%M"), milestone.zone));
        Self {
            when: milestone.date.label.or(timed).unwrap_or(date),
            kind: milestone.kind,
            title: milestone.title,
            href: format!("/office/notices/{}/{}", milestone.program, milestone.notice),
            environments: milestone.environments,
        }
    }
}

impl ReminderView {
    fn new(next: &NextReminder) -> Self {
        Self {
            when: minute(next.at),
            title: next.title.clone(),
            href: notice_href(&next.path),
            of: next.of,
            lead: next.lead.clone(),
            at_most: next.at_most,
        }
    }
}

impl QueueView {
    fn new(overview: Overview) -> Self {
        let late = overview.oldest_due.map(|due| overview.at - due).filter(|late| *late >= LATE);
        let gathering = |Gathering { program, messages, next }| GatheringView {
            program: program.to_string(),
            messages,
            next: minute(next),
        };
        Self {
            waiting: overview.waiting,
            throttled: overview.throttled,
            calls: overview.calls,
            claimed: overview.claimed,
            nodes: overview.nodes_alive,
            late: late.map(span),
            gathered: overview.gathered.into_iter().map(gathering).collect(),
        }
    }
}

fn span(length: TimeDelta) -> String {
    match length.num_minutes() {
        minutes @ ..120 => format!("{minutes} minutes"),
        minutes => format!("{} hours", minutes / 60),
    }
}

fn troubles(overview: &Overview) -> Vec<Trouble> {
    let counted = |count: i64, what: &str, detail: &str| {
        (count > 0).then(|| Trouble {
            what: format!("{count} {what}"),
            detail: detail.to_owned(),
            href: Some("/office/dead"),
        })
    };
    let paused = |pause: &NodePause| Trouble {
        what: format!("{} pauses until {}", pause.node, pause.until.format("%H:%M:%S UTC")),
        detail: pause.reason.clone(),
        href: None,
    };
    let stale = (overview.nodes_stale > 0).then(|| Trouble {
        what: format!("{} fell silent within the hour", overview.nodes_stale),
        detail: "Processes that send; what they had in hand is taken over.".to_owned(),
        href: None,
    });
    let given_up = [
        counted(overview.dead, "given up", "The last attempt failed, too."),
        counted(overview.rejected, "refused", "The mail server will not take them."),
    ];
    let pauses = overview.pauses.iter().map(paused);
    given_up.into_iter().flatten().chain(pauses).chain(stale).collect()
}
