//! What every answer tells the browser about what it may do with it.

use crate::config::Origin;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};

/// Nothing is loaded but from here, nothing is framed, no form leads away.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What an answer is, where it is not a page like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A page that shows frames of ours, and may follow events.
    Framing,
    /// It stands in such a frame.
    Framed,
    /// A mail that does: it carries its styles in its elements, and may do nothing at all.
    Mail,
}

impl Content {
    pub fn policy(self) -> &'static str {
        match self {
            Self::Framing => {
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                 connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'"
            }
            Self::Framed => {
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                 form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
            }
            Self::Mail => {
                "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
                 base-uri 'none'; frame-ancestors 'self'"
            }
        }
    }
}

/// Of a page that others may frame: it neither runs nor sends anything, and is
/// framed by these sites alone.
pub fn embed_policy(origins: &[Origin]) -> HeaderValue {
    let framers = match origins {
        [] => "'none'".to_owned(),
        some => some.iter().map(Origin::as_str).collect::<Vec<_>>().join(" "),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; \
         frame-ancestors {framers}"
    );
    // An origin has no character that a header lacks; without a policy of its own
    // the page would be as closed as any other.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(POLICY))
}

/// Sets what holds for every answer, whoever made it.
pub fn secure(headers: &mut HeaderMap, policy: &'static str, referrer: &'static str) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, policy);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, referrer);
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
}
