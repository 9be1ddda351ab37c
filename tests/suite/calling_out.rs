//! The only way out over HTTP: what strangers name reaches nothing of ours. A
//! canary listens on this machine, and nobody ever calls it.

use crate::webhook_receiver::{Answer, Receiver};
use fairwarning::http_client::{Caps, Found, HttpClient, HttpError, Lookup, Reach, may_ask};
use fairwarning::notice::{HttpUrl, Network};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CAPS: Caps = Caps { time: Duration::from_secs(2), bytes: 64 * 1024 };

/// Answers with each list in turn, and with the last one ever after.
struct Names(Vec<Vec<IpAddr>>, AtomicUsize);

impl Names {
    fn answering(answers: &[&[&str]]) -> Arc<Self> {
        let read = |list: &&[&str]| list.iter().map(|ip| ip.parse().unwrap()).collect();
        Arc::new(Self(answers.iter().map(read).collect(), AtomicUsize::new(0)))
    }

    fn asked(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

impl Lookup for Names {
    fn addresses(&self, _: &str) -> Found {
        let n = self.1.fetch_add(1, Ordering::SeqCst);
        let found = self.0[n.min(self.0.len() - 1)].clone();
        Box::pin(async move { Ok(found) })
    }
}

async fn post(client: &HttpClient, url: &str) -> Result<u16, HttpError> {
    let url: HttpUrl = url.parse().unwrap();
    let answer = client.post(&url, &[("x-test", "1".to_owned())], b"{}".to_vec()).await;
    answer.map(|answer| answer.status)
}

#[tokio::test]
async fn no_spelling_of_a_private_address_reaches_the_canary() {
    let canary = Receiver::start().await;
    let names = Names::answering(&[&["127.0.0.1"], &["::1", "10.0.0.7", "169.254.169.254"]]);
    let system = HttpClient::reaching(Reach::of_links(&[]), CAPS).unwrap();
    let told = HttpClient::looking_up(Reach::of_links(&[]), CAPS, names).unwrap();
    let strict = HttpClient::reaching(Reach::of_strangers(&[]), CAPS).unwrap();
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "017700000001",
        "127.0.0.1.",
        "127.255.255.254",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "①②⑦.⓪.⓪.①",
        "１２７．０．０．１",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fe80::1]",
        "255.255.255.255",
        "224.0.0.1",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{}/hook", canary.port);
            let refused = post(&system, &url).await;
            // Not every system finds a name that ends with a dot.
            let is_unknown = host.ends_with('.') && refused.is_err();
            let is_private = matches!(refused, Err(HttpError::Private(_)));
            assert!(is_private || is_unknown, "{url}: {refused:?}");
            assert!(post(&told, &url).await.is_err(), "{url}");
            assert!(post(&strict, &url).await.is_err(), "{url}");
        }
    }
    for _ in 0..2 {
        let refused = post(&told, &format!("http://hooks.example:{}/", canary.port)).await;
        assert!(matches!(refused, Err(HttpError::Private(_))), "{refused:?}");
    }
    assert_eq!(canary.connections(), 0, "the canary sings to nobody");
}

