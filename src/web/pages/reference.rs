//! `/api`: the API to read, and `/api/changelog`: what changed in it. Both are made
//! from what programs are told, the description and the table of deprecations.

use super::Speech;
use crate::render::PageLinks;
use crate::web::api::described::example;
use crate::web::deprecations::Deprecation;
use crate::web::freshness::{Freshness, HTML};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;

/// The changes as the repository tells them.
const CHANGES: &str = include_str!("../../../docs/api-changelog.md");

/// Where a service is that does not know its own address.
const SOMEWHERE: &str = "http://127.0.0.1:8080";

#[derive(Serialize)]
struct ReferencePage<'d> {
    description: &'d str,
    tags: Vec<Tag<'d>>,
    schemas: Vec<Schema<'d>>,
}

#[derive(Serialize)]
struct Tag<'d> {
    name: &'d str,
    description: &'d str,
    operations: Vec<Operation<'d>>,
}

#[derive(Serialize)]
struct Operation<'d> {
    id: &'d str,
    method: String,
    path: &'d str,
    summary: &'d str,
    description: &'d str,
    is_deprecated: bool,
    needs_token: bool,
    parameters: Vec<Parameter<'d>>,
    body: Vec<Content<'d>>,
    responses: Vec<Response<'d>>,
    call: String,
    answer: Option<String>,
}

#[derive(Serialize)]
struct Parameter<'d> {
    name: &'d str,
    place: &'d str,
    is_required: bool,
    is_deprecated: bool,
    description: &'d str,
    form: String,
    example: Option<String>,
}

#[derive(Serialize)]
struct Response<'d> {
    status: &'d str,
    description: &'d str,
    contents: Vec<Content<'d>>,
}

/// A media type, and the schema it is of.
#[derive(Serialize)]
struct Content<'d> {
    kind: &'d str,
    schema: Option<&'d str>,
}

#[derive(Serialize)]
struct Schema<'d> {
    name: &'d str,
    description: &'d str,
    members: Vec<Parameter<'d>>,
}

/// The API to read.
pub async fn reference(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, |service, path| {
        let document = &service.described().document;
        let page = ReferencePage {
            description: text(&document["info"], "description"),
            tags: list(&document["tags"]).map(|tag| Tag::new(service, document, tag)).collect(),
            schemas: members(&document["components"]["schemas"]).map(Schema::new).collect(),
        };
        framed(service, path, "page/reference.html", page)
    })
    .await
}

#[derive(Serialize)]
struct ChangesPage<'a> {
    changes: &'a str,
    deprecated: Vec<Deprecated<'a>>,
}

#[derive(Serialize)]
struct Deprecated<'a> {
    anchor: String,
    path: &'a str,
    parameter: Option<&'a str>,
    since: String,
    sunset: String,
    successor: Option<&'a str>,
    reason: &'a str,
}

impl<'a> From<&'a Deprecation> for Deprecated<'a> {
    fn from(one: &'a Deprecation) -> Self {
        Self {
            anchor: one.anchor(),
            path: &one.path,
            parameter: one.parameter.as_deref(),
            since: one.since.to_string(),
            sunset: one.sunset.to_string(),
            successor: one.successor.as_deref(),
            reason: &one.reason,
        }
    }
}

/// What changed in the API, and what is taken back of it.
pub async fn changes(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, |service, path| {
        let deprecated = service.deprecations().iter().map(Deprecated::from).collect();
        // The page has a title of its own.
        let changes = CHANGES.split_once('\n').map_or("", |(_, rest)| rest).trim();
        framed(service, path, "page/api-changes.html", ChangesPage { changes, deprecated })
    })
    .await
}

/// Laid out once for a publication, which may have templates of its own.
async fn answer(
    request: &HttpRequest,
    service: Data<Service>,
    lay: fn(&Service, &str) -> Result<String, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let path = request.path().to_owned();
    let body = match service.snapshot() {
        Err(_) => Bytes::from(lay(&service, &path)?),
        Ok(snapshot) => {
            let key = format!("page {path}");
            let lay = move || lay(&service, &path);
            snapshot.shelf.body(key, snapshot.created_at, lay).await?.body
        }
    };
    Freshness::of_bytes(&body).answer(request, HTML, || Ok(body.clone()))
}

fn framed(
    service: &Service,
    path: &str,
    template: &str,
    page: impl Serialize,
) -> Result<String, ApiError> {
    let canonical = service.canonical(path);
    let links = PageLinks { canonical: canonical.as_deref(), ..PageLinks::default() };
    let speech = Speech::new(service.built_in(), None);
    service.page(template, &speech.frame(links, page)).map_err(ApiError::internal)
}

impl<'d> Tag<'d> {
    fn new(service: &Service, document: &'d Value, tag: &'d Value) -> Self {
        let name = text(tag, "name");
        let all = members(&document["paths"]).flat_map(|(path, methods)| {
            members(methods).map(move |(method, operation)| (path, method, operation))
        });
        let own = all.filter(|(_, _, operation)| list(&operation["tags"]).any(|t| t == name));
        let operations = own.map(|(path, method, operation)| {
            Operation::new(service, document, (path, method), operation)
        });
        Self { name, description: text(tag, "description"), operations: operations.collect() }
    }
}

