//! `/office/notices/PROGRAM/NOTICE`: where one notice stands, holding and releasing it,
//! and a test of it.

use super::ahead::{cutoffs, next_reminder};
use super::burndown::{Chart, Charts, charts};
use super::errands::{self, ErrandView, form_key};
use super::holds::{self, HoldView};
use super::kept::COUNTS_LAST;
use super::orders::{WantedTest, send_test};
use super::{acting, minute, notice_href, page, rehearsals, see_other};
use crate::announce::approval;
use crate::notice::{Actor, Locale, Notice, NoticePath, OccasionKind, OfficeScope, Program};
use crate::render::Language;
use crate::schedule::{Instant, state};
use crate::store::{RoundCounts, StoredOccasion};
use crate::web::addresses::{no_notice, notice_path};
use crate::web::bodies::Form;
use crate::web::pages::Badge;
use crate::web::preview::desk::Choice;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::sync::Arc;

const TEMPLATE: &str = "page/office/notice.html";

const ERRANDS: i64 = 10;
const CHARTS: usize = 6;
/// The latest; a notice that is reminded of for years has no end of them.
const ROUNDS: usize = 12;

/// What stands above every page about a notice.
#[derive(Serialize)]
pub struct Head {
    /// As holds and records name it.
    path: String,
    title: String,
    program: String,
    kind: String,
    states: Vec<Badge>,
    /// What everybody sees.
    public: String,
    tabs: Vec<Tab>,
}

#[derive(Serialize)]
struct Tab {
    title: &'static str,
    href: String,
    is_here: bool,
}

impl Head {
    /// `here` is the last part of a tab's address.
    pub fn new(
        (program, notice): (&Program, &Notice),
        path: &NoticePath,
        here: &str,
        now: Instant,
        language: &Language<'_>,
    ) -> Self {
        let rows = notice.schedule.rows.iter();
        let home = notice_href(path);
        let is_rehearsed = notice.test_endpoints.values().any(|tried| tried.rehearsal.is_some());
        let mut tabs = vec![
            ("Where it stands", ""),
            ("Preview", "preview"),
            ("Approve and announce", "approval"),
        ];
        tabs.extend(is_rehearsed.then_some(("Rehearsals", "rehearsals")));
        let tab = |title, name: &str| Tab {
            title,
            href: if name.is_empty() { home.clone() } else { format!("{home}/{name}") },
            is_here: name == here,
        };
        Self {
            path: path.to_string(),
            title: notice.title.clone(),
            program: program.settings.title.clone(),
            kind: language.say(&format!("kind-{}", notice.kind.as_str())),
            states: Badge::tally(rows.map(|(id, row)| state(notice, id, row, None, now)), language),
            public: format!("/notices/{path}"),
            tabs: tabs.into_iter().map(|(title, name)| tab(title, name)).collect(),
        }
    }
}

#[derive(Serialize)]
struct NoticePage {
    head: Head,
    revision: String,
    announced: Option<AnnouncedView>,
    /// Why it may not be announced as it is.
    unapproved: Option<String>,
    next_reminder: Option<String>,
    rounds: Vec<RoundView>,
    holds: Vec<HoldView>,
    /// Whether the notice itself is held, and not only what it is part of.
    is_held: bool,
    errands: Vec<ErrandView>,
    charts: Charts,
    /// Of those who do not pass a rehearsal, where there is one.
    rehearsal: Option<Chart>,
    test: TestForm,
    error: Option<String>,
    hold_error: Option<String>,
}

#[derive(Serialize)]
struct AnnouncedView {
    at: String,
    written: i64,
    is_filled: bool,
    canary: Option<i64>,
    /// Sent as whoever announced it chose; nobody sends it yet where absent.
    carrier: Option<&'static str>,
}

#[derive(Serialize)]
struct RoundView {
    kind: &'static str,
    at: String,
    total: i64,
    accepted: i64,
    open: i64,
    failed: i64,
    other: i64,
}

