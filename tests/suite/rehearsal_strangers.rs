//! What speaks no TLS, or not as it should, at a test endpoint; and clients whose hello
//! comes in pieces, or whose alert would be lost in a reset.

use crate::rehearsal_site::{OBSERVING, PATIENCE, Rehearsals, STRICT, printed, run};
use fairwarning::notice::{Alert, AlertSender, AttemptOutcome, Framing, TlsVersion};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A hello of TLS 1.0 in one record, without extensions.
fn old_hello() -> Vec<u8> {
    let body = [&[3, 1][..], &[7; 32], &[0], &[0, 2, 0, 0x2f], &[1, 0]].concat();
    let message = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    [&[22, 3, 1, 0, message.len() as u8][..], &message].concat()
}

async fn say(site: &Rehearsals, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Everything until the other side closes, which must not be by a reset.
async fn hear(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(PATIENCE * 4, stream.read_to_end(&mut answer)).await;
    ended.expect("it is closed in time").expect("it is no reset");
    answer
}

#[tokio::test]
async fn whoever_speaks_http_without_tls_is_told_so_in_http() {
    let mut site = Rehearsals::start().await;
    let address = format!("http://{}/v1/parcels", site.address);
    let output = run("curl", &["-sS", "-i", "--noproxy", "*", &address], "").await;
    let said = printed(&output);
    assert!(said.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{said}");
    let body: Value = serde_json::from_str(said.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body["verdict"], "plain_http");
    assert_eq!(body["endpoint"], format!("https://{}/", site.address));
    let attempt = site.attempt().await;
    assert_eq!(attempt.outcome, AttemptOutcome::PlainHttp);
    assert_eq!((attempt.framing, attempt.alert), (Framing::PlainHttp, None));
    assert!(attempt.outcome.is_failure());
    let head = run("curl", &["-sS", "-I", "--noproxy", "*", &address], "").await;
    assert!(printed(&head).ends_with("close\r\n\r\n"), "{}", printed(&head));
}

#[tokio::test]
async fn garbage_gets_an_alert_and_so_does_what_only_begins_like_a_hello() {
    let mut site = Rehearsals::start().await;
    let endless = [&[22, 3, 1, 0x40, 0][..], &[0xff; 4_000]].concat();
    let empty_records = [22, 3, 1, 0, 0].repeat(4);
    let smtp = b"EHLO client.example.org\r\n".to_vec();
    let ssh = b"SSH-2.0-OpenSSH_9.2\r\n".to_vec();
    let told = [(endless, Framing::Unknown), (empty_records, Framing::Unknown)];
    let told = told.into_iter().chain([(smtp, Framing::Unknown), (ssh, Framing::Unknown)]);
    for (garbage, framing) in told {
        let mut stream = say(&site, &garbage).await;
        assert_eq!(hear(&mut stream).await, [21, 3, 1, 0, 2, 2, 10]);
        let attempt = site.attempt().await;
        assert_eq!((attempt.outcome, attempt.framing), (AttemptOutcome::NotTls, framing));
        assert_eq!(attempt.alert, Some(Alert { sent_by: AlertSender::Server, code: 10 }));
        assert!(attempt.offered.is_empty());
    }
}

#[tokio::test]
async fn a_client_that_says_nothing_is_closed_at_the_timeout_as_is_one_that_waits_for_a_banner() {
    let mut site = Rehearsals::start().await;
    let begun = Instant::now();
    let mut silent = say(&site, &[]).await;
    let port = site.address.port().to_string();
    let banner = "import smtplib, sys; smtplib.SMTP('127.0.0.1', int(sys.argv[1]), timeout=20)";
    let asked = ["-c", banner, &port];
    let (heard, smtp) = tokio::join!(hear(&mut silent), run("python3", &asked, ""));
    assert_eq!(heard, b"");
    assert!(begun.elapsed() >= PATIENCE, "{:?}", begun.elapsed());
    assert!(printed(&smtp).contains("Connection unexpectedly closed"), "{}", printed(&smtp));
    for _ in 0..2 {
        let attempt = site.attempt().await;
        assert_eq!(attempt.outcome, AttemptOutcome::Silent);
        assert_eq!((attempt.framing, attempt.alert), (Framing::Nothing, None));
    }
    let mut slow = say(&site, &old_hello()[..20]).await;
    assert_eq!(hear(&mut slow).await, b"");
    let attempt = site.attempt().await;
    assert_eq!((attempt.outcome, attempt.framing), (AttemptOutcome::Silent, Framing::Tls));
    assert_eq!(site.site.held(), 0, "no place is kept");
}

#[tokio::test]
async fn a_client_that_goes_away_is_noted_as_one_that_broke_off() {
    let mut site = Rehearsals::start().await;
    drop(say(&site, &[]).await);
    let attempt = site.attempt().await;
    assert_eq!((attempt.outcome, attempt.framing), (AttemptOutcome::BrokenOff, Framing::Nothing));
    drop(say(&site, &old_hello()[..9]).await);
    let attempt = site.attempt().await;
    assert_eq!((attempt.outcome, attempt.framing), (AttemptOutcome::BrokenOff, Framing::Tls));
}

/// The reset that a kernel sends where a socket is closed on bytes that nobody read.
#[tokio::test]
async fn an_alert_arrives_although_the_client_goes_on_sending() {
    let mut site = Rehearsals::start().await;
    let more = [&old_hello()[..], &[0x17; 40_000]].concat();
    let mut stream = say(&site, &more).await;
    // Later, when a socket that was closed at once would have answered with a reset.
    tokio::time::sleep(Duration::from_millis(100)).await;
    stream.write_all(&[0x17; 1_000]).await.unwrap();
    let mut alert = [0; 7];
    stream.read_exact(&mut alert).await.unwrap();
    assert_eq!(alert, [21, 3, 1, 0, 2, 2, 70]);
    stream.shutdown().await.unwrap();
    assert_eq!(hear(&mut stream).await, b"");
    assert_eq!(site.attempt().await.outcome, AttemptOutcome::TooOld);
}

#[tokio::test]
async fn the_alert_is_in_a_record_of_a_version_that_the_client_speaks() {
    let mut site = Rehearsals::start().await;
    for (version, record) in [([3, 0], [3, 0]), ([3, 1], [3, 1]), ([3, 2], [3, 2])] {
        let mut hello = old_hello();
        hello[9..11].copy_from_slice(&version);
        let mut stream = say(&site, &hello).await;
        let [major, minor] = record;
        assert_eq!(hear(&mut stream).await, [21, major, minor, 0, 2, 2, 70]);
        let attempt = site.attempt().await;
        assert_eq!(attempt.offered, [u16::from_be_bytes(version)]);
        assert_eq!(attempt.endpoint.unwrap().endpoint.as_str(), "bare", "known by its port");
    }
    // SSL 2.0 itself: a hello of its own form that offers nothing newer.
    let ssl2 = [&[0x80, 0x1c, 1, 0, 2, 0, 3, 0, 0, 0, 16][..], &[1, 0, 0x80], &[9; 16]].concat();
    let mut stream = say(&site, &ssl2).await;
    assert_eq!(hear(&mut stream).await, [21, 3, 0, 0, 2, 2, 70]);
    let attempt = site.attempt().await;
    assert_eq!((attempt.framing, &attempt.offered[..]), (Framing::Ssl2Hello, &[2][..]));
}

/// How a relay passes on what a client sends.
#[derive(Clone, Copy)]
enum Manner {
    /// One byte in each segment.
    Dribbling,
    /// The hello, which is the first record, in records of so many bytes.
    Records(usize),
}

/// Stands between a client and the endpoints.
async fn relay(to: SocketAddr, manner: Manner) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(to).await.unwrap();
        server.set_nodelay(true).unwrap();
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let back = tokio::spawn(async move {
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        });
        let mut buffer = vec![0; 16_384];
        let mut is_first = true;
        while let Ok(read) = from_client.read(&mut buffer).await {
            let said = &buffer[..read];
            if read == 0 {
                break;
            }
            let said = match manner {
                Manner::Records(size) if is_first => {
                    let pieces = said[5..].chunks(size);
                    let record = |piece: &[u8]| [&[22, 3, 1, 0, piece.len() as u8], piece].concat();
                    pieces.flat_map(record).collect()
                }
                _ => said.to_vec(),
            };
            is_first = false;
            let step = if matches!(manner, Manner::Dribbling) { 1 } else { said.len() };
            for piece in said.chunks(step) {
                to_server.write_all(piece).await.unwrap();
                // Each in a segment of its own, and read before the next.
                tokio::task::yield_now().await;
            }
        }
        drop(to_server);
        let _ = back.await;
    });
    address
}

