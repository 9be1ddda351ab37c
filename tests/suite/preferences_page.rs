//! The page behind the link in every mail: what somebody hears, changed by whoever
//! reads their mailbox and by nobody else.

use crate::subscribing::{ADA, everyone, interests, mails, subscribed};
use crate::web_service::WebService;
use fairwarning::links::Token;
use fairwarning::notice::{Carrier, Frequency};
use fairwarning::{announce, subscribers};
use reqwest::Method;

const FIELDS: [(&str, &str); 3] = [("program", "parcels"), ("api", "labels"), ("address", ADA)];

#[tokio::test]
async fn looking_shows_what_is_heard_and_changes_nothing() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let before = everyone(&service).await;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let answer = service.ask(method, &path, &[]).await;
        assert!(answer.status.is_success());
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    let page = service.get(&path).await;
    for part in [ADA, "Parcel APIs", "value=\"labels\" id=\"p0-apis\" checked", "noindex"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(everyone(&service).await, before);
    let put = service.ask(Method::PUT, &path, &[]).await;
    assert_eq!((put.status.as_u16(), put.header("allow")), (405, "GET, HEAD, POST, OPTIONS"));
}

#[tokio::test]
async fn what_is_heard_of_a_program_is_replaced() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let change = [
        ("do", "hearing"),
        ("program", "parcels"),
        ("api", "rates"),
        ("environment", "test"),
        ("kind", "version"),
    ];
    let answer = service.post(&path, &change).await;
    assert!(answer.body.contains("Saved."), "{}", answer.body);
    assert_eq!(interests(&everyone(&service).await[0]), ["parcels/rates/test/version"]);
    service.post(&path, &[("do", "hearing"), ("program", "parcels")]).await;
    assert_eq!(interests(&everyone(&service).await[0]), ["parcels/*/*/*"]);
}

#[tokio::test]
async fn what_the_form_cannot_show_is_shown_in_words() {
    let service = WebService::start().await;
    let list = "address,programs,apis,environments\n\
        ada@integrator.example,parcels,labels,test\nada@integrator.example,parcels,rates,prod\n";
    let inner = &service.service;
    let workspace = crate::web_service::WORKSPACE.clone();
    let (store, keys) = (inner.store(), inner.keys());
    subscribers::import_csv(store, &keys, &workspace, list.as_bytes(), inner.now()).await.unwrap();
    let token = keys.sign(&Token::Preferences { subscriber: 1 });
    let page = service.get(&format!("/preferences/{token}")).await;
    assert!(page.body.contains("Labels, TEST, all kinds of notice"), "{}", page.body);
    assert!(page.body.contains("Rates, PROD, all kinds of notice"));
}

#[tokio::test]
async fn name_language_and_zone_are_changed_and_mistakes_stand_at_their_field() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let good = [("do", "details"), ("name", "Ada L."), ("locale", "fr"), ("zone", "Asia/Tokyo")];
    let answer = service.post(&path, &good).await;
    assert_eq!(answer.header("content-language"), "fr", "the page follows at once");
    let listed = everyone(&service).await.remove(0);
    assert_eq!(listed.name.as_deref(), Some("Ada L."));
    assert_eq!(listed.zone.unwrap().name(), "Asia/Tokyo");
    let bad = [("do", "details"), ("name", "a\r\nBcc: all@x.example"), ("zone", "Asia/Tokio")];
    let answer = service.post(&path, &bad).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("id=\"name-error\""), "{}", answer.body);
    assert!(answer.body.contains("Asia/Tokyo"), "it says what was perhaps meant");
    assert_eq!(everyone(&service).await[0], listed, "nothing was changed");
}

#[tokio::test]
async fn one_program_is_left_and_returned_to_and_all_are_left() {
    let service = WebService::start().await;
    subscribed(&service, &FIELDS).await;
    let path = subscribed(&service, &[("program", "crm"), ("address", ADA)]).await;
    let suppressed = async || everyone(&service).await.remove(0).suppressed;
    let left = service.post(&path, &[("do", "leave"), ("program", "crm")]).await;
    assert!(left.body.contains("You left"), "{}", left.body);
    assert_eq!(suppressed().await, ["crm"]);
    service.post(&path, &[("do", "return"), ("program", "crm")]).await;
    assert_eq!(suppressed().await, [] as [&str; 0]);
    service.post(&path, &[("do", "leave-all")]).await;
    assert_eq!(suppressed().await, ["crm", "parcels"]);
    let elsewhere = service.post(&path, &[("do", "leave"), ("program", "other")]).await;
    assert_eq!(elsewhere.status, 400, "only what is heard can be left");
}

#[tokio::test]
async fn everything_known_is_handed_out_as_json() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    let answer = service.post(&path, &[("do", "export")]).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"my-data.json\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let known = answer.json();
    assert_eq!(known["address"], ADA);
    assert_eq!(known["person"]["hears"][0]["api"], "labels");
    assert_eq!(known["messages"][0]["kind"], "confirmation");
    assert_eq!(known["messages"][0]["state"], "accepted");
}

