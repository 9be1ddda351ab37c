//! The one-click address: looking changes nothing, posting ends the mail.

use crate::web_service::{Answer, WebService};
use fairwarning::links::Token;
use fairwarning::notice::ProgramId;
use fairwarning::subscribers;
use reqwest::Method;

const LIST: &str = "address,programs\nada@integrator.example,parcels\n";

struct Leaver {
    service: WebService,
    path: String,
}

impl Leaver {
    async fn new() -> Self {
        let service = WebService::start().await;
        let inner = &service.service;
        let workspace = crate::web_service::WORKSPACE.clone();
        let now = inner.now();
        subscribers::import_csv(inner.store(), &inner.keys(), &workspace, LIST.as_bytes(), now)
            .await
            .unwrap();
        let program: ProgramId = "parcels".parse().unwrap();
        let token = inner.keys().sign(&Token::Unsubscribe { subscriber: 1, program });
        Self { path: format!("/u/{token}"), service }
    }

    async fn is_suppressed(&self) -> bool {
        let inner = &self.service.service;
        let token = self.path.trim_start_matches("/u/");
        let described = subscribers::describe_token(inner.store(), &inner.keys(), token).await;
        described.unwrap().is_unsubscribed
    }

    async fn post(&self, content_type: &str, body: &str) -> Answer {
        let url = format!("{}{}", self.service.address, self.path);
        let request = self.service.client.post(url).header("content-type", content_type);
        let response = request.body(body.to_owned()).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }
}

#[tokio::test]
async fn looking_at_the_link_changes_nothing() {
    let leaver = Leaver::new().await;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let answer = leaver.service.ask(method.clone(), &leaver.path, &[]).await;
        assert!(answer.status.is_success(), "{method}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{method}");
        assert!(!leaver.is_suppressed().await, "{method}");
    }
    let page = leaver.service.get(&leaver.path).await;
    assert!(page.body.contains("Parcel APIs"), "it says what one would leave");
    assert!(page.body.contains("method=\"post\""));
    assert!(page.body.contains("noindex"));
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn posting_in_either_encoding_ends_the_mail_however_often() {
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                     One-Click\r\n--b--\r\n";
    for (content_type, body) in [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=b", multipart),
    ] {
        let leaver = Leaver::new().await;
        for _ in 0..3 {
            let answer = leaver.post(content_type, body).await;
            assert_eq!(answer.status, 200, "{content_type}: {}", answer.body);
            assert!(answer.body.contains("You are unsubscribed"));
            assert_eq!(answer.header("location"), "");
            assert_eq!(answer.header("set-cookie"), "");
            assert!(leaver.is_suppressed().await);
        }
        let page = leaver.service.get(&leaver.path).await;
        assert!(page.body.contains("already left"), "the page says how it stands");
    }
}

#[tokio::test]
async fn somebody_erased_is_answered_though_nothing_is_published() {
    let service = WebService::start_empty(false).await;
    let program: ProgramId = "parcels".parse().unwrap();
    let token = service.service.keys().sign(&Token::Unsubscribe { subscriber: 1, program });
    let answer = service.post(&format!("/u/{token}"), &[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("You are erased"), "{}", answer.body);
}

#[tokio::test]
async fn a_forged_link_is_refused_and_told_nothing() {
    let leaver = Leaver::new().await;
    let mut forged = leaver.path.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'a' { 'b' } else { 'a' });
    let bounce = leaver.service.service.keys().sign(&Token::Bounce { row: 1 });
    for path in
        [forged, "/u/x".to_owned(), format!("/u/{bounce}"), format!("/u/{}", "a".repeat(600))]
    {
        for method in [Method::GET, Method::POST] {
            let answer = leaver.service.ask(method, &path, &[]).await;
            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(answer.json()["code"], "unknown-token");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
            assert!(!answer.body.contains(&path[3..]), "the token is not repeated");
        }
        let page = leaver.service.ask(Method::GET, &path, &[("accept", "text/html")]).await;
        assert!(page.body.contains("This link is not one of ours"));
    }
    assert!(!leaver.is_suppressed().await);
}

#[tokio::test]
async fn a_body_without_end_is_refused() {
    let leaver = Leaver::new().await;
    let answer = leaver.post("application/x-www-form-urlencoded", &"x".repeat(100_000)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (413, Some("body-too-large"))
    );
    assert!(!leaver.is_suppressed().await);
    let put = leaver.service.ask(Method::PUT, &leaver.path, &[]).await;
    assert_eq!((put.status.as_u16(), put.header("allow")), (405, "GET, HEAD, POST, OPTIONS"));
}

#[tokio::test]
async fn the_page_is_in_a_language_that_program_and_reader_share() {
    let leaver = Leaver::new().await;
    let mut workspace = crate::web_service::WORKSPACE.clone();
    let program = workspace.programs.get_mut("parcels").unwrap();
    program.settings.locales = ["en", "de"].map(crate::everything::locale).into();
    leaver.service.publish(workspace).await;
    for (languages, expected) in [("de-AT, en;q=0.5", "de"), ("fr", "en")] {
        let headers = [("accept-language", languages)];
        let page = leaver.service.ask(Method::GET, &leaver.path, &headers).await;
        assert_eq!(page.header("content-language"), expected);
        assert_eq!(page.header("vary"), "accept-language");
        assert!(page.body.contains(&format!("<html lang=\"{expected}\"")));
    }
    let headers = [("accept-language", "de")];
    let left = leaver.service.ask(Method::POST, &leaver.path, &headers).await;
    assert!(left.body.contains("Sie haben abbestellt"), "{}", left.body);
}
