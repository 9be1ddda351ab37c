//! `/`: the impacted-API table, with filters that need no script.

use super::filters::{FilterForm, moment_in_words};
use super::lines::{Badge, Block};
use super::public_page;
use crate::impact::{BadFilter, Question};
use crate::render::When;
use crate::schedule::Instant;
use crate::web::freshness::{HTML, Moment};
use crate::web::paging::{DEFAULT_LIMIT, Page, address};
use crate::web::problem::ApiError;
use crate::web::reading::{Asked, Reading};
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const PATH: &str = "/";
const TEMPLATE: &str = "page/table.html";

#[derive(Serialize)]
struct TablePage<'a> {
    form: FilterForm,
    /// The moment asked about; absent when that is now.
    asked_on: Option<When>,
    total: usize,
    /// The numbers of the first and last line shown.
    from: usize,
    to: usize,
    tally: Vec<Badge>,
    blocks: Vec<Block<'a>>,
    guesses: Vec<Guess>,
    first_href: Option<String>,
    next_href: Option<String>,
    /// The same answer for programs.
    json_href: String,
    publication: &'a str,
}

/// A name that was perhaps meant, with the address that asks for it.
#[derive(Serialize)]
struct Guess {
    name: String,
    href: String,
}

pub async fn table(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start(&request, &service)?;
    let snapshot = reading.snapshot.clone();
    let question = reading.parameters.question();
    let moving = question.query.within.is_some();
    reading.parameters.keep_only(&["limit", "cursor"]);
    let now = reading.now;
    match reading.finish(PATH, question.pairs(), question.on, moving) {
        Ok(asked) => answer(&request, &service, &asked, &question),
        Err(ApiError::BadParameters(bad)) => {
            ask_again(&request, &service, &snapshot, now, &question, &bad)
        }
        Err(other) => Err(other),
    }
}

fn answer(
    request: &HttpRequest,
    service: &Service,
    asked: &Asked,
    question: &Question,
) -> Result<HttpResponse, ApiError> {
    let Asked { snapshot, paging, moment } = asked;
    public_page(request, service, snapshot, moment, TEMPLATE, || {
        let found = snapshot.index.query(&question.query, moment.at);
        let page = paging.page(found.len(), moment.at, &snapshot.digest);
        let form = FilterForm::new(&snapshot.index, question, request.query_string(), &[]);
        view(snapshot, question, moment.at, form, &found, &page)
    })
}

/// The form once more, with what is wrong and without an answer.
fn ask_again(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    now: Instant,
    question: &Question,
    bad: &[BadFilter],
) -> Result<HttpResponse, ApiError> {
    let moment = Moment::now(snapshot, now);
    let form = FilterForm::new(&snapshot.index, question, request.query_string(), bad);
    let page = Page { range: 0..0, next: None, first_link: PATH.to_owned(), next_link: None };
    let page = view(snapshot, question, moment.at, form, &[], &page);
    let html = super::render(service, snapshot, request.path(), TEMPLATE, page)?;
    let mut response = HttpResponse::build(StatusCode::BAD_REQUEST).content_type(HTML).body(html);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().remove(ETAG);
    Ok(response)
}

fn view<'a>(
    snapshot: &'a Snapshot,
    question: &Question,
    on: Instant,
    form: FilterForm,
    found: &[u32],
    page: &Page,
) -> TablePage<'a> {
    let index = &snapshot.index;
    let shown = &found[page.range.clone()];
    let located = |line: &u32| index.line(*line);
    let guesses = index
        .did_you_mean(&question.query)
        .into_iter()
        .map(|(filter, name)| Guess { href: with(question, filter, &name), name });
    let pairs = question.pairs();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    TablePage {
        form,
        asked_on: question.on.map(moment_in_words),
        total: found.len(),
        from: page.range.start + 1,
        to: page.range.end,
        tally: Badge::tally(found.iter().take(MAX_TALLIED).map(|line| located(line).state(on))),
        blocks: Block::all(shown.iter().map(located), on),
        guesses: guesses.collect(),
        first_href: (page.range.start > 0).then(|| page.first_link.clone()),
        next_href: page.next_link.clone(),
        json_href: address("/api/v1/impacted", &pairs),
        publication: snapshot.digest.short(),
    }
}

/// Beyond this a tally costs more than it tells.
const MAX_TALLIED: usize = 100 * DEFAULT_LIMIT;

/// The table's address with one filter set to another value.
fn with(question: &Question, filter: &str, value: &str) -> String {
    let mut pairs = question.pairs();
    for (name, old) in &mut pairs {
        if *name == filter {
            *old = value.to_owned();
        }
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    address(PATH, &pairs)
}
