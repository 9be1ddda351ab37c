//! What a test endpoint answers over HTTP: facts to programs, a page to people, what is
//! declared on other paths, and when it opens and closes. What is published and which
//! certificate is there may change meanwhile.

use crate::rehearsal_site::{
    DECLARED_ANSWER, EARLY, ISSUED, LATE, OBSERVING, Rehearsals, STRICT, issue, printed, workspace,
};
use crate::web_service::instant;
use fairwarning::notice::AttemptOutcome;
use serde_json::{Value, json};

const PAGE: [&str; 2] = ["-H", "Accept: text/html,application/xhtml+xml,*/*;q=0.8"];

/// The head and the body.
async fn get(site: &Rehearsals, host: &str, path: &str, more: &[&str]) -> (String, String) {
    let output = site.curl(host, path, &[&["-i"], more].concat()).await;
    let said = printed(&output);
    assert!(output.status.success(), "{said}");
    let (head, body) = said.split_once("\r\n\r\n").expect("a head");
    (head.to_ascii_lowercase(), body.to_owned())
}

#[tokio::test]
async fn a_program_gets_what_was_seen_of_it_as_json() {
    let mut site = Rehearsals::start().await;
    let twelve = ["--tlsv1.2", "--tls-max", "1.2"];
    let (head, body) = get(&site, STRICT, "/", &twelve).await;
    assert!(head.starts_with("http/1.1 200 ok"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("cache-control: no-store") && head.contains("vary: accept"), "{head}");
    let mut told: Value = serde_json::from_str(&body).unwrap();
    let cipher = told["negotiated"]["cipher"].take();
    assert!(cipher.as_str().unwrap().starts_with("ECDHE-RSA-"), "{cipher}");
    let expected = json!({
        "verdict": "passed",
        "detail": "TLS 1.2 was spoken: nothing changes at the cutoff, 2026-06-01",
        "negotiated": {"version": "TLS 1.2", "cipher": null},
        "server_name": STRICT,
        "framing": "tls",
        "offered": ["TLS 1.2"],
        "policy":
            {"purpose": "enforce", "minimum": "TLS 1.2", "maximum": "TLS 1.3", "ciphers": null},
        "program": "parcels",
        "notice": "tls-1.2",
        "endpoint": "strict",
        "notice_url": "https://notices.example/notices/parcels/tls-1.2",
        "cutoff": {
            "date": "2026-06-01",
            "label": "1st of June",
            "earliest": "2026-06-01T04:00:00Z",
            "latest": "2026-06-01T04:00:00Z",
        },
    });
    assert_eq!(told, expected);
    let attempt = site.attempt().await;
    assert_eq!(attempt.at, instant(crate::web_service::NOON));
    assert_eq!(attempt.cipher, cipher.as_str().map(str::to_owned));
}

#[tokio::test]
async fn head_is_answered_as_get_is_without_the_body() {
    let site = Rehearsals::start().await;
    let output = site.curl(STRICT, "/", &["-I"]).await;
    let said = printed(&output);
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.ends_with("\r\n\r\n"), "{said}");
    assert!(said.contains("content-length: "), "{said}");
}

#[tokio::test]
async fn other_paths_answer_what_is_declared_and_facts_where_nothing_is() {
    let site = Rehearsals::start().await;
    for more in [&PAGE[..], &["-X", "POST", "-d", "<Rate/>"]] {
        let (head, body) = get(&site, STRICT, "/ShippingAPI.dll?API=Rate", more).await;
        assert!(head.starts_with("http/1.1 403 forbidden"), "{head}");
        assert!(head.contains("content-type: text/xml"), "{head}");
        assert_eq!(body, DECLARED_ANSWER);
    }
    let (_, body) = get(&site, OBSERVING, "/ShippingAPI.dll", &[]).await;
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["verdict"], "passed");
}

