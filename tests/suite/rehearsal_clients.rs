//! Genuine clients at a test endpoint: curl, OpenSSL, Python, Node and Java, each by the
//! versions it can be made to speak. What they see, and what is noted of them.

use crate::rehearsal_site::{NARROW, OBSERVING, Rehearsals, STRICT, client, printed, run};
use fairwarning::notice::{Alert, AlertSender, Attempt, AttemptOutcome, Framing, TlsVersion};
use std::process::Output;

/// By a version that ends.
const OLD: [(&str, u16); 2] = [("1.0", 0x0301), ("1.1", 0x0302)];
const REFUSED: Option<Alert> = Some(Alert { sent_by: AlertSender::Server, code: 70 });
const UNKNOWN_CA: Option<Alert> = Some(Alert { sent_by: AlertSender::Client, code: 48 });
const CERTIFICATE_UNKNOWN: Option<Alert> = Some(Alert { sent_by: AlertSender::Client, code: 46 });

#[track_caller]
fn is_too_old(attempt: &Attempt, offered: &[u16]) {
    assert_eq!(attempt.outcome, AttemptOutcome::TooOld, "{attempt:?}");
    assert_eq!(attempt.alert, REFUSED);
    assert_eq!(attempt.offered, offered);
    assert_eq!((attempt.negotiated, &attempt.cipher), (None, &None));
    assert!(attempt.peer.is_loopback());
}

#[track_caller]
fn has_passed(attempt: &Attempt, version: TlsVersion) {
    assert_eq!(attempt.outcome, AttemptOutcome::Passed, "{attempt:?}");
    assert_eq!((attempt.negotiated, attempt.alert), (Some(version), None));
    assert!(attempt.cipher.is_some());
    let path = attempt.endpoint.as_ref().unwrap();
    assert_eq!(path.notice.to_string(), "parcels/tls-1.2");
}

#[track_caller]
fn told_passed(output: &Output, version: &str) {
    let said = printed(output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("\"verdict\":\"passed\""), "{said}");
    assert!(said.contains(&format!("\"version\":\"{version}\"")), "{said}");
}

#[tokio::test]
async fn curl_is_turned_away_by_its_version_and_told_so_and_passes_by_a_newer_one() {
    let mut site = Rehearsals::start().await;
    for (version, number) in OLD {
        let only = [&format!("--tlsv{version}"), "--tls-max", version];
        let old = [&only[..], &["--ciphers", "DEFAULT:@SECLEVEL=0"]].concat();
        let output = site.curl(STRICT, "/", &old).await;
        assert_eq!(output.status.code(), Some(35), "{}", printed(&output));
        assert!(printed(&output).contains("alert protocol version"), "{}", printed(&output));
        let attempt = site.attempt().await;
        is_too_old(&attempt, &[number]);
        assert_eq!(attempt.server_name.as_deref(), Some(STRICT));
        assert_eq!(attempt.endpoint.unwrap().endpoint.as_str(), "strict");
    }
    for (version, agreed) in [("1.2", TlsVersion::Tls12), ("1.3", TlsVersion::Tls13)] {
        let only = [&format!("--tlsv{version}"), "--tls-max", version];
        told_passed(&site.curl(STRICT, "/", &only).await, agreed.as_str());
        let attempt = site.attempt().await;
        has_passed(&attempt, agreed);
        assert_eq!(attempt.framing, Framing::Tls);
    }
    site.nothing_more();
}

#[tokio::test]
async fn a_client_that_offers_a_range_passes_by_its_newest_version() {
    let mut site = Rehearsals::start().await;
    let ciphers = ["--ciphers", "DEFAULT:@SECLEVEL=0"];
    let range = [&["--tlsv1.0", "--tls-max", "1.2"], &ciphers[..]].concat();
    told_passed(&site.curl(STRICT, "/", &range).await, "TLS 1.2");
    let attempt = site.attempt().await;
    has_passed(&attempt, TlsVersion::Tls12);
    assert_eq!(attempt.offered, [0x0303], "it says no more than its newest");
    let all = [&["--tlsv1.0"], &ciphers[..]].concat();
    told_passed(&site.curl(STRICT, "/", &all).await, "TLS 1.3");
    let attempt = site.attempt().await;
    has_passed(&attempt, TlsVersion::Tls13);
    assert_eq!(attempt.offered, [0x0304, 0x0303, 0x0302, 0x0301]);
}

