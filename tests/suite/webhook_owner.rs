//! Webhooks in their owners' hands: the page, the API, the office's command, and
//! the mail to whoever has one that was disabled.

use crate::commands::{Service, Workplace};
use crate::subscribing::{ADA, mails, subscribed};
use crate::web_service::WebService;
use crate::webhook_receiver::{Answer, Receiver};
use crate::webhooks::webhook_settings;
use fairwarning::announce::{self, webhook_news};
use fairwarning::delivery::Webhooks;
use fairwarning::links::Token;
use fairwarning::notice::{Carrier, WebhookState, WebhookTrouble};
use fairwarning::store::{Health, NewNode, Report, Webhook};
use reqwest::Method;
use tokio::sync::watch;

const FIELDS: [(&str, &str); 2] = [("program", "parcels"), ("address", ADA)];
const URL: &str = "https://hooks.example.org/deprecations";

async fn known(service: &WebService) -> Option<Webhook> {
    service.service.store().webhook(1).await.unwrap()
}

fn secret_in(page: &str) -> Option<String> {
    let at = page.find("whsec_")?;
    page[at..].split('<').next().map(str::to_owned)
}

#[tokio::test]
async fn the_page_sets_a_webhook_and_shows_its_secret_once() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let set = service.post(&path, &[("do", "webhook-set"), ("url", URL)]).await;
    assert_eq!(set.status, 200, "{}", set.body);
    assert_eq!(set.header("cache-control"), "no-store");
    let secret = secret_in(&set.body).expect("the secret is shown");
    let page = service.get(&path).await;
    assert_eq!(secret_in(&page.body), None, "it was shown once");
    assert!(page.body.contains(URL) && page.body.contains("A challenge is sent"), "{}", page.body);
    assert_eq!(known(&service).await.unwrap().state, WebhookState::Pending);
    let renewed = service.post(&path, &[("do", "webhook-secret")]).await;
    assert_ne!(secret_in(&renewed.body).expect("a new one"), secret);
    assert!(renewed.body.contains("For 24 hours"));
    service.post(&path, &[("do", "webhook-remove")]).await;
    assert_eq!(known(&service).await, None);
}

