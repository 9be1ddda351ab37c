//! Public answers in the codings that clients take, and answers given again.

use crate::web_service::{Answer, NOON, WORKSPACE, WebService};
use fairwarning::web::Coding;
use reqwest::Method;
use std::io::Read as _;

const TABLE: &str = "/api/v1/impacted";
const PUBLIC: [&str; 7] = [
    TABLE,
    "/",
    "/notices/parcels/tls-1.2",
    "/api/v1/notices/parcels/tls-1.2",
    "/feeds/parcels.ics",
    "/feeds/parcels.atom",
    "/static/style.css",
];

struct Encoded {
    answer: Answer,
    bytes: Vec<u8>,
}

impl WebService {
    async fn take(&self, path: &str, accepted: &str, headers: &[(&str, &str)]) -> Encoded {
        let mut request = self.client.get(format!("{}{path}", self.address));
        for (name, value) in headers.iter().chain(&[("accept-encoding", accepted)]) {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        Encoded { answer: Answer { status, headers, body: String::new() }, bytes }
    }
}

fn decoded(encoded: &Encoded) -> String {
    let mut text = String::new();
    match encoded.answer.header("content-encoding") {
        "gzip" => {
            flate2::read::GzDecoder::new(&*encoded.bytes).read_to_string(&mut text).unwrap();
        }
        "br" => {
            brotli::Decompressor::new(&*encoded.bytes, 4_096).read_to_string(&mut text).unwrap();
        }
        _ => text = String::from_utf8(encoded.bytes.clone()).unwrap(),
    }
    text
}

#[tokio::test]
async fn every_public_answer_is_the_same_in_every_coding() {
    let service = WebService::start().await;
    for path in PUBLIC {
        let plain = service.items(path).await;
        assert_eq!(plain.header("content-encoding"), "");
        let mut tags = vec![plain.header("etag").to_owned()];
        for coding in ["gzip", "br"] {
            let first = service.take(path, coding, &[]).await;
            assert_eq!(first.answer.header("content-encoding"), coding, "{path}");
            assert!(first.bytes.len() < plain.body.len(), "{path} {coding}");
            assert_eq!(decoded(&first), plain.body, "{path} {coding}");
            assert!(first.answer.header("vary").ends_with("accept-encoding"), "{path}");
            for name in ["content-type", "cache-control", "link", "content-security-policy"] {
                assert_eq!(first.answer.header(name), plain.header(name), "{path} {name}");
            }
            let again = service.take(path, coding, &[]).await;
            assert_eq!(again.bytes, first.bytes, "laid out once");
            tags.push(first.answer.header("etag").to_owned());
        }
        assert!(plain.header("vary").ends_with("accept-encoding"), "{path}");
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 3, "each has a strong tag of its own: {tags:?}");
        assert!(tags.iter().all(|tag| tag.starts_with('"')), "{tags:?}");
    }
}

#[tokio::test]
async fn weights_choose_the_coding_and_what_is_unknown_is_left_alone() {
    let service = WebService::start().await;
    for (accepted, expected) in [
        ("gzip, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0.5, identity", ""),
        ("gzip;q=0", ""),
        ("identity", ""),
        ("zstd, compress", ""),
        ("identity;q=0, zstd", ""),
        ("", ""),
        (";;;q=nonsense", ""),
        ("GZIP", "gzip"),
    ] {
        let answer = service.take(TABLE, accepted, &[]).await.answer;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-encoding")),
            (200, expected),
            "{accepted}"
        );
    }
}

#[tokio::test]
async fn a_client_that_has_one_coding_is_told_so_and_another_is_sent() {
    let service = WebService::start().await;
    for path in PUBLIC {
        for coding in ["gzip", "br"] {
            let tag = service.take(path, coding, &[]).await.answer.header("etag").to_owned();
            let known = [("if-none-match", tag.as_str())];
            let again = service.take(path, coding, &known).await;
            assert_eq!((again.answer.status.as_u16(), again.bytes.len()), (304, 0), "{path}");
            assert_eq!(again.answer.header("etag"), tag);
            assert_eq!(again.answer.header("content-encoding"), "");
            assert_eq!(again.answer.header("content-type"), "");
            let weak = format!("\"other\", W/{tag}");
            let again = service.take(path, coding, &[("if-none-match", &weak)]).await;
            assert_eq!(again.answer.status, 304, "{path}: weak comparison");
            let plain = service.ask(Method::GET, path, &known).await;
            assert_eq!(plain.status, 200, "{path}: it has another representation");
        }
    }
}

