//! `/apis/{program}/{api}`: what happens to an API, where and when.

use super::filters::moment_in_words;
use super::lines::{Badge, Block};
use super::notices::spoken;
use super::{Speech, public_page_with, subscribe, zone};
use crate::impact::{ApiPlace, Index, Located, Part};
use crate::notice::{ApiId, Program, ProgramId, ReplacedBy, Replacement};
use crate::render::{Drawn, Language, PageLinks, Timeline, When};
use crate::schedule::Instant;
use crate::web::feeds::calendar_address;
use crate::web::freshness::Moment;
use crate::web::languages;
use crate::web::paging::address;
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const TEMPLATE: &str = "page/api.html";

/// More rows than this are in the table, which has pages.
const MAX_ROWS: usize = 500;

#[derive(Serialize)]
struct ApiPage<'a> {
    title: &'a str,
    wire: &'a str,
    has_wire: bool,
    description: Option<&'a str>,
    program: &'a str,
    program_href: String,
    /// Where it can be called, as tables show it.
    environments: Vec<&'a str>,
    /// Whether the office said that nothing takes its place.
    is_final: bool,
    /// Any one of these takes its place; each is used together.
    replaced_by: Vec<Vec<Other>>,
    asked_on: Option<When>,
    total: usize,
    tally: Vec<Badge>,
    /// By environment, in the order of the catalogue, and by date.
    blocks: Vec<Block<'a>>,
    has_more: bool,
    timeline: Option<Timeline>,
    table_href: String,
    json_href: String,
    calendar_href: String,
}

/// Another API, with its page if it is declared here.
#[derive(Serialize)]
struct Other {
    title: String,
    href: Option<String>,
}

/// The address of an API's page.
pub fn path(program: &ProgramId, api: &ApiId) -> String {
    format!("/apis/{program}/{api}")
}

pub async fn api(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters, .. } = Reading::start(&request, &service)?;
    parameters.drop_empty();
    let on = parameters.take_moment("on");
    let zone = zone::asked(&mut parameters);
    let lang = languages::asked(&mut parameters);
    parameters.keep_only(&[]);
    parameters.finish()?;
    let (program, api) = path.into_inner();
    let place = snapshot.index.api_place(&program, &api);
    let place = place.ok_or_else(|| ApiError::NotFound("there is no such API".to_owned()))?;
    let moment = on.map_or_else(|| Moment::now(&snapshot, now).showing_today(now), Moment::asked);
    let speech = Speech::of(&request, &snapshot.renderer, lang.as_ref());
    let zone = zone::choice(request.path(), zone.as_deref(), on, speech.asked());
    let speech = speech.read_by(zone.clocks);
    let subscribe = subscribe_href((&program, &api), &speech);
    let itself = zone.page();
    let links = PageLinks {
        zone: Some(&zone),
        itself: Some(&itself),
        subscribe: Some(&subscribe),
        ..PageLinks::default()
    };
    let asked = (snapshot.as_ref(), &moment, TEMPLATE, &speech, links);
    public_page_with(&request, &service, asked, || {
        view(&snapshot, place, (moment.at, moment.today(), on.is_some()), &speech)
    })
}

/// The form, with this API chosen.
fn subscribe_href((program, api): (&str, &str), speech: &Speech<'_>) -> String {
    let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.as_str()));
    let wire = [("program", program), ("api", api)];
    subscribe::href(&wire.into_iter().chain(lang).collect::<Vec<_>>())
}

fn view<'a>(
    snapshot: &'a Snapshot,
    place: ApiPlace,
    (on, today, is_asked): (Instant, Instant, bool),
    speech: &'a Speech<'_>,
) -> ApiPage<'a> {
    let (index, language) = (&snapshot.index, &speech.language);
    let (program, id, api) = index.api(place);
    let titles = program.titles(language.locale());
    let mut lines: Vec<_> = index.lines_of(place).map(|line| index.line(line)).collect();
    let total = lines.len();
    let tally = Badge::tally(lines.iter().map(|line| line.state(on)), language);
    let environments = &program.catalogue.environments;
    // Stable, so that the table's own order by date stays within each.
    lines.sort_by_key(|line| environments.get_index_of(&line.row.environment));
    lines.truncate(MAX_ROWS);
    let drawn: Vec<_> = lines.iter().map(|line| drawn(line, language)).collect();
    let wire = [("program", program.id.as_str()), ("api", id.as_str())];
    let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.as_str()));
    let in_language: Vec<_> = wire.into_iter().chain(lang).collect();
    ApiPage {
        title: titles.api(id),
        wire: id.as_str(),
        has_wire: titles.api(id) != id.as_str(),
        description: api.description.as_deref(),
        program: titles.program(),
        program_href: format!("/notices/{}{}", program.id, speech.in_language),
        environments: match api.available.as_slice() {
            [] => environments.keys().map(|id| titles.environment(id)).collect(),
            some => some.iter().map(|id| titles.environment(id)).collect(),
        },
        is_final: matches!(api.replaced_by, Some(ReplacedBy::Nothing)),
        replaced_by: match &api.replaced_by {
            Some(ReplacedBy::Alternatives(sets)) => others(index, program, sets, speech),
            _ => Vec::new(),
        },
        asked_on: is_asked.then(|| moment_in_words(on, language)),
        total,
        tally,
        has_more: total > lines.len(),
        timeline: Timeline::new(&drawn, (on, today), language),
        blocks: Block::all(lines.into_iter(), on, language),
        table_href: address("/", &in_language),
        json_href: address("/api/v1/impacted", &wire),
        calendar_href: calendar_address(program, &Part::Api(id.clone()), &spoken(program, speech)),
    }
}

fn drawn<'a>(line: &Located<'a>, language: &Language<'_>) -> Drawn<'a> {
    let Located { program, notice, row_id: id, row, target } = *line;
    let caption = program.titles(language.locale()).notice(notice).to_owned();
    Drawn { program, notice, id, row, api: Some(&target.api), caption: Some(caption) }
}

fn others(
    index: &Index,
    program: &Program,
    alternatives: &[Vec<Replacement>],
    speech: &Speech<'_>,
) -> Vec<Vec<Other>> {
    let other = |replacement: &Replacement| {
        let program = replacement.program.as_ref().unwrap_or(&program.id);
        match index.api_place(program.as_str(), replacement.api.as_str()) {
            Some(place) => {
                let (program, id, _) = index.api(place);
                let title = program.titles(speech.language.locale()).api(id).to_owned();
                Other { title, href: Some(path(&program.id, id) + &speech.in_language) }
            }
            None => Other { title: replacement.to_string(), href: None },
        }
    };
    alternatives.iter().map(|together| together.iter().map(other).collect()).collect()
}
