//! `/api/v1/office`: what the office sees and does, for its programs. All of it
//! takes a token, nothing of it is kept on the way, and what changes anything is
//! put on record.

mod audit;
mod holds;
mod messages;
mod notices;
mod overview;
mod people;
mod rehearsals;
mod suppressions;
mod tokens;

pub use audit::*;
pub use holds::*;
pub use messages::*;
pub use notices::*;
pub use overview::*;
pub use people::*;
pub use rehearsals::*;
pub use suppressions::*;
pub use tokens::*;

use super::{private, shown_instant};
use crate::web::paging::DEFAULT_LIMIT;
use crate::web::parameters::Parameters;
use crate::web::problem::Problem;
use crate::web::routes::{only, posted, readable, reading, taking};
use actix_web::web::{self, ServiceConfig};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, IntoResponses};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/api/v1/office/overview", overview::overview))
        .service(readable("/api/v1/office/notices/{program}/{id}", notices::office_notice))
        .service(readable("/api/v1/office/notices/{program}/{id}/forecast", notices::forecast))
        .service(taking("/api/v1/office/notices/{program}/{id}/approval", notices::approve))
        .service(taking("/api/v1/office/notices/{program}/{id}/announcement", notices::announce))
        .service(taking("/api/v1/office/notices/{program}/{id}/test", notices::test))
        .service(readable(
            "/api/v1/office/notices/{program}/{id}/rehearsals",
            rehearsals::rehearsals,
        ))
        .service(readable(
            "/api/v1/office/notices/{program}/{id}/rehearsals.csv",
            rehearsals::export_rehearsers,
        ))
        .service(readable(
            "/api/v1/office/notices/{program}/{id}/rehearsals/integrators",
            rehearsals::rehearsers,
        ))
        .service(readable("/api/v1/office/audit", audit::audit))
        .service(posted("/api/v1/office/holds", holds::holds, holds::hold))
        .service(taking("/api/v1/office/holds/release", holds::release))
        .service(readable("/api/v1/office/messages", messages::messages))
        .service(taking("/api/v1/office/messages/retry", messages::retry))
        .service(readable("/api/v1/office/subscribers", people::subscribers))
        .service(taking("/api/v1/office/subscribers/find", people::find))
        .service(
            only("/api/v1/office/subscribers/{number}", "GET, HEAD, DELETE, OPTIONS")
                .route(reading(people::subscriber))
                .route(web::delete().to(people::erase)),
        )
        .service(posted(
            "/api/v1/office/suppressions",
            suppressions::suppressions,
            suppressions::suppress,
        ))
        .service(taking("/api/v1/office/suppressions/lift", suppressions::lift))
        .service(posted("/api/v1/office/tokens", tokens::tokens, tokens::create))
        .service(taking("/api/v1/office/tokens/revoke", tokens::revoke));
}

/// Which part of a long list to show, the latest first.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `Parameters`")]
pub struct BackwardParameters {
    /// Only what comes before this number: the member `next` of the page before.
    #[param(minimum = 0, maximum = 4294967295u32)]
    before: Option<u32>,
    /// How many to show at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// What the office's changes may be answered with instead.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum ChangeRefusals {
    /// The body is not JSON of this form
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// There is no token, or it is not good
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// The token does not reach that far
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// The body did not arrive in time
    #[response(status = 408, content_type = "application/problem+json")]
    TimedOut(Problem),
    /// The body is too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(Problem),
    /// The body is not `application/json`
    #[response(status = 415, content_type = "application/problem+json")]
    OtherType(Problem),
}

impl BackwardParameters {
    /// Before which number, and how many.
    fn take(parameters: &mut Parameters) -> (Option<i64>, usize) {
        let before: Option<u32> = parameters.take("before");
        (before.map(i64::from), parameters.take_limit().unwrap_or(DEFAULT_LIMIT))
    }
}

/// A page of a list, the latest first.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Backward<T> {
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

impl<T> Backward<T> {
    /// A page is full where there may be another one.
    fn new(items: Vec<T>, limit: usize, number: impl Fn(&T) -> i64) -> Self {
        let next = items.last().filter(|_| items.len() == limit).map(number);
        Self { items, next }
    }
}