#[tokio::test]
async fn a_name_that_answers_differently_a_moment_later_leads_nowhere_else() {
    let canary = Receiver::start().await;
    // On the same port, as everyone's address: what the name leads to at first.
    let public: SocketAddr = format!("127.0.0.2:{}", canary.port).parse().unwrap();
    let judged = Receiver::at(public).await;
    let names = Names::answering(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let reach = Reach::of_links(&[public.ip()]);
    let client = HttpClient::looking_up(reach, CAPS, names.clone()).unwrap();
    let url = format!("http://hooks.example:{}/hook", canary.port);
    assert_eq!(post(&client, &url).await.unwrap(), 200);
    assert_eq!((names.asked(), judged.connections()), (1, 1), "it was looked up once");
    let refused = post(&client, &url).await;
    assert!(matches!(refused, Err(HttpError::Private(_))), "{refused:?}");
    assert_eq!((canary.connections(), judged.connections()), (0, 1));
}

#[tokio::test]
async fn of_several_addresses_only_the_public_ones_are_tried() {
    let canary = Receiver::start().await;
    let public: SocketAddr = format!("127.0.0.2:{}", canary.port).parse().unwrap();
    let judged = Receiver::at(public).await;
    let names = Names::answering(&[&["127.0.0.1", "127.0.0.2", "::1"]]);
    let reach = Reach::of_links(&[public.ip()]);
    let client = HttpClient::looking_up(reach, CAPS, names).unwrap();
    let url = format!("http://hooks.example:{}/hook", canary.port);
    assert_eq!(post(&client, &url).await.unwrap(), 200);
    assert_eq!((canary.connections(), judged.connections()), (0, 1));
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let canary = Receiver::start().await;
    let to = format!("location: {}\r\n", canary.url());
    let to: &'static str = Box::leak(to.into_boxed_str());
    let script = [301, 302, 303, 307, 308].map(|status| Answer::Say(status, to, ""));
    let receiver = Receiver::start().await.answering(script);
    let client = HttpClient::reaching(allowing(&receiver), CAPS).unwrap();
    for status in [301, 302, 303, 307, 308] {
        assert_eq!(post(&client, &receiver.url()).await.unwrap(), status);
    }
    assert_eq!(canary.connections(), 0);
}

fn allowing(receiver: &Receiver) -> Reach {
    Reach::of_strangers(&[format!("127.0.0.1:{}", receiver.port).parse().unwrap()])
}

#[tokio::test]
async fn strangers_name_addresses_with_tls_on_ports_of_the_web() {
    let canary = Receiver::start().await;
    let reach = Reach::of_strangers(&[]);
    let judge = |url: &str| reach.judge(&url.parse().unwrap());
    for good in
        ["https://hooks.example.org/x", "https://hooks.example.org:8443/", "https://1.1.1.1/"]
    {
        judge(good).unwrap_or_else(|bad| panic!("{good}: {bad}"));
    }
    assert!(matches!(judge("http://hooks.example.org/"), Err(HttpError::Plain(_))));
    for port in [22, 25, 80, 143, 587, 993] {
        let refused = judge(&format!("https://hooks.example.org:{port}/"));
        assert!(matches!(refused, Err(HttpError::Port(_))), "{port}");
    }
    let named = allowing(&canary);
    let client = HttpClient::reaching(named, CAPS).unwrap();
    assert_eq!(post(&client, &canary.url()).await.unwrap(), 200, "it is allowed by name");
    let other = Receiver::start().await;
    let refused = post(&client, &other.url()).await;
    assert!(matches!(refused, Err(HttpError::Plain(_))), "and no other port of it: {refused:?}");
    assert_eq!(other.connections(), 0);
    for (written, url, covers) in [
        ("hooks.internal", "http://hooks.internal:9000/", true),
        ("HOOKS.internal:80", "http://hooks.internal/", true),
        ("HOOKS.internal:80", "http://hooks.internal:81/", false),
        ("[::1]:9000", "http://[::1]:9000/", true),
        ("[::1]", "http://[::1]:9000/", true),
        ("hooks.internal", "http://x.hooks.internal/", false),
    ] {
        let allowed: fairwarning::notice::HostAllowed = written.parse().unwrap();
        assert_eq!(allowed.covers(&url.parse().unwrap()), covers, "{written} {url}");
    }
    for bad in ["", "a/b", "user@host", "host:port", "host:99999", "http://host"] {
        assert!(bad.parse::<fairwarning::notice::HostAllowed>().is_err(), "{bad}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_and_one_that_never_comes_is_not_waited_for() {
    let script = [Answer::Endless, Answer::Silence, Answer::Close];
    let receiver = Receiver::start().await.answering(script);
    let client = HttpClient::reaching(allowing(&receiver), CAPS).unwrap();
    let url: HttpUrl = receiver.url().parse().unwrap();
    let answer = client.post(&url, &[], b"{}".to_vec()).await.unwrap();
    assert_eq!((answer.status, answer.body.len(), answer.is_whole), (200, CAPS.bytes, false));
    let begun = Instant::now();
    let lost = client.post(&url, &[], b"{}".to_vec()).await;
    assert!(matches!(lost, Err(HttpError::Interrupted(_))), "it may have arrived: {lost:?}");
    assert!(begun.elapsed() < CAPS.time * 2, "{:?}", begun.elapsed());
    let lost = client.post(&url, &[], b"{}".to_vec()).await;
    assert!(matches!(lost, Err(HttpError::Interrupted(_))), "{lost:?}");
    let port = receiver.port;
    drop(receiver);
    let nothing: HttpUrl = format!("http://127.0.0.1:{port}/").parse().unwrap();
    let refused = client.post(&nothing, &[], b"{}".to_vec()).await;
    assert!(matches!(refused, Err(HttpError::Unreachable(_))), "nothing arrived: {refused:?}");
}

#[test]
fn a_network_is_allowed_by_name_and_nothing_beside_it() {
    let allowed: Vec<Network> =
        ["10.1.0.0/16", "127.0.0.1", "fd00::/8"].map(|text| text.parse().unwrap()).to_vec();
    for (address, may) in [
        ("10.1.255.255", true),
        ("10.2.0.0", false),
        ("127.0.0.1", true),
        ("127.0.0.2", false),
        ("fd12::1", true),
        ("fc00::1", false),
        // The same host in the form of IPv6.
        ("::ffff:10.1.0.1", true),
        ("::ffff:10.2.0.1", false),
        ("1.1.1.1", true),
    ] {
        assert_eq!(may_ask(address.parse().unwrap(), &allowed).is_ok(), may, "{address}");
    }
    for text in ["10.0.0.0/33", "10.0.0", "example.org", "", "10.0.0.0/8/8", "localhost"] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
}
