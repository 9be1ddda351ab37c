//! The archive of notices, and the page of each.

use super::lines::Badge;
use super::public_page;
use crate::notice::{Notice, Program, ProgramId};
use crate::render::{PageLinks, When, kind_in_words};
use crate::schedule::{Instant, state};
use crate::web::addresses::{no_notice, notice_path};
use crate::web::freshness::{Freshness, HTML, Moment};
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

#[derive(Serialize)]
struct Archive<'a> {
    /// Absent on the page of all programs.
    program: Option<ProgramHead<'a>>,
    programs: Vec<ProgramNotices<'a>>,
}

#[derive(Serialize)]
struct ProgramHead<'a> {
    id: &'a str,
    title: &'a str,
    office: &'a str,
    home: Option<&'a str>,
    email: Option<&'a str>,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct ProgramNotices<'a> {
    head: ProgramHead<'a>,
    notices: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    title: &'a str,
    href: String,
    kind: &'static str,
    announced: When,
    ends: &'a [String],
    needs: &'a [String],
    /// The last date by which something is cut off.
    last_cutoff: Option<When>,
    states: Vec<Badge>,
}

impl<'a> ProgramHead<'a> {
    fn new(program: &'a Program) -> Self {
        let settings = &program.settings;
        let contact = &settings.contact;
        Self {
            id: program.id.as_str(),
            title: &settings.title,
            office: &settings.office.name,
            home: settings.brand.home.as_ref().map(|url| url.as_str()),
            email: contact.email.as_ref().map(|email| email.as_str()),
            url: contact.url.as_ref().map(|url| url.as_str()),
        }
    }
}

impl<'a> Entry<'a> {
    fn new(program: &'a Program, notice: &'a Notice, on: Instant) -> Self {
        let rows = || notice.schedule.rows.iter();
        let zone = program.settings.zone;
        let cutoffs = rows().filter_map(|(_, row)| Some((row.dates.cutoff.as_ref()?, row.zone)));
        let last = cutoffs.max_by_key(|(date, zone)| {
            let earliest = crate::schedule::bounds(date, *zone).earliest;
            (earliest.is_none(), earliest)
        });
        Self {
            title: &notice.title,
            href: format!("/notices/{}/{}", program.id, notice.id),
            kind: kind_in_words(notice.kind),
            announced: When::new(&notice.announced, zone, &[]),
            ends: &notice.ends,
            needs: &notice.needs,
            last_cutoff: last.map(|(date, zone)| When::new(date, zone, &[])),
            states: Badge::tally(rows().map(|(id, row)| state(notice, id, row, None, on))),
        }
    }
}

/// `/notices`: every program's notices.
pub async fn all(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, .. } = Reading::start(&request, &service)?;
    archive(&request, &service, &snapshot, now, None)
}

/// `/notices/{program}`: one program's notices.
pub async fn of_program(
    request: HttpRequest,
    service: Data<Service>,
    program: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, .. } = Reading::start(&request, &service)?;
    let id: Option<ProgramId> = program.parse().ok();
    let found = id.filter(|id| snapshot.index.workspace().programs.contains_key(id));
    let id = found.ok_or_else(|| ApiError::NotFound("there is no such program".to_owned()))?;
    archive(&request, &service, &snapshot, now, Some(&id))
}

fn archive(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    now: Instant,
    only: Option<&ProgramId>,
) -> Result<HttpResponse, ApiError> {
    let moment = Moment::now(snapshot, now);
    public_page(request, service, snapshot, &moment, "page/notices.html", || {
        let index = &snapshot.index;
        let programs = index.workspace().programs.values();
        let shown = programs.filter(|program| only.is_none_or(|id| program.id == *id));
        let listed = shown.map(|program| {
            let places = index.notices_newest_first(Some(&program.id), None);
            let notices = places.into_iter().map(|place| index.notice(place));
            let entries = notices.map(|(program, notice)| Entry::new(program, notice, moment.at));
            ProgramNotices { head: ProgramHead::new(program), notices: entries.collect() }
        });
        let program = only.and_then(|id| index.workspace().programs.get(id));
        Archive { program: program.map(ProgramHead::new), programs: listed.collect() }
    })
}

/// `/notices/{program}/{id}`: a notice.
pub async fn notice(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters } = Reading::start(&request, &service)?;
    let on = parameters.take_moment("on");
    parameters.keep_only(&[]);
    parameters.finish()?;
    let path = notice_path(&path.into_inner())?;
    let found = snapshot.index.workspace().notice(&path);
    let (program, notice) = found.ok_or_else(|| no_notice(&path))?;
    let moment =
        on.map_or_else(|| Moment::of_notice(&snapshot, program, notice, now), Moment::asked);
    let freshness = Freshness::of(&snapshot, &moment, &format!("page of {path}"));
    freshness.answer(&request, HTML, || {
        let canonical = service.canonical(request.path());
        let (brand, json) =
            (format!("/static/brand/{}.css", program.id), format!("/api/v1/notices/{path}"));
        let links = PageLinks {
            canonical: canonical.as_deref(),
            brand: Some(&brand),
            json: Some(&json),
            since: on.is_none(),
            ..PageLinks::default()
        };
        let page = snapshot.renderer.page(program, notice, moment.at, &links);
        page.map(Bytes::from).map_err(ApiError::internal)
    })
}
