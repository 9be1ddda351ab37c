//! What can go wrong on the web side, and how it is said: `problem+json`
//! (RFC 9457) with a stable code. Internals are logged and never returned.

use super::code::Code;
use crate::impact::BadFilter;
use crate::subscribers::BadField;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

pub const PROBLEM_JSON: &str = "application/problem+json";

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
    /// Each parameter or field that is not understood.
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
    #[error("{0}")]
    Unauthorized(String),
    #[error("{0}")]
    Forbidden(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    BadQuery(&'static str),
    #[error("only {0} work here")]
    MethodNotAllowed(&'static str),
    #[error("the body did not arrive within {0} seconds")]
    Timeout(u64),
    #[error("a body may have at most {0} bytes")]
    BodyTooLarge(usize),
    #[error("an address may have at most {0} bytes")]
    AddressTooLong(usize),
    #[error("the body is not what is described: {0}")]
    BadBody(String),
    #[error("{}", fields(.0))]
    BadFields(Vec<BadField>),
    #[error("a body of the type {0} works here")]
    OtherType(&'static str),
    #[error("the form was sent by a page of another web site")]
    CrossSite,
    #[error("try again in {0} seconds")]
    TooMany(u64),
    #[error("{0}")]
    NotReady(&'static str),
    /// The text is for the log alone.
    #[error("{0}")]
    Internal(String),
}

fn listed(bad: &[BadFilter]) -> String {
    bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn fields(bad: &[BadField]) -> String {
    let told = bad.iter().map(|bad| format!("{}: {bad}", bad.field.as_str()));
    told.collect::<Vec<_>>().join("; ")
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
            Self::Unauthorized(_) => Code::Unauthorized,
            Self::Forbidden(_) => Code::Forbidden,
            Self::Conflict(_) => Code::Conflict,
            Self::BadQuery(_) => Code::BadParameter,
            Self::MethodNotAllowed(_) => Code::MethodNotAllowed,
            Self::Timeout(_) => Code::Timeout,
            Self::BodyTooLarge(_) => Code::BodyTooLarge,
            Self::AddressTooLong(_) => Code::AddressTooLong,
            Self::BadBody(_) => Code::BadBody,
            Self::BadFields(_) => Code::BadField,
            Self::OtherType(_) => Code::OtherType,
            Self::CrossSite => Code::CrossSite,
            Self::TooMany(_) => Code::TooMany,
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
            ApiError::BadFields(bad) => {
                let errors = bad.iter().map(|bad| ParameterProblem {
                    parameter: bad.field.as_str().to_owned(),
                    detail: bad.to_string(),
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
        if let Self::Unauthorized(_) = self {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if let Self::TooMany(seconds) = self {
            response.insert_header((RETRY_AFTER, *seconds));
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
