//! The cookie by which a browser is known that is logged in (RFC 6265).

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header::HOST;
use chrono::{DateTime, Utc};
use std::net::IpAddr;

/// Browsers take a cookie of this name from this host alone, over TLS, for all
/// paths (RFC 6265bis §4.1.3.2).
const NAME: &str = "__Host-office";

/// Where there is no TLS: on this machine alone.
const LOCAL_NAME: &str = "office";

/// What the browser shows of a session.
pub fn of(request: &HttpRequest) -> Option<String> {
    request.cookie(name(request)).map(|cookie| cookie.value().to_owned())
}

pub fn begin(
    request: &HttpRequest,
    secret: &str,
    ends_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Cookie<'static> {
    kept(request, secret.to_owned(), (ends_at - now).num_seconds())
}

pub fn end(request: &HttpRequest) -> Cookie<'static> {
    kept(request, String::new(), 0)
}

fn kept(request: &HttpRequest, value: String, seconds: i64) -> Cookie<'static> {
    Cookie::build(name(request), value)
        .path("/")
        .http_only(true)
        .secure(name(request) == NAME)
        // A link in a mail to the office leads to whoever is logged in; a form of
        // another site is sent without it.
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(seconds))
        .finish()
}

fn name(request: &HttpRequest) -> &'static str {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let is_loopback = bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if is_loopback || name.eq_ignore_ascii_case("localhost") { LOCAL_NAME } else { NAME }
}
