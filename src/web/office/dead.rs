//! `/office/dead`: messages that were given up or refused, and trying them anew.

use super::stamp::Stamp;
use super::{acting, deeds, page};
use crate::notice::{Actor, NoticePath, OfficeScope, Outcome};
use crate::store::{Delivery, Letters};
use crate::web::paging::{DEFAULT_LIMIT, address};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const TEMPLATE: &str = "page/office/dead.html";
pub const PATH: &str = "/office/dead";

/// What one list is about: given up after the last attempt, or refused for good.
const LISTS: [(Outcome, &str); 2] = [(Outcome::Dead, "Given up"), (Outcome::Rejected, "Refused")];

#[derive(Serialize)]
struct DeadPage {
    lists: Vec<List>,
    /// dead or rejected
    outcome: &'static str,
    /// Only those of this notice.
    notice: Option<String>,
    letters: Vec<Letter>,
    next_href: Option<String>,
    is_first: bool,
    /// How many were put back.
    retried: Option<u64>,
}

#[derive(Serialize)]
struct List {
    title: &'static str,
    href: String,
    is_here: bool,
}

#[derive(Serialize)]
struct Letter {
    row: i64,
    subject: String,
    notice_href: String,
    /// Absent once the recipient was removed.
    address: Option<String>,
    person_href: String,
    channel: &'static str,
    attempts: i64,
    since: Option<Stamp>,
    reply: String,
    feedback: Option<String>,
}

struct Asked {
    outcome: Outcome,
    notice: Option<NoticePath>,
    before: Option<u32>,
}

fn asked(request: &HttpRequest) -> Result<Asked, ApiError> {
    let mut parameters = Parameters::read(request.query_string())?;
    parameters.drop_empty();
    let outcome: Option<String> = parameters.take("outcome");
    let notice = parameters.take("notice");
    let before = parameters.take("before");
    parameters.finish()?;
    let known = LISTS.into_iter().map(|(outcome, _)| outcome);
    let named = outcome.unwrap_or_else(|| Outcome::Dead.as_str().to_owned());
    let outcome = known.into_iter().find(|outcome| outcome.as_str() == named);
    let nothing =
        || ApiError::NotFound("messages are given up (dead) or refused (rejected)".into());
    Ok(Asked { outcome: outcome.ok_or_else(nothing)?, notice, before })
}

pub async fn all(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    show(&service, &actor, &asked(&request)?, None).await
}

pub async fn retry(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Editor)?;
    let asked = asked(&request)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let which = deeds::letters_of(&form.one("row"), &form.one("notice"))?;
    // Whoever names a number has seen what became of it.
    let outcomes = match which {
        Letters::Row(_) => vec![Outcome::Dead, Outcome::Rejected],
        Letters::OfNotice(_) => vec![asked.outcome],
    };
    let found = deeds::retry(&service, &actor, &which, &outcomes).await?;
    show(&service, &actor, &asked, Some(found)).await
}

async fn show(
    service: &Service,
    actor: &Actor,
    asked: &Asked,
    retried: Option<u64>,
) -> Result<HttpResponse, ApiError> {
    let Asked { outcome, notice, before } = asked;
    let before = before.map(i64::from);
    let store = service.store();
    let letters =
        store.given_up_letters(*outcome, notice.as_ref(), before, DEFAULT_LIMIT as i64).await;
    let letters = letters.map_err(ApiError::internal)?;
    let last = letters.last().filter(|_| letters.len() == DEFAULT_LIMIT);
    let notice = notice.as_ref().map(ToString::to_string);
    let here = |outcome: Outcome, before: Option<&str>| {
        let pairs = [
            ("outcome", Some(outcome.as_str())),
            ("notice", notice.as_deref()),
            ("before", before),
        ];
        let pairs: Vec<_> =
            pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
        address(PATH, &pairs)
    };
    let lists = LISTS.map(|(list, title)| List {
        title,
        href: here(list, None),
        is_here: list == *outcome,
    });
    let view = DeadPage {
        lists: lists.into(),
        outcome: outcome.as_str(),
        next_href: last.map(|last| here(*outcome, Some(&last.row.to_string()))),
        letters: letters.into_iter().map(letter).collect(),
        is_first: before.is_none(),
        retried,
        notice: notice.clone(),
    };
    page(service, actor, StatusCode::OK, TEMPLATE, &view)
}

fn letter(letter: Delivery) -> Letter {
    Letter {
        row: letter.row,
        notice_href: format!("/office/notices/{}", letter.subject),
        subject: letter.subject,
        address: letter.address,
        person_href: super::person_address(letter.recipient),
        channel: letter.channel.as_str(),
        attempts: letter.attempts,
        since: letter.settled_at.map(Stamp::from),
        reply: letter.reply.unwrap_or_default(),
        feedback: letter.feedback,
    }
}
