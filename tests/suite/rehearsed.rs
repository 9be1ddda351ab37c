//! Whoever tries a test endpoint is known by a name that is theirs alone, sees what their
//! clients tried, and says by themselves that they are done.

use crate::databases::on_postgres_too;
use crate::rehearsal_site::{Rehearsals, STRICT};
use crate::reminded::Followed;
use crate::store_contract_trying::{HOST, at_endpoint, by, keep};
use crate::web_service::WebService;
use chrono::Duration;
use fairwarning::announce::forget_attempts;
use fairwarning::config::PublicUrl;
use fairwarning::links::Token;
use fairwarning::notice::{Attempt, AttemptOutcome as Outcome, Notice, TestEndpoint, TlsVersion};
use fairwarning::{subscribers, web};
use reqwest::Method;
use serde_json::json;

on_postgres_too!(
    done_is_offered_to_whoever_passed_and_said_by_posting_alone,
    attempts_are_kept_as_long_as_their_program_declares,
    all_that_is_known_of_somebody_holds_their_attempts,
);

pub fn with_endpoint(notice: &mut Notice) {
    let url = format!("https://{HOST}/tested");
    let declared = json!({"url": url, "rehearsal": {"minimum": "TLS 1.2"}});
    let endpoint: TestEndpoint = serde_json::from_value(declared).unwrap();
    notice.test_endpoints.insert("tls".parse().unwrap(), endpoint);
}

/// An office that let `count` people rehearse and told them so, and the token of the first.
pub async fn rehearsing(count: usize) -> (Followed, String) {
    let mut followed = Followed::open().await;
    followed.publish(|_, notice| with_endpoint(notice)).await;
    followed.office.import_people(count).await;
    followed.announce().await;
    assert_eq!(followed.deliver_all().await.len(), count);
    let token = followed.office.keys.sign(&Token::Rehearse { subscriber: 1 });
    (followed, token)
}

fn passing(followed: &Followed, token: &str) -> Attempt {
    let attempt = at_endpoint(Outcome::Passed, followed.office.clock.now());
    let negotiated = Some(TlsVersion::Tls13);
    let offered = vec![0x3a3a, 0x0304, 0x0303];
    Attempt { negotiated, offered, alert: None, ..by(attempt, token) }
}

fn preferences(followed: &Followed) -> String {
    format!("/preferences/{}", followed.office.keys.sign(&Token::Preferences { subscriber: 1 }))
}

#[tokio::test]
async fn done_is_offered_to_whoever_passed_and_said_by_posting_alone() {
    let (mut followed, token) = rehearsing(2).await;
    let service = WebService::over(&followed.office).await;
    let done = format!("/rehearsed/{token}/{}", followed.path());
    for _ in 0..2 {
        let page = service.post(&done, &[]).await;
        assert!(page.body.contains("No attempt of yours that passed"), "{}", page.body);
        keep(
            &followed.office,
            vec![by(at_endpoint(Outcome::TooOld, followed.office.clock.now()), &token)],
        )
        .await;
    }
    followed.office.clock.pass(Duration::minutes(1));
    keep(&followed.office, vec![passing(&followed, &token)]).await;
    let own = service.get(&format!("{}/rehearsals", preferences(&followed))).await;
    assert!(own.body.contains(&format!("href=\"{done}\"")), "{}", own.body);
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let answer = service.ask(method, &done, &[]).await;
        assert!(answer.status.is_success());
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    let asked = service.get(&done).await;
    assert!(asked.body.contains("Your last attempt passed."), "{}", asked.body);
    assert!(asked.body.contains("<form method=\"post\""), "{}", asked.body);
    assert_eq!(
        (asked.header("x-robots-tag"), asked.header("cache-control")),
        ("noindex, nofollow", "no-store")
    );
    // Nothing was said by looking.
    assert_eq!(followed.tick_at("2020-02-29T14:00:00Z").await.reminders, 2);
    followed.deliver_all().await;
    for _ in 0..2 {
        let said = service.post(&done, &[]).await;
        assert!(said.body.contains("Thank you"), "{}", said.body);
    }
    assert_eq!(followed.tick_at("2020-03-14T13:00:00Z").await.reminders, 1);
    assert_eq!(followed.deliver_all().await, ["p2@example.org"]);
    let own = service.get(&format!("{}/rehearsals", preferences(&followed))).await;
    assert!(!own.body.contains(&done), "what is done is not asked for: {}", own.body);
}

/// Keeps what the listener noted last, as `serve` does.
async fn keep_noted(followed: &Followed, site: &mut Rehearsals) {
    let attempt = site.attempt().await;
    keep(&followed.office, vec![attempt]).await;
    followed.office.clock.pass(Duration::minutes(1));
}

