//! What a probe asks, whom it asks, and what it makes of answers over HTTP.

use crate::zoo::certificates::Certificates;
use crate::zoo::{Behaviour, Front, Nginx};
use chrono::{DateTime, Utc};
use fairwarning::notice::{Acceptance, Finding, HttpFinding, HttpUrl, TlsVersion};
use fairwarning::tls::{ProbeSettings, Prober};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

fn at() -> DateTime<Utc> {
    "2020-07-01T00:00:00Z".parse().unwrap()
}

fn settings() -> ProbeSettings {
    ProbeSettings { timeout: Duration::from_secs(5), at_once: 4, rate: "1000/s".parse().unwrap() }
}

/// Every name leads to these.
fn prober(addresses: &[[u8; 4]]) -> Prober {
    let found: Vec<IpAddr> =
        addresses.iter().map(|octets| Ipv4Addr::from(*octets).into()).collect();
    Prober::new(settings(), |_| Ok(())).looking_up(move |_| {
        let found = found.clone();
        Box::pin(async move { Ok(found) })
    })
}

async fn one(url: &str) -> Finding {
    let mut findings = prober(&[[127, 0, 0, 1]]).url(&url.parse().unwrap(), at()).await;
    assert_eq!(findings.len(), 1);
    findings.remove(0)
}

fn nginx(server: &str) -> Nginx {
    // It has read them once it listens.
    let certificates = Certificates::new();
    Nginx::start(&certificates.rsa, server)
}