#[tokio::test]
async fn somebody_with_a_browser_reads_a_page_in_their_language() {
    let site = Rehearsals::start().await;
    let (head, page) = get(&site, STRICT, "/", &PAGE).await;
    assert!(head.contains("content-type: text/html") && head.contains("content-language: en"));
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    for said in [
        "<h1>Your client passes</h1>",
        "TLS 1.3, TLS_AES_256_GCM_SHA384: after 1st of June (1 June 2026) nothing changes for you.",
        "href=\"https://notices.example/notices/parcels/tls-1.2\"",
        "Cutoff, PROD",
        "TLS 1.2 to TLS 1.3",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let german = [&PAGE[..], &["-H", "Accept-Language: de-AT"]].concat();
    let (_, page) = get(&site, STRICT, "/", &german).await;
    assert!(page.contains("ändert sich für Sie nichts"), "{page}");
    let old = ["--tlsv1.0", "--tls-max", "1.0", "--ciphers", "DEFAULT:@SECLEVEL=0"];
    let (_, page) = get(&site, OBSERVING, "/", &[&PAGE[..], &old].concat()).await;
    assert!(page.contains("<h1>Your client speaks what ends</h1>"), "{page}");
    assert!(page.contains("not accepted any more from 1st of June (1 June 2026) on"), "{page}");
    let (head, style) = get(&site, STRICT, "/static/style.css", &[]).await;
    assert!(head.contains("content-type: text/css") && style.contains(".told"), "{head}");
}

#[tokio::test]
async fn an_endpoint_says_when_it_opens_and_that_it_is_closed() {
    let mut site = Rehearsals::start().await;
    let (head, body) = get(&site, EARLY, "/anything", &[]).await;
    assert!(head.starts_with("http/1.1 503 service unavailable"), "{head}");
    // From noon of 10 March (UTC) to the beginning of 1 May in New York.
    let wait = 51 * 86_400 + 16 * 3_600 + 1;
    assert!(head.contains(&format!("retry-after: {wait}")), "{head}");
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&told["verdict"], &told["opens"]["date"]),
        (&json!("not_open"), &json!("2026-05-01"))
    );
    let (head, page) = get(&site, LATE, "/", &PAGE).await;
    assert!(head.starts_with("http/1.1 410 gone"), "{head}");
    assert!(
        page.contains("<h1>This test is over</h1>") && page.contains("1 February 2026"),
        "{page}"
    );
    for _ in 0..2 {
        let attempt = site.attempt().await;
        assert_eq!(attempt.outcome, AttemptOutcome::NotOpen);
        assert!(attempt.negotiated.is_some());
    }
    // The handshake goes by the policy all the same.
    let old = ["--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"];
    site.curl(EARLY, "/", &old).await;
    assert_eq!(site.attempt().await.outcome, AttemptOutcome::TooOld);
    site.web.set_clock("2026-05-01T04:00:00Z");
    let (head, _) = get(&site, EARLY, "/", &[]).await;
    assert!(head.starts_with("http/1.1 200 ok"), "{head}");
    assert_eq!(site.attempt().await.outcome, AttemptOutcome::Passed);
}

#[tokio::test]
async fn endpoints_follow_what_is_published() {
    let mut site = Rehearsals::start().await;
    let mut later = workspace(site.address.port());
    let notice = &mut later.programs["parcels"].notices["tls-1.2"];
    notice.test_endpoints.shift_remove("observing").expect("it was there");
    notice.test_endpoints["strict"].rehearsal.as_mut().unwrap().answer = None;
    site.web.publish(later).await;
    site.site.refresh();
    let output = site.curl(OBSERVING, "/", &[]).await;
    assert!(printed(&output).contains("unrecognized name"), "{}", printed(&output));
    assert_eq!(site.attempt().await.outcome, AttemptOutcome::UnknownName);
    let (head, _) = get(&site, STRICT, "/ShippingAPI.dll", &[]).await;
    assert!(head.starts_with("http/1.1 200 ok"), "{head}");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_a_bad_one_is_not() {
    let mut site = Rehearsals::start().await;
    let renewed = issue();
    // First the certificate alone, as tools write one file after the other.
    let written = renewed.certificate.to_pem().unwrap();
    std::fs::write(site.file("rehearse.pem"), written).unwrap();
    site.site.refresh();
    assert!(site.curl(STRICT, "/", &[]).await.status.success(), "the one before stays");
    renewed.write(site.folder());
    site.site.refresh();
    // `root.pem` is the renewed one's by now: whoever trusts it alone is let in.
    assert!(site.curl(STRICT, "/", &[]).await.status.success());
    std::fs::write(site.file("root.pem"), ISSUED.root.to_pem().unwrap()).unwrap();
    assert_eq!(site.curl(STRICT, "/", &[]).await.status.code(), Some(60), "it is another root's");
    for _ in 0..2 {
        assert_eq!(site.attempt().await.outcome, AttemptOutcome::Passed);
    }
    assert_eq!(site.attempt().await.outcome, AttemptOutcome::DistrustsCertificate);
    std::fs::write(site.file("rehearse.key"), "no key").unwrap();
    site.site.refresh();
    std::fs::remove_file(site.file("rehearse.pem")).unwrap();
    site.site.refresh();
    std::fs::write(site.file("root.pem"), renewed.root.to_pem().unwrap()).unwrap();
    assert!(site.curl(STRICT, "/", &[]).await.status.success(), "the renewed one stays");
}
