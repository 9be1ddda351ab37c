//! The kinds of problem: their stable names, and what they mean.

use actix_web::http::StatusCode;

/// A stable name for each kind of problem. A code never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    BadRequest,
    BadParameter,
    BadCursor,
    StaleCursor,
    NotFound,
    UnknownToken,
    Unauthorized,
    Forbidden,
    Conflict,
    MethodNotAllowed,
    Timeout,
    BodyTooLarge,
    AddressTooLong,
    BadBody,
    BadField,
    OtherType,
    CrossSite,
    TooMany,
    Internal,
    NotReady,
}

impl Code {
    pub const ALL: [Self; 20] = [
        Self::BadRequest,
        Self::BadParameter,
        Self::BadCursor,
        Self::StaleCursor,
        Self::NotFound,
        Self::UnknownToken,
        Self::Unauthorized,
        Self::Forbidden,
        Self::Conflict,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::BodyTooLarge,
        Self::AddressTooLong,
        Self::BadBody,
        Self::BadField,
        Self::OtherType,
        Self::CrossSite,
        Self::TooMany,
        Self::Internal,
        Self::NotReady,
    ];

    /// Stable; meant for programs.
    pub fn name(self) -> &'static str {
        self.facts().0
    }
    pub fn status(self) -> StatusCode {
        self.facts().1
    }
    pub fn title(self) -> &'static str {
        self.facts().2
    }

    fn facts(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::BadRequest => ("bad-request", S::BAD_REQUEST, "The request cannot be understood"),
            Self::BadParameter => {
                ("bad-parameter", S::BAD_REQUEST, "A parameter is not understood")
            }
            Self::BadCursor => {
                ("bad-cursor", S::BAD_REQUEST, "The cursor does not belong to this question")
            }
            Self::StaleCursor => ("stale-cursor", S::GONE, "The table has been published anew"),
            Self::NotFound => ("not-found", S::NOT_FOUND, "There is nothing here"),
            Self::UnknownToken => ("unknown-token", S::NOT_FOUND, "This link is not one of ours"),
            Self::Unauthorized => ("unauthorized", S::UNAUTHORIZED, "This needs a token or secret"),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "The token does not reach that far"),
            Self::Conflict => ("conflict", S::CONFLICT, "Something stands against it"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", S::METHOD_NOT_ALLOWED, "The method does not work here")
            }
            Self::Timeout => ("timeout", S::REQUEST_TIMEOUT, "The request took too long to arrive"),
            Self::BodyTooLarge => ("body-too-large", S::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::AddressTooLong => {
                ("address-too-long", S::URI_TOO_LONG, "The address is too long")
            }
            Self::BadBody => ("bad-body", S::BAD_REQUEST, "The body cannot be understood"),
            Self::BadField => ("bad-field", S::UNPROCESSABLE_ENTITY, "A field cannot be used"),
            Self::OtherType => {
                ("other-type", S::UNSUPPORTED_MEDIA_TYPE, "The body is of another type")
            }
            Self::CrossSite => ("cross-site", S::FORBIDDEN, "The form comes from another web site"),
            Self::TooMany => ("too-many", S::TOO_MANY_REQUESTS, "That was asked for too often"),
            Self::Internal => {
                ("internal", S::INTERNAL_SERVER_ERROR, "Something failed on our side")
            }
            Self::NotReady => ("not-ready", S::SERVICE_UNAVAILABLE, "The service is not ready"),
        }
    }

    /// What it means for whoever meets it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::BadRequest => {
                "Something about the request breaks the rules of HTTP. Sending it again \
                 unchanged will not help."
            }
            Self::BadParameter => {
                "A query parameter has an unknown name, or a value of the wrong form. The \
                 member `errors` names each of them and says what to write instead."
            }
            Self::BadCursor => {
                "A cursor is good only as it was given out, together with the filters of \
                 the page it came from. Follow the `next` link instead of building one."
            }
            Self::StaleCursor => {
                "The cursor belongs to an earlier publication, whose lines may have \
                 moved. Start again from the first page."
            }
            Self::NotFound => "No page or resource has this address in the present publication.",
            Self::UnknownToken => {
                "The link was cut short, changed, or made by somebody else. Use the link \
                 exactly as the mail shows it."
            }
            Self::Unauthorized => {
                "Send the token of the office, or the configured secret, as `Authorization: \
                 Bearer TOKEN`; the office makes tokens with `fairwarning token create`."
            }
            Self::Forbidden => "A token with a wider scope is needed: ask whoever makes them.",
            Self::Conflict => "Something is there already: the detail says what, and what to do.",
            Self::MethodNotAllowed => "The header `Allow` lists the methods that do.",
            Self::Timeout => "The whole request must arrive within a few seconds.",
            Self::BodyTooLarge => "What this service accepts is small; the detail says how small.",
            Self::AddressTooLong => "Ask for less at once: fewer filters, or shorter ones.",
            Self::BadBody => {
                "The body is not JSON of the described form. The detail says where it differs."
            }
            Self::BadField => {
                "The member `errors` names each field and says what is wrong with it. Names of \
                 programs, APIs and environments are those of the catalogue, case and all."
            }
            Self::OtherType => "The detail names the content type that works here.",
            Self::CrossSite => {
                "What our own pages ask for is taken from our own pages alone. Open the form \
                 here and send it again."
            }
            Self::TooMany => "The header `Retry-After` says in how many seconds to try again.",
            Self::Internal => "It has been logged. Trying again later may help.",
            Self::NotReady => {
                "It is starting, cannot reach its database, or nothing has been published \
                 yet."
            }
        }
    }
}
