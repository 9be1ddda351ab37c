//! What every answer of the API tells of limits, in its description: the same for
//! all of them, so it stands here and not with each.

use crate::web::outermost::is_bounded;
use crate::web::problem::PROBLEM_JSON;
use utoipa::Modify;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{
    ContentBuilder, Header, HeaderBuilder, Object, OpenApi, PathItem, Ref, RefOr, Response,
    ResponseBuilder,
};

/// Adds to each operation that it may be refused, when to come again, and what is left.
pub struct Limited;

impl Modify for Limited {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            // Health is answered in any crowd.
            let is_health = matches!(path.as_str(), "/healthz" | "/readyz");
            for operation in operations(item).filter(|_| !is_health) {
                crowded(operation);
                if is_bounded(path) {
                    bounded(operation);
                }
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, delete, patch, .. } = item;
    [get, post, put, delete, patch].into_iter().filter_map(Option::as_mut)
}

fn bounded(operation: &mut Operation) {
    answer(
        operation,
        "429",
        "Too much was asked for in a minute: `Retry-After` says when to come again",
    );
    for response in answers(operation) {
        response.headers.insert("RateLimit-Policy".to_owned(), text(
            "What a household, which is an IPv4 address or an IPv6 /64, may ask for: `\"default\";q=REQUESTS;w=SECONDS`",
        ));
        response.headers.insert("RateLimit".to_owned(), text(
            "What is left of it: `\"default\";r=REQUESTS;t=SECONDS`, where `t` is when all of it will be there again. Of an answer that was kept it says nothing",
        ));
    }
}

fn crowded(operation: &mut Operation) {
    answer(
        operation,
        "503",
        "More is asked at the same time than can be worked on, or nothing has been published yet",
    );
}

/// The answer of this status, which says when to come again. One that is described
/// already keeps its words.
fn answer(operation: &mut Operation, status: &str, description: &str) {
    let responses = &mut operation.responses.responses;
    let problem = || {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(description);
        RefOr::T(response.content(PROBLEM_JSON, content).build())
    };
    if let RefOr::T(response) = responses.entry(status.to_owned()).or_insert_with(problem) {
        let seconds = HeaderBuilder::new().schema(Some(Object::with_type(Type::Integer)));
        let seconds = seconds.description(Some("In how many seconds to come again")).build();
        response.headers.insert("Retry-After".to_owned(), RefOr::T(seconds));
    }
}

fn answers(operation: &mut Operation) -> impl Iterator<Item = &mut Response> {
    operation.responses.responses.values_mut().filter_map(|response| match response {
        RefOr::T(response) => Some(response),
        RefOr::Ref(_) => None,
    })
}

fn text(description: &str) -> RefOr<Header> {
    let header = HeaderBuilder::new().schema(Some(Object::with_type(Type::String)));
    RefOr::T(header.description(Some(description)).build())
}
