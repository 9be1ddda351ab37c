//! `/office/notices/PROGRAM/NOTICE/rehearsals`: who of those that were told passes its test
//! endpoints, who fails and who never tried, and from where strangers came.

use super::ahead::{Cutoff, cutoffs};
use super::burndown::{Chart, rehearsal_chart};
use super::kept::CHARTS_LAST;
use super::notice::Head;
use super::{acting, minute, notice_href, page, person_address, record};
use crate::notice::{Actor, Locale, NoticePath, OccasionKind, OfficeScope, Readiness};
use crate::schedule::Instant;
use crate::store::{
    Deed, ReadyOnDay, Rehearser, Rehearsers, Store, StoreError, StoredOccasion, TriedFrom,
};
use crate::web::addresses::{no_notice, notice_path};
use crate::web::paging::{DEFAULT_LIMIT, address};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use crate::web::tried::state_name;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Bytes, Data, Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use futures_util::stream;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

const TEMPLATE: &str = "page/office/rehearsals.html";

/// Networks that are shown.
const NETWORKS: i64 = 50;
/// People written out at a time.
const CHUNK: i64 = 500;

/// As they are listed, those who need help first.
pub const STATES: [Option<Readiness>; 4] =
    [Some(Readiness::Fails), None, Some(Readiness::Unclear), Some(Readiness::Passes)];

/// How those who were told of a notice stand, counted now and then.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    pub told: i64,
    pub told_by_day: BTreeMap<NaiveDate, i64>,
    pub tried: BTreeMap<Readiness, i64>,
    pub by_day: Vec<ReadyOnDay>,
}

impl Counted {
    pub fn of(&self, state: Option<Readiness>) -> i64 {
        match state {
            Some(state) => self.tried.get(&state).copied().unwrap_or(0),
            None => (self.told - self.tried.values().sum::<i64>()).max(0),
        }
    }
}

/// The announcement of a notice, if there was one.
pub async fn announcement(
    store: &Store,
    path: &NoticePath,
) -> Result<Option<StoredOccasion>, ApiError> {
    let occasions = store.occasions_about(path).await.map_err(ApiError::internal)?;
    Ok(occasions.into_iter().find(|occasion| occasion.kind == OccasionKind::Announcement))
}

/// Nothing where it takes longer than anybody waits; the next look has it.
pub async fn counted(
    service: &Arc<Service>,
    occasion: i64,
    path: &NoticePath,
    now: Instant,
) -> Option<Arc<Counted>> {
    let (counting, path) = (service.clone(), path.clone());
    let key = (occasion, path.to_string());
    let making = async move { count(&counting, occasion, &path, now).await };
    service.figures().rehearsals.get(key, (now, CHARTS_LAST), making).await
}

async fn count(
    service: &Service,
    occasion: i64,
    path: &NoticePath,
    now: Instant,
) -> Result<Arc<Counted>, StoreError> {
    let store = service.store();
    let told = service.figures().told.get(occasion, (now, CHARTS_LAST), async {
        Ok::<_, StoreError>(Arc::new(store.told_by_day(occasion).await?))
    });
    let mut counted = Counted::default();
    for told in told.await?.iter() {
        counted.told += told.people;
        *counted.told_by_day.entry(told.day).or_default() += told.people;
    }
    counted.tried = store.ready_counts(occasion, path).await?;
    counted.by_day = store.ready_by_day(occasion, path).await?;
    Ok(Arc::new(counted))
}

#[derive(Serialize)]
struct RehearsalsPage {
    head: Head,
    is_announced: bool,
    is_being_counted: bool,
    told: i64,
    states: Vec<StateView>,
    chart: Option<Chart>,
    /// Whom the list is of.
    state: &'static str,
    people: Vec<PersonView>,
    is_first: bool,
    next_href: Option<String>,
    csv_href: String,
    networks: Vec<NetworkView>,
}

#[derive(Serialize)]
struct StateView {
    name: &'static str,
    people: i64,
    /// Of those told.
    percent: i64,
    href: String,
    is_here: bool,
}

#[derive(Serialize)]
struct PersonView {
    href: String,
    address: String,
    at: Option<String>,
}

#[derive(Serialize)]
struct NetworkView {
    peer: Option<String>,
    passed: i64,
    failed: i64,
    unclear: i64,
    last_at: String,
}

impl From<Rehearser> for PersonView {
    fn from(one: Rehearser) -> Self {
        Self {
            href: person_address(one.subscriber),
            address: one.address.to_string(),
            at: one.at.map(minute),
        }
    }
}

impl From<TriedFrom> for NetworkView {
    fn from(from: TriedFrom) -> Self {
        let TriedFrom { peer, passed, failed, unclear, last_at } = from;
        Self { peer, passed, failed, unclear, last_at: minute(last_at) }
    }
}

/// What a list is asked for by.
pub fn take_state(parameters: &mut Parameters) -> Option<Option<Readiness>> {
    let named: Option<StateName> = parameters.take("state");
    named.map(|StateName(state)| state)
}

struct StateName(Option<Readiness>);

