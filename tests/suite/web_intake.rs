//! Mail handed over by HTTP: by those who know the secret, and not too much.

use crate::web_service::{Answer, WebService};
use fairwarning::intake::MAX_MESSAGE_BYTES;

const SECRET: &str = "a secret of some length";

async fn hand_over(service: &WebService, bearer: &str, path: &str, mail: String) -> Answer {
    let address = format!("{}{path}", service.address);
    let request = service.client.post(address).header("content-type", "message/rfc822");
    let request = if bearer.is_empty() { request } else { request.header("authorization", bearer) };
    let answer = request.body(mail).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    Answer { status, headers, body: answer.text().await.unwrap() }
}

#[tokio::test]
async fn mail_is_taken_in_from_whoever_knows_the_secret_alone() {
    let service = WebService::start_with(false, Some(SECRET)).await;
    let path = "/api/v1/intake";
    let mail = || "From: a@b.example\r\nAuto-Submitted: auto-replied\r\n\r\naway\r\n".to_owned();
    let right = format!("Bearer {SECRET}");
    for good in [right.as_str(), &right.replace("Bearer", "bearer")] {
        let answer = hand_over(&service, good, path, mail()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["verdict"], "auto-reply");
        assert_eq!(answer.json()["suppressed"], false);
    }
    let longer = format!("{right}x");
    for bad in ["", "Bearer", "Bearer ", SECRET, "Basic a secret of some length", &longer] {
        let answer = hand_over(&service, bad, path, mail()).await;
        assert_eq!(answer.status, 401, "{bad}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.json()["code"], "unauthorized");
        assert!(!answer.body.contains(SECRET));
    }
    let misspelt = hand_over(&service, &right, "/api/v1/intake?recipent=x", mail()).await;
    assert_eq!(misspelt.status, 400);
    let told = "/api/v1/intake?recipient=bounce%2Baaaa@parcel.example";
    assert_eq!(hand_over(&service, &right, told, mail()).await.status, 200);
}

#[tokio::test]
async fn a_large_message_is_refused_and_reading_is_not_taking_in() {
    let service = WebService::start_with(false, Some(SECRET)).await;
    let right = format!("Bearer {SECRET}");
    let most = "x".repeat(MAX_MESSAGE_BYTES);
    let answer = hand_over(&service, &right, "/api/v1/intake", most.clone()).await;
    assert_eq!(answer.json()["verdict"], "not-a-report");
    let answer = hand_over(&service, &right, "/api/v1/intake", most + "x").await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (413, Some("body-too-large"))
    );
    let read = service.get("/api/v1/intake").await;
    assert_eq!((read.status.as_u16(), read.header("allow")), (405, "POST, OPTIONS"));
}

#[tokio::test]
async fn without_a_secret_nothing_is_taken_in() {
    let service = WebService::start_empty(false).await;
    let answer = hand_over(&service, "Bearer ", "/api/v1/intake", String::new()).await;
    assert_eq!(answer.status, 404);
}
