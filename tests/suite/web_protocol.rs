//! What holds for every answer: validators, errors, methods, headers, limits.

use crate::web_service::{WORKSPACE, WebService};
use proptest::prelude::*;
use reqwest::{Method, StatusCode};

const LISTS: [&str; 5] =
    ["/api/v1/impacted", "/api/v1/notices", "/api/v1/apis", "/api/v1/schedule", "/api/v1/now"];

const CATALOG: &str = "/.well-known/api-catalog";
const NOTICE: &str = "/api/v1/notices/parcels/tls-1.2";

async fn etag(service: &WebService, path: &str) -> String {
    let answer = service.items(path).await;
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{path}: {tag}");
    tag
}

#[tokio::test]
async fn an_unchanged_table_answers_304() {
    let service = WebService::start().await;
    for path in LISTS.into_iter().chain([NOTICE, "/openapi.json", CATALOG]) {
        let tag = etag(&service, path).await;
        for asked in [tag.clone(), "*".to_owned(), format!("\"other\", {tag}"), format!("W/{tag}")]
        {
            let again = service.ask(Method::GET, path, &[("if-none-match", &asked)]).await;
            assert_eq!(again.status, 304, "{path} {asked}");
            assert_eq!(again.header("etag"), tag);
            assert_eq!(again.body, "");
            assert!(again.header("cache-control").contains("max-age="));
        }
        let other = service.ask(Method::GET, path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_same_tag_always_means_the_same_bytes() {
    let service = WebService::start().await;
    for path in ["/api/v1/impacted?limit=2", "/api/v1/impacted?within=30+days&limit=1", NOTICE] {
        let first = service.items(path).await;
        service.set_clock("2026-03-10T12:00:41.5Z");
        let second = service.items(path).await;
        assert_eq!(first.header("etag"), second.header("etag"), "{path}");
        assert_eq!(first.body, second.body, "{path}");
        service.set_clock(crate::web_service::NOON);
    }
}

#[tokio::test]
async fn a_passing_edge_changes_the_tag() {
    let service = WebService::start().await;
    let path = "/api/v1/impacted?api=labels";
    service.set_clock("2026-04-01T13:59:00Z");
    let before = etag(&service, path).await;
    service.set_clock("2026-04-01T13:59:59.999999Z");
    assert_eq!(etag(&service, path).await, before);
    service.set_clock("2026-04-01T14:00:00Z");
    let during = etag(&service, path).await;
    assert_ne!(during, before, "a brownout began");
    service.set_clock("2026-04-01T16:00:00Z");
    assert_ne!(etag(&service, path).await, during, "the brownout ended");
}

#[tokio::test]
async fn an_answer_about_a_named_moment_keeps_its_tag_as_time_passes() {
    let service = WebService::start().await;
    let path = "/api/v1/impacted?on=2026-04-01";
    let before = etag(&service, path).await;
    service.set_clock("2027-01-01T00:00:00Z");
    assert_eq!(etag(&service, path).await, before);
}

#[tokio::test]
async fn a_stretch_that_moves_along_changes_its_tag_by_the_minute() {
    let service = WebService::start().await;
    let path = "/api/v1/impacted?within=30+days";
    let before = service.items(path).await;
    assert_eq!(before.header("cache-control"), "public, max-age=60");
    service.set_clock("2026-03-10T12:01:00Z");
    assert_ne!(etag(&service, path).await, before.header("etag"));
}

#[tokio::test]
async fn a_new_publication_changes_the_tag() {
    let service = WebService::start().await;
    let before = etag(&service, LISTS[0]).await;
    let mut changed = WORKSPACE.clone();
    changed.programs.get_mut("parcels").unwrap().settings.title = "Parcels".to_owned();
    service.publish(changed).await;
    assert_ne!(etag(&service, LISTS[0]).await, before);
}

#[tokio::test]
async fn no_answer_may_be_kept_beyond_the_next_edge() {
    let service = WebService::start().await;
    let age = async || {
        let answer = service.items(LISTS[0]).await;
        answer.header("cache-control").to_owned()
    };
    assert_eq!(age().await, "public, max-age=60");
    service.set_clock("2026-04-01T13:59:50Z");
    assert_eq!(age().await, "public, max-age=10");
    service.set_clock("2026-04-01T13:59:59.5Z");
    assert_eq!(age().await, "public, max-age=0");
}

#[tokio::test]
async fn questions_that_mean_the_same_have_the_same_tag() {
    let service = WebService::start().await;
    let tag = etag(&service, "/api/v1/impacted?state=due,paused&api=rates").await;
    for same in ["api=rates&state=paused&state=due", "state=paused,due,paused&api=+rates"] {
        assert_eq!(etag(&service, &format!("/api/v1/impacted?{same}")).await, tag, "{same}");
    }
}

/// Path, status, code, and words that the detail must hold.
const BAD: [(&str, u16, &str, &str); 30] = [
    ("/api/v1/impacted?program=", 400, "bad-parameter", "leave it out"),
    ("/api/v1/schedule?from=&limit=", 400, "bad-parameter", "limit: it is empty"),
    ("/api/v1/impacted?colour=red", 400, "bad-parameter", "no such parameter"),
    ("/api/v1/impacted?program=no+id", 400, "bad-parameter", "program"),
    ("/api/v1/impacted?program=a&program=b", 400, "bad-parameter", "more than once"),
    ("/api/v1/impacted?api=%ff%fe", 400, "bad-parameter", "api"),
    ("/api/v1/impacted?state=gone", 400, "bad-parameter", "cut-off"),
    ("/api/v1/impacted?url=ftp://x.example", 400, "bad-parameter", "http"),
    ("/api/v1/impacted?url=a+b", 400, "bad-parameter", "url"),
    ("/api/v1/impacted?on=yesterday", 400, "bad-parameter", "00:00 UTC"),
    ("/api/v1/impacted?on=2026-02-30", 400, "bad-parameter", "on"),
    ("/api/v1/impacted?on=10000-01-01", 400, "bad-parameter", "on"),
    ("/api/v1/impacted?on=2026-02-03T10:00", 400, "bad-parameter", "on"),
    ("/api/v1/impacted?within=soon", 400, "bad-parameter", "90 days"),
    ("/api/v1/impacted?within=-1+days", 400, "bad-parameter", "within"),
    ("/api/v1/impacted?sort=size", 400, "bad-parameter", "cutoff"),
    ("/api/v1/impacted?limit=0", 400, "bad-parameter", "1 to 1000"),
    ("/api/v1/impacted?limit=1001", 400, "bad-parameter", "1 to 1000"),
    ("/api/v1/impacted?limit=ten", 400, "bad-parameter", "1 to 1000"),
    ("/api/v1/impacted?cursor=zzz", 400, "bad-cursor", "next"),
    ("/api/v1/notices?kind=rumour", 400, "bad-parameter", "protocol"),
    ("/api/v1/notices?sort=cutoff", 400, "bad-parameter", "no such parameter"),
    ("/api/v1/notices/parcels/tls-1.2?x=1", 400, "bad-parameter", "there are as_of, on"),
    ("/api/v1/schedule?from=now", 400, "bad-parameter", "from"),
    ("/api/v1/apis?environment=prod", 400, "bad-parameter", "as_of, program, api, on"),
    ("/api/v1/notices/parcels/none", 404, "not-found", "parcels/none"),
    ("/api/v1/notices/pa%20rcels/none", 404, "not-found", "no notice"),
    ("/api/v1/notices/parcels/%00", 404, "not-found", "no notice"),
    ("/api/v2/impacted", 404, "not-found", "/api/v2/impacted"),
    ("/api/v1/impacted/", 404, "not-found", "/api/v1/impacted/"),
];

#[tokio::test]
async fn every_error_is_a_problem_that_names_the_way_out() {
    let service = WebService::start().await;
    for (path, status, code, words) in BAD {
        let answer = service.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{path}");
        assert_eq!(problem["code"], code, "{path}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{path}");
        assert!(!problem["title"].as_str().unwrap().is_empty(), "{path}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{path}: {detail}");
    }
}

#[tokio::test]
async fn all_mistakes_of_a_question_are_told_at_once() {
    let service = WebService::start().await;
    let answer = service.get("/api/v1/impacted?state=gone&limit=0&colour=red&on=never").await;
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let named: Vec<_> = errors.iter().map(|e| e["parameter"].as_str().unwrap()).collect();
    assert_eq!(named, ["state", "on", "limit", "colour"]);
}

#[tokio::test]
async fn another_method_is_refused_with_what_would_work() {
    let service = WebService::start().await;
    for path in LISTS.into_iter().chain([NOTICE, "/healthz", "/readyz", "/openapi.json"]) {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
            let answer = service.ask(method.clone(), path, &[]).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
            assert_eq!(answer.json()["code"], "method-not-allowed");
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let service = WebService::start().await;
    for path in LISTS.into_iter().chain([NOTICE, "/healthz", "/api/v1/impacted?limit=2"]) {
        let get = service.items(path).await;
        let head = service.ask(Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""), "{path}");
        for name in ["etag", "cache-control", "content-type", "content-length", "link"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn options_tells_the_methods_and_lets_other_pages_ask() {
    let service = WebService::start().await;
    let answer = service.ask(Method::OPTIONS, LISTS[0], &[("origin", "https://x.example")]).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(answer.header("access-control-allow-methods"), "GET, HEAD");
    let health = service.ask(Method::OPTIONS, "/healthz", &[]).await;
    assert_eq!(health.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let service = WebService::start().await;
    for path in [LISTS[0], "/healthz", "/nothing", "/api/v1/impacted?limit=0", "/"] {
        let answer = service.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "only behind https");
        let open = if path.starts_with("/api") { "*" } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), open, "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
    let behind_https = WebService::start_empty(true).await;
    let answer = behind_https.get("/healthz").await;
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn an_address_without_end_is_refused() {
    let service = WebService::start().await;
    let answer = service.get(&format!("/api/v1/impacted?api={}", "a".repeat(9_000))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (414, Some("address-too-long"))
    );
    let many = "state=due&".repeat(200);
    let answer = service.get(&format!("/api/v1/impacted?{many}")).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn the_service_is_ready_once_something_is_published() {
    let service = WebService::start_empty(false).await;
    assert_eq!(service.get("/healthz").await.status, 200);
    for path in LISTS.into_iter().chain(["/readyz", NOTICE]) {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.json()["code"], "not-ready");
    }
    service.publish(WORKSPACE.clone()).await;
    assert_eq!(service.items("/readyz").await.json()["status"], "ok");
    service.service.store().close().await;
    assert_eq!(service.get("/readyz").await.status, 503, "the store is gone");
    assert_eq!(service.get(LISTS[0]).await.status, 200, "and still it answers");
}

/// One server for all the questions of a property test.
fn ask_all(queries: Vec<String>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let service = WebService::start().await;
        for query in queries {
            for path in LISTS.into_iter().chain([NOTICE]) {
                let answer = service.get(&format!("{path}?{query}")).await;
                let status = answer.status.as_u16();
                assert!(matches!(status, 200 | 400 | 404), "{path}?{query}: {status}");
                assert!(answer.json().is_object());
            }
        }
    });
}

fn hostile_query() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        prop::sample::select(fairwarning::impact::FILTERS.to_vec()).prop_map(str::to_owned),
        prop::sample::select(vec!["limit", "cursor", "from", "until", "kind"])
            .prop_map(str::to_owned),
        "[a-z]{0,8}",
    ];
    let value = prop_oneof![
        "[ -~]{0,30}",
        "\\PC{0,20}",
        "[0-9]{1,4}-[0-9]{2}-[0-9]{2}(T[0-9:]{0,8}(Z|[+-][0-9:]{0,5})?)?",
        "[0-9]{1,8} (minute|hour|day|week|month|year)s?",
        "(https?://)?[a-z0-9.:\\[\\]@/%-]{0,30}",
        "(%[0-9a-f]{2}){0,6}",
    ];
    prop::collection::vec((name, value, any::<bool>()), 0..6).prop_map(|pairs| {
        let written = pairs.into_iter().map(|(name, value, raw)| {
            let escaped: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let is_plain =
                value.bytes().all(|b| b.is_ascii_graphic() && !b"#\"<>`{}|\\^".contains(&b));
            format!("{name}={}", if raw && is_plain { value } else { escaped })
        });
        written.collect::<Vec<_>>().join("&")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]
    #[test]
    fn no_question_makes_the_service_fail(
        queries in prop::collection::vec(hostile_query(), 60)
    ) {
        ask_all(queries);
    }
}

#[tokio::test]
async fn the_catalogue_leads_to_the_api_and_its_description() {
    let service = WebService::start_empty(true).await;
    let answer = service.ask(Method::GET, CATALOG, &[]).await;
    assert!(answer.header("content-type").starts_with("application/linkset+json; profile="));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let catalog = answer.json();
    let api = "https://notices.example/api/v1/";
    assert_eq!(catalog["linkset"][0]["item"][0]["href"], api);
    assert_eq!(catalog["linkset"][1]["anchor"], api);
    let described = catalog["linkset"][1]["service-desc"][0]["href"].as_str().unwrap();
    let path = described.strip_prefix("https://notices.example").unwrap();
    assert_eq!(service.ask(Method::GET, path, &[]).await.json()["info"]["title"], "fairwarning");
    let head = service.ask(Method::HEAD, CATALOG, &[]).await;
    let itself = "<https://notices.example/.well-known/api-catalog>; rel=\"api-catalog\"";
    assert_eq!((head.header("link"), head.body.as_str()), (itself, ""));
}
