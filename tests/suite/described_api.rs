//! The description of the API, judged by a program that is not ours, and held
//! against what the service answers.

use crate::web_service::WebService;
use fairwarning::notice::OfficeScope;
use reqwest::Method;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

fn validator() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let validator = target.join("tools/venv/bin/openapi-spec-validator");
    assert!(validator.exists(), "run tools/setup.sh first; it installs what judges our output");
    validator
}

#[tokio::test]
async fn the_description_is_valid_openapi() {
    let service = WebService::start().await;
    let document = service.items("/api/v1/openapi.json").await;
    assert_eq!(document.json()["openapi"].as_str().unwrap().split_at(3).0, "3.1");
    let mut child = Command::new(validator())
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(document.body.as_bytes()).unwrap();
    let verdict = child.wait_with_output().unwrap();
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
    let short = service.items("/openapi.json").await;
    assert_eq!(short.body, document.body);
}

async fn link_of_somebody_with_a_webhook(service: &WebService) -> String {
    let fields = [("program", "parcels"), ("address", crate::subscribing::ADA)];
    let path = crate::subscribing::subscribed(service, &fields).await;
    let url = ("url", "https://hooks.example.org/deprecations");
    service.post(&path, &[("do", "webhook-set"), url]).await;
    path.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_described_path_answers_and_every_example_is_understood() {
    let service = WebService::start().await;
    let link = link_of_somebody_with_a_webhook(&service).await;
    let document = service.items("/api/v1/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 59);
    let to_read = paths.iter().filter(|(_, operations)| operations.get("get").is_some());
    for (path, operations) in to_read {
        let described = operations["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let mut address = path.replace("{program}", "parcels").replace("{id}", "tls-1.2");
        address = address.replace("{api}", "rates").replace("{environment}", "prod");
        address = address.replace("{token}", &link).replace("{number}", "1");
        let mut query = Vec::new();
        for parameter in described.iter().filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            if let Some(example) = parameter.get("example").filter(|example| !example.is_null()) {
                let value = example.as_str().map_or(example.to_string(), str::to_owned);
                query.push(format!("{name}={}", value.replace(' ', "+")));
            }
        }
        if !query.is_empty() {
            address = format!("{address}?{}", query.join("&"));
        }
        if address.contains("{form}") {
            address = address.replace("{form}", "csv");
        }
        // What hands out everybody at once needs more.
        let is_export = path.ends_with("rehearsals.csv");
        let scope = if is_export { OfficeScope::Editor } else { OfficeScope::Viewer };
        let token = service.token(scope).await;
        let headers = [("authorization", token.as_str())];
        let answer = match operations["get"].get("security") {
            None => service.get(&address).await,
            Some(_) => {
                assert_eq!(service.get(&address).await.status, 401, "{address}");
                service.ask(Method::GET, &address, &headers).await
            }
        };
        assert_eq!(answer.status, 200, "{address}: {}", answer.body);
        for parameter in described.iter().filter(|parameter| parameter["name"] != "limit") {
            let text = parameter["name"].as_str().unwrap();
            assert!(parameter.get("schema").is_some(), "{path} {text}");
        }
    }
}

#[tokio::test]
async fn the_example_of_a_subscription_is_taken_but_for_its_names() {
    let service = WebService::start().await;
    let document = service.items("/api/v1/openapi.json").await.json();
    let post = &document["paths"]["/api/v1/subscriptions"]["post"];
    let statuses: Vec<_> = post["responses"].as_object().unwrap().keys().cloned().collect();
    for status in ["202", "400", "413", "415", "422", "429", "503"] {
        assert!(statuses.iter().any(|known| known == status), "{status}: {statuses:?}");
    }
    let fields = &document["components"]["schemas"]["NewSubscription"]["properties"];
    let mut example: serde_json::Map<_, _> = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, field)| (name.clone(), field["example"].clone()))
        .collect();
    assert!(example.values().all(|value| !value.is_null()), "{example:?}");
    example["program"] = "parcels".into();
    let body = serde_json::to_string(&example).unwrap();
    let json = [("content-type", "application/json")];
    let answer = service.send("/api/v1/subscriptions", &json, body).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
}

/// The file of examples, which `make examples` writes anew.
const EXAMPLES: &str = "src/web/api/examples.json";

/// What stands for a digest or a cursor, which every change of the samples changes.
fn masked(text: &str) -> String {
    let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    let words = text.split_inclusive(|c: char| !is_digit(c));
    let shown = words.map(|word| match word.trim_end_matches(|c| !is_digit(c)) {
        digits if digits.len() >= 12 => word.replace(digits, "…"),
        _ => word.to_owned(),
    });
    shown.collect()
}

#[tokio::test]
async fn every_example_of_an_answer_is_what_the_samples_give() {
    let service = WebService::start_empty(false).await;
    service.publish(crate::declared::sample_workspace()).await;
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(EXAMPLES);
    let written = std::fs::read_to_string(&file).unwrap();
    let mut examples: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&written).unwrap();
    for example in examples.values_mut() {
        let answer = service.items(example["request"].as_str().unwrap()).await;
        example["answer"] = match answer.header("content-type").contains("json") {
            true => answer.json(),
            false => answer.body.into(),
        };
    }
    let now = serde_json::to_string_pretty(&examples).unwrap() + "\n";
    if std::env::var_os("FAIRWARNING_WRITE_EXAMPLES").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    assert_eq!(masked(&written), masked(&now), "run `make examples`");
    let document = service.items("/openapi.json").await.json();
    let operations = document["paths"].as_object().unwrap().values();
    let operations: Vec<_> = operations.flat_map(|path| path.as_object().unwrap()).collect();
    for (id, _) in examples {
        let is_of =
            |(_, operation): &&(&String, &serde_json::Value)| operation["operationId"] == *id;
        let (_, operation) = operations.iter().find(is_of).unwrap_or_else(|| panic!("no {id}"));
        let contents = operation["responses"]["200"]["content"].as_object().unwrap();
        assert!(contents.values().any(|content| content.get("example").is_some()), "{id}");
    }
}
