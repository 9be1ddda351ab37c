//! Test endpoints that we run ourselves, and could not: without a version to take, by an
//! address that carries no TLS. Whether a cipher exists is for TLS itself to say.

use super::super::notice::Context;
use super::super::problem::{Code, Problem};
use super::super::tree::{Step, steps};
use crate::notice::{EndpointId, Notice, Purpose, Rehearsal, TestEndpoint, TlsVersion};

pub fn check(context: &Context<'_>, notice: &Notice, problems: &mut Vec<Problem>) {
    for (id, endpoint) in &notice.test_endpoints {
        let Some(rehearsal) = &endpoint.rehearsal else { continue };
        check_address(context, notice, id, endpoint, problems);
        check_answer(context, id, rehearsal, problems);
        match rehearsal.purpose {
            Purpose::Enforce => check_versions(context, notice, id, rehearsal, problems),
            Purpose::Observe => check_observing(context, id, rehearsal, problems),
        }
    }
}

fn at(id: &EndpointId, key: &'static str) -> Vec<Step> {
    steps!["test_endpoints", id.as_str(), "rehearsal", key].to_vec()
}

fn check_address(
    context: &Context<'_>,
    notice: &Notice,
    id: &EndpointId,
    endpoint: &TestEndpoint,
    problems: &mut Vec<Problem>,
) {
    let place = |id: &EndpointId| context.tree.place(&steps!["test_endpoints", id.as_str(), "url"]);
    if endpoint.url.scheme() != "https" {
        let message = "a rehearsal is one of TLS, and this address carries none";
        problems.push(
            Problem::error(Code::InvalidValue, place(id), message)
                .help("write an address that begins with https://"),
        );
    }
    let earlier = notice.test_endpoints.iter().take_while(|(other, _)| *other != id);
    let same = |other: &TestEndpoint| {
        other.rehearsal.is_some()
            && (other.url.host(), other.url.port()) == (endpoint.url.host(), endpoint.url.port())
    };
    if let Some((other, _)) = earlier.into_iter().find(|(_, other)| same(other)) {
        let message = format!("a client could not tell it from `{other}`: both have one host");
        problems.push(
            Problem::error(Code::NameCollision, place(id), message)
                .related(place(other), "the other one")
                .help("give each rehearsal a host or a port of its own"),
        );
    }
}

fn check_versions(
    context: &Context<'_>,
    notice: &Notice,
    id: &EndpointId,
    rehearsal: &Rehearsal,
    problems: &mut Vec<Problem>,
) {
    let whole = || steps!["test_endpoints", id.as_str(), "rehearsal"].to_vec();
    let mut push = |at: Vec<Step>, message: &str, help: &str| {
        let place = context.tree.place(&at);
        problems.push(Problem::error(Code::InvalidValue, place, message).help(help));
    };
    let Some((minimum, maximum)) = notice.rehearsed_versions(rehearsal) else {
        let message =
            "which versions of TLS it takes is said nowhere: not here, and not in `needs`";
        return push(whole(), message, "write the lowest one, such as `minimum: TLS 1.2`");
    };
    if minimum == TlsVersion::Ssl3 {
        let message = "SSL 3.0 cannot be rehearsed: no library in use speaks it any more";
        return push(at(id, "minimum"), message, "write `TLS 1.0` or above");
    }
    if minimum > maximum {
        let message = format!("it takes nothing: {minimum} at least, and {maximum} at most");
        push(at(id, "maximum"), &message, "write a highest version that is not below the lowest");
    }
    let is_list = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if rehearsal.ciphers.as_deref().is_some_and(|ciphers| !is_list(ciphers)) {
        let message = "a list of ciphers is written without blanks";
        push(at(id, "ciphers"), message, "write it as OpenSSL does, such as `ECDHE+AESGCM:!SHA1`");
    }
}

fn check_observing(
    context: &Context<'_>,
    id: &EndpointId,
    rehearsal: &Rehearsal,
    problems: &mut Vec<Problem>,
) {
    let given = [
        ("minimum", rehearsal.minimum.is_some()),
        ("maximum", rehearsal.maximum.is_some()),
        ("ciphers", rehearsal.ciphers.is_some()),
    ];
    for (key, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        let message = format!("`{key}` has no say at an endpoint that takes every client");
        let place = context.tree.place(&at(id, key));
        problems.push(
            Problem::error(Code::InvalidValue, place, message)
                .help("leave it out, or write `purpose: enforce`"),
        );
    }
}

fn check_answer(
    context: &Context<'_>,
    id: &EndpointId,
    rehearsal: &Rehearsal,
    problems: &mut Vec<Problem>,
) {
    let Some(answer) = &rehearsal.answer else { return };
    let mut push = |key: &'static str, message: &str, help: &str| {
        let path = steps!["test_endpoints", id.as_str(), "rehearsal", "answer", key];
        let place = context.tree.place(&path);
        problems.push(Problem::error(Code::InvalidValue, place, message).help(help));
    };
    if !(200..=599).contains(&answer.status) {
        push("status", "an answer that ends a request has a status from 200 to 599", "write `200`");
    }
    let is_header = |text: &str| text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if !is_header(&answer.content_type) || !answer.content_type.contains('/') {
        push("content_type", "this is not a media type", "write one such as `application/json`");
    }
}
