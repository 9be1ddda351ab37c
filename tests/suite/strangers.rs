//! How much somebody unknown may ask for, and by whose word they are known.

use crate::web_service::{WebService, instant};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use fairwarning::notice::Network;
use fairwarning::web::{Limits, client};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv6Addr};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn headers(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let name = HeaderName::from_static("x-forwarded-for");
        headers.append(name, HeaderValue::from_str(line).unwrap());
    }
    headers
}

#[test]
fn only_a_trusted_proxy_is_believed() {
    let trusted: Vec<Network> =
        ["10.0.0.0/8", "::1", "2001:db8:1::/48"].map(|text| text.parse().unwrap()).into();
    for (peer, lines, expected) in [
        ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
        ("10.1.2.3", &["198.51.100.7"], "198.51.100.7"),
        ("10.1.2.3", &["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
        ("10.1.2.3", &["1.1.1.1", "198.51.100.7, 10.9.9.9"], "198.51.100.7"),
        ("10.1.2.3", &["1.1.1.1, nonsense, 10.9.9.9"], "10.9.9.9"),
        ("10.1.2.3", &[], "10.1.2.3"),
        ("::1", &["2001:db8:9::5"], "2001:db8:9::5"),
        ("::ffff:10.1.2.3", &["::ffff:198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1:ffff::1", &["203.0.113.9"], "203.0.113.9"),
        ("2001:db8:2::1", &["203.0.113.9"], "2001:db8:2::1"),
    ] {
        let found = client(Some(ip(peer)), &headers(lines), &trusted);
        assert_eq!(found, Some(ip(expected)), "{peer} {lines:?}");
    }
    assert_eq!(client(Some(ip("10.1.2.3")), &headers(&["1.2.3.4"]), &[]), Some(ip("10.1.2.3")));
}

#[test]
fn networks_are_read_strictly() {
    for good in ["10.0.0.0/8", "192.0.2.1", "::/0", "0.0.0.0/0", "2001:db8::/32", "::1/128"] {
        assert!(good.parse::<Network>().is_ok(), "{good}");
    }
    for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/x", "proxy"] {
        let refusal = bad.parse::<Network>().unwrap_err().to_string();
        assert!(refusal.contains("write one such as 10.1.2.3 or 10.0.0.0/8"), "{bad}: {refusal}");
    }
    let all: Network = "0.0.0.0/0".parse().unwrap();
    assert!(all.contains(ip("203.0.113.9")) && !all.contains(ip("::1")));
}

#[test]
fn ten_at_once_and_ten_an_hour() {
    let limits = Limits::default();
    let (who, noon) = (ip("198.51.100.7"), instant("2026-03-10T12:00:00Z"));
    for _ in 0..10 {
        limits.take(who, noon).unwrap();
    }
    assert_eq!(limits.take(who, noon), Err(360));
    assert_eq!(limits.take(who, instant("2026-03-10T12:05:59Z")), Err(1));
    limits.take(who, instant("2026-03-10T12:06:00Z")).unwrap();
    assert!(limits.take(who, instant("2026-03-10T12:06:00Z")).is_err());
    assert!(limits.take(ip("198.51.100.8"), noon).is_ok(), "others are not held up");
}

#[test]
fn a_house_of_ipv6_has_one_bucket() {
    let limits = Limits::default();
    let noon = instant("2026-03-10T12:00:00Z");
    for n in 0..10 {
        limits.take(ip(&format!("2001:db8:0:1::{n}")), noon).unwrap();
    }
    assert!(limits.take(ip("2001:db8:0:1:ffff::1"), noon).is_err());
    assert!(limits.take(ip("2001:db8:0:2::1"), noon).is_ok());
}

#[test]
fn however_many_come_no_more_than_a_bound_is_held() {
    let limits = Limits::default();
    let noon = instant("2026-03-10T12:00:00Z");
    for n in 0..120_000_u128 {
        let ip = IpAddr::V6(Ipv6Addr::from(n << 64));
        limits.take(ip, noon + chrono::Duration::milliseconds(n as i64)).unwrap();
    }
    assert!(limits.held() <= 50_000, "{}", limits.held());
}

#[test]
fn a_clock_that_is_set_back_gives_nothing_away() {
    let limits = Limits::default();
    let (who, noon) = (ip("198.51.100.7"), instant("2026-03-10T12:00:00Z"));
    for _ in 0..10 {
        limits.take(who, noon).unwrap();
    }
    assert!(limits.take(who, instant("2026-03-10T11:00:00Z")).is_err());
    assert!(limits.take(who, noon).is_err());
}

proptest! {
    #[test]
    fn no_header_makes_it_fail(line in "[ -~]{0,80}") {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        prop_assert!(client(Some(ip("10.1.2.3")), &headers(&[&line]), &trusted).is_some());
    }
}

#[tokio::test]
async fn beyond_the_limit_the_answer_says_when_to_come_again() {
    let service = WebService::start().await;
    let json = [("content-type", "application/json")];
    for n in 0..10 {
        let body = format!("{{\"program\":\"crm\",\"address\":\"p{n}@x.example\"}}");
        let answer = service.send("/api/v1/subscriptions", &json, body).await;
        assert_eq!(answer.status, 202);
    }
    let fields = [("program", "crm"), ("address", "p11@x.example")];
    let refused = service.post("/subscribe", &fields).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "360"));
    assert_eq!(refused.json()["code"], "too-many");
    let html = [("accept", "text/html")];
    let page = service.post_as("/subscribe", &fields, &html).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (429, "360"));
    assert!(page.body.contains("<html"), "people get a page");
    let bad = service.post("/subscribe", &[("program", "crm"), ("address", "nobody")]).await;
    assert_eq!(bad.status, 422, "mistakes cost nothing");
    let other = [("x-forwarded-for", "203.0.113.9")];
    assert_eq!(service.post_as("/subscribe", &fields, &other).await.status, 200);
}
