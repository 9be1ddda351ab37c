//! What the web side bears: how much one household may ask, how much is worked on
//! at once, and how long it waits for whom.

use crate::web_service::{WebService, instant};
use fairwarning::config::ServingSettings;
use fairwarning::web::{Exhausted, Left, Quota};
use reqwest::Method;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

const TABLE: &str = "/api/v1/impacted";

fn quota(requests: u32) -> Quota {
    Quota::new(NonZeroU32::new(requests).unwrap())
}

fn settings(per_minute: u32, at_once: usize) -> ServingSettings {
    ServingSettings {
        requests_per_minute: NonZeroU32::new(per_minute),
        requests_at_once: at_once,
        connections: 400,
        patience: Duration::from_secs(1),
    }
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_minute_holds_what_it_says_and_fills_steadily() {
    let (quota, who) = (quota(60), ip("198.51.100.7"));
    let noon = instant("2026-03-10T12:00:00Z");
    for left in (0..60).rev() {
        assert_eq!(quota.take(who, noon).unwrap().requests, left);
    }
    let left = Left { requests: 0, full_in: 60 };
    assert_eq!(quota.take(who, noon), Err(Exhausted { left, again_in: 1 }));
    assert!(quota.take(ip("198.51.100.8"), noon).is_ok(), "others are not held up");
    let later = instant("2026-03-10T12:00:10Z");
    assert_eq!(quota.take(who, later), Ok(Left { requests: 9, full_in: 51 }));
    assert_eq!(quota.take(who, instant("2026-03-10T12:05:00Z")).unwrap().requests, 59);
}

#[test]
fn an_ipv6_network_is_one_household_and_a_clock_set_back_locks_nobody_out() {
    let (quota, noon) = (quota(2), instant("2026-03-10T12:00:00Z"));
    quota.take(ip("2001:db8:0:1::1"), noon).unwrap();
    quota.take(ip("2001:db8:0:1::2"), noon).unwrap();
    assert!(quota.take(ip("2001:db8:0:1:ffff::"), noon).is_err());
    assert!(quota.take(ip("2001:db8:0:2::1"), noon).is_ok());
    assert!(quota.take(ip("2001:db8:0:1::1"), instant("2026-03-10T11:00:00Z")).is_ok());
}

#[test]
fn however_many_households_ask_no_more_than_a_bound_is_held() {
    let (quota, noon) = (quota(10), instant("2026-03-10T12:00:00Z"));
    for n in 0..300_000_u128 {
        quota.take(IpAddr::V6(Ipv6Addr::from(n << 64)), noon).unwrap();
    }
    assert!(quota.held() <= 128_000, "{}", quota.held());
}

#[tokio::test]
async fn answers_tell_what_is_left_and_who_asks_too_much_is_told_when_to_come_again() {
    let service = WebService::start_bearing(settings(3, 10)).await;
    for left in [2, 1, 0] {
        let answer = service.items(TABLE).await;
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=60");
        let told = format!("\"default\";r={left};t={}", (3 - left) * 20);
        assert_eq!(answer.header("ratelimit"), told);
        assert!(answer.header("access-control-expose-headers").contains("ratelimit"));
    }
    let refused = service.get(TABLE).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "20"));
    assert_eq!(refused.json()["code"], "too-many");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(refused.header("ratelimit"), "\"default\";r=0;t=60");
    assert_eq!(refused.header("access-control-allow-origin"), "*", "scripts are told, too");
    let page = service.ask(Method::GET, "/", &[("accept", "text/html")]).await;
    assert_eq!(page.status, 429);
    assert!(page.body.contains("<html"), "people get a page");
    let other = [("x-forwarded-for", "203.0.113.9")];
    assert_eq!(service.ask(Method::GET, TABLE, &other).await.status, 200);
    for free in ["/healthz", "/readyz", "/static/style.css", "/u/nonsense"] {
        let answer = service.get(free).await;
        assert_ne!(answer.status, 429, "{free}");
        assert_eq!(answer.header("ratelimit"), "", "{free}");
    }
    service.set_clock("2026-03-10T12:00:20Z");
    assert_eq!(service.get(TABLE).await.status, 200);
}

#[tokio::test]
async fn without_a_limit_none_is_told() {
    let service = WebService::start_bearing(settings(0, 10)).await;
    for _ in 0..50 {
        assert_eq!(service.items(TABLE).await.header("ratelimit-policy"), "");
    }
}

impl WebService {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address.strip_prefix("http://").unwrap()).await.unwrap()
    }
}

