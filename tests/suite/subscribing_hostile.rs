//! What strangers send to the form and the API: nothing of it gets through, and
//! each mistake is told at its field.

use crate::subscribing::{ADA, JSON, everyone, mails};
use crate::web_service::WebService;
use fairwarning::links::Token;
use reqwest::Method;

#[tokio::test]
async fn each_mistake_is_told_with_its_field_and_a_way_out() {
    let service = WebService::start().await;
    let long = "x".repeat(10_000);
    let long_address = format!("{long}@x.example");
    for (fields, field, words) in [
        (vec![("address", "")], "address", "missing"),
        (vec![("address", "nobody")], "address", "not a mail address"),
        (vec![("address", "a@x.example\r\nBcc: b@x.example")], "address", "not a mail address"),
        (vec![("address", long_address.as_str())], "address", "not a mail address"),
        (vec![("name", "a\r\nBcc: b@x.example")], "name", "one line"),
        (vec![("name", long.as_str())], "name", "100 characters"),
        (vec![("program", "")], "program", "missing"),
        (vec![("program", "parsels")], "program", "did you mean `parcels`?"),
        (vec![("api", "Labels")], "apis", "did you mean `labels`?"),
        (vec![("api", long.as_str())], "apis", "there is no API"),
        (vec![("environment", "prd")], "environments", "did you mean `prod`?"),
        (vec![("kind", "rumour")], "kinds", "there is no kind"),
        (vec![("locale", "xx")], "locale", "there is no language here `xx`"),
        (vec![("zone", "Europe/Pariss")], "zone", "did you mean `Europe/Paris`?"),
    ] {
        let mut json = serde_json::Map::new();
        json.insert("program".to_owned(), "parcels".into());
        json.insert("address".to_owned(), ADA.into());
        let mut form = vec![("program", "parcels"), ("address", ADA)];
        for (name, value) in fields {
            form.retain(|(known, _)| *known != name);
            form.push((name, value));
            let (name, value) = match name {
                "api" | "environment" | "kind" => (format!("{name}s"), vec![value].into()),
                _ => (name.to_owned(), serde_json::Value::from(value)),
            };
            json.insert(name, value);
        }
        let body = serde_json::Value::from(json).to_string();
        let answer = service.send("/api/v1/subscriptions", &JSON, body).await;
        assert_eq!(answer.status, 422, "{field}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["code"], "bad-field");
        assert_eq!(problem["errors"][0]["parameter"], field);
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{field}: {detail}");
        assert!(answer.body.len() < 2_000, "what was given is not sent back whole");
        let page = service.post("/subscribe", &form).await;
        assert_eq!(page.status, 422, "{field}: {}", page.body);
        if field != "program" {
            let id = format!("id=\"{field}-error\"");
            assert!(page.body.contains(&id) || field == "locale", "{field}: {}", page.body);
            assert!(page.body.contains("role=\"alert\""));
        }
    }
    assert_eq!(mails(&service).await.len(), 0);
}

#[tokio::test]
async fn a_body_of_another_form_is_refused_with_what_would_work() {
    let service = WebService::start().await;
    let api = "/api/v1/subscriptions";
    let good = format!("{{\"program\":\"crm\",\"address\":\"{ADA}\"}}");
    let text = [("content-type", "text/plain")];
    for (path, headers, body, status, code) in [
        (api, &JSON[..], "", 400, "bad-body"),
        (api, &JSON, "[]", 400, "bad-body"),
        (api, &JSON, "{\"adress\":\"x\"}", 400, "bad-body"),
        (api, &JSON, "{\"apis\":\"labels\"}", 400, "bad-body"),
        (api, &JSON, "{\"address\":\"a@x.example\",\"address\":\"b@x.example\"}", 400, "bad-body"),
        (api, &text, good.as_str(), 415, "other-type"),
        (api, &[], good.as_str(), 415, "other-type"),
        ("/subscribe", &text, "program=crm", 415, "other-type"),
        ("/subscribe", &JSON, good.as_str(), 415, "other-type"),
    ] {
        let answer = service.send(path, headers, body.to_owned()).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {body}: {}", answer.body);
        assert_eq!(answer.json()["code"], code, "{path} {body}");
    }
    for path in [api, "/subscribe"] {
        let form = [(
            "content-type",
            if path == api { JSON[0].1 } else { "application/x-www-form-urlencoded" },
        )];
        let answer = service.send(path, &form, "x".repeat(20_000)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (413, Some("body-too-large"))
        );
    }
    let upper = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(service.send(api, &upper, good).await.status, 202);
}

#[tokio::test]
async fn methods_that_do_not_work_are_refused_with_those_that_do() {
    let service = WebService::start().await;
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = service.ask(method.clone(), "/api/v1/subscriptions", &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, "POST, OPTIONS"),
            "{method}"
        );
    }
    let asked = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let preflight = service.ask(Method::OPTIONS, "/api/v1/subscriptions", &asked).await;
    assert_eq!(preflight.header("access-control-allow-headers"), "", "no page elsewhere may post");
    for path in ["/subscribe", "/subscribe?program=parcels&address=ada%40integrator.example"] {
        for method in [Method::GET, Method::HEAD] {
            let answer = service.ask(method, path, &[]).await;
            assert_eq!(answer.status, 200);
            assert!(!answer.body.contains(ADA), "an address in a link is not shown");
        }
    }
    assert_eq!(mails(&service).await.len(), 0);
    assert!(everyone(&service).await.is_empty());
}

