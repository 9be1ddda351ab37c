//! What the API shows to the office alone.

use crate::web_service::{NOON, WebService, instant};
use chrono::TimeDelta;
use fairwarning::notice::OfficeScope;
use fairwarning::tokens;
use reqwest::Method;
use secrecy::ExposeSecret as _;

const PROOF: &str = "/api/v1/proof/parcels/tls-1.2";

#[tokio::test]
async fn proof_is_for_holders_of_a_token_alone() {
    let service = WebService::start().await;
    let good = service.token(OfficeScope::Viewer).await;
    let last = if good.ends_with('x') { 'y' } else { 'x' };
    let unknown = format!("{}{last}", &good[..good.len() - 1]);
    for value in ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer fairwarning_1_x", &unknown] {
        for path in [PROOF, "/api/v1/proof/head"] {
            let answer = service.ask(Method::GET, path, &[("authorization", value)]).await;
            assert_eq!(answer.status, 401, "{value} {path}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            assert_eq!(answer.json()["code"], "unauthorized");
        }
    }
    let answer = service.ask(Method::GET, PROOF, &[("authorization", &good)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "", "no page of others may read it");
    assert_eq!(answer.json()["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_token_ends_with_its_time() {
    let service = WebService::start().await;
    let (store, now) = (service.service.store(), instant(NOON));
    let end = Some(now + TimeDelta::hours(1));
    let token = tokens::create(store, "Short", OfficeScope::Viewer, end, now).await.unwrap();
    let value = format!("bearer {}", token.expose_secret());
    let ask = async || service.ask(Method::GET, PROOF, &[("authorization", &value)]).await;
    assert_eq!(ask().await.status, 200);
    service.set_clock("2026-03-10T13:00:00Z");
    let late = ask().await;
    assert_eq!(late.status, 401);
    assert!(late.body.contains("has expired"), "{}", late.body);
}

#[tokio::test]
async fn questions_for_proof_are_read_strictly() {
    let service = WebService::start().await;
    let token = service.token(OfficeScope::Approver).await;
    for question in ["limit=0", "after=-1", "recipient=nobody", "colour=red"] {
        let path = format!("{PROOF}?{question}");
        let answer = service.ask(Method::GET, &path, &[("authorization", &token)]).await;
        assert_eq!(answer.status, 400, "{question}: {}", answer.body);
    }
    let stranger = format!("{PROOF}?recipient=nobody@example.org");
    let answer = service.ask(Method::GET, &stranger, &[("authorization", &token)]).await;
    assert_eq!(answer.json()["items"], serde_json::json!([]));
}