#[tokio::test]
async fn an_address_that_is_not_called_is_refused_and_nothing_changes() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let canary = Receiver::start().await;
    let long = format!("https://hooks.example.org/{}", "x".repeat(1_000));
    for url in ["", "no url", "ftp://hooks.example.org/", "http://hooks.example.org/"]
        .into_iter()
        .chain(["https://127.1/", "https://[::ffff:10.0.0.1]/", "https://h.example:25/"])
        .chain([canary.url().as_str(), long.as_str(), "https://u:p@hooks.example.org/"])
    {
        let answer = service.post(&path, &[("do", "webhook-set"), ("url", url)]).await;
        assert_eq!(answer.status, 422, "{url}");
        assert!(answer.body.contains("id=\"url-error\""), "{}", answer.body);
        assert_eq!(known(&service).await, None);
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn addresses_are_set_only_so_often() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let mut statuses = Vec::new();
    for n in 0..20 {
        let url = format!("https://hooks.example.org/{n}");
        let answer = service.post(&path, &[("do", "webhook-set"), ("url", &url)]).await;
        statuses.push(answer.status.as_u16());
    }
    assert!(
        statuses.starts_with(&[200, 200, 200]) && statuses.ends_with(&[429, 429]),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn a_program_sets_it_with_the_link_from_the_mail() {
    let service = WebService::start().await;
    let path = format!("/api/v1{}/webhook", subscribed(&service, &FIELDS).await);
    let ask = async |method: Method, path: &str| service.ask(method, path, &[]).await;
    assert_eq!(ask(Method::GET, &path).await.status, 404);
    let put = async |body: &str, kind: &str| {
        let address = format!("{}{path}", service.address);
        let request = service.client.put(address).header("content-type", kind);
        let answer = request.body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, body) = put(&format!(r#"{{"url": "{URL}"}}"#), "application/json").await;
    assert_eq!(status, 202, "{body}");
    let told: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert!(told["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!((&told["url"], &told["state"]), (&URL.into(), &"pending".into()));
    let shown = ask(Method::GET, &path).await;
    assert_eq!(shown.json().get("secret"), None, "it was told once");
    assert_eq!(shown.header("cache-control"), "no-store");
    assert_eq!(shown.header("referrer-policy"), "no-referrer");
    assert_eq!(shown.header("access-control-allow-origin"), "", "no page of others reads it");
    for (body, kind, refused) in [
        (r#"{"url": "http://127.0.0.1/"}"#, "application/json", 400),
        (r#"{"url": 7}"#, "application/json", 400),
        (r#"{"url": "https://a.example/", "more": 1}"#, "application/json", 400),
        ("url=x", "application/x-www-form-urlencoded", 415),
    ] {
        assert_eq!(put(body, kind).await.0, refused, "{body}");
    }
    let renewed = ask(Method::POST, &format!("{path}/secret")).await;
    assert!(renewed.json()["secret"].as_str().unwrap().starts_with("whsec_"));
    let untested = ask(Method::POST, &format!("{path}/test")).await;
    assert_eq!(untested.status, 404, "it is not active yet");
    let refused = ask(Method::PATCH, &path).await;
    assert_eq!(
        (refused.status.as_u16(), refused.header("allow")),
        (405, "GET, HEAD, PUT, DELETE, OPTIONS")
    );
    assert_eq!(
        ask(Method::OPTIONS, &format!("{path}/test")).await.header("allow"),
        "POST, OPTIONS"
    );
    assert_eq!(ask(Method::DELETE, &path).await.status, 204);
    assert_eq!(known(&service).await, None);
    let bounce = service.service.keys().sign(&Token::Bounce { row: 1 });
    for token in [bounce.as_str(), "nonsense"] {
        let other = format!("/api/v1/preferences/{token}/webhook");
        assert_eq!(ask(Method::GET, &other).await.status, 404, "{token}");
    }
}

#[tokio::test]
async fn whoever_has_one_that_was_disabled_is_told_by_mail_once() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let (store, now) = (service.service.store(), service.service.now());
    service.post(&path, &[("do", "webhook-set"), ("url", URL)]).await;
    let node = NewNode { name: "test", lifetime: std::time::Duration::from_secs(600) };
    let node = store.register_node(node).await.unwrap();
    let webhook = known(&service).await.unwrap();
    let gone = (&webhook, Some(Health::Gone));
    let day = std::time::Duration::from_secs(86_400);
    let report = Report::Returned { row: 0 };
    let trouble = store.record_call(node, &report, gone, day).await.unwrap();
    assert_eq!(trouble, Some(WebhookTrouble::Gone));
    assert_eq!(webhook_news(store, Carrier::Files, now).await.unwrap(), 1);
    assert_eq!(webhook_news(store, Carrier::Files, now).await.unwrap(), 0, "once");
    let sent = mails(&service).await;
    let mail = sent.iter().find(|mail| mail.subject.contains("webhook")).expect("a mail");
    assert_eq!(mail.to, ADA);
    assert!(mail.subject.contains("hooks.example.org"), "{}", mail.subject);
    assert!(mail.text.contains("it is gone (410)"), "{}", mail.text);
    let path = mail.path("http");
    assert!(path.contains("/preferences/"), "{path}");
    let page = service.get(&path[path.find("/preferences/").unwrap()..]).await;
    assert!(page.body.contains("The webhook is not called."), "{}", page.body);
    let path = path[path.find("/preferences/").unwrap()..].to_owned();
    service.post(&path, &[("do", "webhook-enable")]).await;
    assert_eq!(known(&service).await.unwrap().state, WebhookState::Pending);
    assert!(store.occasions().await.unwrap().is_empty(), "it is no round");
    announce::confirmations(store, Carrier::Files, now).await.unwrap();
}

#[tokio::test]
async fn an_export_names_the_webhook_without_its_secret() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    service.post(&path, &[("do", "webhook-set"), ("url", URL)]).await;
    let export = service.post(&path, &[("do", "export")]).await;
    assert_eq!(export.json()["webhook"]["url"], URL);
    assert!(!export.body.contains("whsec_") && !export.body.contains("salt"), "{}", export.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_sets_one_and_serve_proves_and_calls_it() {
    let place = Workplace::open().await;
    place.office.import_people(2).await;
    let receiver = Receiver::start().await.answering([Answer::Say(200, "", "")]);
    let allow = receiver.allowed();
    let set = ["webhook", "set", "p1@example.org", &receiver.url()];
    let (code, said) = place.run(&set).await;
    assert!(code != 0 && said.contains("not called without TLS"), "{code}: {said}");
    let (code, said) = place.run(&[&set[..], &[&allow]].concat()).await;
    assert!(code == 0 && said.contains("whsec_"), "{code}: {said}");
    let (_, list) = place.run(&["webhook", "list"]).await;
    assert!(list.contains("p…@example.org") && list.contains("pending"), "{list}");
    let mut service = Service::start(&place, &[&allow, "--mail-dir=mail"]);
    service.until(|| receiver.hits().len() == 1).await;
    let store = place.office.store.clone();
    crate::webhook_receiver::until("the challenge", async || {
        store.webhook(1).await.unwrap().unwrap().state == WebhookState::Active
    })
    .await;
    let announce = ["announce", "parcel/tls-1.2", "--yes", "--mail-dir=mail", &allow];
    let (code, said) = place.run(&announce).await;
    assert_eq!(code, 0, "{said}");
    service.until(|| receiver.told().len() == 1).await;
    service.end_well();
    let (_, table) = place.run(&["status", "parcel/tls-1.2"]).await;
    assert!(table.contains("1 accepted by webhook") && table.contains("2 accepted"), "{table}");
    let (_, proof) = place.run(&["proof", "parcel/tls-1.2"]).await;
    assert!(proof.contains("webhook"), "{proof}");
    let (code, said) = place.run(&["webhook", "test", "p1@example.org"]).await;
    assert!(code == 0 && said.contains("in a moment"), "{code}: {said}");
    let (code, said) = place.run(&["webhook", "enable", "p1@example.org"]).await;
    assert!(code == 2 && said.contains("the webhook is active"), "{code}: {said}");
    let (code, said) = place.run(&["webhook", "remove", "p1@example.org"]).await;
    assert!(code == 0 && said.contains("Removed"), "{code}: {said}");
    let (code, said) = place.run(&["webhook", "secret", "p1@example.org"]).await;
    assert!(code == 2 && said.contains("no webhook"), "{code}: {said}");
    let (code, said) = place.run(&["webhook", "test", "nobody@example.org"]).await;
    assert!(code == 1 && said.contains("no recipient"), "{code}: {said}");
}

#[tokio::test]
async fn one_that_was_disabled_is_proven_again_from_the_page() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let receiver = Receiver::start().await;
    let inner = &service.service;
    let url = receiver.url().parse().unwrap();
    let (store, keys) = (inner.store(), (*inner.keys()).clone());
    fairwarning::subscribers::set_webhook(store, &keys, 1, &url, inner.now()).await.unwrap();
    let settings = webhook_settings(&[receiver.allowed()]);
    let mail = crate::test_office::mail_settings(&[]);
    let calling =
        Webhooks::new(store.clone(), keys, &mail, settings, service.clock.clone()).unwrap();
    let (running, stop) = watch::channel(false);
    let task = tokio::spawn(calling.run(None, stop));
    crate::webhook_receiver::until("the challenge", async || {
        known(&service).await.unwrap().state == WebhookState::Active
    })
    .await;
    running.send_replace(true);
    task.await.unwrap().unwrap();
    let page = service.get(&path).await;
    assert!(page.body.contains("value=\"webhook-test\""), "{}", page.body);
    let asked = service.post(&path, &[("do", "webhook-test")]).await;
    assert_eq!(asked.status, 200);
}
