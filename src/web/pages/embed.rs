//! `/embed`: the table alone, for a frame in other people's pages. Who may frame
//! it is configured; nothing else of ours may be framed at all.

use super::lines::Block;
use super::{Speech, public_page, table};
use crate::web::languages;
use crate::web::paging::address;
use crate::web::problem::ApiError;
use crate::web::reading::Reading;
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

pub const PATH: &str = "/embed";

#[derive(Serialize)]
struct EmbeddedTable<'a> {
    total: usize,
    from: usize,
    to: usize,
    blocks: Vec<Block<'a>>,
    /// The whole table, asked the same.
    table_href: String,
}

/// Takes the filters of the table, and shows the first page of what they find.
pub async fn table(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let mut reading = Reading::start(&request, &service)?;
    let snapshot = reading.snapshot.clone();
    reading.parameters.drop_empty();
    let question = reading.parameters.question();
    let lang = languages::asked(&mut reading.parameters);
    let speech = Speech::new(&snapshot.renderer, lang.as_ref());
    let moving = question.query.within.is_some();
    reading.parameters.keep_only(&["limit"]);
    let lang = speech.asked().map(|locale| (languages::PARAMETER, locale.to_string()));
    let pairs: Vec<_> = question.pairs().into_iter().chain(lang).collect();
    let shown: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let table_href = address(table::PATH, &shown);
    let asked = reading.finish(PATH, pairs, question.on, moving)?;
    let moment = &asked.moment;
    public_page(&request, &service, &snapshot, moment, "page/embed.html", &speech, || {
        let found = snapshot.index.query(&question.query, moment.at);
        let page = asked.paging.page(found.len(), moment.at, &snapshot.digest);
        let lines = found[page.range.clone()].iter().map(|line| snapshot.index.line(*line));
        EmbeddedTable {
            total: found.len(),
            from: page.range.start + 1,
            to: page.range.end,
            blocks: Block::all(lines, moment.at, &speech.language),
            table_href,
        }
    })
}
