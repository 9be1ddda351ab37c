//! `GET /api/v1/apis`: the catalogue, and which notices touch each API.

use super::{ListRefusals, Listing, PageParameters, Reading, no_guess, schemas};
use crate::impact::{Query, ShownDate, Tabled};
use crate::notice::{Api, ApiId, Program, ProgramId, ReplacedBy};
use crate::schedule::{Instant, State};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `apis`")]
pub struct ApisParameters {
    #[param(inline, example = "usps-web-tools")]
    program: Option<schemas::Id>,
    /// The API's wire name, case and all.
    #[param(inline, example = "holdForPickup")]
    api: Option<schemas::Id>,
    /// The states at this moment instead of now: an RFC 3339 instant, or a day
    /// (`YYYY-MM-DD`), which begins at 00:00 UTC.
    #[param(inline, example = "2020-09-27")]
    on: Option<schemas::Moment>,
    /// What was declared at this moment, which also is the moment asked about
    /// unless `on` names another.
    #[param(inline)]
    as_of: Option<schemas::Moment>,
}

/// An API of a program's catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueApi {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    /// The wire name.
    #[schema(example = "holdForPickup")]
    pub api: String,
    #[schema(example = "Package Intercept Hold For Pickup")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Addresses of its own, beside those of its environments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// `METHOD /path`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The environments where it can be called.
    pub environments: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What takes its place: any one of these, each a set of APIs to be used
    /// together, written `api` or `program/api`. Empty when the office said
    /// that nothing does; absent when it said nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<Vec<Vec<String>>>,
    /// Every row of every notice that touches it, by cutoff.
    pub touched_by: Vec<Touch>,
}

/// A row of a notice that touches an API.
#[derive(Debug, Serialize, ToSchema)]
pub struct Touch {
    #[schema(example = "tls-1.2")]
    pub notice: String,
    pub title: String,
    #[schema(example = "prod-first-wave")]
    pub row: String,
    #[schema(example = "prod")]
    pub environment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<ShownDate>,
    #[schema(value_type = String, example = "cut-off")]
    pub state: State,
}

impl CatalogueApi {
    fn new(snapshot: &Snapshot, program: &Program, id: &ApiId, api: &Api, on: Instant) -> Self {
        let strings = |list: &[_]| list.iter().map(ToString::to_string).collect();
        let environments = match api.available.as_slice() {
            [] => program.catalogue.environments.keys().map(ToString::to_string).collect(),
            some => some.iter().map(ToString::to_string).collect(),
        };
        Self {
            program: program.id.to_string(),
            api: id.to_string(),
            title: api.title.clone(),
            description: api.description.clone(),
            urls: api.urls.iter().map(ToString::to_string).collect(),
            versions: api.versions.clone(),
            operations: strings(&api.operations),
            environments,
            tags: api.tags.clone(),
            replaced_by: api.replaced_by.as_ref().map(replacements),
            touched_by: touches(snapshot, program, id, on),
        }
    }
}

impl Tabled for CatalogueApi {
    const COLUMNS: &'static [&'static str] = &[
        "program",
        "api",
        "title",
        "description",
        "urls",
        "versions",
        "operations",
        "environments",
        "tags",
        "replaced_by",
        "touched_by",
    ];

    fn cells(&self) -> Vec<String> {
        let together = |apis: &Vec<String>| apis.join(" + ");
        let replaced = self.replaced_by.iter().flatten().map(together).collect::<Vec<_>>();
        let touched = self.touched_by.iter();
        let touched = touched.map(|by| format!("{}/{}: {}", by.notice, by.row, by.state));
        vec![
            self.program.clone(),
            self.api.clone(),
            self.title.clone(),
            self.description.clone().unwrap_or_default(),
            self.urls.join(" "),
            self.versions.join(" "),
            self.operations.join("; "),
            self.environments.join(" "),
            self.tags.join(" "),
            replaced.join("; "),
            touched.collect::<Vec<_>>().join("; "),
        ]
    }
}

fn replacements(replaced_by: &ReplacedBy) -> Vec<Vec<String>> {
    match replaced_by {
        ReplacedBy::Nothing => Vec::new(),
        ReplacedBy::Alternatives(list) => {
            list.iter().map(|together| together.iter().map(ToString::to_string).collect()).collect()
        }
    }
}

fn touches(snapshot: &Snapshot, program: &Program, id: &ApiId, on: Instant) -> Vec<Touch> {
    let query =
        Query { program: Some(program.id.clone()), api: Some(id.clone()), ..Query::default() };
    let lines = snapshot.index.query(&query, on);
    let touch = |line: u32| {
        let at = snapshot.index.line(line);
        Touch {
            notice: at.notice.id.to_string(),
            title: at.notice.title.clone(),
            row: at.row_id.to_string(),
            environment: at.row.environment.to_string(),
            cutoff: at.row.dates.cutoff.as_ref().map(|date| ShownDate::new(date, at.row.zone)),
            state: at.state(on),
        }
    };
    lines.iter().copied().map(touch).collect()
}

/// The catalogue of APIs, with the notices that touch each.
///
/// In the order of the declaration, program by program.
#[utoipa::path(
    get,
    path = "/api/v1/apis",
    tag = "catalogue",
    operation_id = "listApis",
    params(ApisParameters, PageParameters),
    responses(
        (status = 200, description = "A page of the catalogue",
            content((Listing<CatalogueApi> = "application/json"), (String = "text/csv"),
                (String = "text/markdown")),
            headers(("ETag" = String), ("Cache-Control" = String), ("Link" = String))),
        ListRefusals,
    )
)]
pub async fn apis(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start_list(&request, &service).await?;
    let program: Option<ProgramId> = reading.parameters.take("program");
    let api: Option<ApiId> = reading.parameters.take("api");
    let on = reading.parameters.take_moment("on");
    let filters = [
        ("program", program.as_ref().map(ToString::to_string)),
        ("api", api.as_ref().map(ToString::to_string)),
        ("on", on.map(super::shown_instant)),
    ];
    let pairs = filters.into_iter().filter_map(|(name, value)| value.map(|v| (name, v)));
    let asked = reading.finish("/api/v1/apis", pairs.collect(), on, false)?;
    asked.answer_in_form(
        &request,
        |snapshot, _| {
            let programs = &snapshot.index.workspace().programs;
            let places = programs.values().enumerate().flat_map(|(p, found)| {
                let listed = 0..found.catalogue.apis.len();
                let wanted = program.as_ref().is_none_or(|id| found.id == *id);
                listed.filter(move |_| wanted).map(move |a| (p, a))
            });
            places
                .filter(|place| api.as_ref().is_none_or(|id| at(snapshot, *place).1 == id))
                .collect::<Vec<_>>()
        },
        |snapshot, place, on| {
            let (program, id, api) = at(snapshot, place);
            CatalogueApi::new(snapshot, program, id, api, on)
        },
        no_guess,
    )
}

/// The API at a place among the programs and their catalogues.
fn at(snapshot: &Snapshot, (program, api): (usize, usize)) -> (&Program, &ApiId, &Api) {
    let programs = &snapshot.index.workspace().programs;
    let (_, program) = programs.get_index(program).expect("places come from this workspace");
    let found = program.catalogue.apis.get_index(api);
    let (id, api) = found.expect("places come from this workspace");
    (program, id, api)
}
