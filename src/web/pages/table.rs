//! `/`: the impacted-API table, with filters that need no script.

use super::filters::{FilterForm, moment_in_words};
use super::lines::{Badge, Block};
use super::notices::{News, spoken};
use super::{Speech, public_page_with, subscribe};
use crate::impact::{BadFilter, Part, Question, Sort};
use crate::render::{PageLinks, When};
use crate::schedule::Instant;
use crate::web::feeds::calendar_address;
use crate::web::freshness::{HTML, Moment};
use crate::web::languages;
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

pub(super) const PATH: &str = "/";
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
    headings: [Heading; 4],
    news_href: String,
    news_json_href: String,
    /// The dates of what was asked about, where that is of one program.
    calendar_href: Option<String>,
    /// The same answer for programs, and for spreadsheets.
    json_href: String,
    csv_href: String,
    publication: &'a str,
}

/// A column, and the address of the table in its order.
#[derive(Serialize)]
struct Heading {
    title: String,
    href: String,
    is_sorted: bool,
}

/// A name that was perhaps meant, with the address that asks for it.
#[derive(Serialize)]
struct Guess {
    name: String,
    href: String,
}

pub async fn table(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start_paged(&request, &service).await?;
    let snapshot = reading.snapshot.clone();
    reading.parameters.drop_empty();
    let question = reading.parameters.question();
    let lang = languages::asked(&mut reading.parameters);
    let speech = Speech::of(&request, &snapshot.renderer, lang.as_ref());
    let moving = question.query.within.is_some();
    reading.parameters.keep_only(&["limit", "cursor"]);
    let now = reading.now;
    let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.to_string()));
    let pairs = question.pairs().into_iter().chain(lang).collect();
    match reading.finish(PATH, pairs, question.on, moving) {
        Ok(asked) => answer(&request, &service, &asked, &question, &speech),
        Err(ApiError::BadParameters(bad)) => {
            let bad = Misunderstood { question: &question, bad: &bad, now };
            ask_again(&request, &service, &snapshot, &bad, &speech)
        }
        Err(other) => Err(other),
    }
}

fn answer(
    request: &HttpRequest,
    service: &Service,
    asked: &Asked,
    question: &Question,
    speech: &Speech<'_>,
) -> Result<HttpResponse, ApiError> {
    let Asked { snapshot, paging, moment, .. } = asked;
    let subscribe = subscribe_to(question, speech);
    let pairs = question.pairs();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let itself = address(PATH, &pairs);
    let (subscribe, itself) = (Some(subscribe.as_str()), Some(itself.as_str()));
    let links = PageLinks { subscribe, itself, ..PageLinks::default() };
    let about = (&**snapshot, moment, TEMPLATE, speech, links);
    public_page_with(request, service, about, || {
        let found = snapshot.index.query(&question.query, moment.at);
        let page = paging.page(found.len(), moment.at, &snapshot.digest);
        let query = request.query_string();
        let form = FilterForm::new(&snapshot.index, question, query, &[], speech);
        view(snapshot, question, moment.at, form, (&found, &page), speech)
    })
}

/// What could not be made sense of, and when.
struct Misunderstood<'a> {
    question: &'a Question,
    bad: &'a [BadFilter],
    now: Instant,
}