#[tokio::test]
async fn an_environment_that_takes_tls_1_0_and_says_no_over_http_shows_both() {
    let server = nginx(
        "map $ssl_protocol $is_old { default 0; TLSv1 1; TLSv1.1 1; }
         server { listen 127.0.0.1:@PORT@ ssl; ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
            ssl_ciphers ALL:@SECLEVEL=0;
            if ($is_old) { return 403 \"protocol type TLS 1.0/1.1 not available\"; }
            location / { add_header Sunset \"Wed, 01 Jul 2020 00:00:00 GMT\";
                add_header Link \"<https://example.org/a>; rel=sunset\";
                add_header Link \"<https://example.org/b>; rel=help\";
                return 200 \"welcome\\n\"; } }",
    );
    let found = one(&format!("https://api.example.org:{}/v1?a=b", server.address.port())).await;
    let Some(HttpFinding::Answered { status: 403, excerpt, .. }) =
        found.http.get(&TlsVersion::Tls10)
    else {
        panic!("{found:?}");
    };
    assert_eq!(excerpt, "protocol type TLS 1.0/1.1 not available");
    let Some(HttpFinding::Answered { status: 200, excerpt, headers }) =
        found.http.get(&TlsVersion::Tls12)
    else {
        panic!("{found:?}");
    };
    assert_eq!(excerpt, "welcome");
    assert_eq!(headers["sunset"], "Wed, 01 Jul 2020 00:00:00 GMT");
    assert_eq!(
        headers["link"],
        "<https://example.org/a>; rel=sunset, <https://example.org/b>; rel=help"
    );
    assert!(!found.http.contains_key(&TlsVersion::Tls13), "what is refused is not asked");
}

#[tokio::test]
async fn the_request_names_the_host_and_the_whole_path() {
    let server = nginx(
        "server { listen 127.0.0.1:@PORT@; return 404 \"$http_host $request_uri $http_user_agent\"; }",
    );
    let port = server.address.port();
    let found = one(&format!("http://api.example.org:{port}/v1/labels?a=b#c")).await;
    let Some(HttpFinding::Answered { status: 404, excerpt, .. }) = found.plain else {
        panic!("{found:?}");
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(excerpt, format!("api.example.org:{port} /v1/labels?a=b fairwarning/{version}"));
    assert!(found.transport.is_empty(), "a URL without TLS has no transport");
}

#[tokio::test]
async fn an_answer_that_never_comes_or_is_no_http_is_told_as_such() {
    for (behaviour, words) in [
        (Behaviour::Close, "closed the connection before it answered"),
        (Behaviour::Garbage, "not HTTP"),
    ] {
        let front = Front::start(behaviour);
        let found = one(&format!("http://127.0.0.1:{}/", front.address.port())).await;
        let Some(HttpFinding::Failed { why }) = &found.plain else { panic!("{found:?}") };
        assert!(why.contains(words), "{why}");
    }
}

#[tokio::test]
async fn a_body_in_chunks_is_shown_as_text_without_what_a_terminal_obeys() {
    let body =
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                 6\r\none\x1b[2\r\n5\r\nJ two\r\n0\r\n\r\n";
    let front = Front::start(Behaviour::Say(body.to_vec()));
    let found = one(&format!("http://127.0.0.1:{}/", front.address.port())).await;
    let Some(HttpFinding::Answered { status: 200, excerpt, .. }) = found.plain else {
        panic!("{found:?}");
    };
    assert_eq!(excerpt, "one [2J two");
}

#[tokio::test]
async fn an_answer_without_end_is_read_up_to_its_excerpt() {
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.extend(b"word ".repeat(100_000));
    let front = Front::start(Behaviour::Say(endless));
    let found = one(&format!("http://127.0.0.1:{}/", front.address.port())).await;
    let Some(HttpFinding::Answered { excerpt, .. }) = found.plain else { panic!("{found:?}") };
    assert_eq!(excerpt.len(), 200);
    let head = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".repeat(100_000)].concat();
    let front = Front::start(Behaviour::Say(head));
    let found = one(&format!("http://127.0.0.1:{}/", front.address.port())).await;
    assert!(matches!(found.plain, Some(HttpFinding::Failed { .. })), "{found:?}");
}

#[tokio::test]
async fn every_address_of_a_name_is_asked_by_itself() {
    let server = nginx(
        "server { listen 127.0.0.2:@PORT@ ssl; ssl_protocols TLSv1.2; return 200; }\n\
                        server { listen 127.0.0.1:@PORT@ ssl; ssl_protocols TLSv1.3; return 200; }",
    );
    let url = format!("https://api.example.org:{}/", server.address.port());
    let url: HttpUrl = url.parse().unwrap();
    let prober = prober(&[[127, 0, 0, 1], [127, 0, 0, 2], [127, 0, 0, 3], [127, 0, 0, 2]]);
    let findings = prober.url(&url, at()).await;
    let addresses: Vec<String> =
        findings.iter().map(|found| found.address.unwrap().to_string()).collect();
    assert_eq!(addresses, ["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
    let asked = |finding: &Finding| finding.http.keys().copied().collect::<Vec<_>>();
    assert_eq!(asked(&findings[0]), [TlsVersion::Tls13]);
    assert_eq!(asked(&findings[1]), [TlsVersion::Tls12]);
    assert!(findings[2].failure.is_some() && findings[2].transport.is_empty());
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_the_judge_forbids() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let forbidding = Prober::new(settings(), |address| Err(format!("{address} is private")));
    for scheme in ["http", "https"] {
        let url: HttpUrl = format!("{scheme}://127.0.0.1:{port}/").parse().unwrap();
        let findings = forbidding.url(&url, at()).await;
        assert_eq!(findings[0].failure.as_deref(), Some("127.0.0.1 is private"));
    }
    let waiting = listener.accept().unwrap_err();
    assert_eq!(waiting.kind(), std::io::ErrorKind::WouldBlock, "nobody connected");
}

#[tokio::test]
async fn on_the_transport_alone_nothing_is_asked_over_http() {
    let server = nginx("server { listen 127.0.0.1:@PORT@ ssl; return 200 good; }");
    let port = server.address.port();
    let prober = prober(&[[127, 0, 0, 1]]).on_the_transport_alone();
    let url: HttpUrl = format!("https://api.example.org:{port}/").parse().unwrap();
    let found = &prober.url(&url, at()).await[0];
    assert_eq!(found.transport[&TlsVersion::Tls12], Acceptance::Accepted);
    assert!(found.http.is_empty(), "{found:?}");
    let url: HttpUrl = format!("http://api.example.org:{port}/").parse().unwrap();
    let found = &prober.url(&url, at()).await[0];
    assert!(found.plain.is_none() && found.failure.is_some(), "{found:?}");
}

#[tokio::test]
async fn a_name_without_an_address_is_a_finding_too() {
    let url: HttpUrl = "https://gone.example.org/".parse().unwrap();
    let findings = prober(&[]).url(&url, at()).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].address, None);
    assert_eq!(findings[0].failure.as_deref(), Some("its name has no address"));
}

#[tokio::test]
async fn a_finding_survives_being_kept_as_json() {
    let server = nginx("server { listen 127.0.0.1:@PORT@ ssl; return 200 good; }");
    let found = one(&format!("https://api.example.org:{}/", server.address.port())).await;
    let kept = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Finding>(&kept).unwrap(), found);
}