/// Everything that comes until the connection ends, however it ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut part = [0; 4_096];
    while let Ok(bytes @ 1..) = stream.read(&mut part).await {
        all.extend_from_slice(&part[..bytes]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

const SLOW_POST: &str = "POST /api/v1/subscriptions HTTP/1.1\r\nHost: x\r\n\
     Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";

#[tokio::test]
async fn a_crowd_is_turned_away_while_what_is_known_and_health_are_still_answered() {
    let service = WebService::start_bearing(settings(0, 20)).await;
    let known = service.items(TABLE).await;
    let mut crowd = Vec::new();
    for _ in 0..60 {
        let mut stream = service.connect().await;
        stream.write_all(SLOW_POST.as_bytes()).await.unwrap();
        crowd.push(stream);
    }
    let begun = Instant::now();
    let mut limit = 0;
    let refused = loop {
        // Another address each time: what was answered once is answered again.
        limit += 1;
        let answer = service.get(&format!("{TABLE}?limit={limit}")).await;
        if answer.status == 503 {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(4), "nobody is turned away");
    };
    assert_eq!(
        (refused.json()["code"].as_str(), refused.header("retry-after")),
        (Some("overloaded"), "1")
    );
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(service.get("/healthz").await.status, 200);
    assert_eq!(service.get("/readyz").await.status, 200);
    assert_eq!(service.items(TABLE).await.body, known.body, "what is kept is handed out");
    let mut turned_away = 0;
    for mut stream in crowd.drain(20..) {
        let mut head = [0; 12];
        let read = tokio::time::timeout(Duration::from_secs(1), stream.read_exact(&mut head)).await;
        turned_away += usize::from(matches!(read, Ok(Ok(_))) && &head == b"HTTP/1.1 503");
    }
    assert!(turned_away >= 20, "{turned_away} of those who came last");
    drop(crowd);
    let begun = Instant::now();
    while service.get(&format!("{TABLE}?limit=999")).await.status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(10), "it never recovers");
    }
}

#[tokio::test]
async fn a_head_that_trickles_is_cut() {
    let service = WebService::start_bearing(settings(0, 10)).await;
    let mut stream = service.connect().await;
    let begun = Instant::now();
    let (mut reading, mut writing) = stream.split();
    let trickle = async {
        for byte in b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ".iter().chain(&[b'a'; 1_000]) {
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut told = Vec::new();
    let ended = tokio::select! {
        () = trickle => unreachable!(),
        read = reading.read_to_end(&mut told) => read,
    };
    let text = String::from_utf8_lossy(&told);
    assert!(ended.is_err() || text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_and_told_so() {
    let service = WebService::start_bearing(settings(0, 10)).await;
    let mut stream = service.connect().await;
    stream.write_all(SLOW_POST.as_bytes()).await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(20), rest(&mut stream)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 408") && told.contains("\"code\":\"timeout\""), "{told}");
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let service = WebService::start_bearing(settings(0, 10)).await;
    let mut stream = service.connect().await;
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}", "a".repeat(400_000));
    // It is cut while it is still being sent.
    let _ = stream.write_all(head.as_bytes()).await;
    let told = tokio::time::timeout(Duration::from_secs(5), rest(&mut stream)).await.unwrap();
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 4"), "{told}");
    assert_eq!(service.get("/healthz").await.status, 200);
}

/// A connection with a large answer under way on it, which the network holds little of.
async fn reader(service: &WebService) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1_024).unwrap();
    let address = service.address.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let asked = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(60);
    stream.write_all(asked.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_reader_that_reads_nothing_or_next_to_nothing_is_cut() {
    let service = WebService::start_bearing(settings(0, 100)).await;
    let whole = service.items("/api/v1/openapi.json").await.body.len() * 60;
    for bytes_each in [0_usize, 200] {
        let mut stream = reader(&service).await;
        let begun = Instant::now();
        let mut part = vec![0; bytes_each.max(1)];
        // Reading on after the cut meets an end, though far from the answer's.
        let mut taken = 0;
        while begun.elapsed() < Duration::from_secs(4) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if bytes_each > 0 {
                match stream.read(&mut part).await {
                    Ok(0) | Err(_) => break,
                    Ok(bytes) => taken += bytes,
                }
            }
        }
        taken += rest(&mut stream).await.len();
        assert!(taken < whole, "{bytes_each}: all {whole} bytes came");
        assert!(begun.elapsed() < Duration::from_secs(10), "{bytes_each}");
    }
}

#[tokio::test]
async fn a_reader_that_is_slow_but_reads_gets_everything() {
    let service = WebService::start_bearing(settings(0, 100)).await;
    let mut stream = reader(&service).await;
    let whole = service.items("/api/v1/openapi.json").await.body.len() * 60;
    let (mut taken, mut part) = (0, vec![0; 128 * 1024]);
    while taken < whole {
        let bytes = stream.read(&mut part).await.unwrap();
        assert!(bytes > 0, "cut after {taken} of {whole} bytes");
        taken += bytes;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