#[tokio::test]
async fn erasing_takes_a_tick_and_leaves_nothing_but_the_hash_of_a_leaving() {
    let service = WebService::start().await;
    let path = subscribed(&service, &FIELDS).await;
    service.post(&path, &[("do", "leave"), ("program", "parcels")]).await;
    service.post(&path, &[("do", "return"), ("program", "parcels")]).await;
    let inner = &service.service;
    let round = announce::Round::load(inner.store(), &"parcels/tls-1.2".parse().unwrap()).await;
    let filled = round.unwrap().fill(inner.store(), None, inner.now()).await.unwrap();
    inner.store().entrust(filled.occasion, Carrier::Files).await.unwrap();
    service.post(&path, &[("do", "leave"), ("program", "parcels")]).await;
    let unsure = service.post(&path, &[("do", "erase")]).await;
    assert_eq!(unsure.status, 422);
    assert_eq!(everyone(&service).await.len(), 1);
    let erased = service.post(&path, &[("do", "erase"), ("sure", "yes")]).await;
    assert!(erased.body.contains("You are erased"), "{}", erased.body);
    assert_eq!(mails(&service).await.len(), 1, "what was not sent yet never will be");
    assert!(service.get(&path).await.body.contains("You are erased"), "the link says so");
    let program = "parcels".parse().unwrap();
    let token = inner.keys().sign(&Token::Unsubscribe { subscriber: 1, program });
    let leaving = format!("/u/{token}");
    for answer in [service.get(&leaving).await, service.post(&leaving, &[]).await] {
        assert_eq!(answer.status, 200, "one click never fails");
        assert!(answer.body.contains("You are erased"), "{}", answer.body);
        assert!(!answer.body.contains("unsubscribed"), "{}", answer.body);
    }
    inner.store().close().await;
    let database = std::fs::read(service.folder.path().join("web.db")).unwrap();
    let address = ADA.as_bytes();
    let is_in = database.windows(address.len()).any(|window| window == address);
    assert!(!is_in, "the address is nowhere in the database");
}

#[tokio::test]
async fn a_token_of_another_purpose_opens_nothing() {
    let service = WebService::start().await;
    let preferences = subscribed(&service, &FIELDS).await;
    let keys = service.service.keys();
    let program = "parcels".parse().unwrap();
    let tokens = [
        keys.sign(&Token::Unsubscribe { subscriber: 1, program }),
        keys.sign(&Token::Bounce { row: 1 }),
        keys.sign(&Token::Confirm { pending: 1 }),
        "x".to_owned(),
        "a".repeat(600),
    ];
    for token in &tokens {
        for method in [Method::GET, Method::HEAD] {
            let path = format!("/preferences/{token}");
            let answer = service.ask(method, &path, &[("accept", "text/html")]).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(!answer.body.contains(token.as_str()) || token == "x");
        }
        let posted = service.post(&format!("/preferences/{token}"), &[("do", "leave-all")]).await;
        assert_eq!(
            (posted.status.as_u16(), posted.json()["code"].as_str().unwrap()),
            (404, "unknown-token")
        );
    }
    let confirm = preferences.replace("/preferences/", "/confirm/");
    assert_eq!(service.post(&confirm, &[("do", "confirm")]).await.status, 404);
    let leave = preferences.replace("/preferences/", "/u/");
    assert_eq!(service.post(&leave, &[("a", "b")]).await.status, 404);
    assert_eq!(everyone(&service).await[0].suppressed, [] as [&str; 0]);
}

#[tokio::test]
async fn after_a_rotation_old_links_stay_good_and_the_new_key_signs() {
    let service = WebService::start().await;
    let old = subscribed(&service, &FIELDS).await;
    let inner = &service.service;
    inner.store().rotate_link_secret(inner.now()).await.unwrap();
    let other = subscribers::load_keys(inner.store(), inner.now()).await.unwrap();
    inner.refresh_keys().await.unwrap();
    let new = format!("/preferences/{}", other.sign(&Token::Preferences { subscriber: 1 }));
    assert_ne!(old, new);
    for path in [&old, &new] {
        assert_eq!(service.get(path).await.status, 200, "{path}");
    }
    let listed = inner.store().listed_keys().await.unwrap();
    assert_eq!(
        listed.iter().map(|key| key.id).collect::<Vec<_>>(),
        [1, 3],
        "2 is that of mailboxes"
    );
}

#[tokio::test]
async fn how_often_is_chosen_and_stays_where_nothing_is_said_of_it() {
    let service = WebService::start().await;
    let asked = [&FIELDS[..], &[("frequency", "weekly")]].concat();
    let path = subscribed(&service, &asked).await;
    assert_eq!(everyone(&service).await[0].frequency, Frequency::Weekly);
    let page = service.get(&path).await;
    assert!(page.body.contains("<option value=\"weekly\" selected>"), "{}", page.body);
    service.post(&path, &[("do", "details"), ("name", "Ada")]).await;
    assert_eq!(everyone(&service).await[0].frequency, Frequency::Weekly);
    let answer = service.post(&path, &[("do", "details"), ("frequency", "daily")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("id=\"frequency-error\""), "{}", answer.body);
    service.post(&path, &[("do", "details"), ("frequency", "each")]).await;
    assert_eq!(everyone(&service).await[0].frequency, Frequency::Each);
}
