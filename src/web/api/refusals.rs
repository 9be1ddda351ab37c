//! What questions may be answered with instead, described once for all that share it.
//! It is made by `ApiError`.

use crate::web::problem::Problem;
use utoipa::IntoResponses;

/// What every question may be answered with instead.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum Refusals {
    /// The client already has this answer
    #[response(status = 304)]
    Known,
    /// A parameter is not understood; `errors` names each of them
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(Problem),
    /// Nothing has been published yet
    #[response(status = 503, content_type = "application/problem+json")]
    NotReady(Problem),
}

/// The same for a question to a list.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum ListRefusals {
    /// The client already has this answer
    #[response(status = 304)]
    Known,
    /// A parameter or the cursor is not understood; `errors` names each parameter
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// Nothing had been published `as_of` that moment, or the cursor belongs to a
    /// publication that is not known here
    #[response(status = 404, content_type = "application/problem+json")]
    NotThere(Problem),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(Problem),
    /// Nothing has been published yet
    #[response(status = 503, content_type = "application/problem+json")]
    NotReady(Problem),
}

/// The same for a question about something that has a name.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum NamedRefusals {
    /// The client already has this answer
    #[response(status = 304)]
    Known,
    /// A parameter is not understood; `errors` names each of them
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// Nothing has this name, or nothing had been published at the moment asked about
    #[response(status = 404, content_type = "application/problem+json")]
    NotThere(Problem),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(Problem),
    /// Nothing has been published yet
    #[response(status = 503, content_type = "application/problem+json")]
    NotReady(Problem),
}

/// What a JSON body may be answered with instead.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum BodyRefusals {
    /// The body is not JSON of this form, or asks for too much
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// The body did not arrive in time
    #[response(status = 408, content_type = "application/problem+json")]
    TooLate(Problem),
    /// The body is too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is not `application/json`
    #[response(status = 415, content_type = "application/problem+json")]
    OtherType(Problem),
    /// Nothing has been published yet
    #[response(status = 503, content_type = "application/problem+json")]
    NotReady(Problem),
}
