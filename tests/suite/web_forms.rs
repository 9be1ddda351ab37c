//! Where a form that is sent comes from.

use crate::subscribing::ADA;
use crate::web_service::{Answer, WebService};

const BROWSER: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn token(service: &WebService) -> String {
    let page = service.items("/subscribe?program=parcels").await.body;
    let (_, after) = page.split_once("name=\"csrf_token\" value=\"").unwrap();
    after.split('"').next().unwrap().to_owned()
}

async fn send(service: &WebService, token: &str, headers: &[(&str, &str)]) -> Answer {
    let fields = [
        ("program", "parcels"),
        ("api", "rates"),
        ("name", "Ada L."),
        ("address", ADA),
        ("csrf_token", token),
    ];
    let fields = &fields[..if token.is_empty() { 4 } else { 5 }];
    service.post_as("/subscribe", fields, headers).await
}

#[tokio::test]
async fn a_form_that_was_shown_here_is_taken_for_half_a_day() {
    let service = WebService::start().await;
    let token = token(&service).await;
    assert_eq!(send(&service, &token, &[BROWSER]).await.status, 200);
    service.set_clock("2026-03-11T00:30:00Z");
    assert_eq!(send(&service, &token, &[BROWSER]).await.status, 200);
    service.set_clock("2026-03-11T01:30:00Z");
    assert_eq!(send(&service, &token, &[BROWSER]).await.status, 403);
    service.set_clock("2026-03-10T10:00:00Z");
    assert_eq!(send(&service, &token, &[BROWSER]).await.status, 403, "shown later than now");
}

#[tokio::test]
async fn a_form_from_elsewhere_is_shown_again_with_nothing_lost() {
    let service = WebService::start().await;
    let good = token(&service).await;
    let mut altered = good.clone();
    altered.replace_range(20..21, if &good[20..21] == "a" { "b" } else { "a" });
    for token in ["", "x", "wapiti", &altered, &good[..good.len() - 2], &"a".repeat(5_000)] {
        let answer = send(&service, token, &[BROWSER]).await;
        assert_eq!(answer.status, 403, "{token}");
        assert!(answer.body.contains("role=\"alert\""), "{}", answer.body);
        assert!(answer.body.contains("value=\"Ada L.\"") && answer.body.contains(ADA));
        assert!(answer.body.contains("value=\"rates\" checked"), "{}", answer.body);
        assert!(answer.body.contains(&good), "with a token that is good");
    }
}

#[tokio::test]
async fn who_is_no_browser_needs_no_token_but_may_not_bring_a_wrong_one() {
    let service = WebService::start().await;
    assert_eq!(send(&service, "", &[]).await.status, 200);
    assert_eq!(send(&service, "wrong", &[]).await.status, 403);
    let own = [("origin", service.address.as_str())];
    assert_eq!(send(&service, "", &own).await.status, 403, "browsers send where they come from");
    let other = [("sec-fetch-site", "cross-site")];
    let answer = send(&service, &token(&service).await, &other).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (403, Some("cross-site")));
}

#[tokio::test]
async fn a_token_is_good_for_its_form_and_its_holder_alone() {
    let service = WebService::start().await;
    let keys = service.service.keys();
    let token = keys.form_token("/office/approve", "session-1", 7);
    assert_eq!(keys.form_shown_at(&token, "/office/approve", "session-1"), Some(7));
    for (form, holder) in [
        ("/office/approve", "session-2"),
        ("/office/approv", "esession-1"),
        ("/subscribe", ""),
        ("/office/approve", ""),
    ] {
        assert_eq!(keys.form_shown_at(&token, form, holder), None, "{form} {holder}");
    }
    assert!(keys.verify(&token).is_err(), "no link is made of it");
}

#[tokio::test]
async fn a_page_with_a_form_can_be_kept_for_the_hour() {
    let service = WebService::start().await;
    let tag = |answer: Answer| answer.header("etag").to_owned();
    let first = tag(service.items("/subscribe?program=parcels").await);
    service.set_clock("2026-03-10T12:59:00Z");
    assert_eq!(tag(service.items("/subscribe?program=parcels").await), first);
    service.set_clock("2026-03-10T13:01:00Z");
    assert_ne!(tag(service.items("/subscribe?program=parcels").await), first);
}
