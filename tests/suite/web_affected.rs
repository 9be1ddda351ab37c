//! "Am I affected?" as a page and over the API.

use crate::declared::sample_workspace;
use crate::web_service::{Answer, WebService};
use reqwest::Method;
use serde_json::json;

const API: &str = "/api/v1/affected";
const JSON: (&str, &str) = ("content-type", "application/json");

async fn of_samples() -> WebService {
    let service = WebService::start_empty(false).await;
    service.publish(sample_workspace()).await;
    service
}

fn query(path: &str, text: &str) -> String {
    let text = url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("{path}?q={text}")
}

async fn listed(service: &WebService, asked: &[&str]) -> Answer {
    service.send(API, &[JSON], json!({ "asked": asked }).to_string()).await
}

const PASTED: &str = "Verify\nhttps://app.onepagecrm.com/api/v3/contacts, example.org";

#[tokio::test]
async fn each_entry_is_answered_with_the_rows_that_say_so() {
    let service = of_samples().await;
    let answer = service.items(&query(API, PASTED)).await;
    assert_eq!(answer.column("answer"), ["affected", "affected", "unknown"]);
    assert_eq!(answer.column("because"), ["named", "named", "not-declared"]);
    let json = answer.json();
    let verify = &json["items"][0];
    assert_eq!(verify["apis"], json!([{"program": "usps-web-tools", "api": "Verify"}]));
    let rows = verify["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0]["row"], "test-first-wave");
    assert_eq!(rows[0]["state"], "cut-off");
    assert_eq!(json["items"][2]["rows"], json!([]));
    let list = ["Verify", "https://app.onepagecrm.com/api/v3/contacts", "example.org", "Verify"];
    assert_eq!(listed(&service, &list).await.json()["items"], json["items"]);
}

#[tokio::test]
async fn the_page_answers_the_same_without_a_script() {
    let service = of_samples().await;
    let empty = service.items("/affected").await.body;
    assert!(empty.contains("<form class=\"ask\" method=\"get\" action=\"/affected\">"));
    assert!(!empty.contains("class=\"answer\"") && !empty.contains("<script>"));
    let page = service.items(&query("/affected", PASTED)).await.body;
    assert!(page.contains("verdict-affected\">2 Affected"));
    assert!(page.contains("verdict-unknown\">1 Unknown"));
    assert!(page.contains("No program here declares it"));
    assert!(page.contains("href=\"/notices/onepagecrm/tls-1.2\""));
    assert!(page.contains("href=\"/apis/usps-web-tools/Verify\""));
    let left = "\nVerify\nhttps://app.onepagecrm.com/api/v3/contacts\nexample.org</textarea>";
    assert!(page.contains(left), "what was understood is there to be asked again");
    let german = service.items(&format!("{}&lang=de", query("/affected", "Verify"))).await.body;
    assert!(german.contains("Betroffen") && german.contains("name=\"lang\" value=\"de\""));
}

#[tokio::test]
async fn the_states_are_those_of_the_moment_asked_about() {
    let service = of_samples().await;
    let path = format!("{}&on=2020-04-01", query(API, "Verify"));
    let rows = service.items(&path).await.json()["items"][0]["rows"].clone();
    let states: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["cut-off", "announced", "announced", "announced"]);
    let page = service.items(&path.replace(API, "/affected")).await.body;
    assert!(page.contains("name=\"on\" value=\"2020-04-01T00:00:00Z\""));
}

#[tokio::test]
async fn passwords_and_queries_are_never_said_again() {
    let service = of_samples().await;
    let canary = "hunter2canary";
    for text in [
        format!("https://me:{canary}@secure.shippingapis.com/?key={canary}#{canary}"),
        format!("me:{canary}@secure.shippingapis.com"),
        format!("https://me:{canary}@[broken"),
        format!("ftp://me:{canary}@host/"),
        format!("secure.shippingapis.com?key={canary}"),
        format!("https://me:{canary}@x/ ").repeat(200),
    ] {
        for path in [API, "/affected"] {
            let answer = service.get(&query(path, &text)).await;
            assert!(!answer.body.contains(canary), "{path} {text}: {}", answer.body);
            assert!(!format!("{:?}", answer.headers).contains(canary), "{path} {text}");
        }
        let answer = listed(&service, &[&text]).await;
        assert!(!answer.body.contains(canary), "{text}: {}", answer.body);
    }
    for body in [json!({"asked": canary}), json!({"asked": [{canary: 1}]}), json!({canary: []})] {
        let answer = service.send(API, &[JSON], body.to_string()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(!answer.body.contains(canary), "{}", answer.body);
    }
}

#[tokio::test]
async fn pasted_markup_is_never_markup() {
    let service = of_samples().await;
    for text in ["<script>alert(1)</script>", "</textarea><b>x", "\"><img/src=x>", "{{7*7}}"] {
        let page = service.items(&query("/affected", text)).await.body;
        for markup in ["<script>", "<b>x", "<img", "49"] {
            assert!(!page.contains(markup), "{text}: {markup}");
        }
    }
}

#[tokio::test]
async fn too_much_at_once_is_refused_with_the_limit() {
    let service = of_samples().await;
    let many: String = (0..101).map(|n| format!("a{n} ")).collect();
    let answer = service.get(&query(API, &many)).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("bad-parameter")));
    assert!(answer.body.contains("more than 100 entries"));
    let page = service.get(&query("/affected", &many)).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("more than 100 entries"));
    let long = "a".repeat(4_001);
    assert!(service.get(&query(API, &long)).await.body.contains("longer than 4000 bytes"));
    assert_eq!(service.get(&query("/affected", &long)).await.status, 400);
    let list = vec!["a"; 501];
    let answer = listed(&service, &list).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("bad-body")));
    assert_eq!(listed(&service, &list[..500]).await.status, 200);
    assert_eq!(listed(&service, &["b".repeat(20_000).as_str()]).await.status, 413);
}

#[tokio::test]
async fn a_question_that_asks_nothing_or_something_else_is_a_problem() {
    let service = of_samples().await;
    for path in ["/api/v1/affected", "/api/v1/affected?q=a&state=due", "/api/v1/affected?q=a&on=x"]
    {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 400, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    assert_eq!(service.items("/api/v1/affected?q=+").await.json()["items"], json!([]));
    assert!(service.items("/affected?q=,").await.body.contains("Nothing was entered."));
    let plain = service.send(API, &[("content-type", "text/plain")], "Verify".to_owned()).await;
    assert_eq!(plain.status, 415);
    let deleted = service.ask(Method::DELETE, API, &[]).await;
    assert_eq!(
        (deleted.status.as_u16(), deleted.header("allow")),
        (405, "GET, HEAD, POST, OPTIONS")
    );
}

#[tokio::test]
async fn an_answer_is_asked_again_cheaply_and_from_any_web_page() {
    let service = of_samples().await;
    let path = query(API, "Verify");
    let answer = service.items(&path).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let tag = answer.header("etag");
    let again = service.ask(Method::GET, &path, &[("if-none-match", tag)]).await;
    assert_eq!(again.status, 304);
    let other = service.items(&query(API, "Status")).await;
    assert_ne!(other.header("etag"), tag);
    let preflight = service.ask(Method::OPTIONS, API, &[]).await;
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, HEAD");
}