impl std::str::FromStr for StateName {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let found = STATES.into_iter().find(|state| state_name(*state) == text);
        found.map(Self).ok_or("write `fails`, `never`, `unclear` or `passes`")
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
    let mut parameters = Parameters::read(request.query_string())?;
    let state = take_state(&mut parameters).unwrap_or(Some(Readiness::Fails));
    let after: Option<u32> = parameters.take("after");
    parameters.finish()?;
    let (snapshot, now) = (service.snapshot()?, service.now());
    let found = snapshot.index.workspace().notice(&path);
    let (program, notice) = found.ok_or_else(|| no_notice(&path))?;
    let begun = announcement(service.store(), &path).await?;
    let language = service.built_in().language(&Locale::default());
    let head = Head::new((program, notice), &path, "rehearsals", now, &language);
    let networks = service.store().strangers_by_network(&path, NETWORKS).await;
    let networks = networks.map_err(ApiError::internal)?.into_iter().map(NetworkView::from);
    let mut view = RehearsalsPage {
        head,
        is_announced: begun.is_some(),
        is_being_counted: false,
        told: 0,
        states: Vec::new(),
        chart: None,
        state: state_name(state),
        people: Vec::new(),
        is_first: after.is_none(),
        next_href: None,
        csv_href: format!("{}/rehearsals.csv", notice_href(&path)),
        networks: networks.collect(),
    };
    if let Some(begun) = &begun {
        view.of_told((&service, &snapshot), (begun, &path), (state, after), now).await?;
    }
    page(&service, &actor, StatusCode::OK, TEMPLATE, &view)
}

impl RehearsalsPage {
    /// What there is to say once somebody was told.
    async fn of_told(
        &mut self,
        (service, snapshot): (&Arc<Service>, &Snapshot),
        (begun, path): (&StoredOccasion, &NoticePath),
        (state, after): (Option<Readiness>, Option<u32>),
        now: Instant,
    ) -> Result<(), ApiError> {
        let home = format!("{}/rehearsals", notice_href(path));
        let counted = counted(service, begun.id, path, now).await;
        self.is_being_counted = counted.is_none();
        if let Some(counted) = counted {
            self.told = counted.told;
            let state_view = |one: Option<Readiness>| StateView {
                name: state_name(one),
                people: counted.of(one),
                percent: counted.of(one) * 100 / counted.told.max(1),
                href: address(&home, &[("state", state_name(one))]),
                is_here: one == state,
            };
            self.states = STATES.into_iter().map(state_view).collect();
            self.chart = chart(snapshot, (begun, path), &counted, now);
        }
        let (from, most) = (after.map_or(0, i64::from), DEFAULT_LIMIT as i64);
        let listed = service.store().rehearsers((begun.id, path), state, (from, most)).await;
        let Rehearsers { people, next } = listed.map_err(ApiError::internal)?;
        self.people = people.into_iter().map(PersonView::from).collect();
        let next = next.map(|next| next.to_string());
        let further =
            |next: String| address(&home, &[("state", state_name(state)), ("after", &next)]);
        self.next_href = next.map(further);
        Ok(())
    }
}

/// Until the next cutoff.
pub fn chart(
    snapshot: &Snapshot,
    (begun, path): (&StoredOccasion, &NoticePath),
    counted: &Counted,
    now: Instant,
) -> Option<Chart> {
    let (_, notice) = snapshot.index.workspace().notice(path)?;
    let next: Cutoff = cutoffs(begun, notice, path, now).into_iter().next()?;
    rehearsal_chart(snapshot, &next, counted, now)
}

/// Everybody who was told, and how they stand, as CSV.
pub async fn export(
    service: Data<Service>,
    actor: ReqData<Actor>,
    address: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    exported(&service, &actor, &notice_path(&address)?).await
}

/// The same for whoever shows a token.
pub async fn exported(
    service: &Service,
    actor: &Actor,
    path: &NoticePath,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(actor, OfficeScope::Editor)?;
    let begun = announcement(service.store(), path).await?;
    let subject = path.to_string();
    let detail = "rehearsals";
    let deed = Deed { actor: &actor.name, action: "exported", subject: &subject, detail };
    record(service, &deed).await?;
    let beginning = Line { store: service.store().clone(), path: path.clone(), at: Some((0, 0)) };
    let occasion = begun.map(|begun| begun.id);
    let lines = stream::try_unfold(beginning, move |line| line.further(occasion));
    Ok(HttpResponse::Ok()
        .content_type(crate::web::forms::CSV)
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"rehearsals.csv\""))
        .streaming(lines))
}

/// How far an export came: which of the states, and after whom.
struct Line {
    store: Store,
    path: NoticePath,
    at: Option<(usize, i64)>,
}

impl Line {
    async fn further(
        mut self,
        occasion: Option<i64>,
    ) -> Result<Option<(Bytes, Self)>, actix_web::Error> {
        let Some((place, after)) = self.at else { return Ok(None) };
        let mut csv = csv::Writer::from_writer(Vec::new());
        // A vector takes everything that is written into it.
        if (place, after) == (0, 0) {
            csv.write_record(["state", "address", "at"]).ok();
        }
        let mut next = None;
        if let Some(occasion) = occasion {
            let of = (occasion, &self.path);
            let page = self.store.rehearsers(of, STATES[place], (after, CHUNK)).await;
            let page = page.map_err(broken_off)?;
            for one in &page.people {
                let at = one.at.map(|at| at.to_rfc3339()).unwrap_or_default();
                let address = crate::subscribers::guarded(one.address.as_str());
                csv.write_record([state_name(one.state), &address, &at]).ok();
            }
            next = page.next;
        }
        let following = Some((place + 1, 0)).filter(|(place, _)| *place < STATES.len());
        self.at = next.map(|next| (place, next)).or(following);
        Ok(Some((csv.into_inner().unwrap_or_default().into(), self)))
    }
}

/// It is too late for another answer.
fn broken_off(failure: StoreError) -> actix_web::Error {
    tracing::error!(%failure, "an export broke off");
    actix_web::error::ErrorInternalServerError("the export broke off")
}
