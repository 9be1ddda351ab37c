//! Nothing leaves in clear: no password, no sender, no message.

use crate::mail_tools::{Certificate, TlsServer};
use crate::scripted_server::{Answer, ScriptedServer};
use crate::test_office::{Delivered, TestOffice};
use fairwarning::delivery::Ended;
use fairwarning::notice::Outcome;

fn login() -> [String; 2] {
    ["--smtp-user=office".to_owned(), "--smtp-password=correct horse".to_owned()]
}

async fn announce(office: &TestOffice, flags: &[String]) -> Delivered {
    let patience = ["--smtp-timeout-seconds=10"];
    let flags = flags.iter().map(String::as_str).chain(patience);
    office.announce(&flags.collect::<Vec<_>>()).await
}

fn trusting(certificate: &Certificate) -> String {
    format!("--smtp-ca-file={}", certificate.authority.display())
}

#[tokio::test]
async fn mail_goes_by_starttls_and_by_tls_with_a_password() {
    for (mode, scheme) in [("starttls", "smtp"), ("implicit", "smtps")] {
        let office = TestOffice::open().await;
        office.import_people(3).await;
        let certificate = Certificate::issued();
        let server = TlsServer::start(mode, &certificate);
        let url = format!("--smtp-url={scheme}://127.0.0.1:{}", server.port);
        let flags = [&login()[..], &[url, trusting(&certificate)]].concat();
        let delivered = announce(&office, &flags).await;
        assert_eq!(delivered.count(Outcome::Accepted), 3, "{mode}: {:?}", delivered.pauses);
        let told = server.end();
        let messages: Vec<_> = told.iter().filter(|fact| fact["event"] == "message").collect();
        assert_eq!(messages.len(), 3);
        for message in messages {
            assert!(message["tls"] == true && message["authenticated"] == true, "{message}");
            assert_eq!(message["recipients"].as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_without_the_password() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let certificate = Certificate::issued();
    let server = TlsServer::start("starttls", &certificate);
    let url = format!("--smtp-url=smtp://127.0.0.1:{}", server.port);
    let password = "--smtp-password=canary".to_owned();
    let flags = [url, trusting(&certificate), "--smtp-user=office".to_owned(), password];
    let delivered = announce(&office, &flags).await;
    let Ended::GaveUp(reason) = delivered.ended else { panic!("{:?}", delivered.ended) };
    assert!(reason.contains("AUTH") && reason.contains("535"), "{reason}");
    assert!(!reason.contains("canary"), "{reason}");
    assert!(server.end().iter().all(|fact| fact["event"] == "login"));
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused() {
    for (mode, scheme) in [("starttls", "smtp"), ("implicit", "smtps")] {
        let office = TestOffice::open().await;
        office.import_people(1).await;
        let server = TlsServer::start(mode, &Certificate::issued());
        let other = Certificate::issued();
        let url = format!("--smtp-url={scheme}://127.0.0.1:{}", server.port);
        let flags = [&login()[..], &[url, trusting(&other)]].concat();
        let delivered = announce(&office, &flags).await;
        let Ended::GaveUp(reason) = delivered.ended else { panic!("{:?}", delivered.ended) };
        assert!(reason.to_lowercase().contains("certificate"), "{mode}: {reason}");
        assert_eq!(server.end(), [] as [serde_json::Value; 0], "no login and no message");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let certificate = Certificate::issued();
    let server = TlsServer::start("starttls", &certificate);
    let url = format!("--smtp-url=smtp://127.0.0.2:{}", server.port);
    let delivered = announce(&office, &[url, trusting(&certificate)]).await;
    assert!(matches!(delivered.ended, Ended::GaveUp(_)), "{:?}", delivered.ended);
    drop(server);
}

#[tokio::test]
async fn without_starttls_neither_password_nor_message_is_sent() {
    let office = TestOffice::open().await;
    office.import_people(2).await;
    let server =
        ScriptedServer::offering(&["AUTH PLAIN LOGIN", "8BITMIME"], |_, _| Answer::Fine).await;
    let url = format!("--smtp-url=smtp://127.0.0.1:{}", server.port);
    let delivered = announce(&office, &[&login()[..], &[url]].concat()).await;
    let Ended::GaveUp(reason) = delivered.ended else { panic!("{:?}", delivered.ended) };
    assert!(reason.contains("does not offer STARTTLS"), "{reason}");
    let lines = server.log().lines;
    let is_harmless = |line: &String| line.starts_with("EHLO") || line.starts_with("QUIT");
    assert!(lines.iter().all(is_harmless), "{lines:?}");
}

#[tokio::test]
async fn replies_slipped_in_before_tls_are_not_taken_for_replies_under_tls() {
    let office = TestOffice::open().await;
    office.import_people(1).await;
    let certificate = Certificate::issued();
    let server = TlsServer::start("inject", &certificate);
    let url = format!("--smtp-url=smtp://127.0.0.1:{}", server.port);
    let delivered =
        announce(&office, &[&login()[..], &[url, trusting(&certificate)]].concat()).await;
    let Ended::GaveUp(reason) = delivered.ended else { panic!("{:?}", delivered.ended) };
    assert!(reason.contains("STARTTLS"), "{reason}");
    assert_eq!(server.end(), [] as [serde_json::Value; 0], "TLS must not even begin");
}

#[tokio::test]
async fn a_password_and_plaintext_are_refused_together() {
    let refusal = std::panic::catch_unwind(|| {
        let flags = ["--smtp-url=smtp://mx", "--smtp-allow-plaintext", "--smtp-user=a"];
        crate::test_office::mail_settings(&[&flags[..], &["--smtp-password=b"]].concat())
    });
    assert!(refusal.is_err());
}