impl<'d> Operation<'d> {
    fn new(
        service: &Service,
        document: &'d Value,
        (path, method): (&'d str, &'d str),
        operation: &'d Value,
    ) -> Self {
        let id = text(operation, "operationId");
        let known = example(id);
        let parameters: Vec<_> = list(&operation["parameters"]).map(Parameter::new).collect();
        let asked =
            known.map_or_else(|| with_examples(path, &parameters), |(asked, _)| asked.to_owned());
        let here = service.canonical(&asked).unwrap_or_else(|| format!("{SOMEWHERE}{asked}"));
        let needs_token = operation.get("security").is_some();
        let body = &operation["requestBody"]["content"];
        let answer = known.map(|(_, answer)| match answer {
            Value::String(text) => text.clone(),
            other => serde_json::to_string_pretty(other).unwrap_or_default(),
        });
        Self {
            id,
            method: method.to_uppercase(),
            path,
            summary: text(operation, "summary").trim_end_matches('.'),
            description: text(operation, "description"),
            is_deprecated: operation["deprecated"] == true,
            needs_token,
            body: members(body).map(Content::new).collect(),
            responses: members(&operation["responses"]).map(Response::new).collect(),
            call: call(method, &here, needs_token, &sent(document, body)),
            answer,
            parameters,
        }
    }
}

/// The path with the examples of its parameters.
fn with_examples(path: &str, parameters: &[Parameter<'_>]) -> String {
    let mut path = path.to_owned();
    for parameter in parameters.iter().filter(|parameter| parameter.place == "path") {
        let name = parameter.name;
        let example = parameter.example.clone().unwrap_or_else(|| name.to_uppercase());
        path = path.replace(&format!("{{{name}}}"), &example);
    }
    path.replace("{token}", "TOKEN")
}

/// A body as its schema's examples have it.
fn sent(document: &Value, body: &Value) -> Option<Value> {
    let name = members(body).find_map(|(_, content)| referred(&content["schema"]))?;
    let fields = members(&document["components"]["schemas"][name]["properties"]);
    let examples =
        fields.filter_map(|(field, of)| Some((field.to_owned(), of.get("example")?.clone())));
    Some(examples.collect::<serde_json::Map<_, _>>().into())
}

fn call(method: &str, address: &str, needs_token: bool, sent: &Option<Value>) -> String {
    let method = match method {
        "get" => String::new(),
        other => format!(" -X {}", other.to_uppercase()),
    };
    let token = if needs_token { " \\\n  -H 'Authorization: Bearer TOKEN'" } else { "" };
    let body = sent.as_ref().map_or(String::new(), |body| {
        format!(" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'")
    });
    format!("curl{method} '{address}'{token}{body}")
}

impl<'d> Parameter<'d> {
    fn new(of: &'d Value) -> Self {
        Self {
            name: text(of, "name"),
            place: text(of, "in"),
            is_required: of["required"] == true,
            is_deprecated: of["deprecated"] == true,
            description: text(of, "description"),
            form: form(&of["schema"]),
            example: of.get("example").filter(|example| !example.is_null()).map(bare),
        }
    }
}

impl<'d> Response<'d> {
    fn new((status, of): (&'d str, &'d Value)) -> Self {
        let contents = members(&of["content"]).map(Content::new).collect();
        Self { status, description: text(of, "description"), contents }
    }
}

impl<'d> Content<'d> {
    fn new((kind, of): (&'d str, &'d Value)) -> Self {
        Self { kind, schema: referred(&of["schema"]) }
    }
}

impl<'d> Schema<'d> {
    fn new((name, of): (&'d str, &'d Value)) -> Self {
        // What is put together of others has their members, too.
        let parts = list(&of["allOf"]).chain([of]);
        let fields = parts.flat_map(|part| {
            let required = &part["required"];
            members(&part["properties"]).map(move |(name, field)| Parameter {
                name,
                place: "",
                is_required: list(required).any(|r| r == name),
                is_deprecated: field["deprecated"] == true,
                description: text(field, "description"),
                form: form(field),
                example: field.get("example").map(bare),
            })
        });
        Self { name, description: text(of, "description"), members: fields.collect() }
    }
}

/// What a schema wants, in words.
fn form(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return name.to_owned();
    }
    let several = list(&schema["anyOf"]).chain(list(&schema["oneOf"]));
    let several: Vec<_> = several.filter(|one| one["type"] != "null").map(form).collect();
    if !several.is_empty() {
        return several.join(" or ");
    }
    let choices: Vec<_> = list(&schema["enum"]).map(bare).collect();
    if !choices.is_empty() {
        return format!("one of {}", choices.join(", "));
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        other => other.as_str(),
    };
    let bounds = match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        _ => String::new(),
    };
    match (kinds, schema["format"].as_str()) {
        (Some("string"), Some("date")) => "day".to_owned(),
        (Some("string"), Some("date-time")) => "instant".to_owned(),
        (Some("string"), _) => "text".to_owned(),
        (Some("array"), _) => format!("list of {}", form(&schema["items"])),
        (Some("integer"), _) => format!("whole number{bounds}"),
        (Some("boolean"), _) => "true or false".to_owned(),
        (Some(kind), _) => kind.to_owned(),
        (None, _) => "anything".to_owned(),
    }
}

fn text<'d>(of: &'d Value, member: &str) -> &'d str {
    of[member].as_str().unwrap_or_default()
}

fn list(of: &Value) -> impl Iterator<Item = &Value> {
    of.as_array().into_iter().flatten()
}

fn members(of: &Value) -> impl Iterator<Item = (&str, &Value)> {
    of.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// Without the marks of JSON around a text.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