#[tokio::test]
async fn openssl_sees_the_alert_that_production_will_send() {
    let mut site = Rehearsals::start().await;
    let connect = site.address.to_string();
    for (flag, number) in [("-tls1", 0x0301), ("-tls1_1", 0x0302)] {
        let asked = ["s_client", "-connect", &connect, "-servername", STRICT, flag];
        let asked = [&asked[..], &["-cipher", "ALL:@SECLEVEL=0"]].concat();
        let output = run("openssl", &asked, "").await;
        let said = printed(&output);
        assert!(said.contains("alert protocol version"), "{said}");
        assert!(said.contains("SSL alert number 70"), "{said}");
        is_too_old(&site.attempt().await, &[number]);
    }
    let versions = [("-tls1_2", TlsVersion::Tls12), ("-tls1_3", TlsVersion::Tls13)];
    for (flag, version) in versions {
        let root = site.file("root.pem");
        let asked = ["s_client", "-connect", &connect, "-servername", STRICT, "-CAfile", &root];
        let asked = [&asked[..], &["-verify_return_error", "-quiet", "-ign_eof", flag]].concat();
        let request = format!("GET / HTTP/1.1\r\nHost: {STRICT}\r\nConnection: close\r\n\r\n");
        told_passed(&run("openssl", &asked, &request).await, version.as_str());
        has_passed(&site.attempt().await, version);
    }
    site.nothing_more();
}

#[tokio::test]
async fn python_sees_an_error_of_ssl_and_no_reset() {
    let mut site = Rehearsals::start().await;
    let (port, root) = (site.address.port().to_string(), site.file("root.pem"));
    let program = client("client.py");
    for (version, number) in [("TLSv1", 0x0301), ("TLSv1_1", 0x0302)] {
        let asked = [&program, &port, STRICT, &root, version, version];
        let said = printed(&run("python3", &asked, "").await);
        assert!(said.contains("TLSV1_ALERT_PROTOCOL_VERSION"), "{said}");
        is_too_old(&site.attempt().await, &[number]);
    }
    let ranges = [
        ("TLSv1_2", "TLSv1_2", TlsVersion::Tls12),
        ("TLSv1", "TLSv1_2", TlsVersion::Tls12),
        ("TLSv1", "TLSv1_3", TlsVersion::Tls13),
        ("TLSv1_3", "TLSv1_3", TlsVersion::Tls13),
    ];
    for (minimum, maximum, agreed) in ranges {
        let asked = [&program, &port, STRICT, &root, minimum, maximum];
        told_passed(&run("python3", &asked, "").await, agreed.as_str());
        has_passed(&site.attempt().await, agreed);
    }
    site.nothing_more();
}

#[tokio::test]
async fn node_sees_the_alert_by_its_name() {
    let mut site = Rehearsals::start().await;
    let (port, root) = (site.address.port().to_string(), site.file("root.pem"));
    let program = client("client.mjs");
    for (version, number) in [("TLSv1", 0x0301), ("TLSv1.1", 0x0302)] {
        let asked = [&program, &port, STRICT, &root, version, version];
        let said = printed(&run("node", &asked, "").await);
        // Whether the code is `EPROTO` or names the alert depends on what Node was writing.
        assert!(said.contains("tlsv1 alert protocol version"), "{said}");
        is_too_old(&site.attempt().await, &[number]);
    }
    for (version, agreed) in [("TLSv1.2", TlsVersion::Tls12), ("TLSv1.3", TlsVersion::Tls13)] {
        let asked = [&program, &port, STRICT, &root, version, version];
        told_passed(&run("node", &asked, "").await, agreed.as_str());
        has_passed(&site.attempt().await, agreed);
    }
    site.nothing_more();
}

