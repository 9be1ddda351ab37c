//! What is answered at a test endpoint: its page to people, facts to programs, and on other
//! paths what the declaration says the API answers.

use super::board::Opening;
use super::facts::{Declared, Leads};
use super::guest::Visit;
use crate::notice::AttemptOutcome;
use crate::schedule::Instant;
use crate::web::outermost::prefers_page;
use crate::web::pages::{RehearsalView, rehearsal_page, style};
use crate::web::problem::ApiError;
use crate::web::routes::readable;
use crate::web::security::{self, POLICY};
use crate::web::service::Service;
use crate::web::tried::done_offer;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, VARY};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::Arc;

/// When somebody should come again who came before anybody knows when it opens, in seconds.
const SOME_DAY: i64 = 86_400;

pub fn routes(config: &mut ServiceConfig) {
    config.service(readable("/static/style.css", style)).default_service(web::to(answer));
}

async fn answer(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    let visit = request.conn_data::<Arc<Visit>>().cloned();
    let visit = visit.ok_or_else(|| ApiError::internal("a client came by no door"))?;
    let mut response = match &visit.endpoint.answer {
        Some(answer) if request.path() != "/" && visit.opening == Opening::Open => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            HttpResponse::build(status)
                .insert_header((CONTENT_TYPE, answer.content_type.as_str()))
                .body(answer.body.clone())
        }
        _ => told(&request, &service, &visit)?,
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    security::secure(headers, POLICY, "no-referrer");
    Ok(response)
}

/// What was seen, and what it means.
fn told(request: &HttpRequest, service: &Service, visit: &Visit) -> Result<HttpResponse, ApiError> {
    let now = service.now();
    let snapshot = service.snapshot()?;
    let path = &visit.endpoint.path;
    let declared = snapshot.index.workspace().notice(&path.notice).and_then(|(program, notice)| {
        let endpoint = notice.test_endpoints.get(&path.endpoint)?;
        Some(Declared { program, notice, endpoint })
    });
    let notice_path = format!("/notices/{}/{}", path.notice.program, path.notice.notice);
    let passed = visit.outcome(declared.as_ref()) == AttemptOutcome::Passed;
    let token = visit.token.as_deref().filter(|_| passed);
    let leads = Leads {
        notice_url: service.canonical(&notice_path),
        done_url: token.and_then(|token| done_offer(service, token, &path.notice)),
    };
    let mut response = match &declared {
        Some(declared) if prefers_page(request) => {
            let view = RehearsalView { visit, declared, leads, now };
            rehearsal_page(request, service, &snapshot, &view)?
        }
        _ => HttpResponse::Ok().json(visit.facts(declared.as_ref(), leads, now)),
    };
    let status = match visit.opening {
        Opening::Open => StatusCode::OK,
        Opening::Early(_) => StatusCode::SERVICE_UNAVAILABLE,
        Opening::Late => StatusCode::GONE,
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("accept"));
    if let Opening::Early(opens) = visit.opening {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait(opens, now)));
    }
    Ok(response)
}

/// In seconds.
fn wait(opens: Option<Instant>, now: Instant) -> i64 {
    opens.map_or(SOME_DAY, |opens| (opens - now).num_seconds().max(0) + 1)
}