#[tokio::test]
async fn a_304_before_anything_is_kept_varies_as_its_answer_does() {
    let service = WebService::start().await;
    let first = service.items(TABLE).await;
    service
        .publish({
            let mut changed = WORKSPACE.clone();
            changed.programs["parcels"].notices["tls-1.2"].title = "TLS".to_owned();
            changed
        })
        .await;
    service.publish(WORKSPACE.clone()).await;
    let known = [("if-none-match", first.header("etag"))];
    let again = service.ask(Method::GET, TABLE, &known).await;
    let varies = again.header("vary");
    assert_eq!((again.status.as_u16(), varies), (304, "accept, accept-encoding"));
}

#[tokio::test]
async fn short_answers_errors_and_private_ones_stay_as_they_are() {
    let service = WebService::start().await;
    for path in
        ["/healthz", "/readyz", "/nothing", "/api/v1/impacted?limit=0", "/robots.txt", "/u/x"]
    {
        let answer = service.take(path, "gzip, br", &[]).await.answer;
        assert_eq!(answer.header("content-encoding"), "", "{path}");
    }
    let fields = [("program", "parcels"), ("address", crate::subscribing::ADA)];
    let path = crate::subscribing::subscribed(&service, &fields).await;
    let own = service.take(&path, "gzip, br", &[]).await;
    assert!(own.bytes.len() > 2_000, "{}", own.bytes.len());
    assert_eq!(own.answer.header("content-encoding"), "", "what has secrets in it");
}

#[tokio::test]
async fn what_is_given_again_is_given_until_the_clock_or_a_publication_changes_it() {
    let service = WebService::start().await;
    let first = service.items(TABLE).await;
    let kept = || service.service.snapshot().unwrap().answers.bytes();
    let after_one = kept();
    assert!(after_one > first.body.len());
    let again = service.items(TABLE).await;
    assert_eq!((again.body.as_str(), kept()), (first.body.as_str(), after_one));
    let until = first.json()["until"].as_str().unwrap().to_owned();
    let edge = chrono::DateTime::parse_from_rfc3339(&until).unwrap();
    let shortly = edge - chrono::TimeDelta::seconds(7);
    service.set_clock(&shortly.to_rfc3339());
    let shortly = service.items(TABLE).await;
    assert_eq!(shortly.header("cache-control"), "public, max-age=7");
    assert_eq!(shortly.header("etag"), first.header("etag"));
    service.set_clock(&until);
    let changed = service.items(TABLE).await;
    assert_ne!((changed.header("etag"), &changed.body), (first.header("etag"), &first.body));
    service.set_clock(NOON);
    assert_eq!(service.items(TABLE).await.body, first.body, "and back, as clocks go");
}

#[tokio::test]
async fn a_page_that_shows_the_day_is_another_the_next_day() {
    let service = WebService::start().await;
    let page = "/notices/parcels/tls-1.2";
    let today = service.items(page).await;
    service.set_clock("2026-03-11T00:00:00Z");
    assert_ne!(service.items(page).await.header("etag"), today.header("etag"));
}

#[tokio::test]
async fn head_and_get_are_given_the_same_again() {
    let service = WebService::start().await;
    let get = service.items(TABLE).await;
    for headers in [&[][..], &[("accept-encoding", "gzip")]] {
        let head = service.ask(Method::HEAD, TABLE, headers).await;
        assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
        assert_eq!(head.header("link"), get.header("link"));
        assert_ne!(head.header("content-length"), "0");
    }
}

#[tokio::test]
async fn nobody_gets_what_was_answered_to_somebody_of_the_office() {
    let service = WebService::start().await;
    let before = service.service.snapshot().unwrap().answers.bytes();
    let authorized = [("authorization", "Bearer anything")];
    service.ask(Method::GET, "/api/v1/impacted?limit=3", &authorized).await;
    assert_eq!(service.service.snapshot().unwrap().answers.bytes(), before);
}

#[tokio::test]
async fn however_much_is_asked_the_memory_is_bounded() {
    let service = WebService::start().await;
    let snapshot = service.service.snapshot().unwrap();
    for n in 0..400 {
        service.items(&format!("/?api=name-{n}&on=2026-03-10")).await;
    }
    assert!(snapshot.answers.bytes() <= 18 * 1024 * 1024);
}

#[test]
fn what_does_not_shrink_is_not_encoded() {
    // Bytes without a pattern, by a generator of Knuth's.
    let noise: Vec<u8> = (0..4_000_u64)
        .scan(1_u64, |seed, _| {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            Some((*seed >> 56) as u8)
        })
        .collect();
    for coding in Coding::ALL {
        assert_eq!(coding.encode(&noise), None);
        assert!(coding.encode(&[b'a'; 4_000]).unwrap().len() < 100);
    }
}