impl RoundView {
    fn new(occasion: &StoredOccasion, counts: &RoundCounts) -> Self {
        use crate::notice::Outcome::{Accepted, Dead, Deferred, Rejected, Unknown};
        let open_unknown = counts.of(Unknown) - counts.left_unknown;
        let open = counts.waiting + counts.gathered + counts.claimed;
        let open = open + counts.of(Deferred) + open_unknown;
        let failed = counts.of(Rejected) + counts.of(Dead);
        let total = counts.total();
        let accepted = counts.of(Accepted);
        Self {
            kind: occasion.kind.as_str(),
            at: minute(occasion.created_at),
            total,
            accepted,
            open,
            failed,
            other: total - accepted - open - failed,
        }
    }
}

/// What was typed into the form of a test, and what may be chosen in it.
#[derive(Serialize)]
struct TestForm {
    key: String,
    address: String,
    locales: Vec<Choice>,
    apis: Vec<Choice>,
    environments: Vec<Choice>,
}

impl TestForm {
    fn new((program, notice): (&Program, &Notice), typed: &Form) -> Result<Self, ApiError> {
        let chosen = |name: &str, value: &str| typed.one(name) == value;
        let rows = || notice.schedule.rows.values();
        let mut environments: Vec<_> = rows().map(|row| &row.environment).collect();
        environments.dedup();
        let mut apis: Vec<_> = rows().flat_map(|row| &row.targets).map(|t| &t.api).collect();
        apis.sort();
        apis.dedup();
        let choice = |name: &str, value: &str, title: String| Choice {
            value: value.to_owned(),
            title,
            is_chosen: chosen(name, value),
        };
        let catalogue = &program.catalogue;
        Ok(Self {
            key: form_key()?,
            address: typed.one("address"),
            locales: program
                .settings
                .locales
                .iter()
                .map(|locale| choice("locale", locale.as_str(), locale.to_string()))
                .collect(),
            apis: apis
                .into_iter()
                .map(|id| {
                    let title = catalogue.apis.get(id).map(|api| api.title.clone());
                    choice("api", id.as_str(), title.unwrap_or_else(|| id.to_string()))
                })
                .collect(),
            environments: environments
                .into_iter()
                .map(|id| {
                    let title = catalogue.environments.get(id).map(|found| found.title.clone());
                    choice("environment", id.as_str(), title.unwrap_or_else(|| id.to_string()))
                })
                .collect(),
        })
    }
}

/// What went wrong with what was asked for, and what was typed.
#[derive(Default)]
struct News {
    error: Option<String>,
    hold_error: Option<String>,
}

pub async fn show(
    service: Data<Service>,
    actor: ReqData<Actor>,
    address: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let path = notice_path(&address)?;
    render(&service, &actor, &path, &Form::of_query(""), News::default()).await
}

pub async fn change(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    address: Path<(String, String)>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Editor)?;
    let path = notice_path(&address)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let scope = path.to_string();
    let mut news = News::default();
    match form.one("do").as_str() {
        "hold" => {
            let reason = form.one("reason");
            news.hold_error = holds::hold(&service, &actor, (&scope, &reason)).await?;
        }
        "release" => holds::release(&service, &actor, &scope).await?,
        "test" => news.error = test(&service, &actor, &path, &form).await?,
        _ => return Err(ApiError::BadBody("`do` names nothing that can be done".to_owned())),
    }
    if news.error.is_none() && news.hold_error.is_none() {
        return Ok(see_other(&notice_href(&path)));
    }
    render(&service, &actor, &path, &form, news).await
}

/// Asks for a test, and says what is wrong with the form.
async fn test(
    service: &Service,
    actor: &Actor,
    path: &NoticePath,
    form: &Form,
) -> Result<Option<String>, ApiError> {
    let wanted = WantedTest {
        address: &form.one("address"),
        locale: &form.one("locale"),
        api: &form.one("api"),
        environment: &form.one("environment"),
    };
    send_test(service, actor, (&form.one("key"), path), &wanted).await
}