/// The form once more, with what is wrong and without an answer.
fn ask_again(
    request: &HttpRequest,
    service: &Service,
    snapshot: &Snapshot,
    Misunderstood { question, bad, now }: &Misunderstood<'_>,
    speech: &Speech<'_>,
) -> Result<HttpResponse, ApiError> {
    let moment = Moment::now(snapshot, *now);
    let query = request.query_string();
    let form = FilterForm::new(&snapshot.index, question, query, bad, speech);
    let page = Page { range: 0..0, next: None, first_link: PATH.to_owned(), next_link: None };
    let page = view(snapshot, question, moment.at, form, (&[], &page), speech);
    let html = super::render(service, snapshot, request, TEMPLATE, speech, page)?;
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
    (found, page): (&[u32], &Page),
    speech: &'a Speech<'_>,
) -> TablePage<'a> {
    let language = &speech.language;
    let index = &snapshot.index;
    let shown = &found[page.range.clone()];
    let located = |line: &u32| index.line(*line);
    let guesses = index
        .did_you_mean(&question.query)
        .into_iter()
        .map(|(filter, name)| Guess { href: with(question, filter, &name, speech), name });
    let states = found.iter().take(MAX_TALLIED).map(|line| index.state(*line, on));
    let pairs = question.pairs();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let program = question.query.program.as_ref();
    let news = News::of(program.and_then(|id| index.workspace().programs.get(id)), speech);
    TablePage {
        form,
        asked_on: question.on.map(|on| moment_in_words(on, language)),
        total: found.len(),
        from: page.range.start + 1,
        to: page.range.end,
        tally: Badge::tally(states, language),
        blocks: Block::all(shown.iter().map(located), on, language),
        guesses: guesses.collect(),
        first_href: (page.range.start > 0).then(|| page.first_link.clone()),
        next_href: page.next_link.clone(),
        headings: headings(question, speech),
        news_href: news.atom,
        news_json_href: news.json,
        calendar_href: calendar_of(snapshot, question, speech),
        json_href: address("/api/v1/impacted", &pairs),
        csv_href: address("/api/v1/impacted.csv", &pairs),
        publication: snapshot.digest.short(),
    }
}

/// What the table is asked about is what one wants to hear about.
fn subscribe_to(question: &Question, speech: &Speech<'_>) -> String {
    let query = &question.query;
    let asked = [
        ("program", query.program.as_ref().map(ToString::to_string)),
        ("api", query.api.as_ref().map(ToString::to_string)),
        ("environment", query.environment.as_ref().map(ToString::to_string)),
        (languages::PARAMETER, speech.asked().map(ToString::to_string)),
    ];
    let pairs = asked.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    subscribe::href(&pairs.collect::<Vec<_>>())
}

/// The narrowest calendar that holds what the table is asked about.
fn calendar_of(snapshot: &Snapshot, question: &Question, speech: &Speech<'_>) -> Option<String> {
    let query = &question.query;
    let program = query.program.as_ref()?;
    let known = |part: &Part| snapshot.index.has(program, part);
    let parts = [
        query.notice.clone().map(Part::Notice),
        query.api.clone().map(Part::Api),
        query.environment.clone().map(Part::Environment),
        Some(Part::Whole),
    ];
    let part = parts.into_iter().flatten().find(known)?;
    let program = snapshot.index.workspace().programs.get(program)?;
    Some(calendar_address(program, &part, &spoken(program, speech)))
}

/// Beyond this a tally costs more than it tells.
const MAX_TALLIED: usize = 100 * DEFAULT_LIMIT;

fn headings(question: &Question, speech: &Speech<'_>) -> [Heading; 4] {
    let columns = [
        (Sort::Cutoff, "date-cutoff"),
        (Sort::Environment, "where"),
        (Sort::Notice, "what-changes"),
        (Sort::Api, "apis"),
    ];
    columns.map(|(sort, word)| {
        let mut asked = question.clone();
        asked.query.sort = sort;
        Heading {
            title: speech.language.say(word),
            href: table_address(&asked.pairs(), speech),
            is_sorted: question.query.sort == sort,
        }
    })
}

/// The table's address with one filter set to another value.
fn with(question: &Question, filter: &str, value: &str, speech: &Speech<'_>) -> String {
    let mut pairs = question.pairs();
    for (name, old) in &mut pairs {
        if *name == filter {
            *old = value.to_owned();
        }
    }
    table_address(&pairs, speech)
}

fn table_address(pairs: &[(&'static str, String)], speech: &Speech<'_>) -> String {
    let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.as_str()));
    address(PATH, &pairs.chain(lang).collect::<Vec<_>>())
}
