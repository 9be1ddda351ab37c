//! `/affected`: "am I affected?", a form and its answers.

use super::filters::moment_in_words;
use super::lines::Block;
use super::{Speech, public_page_with, render_with};
use crate::impact::{Finding, MAX_PASTED, MAX_PASTED_BYTES, Pasted, Verdict};
use crate::render::{PageLinks, When};
use crate::schedule::Instant;
use crate::web::freshness::{HTML, Moment};
use crate::web::languages;
use crate::web::paging::address;
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::SecondsFormat;
use serde::Serialize;

const TEMPLATE: &str = "page/affected.html";
const PATH: &str = "/affected";

#[derive(Serialize)]
struct AffectedPage<'a> {
    /// What was understood, a line each; never what was sent.
    text: String,
    most: usize,
    is_asked: bool,
    problem: Option<String>,
    asked_on: Option<When>,
    /// The moment as the form sends it again.
    on: Option<String>,
    tally: Vec<Counted>,
    answers: Vec<Answer<'a>>,
    lang: Option<&'a str>,
    json_href: String,
}

#[derive(Serialize)]
struct Counted {
    verdict: &'static str,
    title: String,
    count: usize,
}

#[derive(Serialize)]
struct Answer<'a> {
    asked: Option<String>,
    verdict: &'static str,
    title: String,
    because: String,
    /// The APIs that were meant by name.
    apis: Vec<Named<'a>>,
    blocks: Vec<Block<'a>>,
    has_more: bool,
    /// The table about it.
    table_href: String,
}

#[derive(Serialize)]
struct Named<'a> {
    title: &'a str,
    program: &'a str,
    href: String,
}

/// What the page is made from.
struct Asking<'a> {
    snapshot: &'a Snapshot,
    entries: &'a [Pasted],
    is_asked: bool,
    problem: Option<String>,
    at: Instant,
    on: Option<Instant>,
}

pub async fn affected(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters, .. } = Reading::start(&request, &service)?;
    parameters.drop_empty();
    let text = parameters.take_text("q");
    let on = parameters.take_moment("on");
    let lang = languages::asked(&mut parameters);
    let speech = Speech::of(&request, &snapshot.renderer, lang.as_ref());
    parameters.keep_only(&[]);
    parameters.finish()?;
    let moment = on.map_or_else(|| Moment::now(&snapshot, now), Moment::asked);
    let text = text.unwrap_or_default();
    let too_much = |word: &str, most: usize| {
        let language = &speech.language;
        Some(language.say_with(word, &[("count", most.into())]))
    };
    let is_long = text.len() > MAX_PASTED_BYTES;
    let entries = if is_long { Vec::new() } else { snapshot.index.pasted(&text) };
    let problem = match (is_long, entries.len() > MAX_PASTED) {
        (true, _) => too_much("pasted-too-long", MAX_PASTED_BYTES),
        (_, true) => too_much("pasted-too-many", MAX_PASTED),
        _ => None,
    };
    let is_asked = !text.is_empty();
    let asking =
        Asking { snapshot: &snapshot, entries: &entries, is_asked, problem, at: moment.at, on };
    if asking.problem.is_some() {
        return refused(&request, &service, &asking, &speech);
    }
    let itself = asking.address(PATH);
    let links = PageLinks { itself: Some(&itself), ..PageLinks::default() };
    let about = (snapshot.as_ref(), &moment, TEMPLATE, &speech, links);
    public_page_with(&request, &service, about, || asking.page(&speech))
}

/// The form once more, with what is wrong and without an answer.
fn refused(
    request: &HttpRequest,
    service: &Service,
    asking: &Asking<'_>,
    speech: &Speech<'_>,
) -> Result<HttpResponse, ApiError> {
    let page = asking.page(speech);
    let itself = asking.address(PATH);
    let links = PageLinks { itself: Some(&itself), ..PageLinks::default() };
    let html = render_with(service, asking.snapshot, request, (TEMPLATE, speech, links), page)?;
    let mut response = HttpResponse::build(StatusCode::BAD_REQUEST).content_type(HTML).body(html);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl Asking<'_> {
    /// What was understood, a line each; never what was sent.
    fn text(&self) -> String {
        let shown = self.entries.iter().filter_map(|entry| entry.shown.as_deref());
        shown.collect::<Vec<_>>().join("\n")
    }

    fn on(&self) -> Option<String> {
        self.on.map(|on| on.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    /// Where what was understood is asked.
    fn address(&self, path: &str) -> String {
        let (text, on) = (self.text(), self.on());
        let text = Some(text.as_str()).filter(|text| !text.is_empty());
        let asked = [("q", text), ("on", on.as_deref())];
        let asked: Vec<_> = asked.into_iter().filter_map(|(name, v)| Some((name, v?))).collect();
        address(path, &asked)
    }

    fn page<'s>(&'s self, speech: &'s Speech<'_>) -> AffectedPage<'s> {
        let language = &speech.language;
        let (text, on) = (self.text(), self.on());
        let findings = match self.problem {
            Some(_) => Vec::new(),
            None => self.snapshot.index.affected(self.entries, self.at),
        };
        let verdicts = [Verdict::Affected, Verdict::NotAffected, Verdict::Unknown];
        let tally = verdicts.into_iter().map(|verdict| Counted {
            verdict: verdict.as_str(),
            title: language.say(&format!("verdict-{}", verdict.as_str())),
            count: findings.iter().filter(|found| found.verdict == verdict).count(),
        });
        let json_href = self.address("/api/v1/affected");
        AffectedPage {
            most: MAX_PASTED,
            is_asked: self.is_asked,
            problem: self.problem.clone(),
            asked_on: self.on.map(|on| moment_in_words(on, language)),
            tally: tally.filter(|counted| counted.count > 0).collect(),
            answers: findings.into_iter().map(|found| self.answer(found, speech)).collect(),
            lang: speech.asked().map(crate::notice::Locale::as_str),
            json_href,
            text,
            on,
        }
    }

    fn answer<'s>(&'s self, found: Finding, speech: &'s Speech<'_>) -> Answer<'s> {
        let (index, language) = (&self.snapshot.index, &speech.language);
        let named = |place: &_| {
            let (program, id, _) = index.api(*place);
            let titles = program.titles(language.locale());
            let href = super::api_path(&program.id, id);
            Named { title: titles.api(id), program: titles.program(), href }
        };
        let asked = found.asked.as_deref().unwrap_or_default();
        let filter = match found.apis.first() {
            Some(place) => ("api", index.api(*place).1.as_str()),
            None => ("url", asked),
        };
        let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.as_str()));
        let table_href = address("/", &std::iter::once(filter).chain(lang).collect::<Vec<_>>());
        let lines = found.lines.iter().map(|line| index.line(*line));
        Answer {
            verdict: found.verdict.as_str(),
            title: language.say(&format!("verdict-{}", found.verdict.as_str())),
            because: language.say(&format!("because-{}", found.because.as_str())),
            apis: found.apis.iter().map(named).collect(),
            blocks: Block::all(lines, self.at, language),
            has_more: found.has_more,
            table_href,
            asked: found.asked,
        }
    }
}
