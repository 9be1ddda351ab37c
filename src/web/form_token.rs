//! Tokens of forms: whoever sends one was shown it, here and lately.
//!
//! A form that acts in somebody's name binds their session in, so that no other
//! site can have it sent for them. A form that anybody may be shown binds nobody:
//! there it keeps pages of others from being made once and sent for ever, and what
//! a browser sends from another site is refused by `same_site` in any case. Pages
//! behind a link need none, since the link's own token is what nobody else knows.
//!
//! The token is the same for an hour, so that a page with a form can be kept.

use super::bodies::Form;
use super::service::Service;
use crate::schedule::Instant;
use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;
use chrono::{DurationRound as _, TimeDelta};

/// The field's name, by which programs that judge forms know it.
pub const FIELD: &str = "csrf_token";

/// How long a form may stay open.
const HOURS: u32 = 12;

fn hour(service: &Service) -> u32 {
    u32::try_from(service.now().timestamp() / 3_600).unwrap_or_default()
}

/// When forms get another token.
pub fn changes_at(now: Instant) -> Instant {
    now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now) + TimeDelta::hours(1)
}

/// The token of the form of this name for `holder`, which is empty where anybody may
/// be shown it.
pub fn make(service: &Service, form: &str, holder: &str) -> String {
    service.keys().form_token(form, holder, hour(service))
}

/// Whether what was sent comes of a form that was shown here within the last hours.
pub fn is_good(service: &Service, sent: &Form, form: &str, holder: &str) -> bool {
    let shown = service.keys().form_shown_at(&sent.one(FIELD), form, holder);
    let now = hour(service);
    shown.is_some_and(|shown| shown <= now && now - shown <= HOURS)
}

/// The same for a form that programs may send, too, which are shown none: they bring
/// no token, and say nothing of where they come from as every browser does.
pub fn is_good_or_absent(
    request: &HttpRequest,
    service: &Service,
    sent: &Form,
    form: &str,
) -> bool {
    let headers = request.headers();
    let is_browser = headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site");
    let is_absent = sent.one(FIELD).is_empty() && !is_browser;
    is_absent || is_good(service, sent, form, "")
}