#[tokio::test]
async fn java_is_judged_by_what_it_offers_and_not_by_how_its_hello_is_framed() {
    let mut site = Rehearsals::start().await;
    let (port, root) = (site.address.port().to_string(), site.file("root.pem"));
    let program = client("Client.java");
    type Try<'a> = (&'a str, &'a [&'a str], Framing, Result<TlsVersion, &'a [u16]>);
    let tried: [Try<'_>; 6] = [
        (STRICT, &["TLSv1"], Framing::Tls, Err(&[0x0301])),
        (STRICT, &["TLSv1", "TLSv1.1"], Framing::Tls, Err(&[0x0302, 0x0301])),
        (STRICT, &["TLSv1.2"], Framing::Tls, Ok(TlsVersion::Tls12)),
        (STRICT, &["TLSv1.2", "TLSv1.3"], Framing::Tls, Ok(TlsVersion::Tls13)),
        ("-", &["SSLv2Hello", "TLSv1", "TLSv1.2"], Framing::Ssl2Hello, Ok(TlsVersion::Tls12)),
        ("-", &["SSLv2Hello", "TLSv1"], Framing::Ssl2Hello, Err(&[0x0301])),
    ];
    for (name, protocols, framing, expected) in tried {
        let asked = [&[&program[..], &port, name, &root], protocols].concat();
        let output = run("java", &asked, "").await;
        let attempt = site.attempt().await;
        assert_eq!(attempt.framing, framing, "{}", printed(&output));
        match expected {
            Ok(version) => {
                told_passed(&output, version.as_str());
                has_passed(&attempt, version);
            }
            Err(offered) => {
                assert!(printed(&output).contains("protocol_version"), "{}", printed(&output));
                is_too_old(&attempt, offered);
            }
        }
        let endpoint = if name == "-" { "bare" } else { "strict" };
        assert_eq!(attempt.endpoint.unwrap().endpoint.as_str(), endpoint);
    }
    site.nothing_more();
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_certificate_says_nothing_about_versions() {
    let mut site = Rehearsals::start().await;
    let (port, connect) = (site.address.port().to_string(), site.address.to_string());
    let url = site.url(STRICT, "/");
    let resolved = site.resolved(STRICT);
    let python = client("client.py");
    let java = client("Client.java");
    let clients: [(&str, Vec<&str>, Option<Alert>); 5] = [
        ("curl", vec!["-sS", "--noproxy", "*", "--resolve", &resolved, &url], UNKNOWN_CA),
        ("python3", vec![&python, &port, STRICT, "-", "TLSv1_2", "TLSv1_2"], UNKNOWN_CA),
        ("python3", vec![&python, &port, STRICT, "-", "TLSv1_3", "TLSv1_3"], UNKNOWN_CA),
        (
            "openssl",
            vec!["s_client", "-connect", &connect, "-servername", STRICT, "-verify_return_error"],
            UNKNOWN_CA,
        ),
        ("java", vec![&java, &port, STRICT, "-", "TLSv1.2"], CERTIFICATE_UNKNOWN),
    ];
    for (program, arguments, alert) in clients {
        let output = run(program, &arguments, "").await;
        assert!(!output.status.success(), "{program}: {}", printed(&output));
        let attempt = site.attempt().await;
        assert_eq!(attempt.outcome, AttemptOutcome::DistrustsCertificate, "{program}: {attempt:?}");
        assert_eq!(attempt.alert, alert, "{program}");
        assert!(!attempt.outcome.is_failure());
    }
    // Node looks at the certificate after the handshake, and hangs up without an alert.
    let program = client("client.mjs");
    let asked = [&program, &port, STRICT, "-", "TLSv1.2", "TLSv1.2"];
    let said = printed(&run("node", &asked, "").await);
    assert!(said.contains("UNABLE_TO_VERIFY"), "{said}");
    has_passed(&site.attempt().await, TlsVersion::Tls12);
    site.nothing_more();
}

