//! `/search`: notices, APIs, environments and hosts by words.

use super::{Speech, public_page_with};
use crate::impact::{Hit, MAX_SEARCH_BYTES, Piece, Search};
use crate::render::PageLinks;
use crate::web::freshness::Moment;
use crate::web::languages;
use crate::web::paging::address;
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::searching::{Searches, kind_word, page_of};
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

#[derive(Serialize)]
struct SearchPage {
    /// What was asked, as it was typed.
    asked: String,
    total: usize,
    hits: Vec<Found>,
    json_href: String,
}

#[derive(Serialize)]
struct Found {
    kind: String,
    program: String,
    href: String,
    title: Vec<Piece>,
    excerpt: Vec<Piece>,
}

pub async fn search(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let Reading { snapshot, now, mut parameters, .. } = Reading::start(&request, &service)?;
    let asked = parameters.take_text("q").unwrap_or_default();
    let asked: String = asked.trim().chars().take(MAX_SEARCH_BYTES).collect();
    let lang = languages::asked(&mut parameters);
    let locale = Speech::of(&request, &snapshot.renderer, lang.as_ref()).language.locale().clone();
    let index = Searches::of(&snapshot, &locale).await?;
    let speech = Speech::of(&request, &snapshot.renderer, lang.as_ref());
    let moment = Moment::now(&snapshot, now);
    let itself = address(request.path(), &[("q", asked.as_str())]);
    let links = PageLinks { itself: Some(&itself), ..PageLinks::default() };
    let about = (snapshot.as_ref(), &moment, "page/search.html", &speech, links);
    public_page_with(&request, &service, about, || view(&index, asked, &speech))
}

fn view(index: &Search, asked: String, speech: &Speech<'_>) -> SearchPage {
    let (total, hits) = index.find(&asked);
    let found = |hit: Hit<'_>| Found {
        kind: speech.language.say(kind_word(&hit.document.matter)),
        program: hit.document.program.clone(),
        href: page_of(&hit.document.matter, speech.asked()),
        title: hit.title,
        excerpt: hit.excerpt,
    };
    let pairs = [("q", asked.as_str()), (languages::PARAMETER, speech.language.locale().as_str())];
    let json_href = address("/api/v1/search", &pairs);
    SearchPage { total, hits: hits.into_iter().map(found).collect(), json_href, asked }
}