#[tokio::test]
async fn a_hello_may_come_byte_by_byte_and_in_many_records() {
    let mut site = Rehearsals::start().await;
    let root = site.file("root.pem");
    let manners = [Manner::Dribbling, Manner::Records(16), Manner::Records(1)];
    for (manner, version) in manners.into_iter().flat_map(|m| ["1.2", "1.3"].map(|v| (m, v))) {
        let port = relay(site.address, manner).await.port();
        let (url, resolved) =
            (format!("https://{STRICT}:{port}/"), format!("{STRICT}:{port}:127.0.0.1"));
        let asked = ["-sS", "--noproxy", "*", "--cacert", &root, "--resolve", &resolved];
        let asked = [&asked[..], &[&format!("--tlsv{version}"), "--tls-max", version, &url]];
        let output = run("curl", &asked.concat(), "").await;
        assert!(output.status.success(), "{}", printed(&output));
        let attempt = site.attempt().await;
        assert_eq!(attempt.outcome, AttemptOutcome::Passed);
        assert_eq!(attempt.negotiated, format!("TLS {version}").parse::<TlsVersion>().ok());
        assert_eq!(attempt.server_name.as_deref(), Some(STRICT));
    }
}

#[tokio::test]
async fn a_household_has_so_many_places_and_gets_them_back() {
    let mut site = Rehearsals::start_within(64, 3).await;
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(say(&site, &[]).await);
    }
    while site.site.held() < 3 {
        tokio::task::yield_now().await;
    }
    let mut fourth = TcpStream::connect(site.address).await.unwrap();
    assert_eq!(hear(&mut fourth).await, b"", "it is closed at once");
    let told = site.web.service.metrics().write(&<_>::default());
    assert!(told.contains("fairwarning_rehearsal_connections_refused_total 1\n"), "{told}");
    drop(silent);
    for _ in 0..3 {
        assert_eq!(site.attempt().await.outcome, AttemptOutcome::BrokenOff);
    }
    let output = site.curl(OBSERVING, "/", &[]).await;
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(site.attempt().await.outcome, AttemptOutcome::Passed);
    site.nothing_more();
    let told = site.web.service.metrics().write(&<_>::default());
    assert!(
        told.contains("fairwarning_rehearsal_attempts_total{outcome=\"passed\"} 1\n"),
        "{told}"
    );
    assert!(told.contains("fairwarning_rehearsal_attempts_total{outcome=\"broken_off\"} 3\n"));
}