#[tokio::test]
async fn a_client_without_a_cipher_of_production_is_told_apart_from_one_that_is_too_old() {
    let mut site = Rehearsals::start().await;
    let twelve = ["--tlsv1.2", "--tls-max", "1.2"];
    let other = [&twelve[..], &["--ciphers", "ECDHE-RSA-AES128-SHA"]].concat();
    let output = site.curl(NARROW, "/", &other).await;
    assert!(printed(&output).contains("handshake failure"), "{}", printed(&output));
    let attempt = site.attempt().await;
    assert_eq!(attempt.outcome, AttemptOutcome::NoSharedCipher);
    assert_eq!(attempt.alert, Some(Alert { sent_by: AlertSender::Server, code: 40 }));
    told_passed(&site.curl(NARROW, "/", &twelve).await, "TLS 1.2");
    let attempt = site.attempt().await;
    has_passed(&attempt, TlsVersion::Tls12);
    assert_eq!(attempt.cipher.as_deref(), Some("ECDHE-RSA-AES256-GCM-SHA384"));
    // Nor does production speak TLS 1.3, and whoever speaks nothing else is out.
    let output = site.curl(NARROW, "/", &["--tlsv1.3"]).await;
    assert!(printed(&output).contains("protocol version"), "{}", printed(&output));
    let attempt = site.attempt().await;
    assert_eq!((attempt.outcome, &attempt.offered[..]), (AttemptOutcome::TooNew, &[0x0304][..]));
}

#[tokio::test]
async fn an_observing_endpoint_takes_everybody_and_tells_what_ends() {
    let mut site = Rehearsals::start().await;
    let versions = [("1.0", TlsVersion::Tls10), ("1.1", TlsVersion::Tls11)];
    for (version, agreed) in versions {
        let only = [&format!("--tlsv{version}"), "--tls-max", version];
        let old = [&only[..], &["--ciphers", "DEFAULT:@SECLEVEL=0"]].concat();
        let output = site.curl(OBSERVING, "/", &old).await;
        let said = printed(&output);
        assert!(said.contains("\"verdict\":\"observed\""), "{said}");
        assert!(said.contains("not accepted any more"), "{said}");
        let attempt = site.attempt().await;
        assert_eq!(attempt.outcome, AttemptOutcome::Observed);
        assert_eq!((attempt.negotiated, attempt.alert), (Some(agreed), None));
    }
    told_passed(&site.curl(OBSERVING, "/", &[]).await, "TLS 1.3");
    has_passed(&site.attempt().await, TlsVersion::Tls13);
}

#[tokio::test]
async fn a_token_before_the_name_tells_one_integrator_from_another() {
    let mut site = Rehearsals::start().await;
    let host = format!("k3yq7.{STRICT}");
    told_passed(&site.curl(&host, "/", &[]).await, "TLS 1.3");
    let attempt = site.attempt().await;
    assert_eq!(attempt.token.as_deref(), Some("k3yq7"));
    assert_eq!(attempt.server_name.as_deref(), Some(&host[..]));
    assert_eq!(attempt.endpoint.unwrap().endpoint.as_str(), "strict");
    let old = ["--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"];
    site.curl(&host, "/", &old).await;
    let attempt = site.attempt().await;
    assert_eq!(
        (attempt.outcome, attempt.token.as_deref()),
        (AttemptOutcome::TooOld, Some("k3yq7"))
    );
    // One label alone is a token.
    for unknown in [format!("a.b.{STRICT}"), "elsewhere.example".to_owned()] {
        let output = site.curl(&unknown, "/", &[]).await;
        assert!(printed(&output).contains("unrecognized name"), "{}", printed(&output));
        let attempt = site.attempt().await;
        assert_eq!((attempt.outcome, attempt.endpoint), (AttemptOutcome::UnknownName, None));
        assert_eq!(attempt.alert, Some(Alert { sent_by: AlertSender::Server, code: 112 }));
    }
}