#[tokio::test]
async fn a_real_client_by_its_own_host_fails_then_passes_and_its_owner_is_reminded_no_more() {
    let (mut followed, token) = rehearsing(2).await;
    let url = format!("https://{STRICT}/");
    followed.publish(|_, notice| notice.test_endpoints[0].url = url.parse().unwrap()).await;
    let public = PublicUrl::parse("https://notices.example").unwrap();
    let web = WebService::over_at(&followed.office, Some(public)).await;
    let mut site = Rehearsals::over(web);
    let own = format!("{token}.{STRICT}");
    let old = ["--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"];
    assert!(!site.curl(&own, "/", &old).await.status.success());
    keep_noted(&followed, &mut site).await;
    let passed = site.curl(&own, "/", &[]).await;
    keep_noted(&followed, &mut site).await;
    let told: serde_json::Value = serde_json::from_slice(&passed.stdout).unwrap();
    let done = told["done_url"].as_str().unwrap().strip_prefix("https://notices.example").unwrap();
    let anybodys = site.curl(STRICT, "/", &[]).await;
    let anybodys: serde_json::Value = serde_json::from_slice(&anybodys.stdout).unwrap();
    assert_eq!(anybodys.get("done_url"), None, "nobody is known by the plain name");
    let page = site.web.get(&format!("{}/rehearsals", preferences(&followed))).await;
    let (failed, passed) = ("It offered TLS 1.1 at most", "It passed, with TLS 1.3");
    let places = [failed, passed].map(|part| page.body.find(part).expect(&page.body));
    assert!(places[0] < places[1], "{}", page.body);
    for part in [STRICT, "127.0.0.0/24", done] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let said = site.web.post(done, &[]).await;
    assert!(said.body.contains("Thank you"), "{}", said.body);
    assert_eq!(followed.tick_at("2020-02-29T14:00:00Z").await.reminders, 1);
    assert_eq!(followed.deliver_all().await, ["p2@example.org"]);
}

#[tokio::test]
async fn a_token_of_another_kind_or_a_notice_of_nobody_leads_nowhere() {
    let (followed, token) = rehearsing(1).await;
    let service = WebService::over(&followed.office).await;
    let path = followed.path();
    let other = followed.office.keys.sign(&Token::Preferences { subscriber: 1 });
    for bad in [format!("/rehearsed/{other}/{path}"), format!("/rehearsed/x/{path}")] {
        assert_eq!(service.get(&bad).await.status, 404, "{bad}");
        assert_eq!(service.post(&bad, &[]).await.status, 404, "{bad}");
    }
    let elsewhere = service.post(&format!("/rehearsed/{token}/parcel/other"), &[]).await;
    assert_eq!(elsewhere.status, 404, "{}", elsewhere.body);
    assert_eq!(service.get(&format!("/preferences/{token}/rehearsals")).await.status, 404);
}

#[tokio::test]
async fn the_page_shows_what_failed_first_and_says_what_to_do() {
    let (followed, token) = rehearsing(1).await;
    let office = &followed.office;
    let service = WebService::over(office).await;
    let page = service.get(&preferences(&followed)).await;
    assert!(page.body.contains(&format!("{token}.{HOST}")), "{}", page.body);
    let address = format!("{}/rehearsals", preferences(&followed));
    let before = service.get(&address).await;
    assert!(before.body.contains("Not tried"), "{}", before.body);
    for outcome in [Outcome::TooOld, Outcome::DistrustsCertificate, Outcome::PlainHttp] {
        office.clock.pass(Duration::minutes(1));
        keep(office, vec![by(at_endpoint(outcome, office.clock.now()), &token)]).await;
    }
    office.clock.pass(Duration::minutes(1));
    keep(office, vec![passing(&followed, &token)]).await;
    let page = service.get(&address).await;
    let in_order = [
        "It spoke HTTP without TLS",
        "It offered TLS 1.1 at most, which is too old",
        "It got the alert protocol_version",
        "It passed, with TLS 1.3",
        "this says nothing about versions",
    ];
    let mut from = 0;
    for part in in_order {
        let found = page.body[from..].find(part);
        from += found.unwrap_or_else(|| panic!("{part}: {}", page.body));
    }
    assert!(page.body.contains("TLS 1.0, TLS 1.1") && page.body.contains("TLS 1.2, TLS 1.3"));
    assert!(page.body.contains("192.0.2.0/24"));
    for (header, value) in [
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(page.header(header), value);
    }
    assert!(!page.body.contains(&format!("href=\"https://{token}")), "a browser would pass");
}

#[tokio::test]
async fn a_program_gets_the_same_as_json_page_by_page() {
    let (followed, token) = rehearsing(1).await;
    let office = &followed.office;
    let service = WebService::over(office).await;
    for outcome in [Outcome::TooOld, Outcome::BrokenOff] {
        keep(office, vec![by(at_endpoint(outcome, office.clock.now()), &token)]).await;
    }
    let address = format!("/api/v1{}/rehearsals", preferences(&followed));
    let first = service.get(&format!("{address}?limit=1")).await.json();
    assert_eq!(first["notices"][0]["state"], "fails");
    let host = json!({"endpoint": "tls", "host": format!("{token}.{HOST}")});
    assert_eq!(first["notices"][0]["hosts"], json!([host]));
    let attempt = &first["attempts"][0];
    assert_eq!((&attempt["outcome"], &attempt["failed"]), (&json!("too_old"), &json!(true)));
    assert_eq!(
        attempt["alert"],
        json!({"sent_by": "server", "code": 70, "name": "protocol_version"})
    );
    assert_eq!(attempt["offered"], json!([769, 770]));
    let next = first["next"].as_str().unwrap();
    let second = service.get(&format!("{address}?limit=1&after={next}")).await.json();
    assert_eq!(second["attempts"][0]["outcome"], "broken_off");
    for bad in ["after=x", "after=2-1-1", "after=1-1", "limit=0", "other=1"] {
        assert_eq!(service.get(&format!("{address}?{bad}")).await.status, 400, "{bad}");
    }
    assert_eq!(service.get(&address.replace("preferences/", "preferences/x")).await.status, 404);
}