async fn render(
    service: &Arc<Service>,
    actor: &Actor,
    path: &NoticePath,
    typed: &Form,
    news: News,
) -> Result<HttpResponse, ApiError> {
    let (store, snapshot, now) = (service.store(), service.snapshot()?, service.now());
    let found = snapshot.index.workspace().notice(path);
    let (program, notice) = found.ok_or_else(|| no_notice(path))?;
    let occasions = store.occasions_about(path).await.map_err(ApiError::internal)?;
    let is_announcement = |o: &&StoredOccasion| o.kind == OccasionKind::Announcement;
    let begun = occasions.iter().find(is_announcement);
    let unapproved = approval(store, (program, notice), &snapshot.templates, snapshot.id).await;
    let holds = holds::in_force(store).await?;
    let name = path.to_string();
    let covering = holds.iter().filter(|hold| hold.covers(&name));
    let language = service.built_in().language(&Locale::default());
    let followed = begun.filter(|begun| begun.is_followed());
    let next = followed.and_then(|begun| next_reminder(begun, (program, notice), path, now));
    let errands = errands::about(store, path, ERRANDS).await;
    let view = NoticePage {
        head: Head::new((program, notice), path, "", now, &language),
        revision: program.revision(notice).short().to_owned(),
        announced: begun.map(AnnouncedView::new),
        unapproved: unapproved.map_err(ApiError::internal)?.map(|why| why.reason()),
        next_reminder: next
            .map(|next| format!("{}, {} before the {}", minute(next.at), next.lead, next.of)),
        rounds: rounds(service, &occasions, now).await?,
        is_held: holds.iter().any(|hold| hold.scope.to_string() == name),
        holds: holds::shown(covering),
        errands: errands.map_err(ApiError::internal)?,
        charts: burning(service, &snapshot, (path, notice), begun, now).await,
        rehearsal: rehearsal(service, &snapshot, (path, notice), begun, now).await,
        test: TestForm::new((program, notice), typed)?,
        error: news.error,
        hold_error: news.hold_error,
    };
    let is_wrong = view.error.is_some() || view.hold_error.is_some();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(service, actor, status, TEMPLATE, &view)
}

impl AnnouncedView {
    fn new(begun: &StoredOccasion) -> Self {
        Self {
            at: minute(begun.created_at),
            written: begun.filled,
            is_filled: begun.is_filled,
            canary: begun.canary,
            carrier: begun.carrier.map(crate::notice::Carrier::as_str),
        }
    }
}

/// The latest first, each counted at most every few seconds.
async fn rounds(
    service: &Service,
    occasions: &[StoredOccasion],
    now: Instant,
) -> Result<Vec<RoundView>, ApiError> {
    let mut rounds = Vec::new();
    for occasion in occasions.iter().rev().take(ROUNDS) {
        let counting = service.store().round_counts(occasion.id);
        let counts = service.figures().counts.get(occasion.id, (now, COUNTS_LAST), counting).await;
        rounds.push(RoundView::new(occasion, &counts.map_err(ApiError::internal)?));
    }
    Ok(rounds)
}

async fn rehearsal(
    service: &Arc<Service>,
    snapshot: &Snapshot,
    (path, notice): (&NoticePath, &Notice),
    begun: Option<&StoredOccasion>,
    now: Instant,
) -> Option<Chart> {
    let begun = begun?;
    notice.test_endpoints.values().find(|tried| tried.rehearsal.is_some())?;
    let counted = rehearsals::counted(service, begun.id, path, now).await?;
    rehearsals::chart(snapshot, (begun, path), &counted, now)
}

async fn burning(
    service: &Arc<Service>,
    snapshot: &Snapshot,
    (path, notice): (&NoticePath, &Notice),
    begun: Option<&StoredOccasion>,
    now: Instant,
) -> Charts {
    let Some(begun) = begun else { return Charts::default() };
    charts(service, snapshot, &cutoffs(begun, notice, path, now), now, CHARTS).await
}