#[tokio::test]
async fn a_form_sent_by_another_site_is_refused() {
    let service = WebService::start_empty(true).await;
    service.publish(crate::web_service::WORKSPACE.clone()).await;
    let own = service.address.clone();
    let fields = [("program", "parcels"), ("address", ADA)];
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "none", 200),
        ("origin", "https://elsewhere.example", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 200),
        ("origin", "https://notices.example", 200),
        ("x-nothing", "said", 200),
    ] {
        let form = service.items("/subscribe?program=parcels").await.body;
        let (_, token) = form.split_once("name=\"csrf_token\" value=\"").unwrap();
        let token = ("csrf_token", token.split('"').next().unwrap());
        let fields = [fields[0], fields[1], token];
        let answer = service.post_as("/subscribe", &fields, &[(name, value)]).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {value}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_confirmation_takes_its_own_token_alone() {
    let service = WebService::start().await;
    service.post("/subscribe", &[("program", "parcels"), ("address", ADA)]).await;
    let path = mails(&service).await[0].path("/confirm/");
    let keys = service.service.keys();
    let program = "parcels".parse().unwrap();
    let mut forged = path.trim_start_matches("/confirm/").to_owned();
    let last = forged.pop().unwrap();
    forged.push(if last == 'a' { 'b' } else { 'a' });
    for token in [
        forged,
        keys.sign(&Token::Preferences { subscriber: 1 }),
        keys.sign(&Token::Bounce { row: 1 }),
        keys.sign(&Token::Unsubscribe { subscriber: 1, program }),
        "a".repeat(600),
    ] {
        let answer = service.post(&format!("/confirm/{token}"), &[("do", "confirm")]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (404, Some("unknown-token"))
        );
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(!answer.body.contains(&token));
    }
    let never = keys.sign(&Token::Confirm { pending: 99 });
    assert_eq!(service.post(&format!("/confirm/{never}"), &[("do", "confirm")]).await.status, 410);
    assert!(everyone(&service).await.is_empty());
}

#[tokio::test]
async fn what_is_typed_is_text_on_the_page() {
    let service = WebService::start().await;
    let evil = "\"><script>alert(1)</script>{{ 7*7 }}";
    let fields = [("program", "parcels"), ("address", evil), ("name", evil), ("zone", evil)];
    let page = service.post("/subscribe", &fields).await;
    assert_eq!(page.status, 422);
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    assert!(page.body.contains("{{ 7*7 }}"), "it is shown as it was typed");
    let address = "/subscribe?program=parcels&api=%22%3E%3Cscript%3E&lang=%22x";
    assert!(!service.get(address).await.body.contains("<script>"));
}
