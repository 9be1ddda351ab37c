//! What we take back of our own API says so itself: in its answers, in the description
//! and on the pages about it.

use crate::web_service::WebService;
use chrono::NaiveDate;
use fairwarning::web::Deprecation;
use reqwest::Method;
use serde_json::Value;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An operation and a parameter of another one, as nobody takes them back in fact.
fn invented() -> Vec<Deprecation> {
    vec![
        Deprecation {
            path: "/api/v1/notices/{program}/{id}".into(),
            parameter: None,
            since: day("2026-01-31"),
            sunset: day("2027-02-28"),
            successor: Some("/api/v2/notices".into()),
            reason: "It says too much at once.".into(),
        },
        Deprecation {
            path: "/api/v1/impacted".into(),
            parameter: Some("group".into()),
            since: day("2026-03-01"),
            sunset: day("2027-03-01"),
            successor: None,
            reason: "Groups are an office's own.".into(),
        },
        Deprecation {
            path: "/api/v1/impacted".into(),
            parameter: Some("url".into()),
            since: day("2026-02-01"),
            sunset: day("2027-04-01"),
            successor: None,
            reason: "`affected` answers it.".into(),
        },
    ]
}

fn links(answer: &crate::web_service::Answer) -> Vec<String> {
    let all = answer.headers.get_all("link").iter();
    all.map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_answer_of_a_deprecated_operation_says_since_when_and_until_when() {
    let service = WebService::deprecating(invented()).await;
    let answer = service.items("/api/v1/notices/parcels/tls-1.2").await;
    assert_eq!(answer.header("deprecation"), "@1769817600");
    assert_eq!(answer.header("sunset"), "Sun, 28 Feb 2027 00:00:00 GMT");
    let told = "</api/changelog#deprecated-api-v1-notices-program-id>";
    let links = links(&answer);
    assert!(
        links.contains(&format!("{told}; rel=\"deprecation\"; type=\"text/html\"")),
        "{links:?}"
    );
    assert!(links.contains(&format!("{told}; rel=\"sunset\"; type=\"text/html\"")), "{links:?}");
    assert!(
        links.contains(&"</api/v2/notices>; rel=\"successor-version\"".to_owned()),
        "{links:?}"
    );
    // Errors and 304 say it, too: whoever meets them calls it as well.
    let tag = answer.header("etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    let again = service.ask(Method::GET, "/api/v1/notices/parcels/tls-1.2", &known).await;
    assert_eq!((again.status.as_u16(), again.header("deprecation")), (304, "@1769817600"));
    let none = service.get("/api/v1/notices/parcels/none").await;
    assert_eq!((none.status.as_u16(), none.header("deprecation")), (404, "@1769817600"));
    for other in ["/api/v1/notices", "/api/v1/impacted", "/notices/parcels/tls-1.2"] {
        assert_eq!(service.items(other).await.header("deprecation"), "", "{other}");
    }
}

#[tokio::test]
async fn a_deprecated_parameter_is_told_to_those_who_give_it() {
    let service = WebService::deprecating(invented()).await;
    let given = service.items("/api/v1/impacted?group=shipping&limit=1").await;
    assert_eq!(given.header("deprecation"), "@1772323200");
    let all = links(&given);
    assert!(all.iter().any(|link| link.contains("rel=\"next\"")), "{all:?}");
    let anchor = "#deprecated-api-v1-impacted-group>";
    assert_eq!(all.iter().filter(|link| link.contains(anchor)).count(), 2, "{all:?}");
    assert!(!all.iter().any(|link| link.contains("successor")), "{all:?}");
    // Of several, the first to have been taken back and the first to go.
    let both = service.items("/api/v1/impacted?group=shipping&url=api.parcels.example").await;
    assert_eq!(both.header("deprecation"), "@1769904000");
    assert_eq!(both.header("sunset"), "Mon, 01 Mar 2027 00:00:00 GMT");
    assert_eq!(service.items("/api/v1/impacted?api=rates").await.header("sunset"), "");
}

#[tokio::test]
async fn the_description_and_the_pages_name_what_is_deprecated() {
    let service = WebService::deprecating(invented()).await;
    let document = service.items("/openapi.json").await.json();
    let notice = &document["paths"]["/api/v1/notices/{program}/{id}"]["get"];
    assert_eq!(notice["deprecated"], true);
    assert_eq!(notice["x-sunset"], "2027-02-28");
    assert!(notice["description"].as_str().unwrap().contains("Use `/api/v2/notices` instead."));
    let parameters = document["paths"]["/api/v1/impacted"]["get"]["parameters"].as_array().unwrap();
    let marked: Vec<_> = parameters.iter().filter(|p| p["deprecated"] == true).collect();
    let names: Vec<_> = marked.iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["group", "url"]);
    assert!(marked.iter().all(|p| p["x-sunset"].is_string()));
    let page = service.items("/api/changelog").await.body;
    for one in invented() {
        let anchor = format!("id=\"{}\"", one.anchor());
        assert!(page.contains(&anchor), "{anchor}");
    }
    let reference = service.items("/api").await.body;
    assert!(reference.matches("<strong>deprecated</strong>").count() >= 3);
    assert!(reference.contains("/api/changelog#deprecated-api-v1-impacted-group"));
}

#[tokio::test]
async fn what_is_deprecated_in_fact_is_described_told_and_among_the_changes() {
    let service = WebService::start().await;
    let document = service.items("/openapi.json").await.json();
    let changes = std::fs::read_to_string("docs/api-changelog.md").unwrap();
    let present = service.service.deprecations();
    assert!(!present.is_empty());
    for Deprecation { path, parameter, since, sunset, .. } in present {
        assert!(*since <= *sunset && (*sunset - *since).num_days() >= 365, "{path}");
        let operation = &document["paths"][path.as_ref()]["get"];
        let described = match parameter {
            None => operation.clone(),
            Some(name) => {
                let all = operation["parameters"].as_array().unwrap();
                all.iter().find(|p| p["name"] == **name).unwrap().clone()
            }
        };
        assert_eq!(described["deprecated"], Value::Bool(true), "{path}");
        assert!(changes.contains(&format!("{path}` is deprecated")), "{path}");
    }
    let old = service.items("/api/v1/openapi.json").await;
    assert!(old.header("deprecation").starts_with('@'));
    assert_eq!(old.body, service.items("/openapi.json").await.body);
    assert_eq!(service.items("/openapi.json").await.header("deprecation"), "");
}
