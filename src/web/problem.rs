//! What can go wrong on the web side, and how it is said: `problem+json`
//! (RFC 9457) with a stable code. Internals are logged and never returned.

use crate::impact::BadFilter;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

pub const PROBLEM_JSON: &str = "application/problem+json";

/// A stable name for each kind of problem. A code never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    BadRequest,
    BadParameter,
    BadCursor,
    StaleCursor,
    NotFound,
    UnknownToken,
    MethodNotAllowed,
    Timeout,
    BodyTooLarge,
    AddressTooLong,
    Internal,
    NotReady,
}

impl Code {
    pub const ALL: [Self; 12] = [
        Self::BadRequest,
        Self::BadParameter,
        Self::BadCursor,
        Self::StaleCursor,
        Self::NotFound,
        Self::UnknownToken,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::BodyTooLarge,
        Self::AddressTooLong,
        Self::Internal,
        Self::NotReady,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::BadParameter => "bad-parameter",
            Self::BadCursor => "bad-cursor",
            Self::StaleCursor => "stale-cursor",
            Self::NotFound => "not-found",
            Self::UnknownToken => "unknown-token",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Timeout => "timeout",
            Self::BodyTooLarge => "body-too-large",
            Self::AddressTooLong => "address-too-long",
            Self::Internal => "internal",
            Self::NotReady => "not-ready",
        }
    }

    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::BadParameter => StatusCode::BAD_REQUEST,
            Self::BadCursor => StatusCode::BAD_REQUEST,
            Self::StaleCursor => StatusCode::GONE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::UnknownToken => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request cannot be understood",
            Self::BadParameter => "A parameter is not understood",
            Self::BadCursor => "The cursor does not belong to this question",
            Self::StaleCursor => "The table has been published anew",
            Self::NotFound => "There is nothing here",
            Self::UnknownToken => "This link is not one of ours",
            Self::MethodNotAllowed => "The method does not work here",
            Self::Timeout => "The request took too long to arrive",
            Self::BodyTooLarge => "The body is too large",
            Self::AddressTooLong => "The address is too long",
            Self::Internal => "Something failed on our side",
            Self::NotReady => "The service is not ready",
        }
    }

    /// What it means for whoever meets it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::BadRequest => {
                "Something about the request breaks the rules of HTTP. Sending it again unchanged will not help."
            }
            Self::BadParameter => {
                "A query parameter has an unknown name, or a value of the wrong form. The member `errors` names each of them and says what to write instead."
            }
            Self::BadCursor => {
                "A cursor is good only as it was given out, together with the filters of the page it came from. Follow the `next` link instead of building one."
            }
            Self::StaleCursor => {
                "The cursor belongs to an earlier publication, whose lines may have moved. Start again from the first page."
            }
            Self::NotFound => "No page or resource has this address in the present publication.",
            Self::UnknownToken => {
                "The link was cut short, changed, or made by somebody else. Use the link exactly as the mail shows it."
            }
            Self::MethodNotAllowed => "The header `Allow` lists the methods that do.",
            Self::Timeout => "The whole request must arrive within a few seconds.",
            Self::BodyTooLarge => "What this service accepts is small; the detail says how small.",
            Self::AddressTooLong => "Ask for less at once: fewer filters, or shorter ones.",
            Self::Internal => "It has been logged. Trying again later may help.",
            Self::NotReady => {
                "It is starting, cannot reach its database, or nothing has been published yet."
            }
        }
    }
}

/// An error as every client gets it (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// A page that explains this kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/bad-parameter")]
    pub kind: String,
    #[schema(example = "A parameter is not understood")]
    pub title: &'static str,
    /// The HTTP status, again.
    #[schema(example = 400)]
    pub status: u16,
    /// What is wrong with this request, and the way out.
    #[schema(
        example = "state: `gone` is not a state: write one of cancelled, paused, cut-off, due, brownout, deprecated, announced"
    )]
    pub detail: String,
    /// Stable; meant for programs.
    #[schema(example = "bad-parameter")]
    pub code: &'static str,
    /// Each parameter that is not understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ParameterProblem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ParameterProblem {
    #[schema(example = "state")]
    pub parameter: String,
    pub detail: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("{}", listed(.0))]
    BadParameters(Vec<BadFilter>),
    #[error("{0}")]
    BadCursor(&'static str),
    #[error("the cursor belongs to publication {asked}; the present one is {present}")]
    StaleCursor { asked: String, present: String },
    #[error("{0}")]
    NotFound(String),
    #[error("the link is incomplete or was not made here")]
    UnknownToken,
    #[error("only {0} work here")]
    MethodNotAllowed(&'static str),
    #[error("the body did not arrive within {0} seconds")]
    Timeout(u64),
    #[error("a body may have at most {0} bytes")]
    BodyTooLarge(usize),
    #[error("an address may have at most {0} bytes")]
    AddressTooLong(usize),
    #[error("{0}")]
    NotReady(&'static str),
    /// The text is for the log alone.
    #[error("{0}")]
    Internal(String),
}

fn listed(bad: &[BadFilter]) -> String {
    bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl ApiError {
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    pub fn code(&self) -> Code {
        match self {
            Self::BadParameters(_) => Code::BadParameter,
            Self::BadCursor(_) => Code::BadCursor,
            Self::StaleCursor { .. } => Code::StaleCursor,
            Self::NotFound(_) => Code::NotFound,
            Self::UnknownToken => Code::UnknownToken,
            Self::MethodNotAllowed(_) => Code::MethodNotAllowed,
            Self::Timeout(_) => Code::Timeout,
            Self::BodyTooLarge(_) => Code::BodyTooLarge,
            Self::AddressTooLong(_) => Code::AddressTooLong,
            Self::NotReady(_) => Code::NotReady,
            Self::Internal(_) => Code::Internal,
        }
    }
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{}", code.name()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: detail.into(),
            code: code.name(),
            errors: Vec::new(),
        }
    }

    /// What an answer that was made elsewhere, such as in a parser, comes to.
    pub fn for_status(status: StatusCode) -> Self {
        let code = Code::ALL.into_iter().find(|code| code.status() == status);
        let code = code.unwrap_or(if status.is_server_error() {
            Code::Internal
        } else {
            Code::BadRequest
        });
        let title = status.canonical_reason().unwrap_or("It failed").to_owned();
        Self { status: status.as_u16(), ..Self::new(code, title) }
    }
}

impl From<&ApiError> for Problem {
    fn from(error: &ApiError) -> Self {
        let code = error.code();
        match error {
            ApiError::Internal(_) => Self::new(code, code.meaning()),
            ApiError::BadParameters(bad) => {
                let errors = bad.iter().map(|bad| ParameterProblem {
                    parameter: bad.name.clone(),
                    detail: bad.detail.clone(),
                });
                Self { errors: errors.collect(), ..Self::new(code, error.to_string()) }
            }
            _ => Self::new(code, error.to_string()),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }

    /// The problem also rides along as an extension, so that the outermost
    /// layer can say it as a page to those who prefer one.
    fn error_response(&self) -> HttpResponse {
        if let Self::Internal(cause) = self {
            tracing::error!(cause, "a request failed");
        }
        let problem = Problem::from(self);
        let mut response = HttpResponse::build(self.status_code());
        if let Self::MethodNotAllowed(allowed) = self {
            response.insert_header((ALLOW, *allowed));
        }
        response.insert_header((CACHE_CONTROL, "no-store"));
        response.content_type(PROBLEM_JSON);
        let mut response = response.body(problem.to_json());
        response.extensions_mut().insert(problem);
        response
    }
}

impl Problem {
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a problem has string keys only")
    }
}