#[tokio::test]
async fn the_mail_names_the_host_that_is_its_readers_alone() {
    let (followed, token) = rehearsing(1).await;
    let office = &followed.office;
    let folder = office.folder.path().join("mail");
    let settings = crate::test_office::mail_settings(&["--mail-dir", folder.to_str().unwrap()]);
    office.import("address,programs\nlate@example.org,parcel\n").await.unwrap();
    let filled = office.fill(None).await.unwrap();
    office.deliver(filled.occasion, settings).await;
    let mails: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap().replace("=\r\n", ""))
        .collect();
    let own = office.keys.sign(&Token::Rehearse { subscriber: 2 });
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].matches(&format!("{own}.{HOST}")).count(), 2, "{}", mails[0]);
    assert!(!mails[0].contains(&format!("//{own}")), "nothing to follow");
    assert!(!mails[0].contains(&token));
}

#[tokio::test]
async fn strangers_and_tests_see_the_host_as_everybody_does() {
    let (followed, _) = rehearsing(1).await;
    let service = WebService::over(&followed.office).await;
    let page = service.get(&format!("/notices/{}", followed.path())).await;
    assert!(page.body.contains(HOST) && !page.body.contains(&format!(".{HOST}")), "{}", page.body);
    let (program, notice) = (&followed.program, followed.program.notices.values().next().unwrap());
    let renderer = fairwarning::render::Renderer::new(&Default::default()).unwrap();
    let at = followed.office.clock.now();
    let kind = fairwarning::notice::OccasionKind::Test;
    let locale = Default::default();
    let test = renderer.edition(program, notice, kind, &locale, &[], at).unwrap();
    assert!(test.text.contains(HOST) && !test.text.contains(&format!(".{HOST}")), "{}", test.text);
}

#[tokio::test]
async fn whoever_passed_is_led_to_where_done_is_said() {
    let (followed, token) = rehearsing(1).await;
    let service = WebService::start_empty(true).await;
    let path = followed.path();
    let keys = service.service.keys();
    let own = keys.sign(&Token::Rehearse { subscriber: 1 });
    let offer = web::done_offer(&service.service, &own.to_uppercase(), &path);
    assert_eq!(offer.unwrap(), format!("https://notices.example/rehearsed/{own}/{path}"));
    assert_eq!(web::done_offer(&service.service, &token, &path), None, "another house's");
    let other = keys.sign(&Token::Preferences { subscriber: 1 });
    assert_eq!(web::done_offer(&service.service, &other, &path), None);
}

#[tokio::test]
async fn attempts_are_kept_as_long_as_their_program_declares() {
    let (mut followed, token) = rehearsing(1).await;
    followed
        .publish(|program, _| program.settings.rehearsals.keep = "90 days".parse().unwrap())
        .await;
    let store = followed.office.store.clone();
    let begin = followed.office.clock.now();
    let nowhere = Attempt { endpoint: None, ..at_endpoint(Outcome::NotTls, begin) };
    let old = by(at_endpoint(Outcome::TooOld, begin), &token);
    keep(&followed.office, vec![nowhere, old]).await;
    let forget = async |days| forget_attempts(&store, begin + Duration::days(days)).await.unwrap();
    assert_eq!(forget(90).await, 0);
    assert_eq!(forget(91).await, 1);
    assert_eq!(forget(180).await, 0, "nobody said how long it is kept");
    assert_eq!(forget(181).await, 1);
    // How somebody stands is no attempt, and stays.
    assert_eq!(store.readiness_of(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn all_that_is_known_of_somebody_holds_their_attempts() {
    let (followed, token) = rehearsing(1).await;
    let office = &followed.office;
    keep(office, vec![passing(&followed, &token)]).await;
    let address = "p1@example.org".parse().unwrap();
    let known = subscribers::known_of(&office.store, &office.keys, &address).await.unwrap();
    let known = serde_json::to_value(&known).unwrap();
    assert_eq!(known["attempts"][0]["outcome"], "passed");
    assert_eq!(known["attempts"][0]["peer"], "192.0.2.0/24");
    assert_eq!(known["readiness"][0]["state"], "passes");
    assert!(office.store.remove_subscriber(&address).await.unwrap());
    let known = subscribers::known_of(&office.store, &office.keys, &address).await.unwrap();
    let known = serde_json::to_value(&known).unwrap();
    assert_eq!((known.get("attempts"), known.get("readiness")), (None, None));
}
